"""Own variants of really-concurrent, written from the contract and the application alone."""

from grader.bank import REALLY_CONCURRENT
from vespera_scriptorium.application.task_orchestrator import *  # noqa: F403


@REALLY_CONCURRENT.mutant(clause=1)
class FreesTheSlotTwice(TaskOrchestrator):
    """A task that fails frees its slot twice: after it, one more than allowed is at work."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        """Execute tasks, at most `limit` at a time; one result each, in the order of the input."""
        slots = asyncio.Semaphore(limit)

        async def execute(task_id: str) -> TaskResult:
            async with slots:
                result = await self.execute_task(task_id)
                if not result.success:
                    slots.release()
                return result

        async with asyncio.TaskGroup() as group:
            executions = [group.create_task(execute(task_id)) for task_id in task_ids]
        return [execution.result() for execution in executions]


@REALLY_CONCURRENT.mutant(clause=2)
class FourAtTheMost(TaskOrchestrator):
    """Never has more than four at work, whatever the limit allows."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        """Execute tasks, at most `limit` at a time; one result each, in the order of the input."""
        slots = asyncio.Semaphore(min(limit, 4))

        async def execute(task_id: str) -> TaskResult:
            async with slots:
                return await self.execute_task(task_id)

        async with asyncio.TaskGroup() as group:
            executions = [group.create_task(execute(task_id)) for task_id in task_ids]
        return [execution.result() for execution in executions]


@REALLY_CONCURRENT.mutant(clause=3)
class BatchAfterBatch(TaskOrchestrator):
    """Works in batches of `limit`: the next batch waits for the slowest of the last."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        """Execute tasks, at most `limit` at a time; one result each, in the order of the input."""
        results = []
        for first in range(0, len(task_ids), limit):
            async with asyncio.TaskGroup() as group:
                executions = [
                    group.create_task(self.execute_task(task_id))
                    for task_id in task_ids[first : first + limit]
                ]
            results.extend(execution.result() for execution in executions)
        return results


@REALLY_CONCURRENT.mutant(clause=4)
class TriesAgainAtOnce(TaskOrchestrator):
    """Executes a task that fails a second time."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        """Execute tasks, at most `limit` at a time; one result each, in the order of the input."""
        slots = asyncio.Semaphore(limit)

        async def execute(task_id: str) -> TaskResult:
            async with slots:
                result = await self.execute_task(task_id)
                if not result.success:
                    result = await self.execute_task(task_id)
                return result

        async with asyncio.TaskGroup() as group:
            executions = [group.create_task(execute(task_id)) for task_id in task_ids]
        return [execution.result() for execution in executions]


@REALLY_CONCURRENT.mutant(clause=5)
class AsTheyComeIn(TaskOrchestrator):
    """Gives the results in the order in which the tasks ended."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        """Execute tasks, at most `limit` at a time; one result each, in the order of the input."""
        slots = asyncio.Semaphore(limit)
        results = []

        async def execute(task_id: str) -> None:
            async with slots:
                results.append(await self.execute_task(task_id))

        async with asyncio.TaskGroup() as group:
            for task_id in task_ids:
                group.create_task(execute(task_id))
        return results


@REALLY_CONCURRENT.mutant(clause=6)
class NothingToWaitFor(TaskOrchestrator):
    """Without task ids, it raises the ValueError of `asyncio.wait`."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        """Execute tasks, at most `limit` at a time; one result each, in the order of the input."""
        slots = asyncio.Semaphore(limit)

        async def execute(task_id: str) -> TaskResult:
            async with slots:
                return await self.execute_task(task_id)

        executions = [asyncio.ensure_future(execute(task_id)) for task_id in task_ids]
        try:
            await asyncio.wait(executions)
        except asyncio.CancelledError:
            for execution in executions:
                execution.cancel()
            await asyncio.gather(*executions, return_exceptions=True)
            raise
        return [execution.result() for execution in executions]


@REALLY_CONCURRENT.alternative()
class Workers(TaskOrchestrator):
    """Has `limit` workers that take the next task from a common list."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        """Execute tasks, at most `limit` at a time; one result each, in the order of the input."""
        todo = iter(list(enumerate(task_ids)))
        results = {}

        async def worker() -> None:
            for place, task_id in todo:
                results[place] = await self.execute_task(task_id)

        async with asyncio.TaskGroup() as group:
            for _ in range(min(limit, len(task_ids))):
                group.create_task(worker())
        return [results[place] for place in range(len(task_ids))]


@REALLY_CONCURRENT.alternative()
class LastOneFirst(TaskOrchestrator):
    """Begins with the last task; the results are in the order of the input."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        """Execute tasks, at most `limit` at a time; one result each, in the order of the input."""
        slots = asyncio.Semaphore(limit)

        async def execute(task_id: str) -> TaskResult:
            async with slots:
                return await self.execute_task(task_id)

        async with asyncio.TaskGroup() as group:
            executions = [group.create_task(execute(task_id)) for task_id in reversed(task_ids)]
        return [execution.result() for execution in reversed(executions)]


@REALLY_CONCURRENT.alternative()
class FillsUp(TaskOrchestrator):
    """Fills up the set of those at work whenever one has ended."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        """Execute tasks, at most `limit` at a time; one result each, in the order of the input."""
        executions = []
        at_work = set()
        try:
            for task_id in task_ids:
                if len(at_work) == limit:
                    _, at_work = await asyncio.wait(
                        at_work, return_when=asyncio.FIRST_COMPLETED
                    )
                execution = asyncio.create_task(self.execute_task(task_id))
                executions.append(execution)
                at_work.add(execution)
            return list(await asyncio.gather(*executions))
        except asyncio.CancelledError:
            for execution in executions:
                execution.cancel()
            await asyncio.gather(*executions, return_exceptions=True)
            raise

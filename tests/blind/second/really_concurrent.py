"""Own variants of really-concurrent, written from the contract and the application alone."""

from grader.bank import REALLY_CONCURRENT
from vespera_scriptorium.application.task_orchestrator import *  # noqa: F403


@REALLY_CONCURRENT.mutant(clause=1)
class FailureFreesTwoSlots(TaskOrchestrator):
    """A task that fails frees its slot twice: from then on one too many is at work."""

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
class FewInTurn(TaskOrchestrator):
    """When there are fewer tasks than slots, they are executed one after the other."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        """Execute tasks, at most `limit` at a time; one result each, in the order of the input."""
        if len(task_ids) < limit:
            return [await self.execute_task(task_id) for task_id in task_ids]
        slots = asyncio.Semaphore(limit)

        async def execute(task_id: str) -> TaskResult:
            async with slots:
                return await self.execute_task(task_id)

        return await asyncio.gather(*(execute(task_id) for task_id in task_ids))


@REALLY_CONCURRENT.mutant(clause=3)
class BatchAfterBatch(TaskOrchestrator):
    """The next tasks start once all those of the batch before have ended."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        """Execute tasks, at most `limit` at a time; one result each, in the order of the input."""
        results: list[TaskResult] = []
        for first in range(0, len(task_ids), limit):
            batch = task_ids[first : first + limit]
            results += await asyncio.gather(*(self.execute_task(task_id) for task_id in batch))
        return results


@REALLY_CONCURRENT.mutant(clause=4)
class FailureKeepsItsSlot(TaskOrchestrator):
    """A task that fails does not give its slot back."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        """Execute tasks, at most `limit` at a time; one result each, in the order of the input."""
        slots = asyncio.Semaphore(limit)

        async def execute(task_id: str) -> TaskResult:
            await slots.acquire()
            result = await self.execute_task(task_id)
            if result.success:
                slots.release()
            return result

        async with asyncio.TaskGroup() as group:
            executions = [group.create_task(execute(task_id)) for task_id in task_ids]
        return [execution.result() for execution in executions]


@REALLY_CONCURRENT.mutant(clause=5)
class ResultsAsTheyCome(TaskOrchestrator):
    """The results stand in the order in which the tasks ended."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        """Execute tasks, at most `limit` at a time; one result each, in the order of the input."""
        slots = asyncio.Semaphore(limit)

        async def execute(task_id: str) -> TaskResult:
            async with slots:
                return await self.execute_task(task_id)

        executions = [execute(task_id) for task_id in task_ids]
        return [await execution for execution in asyncio.as_completed(executions)]


@REALLY_CONCURRENT.mutant(clause=6)
class NothingToWaitFor(TaskOrchestrator):
    """Without task ids it raises a `ValueError`."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        """Execute tasks, at most `limit` at a time; one result each, in the order of the input."""
        slots = asyncio.Semaphore(limit)

        async def execute(task_id: str) -> TaskResult:
            async with slots:
                return await self.execute_task(task_id)

        executions = [asyncio.create_task(execute(task_id)) for task_id in task_ids]
        await asyncio.wait(executions)
        return [execution.result() for execution in executions]


@REALLY_CONCURRENT.alternative()
class WorkersWithAQueue(TaskOrchestrator):
    """Has `limit` workers that take the tasks from a list, the last one first."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        """Execute tasks, at most `limit` at a time; one result each, in the order of the input."""
        left = list(enumerate(task_ids))
        results = {}

        async def work() -> None:
            while left:
                number, task_id = left.pop()
                results[number] = await self.execute_task(task_id)

        async with asyncio.TaskGroup() as group:
            for _ in range(limit):
                group.create_task(work())
        return [results[number] for number in range(len(task_ids))]


@REALLY_CONCURRENT.alternative()
class RefillsByHand(TaskOrchestrator):
    """Starts the next task whenever one has ended, and keeps no semaphore."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        """Execute tasks, at most `limit` at a time; one result each, in the order of the input."""
        started: list[asyncio.Task[TaskResult]] = []
        try:
            for task_id in task_ids:
                at_work = [task for task in started if not task.done()]
                if len(at_work) >= limit:
                    await asyncio.wait(at_work, return_when=asyncio.FIRST_COMPLETED)
                started.append(asyncio.create_task(self.execute_task(task_id)))
            return await asyncio.gather(*started)
        finally:
            for task in started:
                task.cancel()


@REALLY_CONCURRENT.alternative()
class GatheredFromTheEnd(TaskOrchestrator):
    """Gathers the executions in reverse, behind a semaphore."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        """Execute tasks, at most `limit` at a time; one result each, in the order of the input."""
        if not task_ids:
            return []
        slots = asyncio.BoundedSemaphore(limit)

        async def execute(task_id: str) -> TaskResult:
            async with slots:
                return await self.execute_task(task_id)

        results = await asyncio.gather(*(execute(task_id) for task_id in reversed(task_ids)))
        return list(reversed(results))

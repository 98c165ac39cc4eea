"""Own variants of really-concurrent, written from the contract and the application alone."""

from grader.bank import really_concurrent
from vespera_scriptorium.application.task_orchestrator import *  # noqa: F403


@really_concurrent.mutant(clause=1)
class OneMore(TaskOrchestrator):
    """One more than the limit is at work."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        """Execute tasks, at most `limit` at a time; one result each, in the order of the input."""
        slots = asyncio.Semaphore(limit + 1)

        async def execute(task_id: str) -> TaskResult:
            async with slots:
                return await self.execute_task(task_id)

        async with asyncio.TaskGroup() as group:
            executions = [group.create_task(execute(task_id)) for task_id in task_ids]
        return [execution.result() for execution in executions]


@really_concurrent.mutant(clause=2)
class OneByOne(TaskOrchestrator):
    """One task after the other, whatever the limit."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        """Execute tasks, at most `limit` at a time; one result each, in the order of the input."""
        slots = asyncio.Semaphore(1)

        async def execute(task_id: str) -> TaskResult:
            async with slots:
                return await self.execute_task(task_id)

        async with asyncio.TaskGroup() as group:
            executions = [group.create_task(execute(task_id)) for task_id in task_ids]
        return [execution.result() for execution in executions]


@really_concurrent.mutant(clause=3)
class Batches(TaskOrchestrator):
    """The next ones start when all of a batch have ended."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        """Execute tasks, at most `limit` at a time; one result each, in the order of the input."""
        results: list[TaskResult] = []
        for start in range(0, len(task_ids), limit):
            batch = task_ids[start : start + limit]
            results += await asyncio.gather(*(self.execute_task(task_id) for task_id in batch))
        return results


@really_concurrent.mutant(clause=4)
class TriesFailuresAgain(TaskOrchestrator):
    """A task that fails is executed once more."""

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


@really_concurrent.mutant(clause=5)
class AsTheyEnd(TaskOrchestrator):
    """The results come in the order in which the tasks ended."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        """Execute tasks, at most `limit` at a time; one result each, in the order of the input."""
        slots = asyncio.Semaphore(limit)
        results: list[TaskResult] = []

        async def execute(task_id: str) -> TaskResult:
            async with slots:
                result = await self.execute_task(task_id)
                results.append(result)
                return result

        async with asyncio.TaskGroup() as group:
            for task_id in task_ids:
                group.create_task(execute(task_id))
        return results


@really_concurrent.mutant(clause=6)
class NothingToWaitFor(TaskOrchestrator):
    """Without task ids it raises."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        """Execute tasks, at most `limit` at a time; one result each, in the order of the input."""
        slots = asyncio.Semaphore(limit)

        async def execute(task_id: str) -> TaskResult:
            async with slots:
                return await self.execute_task(task_id)

        executions = [asyncio.create_task(execute(task_id)) for task_id in task_ids]
        await asyncio.wait(executions)
        return [execution.result() for execution in executions]


@really_concurrent.alternative()
class Workers(TaskOrchestrator):
    """Has as many workers as the limit says, and a queue."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        """Execute tasks, at most `limit` at a time; one result each, in the order of the input."""
        results: dict[int, TaskResult] = {}
        todo = list(enumerate(task_ids))

        async def worker() -> None:
            while todo:
                place, task_id = todo.pop(0)
                results[place] = await self.execute_task(task_id)

        async with asyncio.TaskGroup() as group:
            for _ in range(min(limit, len(todo))):
                group.create_task(worker())
        return [results[place] for place in range(len(task_ids))]


@really_concurrent.alternative()
class LastOneFirst(TaskOrchestrator):
    """Begins with the last task."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        """Execute tasks, at most `limit` at a time; one result each, in the order of the input."""
        slots = asyncio.Semaphore(limit)

        async def execute(task_id: str) -> TaskResult:
            async with slots:
                return await self.execute_task(task_id)

        async with asyncio.TaskGroup() as group:
            executions = [group.create_task(execute(task_id)) for task_id in reversed(task_ids)]
        return [execution.result() for execution in reversed(executions)]


@really_concurrent.alternative()
class Gathers(TaskOrchestrator):
    """Gathers the calls."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        """Execute tasks, at most `limit` at a time; one result each, in the order of the input."""
        slots = asyncio.Semaphore(limit)

        async def execute(task_id: str) -> TaskResult:
            async with slots:
                return await self.execute_task(task_id)

        return list(await asyncio.gather(*map(execute, task_ids)))

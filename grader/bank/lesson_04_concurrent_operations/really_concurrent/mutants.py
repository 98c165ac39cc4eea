"""The mutants of `really-concurrent`: each has one bug, and breaks one clause."""

import asyncio
from collections.abc import Sequence

from vespera_scriptorium.application.task_orchestrator import TaskOrchestrator
from vespera_scriptorium.domain.task import TaskResult

from .exercise import really_concurrent


@really_concurrent.mutant(clause=2)
class OneAfterTheOther(TaskOrchestrator):
    """Awaits each task before it starts the next: correct results, no concurrency."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        return [await self.execute_task(task_id) for task_id in task_ids]


@really_concurrent.mutant(clause=1)
class AllAtOnce(TaskOrchestrator):
    """Forgets the limit and starts everything."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        return await asyncio.gather(*(self.execute_task(task_id) for task_id in task_ids))


@really_concurrent.mutant(clause=1)
class LimitIsAlwaysThree(TaskOrchestrator):
    """Bounds the work by a constant, and ignores the limit that it was given."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        slots = asyncio.Semaphore(3)

        async def execute(task_id: str) -> TaskResult:
            async with slots:
                return await self.execute_task(task_id)

        async with asyncio.TaskGroup() as group:
            executions = [group.create_task(execute(task_id)) for task_id in task_ids]
        return [execution.result() for execution in executions]


@really_concurrent.mutant(clause=3)
class BatchAfterBatch(TaskOrchestrator):
    """Works in batches of `limit`: one slow task holds up a whole batch of free slots."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        results: list[TaskResult] = []
        for start in range(0, len(task_ids), limit):
            batch = task_ids[start : start + limit]
            results += await asyncio.gather(*(self.execute_task(task_id) for task_id in batch))
        return results


@really_concurrent.mutant(clause=4)
class SlotLostAfterFailure(TaskOrchestrator):
    """Returns early when a task has failed, and never gives its slot back."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        slots = asyncio.Semaphore(limit)

        async def execute(task_id: str) -> TaskResult:
            await slots.acquire()
            result = await self.execute_task(task_id)
            if not result.success:
                return result
            slots.release()
            return result

        async with asyncio.TaskGroup() as group:
            executions = [group.create_task(execute(task_id)) for task_id in task_ids]
        return [execution.result() for execution in executions]


@really_concurrent.mutant(clause=5)
class InOrderOfCompletion(TaskOrchestrator):
    """Collects results as tasks end, so that the fastest task comes first."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        slots = asyncio.Semaphore(limit)
        results = []

        async def execute(task_id: str) -> None:
            async with slots:
                results.append(await self.execute_task(task_id))

        await asyncio.gather(*(execute(task_id) for task_id in task_ids))
        return results


@really_concurrent.mutant(clause=6)
class HangsOnNothing(TaskOrchestrator):
    """Waits for the last task to say that it is done, and there is no last task."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        slots = asyncio.Semaphore(limit)
        all_done = asyncio.Event()
        results: dict[int, TaskResult] = {}

        async def execute(place: int, task_id: str) -> None:
            async with slots:
                results[place] = await self.execute_task(task_id)
            if len(results) == len(task_ids):
                all_done.set()

        async with asyncio.TaskGroup() as group:
            for place, task_id in enumerate(task_ids):
                group.create_task(execute(place, task_id))
            await all_done.wait()
        return [results[place] for place in range(len(task_ids))]

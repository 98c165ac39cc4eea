"""The mutants of `really-concurrent`: each has one bug, and breaks one promise."""

import asyncio
from collections.abc import Sequence

from vespera_scriptorium.application.task_orchestrator import TaskOrchestrator
from vespera_scriptorium.domain.task import TaskResult

from .exercise import really_concurrent


@really_concurrent.mutant(promise="reached")
class OneAfterTheOther(TaskOrchestrator):
    """Awaits each task before it starts the next: correct results, no concurrency."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        return [await self.execute_task(task_id) for task_id in task_ids]


@really_concurrent.mutant(promise="bounded")
class AllAtOnce(TaskOrchestrator):
    """Forgets the limit and starts everything."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        return await asyncio.gather(*(self.execute_task(task_id) for task_id in task_ids))


@really_concurrent.mutant(promise="given")
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


@really_concurrent.mutant(promise="refilled")
class BatchAfterBatch(TaskOrchestrator):
    """Works in batches of `limit`: one slow task holds up a whole batch of free slots."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        results: list[TaskResult] = []
        for start in range(0, len(task_ids), limit):
            batch = task_ids[start : start + limit]
            results += await asyncio.gather(*(self.execute_task(task_id) for task_id in batch))
        return results


@really_concurrent.mutant(promise="slot-freed")
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


@really_concurrent.mutant(promise="order")
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


@really_concurrent.mutant(promise="nothing")
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


@really_concurrent.mutant(promise="later-too")
class RefillsByTheBatch(TaskOrchestrator):
    """Starts a whole further batch as soon as one task of the last has ended."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        executions: list[asyncio.Task[TaskResult]] = []
        async with asyncio.TaskGroup() as group:
            for start in range(0, len(task_ids), limit):
                batch = task_ids[start : start + limit]
                executions += [group.create_task(self.execute_task(task_id)) for task_id in batch]
                await asyncio.wait(executions[start:], return_when=asyncio.FIRST_COMPLETED)
        return [execution.result() for execution in executions]


@really_concurrent.mutant(promise="any-slot")
class DealtOutBeforehand(TaskOrchestrator):
    """Deals the tasks out to its workers beforehand; who has done his share helps nobody."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        results: dict[int, TaskResult] = {}

        async def work(places: range) -> None:
            for place in places:
                results[place] = await self.execute_task(task_ids[place])

        async with asyncio.TaskGroup() as group:
            for first in range(limit):
                group.create_task(work(range(first, len(task_ids), limit)))
        return [results[place] for place in range(len(task_ids))]


@really_concurrent.mutant(promise="no-delay")
class LooksForSlotsNowAndThen(TaskOrchestrator):
    """Looks for a free slot five times a second."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        executions: list[asyncio.Task[TaskResult]] = []
        async with asyncio.TaskGroup() as group:
            for task_id in task_ids:
                while sum(not execution.done() for execution in executions) >= limit:
                    await asyncio.sleep(0.2)
                executions.append(group.create_task(self.execute_task(task_id)))
        return [execution.result() for execution in executions]


@really_concurrent.mutant(promise="fewer")
class NeedsAFullHouse(TaskOrchestrator):
    """Gives every worker a first task, whether there are as many or not."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        waiting = list(enumerate(task_ids))
        results: dict[int, TaskResult] = {}

        async def work(place: int, task_id: str) -> None:
            results[place] = await self.execute_task(task_id)
            while waiting:
                place, task_id = waiting.pop(0)
                results[place] = await self.execute_task(task_id)

        async with asyncio.TaskGroup() as group:
            for _ in range(limit if task_ids else 0):
                group.create_task(work(*waiting.pop(0)))
        return [results[place] for place in range(len(task_ids))]


@really_concurrent.mutant(promise="every")
class GivesUpAfterAFailure(TaskOrchestrator):
    """Executes nothing more once a task has failed."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        slots = asyncio.Semaphore(limit)
        failures: list[TaskResult] = []

        async def execute(task_id: str) -> TaskResult:
            async with slots:
                if failures:
                    return TaskResult(success=False, task_id=task_id, error="not executed")
                result = await self.execute_task(task_id)
            if not result.success:
                failures.append(result)
            return result

        return await asyncio.gather(*(execute(task_id) for task_id in task_ids))


@really_concurrent.mutant(promise="once")
class TriesAgain(TaskOrchestrator):
    """Executes a task that failed a second time."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        slots = asyncio.Semaphore(limit)

        async def execute(task_id: str) -> TaskResult:
            async with slots:
                result = await self.execute_task(task_id)
                return result if result.success else await self.execute_task(task_id)

        async with asyncio.TaskGroup() as group:
            executions = [group.create_task(execute(task_id)) for task_id in task_ids]
        return [execution.result() for execution in executions]


@really_concurrent.mutant(promise="no-raise")
class FailuresComeOut(TaskOrchestrator):
    """Executes all of it, and then raises an error for what failed."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        slots = asyncio.Semaphore(limit)

        async def execute(task_id: str) -> TaskResult:
            async with slots:
                return await self.execute_task(task_id)

        async with asyncio.TaskGroup() as group:
            executions = [group.create_task(execute(task_id)) for task_id in task_ids]
        results = [execution.result() for execution in executions]
        if errors := [result.error for result in results if not result.success]:
            raise RuntimeError(f"tasks failed: {errors}")
        return results


@really_concurrent.mutant(promise="order")
class SortedById(TaskOrchestrator):
    """Sorts the results by the ids of their tasks."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        slots = asyncio.Semaphore(limit)

        async def execute(task_id: str) -> TaskResult:
            async with slots:
                return await self.execute_task(task_id)

        async with asyncio.TaskGroup() as group:
            executions = [group.create_task(execute(task_id)) for task_id in task_ids]
        results = [execution.result() for execution in executions]
        return sorted(results, key=lambda result: result.task_id or "")


@really_concurrent.mutant(promise="nothing")
class CannotWaitForNothing(TaskOrchestrator):
    """Waits with `asyncio.wait`, which refuses to wait for no task at all."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        slots = asyncio.Semaphore(limit)

        async def execute(task_id: str) -> TaskResult:
            async with slots:
                return await self.execute_task(task_id)

        executions = [asyncio.create_task(execute(task_id)) for task_id in task_ids]
        await asyncio.wait(executions)
        return [execution.result() for execution in executions]


@really_concurrent.mutant(promise="later-too")
class OneMoreAfterAFailure(TaskOrchestrator):
    """Frees the slot of a task that fails twice, and so has one more at work afterwards."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
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

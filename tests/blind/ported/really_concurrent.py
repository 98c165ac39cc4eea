"""Variants of really-concurrent, written from the contract and the source alone."""

import asyncio
from collections.abc import Sequence

from grader.bank.lesson_04_concurrent_operations.really_concurrent.exercise import (
    really_concurrent,
)
from vespera_scriptorium.application.task_orchestrator import TaskOrchestrator
from vespera_scriptorium.domain.task import TaskResult


@really_concurrent.mutant(clause=1)
class RefillsInChunks(TaskOrchestrator):
    """starts a whole further chunk as soon as one task of the last one has ended"""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        executions: list[asyncio.Task[TaskResult]] = []
        async with asyncio.TaskGroup() as group:
            for first in range(0, len(task_ids), limit):
                chunk = task_ids[first : first + limit]
                executions += [group.create_task(self.execute_task(task_id)) for task_id in chunk]
                working = [execution for execution in executions if not execution.done()]
                if working:
                    await asyncio.wait(working, return_when=asyncio.FIRST_COMPLETED)
        return [execution.result() for execution in executions]


@really_concurrent.mutant(clause=2)
class DealsOutSlices(TaskOrchestrator):
    """deals the tasks out to its workers beforehand: who is done early helps nobody"""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        results: dict[int, TaskResult] = {}

        async def work(first: int) -> None:
            for place in range(first, len(task_ids), limit):
                results[place] = await self.execute_task(task_ids[place])

        async with asyncio.TaskGroup() as group:
            for first in range(limit):
                group.create_task(work(first))
        return [results[place] for place in range(len(task_ids))]


@really_concurrent.mutant(clause=3)
class PollsForASlot(TaskOrchestrator):
    """looks for a free slot ten times a second"""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        executions: list[asyncio.Task[TaskResult]] = []
        async with asyncio.TaskGroup() as group:
            for task_id in task_ids:
                while sum(not execution.done() for execution in executions) >= limit:
                    await asyncio.sleep(0.1)
                executions.append(group.create_task(self.execute_task(task_id)))
        return [execution.result() for execution in executions]


@really_concurrent.mutant(clause=4)
class FailsFast(TaskOrchestrator):
    """executes nothing more once a task has failed"""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        slots = asyncio.Semaphore(limit)
        failed = False

        async def execute(task_id: str) -> TaskResult:
            nonlocal failed
            async with slots:
                if failed:
                    return TaskResult(success=False, task_id=task_id, error="not executed")
                result = await self.execute_task(task_id)
                failed |= not result.success
                return result

        async with asyncio.TaskGroup() as group:
            executions = [group.create_task(execute(task_id)) for task_id in task_ids]
        return [execution.result() for execution in executions]


@really_concurrent.mutant(clause=5)
class SortsById(TaskOrchestrator):
    """sorts the results by the ids of their tasks"""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        slots = asyncio.Semaphore(limit)

        async def execute(task_id: str) -> TaskResult:
            async with slots:
                return await self.execute_task(task_id)

        async with asyncio.TaskGroup() as group:
            executions = [group.create_task(execute(task_id)) for task_id in task_ids]
        results = [execution.result() for execution in executions]
        return sorted(results, key=lambda result: result.task_id or "")


@really_concurrent.mutant(clause=6)
class WaitsForNothing(TaskOrchestrator):
    """gives an empty set to asyncio.wait, which refuses it"""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        slots = asyncio.Semaphore(limit)

        async def execute(task_id: str) -> TaskResult:
            async with slots:
                return await self.execute_task(task_id)

        executions = [asyncio.create_task(execute(task_id)) for task_id in task_ids]
        try:
            await asyncio.wait(executions)
        except asyncio.CancelledError:
            for execution in executions:
                execution.cancel()
            await asyncio.gather(*executions, return_exceptions=True)
            raise
        return [execution.result() for execution in executions]


@really_concurrent.alternative()
class SharesAnIterator(TaskOrchestrator):
    """has as many workers as slots, which take their tasks from one iterator"""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        results: dict[int, TaskResult] = {}
        left = iter(list(enumerate(task_ids)))

        async def work() -> None:
            for place, task_id in left:
                results[place] = await self.execute_task(task_id)

        async with asyncio.TaskGroup() as group:
            for _ in range(limit):
                group.create_task(work())
        return [results[place] for place in sorted(results)]


@really_concurrent.alternative()
class StartsWithTheLast(TaskOrchestrator):
    """starts with the last task, and refills whenever one has ended"""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        left = list(enumerate(task_ids))
        places: dict[asyncio.Task[TaskResult], int] = {}
        results: dict[int, TaskResult] = {}
        try:
            while left or places:
                while left and len(places) < limit:
                    place, task_id = left.pop()
                    places[asyncio.create_task(self.execute_task(task_id))] = place
                done, _ = await asyncio.wait(places, return_when=asyncio.FIRST_COMPLETED)
                for execution in done:
                    results[places.pop(execution)] = execution.result()
        finally:
            for execution in places:
                execution.cancel()
            await asyncio.gather(*places, return_exceptions=True)
        return [results[place] for place in range(len(task_ids))]


@really_concurrent.alternative()
class CountsUnderACondition(TaskOrchestrator):
    """counts who is at work, and tells the others by a condition"""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        free = limit
        changed = asyncio.Condition()

        async def execute(task_id: str) -> TaskResult:
            nonlocal free
            await asyncio.sleep(0)
            async with changed:
                await changed.wait_for(lambda: free > 0)
                free -= 1
            try:
                return await self.execute_task(task_id)
            finally:
                free += 1
                async with changed:
                    changed.notify_all()

        executions = [asyncio.create_task(execute(task_id)) for task_id in task_ids]
        try:
            return list(await asyncio.gather(*executions))
        finally:
            for execution in executions:
                execution.cancel()
            await asyncio.gather(*executions, return_exceptions=True)

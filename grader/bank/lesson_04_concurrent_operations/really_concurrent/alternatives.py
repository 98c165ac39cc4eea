"""Correct implementations for `really-concurrent`, built differently."""

import asyncio
from collections.abc import Sequence

from vespera_scriptorium.application.task_orchestrator import TaskOrchestrator
from vespera_scriptorium.domain.task import TaskResult

from .exercise import really_concurrent


@really_concurrent.alternative()
class PoolOfWorkers(TaskOrchestrator):
    """Lets `limit` workers take the waiting tasks from the end of the list."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        waiting = list(enumerate(task_ids))
        results: dict[int, TaskResult] = {}

        async def work() -> None:
            while waiting:
                place, task_id = waiting.pop()
                results[place] = await self.execute_task(task_id)

        async with asyncio.TaskGroup() as group:
            for _ in range(min(limit, len(task_ids))):
                group.create_task(work())
        return [results[place] for place in range(len(task_ids))]


@really_concurrent.alternative()
class RefillsInALoop(TaskOrchestrator):
    """Starts tasks whenever one has ended, and sorts the results by their places."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        waiting = list(enumerate(task_ids))[::-1]
        places: dict[asyncio.Task[TaskResult], int] = {}
        results: dict[int, TaskResult] = {}
        try:
            while waiting or places:
                while waiting and len(places) < limit:
                    place, task_id = waiting.pop()
                    places[asyncio.create_task(self.execute_task(task_id))] = place
                done, _ = await asyncio.wait(places, return_when=asyncio.FIRST_COMPLETED)
                results |= {places.pop(execution): execution.result() for execution in done}
        finally:
            for execution in places:
                execution.cancel()
            await asyncio.gather(*places, return_exceptions=True)
        return [results[place] for place in sorted(results)]

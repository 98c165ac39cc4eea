"""Correct implementations for `gather-results`, built differently."""

import asyncio
from collections.abc import Sequence

from vespera_scriptorium.application.task_orchestrator import (
    TaskOrchestrator,
    _are_we_cancelled,
)
from vespera_scriptorium.domain.task import BatchOutcome

from .exercise import gather_results


@gather_results.alternative()
class AsTheyComplete(TaskOrchestrator):
    """Notes each outcome at the moment in which its task ends."""

    async def execute_all(self, task_ids: Sequence[str]) -> BatchOutcome:
        batch = BatchOutcome()

        async def execute(task_id: str) -> None:
            try:
                batch.succeeded[task_id] = await self._run(task_id)
            except asyncio.CancelledError:
                batch.cancelled.append(task_id)
            except Exception as error:
                batch.failed[task_id] = error

        async with asyncio.TaskGroup() as group:
            for task_id in reversed(task_ids):
                group.create_task(execute(task_id))
        return batch


@gather_results.alternative()
class OneAfterTheOther(TaskOrchestrator):
    """Executes the tasks in turn, the last one first."""

    async def execute_all(self, task_ids: Sequence[str]) -> BatchOutcome:
        batch = BatchOutcome()
        for task_id in reversed(task_ids):
            try:
                batch.succeeded[task_id] = await self._run(task_id)
            except asyncio.CancelledError:
                batch.cancelled.append(task_id)
            except Exception as error:
                batch.failed[task_id] = error
            if _are_we_cancelled():
                raise asyncio.CancelledError
        return batch

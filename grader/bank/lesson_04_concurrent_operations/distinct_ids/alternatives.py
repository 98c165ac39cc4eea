"""Correct implementations for `distinct-ids`, built differently."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from vespera_scriptorium.application.task_orchestrator import TaskOrchestrator
from vespera_scriptorium.domain.errors import reason
from vespera_scriptorium.domain.task import TaskResult

from .exercise import distinct_ids


@distinct_ids.alternative()
class OneTaskGroup(TaskOrchestrator):
    """Starts every creation in a task group, where each catches its own errors."""

    async def create_many(self, task_data_list: Sequence[Mapping[str, Any]]) -> list[TaskResult]:
        results: dict[int, TaskResult] = {}

        async def create(place: int, task_data: Mapping[str, Any]) -> None:
            try:
                task = await self._store(task_data)
            except asyncio.CancelledError:
                results[place] = TaskResult(success=False, error="cancelled")
            except Exception as error:
                results[place] = TaskResult(success=False, error=reason(error))
            else:
                results[place] = TaskResult(success=True, task_id=task.id)

        async with asyncio.TaskGroup() as group:
            for place, task_data in reversed(list(enumerate(task_data_list))):
                group.create_task(create(place, task_data))
        return [results[place] for place in range(len(task_data_list))]

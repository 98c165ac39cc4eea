"""Correct implementations for `distinct-ids`, built differently."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from vespera_scriptorium.application.task_orchestrator import (
    TaskOrchestrator,
    _are_we_cancelled,
)
from vespera_scriptorium.domain.errors import reason
from vespera_scriptorium.domain.task import Task, TaskResult

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


@distinct_ids.alternative()
class OneAfterTheOther(TaskOrchestrator):
    """Stores one task after the other, under ids that it makes itself."""

    async def create_many(self, task_data_list: Sequence[Mapping[str, Any]]) -> list[TaskResult]:
        results = []
        batch = await self._tasks.next_id()
        for number, task_data in enumerate(task_data_list):
            task = Task(
                id=f"{batch}/{number}",
                title=task_data["title"],
                description=task_data.get("description", ""),
                specialist_type=task_data.get("specialist_type", "generic"),
            )
            try:
                await self._tasks.add(task)
            except asyncio.CancelledError:
                if _are_we_cancelled():
                    raise
                results.append(TaskResult(success=False, error="somebody gave up"))
            except Exception as error:
                results.append(TaskResult(success=False, error=f"not stored: {error}"))
            else:
                results.append(TaskResult(success=True, task_id=task.id))
        return results

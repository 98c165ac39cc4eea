"""Correct implementations for `task-lifecycle`, built differently."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from vespera_scriptorium.application.ports import Specialist, TaskRepository
from vespera_scriptorium.application.task_execution_workflow import (
    TaskExecutionWorkflow,
)
from vespera_scriptorium.domain.errors import IllegalTransitionError, UnknownTaskError
from vespera_scriptorium.domain.task import Task, TaskStatus

from .exercise import task_lifecycle


@task_lifecycle.alternative()
class WaitsForItsTurn(TaskExecutionWorkflow):
    """Lets the second of two calls wait for the first.

    `error`: words its refusals in its own way.
    """

    def __init__(self, tasks: TaskRepository, specialist: Specialist) -> None:
        self._tasks = tasks
        self._specialist = specialist
        self._at_work: set[str] = set()
        self._turns: dict[str, asyncio.Lock] = {}

    @asynccontextmanager
    async def _claim(self, task_id: str, legal: set[TaskStatus]) -> AsyncIterator[Task]:
        async def legal_task() -> Task:
            task = await self._tasks.get(task_id)
            if task is None:
                raise UnknownTaskError(f"unknown task: {task_id}")
            if task.status not in legal:
                raise IllegalTransitionError(f"{task_id} ({task.status}): the time is not right")
            return task

        await legal_task()
        async with self._turns.setdefault(task_id, asyncio.Lock()):
            yield await legal_task()


@task_lifecycle.alternative()
class KeepsItFirst(TaskExecutionWorkflow):
    """Stores what a task is completed with while it is executed still, and the status after it."""

    async def _store_completed(self, task: Task, completion_data: Mapping[str, Any]) -> None:
        task = replace(
            task,
            summary=completion_data.get("summary", ""),
            artifacts=tuple(completion_data.get("artifacts", ())),
            next_action=completion_data.get("next_action", ""),
        )
        await self._tasks.save(task)
        await self._tasks.save(replace(task, status=TaskStatus.COMPLETED))

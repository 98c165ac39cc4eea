"""Correct implementations for `decoration`, built differently."""

from collections.abc import Mapping
from typing import Any

from vespera_scriptorium.application.task_orchestrator import TaskOrchestrator
from vespera_scriptorium.domain.errors import reason
from vespera_scriptorium.domain.task import Task, TaskResult

from .exercise import decoration


@decoration.alternative()
class IdsOfItsOwn(TaskOrchestrator):
    """Makes up its ids itself.

    `error`: words its errors in its own way.
    """

    async def create_task(self, task_data: Mapping[str, Any]) -> TaskResult:
        from uuid import uuid4

        if "title" not in task_data:
            return TaskResult(success=False, error="a task needs a title")
        task = Task(
            id=f"task-{uuid4().hex}",
            title=task_data["title"],
            description=task_data.get("description", ""),
            specialist_type=task_data.get("specialist_type", "generic"),
        )
        try:
            await self._tasks.add(task)
        except Exception as error:
            return TaskResult(success=False, error=f"not stored: {reason(error)}")
        return TaskResult(success=True, task_id=task.id)

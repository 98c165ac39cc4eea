"""The mutants of `decoration`: each has one bug, and breaks one clause."""

from collections.abc import Mapping
from typing import Any

from vespera_scriptorium.application.task_orchestrator import TaskOrchestrator
from vespera_scriptorium.domain.errors import UnknownTaskError, reason
from vespera_scriptorium.domain.task import Task, TaskResult, TaskState, TaskStatus

from .exercise import decoration


@decoration.mutant(promise="success")
class WantsADescription(TaskOrchestrator):
    """Stores a task without a description, and reports it as a failure."""

    async def create_task(self, task_data: Mapping[str, Any]) -> TaskResult:
        try:
            task = await self._store(task_data)
        except Exception as error:
            return TaskResult(success=False, error=reason(error))
        if not task.description:
            return TaskResult(success=False, task_id=task.id, error="there is no description")
        return TaskResult(success=True, task_id=task.id)


@decoration.mutant(promise="title")
class MixesUpTheTexts(TaskOrchestrator):
    """Takes the description for the title where there is one."""

    async def _store(self, task_data: Mapping[str, Any]) -> Task:
        title = task_data["title"]
        task = Task(
            id=await self._tasks.next_id(),
            title=task_data.get("description", title),
            description=task_data.get("description", ""),
            specialist_type=task_data.get("specialist_type", "generic"),
        )
        await self._tasks.add(task)
        return task


@decoration.mutant(promise="title")
class ForgetsTheTitle(TaskOrchestrator):
    """Shows no title until a task is at work."""

    async def get_task_status(self, task_id: str) -> TaskState:
        task = await self._tasks.get(task_id)
        if task is None:
            return TaskState(task_id, title=None, status=None)
        title = None if task.status is TaskStatus.CREATED else task.title
        return TaskState(task_id, title=title, status=task.status)


@decoration.mutant(promise="status")
class BeginsAtOnce(TaskOrchestrator):
    """Stores a new task as running, although nobody works on it."""

    async def _store(self, task_data: Mapping[str, Any]) -> Task:
        task = Task(
            id=await self._tasks.next_id(),
            title=task_data["title"],
            description=task_data.get("description", ""),
            specialist_type=task_data.get("specialist_type", "generic"),
            status=TaskStatus.RUNNING,
        )
        await self._tasks.add(task)
        return task


@decoration.mutant(promise="distinct")
class IdFromTheTitle(TaskOrchestrator):
    """Makes the id from the title, and takes a second task of that title for the first one."""

    async def _store(self, task_data: Mapping[str, Any]) -> Task:
        task = Task(
            id=f"task-{task_data['title']}",
            title=task_data["title"],
            description=task_data.get("description", ""),
            specialist_type=task_data.get("specialist_type", "generic"),
        )
        if await self._tasks.get(task.id) is None:
            await self._tasks.add(task)
        return task


@decoration.mutant(promise="unknown-silent")
class RaisesForTheUnknown(TaskOrchestrator):
    """Raises for an id that nobody has created."""

    async def get_task_status(self, task_id: str) -> TaskState:
        task = await self._tasks.get(task_id)
        if task is None:
            raise UnknownTaskError(f"there is no task {task_id}")
        return TaskState(task_id, title=task.title, status=task.status)


@decoration.mutant(promise="unknown-title")
class EmptyTitle(TaskOrchestrator):
    """Shows an empty title for a task that is not there."""

    async def get_task_status(self, task_id: str) -> TaskState:
        task = await self._tasks.get(task_id)
        if task is None:
            return TaskState(task_id, title="", status=None)
        return TaskState(task_id, title=task.title, status=task.status)


@decoration.mutant(promise="unknown-status")
class UnknownIsCreated(TaskOrchestrator):
    """Takes a task that is not there for one that was not begun."""

    async def get_task_status(self, task_id: str) -> TaskState:
        task = await self._tasks.get(task_id)
        if task is None:
            return TaskState(task_id, title=None, status=TaskStatus.CREATED)
        return TaskState(task_id, title=task.title, status=task.status)


@decoration.mutant(promise="untitled-silent")
class RaisesWithoutATitle(TaskOrchestrator):
    """Lets the `KeyError` of a missing title out."""

    async def create_task(self, task_data: Mapping[str, Any]) -> TaskResult:
        try:
            task = await self._store(task_data)
        except KeyError:
            raise
        except Exception as error:
            return TaskResult(success=False, error=reason(error))
        return TaskResult(success=True, task_id=task.id)


@decoration.mutant(promise="untitled-failed")
class NamesItItself(TaskOrchestrator):
    """Creates a task without a title, and only remarks on it in `error`."""

    async def create_task(self, task_data: Mapping[str, Any]) -> TaskResult:
        try:
            task = await self._store({"title": "", **task_data})
        except Exception as error:
            return TaskResult(success=False, error=reason(error))
        remark = None if "title" in task_data else "the title was missing"
        return TaskResult(success=True, task_id=task.id, error=remark)


@decoration.mutant(promise="untitled-error")
class SaysThatItFailed(TaskOrchestrator):
    """Says that it did not work, and not what was missing."""

    async def create_task(self, task_data: Mapping[str, Any]) -> TaskResult:
        try:
            task = await self._store(task_data)
        except Exception:
            return TaskResult(success=False, error="the task was not created")
        return TaskResult(success=True, task_id=task.id)

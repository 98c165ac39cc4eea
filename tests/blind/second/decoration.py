"""Own variants of decoration, written from the contract and the application alone."""

from grader.bank import DECORATION
from vespera_scriptorium.application.task_orchestrator import *  # noqa: F403


@DECORATION.mutant(clause=1)
class NeedsADescription(TaskOrchestrator):
    """Takes the description for as necessary as the title."""

    async def _store(self, task_data: Mapping[str, Any]) -> Task:
        """Store a new task under an id of its own; raises what the repository raises."""
        task = Task(
            id=await self._tasks.next_id(),
            title=task_data["title"],
            description=task_data["description"],
            specialist_type=task_data.get("specialist_type", "generic"),
        )
        await self._tasks.add(task)
        return task


@DECORATION.mutant(clause=2)
class ShowsTheDescription(TaskOrchestrator):
    """Shows the description as the title when there is one."""

    async def get_task_status(self, task_id: str) -> TaskState:
        """Where a task stands, as it is stored now."""
        task = await self._tasks.get(task_id)
        if task is None:
            return TaskState(task_id, title=None, status=None)
        return TaskState(task_id, title=task.description or task.title, status=task.status)


@DECORATION.mutant(clause=3)
class OneTaskForEachTitle(TaskOrchestrator):
    """Answers with the task that is there when its title is the same."""

    async def _store(self, task_data: Mapping[str, Any]) -> Task:
        """Store a new task under an id of its own; raises what the repository raises."""
        known = self.__dict__.setdefault("_known", {})
        title = task_data["title"]
        if title in known:
            return known[title]
        task = Task(
            id=await self._tasks.next_id(),
            title=title,
            description=task_data.get("description", ""),
            specialist_type=task_data.get("specialist_type", "generic"),
        )
        await self._tasks.add(task)
        known[title] = task
        return task


@DECORATION.mutant(clause=4)
class RaisesForTheUnknown(TaskOrchestrator):
    """Raises `UnknownTaskError` for an id that nobody has created."""

    async def get_task_status(self, task_id: str) -> TaskState:
        """Where a task stands, as it is stored now."""
        task = await self._tasks.get(task_id)
        if task is None:
            raise UnknownTaskError(f"there is no task {task_id}")
        return TaskState(task_id, title=task.title, status=task.status)


@DECORATION.mutant(clause=5)
class OnlyTheTypeOfTheError(TaskOrchestrator):
    """The error of a task without a title tells only the type of the exception."""

    async def create_task(self, task_data: Mapping[str, Any]) -> TaskResult:
        """Create one task from `title`, `description` and `specialist_type`."""
        try:
            task = await self._store(task_data)
        except Exception as error:
            return TaskResult(success=False, error=f"invalid data: {type(error).__name__}")
        return TaskResult(success=True, task_id=task.id)


@DECORATION.mutant(clause=5)
class UntitledIsATitle(TaskOrchestrator):
    """A task without a title is created under the title `untitled`."""

    async def _store(self, task_data: Mapping[str, Any]) -> Task:
        """Store a new task under an id of its own; raises what the repository raises."""
        task = Task(
            id=await self._tasks.next_id(),
            title=task_data.get("title", "untitled"),
            description=task_data.get("description", ""),
            specialist_type=task_data.get("specialist_type", "generic"),
        )
        await self._tasks.add(task)
        return task


@DECORATION.alternative()
class OtherIds(TaskOrchestrator):
    """Gives ids of its own making."""

    async def _store(self, task_data: Mapping[str, Any]) -> Task:
        """Store a new task under an id of its own; raises what the repository raises."""
        from uuid import uuid4

        task = Task(
            id=f"t-{uuid4()}",
            title=task_data["title"],
            description=task_data.get("description", ""),
            specialist_type=task_data.get("specialist_type", "generic"),
        )
        await self._tasks.add(task)
        return task


@DECORATION.alternative()
class LooksForTheTitleFirst(TaskOrchestrator):
    """Refuses data without a title in its own words, before anything else."""

    async def create_task(self, task_data: Mapping[str, Any]) -> TaskResult:
        """Create one task from `title`, `description` and `specialist_type`."""
        if "title" not in task_data:
            return TaskResult(success=False, task_id="", error="please give your task a title!")
        try:
            task = await self._store(task_data)
        except Exception as error:
            return TaskResult(success=False, error=reason(error))
        return TaskResult(success=True, task_id=task.id, output="")


@DECORATION.alternative()
class StatusFromTheValues(TaskOrchestrator):
    """Builds the state with conditional expressions."""

    async def get_task_status(self, task_id: str) -> TaskState:
        """Where a task stands, as it is stored now."""
        task = await self._tasks.get(task_id)
        return TaskState(
            task_id=task_id,
            title=task.title if task else None,
            status=TaskStatus(task.status.value) if task else None,
        )

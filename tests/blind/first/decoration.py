"""Own variants of decoration, written from the contract and the application alone."""

from grader.bank import THE_DECORATION
from vespera_scriptorium.application.task_orchestrator import *  # noqa: F403


@THE_DECORATION.mutant(clause=1)
class NeedsADescription(TaskOrchestrator):
    """Without a description nothing is created."""

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


@THE_DECORATION.mutant(clause=2)
class ShowsTheDescription(TaskOrchestrator):
    """The status shows the description as the title where there is one."""

    async def get_task_status(self, task_id: str) -> TaskState:
        """Where a task stands, as it is stored now."""
        task = await self._tasks.get(task_id)
        if task is None:
            return TaskState(task_id, title=None, status=None)
        return TaskState(task_id, title=task.description or task.title, status=task.status)


@THE_DECORATION.mutant(clause=2)
class StoresAsRunning(TaskOrchestrator):
    """A new task is stored as running."""

    async def _store(self, task_data: Mapping[str, Any]) -> Task:
        """Store a new task under an id of its own; raises what the repository raises."""
        task = Task(
            id=await self._tasks.next_id(),
            title=task_data["title"],
            description=task_data.get("description", ""),
            specialist_type=task_data.get("specialist_type", "generic"),
            status=TaskStatus.RUNNING,
        )
        await self._tasks.add(task)
        return task


@THE_DECORATION.mutant(clause=3)
class ReusesAlikeTitles(TaskOrchestrator):
    """A title that is there already gets the id of the task that has it."""

    async def _store(self, task_data: Mapping[str, Any]) -> Task:
        """Store a new task under an id of its own; raises what the repository raises."""
        title = task_data["title"]
        there = await self._tasks.get(f"task-{title}")
        if there is not None:
            return there
        task = Task(
            id=f"task-{title}",
            title=title,
            description=task_data.get("description", ""),
            specialist_type=task_data.get("specialist_type", "generic"),
        )
        await self._tasks.add(task)
        return task


@THE_DECORATION.mutant(clause=4)
class RaisesForTheUnknown(TaskOrchestrator):
    """An id that nobody created is an `UnknownTaskError`."""

    async def get_task_status(self, task_id: str) -> TaskState:
        """Where a task stands, as it is stored now."""
        task = await self._tasks.get(task_id)
        if task is None:
            raise UnknownTaskError(f"there is no task {task_id}")
        return TaskState(task_id, title=task.title, status=task.status)


@THE_DECORATION.mutant(clause=5)
class FindsATitle(TaskOrchestrator):
    """Data without a title makes an untitled task."""

    async def _store(self, task_data: Mapping[str, Any]) -> Task:
        """Store a new task under an id of its own; raises what the repository raises."""
        task = Task(
            id=await self._tasks.next_id(),
            title=task_data.get("title", "Untitled"),
            description=task_data.get("description", ""),
            specialist_type=task_data.get("specialist_type", "generic"),
        )
        await self._tasks.add(task)
        return task


@THE_DECORATION.alternative()
class NamesTheKey(TaskOrchestrator):
    """Looks for the title first, and says more."""

    async def create_task(self, task_data: Mapping[str, Any]) -> TaskResult:
        """Create one task from `title`, `description` and `specialist_type`."""
        if "title" not in task_data:
            return TaskResult(success=False, error="not created: no title in the data")
        try:
            task = await self._store(task_data)
        except Exception as error:
            return TaskResult(success=False, error=reason(error))
        return TaskResult(success=True, task_id=task.id, output="created")


@THE_DECORATION.alternative()
class RandomIds(TaskOrchestrator):
    """Gives out random ids, whatever the repository offers."""

    async def _store(self, task_data: Mapping[str, Any]) -> Task:
        """Store a new task under an id of its own; raises what the repository raises."""
        from uuid import uuid4

        task = Task(
            id=uuid4().hex,
            title=task_data["title"],
            description=task_data.get("description", ""),
            specialist_type=task_data.get("specialist_type", "generic"),
        )
        await self._tasks.add(task)
        return task


@THE_DECORATION.alternative()
class LooksAfterwards(TaskOrchestrator):
    """Takes the title before it takes a number, and looks twice."""

    async def _store(self, task_data: Mapping[str, Any]) -> Task:
        """Store a new task under an id of its own; raises what the repository raises."""
        title = task_data["title"]
        values = {
            key: task_data[key] for key in ("description", "specialist_type") if key in task_data
        }
        task = Task(id=await self._tasks.next_id(), title=title, **values)
        await self._tasks.add(task)
        return await self._tasks.get(task.id) or task

"""Own variants of decoration, written from the contract and the application alone."""

from grader.bank import decoration
from vespera_scriptorium.application.task_orchestrator import *  # noqa: F403


@decoration.mutant(clause=1)
class WantsADescription(TaskOrchestrator):
    """A task without a description is refused."""

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


@decoration.mutant(clause=2)
class TitleFromTheDescription(TaskOrchestrator):
    """A description takes the place of the title."""

    async def _store(self, task_data: Mapping[str, Any]) -> Task:
        """Store a new task under an id of its own; raises what the repository raises."""
        task = Task(
            id=await self._tasks.next_id(),
            title=task_data.get("description") or task_data["title"],
            description=task_data.get("description", ""),
            specialist_type=task_data.get("specialist_type", "generic"),
        )
        await self._tasks.add(task)
        return task


@decoration.mutant(clause=3)
class OneTaskATitle(TaskOrchestrator):
    """A second task of a title is the first one again."""

    async def create_task(self, task_data: Mapping[str, Any]) -> TaskResult:
        """Create one task from `title`, `description` and `specialist_type`."""
        try:
            known = self.__dict__.setdefault("_known", {})
            if task_data["title"] not in known:
                known[task_data["title"]] = await self._store(task_data)
            task = known[task_data["title"]]
        except Exception as error:
            return TaskResult(success=False, error=reason(error))
        return TaskResult(success=True, task_id=task.id)


@decoration.mutant(clause=4)
class UnknownIsRaised(TaskOrchestrator):
    """The status of an id that nobody created is an error."""

    async def get_task_status(self, task_id: str) -> TaskState:
        """Where a task stands, as it is stored now."""
        task = await self._tasks.get(task_id)
        if task is None:
            raise UnknownTaskError(f"there is no task {task_id}")
        return TaskState(task_id, title=task.title, status=task.status)


@decoration.mutant(clause=5)
class InvalidData(TaskOrchestrator):
    """The error does not say what is missing."""

    async def create_task(self, task_data: Mapping[str, Any]) -> TaskResult:
        """Create one task from `title`, `description` and `specialist_type`."""
        try:
            task = await self._store(task_data)
        except Exception as error:
            return TaskResult(success=False, error="invalid data")
        return TaskResult(success=True, task_id=task.id)


@decoration.mutant(clause=5)
class Untitled(TaskOrchestrator):
    """A task without a title gets one."""

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


@decoration.alternative()
class OtherIds(TaskOrchestrator):
    """Gives ids of another kind."""

    async def _store(self, task_data: Mapping[str, Any]) -> Task:
        """Store a new task under an id of its own; raises what the repository raises."""
        task = Task(
            id=f"{__import__('uuid').uuid4()}",
            title=task_data["title"],
            description=task_data.get("description", ""),
            specialist_type=task_data.get("specialist_type", "generic"),
        )
        await self._tasks.add(task)
        return task


@decoration.alternative()
class OtherWords(TaskOrchestrator):
    """Says what is missing in other words."""

    async def create_task(self, task_data: Mapping[str, Any]) -> TaskResult:
        """Create one task from `title`, `description` and `specialist_type`."""
        try:
            if "title" not in task_data:
                raise ValueError("please give the task a title, it has none")
            task = await self._store(task_data)
        except Exception as error:
            return TaskResult(success=False, error=reason(error))
        return TaskResult(success=True, task_id=task.id)


@decoration.alternative()
class StoresNone(TaskOrchestrator):
    """Stores a description that is missing as nothing at all."""

    async def _store(self, task_data: Mapping[str, Any]) -> Task:
        """Store a new task under an id of its own; raises what the repository raises."""
        task = Task(
            id=await self._tasks.next_id(),
            title=task_data["title"],
            description=task_data.get("description") or "-",
            specialist_type=task_data.get("specialist_type", "generic"),
        )
        await self._tasks.add(task)
        return task

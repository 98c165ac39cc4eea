"""Own variants of contract-suite, written from the contract and the application alone."""

from grader.bank import CONTRACT_SUITE
from vespera_scriptorium.infrastructure.memory import InMemoryTaskRepository
from vespera_scriptorium.infrastructure.sql import SqlTaskRepository
from vespera_scriptorium.domain.task import Task


@CONTRACT_SUITE.mutant(clause=1)
class NoArtifacts(SqlTaskRepository):
    """Answers without the artifacts of a task."""

    async def get(self, task_id: str) -> Task | None:
        """The task with this id, or None."""
        async with self._database.transaction() as session:
            row = await session.get(TaskRow, task_id)
        if row is None:
            return None
        return Task(
            id=row.id,
            title=row.title,
            description=row.description,
            specialist_type=row.specialist_type,
            status=TaskStatus(row.status),
            attempts=row.attempts,
            outputs=row.outputs,
            summary=row.summary,
            next_action=row.next_action,
        )


@CONTRACT_SUITE.mutant(clause=2)
class RaisesTooLate(InMemoryTaskRepository):
    """Raises for an id that is taken, but has replaced the task by then."""

    async def add(self, task: Task) -> None:
        """Store a new task. Raises `DuplicateTaskError` when its id is taken."""
        await asyncio.sleep(0)
        taken = task.id in self._tasks
        self._tasks[task.id] = _copied(task)
        if taken:
            raise DuplicateTaskError(f"there is a task {task.id} already")


@CONTRACT_SUITE.mutant(clause=3)
class KeepsWhatIsEmptied(SqlTaskRepository):
    """Leaves a field as it was when it was emptied."""

    async def save(self, task: Task) -> None:
        """Store a task in the place of the one with its id. Raises `UnknownTaskError`."""
        async with self._database.transaction() as session:
            row = await session.get(TaskRow, task.id)
            if row is None:
                raise UnknownTaskError(f"there is no task {task.id}")
            for name, value in _task_values(task).items():
                if value:
                    setattr(row, name, value)


@CONTRACT_SUITE.mutant(clause=4)
class SavesUnknownOnes(SqlTaskRepository):
    """Stores a task that nobody added when it is saved."""

    async def save(self, task: Task) -> None:
        """Store a task in the place of the one with its id. Raises `UnknownTaskError`."""
        async with self._database.transaction() as session:
            row = await session.get(TaskRow, task.id)
            if row is None:
                session.add(TaskRow(id=task.id, **_task_values(task)))
                return
            for name, value in _task_values(task).items():
                setattr(row, name, value)


@CONTRACT_SUITE.mutant(clause=6)
class CountsFromTheStored(InMemoryTaskRepository):
    """Makes an id of the number of stored tasks, so that two who ask before they add get one."""

    async def next_id(self) -> str:
        """Reserve an id that nobody had before and nobody gets again."""
        await asyncio.sleep(0)
        number = len(self._tasks) + 1
        while f"task-{number}" in self._tasks:
            number += 1
        return f"task-{number}"


@CONTRACT_SUITE.mutant(clause=7)
class StoresWhatIsSaved(InMemoryTaskRepository):
    """Stores the very task that is saved, not a copy."""

    async def save(self, task: Task) -> None:
        """Store a task in the place of the one with its id. Raises `UnknownTaskError`."""
        await asyncio.sleep(0)
        if task.id not in self._tasks:
            raise UnknownTaskError(f"there is no task {task.id}")
        self._tasks[task.id] = task


@CONTRACT_SUITE.alternative()
class RandomIds(InMemoryTaskRepository):
    """Gives ids that are random, and counts by hand."""

    async def next_id(self) -> str:
        """Reserve an id that nobody had before and nobody gets again."""
        from uuid import uuid4

        await asyncio.sleep(0)
        return uuid4().hex

    async def count(self) -> int:
        """How many tasks are stored at this moment."""
        await asyncio.sleep(0)
        return sum(1 for _ in self._tasks.values())


@CONTRACT_SUITE.alternative()
class DropsAndAdds(InMemoryTaskRepository):
    """Takes a saved task's predecessor out first, and stores it behind all others."""

    async def save(self, task: Task) -> None:
        """Store a task in the place of the one with its id. Raises `UnknownTaskError`."""
        await asyncio.sleep(0)
        try:
            del self._tasks[task.id]
        except KeyError:
            raise UnknownTaskError(task.id) from None
        self._tasks[task.id] = _copied(task)

    async def get(self, task_id: str) -> Task | None:
        """The task with this id, or None."""
        await asyncio.sleep(0)
        if task_id in self._tasks:
            return copy.deepcopy(self._tasks[task_id])
        return None

"""Own variants of contract-suite, written from the contract and the application alone."""

from grader.bank import CONTRACT_SUITE
from vespera_scriptorium.infrastructure.memory import *  # noqa: F403
from vespera_scriptorium.infrastructure.sql import *  # noqa: F403


@CONTRACT_SUITE.mutant(clause=1)
class ArtifactsInOrder(SqlTaskRepository):
    """Answers with the artifacts sorted, each one once."""

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
            artifacts=tuple(sorted(set(row.artifacts))),
            next_action=row.next_action,
        )


@CONTRACT_SUITE.mutant(clause=2)
class LooksTooEarly(InMemoryTaskRepository):
    """Looks for the id before it waits: of two that add it at once, both succeed."""

    async def add(self, task: Task) -> None:
        """Store a new task. Raises `DuplicateTaskError` when its id is taken."""
        if task.id in self._tasks:
            raise DuplicateTaskError(f"there is a task {task.id} already")
        await asyncio.sleep(0)
        self._tasks[task.id] = _copied(task)


@CONTRACT_SUITE.mutant(clause=3)
class EmptyIsNoChange(SqlTaskRepository):
    """Leaves a field as it was when the new value is empty."""

    async def save(self, task: Task) -> None:
        """Store a task in the place of the one with its id. Raises `UnknownTaskError`."""
        async with self._database.transaction() as session:
            row = await session.get(TaskRow, task.id)
            if row is None:
                raise UnknownTaskError(f"there is no task {task.id}")
            for name, value in _task_values(task).items():
                if value:
                    setattr(row, name, value)


@CONTRACT_SUITE.mutant(clause=5)
class CountsTitles(SqlTaskRepository):
    """Counts tasks of the same title once."""

    async def count(self) -> int:
        """How many tasks are stored at this moment."""
        async with self._database.transaction() as session:
            return await session.scalar(select(func.count(TaskRow.title.distinct()))) or 0


@CONTRACT_SUITE.mutant(clause=6)
class OneMoreThanStored(InMemoryTaskRepository):
    """Counts the ids from the tasks that are stored: until one is added it is the same id again."""

    async def next_id(self) -> str:
        """Reserve an id that nobody had before and nobody gets again."""
        await asyncio.sleep(0)
        number = len(self._tasks) + 1
        while f"task-{number}" in self._tasks:
            number += 1
        return f"task-{number}"


@CONTRACT_SUITE.mutant(clause=7)
class GivesOutWhatIsStored(InMemoryTaskRepository):
    """`get` answers with the stored task itself."""

    async def get(self, task_id: str) -> Task | None:
        """The task with this id, or None."""
        await asyncio.sleep(0)
        return self._tasks.get(task_id)


@CONTRACT_SUITE.alternative()
class OtherIds(InMemoryTaskRepository):
    """Gives out ids that are no numbers."""

    async def next_id(self) -> str:
        """Reserve an id that nobody had before and nobody gets again."""
        from uuid import uuid4

        await asyncio.sleep(0)
        return uuid4().hex


@CONTRACT_SUITE.alternative()
class LooksFirst(SqlTaskRepository):
    """Looks for the id before it adds, and still heeds the database."""

    async def add(self, task: Task) -> None:
        """Store a new task. Raises `DuplicateTaskError` when its id is taken."""
        message = f"{task.id} is taken"
        try:
            async with self._database.transaction() as session:
                if await session.get(TaskRow, task.id) is not None:
                    raise DuplicateTaskError(message)
                session.add(TaskRow(id=task.id, **_task_values(task)))
                await session.flush()
        except IntegrityError as error:
            raise DuplicateTaskError(message) from error


@CONTRACT_SUITE.alternative()
class CountsInPython(SqlTaskRepository):
    """Selects all ids and counts them in Python."""

    async def count(self) -> int:
        """How many tasks are stored at this moment."""
        async with self._database.transaction() as session:
            return len(list(await session.scalars(select(TaskRow.id))))

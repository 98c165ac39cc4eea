"""Lesson 08, mocks: a fake is worth something when it keeps the contract of what it stands for."""

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from grader.exercise import Exercise
from vespera_scriptorium.domain.errors import DuplicateTaskError, UnknownTaskError
from vespera_scriptorium.domain.task import Task, TaskStatus
from vespera_scriptorium.infrastructure.database import AsyncDatabaseManager
from vespera_scriptorium.infrastructure.memory import InMemoryTaskRepository
from vespera_scriptorium.infrastructure.sql import (
    SqlTaskRepository,
    TaskNumberRow,
    TaskRow,
    _task_values,
)

contract_suite = Exercise(
    id="contract-suite",
    lesson="08-mocks",
    title="One suite for the fake and the real thing",
    points=6,
    clock="real",
    subject=(InMemoryTaskRepository, SqlTaskRepository),
    contract=(
        "`add` stores a task: `get` answers with an equal one, in every field, and with None for "
        "an id that nobody added.",
        "`add` of an id that is taken raises `DuplicateTaskError`, and the task that was there "
        "stays as it was.",
        "`save` puts a task in the place of the one with its id, in every field; a `get` after it "
        "answers with what was saved, also when the task was read before.",
        "`save` of an id that nobody added raises `UnknownTaskError`.",
        "`count` answers how many tasks are stored.",
        "`next_id` never answers with the same id twice.",
    ),
    hint="[Parametrized fixtures](https://docs.pytest.org/en/stable/how-to/fixtures.html"
    "#parametrizing-fixtures): with `params` every test that asks for the fixture runs once for "
    "each of them; `request.param` says which.",
    worked="NoticesTooLate",
)


@contract_suite.alternative()
class KeepsAList(InMemoryTaskRepository):
    """Keeps its tasks in a list, and looks through it."""

    def __init__(self) -> None:
        self._list: list[Task] = []
        self._given: Iterator[int] = iter(range(1, 1_000_000))

    async def next_id(self) -> str:
        return f"{next(self._given):06}"

    async def add(self, task: Task) -> None:
        if await self.get(task.id) is not None:
            raise DuplicateTaskError(task.id)
        self._list.append(task)

    async def save(self, task: Task) -> None:
        found = await self.get(task.id)
        if found is None:
            raise UnknownTaskError(task.id)
        self._list[self._list.index(found)] = task

    async def get(self, task_id: str) -> Task | None:
        return next((task for task in self._list if task.id == task_id), None)

    async def count(self) -> int:
        return len(self._list)


@contract_suite.mutant(clause=1)
class ForgetsNewColumns(SqlTaskRepository):
    """Reads a task without the columns that were added last."""

    async def get(self, task_id: str) -> Task | None:
        async with self._database.session() as session:
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
            artifacts=tuple(row.artifacts),
        )


@contract_suite.mutant(clause=2)
class NoticesTooLate(InMemoryTaskRepository):
    """Raises for an id that is taken, after it has overwritten the task."""

    async def add(self, task: Task) -> None:
        taken = task.id in self._tasks
        self._tasks[task.id] = task
        if taken:
            raise DuplicateTaskError(f"there is a task {task.id} already")


@contract_suite.mutant(clause=2)
class LetsTheDatabaseSpeak(SqlTaskRepository):
    """Lets the database's own error out, which no caller of the port knows."""

    async def add(self, task: Task) -> None:
        try:
            async with self._database.session() as session:
                session.add(TaskRow(id=task.id, **_task_values(task)))
        except IntegrityError:
            raise


@contract_suite.mutant(clause=3)
class AnswersFromACache(SqlTaskRepository):
    """Remembers what it has read, and does not notice that it was saved since."""

    def __init__(self, database: AsyncDatabaseManager) -> None:
        self._database = database
        self._seen: dict[str, Task] = {}

    async def get(self, task_id: str) -> Task | None:
        if task_id in self._seen:
            return self._seen[task_id]
        async with self._database.session() as session:
            row = await session.get(TaskRow, task_id)
        if row is None:
            return None
        self._seen[task_id] = Task(
            id=row.id,
            title=row.title,
            description=row.description,
            specialist_type=row.specialist_type,
            status=TaskStatus(row.status),
            attempts=row.attempts,
            outputs=row.outputs,
            summary=row.summary,
            artifacts=tuple(row.artifacts),
            next_action=row.next_action,
        )
        return self._seen[task_id]


@contract_suite.mutant(clause=3)
class SavesTheStatusOnly(SqlTaskRepository):
    """Saves the status, because that is what changes most of the time."""

    async def save(self, task: Task) -> None:
        async with self._database.session() as session:
            row = await session.get(TaskRow, task.id)
            if row is None:
                raise UnknownTaskError(f"there is no task {task.id}")
            row.status = task.status.value


@contract_suite.mutant(clause=4)
class SavesNothing(SqlTaskRepository):
    """Returns from a `save` of an unknown task as if all were well."""

    async def save(self, task: Task) -> None:
        async with self._database.session() as session:
            row = await session.get(TaskRow, task.id)
            if row is None:
                return
            for name, value in _task_values(task).items():
                setattr(row, name, value)


@contract_suite.mutant(clause=5)
class CountsNumbers(SqlTaskRepository):
    """Counts the ids that were given out, stored or not."""

    async def count(self) -> int:
        async with self._database.session() as session:
            return await session.scalar(select(func.count()).select_from(TaskNumberRow)) or 0


@contract_suite.mutant(clause=6)
class NumbersFromLength(InMemoryTaskRepository):
    """Makes the next id of the number of tasks, which two callers see alike."""

    async def next_id(self) -> str:
        return f"task-{len(self._tasks) + 1}"

"""The mutants of `contract-suite`: each has one bug, and breaks one promise."""

import asyncio
import copy

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from vespera_scriptorium.domain.errors import (
    DuplicateTaskError,
    UnknownTaskError,
)
from vespera_scriptorium.domain.task import Task, TaskStatus
from vespera_scriptorium.infrastructure.database import AsyncDatabaseManager
from vespera_scriptorium.infrastructure.memory import InMemoryTaskRepository, _copied
from vespera_scriptorium.infrastructure.sql import SqlTaskRepository, _task_values
from vespera_scriptorium.infrastructure.tables import TaskNumberRow, TaskRow

from .exercise import contract_suite


@contract_suite.mutant(promise="whole")
class ForgetsNewColumns(SqlTaskRepository):
    """Reads a task without the columns that were added last."""

    async def get(self, task_id: str) -> Task | None:
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
            artifacts=tuple(row.artifacts),
        )


@contract_suite.mutant(promise="stays")
class NoticesTooLate(InMemoryTaskRepository):
    """Raises for an id that is taken, after it has overwritten the task."""

    async def add(self, task: Task) -> None:
        taken = task.id in self._tasks
        self._tasks[task.id] = _copied(task)
        if taken:
            raise DuplicateTaskError(f"there is a task {task.id} already")


@contract_suite.mutant(promise="port-error")
class LetsTheDatabaseSpeak(SqlTaskRepository):
    """Lets the database's own error out, which no caller of the port knows."""

    async def add(self, task: Task) -> None:
        try:
            async with self._database.transaction() as session:
                session.add(TaskRow(id=task.id, **_task_values(task)))
        except IntegrityError:
            raise


@contract_suite.mutant(promise="fresh")
class AnswersFromACache(SqlTaskRepository):
    """Remembers what it has read, and does not notice that it was saved since."""

    def __init__(self, database: AsyncDatabaseManager) -> None:
        self._database = database
        self._seen: dict[str, Task] = {}

    async def get(self, task_id: str) -> Task | None:
        if task_id in self._seen:
            return copy.deepcopy(self._seen[task_id])
        async with self._database.transaction() as session:
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
        return copy.deepcopy(self._seen[task_id])


@contract_suite.mutant(promise="every-field")
class SavesTheStatusOnly(SqlTaskRepository):
    """Saves the status, because that is what changes most of the time."""

    async def save(self, task: Task) -> None:
        async with self._database.transaction() as session:
            row = await session.get(TaskRow, task.id)
            if row is None:
                raise UnknownTaskError(f"there is no task {task.id}")
            row.status = task.status.value


@contract_suite.mutant(promise="unknown")
class SavesNothing(SqlTaskRepository):
    """Returns from a `save` of an unknown task as if all were well."""

    async def save(self, task: Task) -> None:
        async with self._database.transaction() as session:
            row = await session.get(TaskRow, task.id)
            if row is None:
                return
            for name, value in _task_values(task).items():
                setattr(row, name, value)


@contract_suite.mutant(promise="stored")
class CountsNumbers(SqlTaskRepository):
    """Counts the ids that were given out, stored or not."""

    async def count(self) -> int:
        async with self._database.transaction() as session:
            return await session.scalar(select(func.count()).select_from(TaskNumberRow)) or 0


@contract_suite.mutant(promise="once")
class NumbersFromLength(InMemoryTaskRepository):
    """Makes the next id of the number of tasks, which two callers see alike."""

    async def next_id(self) -> str:
        return f"task-{len(self._tasks) + 1}"


@contract_suite.mutant(promise="added")
class KeepsWhatItIsGiven(InMemoryTaskRepository):
    """Stores the object itself: a caller who goes on with it changes what is stored."""

    async def add(self, task: Task) -> None:
        await asyncio.sleep(0)
        if task.id in self._tasks:
            raise DuplicateTaskError(f"there is a task {task.id} already")
        self._tasks[task.id] = task


@contract_suite.mutant(promise="saved")
class KeepsWhatIsSaved(InMemoryTaskRepository):
    """Stores a copy of what is added, and the object itself of what is saved."""

    async def save(self, task: Task) -> None:
        await asyncio.sleep(0)
        if task.id not in self._tasks:
            raise UnknownTaskError(f"there is no task {task.id}")
        self._tasks[task.id] = task


@contract_suite.mutant(promise="answered")
class GivesOutItsOwn(InMemoryTaskRepository):
    """Answers with the object that it stores, and everybody who asks holds the same one."""

    async def get(self, task_id: str) -> Task | None:
        await asyncio.sleep(0)
        return self._tasks.get(task_id)


@contract_suite.mutant(promise="whole")
class AddsAsCreated(SqlTaskRepository):
    """Stores every new task as one that has not begun."""

    async def add(self, task: Task) -> None:
        try:
            async with self._database.transaction() as session:
                values = {**_task_values(task), "status": TaskStatus.CREATED.value}
                session.add(TaskRow(id=task.id, **values))
        except IntegrityError:
            raise DuplicateTaskError(f"there is a task {task.id} already") from None


@contract_suite.mutant(promise="none")
class RaisesForTheUnknown(InMemoryTaskRepository):
    """Raises for an id that nobody added."""

    async def get(self, task_id: str) -> Task | None:
        await asyncio.sleep(0)
        if task_id not in self._tasks:
            raise UnknownTaskError(f"there is no task {task_id}")
        return _copied(self._tasks[task_id])


@contract_suite.mutant(promise="refused")
class AddsTheFirstOnly(InMemoryTaskRepository):
    """Leaves the task that is there alone, and says nothing to who adds another."""

    async def add(self, task: Task) -> None:
        await asyncio.sleep(0)
        self._tasks.setdefault(task.id, _copied(task))


@contract_suite.mutant(promise="emptied")
class SavesWhatIsSet(SqlTaskRepository):
    """Saves the fields that hold something, and keeps what stood in the others."""

    async def save(self, task: Task) -> None:
        async with self._database.transaction() as session:
            row = await session.get(TaskRow, task.id)
            if row is None:
                raise UnknownTaskError(f"there is no task {task.id}")
            for name, value in _task_values(task).items():
                if value:
                    setattr(row, name, value)


@contract_suite.mutant(promise="others")
class SavesEverywhere(SqlTaskRepository):
    """Saves into every row, because the condition is missing."""

    async def save(self, task: Task) -> None:
        async with self._database.transaction() as session:
            rows = {row.id: row for row in await session.scalars(select(TaskRow))}
            if task.id not in rows:
                raise UnknownTaskError(f"there is no task {task.id}")
            for row in rows.values():
                for name, value in _task_values(task).items():
                    setattr(row, name, value)


@contract_suite.mutant(promise="not-stored")
class SavesAndRaises(InMemoryTaskRepository):
    """Raises for a task that nobody added, after it has stored it."""

    async def save(self, task: Task) -> None:
        await asyncio.sleep(0)
        known = task.id in self._tasks
        self._tasks[task.id] = _copied(task)
        if not known:
            raise UnknownTaskError(f"there is no task {task.id}")


@contract_suite.mutant(promise="each")
class CountsTitles(SqlTaskRepository):
    """Counts the titles, and those that are alike once."""

    async def count(self) -> int:
        async with self._database.transaction() as session:
            titles = await session.scalars(select(TaskRow.title).distinct())
            return len(titles.all())


@contract_suite.mutant(promise="free")
class LooksAtNoTask(InMemoryTaskRepository):
    """Counts up, and does not look whether somebody has taken the id."""

    async def next_id(self) -> str:
        await asyncio.sleep(0)
        return f"task-{next(self._numbers)}"


@contract_suite.mutant(promise="whole")
class ArtifactsInOrder(SqlTaskRepository):
    """Answers with the artifacts sorted, each one once."""

    async def get(self, task_id: str) -> Task | None:
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

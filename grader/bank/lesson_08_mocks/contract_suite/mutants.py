"""The mutants of `contract-suite`: each has one bug, and breaks one clause."""

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


@contract_suite.mutant(clause=1)
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


@contract_suite.mutant(clause=2)
class NoticesTooLate(InMemoryTaskRepository):
    """Raises for an id that is taken, after it has overwritten the task."""

    async def add(self, task: Task) -> None:
        taken = task.id in self._tasks
        self._tasks[task.id] = _copied(task)
        if taken:
            raise DuplicateTaskError(f"there is a task {task.id} already")


@contract_suite.mutant(clause=2)
class LetsTheDatabaseSpeak(SqlTaskRepository):
    """Lets the database's own error out, which no caller of the port knows."""

    async def add(self, task: Task) -> None:
        try:
            async with self._database.transaction() as session:
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


@contract_suite.mutant(clause=3)
class SavesTheStatusOnly(SqlTaskRepository):
    """Saves the status, because that is what changes most of the time."""

    async def save(self, task: Task) -> None:
        async with self._database.transaction() as session:
            row = await session.get(TaskRow, task.id)
            if row is None:
                raise UnknownTaskError(f"there is no task {task.id}")
            row.status = task.status.value


@contract_suite.mutant(clause=4)
class SavesNothing(SqlTaskRepository):
    """Returns from a `save` of an unknown task as if all were well."""

    async def save(self, task: Task) -> None:
        async with self._database.transaction() as session:
            row = await session.get(TaskRow, task.id)
            if row is None:
                return
            for name, value in _task_values(task).items():
                setattr(row, name, value)


@contract_suite.mutant(clause=5)
class CountsNumbers(SqlTaskRepository):
    """Counts the ids that were given out, stored or not."""

    async def count(self) -> int:
        async with self._database.transaction() as session:
            return await session.scalar(select(func.count()).select_from(TaskNumberRow)) or 0


@contract_suite.mutant(clause=6)
class NumbersFromLength(InMemoryTaskRepository):
    """Makes the next id of the number of tasks, which two callers see alike."""

    async def next_id(self) -> str:
        return f"task-{len(self._tasks) + 1}"


@contract_suite.mutant(clause=7)
class KeepsWhatItIsGiven(InMemoryTaskRepository):
    """Stores the object itself: a caller who goes on with it changes what is stored."""

    async def add(self, task: Task) -> None:
        await asyncio.sleep(0)
        if task.id in self._tasks:
            raise DuplicateTaskError(f"there is a task {task.id} already")
        self._tasks[task.id] = task

    async def save(self, task: Task) -> None:
        await asyncio.sleep(0)
        if task.id not in self._tasks:
            raise UnknownTaskError(f"there is no task {task.id}")
        self._tasks[task.id] = task


@contract_suite.mutant(clause=7)
class GivesOutItsOwn(InMemoryTaskRepository):
    """Answers with the object that it stores, and everybody who asks holds the same one."""

    async def get(self, task_id: str) -> Task | None:
        await asyncio.sleep(0)
        return self._tasks.get(task_id)

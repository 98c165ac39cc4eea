"""Adapters that keep things in a database, with SQLAlchemy."""

import copy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import JSON, Index, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from vespera_scriptorium.application.ports import FileOperationUnit
from vespera_scriptorium.domain.errors import (
    DuplicateOperationError,
    DuplicateTaskError,
    UnknownOperationError,
    UnknownTaskError,
)
from vespera_scriptorium.domain.file_operation import FileOperation, OperationKind
from vespera_scriptorium.domain.task import Task, TaskStatus
from vespera_scriptorium.infrastructure.database import AsyncDatabaseManager


class Base(DeclarativeBase):
    """What every table has in common; `Base.metadata` knows them all."""


class TaskNumberRow(Base):
    """A number that was given out; the database never gives it out again."""

    __tablename__ = "task_numbers"
    __table_args__ = ({"sqlite_autoincrement": True},)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)


class TaskRow(Base):
    """A task."""

    __tablename__ = "tasks"

    id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    description: Mapped[str]
    specialist_type: Mapped[str]
    status: Mapped[str]
    attempts: Mapped[int]
    outputs: Mapped[dict[str, str]] = mapped_column(JSON)
    summary: Mapped[str]
    artifacts: Mapped[list[str]] = mapped_column(JSON)
    next_action: Mapped[str]


class FileOperationRow(Base):
    """A tracked file operation; `number` is its place in the order of all."""

    __tablename__ = "file_operations"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    file_path: Mapped[str]
    context: Mapped[dict[str, Any]] = mapped_column(JSON)
    # `metadata` is a name that SQLAlchemy keeps for itself.
    details: Mapped[dict[str, Any]] = mapped_column("metadata", JSON)
    checksum_before: Mapped[str | None]


Index(
    "one_creation_a_path",
    FileOperationRow.file_path,
    unique=True,
    sqlite_where=text("kind = 'creation'"),
)


class LegacyOperationRow(Base):
    """An operation that the legacy API tracks."""

    __tablename__ = "legacy_file_operations"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(unique=True)
    subtask_id: Mapped[str]
    kind: Mapped[str]
    file_path: Mapped[str]
    details: Mapped[dict[str, Any]] = mapped_column("metadata", JSON)
    checksum_before: Mapped[str | None]


class SqlTaskRepository:
    """A `TaskRepository` in a database; every method is a transaction of its own."""

    def __init__(self, database: AsyncDatabaseManager) -> None:
        self._database = database

    async def next_id(self) -> str:
        """Reserve an id that nobody had before and nobody gets again."""
        async with self._database.transaction() as session:
            row = TaskNumberRow()
            session.add(row)
            await session.flush()
            return f"task-{row.number}"

    async def add(self, task: Task) -> None:
        """Store a new task. Raises `DuplicateTaskError` when its id is taken."""
        try:
            async with self._database.transaction() as session:
                session.add(TaskRow(id=task.id, **_task_values(task)))
        except IntegrityError:
            raise DuplicateTaskError(f"there is a task {task.id} already") from None

    async def save(self, task: Task) -> None:
        """Store a task in the place of the one with its id. Raises `UnknownTaskError`."""
        async with self._database.transaction() as session:
            row = await session.get(TaskRow, task.id)
            if row is None:
                raise UnknownTaskError(f"there is no task {task.id}")
            for name, value in _task_values(task).items():
                setattr(row, name, value)

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
            artifacts=tuple(row.artifacts),
            next_action=row.next_action,
        )

    async def count(self) -> int:
        """How many tasks are stored at this moment."""
        async with self._database.transaction() as session:
            return await session.scalar(select(func.count()).select_from(TaskRow)) or 0


def _task_values(task: Task) -> dict[str, Any]:
    """Everything of a task but its id, as the columns take it."""
    return {
        "title": task.title,
        "description": task.description,
        "specialist_type": task.specialist_type,
        "status": task.status.value,
        "attempts": task.attempts,
        "outputs": dict(task.outputs),
        "summary": task.summary,
        "artifacts": list(task.artifacts),
        "next_action": task.next_action,
    }


class SqlFileOperationStore:
    """A `FileOperationStore` in a database."""

    def __init__(self, database: AsyncDatabaseManager) -> None:
        self._database = database

    @asynccontextmanager
    async def unit(self) -> AsyncIterator[FileOperationUnit]:
        """Open a unit of work; what it has not committed at its end is rolled back."""
        async with self._database.session() as session:
            yield SqlFileOperationUnit(session)
            await session.rollback()


class SqlFileOperationUnit:
    """One unit of work: a session and its transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, operation: FileOperation) -> None:
        """Store a new operation, after all others. Raises `DuplicateOperationError`."""
        self._session.add(
            FileOperationRow(
                id=operation.id,
                kind=operation.kind.value,
                file_path=operation.file_path,
                context=dict(operation.context),
                details=dict(operation.metadata),
                checksum_before=operation.checksum_before,
            )
        )
        try:
            await self._session.flush()
        except IntegrityError:
            await self._session.rollback()
            raise DuplicateOperationError(
                f"the operation {operation.id}, or the creation of {operation.file_path}, "
                "is tracked already"
            ) from None

    async def get(self, operation_id: str) -> FileOperation | None:
        """The operation with this id, or None."""
        query = select(FileOperationRow).where(FileOperationRow.id == operation_id)
        row = await self._session.scalar(query)
        return None if row is None else _operation(row)

    async def all(self) -> list[FileOperation]:
        """Every operation, in the order in which they were added."""
        query = select(FileOperationRow).order_by(FileOperationRow.number)
        return [_operation(row) for row in await self._session.scalars(query)]

    async def remove(self, operation_id: str) -> None:
        """Forget an operation. Raises `UnknownOperationError`."""
        query = select(FileOperationRow).where(FileOperationRow.id == operation_id)
        row = await self._session.scalar(query)
        if row is None:
            raise UnknownOperationError(f"there is no operation {operation_id}")
        await self._session.delete(row)
        await self._session.flush()

    async def commit(self) -> None:
        """Make the changes last."""
        await self._session.commit()


def _operation(row: FileOperationRow) -> FileOperation:
    """A copy of a row that nobody else holds."""
    return FileOperation(
        id=row.id,
        kind=OperationKind(row.kind),
        file_path=row.file_path,
        context=copy.deepcopy(row.context),
        metadata=copy.deepcopy(row.details),
        checksum_before=row.checksum_before,
    )

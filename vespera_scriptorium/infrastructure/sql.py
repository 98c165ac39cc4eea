"""Adapters that keep things in a database, with SQLAlchemy."""

import copy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

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
from vespera_scriptorium.infrastructure.tables import (
    FileOperationRow,
    TaskNumberRow,
    TaskRow,
)

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


class SqlTaskRepository:
    """A `TaskRepository` in a database; every method is a transaction of its own."""

    def __init__(self, database: AsyncDatabaseManager) -> None:
        self._database = database

    async def next_id(self) -> str:
        """Reserve an id that nobody had before and nobody gets again."""
        async with self._database.transaction() as session:
            while True:
                row = TaskNumberRow()
                session.add(row)
                await session.flush()
                task_id = f"task-{row.number}"
                if await session.get(TaskRow, task_id) is None:
                    return task_id

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

    def __init__(self, session: "AsyncSession") -> None:
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

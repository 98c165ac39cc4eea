"""The tables of the database, with SQLAlchemy."""

from typing import Any

from sqlalchemy import JSON, Index, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


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

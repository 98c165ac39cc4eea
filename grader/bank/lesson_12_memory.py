"""Lesson 12, legacy refactoring: a file in the place of `:memory:`, and who else looks into it."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from grader.exercise import Exercise
from vespera_scriptorium.infrastructure.legacy import (
    LegacyFileTracker,
    LegacyFileTracking,
    _checksum,
    initialize_file_tracking,
)
from vespera_scriptorium.infrastructure.sql import Base, LegacyOperationRow

INITIALIZE = "vespera_scriptorium.infrastructure.legacy:initialize_file_tracking"

file_for_memory = Exercise(
    id="file-for-memory",
    lesson="12-legacy-refactoring",
    title="A file for :memory:",
    points=6,
    clock="real",
    subject=(LegacyFileTracker, LegacyFileTracking, initialize_file_tracking),
    contract=(
        "`initialize_file_tracking` makes the tables that are missing, also when some are there. "
        "Rows that are there stay. With `run_migration=False` it makes no table.",
        "Once `track_file_create` or `track_file_modify` has returned, the operation is committed: "
        "a tracker of the same subtask on another connection counts it at once.",
        "`verify_all_operations` counts what is committed at that moment, by whichever session, "
        "also by others since its last call. It changes nothing that is stored. (Nothing is "
        "promised about what its own session has not committed.)",
        "What a check needs is stored with the operation: any tracker of the "
        "subtask, also one made later, verifies a modification exactly when the content of the "
        "file differs from what it was when the modification was tracked.",
    ),
    promises={
        1: {
            "missing": "Tables that are missing are made, although others are there.",
            "rows": "Operations that are stored stay.",
            "no-migration": "Without migration no table is made.",
        },
        2: {
            "creation": "A creation is committed when its tracking has returned.",
            "modification": "A modification is committed when its tracking has returned.",
            "each": "That holds for every call, not only for the first.",
            "at-once": "It is committed by its own call, not by a later one.",
        },
        3: {
            "others": "Operations that others have tracked are counted.",
            "fresh": "Operations that were committed since the last call are counted.",
            "unchanged": "A check removes nothing.",
        },
        4: {"restart": "The content before a modification is known to every tracker."},
    },
    hint="A [session](https://docs.sqlalchemy.org/en/20/orm/session_basics.html) sees its own "
    "changes before they are committed, so look with a session of a second engine. Two sessions "
    'that write wait for each other: `connect_args={"timeout": 0}` makes an error of the wait.',
    worked="CommitsModificationsOnly",
)


@file_for_memory.alternative()
class SpeaksToTheTable(LegacyFileTracker):
    """Inserts a row without the session's memory of objects, and reads columns alone."""

    async def verify_all_operations(self) -> dict[str, Any]:
        table = LegacyOperationRow.__table__
        rows = self._session.execute(select(table).order_by(table.c.number)).all()
        own = [row for row in rows if row.subtask_id == self._subtask_id]
        open_ids = [row.id for row in own if not self._has_happened(row)]  # type: ignore[arg-type]  # it has the same names
        self._session.rollback()
        return {
            "total": len(own),
            "unverified": open_ids,
            "verified": len(own) - len(open_ids),
            "all_verified": len(own) > 0 and open_ids == [],
            "subtask": self._subtask_id,
        }

    def _track(self, kind: str, file_path: str, metadata: Mapping[str, Any] | None) -> str:
        operation_id = f"{kind}-{uuid4()}"
        values = {"kind": kind, "file_path": file_path, "metadata": dict(metadata or {})}
        self._session.execute(
            Base.metadata.tables["legacy_file_operations"].insert(),
            {
                "id": operation_id,
                "subtask_id": self._subtask_id,
                "checksum_before": _checksum(file_path),
                **values,
            },
        )
        self._session.commit()
        return operation_id


@file_for_memory.alternative(replaces=INITIALIZE)
async def makes_one_table_after_the_other(
    db_session: Session, run_migration: bool = True
) -> LegacyFileTracking:
    """Makes one table after the other, each where it is missing."""
    if run_migration:
        for table in Base.metadata.sorted_tables:
            table.create(db_session.connection(), checkfirst=True)
            db_session.commit()
    return LegacyFileTracking(db_session)


@file_for_memory.mutant(promise="creation")
class CommitsModificationsOnly(LegacyFileTracker):
    """Commits modifications, and only flushes creations."""

    def _track(self, kind: str, file_path: str, metadata: Mapping[str, Any] | None) -> str:
        row = LegacyOperationRow(
            id=uuid4().hex,
            subtask_id=self._subtask_id,
            kind=kind,
            file_path=file_path,
            details=dict(metadata or {}),
            checksum_before=_checksum(file_path),
        )
        self._session.add(row)
        if kind == "creation":
            self._session.flush()
        else:
            self._session.commit()
        return row.id


@file_for_memory.mutant(promise="modification")
class CommitsCreationsOnly(LegacyFileTracker):
    """Commits creations, and only flushes modifications."""

    def _track(self, kind: str, file_path: str, metadata: Mapping[str, Any] | None) -> str:
        row = LegacyOperationRow(
            id=uuid4().hex,
            subtask_id=self._subtask_id,
            kind=kind,
            file_path=file_path,
            details=dict(metadata or {}),
            checksum_before=_checksum(file_path),
        )
        self._session.add(row)
        if kind == "modification":
            self._session.flush()
        else:
            self._session.commit()
        return row.id


@file_for_memory.mutant(promise="each")
class CommitsTheFirstOnly(LegacyFileTracker):
    """Commits the first operation that it tracks, and only flushes the others."""

    def _track(self, kind: str, file_path: str, metadata: Mapping[str, Any] | None) -> str:
        row = LegacyOperationRow(
            id=uuid4().hex,
            subtask_id=self._subtask_id,
            kind=kind,
            file_path=file_path,
            details=dict(metadata or {}),
            checksum_before=_checksum(file_path),
        )
        self._session.add(row)
        if "_committed" in vars(self):
            self._session.flush()
        else:
            vars(self)["_committed"] = True
            self._session.commit()
        return row.id


@file_for_memory.mutant(promise="at-once")
class CommitsBeforeItAdds(LegacyFileTracker):
    """Commits before it adds: each operation is stored by the call that follows it."""

    def _track(self, kind: str, file_path: str, metadata: Mapping[str, Any] | None) -> str:
        row = LegacyOperationRow(
            id=uuid4().hex,
            subtask_id=self._subtask_id,
            kind=kind,
            file_path=file_path,
            details=dict(metadata or {}),
            checksum_before=_checksum(file_path),
        )
        self._session.commit()
        self._session.add(row)
        self._session.flush()
        return row.id


@file_for_memory.mutant(promise="at-once")
class CommitsWhenItVerifies(LegacyFileTracker):
    """Leaves it to `verify_all_operations` to commit what was tracked."""

    async def verify_all_operations(self) -> dict[str, Any]:
        query = (
            select(LegacyOperationRow)
            .where(LegacyOperationRow.subtask_id == self._subtask_id)
            .order_by(LegacyOperationRow.number)
        )
        rows = self._session.scalars(query).all()
        unverified = [row.id for row in rows if not self._has_happened(row)]
        self._session.commit()
        return {
            "total": len(rows),
            "verified": len(rows) - len(unverified),
            "unverified": unverified,
            "all_verified": bool(rows) and not unverified,
        }

    def _track(self, kind: str, file_path: str, metadata: Mapping[str, Any] | None) -> str:
        row = LegacyOperationRow(
            id=uuid4().hex,
            subtask_id=self._subtask_id,
            kind=kind,
            file_path=file_path,
            details=dict(metadata or {}),
            checksum_before=_checksum(file_path),
        )
        self._session.add(row)
        self._session.flush()
        return row.id


@file_for_memory.mutant(promise="others")
class CountsItsOwnOnly(LegacyFileTracker):
    """Counts the operations that it has tracked itself."""

    async def verify_all_operations(self) -> dict[str, Any]:
        query = (
            select(LegacyOperationRow)
            .where(LegacyOperationRow.subtask_id == self._subtask_id)
            .order_by(LegacyOperationRow.number)
        )
        own = vars(self).get("_own", [])
        rows = [row for row in self._session.scalars(query) if row.id in own]
        unverified = [row.id for row in rows if not self._has_happened(row)]
        return {
            "total": len(rows),
            "verified": len(rows) - len(unverified),
            "unverified": unverified,
            "all_verified": bool(rows) and not unverified,
        }

    def _track(self, kind: str, file_path: str, metadata: Mapping[str, Any] | None) -> str:
        row = LegacyOperationRow(
            id=uuid4().hex,
            subtask_id=self._subtask_id,
            kind=kind,
            file_path=file_path,
            details=dict(metadata or {}),
            checksum_before=_checksum(file_path),
        )
        self._session.add(row)
        self._session.commit()
        vars(self).setdefault("_own", []).append(row.id)
        return row.id


@file_for_memory.mutant(promise="fresh")
class ReadsOnce(LegacyFileTracker):
    """Reads the operations at its first check, and again only when it has tracked more."""

    async def verify_all_operations(self) -> dict[str, Any]:
        query = (
            select(LegacyOperationRow)
            .where(LegacyOperationRow.subtask_id == self._subtask_id)
            .order_by(LegacyOperationRow.number)
        )
        if "_rows" not in vars(self):
            vars(self)["_rows"] = self._session.scalars(query).all()
        rows = vars(self)["_rows"]
        unverified = [row.id for row in rows if not self._has_happened(row)]
        return {
            "total": len(rows),
            "verified": len(rows) - len(unverified),
            "unverified": unverified,
            "all_verified": bool(rows) and not unverified,
        }

    def _track(self, kind: str, file_path: str, metadata: Mapping[str, Any] | None) -> str:
        row = LegacyOperationRow(
            id=uuid4().hex,
            subtask_id=self._subtask_id,
            kind=kind,
            file_path=file_path,
            details=dict(metadata or {}),
            checksum_before=_checksum(file_path),
        )
        self._session.add(row)
        self._session.commit()
        vars(self).pop("_rows", None)
        return row.id


@file_for_memory.mutant(promise="unchanged")
class ForgetsWhatIsVerified(LegacyFileTracker):
    """Removes an operation once it is verified."""

    async def verify_all_operations(self) -> dict[str, Any]:
        query = (
            select(LegacyOperationRow)
            .where(LegacyOperationRow.subtask_id == self._subtask_id)
            .order_by(LegacyOperationRow.number)
        )
        rows = self._session.scalars(query).all()
        unverified = [row.id for row in rows if not self._has_happened(row)]
        for row in rows:
            if row.id not in unverified:
                self._session.delete(row)
        self._session.commit()
        return {
            "total": len(rows),
            "verified": len(rows) - len(unverified),
            "unverified": unverified,
            "all_verified": bool(rows) and not unverified,
        }


@file_for_memory.mutant(promise="restart")
class KeepsChecksumsToItself(LegacyFileTracker):
    """Keeps the content before a modification in the tracker, and stores none of it."""

    def _track(self, kind: str, file_path: str, metadata: Mapping[str, Any] | None) -> str:
        row = LegacyOperationRow(
            id=uuid4().hex,
            subtask_id=self._subtask_id,
            kind=kind,
            file_path=file_path,
            details=dict(metadata or {}),
            checksum_before=None,
        )
        self._session.add(row)
        self._session.commit()
        vars(self).setdefault("_before", {})[row.id] = _checksum(file_path)
        return row.id

    def _has_happened(self, row: LegacyOperationRow) -> bool:
        checksum = _checksum(row.file_path)
        if row.kind == "creation":
            return checksum is not None
        return checksum is not None and checksum != vars(self).get("_before", {}).get(row.id)


@file_for_memory.mutant(promise="missing", replaces=INITIALIZE)
async def all_tables_or_none(db_session: Session, run_migration: bool = True) -> LegacyFileTracking:
    """Makes the tables when there are none at all."""
    if run_migration:
        from sqlalchemy import inspect

        if not inspect(db_session.connection()).get_table_names():
            Base.metadata.create_all(db_session.connection())
        db_session.commit()
    return LegacyFileTracking(db_session)


@file_for_memory.mutant(promise="rows", replaces=INITIALIZE)
async def begins_anew(db_session: Session, run_migration: bool = True) -> LegacyFileTracking:
    """Drops all tables before it makes them."""
    if run_migration:
        Base.metadata.drop_all(db_session.connection())
        Base.metadata.create_all(db_session.connection())
        db_session.commit()
    return LegacyFileTracking(db_session)


@file_for_memory.mutant(promise="no-migration", replaces=INITIALIZE)
async def always_migrates(db_session: Session, run_migration: bool = True) -> LegacyFileTracking:
    """Makes the tables whether it is asked to or not."""
    Base.metadata.create_all(db_session.connection())
    db_session.commit()
    return LegacyFileTracking(db_session)

"""The mutants of `assertions-for-prints`: each has one bug, and breaks one clause."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from vespera_scriptorium.infrastructure.legacy import LegacyFileTracker, _checksum
from vespera_scriptorium.infrastructure.tables import LegacyOperationRow

from .exercise import (
    assertions_for_prints,
)


@assertions_for_prints.mutant(promise="creation-missing")
class MissingFileIsCreated(LegacyFileTracker):
    """Verifies every creation, whether there is a file or not."""

    def _has_happened(self, row: LegacyOperationRow) -> bool:
        checksum = _checksum(row.file_path)
        if row.kind == "creation":
            return True
        return checksum is not None and checksum != row.checksum_before


@assertions_for_prints.mutant(promise="id")
class AnswersAnotherId(LegacyFileTracker):
    """Makes one id for the caller and another one for the row."""

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
        return uuid4().hex


@assertions_for_prints.mutant(promise="own")
class TracksOnce(LegacyFileTracker):
    """Answers with the id of the first operation when kind and path are tracked already."""

    def _track(self, kind: str, file_path: str, metadata: Mapping[str, Any] | None) -> str:
        new = (self._subtask_id, kind, file_path)
        for known in self._session.scalars(select(LegacyOperationRow)):
            if (known.subtask_id, known.kind, known.file_path) == new:
                known.checksum_before = _checksum(file_path)
                self._session.commit()
                return known.id
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
        return row.id


@assertions_for_prints.mutant(promise="creation-empty")
class EmptyFileIsNone(LegacyFileTracker):
    """Takes an empty file for one that was not created."""

    def _has_happened(self, row: LegacyOperationRow) -> bool:
        checksum = _checksum(row.file_path)
        if row.kind == "creation":
            return checksum is not None and Path(row.file_path).stat().st_size > 0
        return checksum is not None and checksum != row.checksum_before


@assertions_for_prints.mutant(promise="modification-same")
class ExistenceIsModification(LegacyFileTracker):
    """Verifies a modification as soon as the file exists."""

    def _has_happened(self, row: LegacyOperationRow) -> bool:
        return _checksum(row.file_path) is not None


@assertions_for_prints.mutant(promise="modification-length")
class ComparesTheLength(LegacyFileTracker):
    """Compares how long the content is, and not what it says."""

    def _track(self, kind: str, file_path: str, metadata: Mapping[str, Any] | None) -> str:
        path = Path(file_path)
        row = LegacyOperationRow(
            id=uuid4().hex,
            subtask_id=self._subtask_id,
            kind=kind,
            file_path=file_path,
            details=dict(metadata or {}),
            checksum_before=str(path.stat().st_size) if path.exists() else None,
        )
        self._session.add(row)
        self._session.commit()
        return row.id

    def _has_happened(self, row: LegacyOperationRow) -> bool:
        path = Path(row.file_path)
        size = str(path.stat().st_size) if path.exists() else None
        if row.kind == "creation":
            return size is not None
        return size is not None and size != row.checksum_before


@assertions_for_prints.mutant(promise="modification-gone")
class RemovedIsModified(LegacyFileTracker):
    """Takes a file that was removed for one that was modified."""

    def _has_happened(self, row: LegacyOperationRow) -> bool:
        checksum = _checksum(row.file_path)
        if row.kind == "creation":
            return checksum is not None
        return checksum != row.checksum_before


@assertions_for_prints.mutant(promise="modification-born")
class NeedsAFileBefore(LegacyFileTracker):
    """Does not verify a modification when there was no file at the time of the tracking."""

    def _has_happened(self, row: LegacyOperationRow) -> bool:
        checksum = _checksum(row.file_path)
        if row.kind == "creation":
            return checksum is not None
        before = row.checksum_before
        return checksum is not None and before is not None and checksum != before


@assertions_for_prints.mutant(promise="modification-own")
class ComparesWithTheFirst(LegacyFileTracker):
    """Compares every modification with what the file held when its path was first modified."""

    def _track(self, kind: str, file_path: str, metadata: Mapping[str, Any] | None) -> str:
        query = select(LegacyOperationRow).order_by(LegacyOperationRow.number)
        known = [one for one in self._session.scalars(query) if one.kind == kind == "modification"]
        first = [one for one in known if one.file_path == file_path]
        before = first[0].checksum_before if first else _checksum(file_path)
        row = LegacyOperationRow(
            id=uuid4().hex,
            subtask_id=self._subtask_id,
            kind=kind,
            file_path=file_path,
            details=dict(metadata or {}),
            checksum_before=before,
        )
        self._session.add(row)
        self._session.commit()
        return row.id


@assertions_for_prints.mutant(promise="subtask")
class LooksAtEverything(LegacyFileTracker):
    """Looks at the operations of all subtasks."""

    async def verify_all_operations(self) -> dict[str, Any]:
        query = select(LegacyOperationRow).order_by(LegacyOperationRow.number)
        rows = self._session.scalars(query).all()
        unverified = [row.id for row in rows if not self._has_happened(row)]
        return {
            "total": len(rows),
            "verified": len(rows) - len(unverified),
            "unverified": unverified,
            "all_verified": bool(rows) and not unverified,
        }


@assertions_for_prints.mutant(promise="numbers")
class CountsTheVerifiedTwice(LegacyFileTracker):
    """Gives the number of all operations as the number of the verified ones, too."""

    async def verify_all_operations(self) -> dict[str, Any]:
        query = (
            select(LegacyOperationRow)
            .where(LegacyOperationRow.subtask_id == self._subtask_id)
            .order_by(LegacyOperationRow.number)
        )
        rows = self._session.scalars(query).all()
        unverified = [row.id for row in rows if not self._has_happened(row)]
        return {
            "total": len(rows),
            "verified": len(rows),
            "unverified": unverified,
            "all_verified": bool(rows) and not unverified,
        }


@assertions_for_prints.mutant(promise="every")
class NamesTheFirstOnly(LegacyFileTracker):
    """Names the first operation that is not verified, and stops there."""

    async def verify_all_operations(self) -> dict[str, Any]:
        query = (
            select(LegacyOperationRow)
            .where(LegacyOperationRow.subtask_id == self._subtask_id)
            .order_by(LegacyOperationRow.number)
        )
        rows = self._session.scalars(query).all()
        unverified = [row.id for row in rows if not self._has_happened(row)]
        return {
            "total": len(rows),
            "verified": len(rows) - len(unverified),
            "unverified": unverified[:1],
            "all_verified": bool(rows) and not unverified,
        }


@assertions_for_prints.mutant(promise="order")
class LastOneFirst(LegacyFileTracker):
    """Names the operation first that was tracked last."""

    async def verify_all_operations(self) -> dict[str, Any]:
        query = (
            select(LegacyOperationRow)
            .where(LegacyOperationRow.subtask_id == self._subtask_id)
            .order_by(LegacyOperationRow.number.desc())
        )
        rows = self._session.scalars(query).all()
        unverified = [row.id for row in rows if not self._has_happened(row)]
        return {
            "total": len(rows),
            "verified": len(rows) - len(unverified),
            "unverified": unverified,
            "all_verified": bool(rows) and not unverified,
        }


@assertions_for_prints.mutant(promise="none")
class NothingIsAllVerified(LegacyFileTracker):
    """Says `all_verified` when nothing was tracked."""

    async def verify_all_operations(self) -> dict[str, Any]:
        query = (
            select(LegacyOperationRow)
            .where(LegacyOperationRow.subtask_id == self._subtask_id)
            .order_by(LegacyOperationRow.number)
        )
        rows = self._session.scalars(query).all()
        unverified = [row.id for row in rows if not self._has_happened(row)]
        return {
            "total": len(rows),
            "verified": len(rows) - len(unverified),
            "unverified": unverified,
            "all_verified": not unverified,
        }


@assertions_for_prints.mutant(promise="all")
class AsksTheLastOne(LegacyFileTracker):
    """Says `all_verified` when the last operation is verified, whatever the others are."""

    async def verify_all_operations(self) -> dict[str, Any]:
        query = (
            select(LegacyOperationRow)
            .where(LegacyOperationRow.subtask_id == self._subtask_id)
            .order_by(LegacyOperationRow.number)
        )
        rows = self._session.scalars(query).all()
        unverified = [row.id for row in rows if not self._has_happened(row)]
        return {
            "total": len(rows),
            "verified": len(rows) - len(unverified),
            "unverified": unverified,
            "all_verified": bool(rows) and rows[-1].id not in unverified,
        }


@assertions_for_prints.mutant(promise="subtask")
class BeginsTheSame(LegacyFileTracker):
    """Looks also at the operations of subtasks whose names begin like its own."""

    async def verify_all_operations(self) -> dict[str, Any]:
        query = (
            select(LegacyOperationRow)
            .where(LegacyOperationRow.subtask_id.startswith(self._subtask_id))
            .order_by(LegacyOperationRow.number)
        )
        rows = self._session.scalars(query).all()
        unverified = [row.id for row in rows if not self._has_happened(row)]
        return {
            "total": len(rows),
            "verified": len(rows) - len(unverified),
            "unverified": unverified,
            "all_verified": bool(rows) and not unverified,
        }


@assertions_for_prints.mutant(promise="creation-missing")
class OnceSeenAlwaysThere(LegacyFileTracker):
    """A creation that was verified once stays verified, also when its file is gone."""

    def _has_happened(self, row: LegacyOperationRow) -> bool:
        checksum = _checksum(row.file_path)
        if row.kind == "creation":
            seen = self.__dict__.setdefault("_seen", set())
            if checksum is not None:
                seen.add(row.id)
            return row.id in seen
        return checksum is not None and checksum != row.checksum_before

"""Lesson 12, legacy refactoring: assertions in the place of a printed line and a returned bool."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from grader.exercise import Exercise
from vespera_scriptorium.infrastructure.legacy import LegacyFileTracker, _checksum
from vespera_scriptorium.infrastructure.sql import LegacyOperationRow

assertions_for_prints = Exercise(
    id="assertions-for-prints",
    lesson="12-legacy-refactoring",
    title="Assertions for a printed line",
    points=6,
    subject=LegacyFileTracker,
    contract=(
        "`track_file_create` and `track_file_modify` answer with the id of a new operation, a "
        "string. Each call is an operation of its own, also when kind and path are tracked "
        "already.",
        "A creation is verified when its file exists at the time of the check, whatever the file "
        "holds.",
        "A modification is verified when the file exists at the time of the check, and its content "
        "is not what it was when this modification was tracked. If there was no file "
        "then, any file now is a change. New content of the same length is a change, too.",
        "`verify_all_operations` looks at the operations of its tracker's subtask, and at no "
        "others. It answers with a dict: `total` and `verified` are numbers, `unverified` is a "
        "list of the ids that are not verified, in the order in which they were tracked. The dict "
        "may hold more.",
        "`all_verified` in that dict is True when there is at least one operation and every one "
        "is verified, and False otherwise.",
    ),
    promises={
        1: {
            "id": "The answered id is the one by which `unverified` names the operation.",
            "own": "A second operation of the same kind on the same path is counted, too.",
        },
        2: {
            "creation-missing": "A creation without a file is not verified.",
            "creation-empty": "A created file may be empty.",
        },
        3: {
            "modification-same": "A modification that leaves the content as it was is none.",
            "modification-length": "A new content of the same length is a modification.",
            "modification-gone": "A modification whose file is gone is not verified.",
            "modification-born": "A file that was missing may be modified into existence.",
            "modification-own": "A modification is compared with the content at its own tracking.",
        },
        4: {
            "subtask": "Operations of other subtasks are not looked at.",
            "numbers": "`total` counts all operations, `verified` those that are verified.",
            "every": "`unverified` names every operation that is not verified.",
            "order": "`unverified` is in the order of tracking.",
        },
        5: {
            "none": "With no operation, `all_verified` is False.",
            "all": "One unverified operation is enough for False, wherever it stands.",
        },
    },
    hint="A test reads best as three parts: arrange, act, "
    "[assert](https://docs.pytest.org/en/stable/how-to/assert.html). Make a fixture for the "
    "tracker, and `tmp_path` the place of the file. Let some operations happen, and others not.",
    worked="MissingFileIsCreated",
)


@assertions_for_prints.alternative()
class CountsItsIds(LegacyFileTracker):
    """Gives ids that can be read, and adds what it has verified to the summary.

    `unverified`: puts `verified_ids` into the summary as well.
    """

    async def verify_all_operations(self) -> dict[str, Any]:
        query = select(LegacyOperationRow).order_by(LegacyOperationRow.number)
        rows = [one for one in self._session.scalars(query) if one.subtask_id == self._subtask_id]
        done = [one.id for one in rows if self._has_happened(one)]
        open_ids = [one.id for one in rows if one.id not in done]
        return {
            "all_verified": len(done) == len(rows) > 0,
            "verified_ids": done,
            "unverified": open_ids,
            "verified": len(done),
            "total": len(rows),
        }

    def _track(self, kind: str, file_path: str, metadata: Mapping[str, Any] | None) -> str:
        number = len(self._session.scalars(select(LegacyOperationRow)).all()) + 1
        operation_id = f"{self._subtask_id}/{kind}/{number}"
        row = LegacyOperationRow(
            id=operation_id,
            subtask_id=self._subtask_id,
            kind=kind,
            file_path=str(Path(file_path)),
            details=dict(metadata or {}),
            checksum_before=_checksum(file_path),
        )
        self._session.add(row)
        self._session.commit()
        return operation_id


@assertions_for_prints.alternative()
class KeepsTheContent(LegacyFileTracker):
    """Keeps the content itself, not a checksum of it, and lets others run before it answers."""

    async def verify_all_operations(self) -> dict[str, Any]:
        import asyncio

        await asyncio.sleep(0.01)
        query = select(LegacyOperationRow).where(LegacyOperationRow.subtask_id == self._subtask_id)
        rows = sorted(self._session.scalars(query), key=lambda row: row.number)
        happened = {row.id: self._has_happened(row) for row in rows}
        return {
            "total": len(happened),
            "verified": sum(happened.values()),
            "unverified": [one for one, verified in happened.items() if not verified],
            "all_verified": len(happened) > 0 and all(happened.values()),
        }

    def _track(self, kind: str, file_path: str, metadata: Mapping[str, Any] | None) -> str:
        path = Path(file_path)
        before = path.read_bytes().hex() if path.is_file() else None
        values = {"id": str(uuid4()), "subtask_id": self._subtask_id, "kind": kind}
        row = LegacyOperationRow(
            **values, file_path=file_path, details=dict(metadata or {}), checksum_before=before
        )
        self._session.add(row)
        self._session.commit()
        return values["id"]

    def _has_happened(self, row: LegacyOperationRow) -> bool:
        path = Path(row.file_path)
        if not path.is_file():
            return False
        return row.kind == "creation" or path.read_bytes().hex() != row.checksum_before


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

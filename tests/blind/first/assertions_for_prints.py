"""Own variants of assertions-for-prints, written from the contract and the application alone."""

from grader.bank import THE_ASSERTIONS_FOR_PRINTS
from vespera_scriptorium.infrastructure.legacy import *  # noqa: F403


@THE_ASSERTIONS_FOR_PRINTS.mutant(clause=1)
class KnowsItAlready(LegacyFileTracker):
    """The same kind for the same path again answers with the operation that is there."""

    def _track(self, kind: str, file_path: str, metadata: Mapping[str, Any] | None) -> str:
        """Store an operation, with the checksum that its file has now."""
        query = (
            select(LegacyOperationRow)
            .where(LegacyOperationRow.subtask_id == self._subtask_id)
            .where(LegacyOperationRow.kind == kind)
            .where(LegacyOperationRow.file_path == file_path)
        )
        there = self._session.scalars(query).first()
        if there is not None:
            return there.id
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


@THE_ASSERTIONS_FOR_PRINTS.mutant(clause=2)
class EmptyIsNothing(LegacyFileTracker):
    """A created file that is empty is not verified."""

    def _has_happened(self, row: LegacyOperationRow) -> bool:
        """Compare the file with what was tracked."""
        checksum = _checksum(row.file_path)
        if row.kind == "creation":
            return checksum is not None and Path(row.file_path).stat().st_size > 0
        return checksum is not None and checksum != row.checksum_before


@THE_ASSERTIONS_FOR_PRINTS.mutant(clause=3)
class NothingToModify(LegacyFileTracker):
    """A modification of a file that was not there is never verified."""

    def _has_happened(self, row: LegacyOperationRow) -> bool:
        """Compare the file with what was tracked."""
        checksum = _checksum(row.file_path)
        if row.kind == "creation":
            return checksum is not None
        if checksum is None or row.checksum_before is None:
            return False
        return checksum != row.checksum_before


@THE_ASSERTIONS_FOR_PRINTS.mutant(clause=4)
class BeginsAlike(LegacyFileTracker):
    """Subtasks whose ids begin like that of the tracker are counted, too."""

    async def verify_all_operations(self) -> dict[str, Any]:
        """How many operations there are and how many are verified, and the ids of the rest."""
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


@THE_ASSERTIONS_FOR_PRINTS.mutant(clause=4)
class CreationsFirst(LegacyFileTracker):
    """The unverified are listed by kind, the creations before the modifications."""

    async def verify_all_operations(self) -> dict[str, Any]:
        """How many operations there are and how many are verified, and the ids of the rest."""
        query = (
            select(LegacyOperationRow)
            .where(LegacyOperationRow.subtask_id == self._subtask_id)
            .order_by(LegacyOperationRow.kind, LegacyOperationRow.number)
        )
        rows = self._session.scalars(query).all()
        unverified = [row.id for row in rows if not self._has_happened(row)]
        return {
            "total": len(rows),
            "verified": len(rows) - len(unverified),
            "unverified": unverified,
            "all_verified": bool(rows) and not unverified,
        }


@THE_ASSERTIONS_FOR_PRINTS.mutant(clause=5)
class NothingIsAll(LegacyFileTracker):
    """Without any operation all are verified."""

    async def verify_all_operations(self) -> dict[str, Any]:
        """How many operations there are and how many are verified, and the ids of the rest."""
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


@THE_ASSERTIONS_FOR_PRINTS.alternative()
class TellsMore(LegacyFileTracker):
    """Answers with the ids of the verified, too, in a dict of another order."""

    async def verify_all_operations(self) -> dict[str, Any]:
        """How many operations there are and how many are verified, and the ids of the rest."""
        query = select(LegacyOperationRow).order_by(LegacyOperationRow.number)
        rows = [row for row in self._session.scalars(query) if row.subtask_id == self._subtask_id]
        verdicts = {row.id: self._has_happened(row) for row in rows}
        done = [operation_id for operation_id, verdict in verdicts.items() if verdict]
        return {
            "all_verified": 0 < len(rows) == len(done),
            "unverified": [key for key in verdicts if key not in done],
            "verified_ids": done,
            "verified": len(done),
            "total": len(rows),
            "subtask": self._subtask_id,
        }


@THE_ASSERTIONS_FOR_PRINTS.alternative()
class OtherIds(LegacyFileTracker):
    """Gives ids that tell kind and subtask, and keeps the content instead of a checksum."""

    def _track(self, kind: str, file_path: str, metadata: Mapping[str, Any] | None) -> str:
        """Store an operation, with the checksum that its file has now."""
        path = Path(file_path)
        row = LegacyOperationRow(
            id=f"{kind}:{self._subtask_id}:{uuid4()}",
            subtask_id=self._subtask_id,
            kind=kind,
            file_path=file_path,
            details=dict(metadata or {}),
            checksum_before=path.read_bytes().hex() if path.exists() else None,
        )
        self._session.add(row)
        self._session.commit()
        return row.id

    def _has_happened(self, row: LegacyOperationRow) -> bool:
        """Compare the file with what was tracked."""
        path = Path(row.file_path)
        if row.kind == "creation" or not path.exists():
            return path.exists()
        return path.read_bytes().hex() != row.checksum_before


@THE_ASSERTIONS_FOR_PRINTS.alternative()
class Absolute(LegacyFileTracker):
    """Keeps the path as an absolute one, and does not read what was only to be created."""

    def _track(self, kind: str, file_path: str, metadata: Mapping[str, Any] | None) -> str:
        """Store an operation, with the checksum that its file has now."""
        path = str(Path(file_path).absolute())
        row = LegacyOperationRow(
            id=uuid4().hex,
            subtask_id=self._subtask_id,
            kind=kind,
            file_path=path,
            details=dict(metadata or {}),
            checksum_before=_checksum(path) if kind == "modification" else None,
        )
        self._session.add(row)
        self._session.commit()
        return row.id

    def _has_happened(self, row: LegacyOperationRow) -> bool:
        """Compare the file with what was tracked."""
        if row.kind == "creation":
            return Path(row.file_path).exists()
        return _checksum(row.file_path) not in (None, row.checksum_before)

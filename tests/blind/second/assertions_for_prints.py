"""Own variants of assertions-for-prints, written from the contract and the application alone."""

from grader.bank import ASSERTIONS_FOR_PRINTS
from vespera_scriptorium.infrastructure.legacy import *  # noqa: F403


@ASSERTIONS_FOR_PRINTS.mutant(clause=1)
class TrackedOnlyOnce(LegacyFileTracker):
    """Answers with the id that is there when kind and path are tracked already."""

    def _track(self, kind: str, file_path: str, metadata: Mapping[str, Any] | None) -> str:
        """Store an operation, with the checksum that its file has now."""
        query = select(LegacyOperationRow).where(
            LegacyOperationRow.subtask_id == self._subtask_id,
            LegacyOperationRow.kind == kind,
            LegacyOperationRow.file_path == file_path,
        )
        known = self._session.scalars(query).first()
        if known is not None:
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


@ASSERTIONS_FOR_PRINTS.mutant(clause=2)
class OnceSeenAlwaysThere(LegacyFileTracker):
    """A creation that was verified once stays verified, also when its file is gone."""

    def _has_happened(self, row: LegacyOperationRow) -> bool:
        """Compare the file with what was tracked."""
        checksum = _checksum(row.file_path)
        if row.kind == "creation":
            seen = self.__dict__.setdefault("_seen", set())
            if checksum is not None:
                seen.add(row.id)
            return row.id in seen
        return checksum is not None and checksum != row.checksum_before


@ASSERTIONS_FOR_PRINTS.mutant(clause=3)
class ComparesLengths(LegacyFileTracker):
    """Compares the length of the content, so that new content of the same length is no change."""

    def _track(self, kind: str, file_path: str, metadata: Mapping[str, Any] | None) -> str:
        """Store an operation, with the checksum that its file has now."""
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
        """Compare the file with what was tracked."""
        path = Path(row.file_path)
        if row.kind == "creation":
            return path.exists()
        return path.exists() and str(path.stat().st_size) != row.checksum_before


@ASSERTIONS_FOR_PRINTS.mutant(clause=3)
class NothingToCompareWith(LegacyFileTracker):
    """A modification of a file that was not there when it was tracked is never verified."""

    def _has_happened(self, row: LegacyOperationRow) -> bool:
        """Compare the file with what was tracked."""
        checksum = _checksum(row.file_path)
        if row.kind == "creation":
            return checksum is not None
        if checksum is None or row.checksum_before is None:
            return False
        return checksum != row.checksum_before


@ASSERTIONS_FOR_PRINTS.mutant(clause=4)
class SubtasksThatBeginAlike(LegacyFileTracker):
    """Looks at every subtask whose id begins like its own: `s-1` counts those of `s-10`, too."""

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


@ASSERTIONS_FOR_PRINTS.mutant(clause=5)
class AllOfNone(LegacyFileTracker):
    """Without any operation `all_verified` is True."""

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


@ASSERTIONS_FOR_PRINTS.alternative()
class TellsMore(LegacyFileTracker):
    """Selects all rows, filters in Python, and tells more in the dict."""

    async def verify_all_operations(self) -> dict[str, Any]:
        """How many operations there are and how many are verified, and the ids of the rest."""
        rows = self._session.scalars(select(LegacyOperationRow)).all()
        mine = sorted(
            (row for row in rows if row.subtask_id == self._subtask_id), key=lambda row: row.number
        )
        verified, unverified = [], []
        for row in mine:
            (verified if self._has_happened(row) else unverified).append(row.id)
        return {
            "subtask": self._subtask_id,
            "all_verified": len(verified) > 0 and len(unverified) == 0,
            "unverified": unverified,
            "verified": len(verified),
            "verified_ids": verified,
            "total": len(mine),
        }


@ASSERTIONS_FOR_PRINTS.alternative()
class OtherIds(LegacyFileTracker):
    """Makes ids with the subtask in them."""

    def _track(self, kind: str, file_path: str, metadata: Mapping[str, Any] | None) -> str:
        """Store an operation, with the checksum that its file has now."""
        operation_id = f"{self._subtask_id}/{kind}/{uuid4()}"
        self._session.add(
            LegacyOperationRow(
                id=operation_id,
                subtask_id=self._subtask_id,
                kind=kind,
                file_path=file_path,
                details=dict(metadata or {}),
                checksum_before=_checksum(file_path),
            )
        )
        self._session.commit()
        return operation_id


@ASSERTIONS_FOR_PRINTS.alternative()
class WholeContent(LegacyFileTracker):
    """Keeps the whole content in the place of its checksum."""

    def _track(self, kind: str, file_path: str, metadata: Mapping[str, Any] | None) -> str:
        """Store an operation, with the checksum that its file has now."""
        path = Path(file_path)
        row = LegacyOperationRow(
            id=uuid4().hex,
            subtask_id=self._subtask_id,
            kind=kind,
            file_path=file_path,
            details=dict(metadata or {}),
            checksum_before=path.read_bytes().hex() if path.is_file() else None,
        )
        self._session.add(row)
        self._session.commit()
        return row.id

    def _has_happened(self, row: LegacyOperationRow) -> bool:
        """Compare the file with what was tracked."""
        path = Path(row.file_path)
        if not path.exists():
            return False
        return row.kind == "creation" or path.read_bytes().hex() != row.checksum_before

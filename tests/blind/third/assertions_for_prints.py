"""Own variants of assertions-for-prints, written from the contract and the application alone."""

from grader.bank import assertions_for_prints
from vespera_scriptorium.infrastructure.legacy import *  # noqa: F403


@assertions_for_prints.mutant(clause=1)
class OneOperationAPath(LegacyFileTracker):
    """Tracking a path again answers with the operation that is there."""

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


@assertions_for_prints.mutant(clause=2)
class EmptyFilesDoNotCount(LegacyFileTracker):
    """A created file that is empty is not verified."""

    def _has_happened(self, row: LegacyOperationRow) -> bool:
        """Compare the file with what was tracked."""
        checksum = _checksum(row.file_path)
        if row.kind == "creation":
            return checksum is not None and Path(row.file_path).stat().st_size > 0
        return checksum is not None and checksum != row.checksum_before


@assertions_for_prints.mutant(clause=3)
class LengthsAreCompared(LegacyFileTracker):
    """A modification is noticed by the length of the file alone."""

    def _track(self, kind: str, file_path: str, metadata: Mapping[str, Any] | None) -> str:
        """Store an operation, with the checksum that its file has now."""
        row = LegacyOperationRow(
            id=uuid4().hex,
            subtask_id=self._subtask_id,
            kind=kind,
            file_path=file_path,
            details=dict(metadata or {}),
            checksum_before=(
                str(Path(file_path).stat().st_size) if Path(file_path).exists() else None
            ),
        )
        self._session.add(row)
        self._session.commit()
        return row.id

    def _has_happened(self, row: LegacyOperationRow) -> bool:
        """Compare the file with what was tracked."""
        checksum = _checksum(row.file_path)
        if row.kind == "creation":
            return checksum is not None
        return checksum is not None and str(Path(row.file_path).stat().st_size) != row.checksum_before


@assertions_for_prints.mutant(clause=3)
class GoneIsModified(LegacyFileTracker):
    """A file that is gone counts as modified."""

    def _has_happened(self, row: LegacyOperationRow) -> bool:
        """Compare the file with what was tracked."""
        checksum = _checksum(row.file_path)
        if row.kind == "creation":
            return checksum is not None
        return checksum != row.checksum_before


@assertions_for_prints.mutant(clause=4)
class NewestFirst(LegacyFileTracker):
    """The unverified ids come newest first."""

    async def verify_all_operations(self) -> dict[str, Any]:
        """How many operations there are and how many are verified, and the ids of the rest."""
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


@assertions_for_prints.mutant(clause=5)
class NothingIsAllVerified(LegacyFileTracker):
    """A tracker without operations is all verified."""

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


@assertions_for_prints.alternative()
class WithMoreToSay(LegacyFileTracker):
    """Holds more in the dict, and makes it in a loop."""

    async def verify_all_operations(self) -> dict[str, Any]:
        """How many operations there are and how many are verified, and the ids of the rest."""
        query = (
            select(LegacyOperationRow)
            .where(LegacyOperationRow.subtask_id == self._subtask_id)
            .order_by(LegacyOperationRow.number)
        )
        lists: dict[bool, list[str]] = {True: [], False: []}
        for row in self._session.scalars(query):
            lists[self._has_happened(row)].append(row.id)
        return {
            "subtask": self._subtask_id,
            "verified_ids": lists[True],
            "total": len(lists[True]) + len(lists[False]),
            "verified": len(lists[True]),
            "unverified": lists[False],
            "all_verified": bool(lists[True]) and not lists[False],
        }


@assertions_for_prints.alternative()
class OtherIds(LegacyFileTracker):
    """Gives ids that tell the kind."""

    def _track(self, kind: str, file_path: str, metadata: Mapping[str, Any] | None) -> str:
        """Store an operation, with the checksum that its file has now."""
        row = LegacyOperationRow(
            id=f"{kind}/{uuid4()}",
            subtask_id=self._subtask_id,
            kind=kind,
            file_path=file_path,
            details=dict(metadata or {}),
            checksum_before=_checksum(file_path),
        )
        self._session.add(row)
        self._session.commit()
        return row.id


@assertions_for_prints.alternative()
class AsksTheDisk(LegacyFileTracker):
    """Asks for the file itself when it checks a creation."""

    def _has_happened(self, row: LegacyOperationRow) -> bool:
        """Compare the file with what was tracked."""
        path = Path(row.file_path)
        if not path.exists():
            return False
        return row.kind == "creation" or _checksum(row.file_path) != row.checksum_before

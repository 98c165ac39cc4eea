"""Own variants of file-for-memory, written from the contract and the application alone."""

from grader.bank import THE_FILE_FOR_MEMORY
from vespera_scriptorium.infrastructure.legacy import *  # noqa: F403
from vespera_scriptorium.infrastructure.legacy import Session


@THE_FILE_FOR_MEMORY.mutant(
    clause=1, replaces="vespera_scriptorium.infrastructure.legacy:initialize_file_tracking"
)
async def only_into_the_void(db_session: Session, run_migration: bool = True) -> LegacyFileTracking:
    """Makes tables only when there is none at all."""
    from sqlalchemy import inspect

    if run_migration and not inspect(db_session.connection()).get_table_names():
        Base.metadata.create_all(db_session.connection())
        db_session.commit()
    return LegacyFileTracking(db_session)


@THE_FILE_FOR_MEMORY.mutant(
    clause=1, replaces="vespera_scriptorium.infrastructure.legacy:initialize_file_tracking"
)
async def always_migrates(db_session: Session, run_migration: bool = True) -> LegacyFileTracking:
    """Makes the tables whatever `run_migration` says."""
    Base.metadata.create_all(db_session.connection())
    db_session.commit()
    return LegacyFileTracking(db_session)


@THE_FILE_FOR_MEMORY.mutant(clause=2)
class FlushesModifications(LegacyFileTracker):
    """A modification is flushed, and committed with the next creation."""

    def _track(self, kind: str, file_path: str, metadata: Mapping[str, Any] | None) -> str:
        """Store an operation, with the checksum that its file has now."""
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
            self._session.commit()
        else:
            self._session.flush()
        return row.id


@THE_FILE_FOR_MEMORY.mutant(clause=3)
class ReadsOnce(LegacyFileTracker):
    """The operations are read at the first call, and never again."""

    async def verify_all_operations(self) -> dict[str, Any]:
        """How many operations there are and how many are verified, and the ids of the rest."""
        query = (
            select(LegacyOperationRow)
            .where(LegacyOperationRow.subtask_id == self._subtask_id)
            .order_by(LegacyOperationRow.number)
        )
        if "_rows" not in self.__dict__:
            self._rows = self._session.scalars(query).all()
        rows = self._rows
        unverified = [row.id for row in rows if not self._has_happened(row)]
        return {
            "total": len(rows),
            "verified": len(rows) - len(unverified),
            "unverified": unverified,
            "all_verified": bool(rows) and not unverified,
        }


@THE_FILE_FOR_MEMORY.mutant(clause=3)
class ForgetsTheVerified(LegacyFileTracker):
    """What is verified is removed after the check."""

    async def verify_all_operations(self) -> dict[str, Any]:
        """How many operations there are and how many are verified, and the ids of the rest."""
        query = (
            select(LegacyOperationRow)
            .where(LegacyOperationRow.subtask_id == self._subtask_id)
            .order_by(LegacyOperationRow.number)
        )
        rows = self._session.scalars(query).all()
        unverified = [row.id for row in rows if not self._has_happened(row)]
        answer = {
            "total": len(rows),
            "verified": len(rows) - len(unverified),
            "unverified": unverified,
            "all_verified": bool(rows) and not unverified,
        }
        for row in rows:
            if row.id not in unverified:
                self._session.delete(row)
        self._session.commit()
        return answer


@THE_FILE_FOR_MEMORY.mutant(clause=4)
class RemembersTheContent(LegacyFileTracker):
    """The checksum is kept in the tracker, not with the operation."""

    def _track(self, kind: str, file_path: str, metadata: Mapping[str, Any] | None) -> str:
        """Store an operation, with the checksum that its file has now."""
        row = LegacyOperationRow(
            id=uuid4().hex,
            subtask_id=self._subtask_id,
            kind=kind,
            file_path=file_path,
            details=dict(metadata or {}),
        )
        self._session.add(row)
        self._session.commit()
        self.__dict__.setdefault("_before", {})[row.id] = _checksum(file_path)
        return row.id

    def _has_happened(self, row: LegacyOperationRow) -> bool:
        """Compare the file with what was tracked."""
        checksum = _checksum(row.file_path)
        if row.kind == "creation":
            return checksum is not None
        before = self.__dict__.get("_before", {}).get(row.id)
        return checksum is not None and checksum != before


@THE_FILE_FOR_MEMORY.alternative(
    replaces="vespera_scriptorium.infrastructure.legacy:initialize_file_tracking"
)
async def table_by_table(db_session: Session, run_migration: bool = True) -> LegacyFileTracking:
    """Makes the tables one by one, each with a commit."""
    if run_migration:
        for table in Base.metadata.sorted_tables:
            table.create(db_session.connection(), checkfirst=True)
            db_session.commit()
    return LegacyFileTracking(db_session)


@THE_FILE_FOR_MEMORY.alternative()
class FreshRows(LegacyFileTracker):
    """Forgets what the session has read before it looks, and ends its transaction afterwards."""

    async def verify_all_operations(self) -> dict[str, Any]:
        """How many operations there are and how many are verified, and the ids of the rest."""
        self._session.rollback()
        query = (
            select(LegacyOperationRow)
            .where(LegacyOperationRow.subtask_id == self._subtask_id)
            .order_by(LegacyOperationRow.number)
        )
        found = [(row.id, self._has_happened(row)) for row in self._session.scalars(query)]
        self._session.rollback()
        unverified = [operation_id for operation_id, verified in found if not verified]
        return {
            "total": len(found),
            "verified": len(found) - len(unverified),
            "unverified": unverified,
            "all_verified": bool(found) and not unverified,
        }


@THE_FILE_FOR_MEMORY.alternative()
class KeepsTheContent(LegacyFileTracker):
    """Stores the content in hexadecimal where the checksum was, and ids that tell the subtask."""

    def _track(self, kind: str, file_path: str, metadata: Mapping[str, Any] | None) -> str:
        """Store an operation, with the checksum that its file has now."""
        path = Path(file_path)
        row = LegacyOperationRow(
            id=f"{self._subtask_id}/{uuid4()}",
            subtask_id=self._subtask_id,
            kind=kind,
            file_path=file_path,
            details=dict(metadata or {}),
            checksum_before=path.read_bytes().hex() if path.exists() else None,
        )
        self._session.add(row)
        self._session.flush()
        self._session.commit()
        return row.id

    def _has_happened(self, row: LegacyOperationRow) -> bool:
        """Compare the file with what was tracked."""
        path = Path(row.file_path)
        if row.kind == "creation" or not path.exists():
            return path.exists()
        return path.read_bytes().hex() != row.checksum_before

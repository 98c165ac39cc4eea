"""Own variants of file-for-memory, written from the contract and the application alone."""

from grader.bank import FILE_FOR_MEMORY
from vespera_scriptorium.infrastructure.legacy import *  # noqa: F403


@FILE_FOR_MEMORY.mutant(
    clause=1, replaces="vespera_scriptorium.infrastructure.legacy:initialize_file_tracking"
)
async def initialize_from_the_beginning(
    db_session: Session, run_migration: bool = True
) -> LegacyFileTracking:
    """Drops the tables before it makes them: rows that are there are lost."""
    if run_migration:
        Base.metadata.drop_all(db_session.connection())
        Base.metadata.create_all(db_session.connection())
        db_session.commit()
    return LegacyFileTracking(db_session)


@FILE_FOR_MEMORY.mutant(
    clause=1, replaces="vespera_scriptorium.infrastructure.legacy:initialize_file_tracking"
)
async def initialize_only_what_is_empty(
    db_session: Session, run_migration: bool = True
) -> LegacyFileTracking:
    """Makes no table when some are there already."""
    from sqlalchemy import inspect

    if run_migration and not inspect(db_session.connection()).get_table_names():
        Base.metadata.create_all(db_session.connection())
        db_session.commit()
    return LegacyFileTracking(db_session)


@FILE_FOR_MEMORY.mutant(clause=2)
class ModificationsWait(LegacyFileTracker):
    """Commits creations only; a modification is flushed, and committed with the next creation."""

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
        self._session.flush()
        operation_id = row.id
        if kind == "creation":
            self._session.commit()
        return operation_id


@FILE_FOR_MEMORY.mutant(clause=3)
class ReadsOnce(LegacyFileTracker):
    """Reads the operations once, and again only after it has tracked one itself."""

    async def verify_all_operations(self) -> dict[str, Any]:
        """How many operations there are and how many are verified, and the ids of the rest."""
        if "_rows" not in self.__dict__:
            query = (
                select(LegacyOperationRow)
                .where(LegacyOperationRow.subtask_id == self._subtask_id)
                .order_by(LegacyOperationRow.number)
            )
            self._rows = self._session.scalars(query).all()
        rows = self._rows
        unverified = [row.id for row in rows if not self._has_happened(row)]
        return {
            "total": len(rows),
            "verified": len(rows) - len(unverified),
            "unverified": unverified,
            "all_verified": bool(rows) and not unverified,
        }

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
        self._session.commit()
        self.__dict__.pop("_rows", None)
        return row.id


@FILE_FOR_MEMORY.mutant(clause=3)
class DoneIsForgotten(LegacyFileTracker):
    """Deletes the verified operations after it has counted them."""

    async def verify_all_operations(self) -> dict[str, Any]:
        """How many operations there are and how many are verified, and the ids of the rest."""
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


@FILE_FOR_MEMORY.mutant(clause=4)
class RemembersChecksums(LegacyFileTracker):
    """Keeps the checksum in the tracker; another one takes any file for a modified one."""

    def _track(self, kind: str, file_path: str, metadata: Mapping[str, Any] | None) -> str:
        """Store an operation, with the checksum that its file has now."""
        row = LegacyOperationRow(
            id=uuid4().hex,
            subtask_id=self._subtask_id,
            kind=kind,
            file_path=file_path,
            details=dict(metadata or {}),
        )
        self.__dict__.setdefault("_checksums", {})[row.id] = _checksum(file_path)
        self._session.add(row)
        self._session.commit()
        return row.id

    def _has_happened(self, row: LegacyOperationRow) -> bool:
        """Compare the file with what was tracked."""
        checksum = _checksum(row.file_path)
        if row.kind == "creation":
            return checksum is not None
        before = self.__dict__.get("_checksums", {}).get(row.id)
        return checksum is not None and checksum != before


@FILE_FOR_MEMORY.alternative(
    replaces="vespera_scriptorium.infrastructure.legacy:initialize_file_tracking"
)
async def initialize_table_by_table(
    db_session: Session, run_migration: bool = True
) -> LegacyFileTracking:
    """Makes each missing table by itself."""
    if run_migration:
        connection = db_session.connection()
        for table in Base.metadata.sorted_tables:
            table.create(connection, checkfirst=True)
        db_session.commit()
    return LegacyFileTracking(db_session)


@FILE_FOR_MEMORY.alternative()
class WholeContent(LegacyFileTracker):
    """Stores the whole content in the place of a checksum, and an id that tells the subtask."""

    def _track(self, kind: str, file_path: str, metadata: Mapping[str, Any] | None) -> str:
        """Store an operation, with the checksum that its file has now."""
        path = Path(file_path)
        operation_id = f"{self._subtask_id}-{uuid4()}"
        row = LegacyOperationRow(
            id=operation_id,
            subtask_id=self._subtask_id,
            kind=kind,
            file_path=file_path,
            details=dict(metadata or {}),
            checksum_before=path.read_bytes().hex() if path.exists() else None,
        )
        self._session.add(row)
        self._session.commit()
        return operation_id

    def _has_happened(self, row: LegacyOperationRow) -> bool:
        """Compare the file with what was tracked."""
        path = Path(row.file_path)
        if not path.exists():
            return False
        return row.kind == "creation" or path.read_bytes().hex() != row.checksum_before


@FILE_FOR_MEMORY.alternative()
class EndsItsTransaction(LegacyFileTracker):
    """Begins each check with fresh rows, and ends its transaction after it."""

    async def verify_all_operations(self) -> dict[str, Any]:
        """How many operations there are and how many are verified, and the ids of the rest."""
        self._session.expire_all()
        query = (
            select(LegacyOperationRow)
            .where(LegacyOperationRow.subtask_id == self._subtask_id)
            .order_by(LegacyOperationRow.number)
        )
        found = [(row.id, self._has_happened(row)) for row in self._session.scalars(query)]
        self._session.commit()
        unverified = [operation_id for operation_id, happened in found if not happened]
        return {
            "total": len(found),
            "verified": len(found) - len(unverified),
            "unverified": unverified,
            "all_verified": bool(found) and not unverified,
        }

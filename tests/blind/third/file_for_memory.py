"""Own variants of file-for-memory, written from the contract and the application alone."""

from grader.bank import file_for_memory
from vespera_scriptorium.infrastructure.legacy import *  # noqa: F403


@file_for_memory.mutant(clause=1, replaces="vespera_scriptorium.infrastructure.legacy:initialize_file_tracking")
async def only_a_new_database(
    db_session: Session, run_migration: bool = True
) -> LegacyFileTracking:
    """Get file tracking ready on a session; `run_migration` makes the tables that are missing."""
    if run_migration:
        from sqlalchemy import inspect

        if not inspect(db_session.connection()).get_table_names():
            Base.metadata.create_all(db_session.connection())
        db_session.commit()
    return LegacyFileTracking(db_session)


@file_for_memory.mutant(clause=1, replaces="vespera_scriptorium.infrastructure.legacy:initialize_file_tracking")
async def begins_afresh(
    db_session: Session, run_migration: bool = True
) -> LegacyFileTracking:
    """Get file tracking ready on a session; `run_migration` makes the tables that are missing."""
    if run_migration:
        Base.metadata.drop_all(db_session.connection())
        Base.metadata.create_all(db_session.connection())
        db_session.commit()
    return LegacyFileTracking(db_session)


@file_for_memory.mutant(clause=2)
class ModificationsWait(LegacyFileTracker):
    """A modification is committed with the next creation."""

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


@file_for_memory.mutant(clause=3)
class AsksOnce(LegacyFileTracker):
    """Remembers the operations that it saw at the first check."""

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


@file_for_memory.mutant(clause=3)
class ForgetsTheVerified(LegacyFileTracker):
    """What is verified is deleted from the database."""

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


@file_for_memory.mutant(clause=4)
class KnowsItInMemory(LegacyFileTracker):
    """The tracker itself keeps what a file was before."""

    def _track(self, kind: str, file_path: str, metadata: Mapping[str, Any] | None) -> str:
        """Store an operation, with the checksum that its file has now."""
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
        self.__dict__.setdefault("_before", {})[row.id] = _checksum(file_path)
        return row.id

    def _has_happened(self, row: LegacyOperationRow) -> bool:
        """Compare the file with what was tracked."""
        checksum = _checksum(row.file_path)
        if row.kind == "creation":
            return checksum is not None
        return checksum is not None and checksum != (
            self.__dict__.get("_before", {}).get(row.id)
        )


@file_for_memory.alternative()
class LooksAtTheTables(LegacyFileTracker):
    """Makes each table that is missing by itself."""

    def _track(self, kind: str, file_path: str, metadata: Mapping[str, Any] | None) -> str:
        """Store an operation, with the checksum that its file has now."""
        row = LegacyOperationRow(
            id=str(uuid4()),
            subtask_id=self._subtask_id,
            kind=kind,
            file_path=file_path,
            details={**(metadata or {})},
            checksum_before=_checksum(file_path),
        )
        self._session.add(row)
        self._session.commit()
        return row.id


@file_for_memory.alternative(replaces="vespera_scriptorium.infrastructure.legacy:initialize_file_tracking")
async def table_by_table(
    db_session: Session, run_migration: bool = True
) -> LegacyFileTracking:
    """Get file tracking ready on a session; `run_migration` makes the tables that are missing."""
    if run_migration:
        for table in Base.metadata.sorted_tables:
            table.create(db_session.connection(), checkfirst=True)
        db_session.commit()
    return LegacyFileTracking(db_session)


@file_for_memory.alternative()
class ReadsAfresh(LegacyFileTracker):
    """Ends its transaction before it reads."""

    async def verify_all_operations(self) -> dict[str, Any]:
        """How many operations there are and how many are verified, and the ids of the rest."""
        query = (
            select(LegacyOperationRow)
            .where(LegacyOperationRow.subtask_id == self._subtask_id)
            .order_by(LegacyOperationRow.number)
        )
        self._session.rollback()
        self._session.expire_all()
        rows = list(self._session.scalars(query))
        unverified = [row.id for row in rows if not self._has_happened(row)]
        return {
            "total": len(rows),
            "verified": len(rows) - len(unverified),
            "unverified": unverified,
            "all_verified": bool(rows) and not unverified,
        }

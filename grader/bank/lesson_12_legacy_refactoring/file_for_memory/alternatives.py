"""Correct implementations for `file-for-memory`, built differently."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from vespera_scriptorium.infrastructure.legacy import (
    LegacyFileTracker,
    LegacyFileTracking,
    _checksum,
)
from vespera_scriptorium.infrastructure.tables import Base, LegacyOperationRow

from .exercise import (
    INITIALIZE,
    file_for_memory,
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

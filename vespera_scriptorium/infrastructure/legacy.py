"""File tracking as it was before the layers: straight on a synchronous session.

The pattern document's first listing uses it, and lesson 12 refactors that listing. New code uses
`TrackFileOperationsUseCase`: here every call blocks the event loop while it works.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from vespera_scriptorium.infrastructure.tables import Base, LegacyOperationRow


class LegacyFileTracking:
    """What `initialize_file_tracking` gives out: the session that all trackers share."""

    def __init__(self, session: Session) -> None:
        self.session = session


class LegacyFileTracker:
    """Tracks and verifies the file operations of one subtask.

    The contract:

    1. An operation is tracked before it happens, committed, and known by the id that is returned.
    2. A creation is verified once the file exists; a modification once there is a file whose
       content differs from what it was when the modification was tracked.
    3. `verify_all_operations` checks the operations of this subtask, and no others. `all_verified`
       is True when there is at least one and all are verified.
    """

    def __init__(self, subtask_id: str, tracking: LegacyFileTracking) -> None:
        self._subtask_id = subtask_id
        self._session = tracking.session

    async def track_file_create(
        self, file_path: str, metadata: Mapping[str, Any] | None = None
    ) -> str:
        """Track that a file is about to be created."""
        return self._track("creation", file_path, metadata)

    async def track_file_modify(
        self, file_path: str, metadata: Mapping[str, Any] | None = None
    ) -> str:
        """Track that a file is about to be modified."""
        return self._track("modification", file_path, metadata)

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
        return row.id

    def _has_happened(self, row: LegacyOperationRow) -> bool:
        """Compare the file with what was tracked."""
        checksum = _checksum(row.file_path)
        if row.kind == "creation":
            return checksum is not None
        return checksum is not None and checksum != row.checksum_before


async def initialize_file_tracking(
    db_session: Session, run_migration: bool = True
) -> LegacyFileTracking:
    """Get file tracking ready on a session; `run_migration` makes the tables that are missing."""
    if run_migration:
        Base.metadata.create_all(db_session.connection())
        db_session.commit()
    return LegacyFileTracking(db_session)


def create_file_tracker_for_subtask(
    subtask_id: str, file_tracking: LegacyFileTracking
) -> LegacyFileTracker:
    """A tracker whose operations belong to one subtask."""
    return LegacyFileTracker(subtask_id, file_tracking)


def _checksum(file_path: str) -> str | None:
    """The SHA-256 of a file's content; None when there is no file."""
    path = Path(file_path)
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else None

"""Correct implementations for `assertions-for-prints`, built differently."""

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

"""Correct implementations for `track-creation`, built differently."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from vespera_scriptorium.application.usecases.track_file_operations import (
    TrackFileOperationsUseCase,
)
from vespera_scriptorium.domain.errors import reason
from vespera_scriptorium.domain.file_operation import (
    FileOperation,
    OperationKind,
    OperationResult,
)

from .exercise import track_creation


@track_creation.alternative()
class LooksForDuplicatesFirst(TrackFileOperationsUseCase):
    """Looks for duplicates before it adds.

    `error`: words its errors in its own way.
    `operation_id`: gives ids of another form.
    """

    async def _track(
        self,
        kind: OperationKind,
        file_path: str,
        context: Mapping[str, Any] | None,
        metadata: Mapping[str, Any] | None,
        operation_id: str | None,
    ) -> OperationResult:
        path = self._normalise(file_path)
        wanted = operation_id or f"{kind}-{uuid4()}"
        try:
            checksum = await self._checksum(path)
            async with self._store.unit() as unit:
                for other in await unit.all():
                    same_path = other.file_path == path
                    if other.id == wanted or (
                        same_path and kind is other.kind is OperationKind.CREATION
                    ):
                        return OperationResult(success=False, file_path=path, error="a duplicate")
                await unit.add(
                    FileOperation(
                        id=wanted,
                        kind=kind,
                        file_path=path,
                        context=dict(context or {}),
                        metadata=dict(metadata or {}),
                        checksum_before=checksum,
                    )
                )
                await unit.commit()
        except Exception as error:
            return OperationResult(success=False, file_path=path, error=reason(error))
        return OperationResult(success=True, operation_id=wanted, file_path=path)


@track_creation.alternative()
class BareRefusals(TrackFileOperationsUseCase):
    """Puts nothing but the error into an error result.

    `file_path`: leaves the path out of an error result.
    """

    async def track_file_creation(
        self,
        file_path: str,
        operation_context: Mapping[str, Any] | None = None,
        metadata: Mapping[str, Any] | None = None,
        operation_id: str | None = None,
    ) -> OperationResult:
        result = await self._track(
            OperationKind.CREATION, file_path, operation_context, metadata, operation_id
        )
        return result if result.success else OperationResult(success=False, error=result.error)

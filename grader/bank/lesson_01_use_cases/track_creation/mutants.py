"""The mutants of `track-creation`: each has one bug, and breaks one promise."""

import os.path
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


@track_creation.mutant(promise="stored")
class NeverCommitted(TrackFileOperationsUseCase):
    """Adds the operation and forgets to commit: the unit of work rolls back at its end."""

    async def _track(
        self,
        kind: OperationKind,
        file_path: str,
        context: Mapping[str, Any] | None,
        metadata: Mapping[str, Any] | None,
        operation_id: str | None,
    ) -> OperationResult:
        path = self._normalise(file_path)
        try:
            operation = FileOperation(
                id=operation_id or uuid4().hex,
                kind=kind,
                file_path=path,
                context=dict(context or {}),
                metadata=dict(metadata or {}),
                checksum_before=await self._checksum(path),
            )
            async with self._store.unit() as unit:
                await unit.add(operation)
        except Exception as error:
            return OperationResult(success=False, file_path=path, error=reason(error))
        return OperationResult(success=True, operation_id=operation.id, file_path=path)


@track_creation.mutant(promise="metadata")
class MetadataMerged(TrackFileOperationsUseCase):
    """Merges the metadata into the context, and leaves its own place empty."""

    async def _track(
        self,
        kind: OperationKind,
        file_path: str,
        context: Mapping[str, Any] | None,
        metadata: Mapping[str, Any] | None,
        operation_id: str | None,
    ) -> OperationResult:
        path = self._normalise(file_path)
        try:
            operation = FileOperation(
                id=operation_id or uuid4().hex,
                kind=kind,
                file_path=path,
                context={**(context or {}), **(metadata or {})},
                checksum_before=await self._checksum(path),
            )
            async with self._store.unit() as unit:
                await unit.add(operation)
                await unit.commit()
        except Exception as error:
            return OperationResult(success=False, file_path=path, error=reason(error))
        return OperationResult(success=True, operation_id=operation.id, file_path=path)


@track_creation.mutant(promise="normalised")
class OnlyTheFirstDot(TrackFileOperationsUseCase):
    """Takes a leading `./` away and calls that normalised."""

    def _normalise(self, file_path: str) -> str:
        return file_path.removeprefix("./")


@track_creation.mutant(promise="stored-path")
class StoredAsGiven(TrackFileOperationsUseCase):
    """Normalises the path for the result, and stores it as it was given."""

    async def _track(
        self,
        kind: OperationKind,
        file_path: str,
        context: Mapping[str, Any] | None,
        metadata: Mapping[str, Any] | None,
        operation_id: str | None,
    ) -> OperationResult:
        path = self._normalise(file_path)
        try:
            operation = FileOperation(
                id=operation_id or uuid4().hex,
                kind=kind,
                file_path=file_path,
                context=dict(context or {}),
                metadata=dict(metadata or {}),
                checksum_before=await self._checksum(path),
            )
            async with self._store.unit() as unit:
                await unit.add(operation)
                await unit.commit()
        except Exception as error:
            return OperationResult(success=False, file_path=path, error=reason(error))
        return OperationResult(success=True, operation_id=operation.id, file_path=path)


@track_creation.mutant(promise="found")
class AnotherIdInTheResult(TrackFileOperationsUseCase):
    """Makes one id for the store and another one for the result."""

    async def _track(
        self,
        kind: OperationKind,
        file_path: str,
        context: Mapping[str, Any] | None,
        metadata: Mapping[str, Any] | None,
        operation_id: str | None,
    ) -> OperationResult:
        path = self._normalise(file_path)
        try:
            operation = FileOperation(
                id=operation_id or uuid4().hex,
                kind=kind,
                file_path=path,
                context=dict(context or {}),
                metadata=dict(metadata or {}),
                checksum_before=await self._checksum(path),
            )
            async with self._store.unit() as unit:
                await unit.add(operation)
                await unit.commit()
        except Exception as error:
            return OperationResult(success=False, file_path=path, error=reason(error))
        return OperationResult(
            success=True, operation_id=operation_id or uuid4().hex, file_path=path
        )


@track_creation.mutant(promise="given-id")
class IgnoresTheCallersId(TrackFileOperationsUseCase):
    """Gives every operation an id of its own, also where the caller has one."""

    async def track_file_creation(
        self,
        file_path: str,
        operation_context: Mapping[str, Any] | None = None,
        metadata: Mapping[str, Any] | None = None,
        operation_id: str | None = None,
    ) -> OperationResult:
        return await self._track(
            OperationKind.CREATION, file_path, operation_context, metadata, None
        )


@track_creation.mutant(promise="new-id")
class OneIdForAll(TrackFileOperationsUseCase):
    """Gives all operations one id, so that the second one is refused."""

    async def track_file_creation(
        self,
        file_path: str,
        operation_context: Mapping[str, Any] | None = None,
        metadata: Mapping[str, Any] | None = None,
        operation_id: str | None = None,
    ) -> OperationResult:
        operation_id = operation_id or "creation"
        return await self._track(
            OperationKind.CREATION, file_path, operation_context, metadata, operation_id
        )


@track_creation.mutant(promise="context")
class ContextAsText(TrackFileOperationsUseCase):
    """Stores the values of the context as texts, whatever they were."""

    async def _track(
        self,
        kind: OperationKind,
        file_path: str,
        context: Mapping[str, Any] | None,
        metadata: Mapping[str, Any] | None,
        operation_id: str | None,
    ) -> OperationResult:
        path = self._normalise(file_path)
        try:
            operation = FileOperation(
                id=operation_id or uuid4().hex,
                kind=kind,
                file_path=path,
                context={key: str(value) for key, value in (context or {}).items()},
                metadata=dict(metadata or {}),
                checksum_before=await self._checksum(path),
            )
            async with self._store.unit() as unit:
                await unit.add(operation)
                await unit.commit()
        except Exception as error:
            return OperationResult(success=False, file_path=path, error=reason(error))
        return OperationResult(success=True, operation_id=operation.id, file_path=path)


@track_creation.mutant(promise="metadata")
class OnlySimpleMetadata(TrackFileOperationsUseCase):
    """Keeps texts and numbers of the metadata, and drops lists and the like."""

    async def track_file_creation(
        self,
        file_path: str,
        operation_context: Mapping[str, Any] | None = None,
        metadata: Mapping[str, Any] | None = None,
        operation_id: str | None = None,
    ) -> OperationResult:
        simple = {k: v for k, v in (metadata or {}).items() if isinstance(v, str | int)}
        return await self._track(
            OperationKind.CREATION, file_path, operation_context, simple, operation_id
        )


@track_creation.mutant(promise="result-path")
class AnswersAsGiven(TrackFileOperationsUseCase):
    """Stores the normalised path, and answers with the one that it was given."""

    async def _track(
        self,
        kind: OperationKind,
        file_path: str,
        context: Mapping[str, Any] | None,
        metadata: Mapping[str, Any] | None,
        operation_id: str | None,
    ) -> OperationResult:
        path = self._normalise(file_path)
        try:
            operation = FileOperation(
                id=operation_id or uuid4().hex,
                kind=kind,
                file_path=path,
                context=dict(context or {}),
                metadata=dict(metadata or {}),
                checksum_before=await self._checksum(path),
            )
            async with self._store.unit() as unit:
                await unit.add(operation)
                await unit.commit()
        except Exception as error:
            return OperationResult(success=False, file_path=path, error=reason(error))
        return OperationResult(success=True, operation_id=operation.id, file_path=file_path)


@track_creation.mutant(promise="folder")
class OnlyTheName(TrackFileOperationsUseCase):
    """Takes the name of the file for its path, whatever the folder."""

    def _normalise(self, file_path: str) -> str:
        return os.path.basename(file_path)


@track_creation.mutant(promise="metadata")
class NoneIsLeftOut(TrackFileOperationsUseCase):
    """What is None in the metadata is not stored."""

    async def _track(
        self,
        kind: OperationKind,
        file_path: str,
        context: Mapping[str, Any] | None,
        metadata: Mapping[str, Any] | None,
        operation_id: str | None,
    ) -> OperationResult:
        path = self._normalise(file_path)
        try:
            operation = FileOperation(
                id=operation_id or uuid4().hex,
                kind=kind,
                file_path=path,
                context=dict(context or {}),
                metadata={key: one for key, one in (metadata or {}).items() if one is not None},
                checksum_before=await self._checksum(path),
            )
            async with self._store.unit() as unit:
                await unit.add(operation)
                await unit.commit()
        except Exception as error:
            return OperationResult(success=False, file_path=path, error=reason(error))
        return OperationResult(success=True, operation_id=operation.id, file_path=path)

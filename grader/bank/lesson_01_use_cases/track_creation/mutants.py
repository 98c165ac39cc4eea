"""The mutants of `track-creation`: each has one bug, and breaks one clause."""

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


@track_creation.mutant(clause=1)
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


@track_creation.mutant(clause=2)
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


@track_creation.mutant(clause=3)
class OnlyTheFirstDot(TrackFileOperationsUseCase):
    """Takes a leading `./` away and calls that normalised."""

    def _normalise(self, file_path: str) -> str:
        return file_path.removeprefix("./")


@track_creation.mutant(clause=3)
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


@track_creation.mutant(clause=4)
class AnswersWithTheFirst(TrackFileOperationsUseCase):
    """Answers a second creation of a path with the id of the first, as a success."""

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
                for other in await unit.all():
                    if other.file_path == path and other.kind is kind is OperationKind.CREATION:
                        return OperationResult(success=True, operation_id=other.id, file_path=path)
                await unit.add(operation)
                await unit.commit()
        except Exception as error:
            return OperationResult(success=False, file_path=path, error=reason(error))
        return OperationResult(success=True, operation_id=operation.id, file_path=path)


@track_creation.mutant(clause=4)
class LastOneWins(TrackFileOperationsUseCase):
    """Throws away the operation that has the id already, and stores the new one in its place."""

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
                if await unit.get(operation.id) is not None:
                    await unit.remove(operation.id)
                await unit.add(operation)
                await unit.commit()
        except Exception as error:
            return OperationResult(success=False, file_path=path, error=reason(error))
        return OperationResult(success=True, operation_id=operation.id, file_path=path)


@track_creation.mutant(clause=5)
class FailedCommitIsSuccess(TrackFileOperationsUseCase):
    """Lets a commit fail in silence, and reports a success that is stored nowhere."""

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
                try:
                    await unit.commit()
                except Exception:
                    pass  # the next commit will save it
        except Exception as error:
            return OperationResult(success=False, file_path=path, error=reason(error))
        return OperationResult(success=True, operation_id=operation.id, file_path=path)


@track_creation.mutant(clause=5)
class ReadsOutsideTheTry(TrackFileOperationsUseCase):
    """Reads the file before the `try` begins, so that an unreadable file raises."""

    async def _track(
        self,
        kind: OperationKind,
        file_path: str,
        context: Mapping[str, Any] | None,
        metadata: Mapping[str, Any] | None,
        operation_id: str | None,
    ) -> OperationResult:
        path = self._normalise(file_path)
        operation = FileOperation(
            id=operation_id or uuid4().hex,
            kind=kind,
            file_path=path,
            context=dict(context or {}),
            metadata=dict(metadata or {}),
            checksum_before=await self._checksum(path),
        )
        try:
            async with self._store.unit() as unit:
                await unit.add(operation)
                await unit.commit()
        except Exception as error:
            return OperationResult(success=False, file_path=path, error=reason(error))
        return OperationResult(success=True, operation_id=operation.id, file_path=path)

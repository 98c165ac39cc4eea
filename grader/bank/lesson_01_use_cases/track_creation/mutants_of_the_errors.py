"""More mutants of `track-creation`: duplicates, and what the store and the file system raise."""

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


@track_creation.mutant(promise="same-path")
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


@track_creation.mutant(promise="same-id")
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


@track_creation.mutant(promise="commit")
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


@track_creation.mutant(promise="read")
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


@track_creation.mutant(promise="same-id")
class RenamesTheSecond(TrackFileOperationsUseCase):
    """Gives an operation a new id when its own is taken, and stores it."""

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
                if operation_id is not None and await unit.get(operation_id) is not None:
                    return await self._track(kind, file_path, context, metadata, None)
                await unit.add(operation)
                await unit.commit()
        except Exception as error:
            return OperationResult(success=False, file_path=path, error=reason(error))
        return OperationResult(success=True, operation_id=operation.id, file_path=path)


@track_creation.mutant(promise="no-id")
class RefusalHasAnId(TrackFileOperationsUseCase):
    """Answers with the id that was asked for, also when it stored nothing."""

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
            return OperationResult(False, operation_id, path, reason(error))
        return OperationResult(success=True, operation_id=operation.id, file_path=path)


@track_creation.mutant(promise="says-why")
class SilentRefusal(TrackFileOperationsUseCase):
    """Looks for duplicates itself, and says nothing of what it found."""

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
                    if other.id == operation.id or other.file_path == path:
                        return OperationResult(success=False, file_path=path)
                await unit.add(operation)
                await unit.commit()
        except Exception as error:
            return OperationResult(success=False, file_path=path, error=reason(error))
        return OperationResult(success=True, operation_id=operation.id, file_path=path)


@track_creation.mutant(promise="untouched")
class RollsBackTooMuch(TrackFileOperationsUseCase):
    """After a refusal removes what stands under the id, which is the operation of somebody else."""

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
        if operation_id is not None and not result.success:
            async with self._store.unit() as unit:
                if await unit.get(operation_id) is not None:
                    await unit.remove(operation_id)
                    await unit.commit()
        return result


@track_creation.mutant(promise="unit")
class OpensOutsideTheTry(TrackFileOperationsUseCase):
    """Opens its unit of work before the `try` begins: a store without a connection raises."""

    async def _track(
        self,
        kind: OperationKind,
        file_path: str,
        context: Mapping[str, Any] | None,
        metadata: Mapping[str, Any] | None,
        operation_id: str | None,
    ) -> OperationResult:
        path = self._normalise(file_path)
        async with self._store.unit() as unit:
            try:
                operation = FileOperation(
                    id=operation_id or uuid4().hex,
                    kind=kind,
                    file_path=path,
                    context=dict(context or {}),
                    metadata=dict(metadata or {}),
                    checksum_before=await self._checksum(path),
                )
                await unit.add(operation)
                await unit.commit()
            except Exception as error:
                return OperationResult(success=False, file_path=path, error=reason(error))
        return OperationResult(success=True, operation_id=operation.id, file_path=path)


@track_creation.mutant(promise="any-error")
class ExpectsOSErrors(TrackFileOperationsUseCase):
    """Expects `OSError` of a file system, and nothing else."""

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
            checksum = await self._checksum(path)
        except OSError as error:
            return OperationResult(success=False, file_path=path, error=reason(error))
        try:
            operation = FileOperation(
                id=operation_id or uuid4().hex,
                kind=kind,
                file_path=path,
                context=dict(context or {}),
                metadata=dict(metadata or {}),
                checksum_before=checksum,
            )
            async with self._store.unit() as unit:
                await unit.add(operation)
                await unit.commit()
        except Exception as error:
            return OperationResult(success=False, file_path=path, error=reason(error))
        return OperationResult(success=True, operation_id=operation.id, file_path=path)


@track_creation.mutant(promise="message")
class SaysThatItFailed(TrackFileOperationsUseCase):
    """Says that nothing was stored, and not why."""

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
        except Exception:
            return OperationResult(success=False, file_path=path, error="nothing was stored")
        return OperationResult(success=True, operation_id=operation.id, file_path=path)


@track_creation.mutant(promise="cancellation")
class CancellationIsAnError(TrackFileOperationsUseCase):
    """Makes an error result of a cancellation, too."""

    async def track_file_creation(
        self,
        file_path: str,
        operation_context: Mapping[str, Any] | None = None,
        metadata: Mapping[str, Any] | None = None,
        operation_id: str | None = None,
    ) -> OperationResult:
        try:
            return await self._track(
                OperationKind.CREATION, file_path, operation_context, metadata, operation_id
            )
        except BaseException as error:
            return OperationResult(success=False, error=reason(error))

"""Own variants of track-creation, written from the contract and the application alone."""

from grader.bank import track_creation
from vespera_scriptorium.application.usecases.track_file_operations import *  # noqa: F403


@track_creation.mutant(clause=1)
class AlwaysANewId(TrackFileOperationsUseCase):
    """The id that the caller gave is not used."""

    async def _track(
        self,
        kind: OperationKind,
        file_path: str,
        context: Mapping[str, Any] | None,
        metadata: Mapping[str, Any] | None,
        operation_id: str | None,
    ) -> OperationResult:
        """Store an operation, with the checksum that its file has now."""
        path = self._normalise(file_path)
        try:
            operation = FileOperation(
                id=uuid4().hex,
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
        return OperationResult(success=True, operation_id=operation.id, file_path=path)


@track_creation.mutant(clause=2)
class EverythingIsText(TrackFileOperationsUseCase):
    """The values of context and metadata become texts."""

    async def _track(
        self,
        kind: OperationKind,
        file_path: str,
        context: Mapping[str, Any] | None,
        metadata: Mapping[str, Any] | None,
        operation_id: str | None,
    ) -> OperationResult:
        """Store an operation, with the checksum that its file has now."""
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


@track_creation.mutant(clause=3)
class ResultAsGiven(TrackFileOperationsUseCase):
    """The result has the path as it was given."""

    async def _track(
        self,
        kind: OperationKind,
        file_path: str,
        context: Mapping[str, Any] | None,
        metadata: Mapping[str, Any] | None,
        operation_id: str | None,
    ) -> OperationResult:
        """Store an operation, with the checksum that its file has now."""
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


@track_creation.mutant(clause=4)
class AnIdForAnError(TrackFileOperationsUseCase):
    """An error result has the operation id, too."""

    async def _track(
        self,
        kind: OperationKind,
        file_path: str,
        context: Mapping[str, Any] | None,
        metadata: Mapping[str, Any] | None,
        operation_id: str | None,
    ) -> OperationResult:
        """Store an operation, with the checksum that its file has now."""
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


@track_creation.mutant(clause=5)
class OnlyExpectedErrors(TrackFileOperationsUseCase):
    """Only an `OSError` or a duplicate is a result; what else is raised comes out."""

    async def _track(
        self,
        kind: OperationKind,
        file_path: str,
        context: Mapping[str, Any] | None,
        metadata: Mapping[str, Any] | None,
        operation_id: str | None,
    ) -> OperationResult:
        """Store an operation, with the checksum that its file has now."""
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
                for known in await unit.all():
                    if operation.id == known.id or (
                        kind is known.kind is OperationKind.CREATION and path == known.file_path
                    ):
                        raise ValueError(f"{path} is tracked already")
                await unit.add(operation)
                await unit.commit()
        except (OSError, LookupError, ValueError) as error:
            return OperationResult(success=False, file_path=path, error=reason(error))
        return OperationResult(success=True, operation_id=operation.id, file_path=path)


@track_creation.mutant(clause=5)
class CancellationIsAnError(TrackFileOperationsUseCase):
    """A cancellation becomes an error result."""

    async def _track(
        self,
        kind: OperationKind,
        file_path: str,
        context: Mapping[str, Any] | None,
        metadata: Mapping[str, Any] | None,
        operation_id: str | None,
    ) -> OperationResult:
        """Store an operation, with the checksum that its file has now."""
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
        except BaseException as error:
            return OperationResult(success=False, file_path=path, error=reason(error))
        return OperationResult(success=True, operation_id=operation.id, file_path=path)


@track_creation.alternative()
class IdsWithAPrefix(TrackFileOperationsUseCase):
    """Gives ids of another kind."""

    async def _track(
        self,
        kind: OperationKind,
        file_path: str,
        context: Mapping[str, Any] | None,
        metadata: Mapping[str, Any] | None,
        operation_id: str | None,
    ) -> OperationResult:
        """Store an operation, with the checksum that its file has now."""
        path = self._normalise(file_path)
        try:
            operation = FileOperation(
                id=operation_id or f"operation-{uuid4()}",
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
            return OperationResult(success=False, file_path=path, error=f"not tracked: {error!r}")
        return OperationResult(success=True, operation_id=operation.id, file_path=path)


@track_creation.alternative()
class NoPathOnAnError(TrackFileOperationsUseCase):
    """An error result has no path."""

    async def _track(
        self,
        kind: OperationKind,
        file_path: str,
        context: Mapping[str, Any] | None,
        metadata: Mapping[str, Any] | None,
        operation_id: str | None,
    ) -> OperationResult:
        """Store an operation, with the checksum that its file has now."""
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
            return OperationResult(success=False, error=reason(error))
        return OperationResult(success=True, operation_id=operation.id, file_path=path)


@track_creation.alternative()
class ReadsInTheUnit(TrackFileOperationsUseCase):
    """Reads the file inside of the unit of work."""

    async def _track(
        self,
        kind: OperationKind,
        file_path: str,
        context: Mapping[str, Any] | None,
        metadata: Mapping[str, Any] | None,
        operation_id: str | None,
    ) -> OperationResult:
        """Store an operation, with the checksum that its file has now."""
        path = self._normalise(file_path)
        try:
            async with self._store.unit() as unit:
                operation = FileOperation(
                    id=operation_id or uuid4().hex,
                    kind=kind,
                    file_path=path,
                    context={**(context or {})},
                    metadata={**(metadata or {})},
                    checksum_before=await self._checksum(path),
                )
                await unit.add(operation)
                await unit.commit()
                return OperationResult(True, operation.id, path)
        except Exception as error:
            return OperationResult(success=False, file_path=path, error=reason(error))

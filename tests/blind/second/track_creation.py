"""Own variants of track-creation, written from the contract and the application alone."""

from grader.bank import TRACK_CREATION
from vespera_scriptorium.application.usecases.track_file_operations import *  # noqa: F403


@TRACK_CREATION.mutant(clause=1)
class NeverCommitted(TrackFileOperationsUseCase):
    """The operation is added to a unit of work, which nobody commits."""

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
        except Exception as error:
            return OperationResult(success=False, file_path=path, error=reason(error))
        return OperationResult(success=True, operation_id=operation.id, file_path=path)


@TRACK_CREATION.mutant(clause=2)
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
        """Store an operation, with the checksum that its file has now."""
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


@TRACK_CREATION.mutant(clause=3)
class OnlyTheDotInFront(TrackFileOperationsUseCase):
    """Takes a `./` away in front of a path, and leaves a `b/../a` as it is."""

    def _normalise(self, file_path: str) -> str:
        """The shortest spelling of a path."""
        return file_path.removeprefix("./")


@TRACK_CREATION.mutant(clause=4)
class ErrorWithAnId(TrackFileOperationsUseCase):
    """The error result of a duplicate carries the operation id as if it were stored."""

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
        operation_id = operation_id or uuid4().hex
        try:
            operation = FileOperation(
                id=operation_id,
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
            return OperationResult(False, operation_id, file_path=path, error=reason(error))
        return OperationResult(success=True, operation_id=operation.id, file_path=path)


@TRACK_CREATION.mutant(clause=5)
class ReadsOutsideOfTheTry(TrackFileOperationsUseCase):
    """What the file system raises comes out."""

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


@TRACK_CREATION.mutant(clause=5)
class CancellationIsAnError(TrackFileOperationsUseCase):
    """A cancellation is swallowed: it becomes an error result."""

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


@TRACK_CREATION.alternative()
class OtherIdsAndWords(TrackFileOperationsUseCase):
    """Makes ids that tell the kind, and errors that tell their type."""

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
        if operation_id is None:
            operation_id = f"{kind}/{uuid4()}"
        try:
            before = await self._checksum(path)
            operation = FileOperation(
                operation_id, kind, path, dict(context or {}), dict(metadata or {}), before
            )
            async with self._store.unit() as unit:
                await unit.add(operation)
                await unit.commit()
        except Exception as error:
            return OperationResult(False, error=f"{type(error).__name__}: {error} ({path})")
        return OperationResult(True, operation_id, path)


@TRACK_CREATION.alternative()
class ReadsInsideOfTheUnit(TrackFileOperationsUseCase):
    """Opens the unit of work first, and reads the file inside of it."""

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
                    id=operation_id or f"op-{uuid4().int}",
                    kind=kind,
                    file_path=path,
                    context=dict(context or {}),
                    metadata=dict(metadata or {}),
                    checksum_before=await self._checksum(path),
                )
                await unit.add(operation)
                await unit.commit()
                return OperationResult(True, operation.id, file_path=path)
        except Exception as error:
            return OperationResult(success=False, file_path=path, error=repr(error))


@TRACK_CREATION.alternative()
class LooksForDuplicatesItself(TrackFileOperationsUseCase):
    """Looks for what is stored already itself, before it adds, and says it in its own words."""

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
            checksum = await self._checksum(path)
            async with self._store.unit() as unit:
                others = await unit.all()
                if any(other.id == operation_id for other in others):
                    return OperationResult(False, file_path=path, error="taken")
                if kind is OperationKind.CREATION and any(
                    other.kind is kind and other.file_path == path for other in others
                ):
                    return OperationResult(False, file_path=path, error="created twice")
                operation = FileOperation(
                    id=operation_id or uuid4().hex,
                    kind=kind,
                    file_path=path,
                    context=dict(context or {}),
                    metadata=dict(metadata or {}),
                    checksum_before=checksum,
                )
                await unit.add(operation)
                await unit.commit()
        except Exception as error:
            return OperationResult(success=False, file_path=path, error=reason(error))
        return OperationResult(success=True, operation_id=operation.id, file_path=path)

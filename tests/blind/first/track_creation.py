"""Own variants of track-creation, written from the contract and the application alone."""

from grader.bank import TRACK_CREATION
from vespera_scriptorium.application.usecases.track_file_operations import *  # noqa: F403


@TRACK_CREATION.mutant(clause=1)
class NeverCommits(TrackFileOperationsUseCase):
    """Forgets to commit the unit of work."""

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
class KeepsThemAsJson(TrackFileOperationsUseCase):
    """Sends the context through JSON: tuples become lists, and keys that are numbers texts."""

    async def track_file_creation(
        self,
        file_path: str,
        operation_context: Mapping[str, Any] | None = None,
        metadata: Mapping[str, Any] | None = None,
        operation_id: str | None = None,
    ) -> OperationResult:
        """Track that a file is about to be created; without an id it gets one of its own."""
        import json

        context = json.loads(json.dumps(dict(operation_context or {}), default=str))
        return await self._track(OperationKind.CREATION, file_path, context, metadata, operation_id)


@TRACK_CREATION.mutant(clause=3)
class OnlyTheDotInFront(TrackFileOperationsUseCase):
    """Takes off a `./` in front, and leaves everything else in the path."""

    def _normalise(self, file_path: str) -> str:
        """The shortest spelling of a path."""
        return file_path.removeprefix("./")


@TRACK_CREATION.mutant(clause=4)
class AnErrorWithAnId(TrackFileOperationsUseCase):
    """An error result carries the id that the caller gave."""

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
            return OperationResult(
                success=False, operation_id=operation_id, file_path=path, error=reason(error)
            )
        return OperationResult(success=True, operation_id=operation.id, file_path=path)


@TRACK_CREATION.mutant(clause=5)
class ReadsOutsideOfTheTry(TrackFileOperationsUseCase):
    """What the file system raises comes out; only the store's errors become a result."""

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
class SwallowsTheCancellation(TrackFileOperationsUseCase):
    """A cancellation becomes an error result, too."""

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
class LongIds(TrackFileOperationsUseCase):
    """New ids look otherwise, and errors have a text in front."""

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
                id=operation_id or f"{kind}-{uuid4()}",
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
            return OperationResult(
                success=False, file_path=path, error=f"{path} is not tracked: {reason(error)}"
            )
        return OperationResult(success=True, operation_id=operation.id, file_path=path)


@TRACK_CREATION.alternative()
class LooksFirst(TrackFileOperationsUseCase):
    """Looks for the id and the path in the unit before it adds, and refuses in its own words."""

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
                for other in await unit.all():
                    same = other.file_path == path and other.kind is kind is OperationKind.CREATION
                    if same or other.id == operation_id:
                        return OperationResult(success=False, file_path=path, error="taken")
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


@TRACK_CREATION.alternative()
class ReadsInsideTheUnit(TrackFileOperationsUseCase):
    """Opens the unit first, and reads the file inside of it."""

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
        new_id = operation_id or str(uuid4())
        try:
            async with self._store.unit() as unit:
                before = await self._checksum(path)
                await unit.add(
                    FileOperation(
                        new_id, kind, path, dict(context or {}), dict(metadata or {}), before
                    )
                )
                await unit.commit()
        except Exception as error:
            return OperationResult(success=False, file_path=path, error=reason(error))
        return OperationResult(success=True, operation_id=new_id, file_path=path)

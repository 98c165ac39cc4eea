"""Own variants of round-trip, written from the contract and the application alone."""

from grader.bank import round_trip
from vespera_scriptorium.application.usecases.track_file_operations import *  # noqa: F403


@round_trip.mutant(clause=1)
class OncePerPath(TrackFileOperationsUseCase):
    """Of several operations on a path only the last one is counted."""

    async def verify_all_operations(self) -> VerificationSummary:
        """Check every tracked operation. Raises what the store raises when it cannot list them."""
        async with self._store.unit() as unit:
            by_path = {operation.file_path: operation for operation in await unit.all()}
            operations = list(by_path.values())
        results = [await self.verify_operation(operation.id) for operation in operations]
        verified = sum(result.verified for result in results)
        failed = sum(not result.success for result in results)
        return VerificationSummary(
            total=len(results),
            verified=verified,
            unverified=len(results) - verified - failed,
            failed=failed,
            all_verified=bool(results) and verified == len(results),
            results=tuple(results),
        )


@round_trip.mutant(clause=2)
class NoFileBeforeIsNoChange(TrackFileOperationsUseCase):
    """A modification of what was no file then is not verified."""

    async def _has_happened(self, operation: FileOperation) -> bool:
        """Compare the file with what was tracked."""
        checksum = await self._checksum(operation.file_path)
        if operation.kind is OperationKind.CREATION:
            return checksum is not None
        if operation.checksum_before is None:
            return False
        return checksum is not None and checksum != operation.checksum_before


@round_trip.mutant(clause=3)
class WasThereAlready(TrackFileOperationsUseCase):
    """A creation is not verified when its file was there before it was tracked."""

    async def _has_happened(self, operation: FileOperation) -> bool:
        """Compare the file with what was tracked."""
        checksum = await self._checksum(operation.file_path)
        if operation.kind is OperationKind.CREATION:
            return checksum is not None and operation.checksum_before is None
        return checksum is not None and checksum != operation.checksum_before


@round_trip.mutant(clause=4)
class OnceVerified(TrackFileOperationsUseCase):
    """What was verified once stays verified, whatever becomes of the file."""

    async def _has_happened(self, operation: FileOperation) -> bool:
        """Compare the file with what was tracked."""
        happened = self.__dict__.setdefault("_happened", set())
        checksum = await self._checksum(operation.file_path)
        if checksum is not None and (
            operation.kind is OperationKind.CREATION or checksum != operation.checksum_before
        ):
            happened.add(operation.id)
        return operation.id in happened


@round_trip.mutant(clause=5)
class AllOfNothing(TrackFileOperationsUseCase):
    """Nothing tracked is all verified."""

    async def verify_all_operations(self) -> VerificationSummary:
        """Check every tracked operation. Raises what the store raises when it cannot list them."""
        async with self._store.unit() as unit:
            operations = await unit.all()
        results = [await self.verify_operation(operation.id) for operation in operations]
        verified = sum(result.verified for result in results)
        failed = sum(not result.success for result in results)
        return VerificationSummary(
            total=len(results),
            verified=verified,
            unverified=len(results) - verified - failed,
            failed=failed,
            all_verified=verified == len(results),
            results=tuple(results),
        )


@round_trip.mutant(clause=6)
class CaseDoesNotMatter(TrackFileOperationsUseCase):
    """`a` and `A` are one path."""

    def _normalise(self, file_path: str) -> str:
        """The shortest spelling of a path."""
        return os.path.normpath(file_path).lower()


@round_trip.alternative()
class LongerChecksums(TrackFileOperationsUseCase):
    """Uses another checksum."""

    async def _checksum(self, file_path: str) -> str | None:
        """The SHA-256 of a file's content; None when there is no file."""
        content = await self._files.read(file_path)
        return None if content is None else hashlib.sha512(content).hexdigest()


@round_trip.alternative()
class LastOneFirst(TrackFileOperationsUseCase):
    """Checks the last one first."""

    async def verify_all_operations(self) -> VerificationSummary:
        """Check every tracked operation. Raises what the store raises when it cannot list them."""
        async with self._store.unit() as unit:
            operations = await unit.all()
        results = []
        for operation in reversed(operations):
            results.insert(0, await self.verify_operation(operation.id))
        verified = sum(result.verified for result in results)
        failed = sum(not result.success for result in results)
        return VerificationSummary(
            total=len(results),
            verified=verified,
            unverified=len(results) - verified - failed,
            failed=failed,
            all_verified=bool(results) and verified == len(results),
            results=tuple(results),
        )


@round_trip.alternative()
class OtherWords(TrackFileOperationsUseCase):
    """Says an error in other words, and gives other ids."""

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
                id=operation_id or f"op:{uuid4()}",
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
            return OperationResult(success=False, file_path=path, error=f"{file_path} cannot be tracked: {error!r}")
        return OperationResult(success=True, operation_id=operation.id, file_path=path)

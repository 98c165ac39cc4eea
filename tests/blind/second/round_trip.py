"""Own variants of round-trip, written from the contract and the application alone."""

from grader.bank import ROUND_TRIP
from vespera_scriptorium.application.usecases.track_file_operations import *  # noqa: F403


@ROUND_TRIP.mutant(clause=1)
class OneForEachPath(TrackFileOperationsUseCase):
    """Counts only the last operation of each path."""

    async def verify_all_operations(self) -> VerificationSummary:
        """Check every tracked operation. Raises what the store raises when it cannot list them."""
        async with self._store.unit() as unit:
            operations = {operation.file_path: operation for operation in await unit.all()}
        results = [await self.verify_operation(operation.id) for operation in operations.values()]
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


@ROUND_TRIP.mutant(clause=2)
class EmptyIsNoFile(TrackFileOperationsUseCase):
    """Takes a file that has become empty for one that is gone: no modification."""

    async def _has_happened(self, operation: FileOperation) -> bool:
        """Compare the file with what was tracked."""
        checksum = await self._checksum(operation.file_path)
        if operation.kind is OperationKind.CREATION:
            return checksum is not None
        if not await self._files.read(operation.file_path):
            return False
        return checksum != operation.checksum_before


@ROUND_TRIP.mutant(clause=3)
class OnlyNewFiles(TrackFileOperationsUseCase):
    """A creation of a file that was there before it was tracked is never verified."""

    async def _has_happened(self, operation: FileOperation) -> bool:
        """Compare the file with what was tracked."""
        checksum = await self._checksum(operation.file_path)
        if operation.kind is OperationKind.CREATION:
            return checksum is not None and operation.checksum_before is None
        return checksum is not None and checksum != operation.checksum_before


@ROUND_TRIP.mutant(clause=4)
class VerifiedForGood(TrackFileOperationsUseCase):
    """What was verified once stays verified, whatever becomes of the file."""

    async def _has_happened(self, operation: FileOperation) -> bool:
        """Compare the file with what was tracked."""
        done = self.__dict__.setdefault("_done", set())
        if operation.id in done:
            return True
        checksum = await self._checksum(operation.file_path)
        happened = checksum is not None
        if operation.kind is not OperationKind.CREATION:
            happened = happened and checksum != operation.checksum_before
        if happened:
            done.add(operation.id)
        return happened


@ROUND_TRIP.mutant(clause=5)
class TheLastOneTellsAll(TrackFileOperationsUseCase):
    """`all_verified` is that of the last operation."""

    async def verify_all_operations(self) -> VerificationSummary:
        """Check every tracked operation. Raises what the store raises when it cannot list them."""
        async with self._store.unit() as unit:
            operations = await unit.all()
        all_verified = False
        results = []
        for operation in operations:
            result = await self.verify_operation(operation.id)
            all_verified = result.verified
            results.append(result)
        verified = sum(result.verified for result in results)
        failed = sum(not result.success for result in results)
        return VerificationSummary(
            total=len(results),
            verified=verified,
            unverified=len(results) - verified - failed,
            failed=failed,
            all_verified=all_verified,
            results=tuple(results),
        )


@ROUND_TRIP.mutant(clause=6)
class CaseDoesNotMatter(TrackFileOperationsUseCase):
    """Takes `A` and `a` for one path."""

    def _normalise(self, file_path: str) -> str:
        """The shortest spelling of a path."""
        return os.path.normpath(file_path).lower()


@ROUND_TRIP.alternative()
class ChecksTogether(TrackFileOperationsUseCase):
    """Makes all checks at the same time."""

    async def verify_all_operations(self) -> VerificationSummary:
        """Check every tracked operation. Raises what the store raises when it cannot list them."""
        import asyncio

        async with self._store.unit() as unit:
            operations = await unit.all()
        results = await asyncio.gather(*(self.verify_operation(o.id) for o in operations))
        verified = [r for r in results if r.verified]
        failed = [r for r in results if not r.success]
        return VerificationSummary(
            total=len(operations),
            verified=len(verified),
            unverified=len(operations) - len(verified) - len(failed),
            failed=len(failed),
            all_verified=len(verified) == len(operations) > 0,
            results=tuple(results),
        )


@ROUND_TRIP.alternative()
class AnotherChecksum(TrackFileOperationsUseCase):
    """Stores another checksum, with the length before it."""

    async def _checksum(self, file_path: str) -> str | None:
        """The SHA-256 of a file's content; None when there is no file."""
        content = await self._files.read(file_path)
        if content is None:
            return None
        return f"{len(content)}:{hashlib.blake2b(content).hexdigest()}"


@ROUND_TRIP.alternative()
class PurePaths(TrackFileOperationsUseCase):
    """Shortens a path through `posixpath`, part by part."""

    def _normalise(self, file_path: str) -> str:
        """The shortest spelling of a path."""
        import posixpath

        return posixpath.normpath(posixpath.join(".", file_path))

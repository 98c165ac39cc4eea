"""Own variants of round-trip, written from the contract and the application alone."""

from grader.bank import ROUND_TRIP
from vespera_scriptorium.application.usecases.track_file_operations import *  # noqa: F403


@ROUND_TRIP.mutant(clause=1)
class OneForEachPath(TrackFileOperationsUseCase):
    """Counts only the last operation on each path."""

    async def verify_all_operations(self) -> VerificationSummary:
        """Check every tracked operation. Raises what the store raises when it cannot list them."""
        async with self._store.unit() as unit:
            operations = {operation.file_path: operation for operation in await unit.all()}
        results = [await self.verify_operation(one.id) for one in operations.values()]
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
class NeedsAFileBefore(TrackFileOperationsUseCase):
    """Verifies no modification of a file that was not there when it was tracked."""

    async def _has_happened(self, operation: FileOperation) -> bool:
        """Compare the file with what was tracked."""
        checksum = await self._checksum(operation.file_path)
        if operation.kind is OperationKind.CREATION:
            return checksum is not None
        if checksum is None or operation.checksum_before is None:
            return False
        return checksum != operation.checksum_before


@ROUND_TRIP.mutant(clause=2)
class ComparesSizes(TrackFileOperationsUseCase):
    """Compares how long the contents are."""

    async def _checksum(self, file_path: str) -> str | None:
        """The SHA-256 of a file's content; None when there is no file."""
        content = await self._files.read(file_path)
        return None if content is None else str(len(content))


@ROUND_TRIP.mutant(clause=3)
class NotBefore(TrackFileOperationsUseCase):
    """Verifies no creation of a file that has been there, as it is now, when it was tracked."""

    async def _has_happened(self, operation: FileOperation) -> bool:
        """Compare the file with what was tracked."""
        checksum = await self._checksum(operation.file_path)
        return checksum is not None and checksum != operation.checksum_before


@ROUND_TRIP.mutant(clause=4)
class ForgetsWhatIsVerified(TrackFileOperationsUseCase):
    """Removes the verified operations from the store."""

    async def verify_all_operations(self) -> VerificationSummary:
        """Check every tracked operation. Raises what the store raises when it cannot list them."""
        async with self._store.unit() as unit:
            operations = await unit.all()
        results = [await self.verify_operation(operation.id) for operation in operations]
        async with self._store.unit() as unit:
            for result in results:
                if result.verified:
                    await unit.remove(result.operation_id)
            await unit.commit()
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


@ROUND_TRIP.mutant(clause=6)
class IgnoresCase(TrackFileOperationsUseCase):
    """Takes paths that differ only in upper and lower case for one."""

    def _normalise(self, file_path: str) -> str:
        """The shortest spelling of a path."""
        return os.path.normpath(file_path).lower()


@ROUND_TRIP.alternative()
class OtherHash(TrackFileOperationsUseCase):
    """Keeps another checksum than SHA-256, with the length before it."""

    async def _checksum(self, file_path: str) -> str | None:
        """The SHA-256 of a file's content; None when there is no file."""
        content = await self._files.read(file_path)
        if content is None:
            return None
        return f"{len(content)}:{hashlib.blake2b(content).hexdigest()}"


@ROUND_TRIP.alternative()
class AllTogether(TrackFileOperationsUseCase):
    """Verifies all operations at the same time, and counts them one by one."""

    async def verify_all_operations(self) -> VerificationSummary:
        """Check every tracked operation. Raises what the store raises when it cannot list them."""
        import asyncio

        async with self._store.unit() as unit:
            ids = [operation.id for operation in await unit.all()]
        results = await asyncio.gather(*(self.verify_operation(number) for number in ids))
        counts = {"verified": 0, "unverified": 0, "failed": 0}
        for result in results:
            if not result.success:
                counts["failed"] += 1
            elif result.verified:
                counts["verified"] += 1
            else:
                counts["unverified"] += 1
        complete = counts["unverified"] == counts["failed"] == 0
        return VerificationSummary(
            total=sum(counts.values()),
            all_verified=complete and counts["verified"] > 0,
            results=tuple(results),
            **counts,
        )


@ROUND_TRIP.alternative()
class PurePaths(TrackFileOperationsUseCase):
    """Spells paths as `pathlib` does, and looks at creations apart from modifications."""

    async def _has_happened(self, operation: FileOperation) -> bool:
        """Compare the file with what was tracked."""
        content = await self._files.read(operation.file_path)
        if content is None:
            return False
        match operation.kind:
            case OperationKind.CREATION:
                return True
            case _:
                return hashlib.sha256(content).hexdigest() != operation.checksum_before

    def _normalise(self, file_path: str) -> str:
        """The shortest spelling of a path."""
        from pathlib import PurePath

        return str(PurePath(file_path))

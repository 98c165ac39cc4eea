"""The mutants of `round-trip`: each has one bug, and breaks one clause."""

import os.path

from vespera_scriptorium.application.usecases.track_file_operations import (
    TrackFileOperationsUseCase,
)
from vespera_scriptorium.domain.file_operation import (
    FileOperation,
    OperationKind,
    VerificationSummary,
)

from .exercise import round_trip


@round_trip.mutant(clause=1)
class OneAPath(TrackFileOperationsUseCase):
    """Checks the last operation of each path, as if a file changed only once."""

    async def verify_all_operations(self) -> VerificationSummary:
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


@round_trip.mutant(clause=2)
class LooksAtTheSize(TrackFileOperationsUseCase):
    """Compares sizes: a change that keeps the length goes unseen."""

    async def _checksum(self, file_path: str) -> str | None:
        content = await self._files.read(file_path)
        return None if content is None else str(len(content))


@round_trip.mutant(clause=3)
class EmptyIsNoFile(TrackFileOperationsUseCase):
    """Takes an empty file for none."""

    async def _has_happened(self, operation: FileOperation) -> bool:
        checksum = await self._checksum(operation.file_path)
        if operation.kind is OperationKind.CREATION:
            return bool(await self._files.read(operation.file_path))
        return checksum is not None and checksum != operation.checksum_before


@round_trip.mutant(clause=4)
class ForgetsTheVerified(TrackFileOperationsUseCase):
    """Removes what it has verified, to have less to do the next time."""

    async def verify_all_operations(self) -> VerificationSummary:
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


@round_trip.mutant(clause=5)
class NothingIsAll(TrackFileOperationsUseCase):
    """Asks whether all are verified, which is true of none at all."""

    async def verify_all_operations(self) -> VerificationSummary:
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
            all_verified=all(result.verified for result in results),
            results=tuple(results),
        )


@round_trip.mutant(clause=6)
class IgnoresCase(TrackFileOperationsUseCase):
    """Folds the case of a path, as some file systems do."""

    def _normalise(self, file_path: str) -> str:
        return os.path.normpath(file_path).lower()


@round_trip.mutant(clause=6)
class TakesPathsAsTheyAre(TrackFileOperationsUseCase):
    """Stores a path as it was written, so that one file has many."""

    def _normalise(self, file_path: str) -> str:
        return file_path

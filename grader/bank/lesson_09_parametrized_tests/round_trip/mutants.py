"""The mutants of `round-trip`: each has one bug, and breaks one promise."""

import os.path
from collections.abc import Mapping
from typing import Any

from vespera_scriptorium.application.usecases.track_file_operations import (
    TrackFileOperationsUseCase,
)
from vespera_scriptorium.domain.file_operation import (
    FileOperation,
    OperationKind,
    OperationResult,
    VerificationSummary,
)

from .exercise import round_trip


@round_trip.mutant(promise="same-path")
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


@round_trip.mutant(promise="content")
class LooksAtTheSize(TrackFileOperationsUseCase):
    """Compares sizes: a change that keeps the length goes unseen."""

    async def _checksum(self, file_path: str) -> str | None:
        content = await self._files.read(file_path)
        return None if content is None else str(len(content))


@round_trip.mutant(promise="empty")
class EmptyIsNoFile(TrackFileOperationsUseCase):
    """Takes an empty file for none."""

    async def _has_happened(self, operation: FileOperation) -> bool:
        checksum = await self._checksum(operation.file_path)
        if operation.kind is OperationKind.CREATION:
            return bool(await self._files.read(operation.file_path))
        return checksum is not None and checksum != operation.checksum_before


@round_trip.mutant(promise="kept")
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


@round_trip.mutant(promise="some")
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


@round_trip.mutant(promise="case")
class IgnoresCase(TrackFileOperationsUseCase):
    """Folds the case of a path, as some file systems do."""

    def _normalise(self, file_path: str) -> str:
        return os.path.normpath(file_path).lower()


@round_trip.mutant(promise="one-path")
class TakesPathsAsTheyAre(TrackFileOperationsUseCase):
    """Stores a path as it was written, so that one file has many."""

    def _normalise(self, file_path: str) -> str:
        return file_path


@round_trip.mutant(promise="any-number")
class TheFirstThree(TrackFileOperationsUseCase):
    """Checks the first three operations, as if there were pages."""

    async def verify_all_operations(self) -> VerificationSummary:
        async with self._store.unit() as unit:
            operations = (await unit.all())[:3]
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


@round_trip.mutant(promise="unverified")
class CountsTheFailedOnly(TrackFileOperationsUseCase):
    """Counts as unverified what has failed, and forgets what was not done."""

    async def verify_all_operations(self) -> VerificationSummary:
        async with self._store.unit() as unit:
            operations = await unit.all()
        results = [await self.verify_operation(operation.id) for operation in operations]
        verified = sum(result.verified for result in results)
        failed = sum(not result.success for result in results)
        return VerificationSummary(
            total=len(results),
            verified=verified,
            unverified=failed,
            failed=failed,
            all_verified=bool(results) and verified == len(results),
            results=tuple(results),
        )


@round_trip.mutant(promise="all-of-it")
class LooksAtTheBeginning(TrackFileOperationsUseCase):
    """Compares the beginning of a file, to be quick."""

    async def _checksum(self, file_path: str) -> str | None:
        content = await self._files.read(file_path)
        return None if content is None else content[:1].hex()


@round_trip.mutant(promise="no-file-before")
class NeedsAFileBefore(TrackFileOperationsUseCase):
    """Takes a file that was not there before for one that has not changed."""

    async def _has_happened(self, operation: FileOperation) -> bool:
        checksum = await self._checksum(operation.file_path)
        if operation.kind is OperationKind.CREATION:
            return checksum is not None
        return None not in (checksum, operation.checksum_before) and (
            checksum != operation.checksum_before
        )


@round_trip.mutant(promise="no-file-now")
class GoneIsChanged(TrackFileOperationsUseCase):
    """Takes a file that is gone for one that has changed."""

    async def _has_happened(self, operation: FileOperation) -> bool:
        checksum = await self._checksum(operation.file_path)
        if operation.kind is OperationKind.CREATION:
            return checksum is not None
        return checksum != operation.checksum_before


@round_trip.mutant(promise="written-before")
class OnlyNewFiles(TrackFileOperationsUseCase):
    """Takes a file for created only if it was not there when that was tracked."""

    async def _has_happened(self, operation: FileOperation) -> bool:
        checksum = await self._checksum(operation.file_path)
        if operation.kind is OperationKind.CREATION:
            return checksum is not None and operation.checksum_before is None
        return checksum is not None and checksum != operation.checksum_before


@round_trip.mutant(promise="same-answer")
class TakesTheNewContent(TrackFileOperationsUseCase):
    """Keeps the content that it has verified, and waits for another change."""

    async def _has_happened(self, operation: FileOperation) -> bool:
        from dataclasses import replace

        checksum = await self._checksum(operation.file_path)
        if operation.kind is OperationKind.CREATION:
            return checksum is not None
        verified = checksum is not None and checksum != operation.checksum_before
        if verified:
            async with self._store.unit() as unit:
                await unit.remove(operation.id)
                await unit.add(replace(operation, checksum_before=checksum))
                await unit.commit()
        return verified


@round_trip.mutant(promise="anew")
class RemembersWhatItFound(TrackFileOperationsUseCase):
    """Looks once at the file of each operation, and answers from memory after that."""

    async def _has_happened(self, operation: FileOperation) -> bool:
        found: dict[str, bool] = vars(self).setdefault("_found", {})
        if operation.id not in found:
            checksum = await self._checksum(operation.file_path)
            changed = (
                operation.kind is OperationKind.CREATION or checksum != operation.checksum_before
            )
            found[operation.id] = checksum is not None and changed
        return found[operation.id]


@round_trip.mutant(promise="all")
class OneIsAll(TrackFileOperationsUseCase):
    """Takes one that is verified for all."""

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
            all_verified=verified > 0,
            results=tuple(results),
        )


@round_trip.mutant(promise="not-the-last")
class TheLastIsAll(TrackFileOperationsUseCase):
    """Takes the last one for all."""

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
            all_verified=bool(results) and results[-1].verified,
            results=tuple(results),
        )


@round_trip.mutant(promise="second")
class TrackedIsTracked(TrackFileOperationsUseCase):
    """Answers a second creation with a success, since the file is tracked."""

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
        return OperationResult(True, result.operation_id, result.file_path)

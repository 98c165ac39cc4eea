"""The mutants of `verify-operation`: each has one bug, and breaks one clause."""

import hashlib

from vespera_scriptorium.application.usecases.track_file_operations import (
    TrackFileOperationsUseCase,
)
from vespera_scriptorium.domain.errors import UnknownOperationError, reason
from vespera_scriptorium.domain.file_operation import (
    FileOperation,
    OperationKind,
    VerificationResult,
)

from .exercise import verify_operation


@verify_operation.mutant(clause=1)
class AlwaysVerified(TrackFileOperationsUseCase):
    """Takes a check that ran for a check that found something."""

    async def verify_operation(self, operation_id: str) -> VerificationResult:
        try:
            async with self._store.unit() as unit:
                operation = await unit.get(operation_id)
            if operation is None:
                raise UnknownOperationError(f"there is no operation {operation_id}")
            await self._has_happened(operation)
        except Exception as error:
            return VerificationResult(success=False, operation_id=operation_id, error=reason(error))
        return VerificationResult(success=True, operation_id=operation_id, verified=True)


@verify_operation.mutant(clause=1)
class EmptyIsMissing(TrackFileOperationsUseCase):
    """Writes `if not content` where `if content is None` is meant: an empty file is no file."""

    async def _checksum(self, file_path: str) -> str | None:
        content = await self._files.read(file_path)
        return hashlib.sha256(content).hexdigest() if content else None


@verify_operation.mutant(clause=2)
class ExistenceOnly(TrackFileOperationsUseCase):
    """Is content with a modified file that exists, as if it had been a creation."""

    async def _has_happened(self, operation: FileOperation) -> bool:
        checksum = await self._checksum(operation.file_path)
        return checksum is not None


@verify_operation.mutant(clause=2)
class SizeOnly(TrackFileOperationsUseCase):
    """Compares sizes, which is fast: a change that keeps the length is not seen."""

    async def _checksum(self, file_path: str) -> str | None:
        content = await self._files.read(file_path)
        return None if content is None else f"{len(content)} bytes"


@verify_operation.mutant(clause=2)
class HashOfThePath(TrackFileOperationsUseCase):
    """Hashes the path instead of the content, so that no content ever differs."""

    async def _checksum(self, file_path: str) -> str | None:
        content = await self._files.read(file_path)
        return None if content is None else hashlib.sha256(file_path.encode()).hexdigest()


@verify_operation.mutant(clause=2)
class GoneIsModified(TrackFileOperationsUseCase):
    """Only asks whether the checksum differs: a file that is gone has none, which differs."""

    async def _has_happened(self, operation: FileOperation) -> bool:
        checksum = await self._checksum(operation.file_path)
        if operation.kind is OperationKind.CREATION:
            return checksum is not None
        return checksum != operation.checksum_before


@verify_operation.mutant(clause=3)
class UnknownIsUnverified(TrackFileOperationsUseCase):
    """Reports an id that nobody tracked as a check that ran and found nothing."""

    async def verify_operation(self, operation_id: str) -> VerificationResult:
        try:
            async with self._store.unit() as unit:
                operation = await unit.get(operation_id)
            verified = operation is not None and await self._has_happened(operation)
        except Exception as error:
            return VerificationResult(success=False, operation_id=operation_id, error=reason(error))
        return VerificationResult(success=True, operation_id=operation_id, verified=verified)


@verify_operation.mutant(clause=4)
class UnreadableIsMissing(TrackFileOperationsUseCase):
    """Treats a file that cannot be read as one that is not there: the check seems to have run."""

    async def _checksum(self, file_path: str) -> str | None:
        try:
            content = await self._files.read(file_path)
        except OSError:
            return None
        return None if content is None else hashlib.sha256(content).hexdigest()

"""Correct implementations for `verify-operation`, built differently."""

import hashlib

from vespera_scriptorium.application.usecases.track_file_operations import (
    TrackFileOperationsUseCase,
)
from vespera_scriptorium.domain.file_operation import VerificationResult

from .exercise import verify_operation


@verify_operation.alternative()
class OtherChecksumInChunks(TrackFileOperationsUseCase):
    """Takes another checksum, BLAKE2, in chunks of 64 kB."""

    async def _checksum(self, file_path: str) -> str | None:
        content = await self._files.read(file_path)
        if content is None:
            return None
        checksum = hashlib.blake2b(digest_size=16)
        for start in range(0, len(content), 65536):
            checksum.update(content[start : start + 65536])
        return f"blake2b:{checksum.hexdigest()}"


@verify_operation.alternative()
class ErrorsInItsOwnWords(TrackFileOperationsUseCase):
    """Looks an operation up and checks it in one unit of work.

    `error`: words its errors in its own way.
    """

    async def verify_operation(self, operation_id: str) -> VerificationResult:
        try:
            async with self._store.unit() as unit:
                operation = await unit.get(operation_id)
                if operation is None:
                    error = f"nobody tracked {operation_id}"
                    return VerificationResult(False, operation_id, error=error)
                verified = await self._has_happened(operation)
        except Exception as problem:
            error = f"not checked, {type(problem).__name__}: {problem}"
            return VerificationResult(False, operation_id, error=error)
        return VerificationResult(True, operation_id, verified)

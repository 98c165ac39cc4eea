"""Correct implementations for `verify-operation`, built differently."""

import hashlib

from vespera_scriptorium.application.usecases.track_file_operations import (
    TrackFileOperationsUseCase,
)

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

"""Track what happens to files, and verify later that it did."""

import hashlib
import os.path
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from vespera_scriptorium.application.ports import FileOperationStore, FileSystem
from vespera_scriptorium.domain.errors import UnknownOperationError, reason
from vespera_scriptorium.domain.file_operation import (
    FileOperation,
    OperationKind,
    OperationResult,
    VerificationResult,
    VerificationSummary,
)


class TrackFileOperationsUseCase:
    """Tracks operations on files *before* they happen, and verifies them after.

    The contract:

    1. To track or to verify an operation never raises an `Exception`: what goes wrong is a result
       with `success` False and the reason in `error`.
    2. A success means stored: the operation is found through another unit of work, under its
       `operation_id`, with its context and its metadata as they were given.
    3. Paths are normalised: `./a` and `a` are the same path. A relative path stays relative.
    4. An id that is taken, or a second creation of a path, is an error result, carries no
       operation id, and stores nothing.
    5. `verify_operation`: `success` says that the check ran, `verified` what it found. A creation
       is verified once the file exists; a modification once there is a file whose content differs
       from what it was when the modification was tracked.
    6. An id that nobody tracked is an error result. So is a file that cannot be read.
    7. `verify_all_operations` checks every operation, in the order in which they were tracked, and
       counts each once: verified, unverified, or failed (the check did not run). One failed check
       hides no other.
    8. `all_verified` is True when there is at least one operation and all of them are verified.
    """

    def __init__(self, store: FileOperationStore, files: FileSystem) -> None:
        self._store = store
        self._files = files

    async def track_file_creation(
        self,
        file_path: str,
        operation_context: Mapping[str, Any] | None = None,
        metadata: Mapping[str, Any] | None = None,
        operation_id: str | None = None,
    ) -> OperationResult:
        """Track that a file is about to be created; without an id it gets one of its own."""
        return await self._track(
            OperationKind.CREATION, file_path, operation_context, metadata, operation_id
        )

    async def track_file_modification(
        self,
        file_path: str,
        operation_context: Mapping[str, Any] | None = None,
        metadata: Mapping[str, Any] | None = None,
        operation_id: str | None = None,
    ) -> OperationResult:
        """Track that a file is about to be modified; without an id it gets one of its own."""
        return await self._track(
            OperationKind.MODIFICATION, file_path, operation_context, metadata, operation_id
        )

    async def verify_operation(self, operation_id: str) -> VerificationResult:
        """Check whether an operation has happened."""
        try:
            async with self._store.unit() as unit:
                operation = await unit.get(operation_id)
            if operation is None:
                raise UnknownOperationError(f"there is no operation {operation_id}")
            verified = await self._has_happened(operation)
        except Exception as error:
            return VerificationResult(success=False, operation_id=operation_id, error=reason(error))
        return VerificationResult(success=True, operation_id=operation_id, verified=verified)

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
            all_verified=bool(results) and verified == len(results),
            results=tuple(results),
        )

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
            return OperationResult(success=False, file_path=path, error=reason(error))
        return OperationResult(success=True, operation_id=operation.id, file_path=path)

    async def _has_happened(self, operation: FileOperation) -> bool:
        """Compare the file with what was tracked."""
        checksum = await self._checksum(operation.file_path)
        if operation.kind is OperationKind.CREATION:
            return checksum is not None
        return checksum is not None and checksum != operation.checksum_before

    async def _checksum(self, file_path: str) -> str | None:
        """The SHA-256 of a file's content; None when there is no file."""
        content = await self._files.read(file_path)
        return None if content is None else hashlib.sha256(content).hexdigest()

    def _normalise(self, file_path: str) -> str:
        """The shortest spelling of a path."""
        return os.path.normpath(file_path)

"""The mutants of `verify-operation`: each has one bug, and breaks one promise."""

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


@verify_operation.mutant(promise="not-before")
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


@verify_operation.mutant(promise="empty")
class EmptyIsMissing(TrackFileOperationsUseCase):
    """Writes `if not content` where `if content is None` is meant: an empty file is no file."""

    async def _checksum(self, file_path: str) -> str | None:
        content = await self._files.read(file_path)
        return hashlib.sha256(content).hexdigest() if content else None


@verify_operation.mutant(promise="unchanged")
class ExistenceOnly(TrackFileOperationsUseCase):
    """Is content with a modified file that exists, as if it had been a creation."""

    async def _has_happened(self, operation: FileOperation) -> bool:
        checksum = await self._checksum(operation.file_path)
        return checksum is not None


@verify_operation.mutant(promise="same-length")
class SizeOnly(TrackFileOperationsUseCase):
    """Compares sizes, which is fast: a change that keeps the length is not seen."""

    async def _checksum(self, file_path: str) -> str | None:
        content = await self._files.read(file_path)
        return None if content is None else f"{len(content)} bytes"


@verify_operation.mutant(promise="differs")
class HashOfThePath(TrackFileOperationsUseCase):
    """Hashes the path instead of the content, so that no content ever differs."""

    async def _checksum(self, file_path: str) -> str | None:
        content = await self._files.read(file_path)
        return None if content is None else hashlib.sha256(file_path.encode()).hexdigest()


@verify_operation.mutant(promise="gone")
class GoneIsModified(TrackFileOperationsUseCase):
    """Only asks whether the checksum differs: a file that is gone has none, which differs."""

    async def _has_happened(self, operation: FileOperation) -> bool:
        checksum = await self._checksum(operation.file_path)
        if operation.kind is OperationKind.CREATION:
            return checksum is not None
        return checksum != operation.checksum_before


@verify_operation.mutant(promise="unknown")
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


@verify_operation.mutant(promise="unreadable")
class UnreadableIsMissing(TrackFileOperationsUseCase):
    """Treats a file that cannot be read as one that is not there: the check seems to have run."""

    async def _checksum(self, file_path: str) -> str | None:
        try:
            content = await self._files.read(file_path)
        except OSError:
            return None
        return None if content is None else hashlib.sha256(content).hexdigest()


@verify_operation.mutant(promise="already-there")
class OnlyNewFiles(TrackFileOperationsUseCase):
    """Verifies a creation only where there was no file when it was tracked."""

    async def _has_happened(self, operation: FileOperation) -> bool:
        checksum = await self._checksum(operation.file_path)
        if operation.kind is OperationKind.CREATION:
            return checksum is not None and operation.checksum_before is None
        return checksum is not None and checksum != operation.checksum_before


@verify_operation.mutant(promise="anew")
class RemembersWhatItFound(TrackFileOperationsUseCase):
    """Keeps the first answer about an operation, and gives it again."""

    async def verify_operation(self, operation_id: str) -> VerificationResult:
        try:
            async with self._store.unit() as unit:
                operation = await unit.get(operation_id)
            if operation is None:
                raise UnknownOperationError(f"there is no operation {operation_id}")
            found = vars(self).setdefault("_found", {})
            if operation_id not in found:
                found[operation_id] = await self._has_happened(operation)
            verified = found[operation_id]
        except Exception as error:
            return VerificationResult(success=False, operation_id=operation_id, error=reason(error))
        return VerificationResult(success=True, operation_id=operation_id, verified=verified)


@verify_operation.mutant(promise="anywhere")
class OnlyTheBeginning(TrackFileOperationsUseCase):
    """Compares the first hundred bytes, which is fast."""

    async def _checksum(self, file_path: str) -> str | None:
        content = await self._files.read(file_path)
        return None if content is None else hashlib.sha256(content[:100]).hexdigest()


@verify_operation.mutant(promise="any-byte")
class IgnoresBlanks(TrackFileOperationsUseCase):
    """Takes blanks and line breaks at the end for no difference."""

    async def _checksum(self, file_path: str) -> str | None:
        content = await self._files.read(file_path)
        return None if content is None else hashlib.sha256(content.rstrip()).hexdigest()


@verify_operation.mutant(promise="not-text")
class OnlyText(TrackFileOperationsUseCase):
    """Reads every file as text, and fails where it is none."""

    async def _checksum(self, file_path: str) -> str | None:
        content = await self._files.read(file_path)
        return None if content is None else hashlib.sha256(content.decode().encode()).hexdigest()


@verify_operation.mutant(promise="from-nothing")
class NeedsABefore(TrackFileOperationsUseCase):
    """Verifies a modification only where there was a file when it was tracked."""

    async def _has_happened(self, operation: FileOperation) -> bool:
        checksum = await self._checksum(operation.file_path)
        if operation.kind is OperationKind.CREATION:
            return checksum is not None
        before = operation.checksum_before
        return None not in (checksum, before) and checksum != before


@verify_operation.mutant(promise="names-id")
class NamesNoId(TrackFileOperationsUseCase):
    """Says that an operation is unknown, and not which."""

    async def verify_operation(self, operation_id: str) -> VerificationResult:
        try:
            async with self._store.unit() as unit:
                operation = await unit.get(operation_id)
            if operation is None:
                raise UnknownOperationError("there is no such operation")
            verified = await self._has_happened(operation)
        except Exception as error:
            return VerificationResult(success=False, operation_id=operation_id, error=reason(error))
        return VerificationResult(success=True, operation_id=operation_id, verified=verified)


@verify_operation.mutant(promise="any-error")
class ExpectsOSErrors(TrackFileOperationsUseCase):
    """Expects `OSError` of a file system, and nothing else."""

    async def verify_operation(self, operation_id: str) -> VerificationResult:
        try:
            async with self._store.unit() as unit:
                operation = await unit.get(operation_id)
            if operation is None:
                raise UnknownOperationError(f"there is no operation {operation_id}")
            verified = await self._has_happened(operation)
        except (OSError, LookupError) as error:
            return VerificationResult(success=False, operation_id=operation_id, error=reason(error))
        return VerificationResult(success=True, operation_id=operation_id, verified=verified)


@verify_operation.mutant(promise="comes-out")
class LooksOutsideTheTry(TrackFileOperationsUseCase):
    """Looks at the file behind the `try`: one that cannot be read raises."""

    async def verify_operation(self, operation_id: str) -> VerificationResult:
        try:
            async with self._store.unit() as unit:
                operation = await unit.get(operation_id)
            if operation is None:
                raise UnknownOperationError(f"there is no operation {operation_id}")
        except Exception as error:
            return VerificationResult(success=False, operation_id=operation_id, error=reason(error))
        verified = await self._has_happened(operation)
        return VerificationResult(success=True, operation_id=operation_id, verified=verified)


@verify_operation.mutant(promise="message")
class SaysThatItFailed(TrackFileOperationsUseCase):
    """Says that a check did not run, and not why."""

    async def verify_operation(self, operation_id: str) -> VerificationResult:
        try:
            async with self._store.unit() as unit:
                operation = await unit.get(operation_id)
            if operation is None:
                raise UnknownOperationError(f"there is no operation {operation_id}")
            verified = await self._has_happened(operation)
        except UnknownOperationError as error:
            return VerificationResult(success=False, operation_id=operation_id, error=reason(error))
        except Exception:
            return VerificationResult(success=False, operation_id=operation_id, error="no check")
        return VerificationResult(success=True, operation_id=operation_id, verified=verified)


@verify_operation.mutant(promise="store")
class OpensOutsideTheTry(TrackFileOperationsUseCase):
    """Opens its unit of work before the `try` begins: a store without a connection raises."""

    async def verify_operation(self, operation_id: str) -> VerificationResult:
        async with self._store.unit() as unit:
            operation = await unit.get(operation_id)
        try:
            if operation is None:
                raise UnknownOperationError(f"there is no operation {operation_id}")
            verified = await self._has_happened(operation)
        except Exception as error:
            return VerificationResult(success=False, operation_id=operation_id, error=reason(error))
        return VerificationResult(success=True, operation_id=operation_id, verified=verified)


@verify_operation.mutant(promise="own")
class ChecksTheLatest(TrackFileOperationsUseCase):
    """Looks whether the id is known, and then at the operation that was tracked last."""

    async def verify_operation(self, operation_id: str) -> VerificationResult:
        try:
            async with self._store.unit() as unit:
                operation = await unit.get(operation_id)
                operations = await unit.all()
            if operation is None:
                raise UnknownOperationError(f"there is no operation {operation_id}")
            verified = await self._has_happened(operations[-1])
        except Exception as error:
            return VerificationResult(success=False, operation_id=operation_id, error=reason(error))
        return VerificationResult(success=True, operation_id=operation_id, verified=verified)


@verify_operation.mutant(promise="anywhere")
class ReadsTheBeginning(TrackFileOperationsUseCase):
    """Compares the length of a file, and its first kilobyte."""

    async def _checksum(self, file_path: str) -> str | None:
        content = await self._files.read(file_path)
        if content is None:
            return None
        return f"{len(content)}-{hashlib.sha256(content[:1024]).hexdigest()}"

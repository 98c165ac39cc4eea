"""Own variants of verify-operation, written from the contract and the application alone."""

from grader.bank import VERIFY_OPERATION
from vespera_scriptorium.application.usecases.track_file_operations import *  # noqa: F403


@VERIFY_OPERATION.mutant(clause=1)
class AnEmptyFileIsNone(TrackFileOperationsUseCase):
    """Does not verify the creation of an empty file."""

    async def _has_happened(self, operation: FileOperation) -> bool:
        """Compare the file with what was tracked."""
        if operation.kind is OperationKind.CREATION:
            return bool(await self._files.read(operation.file_path))
        checksum = await self._checksum(operation.file_path)
        return checksum is not None and checksum != operation.checksum_before


@VERIFY_OPERATION.mutant(clause=1)
class OnceAndForAll(TrackFileOperationsUseCase):
    """Remembers what it has verified, and does not look again."""

    async def _has_happened(self, operation: FileOperation) -> bool:
        """Compare the file with what was tracked."""
        verified = self.__dict__.setdefault("_verified", set())
        if operation.id in verified:
            return True
        checksum = await self._checksum(operation.file_path)
        happened = checksum is not None
        if operation.kind is OperationKind.MODIFICATION:
            happened = happened and checksum != operation.checksum_before
        if happened:
            verified.add(operation.id)
        return happened


@VERIFY_OPERATION.mutant(clause=2)
class ComparesTheBeginning(TrackFileOperationsUseCase):
    """Compares only the length of a file and its first kilobyte."""

    async def _checksum(self, file_path: str) -> str | None:
        """The SHA-256 of a file's content; None when there is no file."""
        content = await self._files.read(file_path)
        if content is None:
            return None
        return f"{len(content)}-{hashlib.sha256(content[:1024]).hexdigest()}"


@VERIFY_OPERATION.mutant(clause=2)
class GoneIsModified(TrackFileOperationsUseCase):
    """Verifies the modification of a file that is gone."""

    async def _has_happened(self, operation: FileOperation) -> bool:
        """Compare the file with what was tracked."""
        checksum = await self._checksum(operation.file_path)
        if operation.kind is OperationKind.CREATION:
            return checksum is not None
        return checksum != operation.checksum_before


@VERIFY_OPERATION.mutant(clause=3)
class UnknownIsUnverified(TrackFileOperationsUseCase):
    """An id that nobody tracked is a check that ran and found nothing."""

    async def verify_operation(self, operation_id: str) -> VerificationResult:
        """Check whether an operation has happened."""
        try:
            async with self._store.unit() as unit:
                operation = await unit.get(operation_id)
            verified = operation is not None and await self._has_happened(operation)
        except Exception as error:
            return VerificationResult(success=False, operation_id=operation_id, error=reason(error))
        return VerificationResult(success=True, operation_id=operation_id, verified=verified)


@VERIFY_OPERATION.mutant(clause=4)
class OnlyErrorsOfTheSystem(TrackFileOperationsUseCase):
    """Only an OSError, or an unknown id, becomes an error result; the rest comes out."""

    async def verify_operation(self, operation_id: str) -> VerificationResult:
        """Check whether an operation has happened."""
        try:
            async with self._store.unit() as unit:
                operation = await unit.get(operation_id)
            if operation is None:
                raise UnknownOperationError(f"there is no operation {operation_id}")
            verified = await self._has_happened(operation)
        except (OSError, UnknownOperationError) as error:
            return VerificationResult(success=False, operation_id=operation_id, error=reason(error))
        return VerificationResult(success=True, operation_id=operation_id, verified=verified)


@VERIFY_OPERATION.alternative()
class OtherChecksums(TrackFileOperationsUseCase):
    """Keeps the whole content as hexadecimal text instead of a hash."""

    async def _checksum(self, file_path: str) -> str | None:
        """The SHA-256 of a file's content; None when there is no file."""
        content = await self._files.read(file_path)
        return None if content is None else f"hex:{content.hex()}"


@VERIFY_OPERATION.alternative()
class ChecksInsideTheUnit(TrackFileOperationsUseCase):
    """Checks while the unit is open, and names an unknown id in other words."""

    async def verify_operation(self, operation_id: str) -> VerificationResult:
        """Check whether an operation has happened."""
        try:
            async with self._store.unit() as unit:
                operation = await unit.get(operation_id)
                if operation is None:
                    return VerificationResult(
                        success=False, operation_id=operation_id, error=f"{operation_id}?"
                    )
                verified = await self._has_happened(operation)
        except Exception as error:
            return VerificationResult(
                success=False, operation_id=operation_id, error=f"no check: {reason(error)}"
            )
        return VerificationResult(success=True, operation_id=operation_id, verified=verified)


@VERIFY_OPERATION.alternative()
class LooksTwice(TrackFileOperationsUseCase):
    """Reads the file first for its presence, and again for its content."""

    async def _has_happened(self, operation: FileOperation) -> bool:
        """Compare the file with what was tracked."""
        if await self._files.read(operation.file_path) is None:
            return False
        if operation.kind is OperationKind.CREATION:
            return True
        checksum = await self._checksum(operation.file_path)
        return checksum not in (None, operation.checksum_before)

"""Own variants of verify-operation, written from the contract and the application alone."""

from grader.bank import VERIFY_OPERATION
from vespera_scriptorium.application.usecases.track_file_operations import *  # noqa: F403


@VERIFY_OPERATION.mutant(clause=1)
class EmptyFileIsNoFile(TrackFileOperationsUseCase):
    """The creation of an empty file is not verified."""

    async def _has_happened(self, operation: FileOperation) -> bool:
        """Compare the file with what was tracked."""
        if operation.kind is OperationKind.CREATION:
            return bool(await self._files.read(operation.file_path))
        checksum = await self._checksum(operation.file_path)
        return checksum is not None and checksum != operation.checksum_before


@VERIFY_OPERATION.mutant(clause=1)
class AnsweredFromMemory(TrackFileOperationsUseCase):
    """A second check of an operation answers what the first one found."""

    async def verify_operation(self, operation_id: str) -> VerificationResult:
        """Check whether an operation has happened."""
        known = self.__dict__.setdefault("_checked", {})
        if operation_id in known:
            return known[operation_id]
        try:
            async with self._store.unit() as unit:
                operation = await unit.get(operation_id)
            if operation is None:
                raise UnknownOperationError(f"there is no operation {operation_id}")
            verified = await self._has_happened(operation)
        except Exception as error:
            return VerificationResult(success=False, operation_id=operation_id, error=reason(error))
        result = VerificationResult(success=True, operation_id=operation_id, verified=verified)
        known[operation_id] = result
        return result


@VERIFY_OPERATION.mutant(clause=2)
class GoneIsModified(TrackFileOperationsUseCase):
    """The modification of a file that is gone is verified."""

    async def _has_happened(self, operation: FileOperation) -> bool:
        """Compare the file with what was tracked."""
        checksum = await self._checksum(operation.file_path)
        if operation.kind is OperationKind.CREATION:
            return checksum is not None
        return checksum != operation.checksum_before


@VERIFY_OPERATION.mutant(clause=2)
class OnlyTheBegin(TrackFileOperationsUseCase):
    """Compares the first kilobyte only: a change behind it is not seen."""

    async def _checksum(self, file_path: str) -> str | None:
        """The SHA-256 of a file's content; None when there is no file."""
        content = await self._files.read(file_path)
        return None if content is None else hashlib.sha256(content[:1024]).hexdigest()


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
class UnreadableIsNoFile(TrackFileOperationsUseCase):
    """A file that cannot be read counts as none: the check seems to have run."""

    async def _checksum(self, file_path: str) -> str | None:
        """The SHA-256 of a file's content; None when there is no file."""
        try:
            content = await self._files.read(file_path)
        except OSError:
            return None
        return None if content is None else hashlib.sha256(content).hexdigest()


@VERIFY_OPERATION.alternative()
class OtherHash(TrackFileOperationsUseCase):
    """Takes another hash, with the length in front."""

    async def _checksum(self, file_path: str) -> str | None:
        """The SHA-256 of a file's content; None when there is no file."""
        content = await self._files.read(file_path)
        if content is None:
            return None
        return f"{len(content)}:{hashlib.blake2b(content).hexdigest()}"


@VERIFY_OPERATION.alternative()
class ChecksInsideOfTheUnit(TrackFileOperationsUseCase):
    """Reads the file while the unit of work is open, and says errors in other words."""

    async def verify_operation(self, operation_id: str) -> VerificationResult:
        """Check whether an operation has happened."""
        try:
            async with self._store.unit() as unit:
                operation = await unit.get(operation_id)
                if operation is None:
                    return VerificationResult(False, operation_id, error=f"{operation_id}? Never!")
                verified = await self._has_happened(operation)
                return VerificationResult(True, operation_id, verified)
        except Exception as error:
            return VerificationResult(False, operation_id, error=f"{error!r}: {error}")


@VERIFY_OPERATION.alternative()
class ContentInPlaceOfAHash(TrackFileOperationsUseCase):
    """Keeps the whole content in hexadecimal digits in place of a hash."""

    async def _checksum(self, file_path: str) -> str | None:
        """The SHA-256 of a file's content; None when there is no file."""
        content = await self._files.read(file_path)
        return None if content is None else content.hex()

    async def _has_happened(self, operation: FileOperation) -> bool:
        """Compare the file with what was tracked."""
        now = await self._checksum(operation.file_path)
        if now is None:
            return False
        return operation.kind is OperationKind.CREATION or now != operation.checksum_before

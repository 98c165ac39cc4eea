"""Own variants of verify-operation, written from the contract and the application alone."""

from grader.bank import verify_operation
from vespera_scriptorium.application.usecases.track_file_operations import *  # noqa: F403


@verify_operation.mutant(clause=1)
class EmptyIsNoFile(TrackFileOperationsUseCase):
    """A created file that is empty is not verified."""

    async def _has_happened(self, operation: FileOperation) -> bool:
        """Compare the file with what was tracked."""
        checksum = await self._checksum(operation.file_path)
        if operation.kind is OperationKind.CREATION:
            return bool(await self._files.read(operation.file_path))
        return checksum is not None and checksum != operation.checksum_before


@verify_operation.mutant(clause=1)
class TheLastAnswer(TrackFileOperationsUseCase):
    """A check that has found something is not repeated."""

    async def verify_operation(self, operation_id: str) -> VerificationResult:
        """Check whether an operation has happened."""
        try:
            async with self._store.unit() as unit:
                operation = await unit.get(operation_id)
            if operation is None:
                raise UnknownOperationError(f"there is no operation {operation_id}")
            found = self.__dict__.setdefault("_found", {})
            verified = found.get(operation_id) or await self._has_happened(operation)
            found[operation_id] = verified
        except Exception as error:
            return VerificationResult(success=False, operation_id=operation_id, error=reason(error))
        return VerificationResult(success=True, operation_id=operation_id, verified=verified)


@verify_operation.mutant(clause=2)
class WhiteSpaceDoesNotMatter(TrackFileOperationsUseCase):
    """White space at the ends of a file makes no difference."""

    async def _checksum(self, file_path: str) -> str | None:
        """The SHA-256 of a file's content; None when there is no file."""
        content = await self._files.read(file_path)
        return None if content is None else hashlib.sha256(content.strip()).hexdigest()


@verify_operation.mutant(clause=2)
class GoneIsModified(TrackFileOperationsUseCase):
    """A file that is gone counts as modified."""

    async def _has_happened(self, operation: FileOperation) -> bool:
        """Compare the file with what was tracked."""
        checksum = await self._checksum(operation.file_path)
        if operation.kind is OperationKind.CREATION:
            return checksum is not None
        return checksum != operation.checksum_before


@verify_operation.mutant(clause=3)
class UnknownIsUnverified(TrackFileOperationsUseCase):
    """An id that nobody tracked is a check that found nothing."""

    async def verify_operation(self, operation_id: str) -> VerificationResult:
        """Check whether an operation has happened."""
        try:
            async with self._store.unit() as unit:
                operation = await unit.get(operation_id)
            if operation is None:
                return VerificationResult(
                    success=True,
                    operation_id=operation_id,
                    error=f"there is no operation {operation_id}",
                )
            verified = await self._has_happened(operation)
        except Exception as error:
            return VerificationResult(success=False, operation_id=operation_id, error=reason(error))
        return VerificationResult(success=True, operation_id=operation_id, verified=verified)


@verify_operation.mutant(clause=4)
class OnlyTheDisk(TrackFileOperationsUseCase):
    """Only an `OSError` and an unknown id are results; what else the store raises comes out."""

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


@verify_operation.alternative()
class OtherWords(TrackFileOperationsUseCase):
    """Says the errors in other words."""

    async def verify_operation(self, operation_id: str) -> VerificationResult:
        """Check whether an operation has happened."""
        try:
            async with self._store.unit() as unit:
                operation = await unit.get(operation_id)
            if operation is None:
                raise UnknownOperationError(f"never heard of {operation_id}")
            verified = await self._has_happened(operation)
        except Exception as error:
            return VerificationResult(success=False, operation_id=operation_id, error=f"{type(error).__name__}: {error}")
        return VerificationResult(success=True, operation_id=operation_id, verified=verified)


@verify_operation.alternative()
class LongerChecksums(TrackFileOperationsUseCase):
    """Uses another checksum."""

    async def _checksum(self, file_path: str) -> str | None:
        """The SHA-256 of a file's content; None when there is no file."""
        content = await self._files.read(file_path)
        return None if content is None else hashlib.blake2b(content).hexdigest()


@verify_operation.alternative()
class ReadsInTheUnit(TrackFileOperationsUseCase):
    """Checks the file inside of the unit of work."""

    async def verify_operation(self, operation_id: str) -> VerificationResult:
        """Check whether an operation has happened."""
        try:
            async with self._store.unit() as unit:
                operation = await unit.get(operation_id)
                if operation is not None:
                    verified = await self._has_happened(operation)
                    return VerificationResult(True, operation_id, verified)
        except Exception as error:
            return VerificationResult(False, operation_id, error=reason(error))
        return VerificationResult(False, operation_id, error=f"no operation has the id {operation_id}")

"""Lesson 01, use cases: the outcome that is reported, and the effect that is stored."""

import hashlib
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from grader.exercise import Exercise
from vespera_scriptorium.application.usecases.track_file_operations import (
    TrackFileOperationsUseCase,
)
from vespera_scriptorium.domain.errors import UnknownOperationError, reason
from vespera_scriptorium.domain.file_operation import (
    FileOperation,
    OperationKind,
    OperationResult,
    VerificationResult,
    VerificationSummary,
)

# --------------------------------------------------------------------------------------------
track_creation = Exercise(
    id="track-creation",
    lesson="01-use-cases",
    title="A success is stored",
    points=5,
    clock="real",
    subject=TrackFileOperationsUseCase,
    contract=(
        "A success means stored: another unit of work of the same store finds the operation "
        "under the result's `operation_id`, which is the one that the caller gave, if any.",
        "The stored `context` and `metadata` equal what the caller gave.",
        "Paths are normalised, in the result and in the store: `./a`, `b/../a` and `a` are `a`.",
        "An `operation_id` that is taken, or a second creation of a path, is an error result: "
        "`success` is False, `operation_id` is None, `error` says why. "
        "What was stored before stays as it was, and nothing is added.",
        "What the store or the file system raises (an `Exception`, from any method of theirs) is "
        "an error result with its message in `error`. `track_file_creation` raises nothing.",
    ),
    hint="A fixture that returns the container gives your test the use case and its store: see "
    "[how fixtures are requested](https://docs.pytest.org/en/stable/how-to/fixtures.html). For a "
    "store that fails, derive from one that works. "
    "[A folder](https://docs.pytest.org/en/stable/how-to/tmp_path.html) cannot be read as a file.",
    worked="NeverCommitted",
)


@track_creation.alternative()
class LooksForDuplicatesFirst(TrackFileOperationsUseCase):
    """Looks for duplicates before it adds.

    `error`: words its errors in its own way.
    `operation_id`: gives ids of another form.
    """

    async def _track(
        self,
        kind: OperationKind,
        file_path: str,
        context: Mapping[str, Any] | None,
        metadata: Mapping[str, Any] | None,
        operation_id: str | None,
    ) -> OperationResult:
        path = self._normalise(file_path)
        wanted = operation_id or f"{kind}-{uuid4()}"
        try:
            checksum = await self._checksum(path)
            async with self._store.unit() as unit:
                for other in await unit.all():
                    same_path = other.file_path == path
                    if other.id == wanted or (
                        same_path and kind is other.kind is OperationKind.CREATION
                    ):
                        return OperationResult(success=False, file_path=path, error="a duplicate")
                await unit.add(
                    FileOperation(
                        id=wanted,
                        kind=kind,
                        file_path=path,
                        context=dict(context or {}),
                        metadata=dict(metadata or {}),
                        checksum_before=checksum,
                    )
                )
                await unit.commit()
        except Exception as error:
            return OperationResult(success=False, file_path=path, error=reason(error))
        return OperationResult(success=True, operation_id=wanted, file_path=path)


@track_creation.mutant(clause=1)
class NeverCommitted(TrackFileOperationsUseCase):
    """Adds the operation and forgets to commit: the unit of work rolls back at its end."""

    async def _track(
        self,
        kind: OperationKind,
        file_path: str,
        context: Mapping[str, Any] | None,
        metadata: Mapping[str, Any] | None,
        operation_id: str | None,
    ) -> OperationResult:
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
        except Exception as error:
            return OperationResult(success=False, file_path=path, error=reason(error))
        return OperationResult(success=True, operation_id=operation.id, file_path=path)


@track_creation.mutant(clause=2)
class MetadataMerged(TrackFileOperationsUseCase):
    """Merges the metadata into the context, and leaves its own place empty."""

    async def _track(
        self,
        kind: OperationKind,
        file_path: str,
        context: Mapping[str, Any] | None,
        metadata: Mapping[str, Any] | None,
        operation_id: str | None,
    ) -> OperationResult:
        path = self._normalise(file_path)
        try:
            operation = FileOperation(
                id=operation_id or uuid4().hex,
                kind=kind,
                file_path=path,
                context={**(context or {}), **(metadata or {})},
                checksum_before=await self._checksum(path),
            )
            async with self._store.unit() as unit:
                await unit.add(operation)
                await unit.commit()
        except Exception as error:
            return OperationResult(success=False, file_path=path, error=reason(error))
        return OperationResult(success=True, operation_id=operation.id, file_path=path)


@track_creation.mutant(clause=3)
class OnlyTheFirstDot(TrackFileOperationsUseCase):
    """Takes a leading `./` away and calls that normalised."""

    def _normalise(self, file_path: str) -> str:
        return file_path.removeprefix("./")


@track_creation.mutant(clause=3)
class StoredAsGiven(TrackFileOperationsUseCase):
    """Normalises the path for the result, and stores it as it was given."""

    async def _track(
        self,
        kind: OperationKind,
        file_path: str,
        context: Mapping[str, Any] | None,
        metadata: Mapping[str, Any] | None,
        operation_id: str | None,
    ) -> OperationResult:
        path = self._normalise(file_path)
        try:
            operation = FileOperation(
                id=operation_id or uuid4().hex,
                kind=kind,
                file_path=file_path,
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


@track_creation.mutant(clause=4)
class AnswersWithTheFirst(TrackFileOperationsUseCase):
    """Answers a second creation of a path with the id of the first, as a success."""

    async def _track(
        self,
        kind: OperationKind,
        file_path: str,
        context: Mapping[str, Any] | None,
        metadata: Mapping[str, Any] | None,
        operation_id: str | None,
    ) -> OperationResult:
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
                for other in await unit.all():
                    if other.file_path == path and other.kind is kind is OperationKind.CREATION:
                        return OperationResult(success=True, operation_id=other.id, file_path=path)
                await unit.add(operation)
                await unit.commit()
        except Exception as error:
            return OperationResult(success=False, file_path=path, error=reason(error))
        return OperationResult(success=True, operation_id=operation.id, file_path=path)


@track_creation.mutant(clause=4)
class LastOneWins(TrackFileOperationsUseCase):
    """Throws away the operation that has the id already, and stores the new one in its place."""

    async def _track(
        self,
        kind: OperationKind,
        file_path: str,
        context: Mapping[str, Any] | None,
        metadata: Mapping[str, Any] | None,
        operation_id: str | None,
    ) -> OperationResult:
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
                if await unit.get(operation.id) is not None:
                    await unit.remove(operation.id)
                await unit.add(operation)
                await unit.commit()
        except Exception as error:
            return OperationResult(success=False, file_path=path, error=reason(error))
        return OperationResult(success=True, operation_id=operation.id, file_path=path)


@track_creation.mutant(clause=5)
class FailedCommitIsSuccess(TrackFileOperationsUseCase):
    """Lets a commit fail in silence, and reports a success that is stored nowhere."""

    async def _track(
        self,
        kind: OperationKind,
        file_path: str,
        context: Mapping[str, Any] | None,
        metadata: Mapping[str, Any] | None,
        operation_id: str | None,
    ) -> OperationResult:
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
                try:
                    await unit.commit()
                except Exception:
                    pass  # the next commit will save it
        except Exception as error:
            return OperationResult(success=False, file_path=path, error=reason(error))
        return OperationResult(success=True, operation_id=operation.id, file_path=path)


@track_creation.mutant(clause=5)
class ReadsOutsideTheTry(TrackFileOperationsUseCase):
    """Reads the file before the `try` begins, so that an unreadable file raises."""

    async def _track(
        self,
        kind: OperationKind,
        file_path: str,
        context: Mapping[str, Any] | None,
        metadata: Mapping[str, Any] | None,
        operation_id: str | None,
    ) -> OperationResult:
        path = self._normalise(file_path)
        operation = FileOperation(
            id=operation_id or uuid4().hex,
            kind=kind,
            file_path=path,
            context=dict(context or {}),
            metadata=dict(metadata or {}),
            checksum_before=await self._checksum(path),
        )
        try:
            async with self._store.unit() as unit:
                await unit.add(operation)
                await unit.commit()
        except Exception as error:
            return OperationResult(success=False, file_path=path, error=reason(error))
        return OperationResult(success=True, operation_id=operation.id, file_path=path)


# --------------------------------------------------------------------------------------------
verify_operation = Exercise(
    id="verify-operation",
    lesson="01-use-cases",
    title="Verified means happened",
    points=5,
    clock="real",
    subject=TrackFileOperationsUseCase,
    contract=(
        "`success` says that the check ran, `verified` what it found. A creation is verified "
        "once there is a file at its path, an empty one, too; before that it is not.",
        "A modification is verified once there is a file whose content differs from what it was "
        "when the modification was tracked, whatever its length. An unchanged file is not "
        "verified, nor is one that is gone.",
        "An id that nobody tracked is an error result, and `error` names the id.",
        "A file that cannot be read, such as a folder in its place, is an error result that says "
        "why in `error`. `verify_operation` raises nothing.",
    ),
    hint="[tmp_path](https://docs.pytest.org/en/stable/how-to/tmp_path.html) is a fresh folder for "
    "each test, and [parametrize]"
    "(https://docs.pytest.org/en/stable/how-to/parametrize.html) turns one test into a table. "
    "Which contents are as far from the first as can be, and which as near?",
    worked="AlwaysVerified",
)


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


# --------------------------------------------------------------------------------------------
verify_all = Exercise(
    id="verify-all",
    lesson="01-use-cases",
    title="One summary, nothing hidden",
    points=5,
    clock="real",
    subject=TrackFileOperationsUseCase,
    contract=(
        "Every tracked operation, creation or modification, counts once in `total` and once in "
        "exactly one of `verified`, `unverified` (the check found nothing) and `failed` "
        "(the check did not run).",
        "`results` holds what `verify_operation` answers for each operation, "
        "in the order in which they were tracked.",
        "A check that fails is one failed result. The others are checked and counted all the same.",
        "`all_verified` is True when every operation is verified, "
        "and False when one is unverified or failed.",
        "Nothing tracked: every count is 0, `results` is empty, and `all_verified` is False.",
    ),
    hint="[Comparing tuples]"
    "(https://docs.python.org/3/reference/expressions.html#value-comparisons) lets one assertion "
    "hold all counts, and pytest [shows which of them differs]"
    "(https://docs.pytest.org/en/stable/how-to/assert.html). Which outcomes are there, "
    "and in which order would a careless loop stumble over them?",
    worked="StopsAtTheFirstFailure",
)


@verify_all.alternative()
class AllChecksTogether(TrackFileOperationsUseCase):
    """Runs all checks at the same time, the last one first."""

    async def verify_all_operations(self) -> VerificationSummary:
        import asyncio

        async with self._store.unit() as unit:
            ids = [operation.id for operation in await unit.all()]
        found = await asyncio.gather(*(self.verify_operation(id) for id in reversed(ids)))
        results = tuple(reversed(found))
        counts = {"verified": 0, "unverified": 0, "failed": 0}
        for result in results:
            outcome = "failed" if not result.success else "unverified"
            counts["verified" if result.verified else outcome] += 1
        return VerificationSummary(
            total=len(ids),
            verified=counts["verified"],
            unverified=counts["unverified"],
            failed=counts["failed"],
            all_verified=0 < len(ids) == counts["verified"],
            results=results,
        )


@verify_all.mutant(clause=1)
class CreationsOnly(TrackFileOperationsUseCase):
    """Leaves modifications out: they were added later, and nobody thought of the summary."""

    async def verify_all_operations(self) -> VerificationSummary:
        async with self._store.unit() as unit:
            operations = await unit.all()
        results = [
            await self.verify_operation(operation.id)
            for operation in operations
            if operation.kind is OperationKind.CREATION
        ]
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


@verify_all.mutant(clause=1)
class OneForEachPath(TrackFileOperationsUseCase):
    """Gathers operations by their path, so that the second one of a file replaces the first."""

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


@verify_all.mutant(clause=1)
class FailedIsUnverifiedToo(TrackFileOperationsUseCase):
    """Counts a failed check twice: as failed, and as unverified, too."""

    async def verify_all_operations(self) -> VerificationSummary:
        async with self._store.unit() as unit:
            operations = await unit.all()
        results = [await self.verify_operation(operation.id) for operation in operations]
        verified = sum(result.verified for result in results)
        return VerificationSummary(
            total=len(results),
            verified=verified,
            unverified=sum(not result.verified for result in results),
            failed=sum(not result.success for result in results),
            all_verified=bool(results) and verified == len(results),
            results=tuple(results),
        )


@verify_all.mutant(clause=2)
class SortedByPath(TrackFileOperationsUseCase):
    """Sorts the operations by path before it checks them, for a tidier report."""

    async def verify_all_operations(self) -> VerificationSummary:
        async with self._store.unit() as unit:
            operations = sorted(await unit.all(), key=lambda operation: operation.file_path)
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


@verify_all.mutant(clause=3)
class StopsAtTheFirstFailure(TrackFileOperationsUseCase):
    """Ends the round with the first check that fails: what stands behind it is never checked."""

    async def verify_all_operations(self) -> VerificationSummary:
        async with self._store.unit() as unit:
            operations = await unit.all()
        results = []
        for operation in operations:
            results.append(await self.verify_operation(operation.id))
            if not results[-1].success:
                break
        verified = sum(result.verified for result in results)
        failed = sum(not result.success for result in results)
        return VerificationSummary(
            total=len(operations),
            verified=verified,
            unverified=len(operations) - verified - failed,
            failed=failed,
            all_verified=bool(results) and verified == len(operations),
            results=tuple(results),
        )


@verify_all.mutant(clause=4)
class FailedIsForgiven(TrackFileOperationsUseCase):
    """Calls everything verified as long as no check found nothing: failed ones do not matter."""

    async def verify_all_operations(self) -> VerificationSummary:
        async with self._store.unit() as unit:
            operations = await unit.all()
        results = [await self.verify_operation(operation.id) for operation in operations]
        verified = sum(result.verified for result in results)
        failed = sum(not result.success for result in results)
        unverified = len(results) - verified - failed
        return VerificationSummary(
            total=len(results),
            verified=verified,
            unverified=unverified,
            failed=failed,
            all_verified=bool(results) and unverified == 0,
            results=tuple(results),
        )


@verify_all.mutant(clause=5)
class NothingIsAllVerified(TrackFileOperationsUseCase):
    """Asks `all()` of an empty list, and `all([])` is True."""

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

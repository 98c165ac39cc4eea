"""The mutants of `verify-all`: each has one bug, and breaks one clause."""

from vespera_scriptorium.application.usecases.track_file_operations import (
    TrackFileOperationsUseCase,
)
from vespera_scriptorium.domain.file_operation import (
    OperationKind,
    VerificationSummary,
)

from .exercise import verify_all


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

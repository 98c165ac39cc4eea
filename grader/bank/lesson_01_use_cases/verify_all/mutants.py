"""The mutants of `verify-all`: each has one bug, and breaks one promise."""

from vespera_scriptorium.application.usecases.track_file_operations import (
    TrackFileOperationsUseCase,
)
from vespera_scriptorium.domain.file_operation import (
    OperationKind,
    VerificationResult,
    VerificationSummary,
)

from .exercise import verify_all


@verify_all.mutant(promise="modifications")
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


@verify_all.mutant(promise="each-operation")
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


@verify_all.mutant(promise="one-count")
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


@verify_all.mutant(promise="order")
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


@verify_all.mutant(promise="goes-on")
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


@verify_all.mutant(promise="failed-spoils")
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


@verify_all.mutant(promise="nothing-is-not-all")
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


@verify_all.mutant(promise="total")
class TotalOfTheChecked(TrackFileOperationsUseCase):
    """Leaves the checks that did not run out of the total."""

    async def verify_all_operations(self) -> VerificationSummary:
        async with self._store.unit() as unit:
            operations = await unit.all()
        results = [await self.verify_operation(operation.id) for operation in operations]
        verified = sum(result.verified for result in results)
        failed = sum(not result.success for result in results)
        return VerificationSummary(
            total=len(results) - failed,
            verified=verified,
            unverified=len(results) - verified - failed,
            failed=failed,
            all_verified=bool(results) and verified == len(results),
            results=tuple(results),
        )


@verify_all.mutant(promise="unverified")
class NothingFoundIsFailed(TrackFileOperationsUseCase):
    """Takes a check that found nothing for one that failed."""

    async def verify_all_operations(self) -> VerificationSummary:
        async with self._store.unit() as unit:
            operations = await unit.all()
        results = [await self.verify_operation(operation.id) for operation in operations]
        verified = sum(result.verified for result in results)
        return VerificationSummary(
            total=len(results),
            verified=verified,
            unverified=0,
            failed=len(results) - verified,
            all_verified=bool(results) and verified == len(results),
            results=tuple(results),
        )


@verify_all.mutant(promise="anew")
class AddsUp(TrackFileOperationsUseCase):
    """Keeps its results, and adds those of the next summary to them."""

    async def verify_all_operations(self) -> VerificationSummary:
        async with self._store.unit() as unit:
            operations = await unit.all()
        results = vars(self).setdefault("_results", [])
        results += [await self.verify_operation(operation.id) for operation in operations]
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


@verify_all.mutant(promise="every-result")
class OnlyTheBadNews(TrackFileOperationsUseCase):
    """Counts everything, and gives the results of what is not verified."""

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
            all_verified=bool(results) and verified == len(results),
            results=tuple(result for result in results if not result.verified),
        )


@verify_all.mutant(promise="whole")
class ErrorsLeftOut(TrackFileOperationsUseCase):
    """Gives results that do not say why a check has failed."""

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
            all_verified=bool(results) and verified == len(results),
            results=tuple(
                VerificationResult(result.success, result.operation_id, result.verified)
                for result in results
            ),
        )


@verify_all.mutant(promise="order")
class FailuresLast(TrackFileOperationsUseCase):
    """Puts the checks that failed behind the others."""

    async def verify_all_operations(self) -> VerificationSummary:
        async with self._store.unit() as unit:
            operations = await unit.all()
        results = [await self.verify_operation(operation.id) for operation in operations]
        results.sort(key=lambda result: not result.success)
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


@verify_all.mutant(promise="unverified-spoils")
class OneIsEnough(TrackFileOperationsUseCase):
    """Is content as soon as something is verified and nothing has failed."""

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
            all_verified=verified > 0 and failed == 0,
            results=tuple(results),
        )


@verify_all.mutant(promise="any-place")
class TheLastOneDecides(TrackFileOperationsUseCase):
    """Looks at the last operation only."""

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
            all_verified=bool(results) and results[-1].verified,
            results=tuple(results),
        )


@verify_all.mutant(promise="nothing")
class NothingIsAnError(TrackFileOperationsUseCase):
    """Raises an error when there is nothing to verify."""

    async def verify_all_operations(self) -> VerificationSummary:
        async with self._store.unit() as unit:
            operations = await unit.all()
        if not operations:
            raise LookupError("nothing is tracked")
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

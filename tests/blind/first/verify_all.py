"""Own variants of verify-all, written from the contract and the application alone."""

from grader.bank import VERIFY_ALL
from vespera_scriptorium.application.usecases.track_file_operations import *  # noqa: F403


@VERIFY_ALL.mutant(clause=1)
class FailedIsUnverifiedToo(TrackFileOperationsUseCase):
    """Counts a check that failed among the unverified, too."""

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
            unverified=len(results) - verified,
            failed=failed,
            all_verified=bool(results) and verified == len(results),
            results=tuple(results),
        )


@VERIFY_ALL.mutant(clause=1)
class VerifiedIsForgotten(TrackFileOperationsUseCase):
    """Removes an operation that is verified: the second time it is not counted any more."""

    async def verify_all_operations(self) -> VerificationSummary:
        """Check every tracked operation. Raises what the store raises when it cannot list them."""
        async with self._store.unit() as unit:
            operations = await unit.all()
        results = [await self.verify_operation(operation.id) for operation in operations]
        async with self._store.unit() as unit:
            for result in results:
                if result.verified:
                    await unit.remove(result.operation_id)
            await unit.commit()
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


@VERIFY_ALL.mutant(clause=2)
class ModificationsLast(TrackFileOperationsUseCase):
    """Gives the results of all creations first, and then those of the modifications."""

    async def verify_all_operations(self) -> VerificationSummary:
        """Check every tracked operation. Raises what the store raises when it cannot list them."""
        async with self._store.unit() as unit:
            operations = await unit.all()
        operations.sort(key=lambda operation: operation.kind)
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


@VERIFY_ALL.mutant(clause=3)
class FailedIsTheEnd(TrackFileOperationsUseCase):
    """Checks nothing more after a check that failed: the rest fails without one."""

    async def verify_all_operations(self) -> VerificationSummary:
        """Check every tracked operation. Raises what the store raises when it cannot list them."""
        async with self._store.unit() as unit:
            operations = await unit.all()
        results = []
        for operation in operations:
            if results and not results[-1].success:
                results.append(
                    VerificationResult(False, operation.id, error="an earlier check failed")
                )
            else:
                results.append(await self.verify_operation(operation.id))
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


@VERIFY_ALL.mutant(clause=4)
class NothingUnverifiedIsEnough(TrackFileOperationsUseCase):
    """Says all are verified when none is unverified, although a check failed."""

    async def verify_all_operations(self) -> VerificationSummary:
        """Check every tracked operation. Raises what the store raises when it cannot list them."""
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


@VERIFY_ALL.mutant(clause=5)
class NothingIsAll(TrackFileOperationsUseCase):
    """Says all are verified when nothing is tracked."""

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
            all_verified=all(result.verified for result in results),
            results=tuple(results),
        )


@VERIFY_ALL.alternative()
class AllChecksTogether(TrackFileOperationsUseCase):
    """Runs the checks at the same time."""

    async def verify_all_operations(self) -> VerificationSummary:
        """Check every tracked operation. Raises what the store raises when it cannot list them."""
        import asyncio

        async with self._store.unit() as unit:
            operations = await unit.all()
        results = await asyncio.gather(
            *(self.verify_operation(operation.id) for operation in operations)
        )
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


@VERIFY_ALL.alternative()
class LastOneFirst(TrackFileOperationsUseCase):
    """Checks the last operation first; the results are in the order of tracking."""

    async def verify_all_operations(self) -> VerificationSummary:
        """Check every tracked operation. Raises what the store raises when it cannot list them."""
        async with self._store.unit() as unit:
            operations = await unit.all()
        results = ()
        counts = {"verified": 0, "unverified": 0, "failed": 0}
        for operation in reversed(operations):
            result = await self.verify_operation(operation.id)
            results = (result, *results)
            if not result.success:
                counts["failed"] += 1
            else:
                counts["verified" if result.verified else "unverified"] += 1
        return VerificationSummary(
            total=sum(counts.values()),
            all_verified=0 < len(results) == counts["verified"],
            results=results,
            **counts,
        )


@VERIFY_ALL.alternative()
class SortsThemIntoLists(TrackFileOperationsUseCase):
    """Sorts the results into three lists and counts those; each check is a task of its own."""

    async def verify_all_operations(self) -> VerificationSummary:
        """Check every tracked operation. Raises what the store raises when it cannot list them."""
        import asyncio

        async with self._store.unit() as unit:
            ids = [operation.id for operation in await unit.all()]
        results, verified, unverified, failed = [], [], [], []
        for operation_id in ids:
            result = await asyncio.create_task(self.verify_operation(operation_id))
            results.append(result)
            kind = verified if result.verified else unverified if result.success else failed
            kind.append(result)
        return VerificationSummary(
            total=len(ids),
            verified=len(verified),
            unverified=len(unverified),
            failed=len(failed),
            all_verified=bool(verified) and not unverified and not failed,
            results=tuple(results),
        )

"""Own variants of verify-all, written from the contract and the application alone."""

from grader.bank import VERIFY_ALL
from vespera_scriptorium.application.usecases.track_file_operations import *  # noqa: F403


@VERIFY_ALL.mutant(clause=1)
class FailedIsUnverifiedToo(TrackFileOperationsUseCase):
    """A check that did not run is counted as failed and as unverified."""

    async def verify_all_operations(self) -> VerificationSummary:
        """Check every tracked operation. Raises what the store raises when it cannot list them."""
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


@VERIFY_ALL.mutant(clause=1)
class EachPathOnce(TrackFileOperationsUseCase):
    """Of several operations on one path only the last one is checked and counted."""

    async def verify_all_operations(self) -> VerificationSummary:
        """Check every tracked operation. Raises what the store raises when it cannot list them."""
        async with self._store.unit() as unit:
            operations = {one.file_path: one for one in await unit.all()}.values()
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


@VERIFY_ALL.mutant(clause=2)
class InTheOrderOfTheIds(TrackFileOperationsUseCase):
    """The results stand in the order of the ids."""

    async def verify_all_operations(self) -> VerificationSummary:
        """Check every tracked operation. Raises what the store raises when it cannot list them."""
        async with self._store.unit() as unit:
            operations = await unit.all()
        results = [
            await self.verify_operation(operation_id)
            for operation_id in sorted(operation.id for operation in operations)
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


@VERIFY_ALL.mutant(clause=3)
class FailureEndsTheChecks(TrackFileOperationsUseCase):
    """The first check that fails is the last one."""

    async def verify_all_operations(self) -> VerificationSummary:
        """Check every tracked operation. Raises what the store raises when it cannot list them."""
        async with self._store.unit() as unit:
            operations = await unit.all()
        results = []
        for operation in operations:
            result = await self.verify_operation(operation.id)
            results.append(result)
            if not result.success:
                break
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
class FailedDoesNotMatter(TrackFileOperationsUseCase):
    """`all_verified` looks only at the checks that ran."""

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
class AllOfNothing(TrackFileOperationsUseCase):
    """When nothing is tracked, all of it is verified."""

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
class AllAtOnce(TrackFileOperationsUseCase):
    """Checks all operations at the same time."""

    async def verify_all_operations(self) -> VerificationSummary:
        """Check every tracked operation. Raises what the store raises when it cannot list them."""
        import asyncio

        async with self._store.unit() as unit:
            ids = [operation.id for operation in await unit.all()]
        results = await asyncio.gather(*(self.verify_operation(one) for one in ids))
        verified = [result for result in results if result.success and result.verified]
        unverified = [result for result in results if result.success and not result.verified]
        return VerificationSummary(
            total=len(ids),
            verified=len(verified),
            unverified=len(unverified),
            failed=len(ids) - len(verified) - len(unverified),
            all_verified=len(ids) > 0 and len(verified) == len(ids),
            results=tuple(results),
        )


@VERIFY_ALL.alternative()
class FromTheEnd(TrackFileOperationsUseCase):
    """Checks the operation that was tracked last first, and counts on the way."""

    async def verify_all_operations(self) -> VerificationSummary:
        """Check every tracked operation. Raises what the store raises when it cannot list them."""
        async with self._store.unit() as unit:
            operations = await unit.all()
        results: list[VerificationResult] = []
        verified = unverified = failed = 0
        for operation in reversed(operations):
            result = await self.verify_operation(operation.id)
            results.insert(0, result)
            if not result.success:
                failed += 1
            elif result.verified:
                verified += 1
            else:
                unverified += 1
        everything = verified > 0 and unverified + failed == 0
        return VerificationSummary(
            len(results), verified, unverified, failed, everything, tuple(results)
        )


@VERIFY_ALL.alternative()
class ChecksInsideOfTheUnit(TrackFileOperationsUseCase):
    """Keeps the unit of work open while it checks, and groups by what was found."""

    async def verify_all_operations(self) -> VerificationSummary:
        """Check every tracked operation. Raises what the store raises when it cannot list them."""
        found: dict[str, VerificationResult] = {}
        async with self._store.unit() as unit:
            for operation in await unit.all():
                found[operation.id] = await self.verify_operation(operation.id)
        kinds = [(result.success, result.verified) for result in found.values()]
        return VerificationSummary(
            total=len(kinds),
            verified=kinds.count((True, True)),
            unverified=kinds.count((True, False)),
            failed=kinds.count((False, False)),
            all_verified=set(kinds) == {(True, True)},
            results=tuple(found.values()),
        )

"""Own variants of verify-all, written from the contract and the application alone."""

from grader.bank import verify_all
from vespera_scriptorium.application.usecases.track_file_operations import *  # noqa: F403


@verify_all.mutant(clause=1)
class FailedAndUnverified(TrackFileOperationsUseCase):
    """What failed is counted as unverified, too."""

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


@verify_all.mutant(clause=1)
class CreationsOnly(TrackFileOperationsUseCase):
    """Modifications are not counted."""

    async def verify_all_operations(self) -> VerificationSummary:
        """Check every tracked operation. Raises what the store raises when it cannot list them."""
        async with self._store.unit() as unit:
            operations = [
                operation
                for operation in await unit.all()
                if operation.kind is OperationKind.CREATION
            ]
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


@verify_all.mutant(clause=2)
class ByThePath(TrackFileOperationsUseCase):
    """The results come in the order of the paths."""

    async def verify_all_operations(self) -> VerificationSummary:
        """Check every tracked operation. Raises what the store raises when it cannot list them."""
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
class StopsAtAFailure(TrackFileOperationsUseCase):
    """After a check that failed, the rest is not checked."""

    async def verify_all_operations(self) -> VerificationSummary:
        """Check every tracked operation. Raises what the store raises when it cannot list them."""
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
            total=len(results),
            verified=verified,
            unverified=len(results) - verified - failed,
            failed=failed,
            all_verified=bool(results) and verified == len(results),
            results=tuple(results),
        )


@verify_all.mutant(clause=4)
class FailedDoesNotMatter(TrackFileOperationsUseCase):
    """A failed check does not matter for `all_verified`."""

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
            all_verified=bool(results) and verified == len(results) - failed,
            results=tuple(results),
        )


@verify_all.mutant(clause=5)
class AllOfNothing(TrackFileOperationsUseCase):
    """Nothing tracked is all verified."""

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
            all_verified=verified == len(results),
            results=tuple(results),
        )


@verify_all.alternative()
class LastOneFirst(TrackFileOperationsUseCase):
    """Checks the last one first."""

    async def verify_all_operations(self) -> VerificationSummary:
        """Check every tracked operation. Raises what the store raises when it cannot list them."""
        async with self._store.unit() as unit:
            operations = await unit.all()
        checked = {
            operation.id: await self.verify_operation(operation.id)
            for operation in reversed(operations)
        }
        results = [checked[operation.id] for operation in operations]
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


@verify_all.alternative()
class CountsByHand(TrackFileOperationsUseCase):
    """Counts in a loop."""

    async def verify_all_operations(self) -> VerificationSummary:
        """Check every tracked operation. Raises what the store raises when it cannot list them."""
        async with self._store.unit() as unit:
            ids = [operation.id for operation in await unit.all()]
        counts = {"verified": 0, "unverified": 0, "failed": 0}
        results: list[VerificationResult] = []
        for operation_id in ids:
            result = await self.verify_operation(operation_id)
            counts["failed" if not result.success else "verified" if result.verified else "unverified"] += 1
            results.append(result)
        return VerificationSummary(
            total=sum(counts.values()),
            **counts,
            all_verified=counts["verified"] > 0 and not counts["unverified"] + counts["failed"],
            results=tuple(results),
        )


@verify_all.alternative()
class AllAtOnce(TrackFileOperationsUseCase):
    """Checks all at the same time."""

    async def verify_all_operations(self) -> VerificationSummary:
        """Check every tracked operation. Raises what the store raises when it cannot list them."""
        async with self._store.unit() as unit:
            operations = await unit.all()
        import asyncio

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

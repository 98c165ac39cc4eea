"""Correct implementations for `verify-all`, built differently."""

from vespera_scriptorium.application.usecases.track_file_operations import (
    TrackFileOperationsUseCase,
)
from vespera_scriptorium.domain.file_operation import (
    VerificationSummary,
)

from .exercise import verify_all


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


@verify_all.alternative()
class CountsWhileItGoes(TrackFileOperationsUseCase):
    """Counts each outcome at once, in the unit of work that lists the operations."""

    async def verify_all_operations(self) -> VerificationSummary:
        results, verified, failed = [], 0, 0
        async with self._store.unit() as unit:
            for operation in await unit.all():
                results.append(result := await self.verify_operation(operation.id))
                verified += int(result.verified)
                failed += int(not result.success)
        unverified = len(results) - verified - failed
        return VerificationSummary(
            total=verified + unverified + failed,
            verified=verified,
            unverified=unverified,
            failed=failed,
            all_verified=verified > 0 and not unverified and not failed,
            results=tuple(results),
        )

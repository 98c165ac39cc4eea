"""Correct implementations for `round-trip`, built differently."""

from vespera_scriptorium.application.usecases.track_file_operations import (
    TrackFileOperationsUseCase,
)
from vespera_scriptorium.domain.file_operation import (
    VerificationSummary,
)

from .exercise import round_trip


@round_trip.alternative()
class AllAtOnce(TrackFileOperationsUseCase):
    """Checks all operations at the same time, the last one first."""

    async def verify_all_operations(self) -> VerificationSummary:
        import asyncio

        async with self._store.unit() as unit:
            operations = await unit.all()
        checks = [self.verify_operation(operation.id) for operation in reversed(operations)]
        results = list(reversed(await asyncio.gather(*checks)))
        verified = [result for result in results if result.verified]
        failed = [result for result in results if not result.success]
        return VerificationSummary(
            total=len(results),
            verified=len(verified),
            unverified=len(results) - len(verified) - len(failed),
            failed=len(failed),
            all_verified=len(results) == len(verified) > 0,
            results=tuple(results),
        )


@round_trip.alternative()
class KeepsTheContent(TrackFileOperationsUseCase):
    """Keeps the whole content in the place of a checksum."""

    async def _checksum(self, file_path: str) -> str | None:
        content = await self._files.read(file_path)
        return None if content is None else content.hex()

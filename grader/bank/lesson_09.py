"""Lesson 09, parametrized tests: a function's table, and properties that hold for any input."""

import os.path
from collections.abc import Callable

from grader.exercise import Exercise
from vespera_scriptorium.application.async_operation_service import backoff_delays
from vespera_scriptorium.application.usecases.track_file_operations import (
    TrackFileOperationsUseCase,
)
from vespera_scriptorium.domain.file_operation import (
    FileOperation,
    OperationKind,
    VerificationSummary,
)

DELAYS = "vespera_scriptorium.application.async_operation_service:backoff_delays"

# --------------------------------------------------------------------------------------------
backoff_schedule = Exercise(
    id="backoff-schedule",
    lesson="09-parametrized-tests",
    title="The table of delays",
    points=5,
    subject=backoff_delays,
    contract=(
        "`backoff_delays(attempts, base, cap, jitter)` answers with a list of seconds: one delay "
        "after each attempt but the last.",
        "Delay k, counted from 0, is `base * 2**k` plus what `jitter()` answers.",
        "Every delay asks `jitter` anew.",
        "No delay is longer than `cap`, the jitter included.",
    ),
    hint="[Parametrizing tests](https://docs.pytest.org/en/stable/how-to/parametrize.html): one "
    "row for each boundary. A `jitter` that answers from a list makes the random exact.",
    worked="sleeps_after_the_last",
)


@backoff_schedule.alternative(replaces=DELAYS)
def doubles_as_it_goes(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """Keeps the step from one delay to the next, and doubles it."""
    import itertools

    steps = itertools.accumulate(range(1, attempts - 1), lambda step, _: step * 2, initial=base)
    return [min(step + jitter(), cap) for step in itertools.islice(steps, max(0, attempts - 1))]


@backoff_schedule.mutant(clause=1, replaces=DELAYS)
def sleeps_after_the_last(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """Answers with one delay too many, and lets the caller wait before it gives up."""
    return [min(cap, base * 2**attempt + jitter()) for attempt in range(attempts)]


@backoff_schedule.mutant(clause=2, replaces=DELAYS)
def starts_at_two(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """Counts the attempts from 1, so that the first delay is twice the base."""
    return [min(cap, base * 2**attempt + jitter()) for attempt in range(1, attempts)]


@backoff_schedule.mutant(clause=2, replaces=DELAYS)
def grows_by_the_base(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """Adds the base each time instead of doubling."""
    return [min(cap, base * (attempt + 1) + jitter()) for attempt in range(attempts - 1)]


@backoff_schedule.mutant(clause=3, replaces=DELAYS)
def one_jitter_for_all(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """Asks for the jitter once, and adds the same to every delay."""
    added = jitter()
    return [min(cap, base * 2**attempt + added) for attempt in range(attempts - 1)]


@backoff_schedule.mutant(clause=4, replaces=DELAYS)
def jitter_above_the_cap(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """Caps the delay, and adds the jitter after that."""
    return [min(cap, base * 2**attempt) + jitter() for attempt in range(attempts - 1)]


@backoff_schedule.mutant(clause=4, replaces=DELAYS)
def no_cap(attempts: int, base: float, cap: float, jitter: Callable[[], float]) -> list[float]:
    """Forgets the cap: ten attempts take minutes."""
    return [base * 2**attempt + jitter() for attempt in range(attempts - 1)]


# --------------------------------------------------------------------------------------------
round_trip = Exercise(
    id="round-trip",
    lesson="09-parametrized-tests",
    title="True for any list of files",
    points=6,
    subject=TrackFileOperationsUseCase,
    contract=(
        "`verify_all_operations` counts every tracked operation once, also when several have the "
        "same path.",
        "A modification is verified exactly when there is a file whose content differs from what "
        "it was when the modification was tracked.",
        "A creation is verified exactly when its file has been written, whatever was written, and "
        "in whatever order.",
        "To verify changes nothing: asked twice, it answers twice the same.",
        "`all_verified` is True when there is at least one operation and all of them are verified.",
        "`./a` and `a` are one path, and a second creation of it fails; `a` and `A` are two.",
    ),
    hint="[Hypothesis](https://hypothesis.readthedocs.io/en/latest/tutorial/introduction.html) "
    "draws the examples; [pytest's fixtures](https://docs.pytest.org/en/stable/how-to/fixtures"
    ".html) are made once for all of them, so build what must be fresh in the test itself. A small "
    "alphabet, as in `st.text('aAb')`, makes accidents likely.",
    worked="LooksAtTheSize",
)


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


@round_trip.mutant(clause=1)
class OneAPath(TrackFileOperationsUseCase):
    """Checks the last operation of each path, as if a file changed only once."""

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


@round_trip.mutant(clause=2)
class LooksAtTheSize(TrackFileOperationsUseCase):
    """Compares sizes: a change that keeps the length goes unseen."""

    async def _checksum(self, file_path: str) -> str | None:
        content = await self._files.read(file_path)
        return None if content is None else str(len(content))


@round_trip.mutant(clause=3)
class EmptyIsNoFile(TrackFileOperationsUseCase):
    """Takes an empty file for none."""

    async def _has_happened(self, operation: FileOperation) -> bool:
        checksum = await self._checksum(operation.file_path)
        if operation.kind is OperationKind.CREATION:
            return bool(await self._files.read(operation.file_path))
        return checksum is not None and checksum != operation.checksum_before


@round_trip.mutant(clause=4)
class ForgetsTheVerified(TrackFileOperationsUseCase):
    """Removes what it has verified, to have less to do the next time."""

    async def verify_all_operations(self) -> VerificationSummary:
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


@round_trip.mutant(clause=5)
class NothingIsAll(TrackFileOperationsUseCase):
    """Asks whether all are verified, which is true of none at all."""

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


@round_trip.mutant(clause=6)
class IgnoresCase(TrackFileOperationsUseCase):
    """Folds the case of a path, as some file systems do."""

    def _normalise(self, file_path: str) -> str:
        return os.path.normpath(file_path).lower()


@round_trip.mutant(clause=6)
class TakesPathsAsTheyAre(TrackFileOperationsUseCase):
    """Stores a path as it was written, so that one file has many."""

    def _normalise(self, file_path: str) -> str:
        return file_path

"""Lesson 09, parametrized tests: boundaries, a table, and properties that hold for any input."""

import asyncio
import os.path
import random
from collections.abc import Callable, Mapping

from grader.exercise import Exercise
from vespera_scriptorium.application.async_operation_service import (
    DURATIONS,
    LIMITS,
    AsyncOperationService,
    backoff_delays,
)
from vespera_scriptorium.application.usecases.track_file_operations import (
    TrackFileOperationsUseCase,
)
from vespera_scriptorium.domain.file_operation import (
    FileOperation,
    OperationKind,
    VerificationSummary,
)
from vespera_scriptorium.domain.results import TimedResult

DELAYS = "vespera_scriptorium.application.async_operation_service:backoff_delays"

# ------------------------------------------------------------------ operation-durations

operation_durations = Exercise(
    id="operation-durations",
    lesson="09-parametrized-tests",
    title="How long, and how long at most",
    points=5,
    subject=AsyncOperationService,
    contract=(
        "`execute_operation` works as long as `durations` says for the type. The result's "
        "`duration` is that time, in seconds, to the millisecond.",
        "It succeeds when it has worked no longer than `limits` says for the type: at the limit "
        "exactly it succeeds. Otherwise `success` is False, and `error` says why.",
        "The time that it has waited for its turn is in `queued`, and not in `duration`.",
        "At most `slots` operations are at work at the same time, in whatever order; one that is "
        "cancelled gives its place back.",
        "A type that `durations` does not know is a result with `success` False, whose `error` "
        "names the type.",
    ),
    hint="[pytest.param](https://docs.pytest.org/en/stable/how-to/parametrize.html) gives a row a "
    "name. Under the virtual clock a duration is exact: you may compare with `==`.",
    worked="StopsShortOfTheLimit",
)


@operation_durations.alternative()
class TakesTokens(AsyncOperationService):
    """Takes tokens out of a queue, and puts them back."""

    def __init__(
        self,
        durations: Mapping[str, float] = DURATIONS,
        limits: Mapping[str, float] = LIMITS,
        slots: int = 4,
        jitter: Callable[[], float] = lambda: random.uniform(0.0, 0.1),
    ) -> None:
        self._durations = durations
        self._limits = limits
        self._tokens: asyncio.Queue[None] = asyncio.Queue()
        for _ in range(slots):
            self._tokens.put_nowait(None)
        self._jitter = jitter

    async def _work(self, operation_type: str) -> tuple[float, float]:
        clock = asyncio.get_running_loop().time
        asked = clock()
        await self._tokens.get()
        try:
            started = clock()
            await asyncio.sleep(self._durations[operation_type])
            return round(clock() - started, 3), round(started - asked, 3)
        finally:
            self._tokens.put_nowait(None)


@operation_durations.alternative()
class LastComeFirstServed(AsyncOperationService):
    """Lets the one that came last have the next turn."""

    def __init__(
        self,
        durations: Mapping[str, float] = DURATIONS,
        limits: Mapping[str, float] = LIMITS,
        slots: int = 4,
        jitter: Callable[[], float] = lambda: random.uniform(0.0, 0.1),
    ) -> None:
        self._durations = durations
        self._limits = limits
        self._free = slots
        self._waiting: list[asyncio.Event] = []
        self._jitter = jitter

    async def _work(self, operation_type: str) -> tuple[float, float]:
        clock = asyncio.get_running_loop().time
        asked = clock()
        while self._free == 0:
            turn = asyncio.Event()
            self._waiting.append(turn)
            try:
                await turn.wait()
            finally:
                if turn in self._waiting:
                    self._waiting.remove(turn)
                elif self._free and self._waiting:
                    self._waiting.pop().set()
        self._free -= 1
        try:
            started = clock()
            await asyncio.sleep(self._durations[operation_type])
            return round(clock() - started, 3), round(started - asked, 3)
        finally:
            self._free += 1
            if self._waiting:
                self._waiting.pop().set()


@operation_durations.mutant(clause=1)
class HasDurationsOfItsOwn(AsyncOperationService):
    """Works as long as the defaults say, whatever it was given."""

    async def _work(self, operation_type: str) -> tuple[float, float]:
        clock = asyncio.get_running_loop().time
        asked = clock()
        async with self._slots:
            started = clock()
            await asyncio.sleep(DURATIONS.get(operation_type, 1.0))
            return round(clock() - started, 3), round(started - asked, 3)


@operation_durations.mutant(clause=1)
class RoundsToTenths(AsyncOperationService):
    """Measures to a tenth of a second."""

    async def _work(self, operation_type: str) -> tuple[float, float]:
        clock = asyncio.get_running_loop().time
        asked = clock()
        async with self._slots:
            started = clock()
            await asyncio.sleep(self._durations[operation_type])
            return round(clock() - started, 1), round(started - asked, 3)


@operation_durations.mutant(clause=2)
class StopsShortOfTheLimit(AsyncOperationService):
    """Succeeds below the limit, and no longer at it."""

    def _result(self, operation_type: str, duration: float, queued: float) -> TimedResult:
        limit = self._limits[operation_type]
        error = None if duration < limit else f"took {duration:g} s, more than {limit:g} s"
        return TimedResult(error is None, operation_type, duration, queued, error)


@operation_durations.mutant(clause=2)
class HasOneLimitForAll(AsyncOperationService):
    """Allows every operation what the slowest may take."""

    def _result(self, operation_type: str, duration: float, queued: float) -> TimedResult:
        limit = max(self._limits.values())
        error = None if duration <= limit else f"took {duration:g} s, more than {limit:g} s"
        return TimedResult(error is None, operation_type, duration, queued, error)


@operation_durations.mutant(clause=3)
class MeasuresTheQueue(AsyncOperationService):
    """Begins to measure when it is asked, so that a full house makes operations slow."""

    async def _work(self, operation_type: str) -> tuple[float, float]:
        clock = asyncio.get_running_loop().time
        asked = clock()
        async with self._slots:
            started = clock()
            await asyncio.sleep(self._durations[operation_type])
            return round(clock() - asked, 3), round(started - asked, 3)


@operation_durations.mutant(clause=3)
class SaysThatNobodyWaits(AsyncOperationService):
    """Asks for the time after the wait for a place, and finds that there was none."""

    async def _work(self, operation_type: str) -> tuple[float, float]:
        clock = asyncio.get_running_loop().time
        async with self._slots:
            asked = started = clock()
            await asyncio.sleep(self._durations[operation_type])
            return round(clock() - started, 3), round(started - asked, 3)


@operation_durations.mutant(clause=4)
class WorksOnAllAtOnce(AsyncOperationService):
    """Gives its place back before the work begins."""

    async def _work(self, operation_type: str) -> tuple[float, float]:
        clock = asyncio.get_running_loop().time
        asked = clock()
        async with self._slots:
            started = clock()
        await asyncio.sleep(self._durations[operation_type])
        return round(clock() - started, 3), round(started - asked, 3)


@operation_durations.mutant(clause=4)
class KeepsThePlaceOfTheCancelled(AsyncOperationService):
    """Gives its place back after the work, and never when it is cancelled."""

    async def _work(self, operation_type: str) -> tuple[float, float]:
        clock = asyncio.get_running_loop().time
        asked = clock()
        await self._slots.acquire()
        started = clock()
        await asyncio.sleep(self._durations[operation_type])
        self._slots.release()
        return round(clock() - started, 3), round(started - asked, 3)


@operation_durations.mutant(clause=5)
class LooksUpWithoutAsking(AsyncOperationService):
    """Raises a `KeyError` for a type that it does not know."""

    async def execute_operation(self, operation_type: str) -> TimedResult:
        duration, queued = await self._work(operation_type)
        return self._result(operation_type, duration, queued)


# ------------------------------------------------------------------ backoff-schedule

backoff_schedule = Exercise(
    id="backoff-schedule",
    lesson="09-parametrized-tests",
    title="The table of delays",
    points=5,
    subject=backoff_delays,
    contract=(
        "`backoff_delays(attempts, base, cap, jitter)` answers with a list of seconds: one delay "
        "after each attempt but the last.",
        "Delay k, counted from 0, is `base * 2**k` plus what `jitter()` answers: 0 or more.",
        "Every delay below `cap` asks `jitter` anew.",
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


@backoff_schedule.alternative(replaces=DELAYS)
def asks_below_the_cap_only(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """Asks for no jitter where the delay has reached the cap without one."""
    delays = []
    for attempt in range(attempts - 1):
        delay = base * 2**attempt
        delays.append(min(cap, delay + jitter()) if delay < cap else cap)
    return delays


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


# ------------------------------------------------------------------ round-trip

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

"""The mutants of `operation-durations`: each has one bug, and breaks one promise."""

import asyncio

from vespera_scriptorium.application.async_operation_service import (
    DURATIONS,
    AsyncOperationService,
)
from vespera_scriptorium.domain.results import TimedResult

from .exercise import (
    operation_durations,
)


@operation_durations.mutant(promise="works")
class HasDurationsOfItsOwn(AsyncOperationService):
    """Works as long as the defaults say, whatever it was given."""

    async def _work(self, operation_type: str) -> tuple[float, float]:
        clock = asyncio.get_running_loop().time
        asked = clock()
        async with self._slots:
            started = clock()
            await asyncio.sleep(DURATIONS.get(operation_type, 1.0))
            return round(clock() - started, 3), round(started - asked, 3)


@operation_durations.mutant(promise="millisecond")
class RoundsToTenths(AsyncOperationService):
    """Measures to a tenth of a second."""

    async def _work(self, operation_type: str) -> tuple[float, float]:
        clock = asyncio.get_running_loop().time
        asked = clock()
        async with self._slots:
            started = clock()
            await asyncio.sleep(self._durations[operation_type])
            return round(clock() - started, 1), round(started - asked, 3)


@operation_durations.mutant(promise="limit")
class StopsShortOfTheLimit(AsyncOperationService):
    """Succeeds below the limit, and no longer at it."""

    def _result(self, operation_type: str, duration: float, queued: float) -> TimedResult:
        limit = self._limits[operation_type]
        error = None if duration < limit else f"took {duration:g} s, more than {limit:g} s"
        return TimedResult(error is None, operation_type, duration, queued, error)


@operation_durations.mutant(promise="own-limit")
class HasOneLimitForAll(AsyncOperationService):
    """Allows every operation what the slowest may take."""

    def _result(self, operation_type: str, duration: float, queued: float) -> TimedResult:
        limit = max(self._limits.values())
        error = None if duration <= limit else f"took {duration:g} s, more than {limit:g} s"
        return TimedResult(error is None, operation_type, duration, queued, error)


@operation_durations.mutant(promise="work-alone")
class MeasuresTheQueue(AsyncOperationService):
    """Begins to measure when it is asked, so that a full house makes operations slow."""

    async def _work(self, operation_type: str) -> tuple[float, float]:
        clock = asyncio.get_running_loop().time
        asked = clock()
        async with self._slots:
            started = clock()
            await asyncio.sleep(self._durations[operation_type])
            return round(clock() - asked, 3), round(started - asked, 3)


@operation_durations.mutant(promise="queued")
class SaysThatNobodyWaits(AsyncOperationService):
    """Asks for the time after the wait for a place, and finds that there was none."""

    async def _work(self, operation_type: str) -> tuple[float, float]:
        clock = asyncio.get_running_loop().time
        async with self._slots:
            asked = started = clock()
            await asyncio.sleep(self._durations[operation_type])
            return round(clock() - started, 3), round(started - asked, 3)


@operation_durations.mutant(promise="at-most")
class WorksOnAllAtOnce(AsyncOperationService):
    """Gives its place back before the work begins."""

    async def _work(self, operation_type: str) -> tuple[float, float]:
        clock = asyncio.get_running_loop().time
        asked = clock()
        async with self._slots:
            started = clock()
        await asyncio.sleep(self._durations[operation_type])
        return round(clock() - started, 3), round(started - asked, 3)


@operation_durations.mutant(promise="given-back")
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


@operation_durations.mutant(promise="unknown")
class LooksUpWithoutAsking(AsyncOperationService):
    """Raises a `KeyError` for a type that it does not know."""

    async def execute_operation(self, operation_type: str) -> TimedResult:
        duration, queued = await self._work(operation_type)
        return self._result(operation_type, duration, queued)


@operation_durations.mutant(promise="measured")
class SaysWhatIsWritten(AsyncOperationService):
    """Works not at all, and says what stands in the table."""

    async def _work(self, operation_type: str) -> tuple[float, float]:
        clock = asyncio.get_running_loop().time
        asked = clock()
        async with self._slots:
            started = clock()
            await asyncio.sleep(0)
            return round(self._durations[operation_type], 3), round(started - asked, 3)


@operation_durations.mutant(promise="rounded")
class ComparesBeforeItRounds(AsyncOperationService):
    """Compares the exact time with the limit, and rounds it afterwards."""

    async def _work(self, operation_type: str) -> tuple[float, float]:
        clock = asyncio.get_running_loop().time
        asked = clock()
        async with self._slots:
            started = clock()
            await asyncio.sleep(self._durations[operation_type])
            return clock() - started, round(started - asked, 3)

    def _result(self, operation_type: str, duration: float, queued: float) -> TimedResult:
        limit = self._limits[operation_type]
        error = None if duration <= limit else f"took {duration:g} s, more than {limit:g} s"
        return TimedResult(error is None, operation_type, round(duration, 3), queued, error)


@operation_durations.mutant(promise="error")
class FailsWithoutAWord(AsyncOperationService):
    """Says that it took too long by `success` alone."""

    def _result(self, operation_type: str, duration: float, queued: float) -> TimedResult:
        success = duration <= self._limits[operation_type]
        return TimedResult(success, operation_type, duration, queued)


@operation_durations.mutant(promise="no-limit")
class CountsTheWait(AsyncOperationService):
    """Counts the time in the queue for the limit."""

    def _result(self, operation_type: str, duration: float, queued: float) -> TimedResult:
        limit = self._limits[operation_type]
        error = None if duration + queued <= limit else f"took more than {limit:g} s"
        return TimedResult(error is None, operation_type, duration, queued, error)


@operation_durations.mutant(promise="all-places")
class OneAfterTheOther(AsyncOperationService):
    """Works on one operation at a time, however many places there are."""

    async def _work(self, operation_type: str) -> tuple[float, float]:
        clock = asyncio.get_running_loop().time
        asked = clock()
        async with vars(self).setdefault("_one", asyncio.Semaphore(1)), self._slots:
            started = clock()
            await asyncio.sleep(self._durations[operation_type])
            return round(clock() - started, 3), round(started - asked, 3)


@operation_durations.mutant(promise="none-given")
class GivesWhatItNeverHad(AsyncOperationService):
    """Gives a place back when it is cancelled, also one that it was waiting for."""

    async def _work(self, operation_type: str) -> tuple[float, float]:
        clock = asyncio.get_running_loop().time
        asked = clock()
        try:
            await self._slots.acquire()
            started = clock()
            await asyncio.sleep(self._durations[operation_type])
            return round(clock() - started, 3), round(started - asked, 3)
        finally:
            self._slots.release()


@operation_durations.mutant(promise="named")
class NamesNothing(AsyncOperationService):
    """Says that there is no such operation, and not which."""

    async def execute_operation(self, operation_type: str) -> TimedResult:
        if operation_type not in self._durations or operation_type not in self._limits:
            error = "there is no such operation"
            return TimedResult(success=False, operation_type=operation_type, error=error)
        duration, queued = await self._work(operation_type)
        return self._result(operation_type, duration, queued)


@operation_durations.mutant(promise="no-limit-known")
class NoLimitIsAnyLimit(AsyncOperationService):
    """Lets a type without a limit take any time."""

    async def execute_operation(self, operation_type: str) -> TimedResult:
        if operation_type not in self._durations:
            error = f"there is no operation {operation_type}"
            return TimedResult(success=False, operation_type=operation_type, error=error)
        duration, queued = await self._work(operation_type)
        if operation_type not in self._limits:
            return TimedResult(True, operation_type, duration, queued)
        return self._result(operation_type, duration, queued)


@operation_durations.mutant(promise="at-most")
class PlacesForEachType(AsyncOperationService):
    """Has as many places for each type as there should be for all."""

    async def _work(self, operation_type: str) -> tuple[float, float]:
        clock = asyncio.get_running_loop().time
        asked = clock()
        every = vars(self).setdefault("_places", {})
        if operation_type not in every:
            every[operation_type] = asyncio.Semaphore(self._slots._value)
        async with every[operation_type]:
            started = clock()
            await asyncio.sleep(self._durations[operation_type])
            return round(clock() - started, 3), round(started - asked, 3)

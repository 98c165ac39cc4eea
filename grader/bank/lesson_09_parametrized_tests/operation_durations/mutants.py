"""The mutants of `operation-durations`: each has one bug, and breaks one clause."""

import asyncio

from vespera_scriptorium.application.async_operation_service import (
    DURATIONS,
    AsyncOperationService,
)
from vespera_scriptorium.domain.results import TimedResult

from .exercise import (
    operation_durations,
)


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

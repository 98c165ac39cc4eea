"""Own variants of operation-durations, written from the contract and the application alone."""

import random
from collections.abc import Callable, Mapping

from grader.bank import OPERATION_DURATIONS
from vespera_scriptorium.application.async_operation_service import *  # noqa: F403


@OPERATION_DURATIONS.mutant(clause=1)
class RoundsToHundredths(AsyncOperationService):
    """Rounds the duration to hundredths of a second."""

    async def _work(self, operation_type: str) -> tuple[float, float]:
        """Wait for a place, and work: how long it worked, and how long it had waited."""
        clock = asyncio.get_running_loop().time
        asked = clock()
        async with self._slots:
            started = clock()
            await asyncio.sleep(self._durations[operation_type])
            return round(clock() - started, 2), round(started - asked, 3)


@OPERATION_DURATIONS.mutant(clause=2)
class FailsAtTheLimit(AsyncOperationService):
    """Fails at the limit exactly."""

    def _result(self, operation_type: str, duration: float, queued: float) -> TimedResult:
        """What is said of an operation: whether it was allowed to work that long."""
        limit = self._limits[operation_type]
        error = None if duration < limit else f"took {duration:g} s, more than {limit:g} s"
        return TimedResult(error is None, operation_type, duration, queued, error)


@OPERATION_DURATIONS.mutant(clause=3)
class LimitsTheWait(AsyncOperationService):
    """Counts the time in the queue for the limit."""

    def _result(self, operation_type: str, duration: float, queued: float) -> TimedResult:
        """What is said of an operation: whether it was allowed to work that long."""
        limit = self._limits[operation_type]
        total = duration + queued
        error = None if total <= limit else f"took {total:g} s, more than {limit:g} s"
        return TimedResult(error is None, operation_type, duration, queued, error)


@OPERATION_DURATIONS.mutant(clause=4)
class LosesAPlace(AsyncOperationService):
    """Keeps the place of an operation that is cancelled at work."""

    async def _work(self, operation_type: str) -> tuple[float, float]:
        """Wait for a place, and work: how long it worked, and how long it had waited."""
        clock = asyncio.get_running_loop().time
        asked = clock()
        await self._slots.acquire()
        started = clock()
        await asyncio.sleep(self._durations[operation_type])
        self._slots.release()
        return round(clock() - started, 3), round(started - asked, 3)


@OPERATION_DURATIONS.mutant(clause=4)
class SlotsForEachType(AsyncOperationService):
    """Has so many slots for each type, not for all together."""

    def __init__(
        self,
        durations: Mapping[str, float] = DURATIONS,
        limits: Mapping[str, float] = LIMITS,
        slots: int = 4,
        jitter: Callable[[], float] = lambda: random.uniform(0.0, 0.1),
    ) -> None:
        self._durations = durations
        self._limits = limits
        self._jitter = jitter
        self._slots = {name: asyncio.Semaphore(slots) for name in durations}

    async def _work(self, operation_type: str) -> tuple[float, float]:
        """Wait for a place, and work: how long it worked, and how long it had waited."""
        clock = asyncio.get_running_loop().time
        asked = clock()
        async with self._slots[operation_type]:
            started = clock()
            await asyncio.sleep(self._durations[operation_type])
            return round(clock() - started, 3), round(started - asked, 3)


@OPERATION_DURATIONS.mutant(clause=5)
class NoLimitIsNoProblem(AsyncOperationService):
    """Takes a type that has no limit for one that may take any time."""

    async def execute_operation(self, operation_type: str) -> TimedResult:
        """Execute an operation: `quick`, `medium` or `slow`."""
        if operation_type not in self._durations:
            error = f"there is no operation {operation_type}"
            return TimedResult(success=False, operation_type=operation_type, error=error)
        duration, queued = await self._work(operation_type)
        if operation_type not in self._limits:
            return TimedResult(True, operation_type, duration, queued)
        return self._result(operation_type, duration, queued)


@OPERATION_DURATIONS.alternative()
class Tokens(AsyncOperationService):
    """Hands out places as tokens of a queue."""

    def __init__(
        self,
        durations: Mapping[str, float] = DURATIONS,
        limits: Mapping[str, float] = LIMITS,
        slots: int = 4,
        jitter: Callable[[], float] = lambda: random.uniform(0.0, 0.1),
    ) -> None:
        self._durations = durations
        self._limits = limits
        self._jitter = jitter
        self._slots = asyncio.Queue()
        for number in range(slots):
            self._slots.put_nowait(number)

    async def _work(self, operation_type: str) -> tuple[float, float]:
        """Wait for a place, and work: how long it worked, and how long it had waited."""
        loop = asyncio.get_running_loop()
        asked = loop.time()
        token = await self._slots.get()
        try:
            started = loop.time()
            await asyncio.sleep(self._durations[operation_type])
            ended = loop.time()
        finally:
            self._slots.put_nowait(token)
        return round(ended - started, 3), round(started - asked, 3)


@OPERATION_DURATIONS.alternative()
class OtherWords(AsyncOperationService):
    """Says all errors in other words, and waits without a sleep."""

    async def execute_operation(self, operation_type: str) -> TimedResult:
        """Execute an operation: `quick`, `medium` or `slow`."""
        missing = [
            what
            for what, table in (("duration", self._durations), ("limit", self._limits))
            if operation_type not in table
        ]
        if missing:
            text = f"{operation_type!s} has no {' and no '.join(missing)}"
            return TimedResult(False, operation_type, error=text)
        worked, waited = await self._work(operation_type)
        return self._result(operation_type, worked, waited)

    async def _work(self, operation_type: str) -> tuple[float, float]:
        """Wait for a place, and work: how long it worked, and how long it had waited."""
        loop = asyncio.get_running_loop()
        asked = loop.time()
        await self._slots.acquire()
        try:
            started = loop.time()
            bell = loop.create_future()
            timer = loop.call_later(self._durations[operation_type], bell.set_result, None)
            try:
                await bell
            finally:
                timer.cancel()
            return round(loop.time() - started, 3), round(started - asked, 3)
        finally:
            self._slots.release()

    def _result(self, operation_type: str, duration: float, queued: float) -> TimedResult:
        """What is said of an operation: whether it was allowed to work that long."""
        if duration > self._limits[operation_type]:
            return TimedResult(False, operation_type, duration, queued, "too slow")
        return TimedResult(True, operation_type, duration, queued, None)


@OPERATION_DURATIONS.alternative()
class CountsMilliseconds(AsyncOperationService):
    """Counts in whole milliseconds."""

    async def execute_operation(self, operation_type: str) -> TimedResult:
        """Execute an operation: `quick`, `medium` or `slow`."""
        if operation_type not in self._limits or operation_type not in self._durations:
            return TimedResult(False, operation_type, error=f"unknown: {operation_type}")
        clock = asyncio.get_running_loop().time
        asked = clock()
        async with self._slots:
            started = clock()
            await asyncio.sleep(self._durations[operation_type])
        duration = round(1000 * (clock() - started)) / 1000
        queued = round(1000 * (started - asked)) / 1000
        if duration <= self._limits[operation_type]:
            return TimedResult(True, operation_type, duration, queued)
        return TimedResult(False, operation_type, duration, queued, f"{duration} s is too long")

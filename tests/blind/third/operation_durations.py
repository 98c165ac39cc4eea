"""Own variants of operation-durations, written from the contract and the application alone."""

from grader.bank import operation_durations
from vespera_scriptorium.application.async_operation_service import *  # noqa: F403


@operation_durations.mutant(clause=1)
class Hundredths(AsyncOperationService):
    """The duration is rounded to hundredths."""

    async def _work(self, operation_type: str) -> tuple[float, float]:
        """Wait for a place, and work: how long it worked, and how long it had waited."""
        clock = asyncio.get_running_loop().time
        asked = clock()
        async with self._slots:
            started = clock()
            await asyncio.sleep(self._durations[operation_type])
            return round(clock() - started, 2), round(started - asked, 3)


@operation_durations.mutant(clause=2)
class AtTheLimitIsTooLong(AsyncOperationService):
    """At the limit exactly it fails."""

    def _result(self, operation_type: str, duration: float, queued: float) -> TimedResult:
        """What is said of an operation: whether it was allowed to work that long."""
        limit = self._limits[operation_type]
        error = None if duration < limit else f"took {duration:g} s, more than {limit:g} s"
        return TimedResult(error is None, operation_type, duration, queued, error)


@operation_durations.mutant(clause=3)
class TheLimitCountsTheQueue(AsyncOperationService):
    """The limit counts the time in the queue, too."""

    def _result(self, operation_type: str, duration: float, queued: float) -> TimedResult:
        """What is said of an operation: whether it was allowed to work that long."""
        limit = self._limits[operation_type]
        error = None if duration + queued <= limit else f"took {duration:g} s, more than {limit:g} s"
        return TimedResult(error is None, operation_type, duration, queued, error)


@operation_durations.mutant(clause=4)
class CancelledKeepsThePlace(AsyncOperationService):
    """One that is cancelled at work keeps its place."""

    async def _work(self, operation_type: str) -> tuple[float, float]:
        """Wait for a place, and work: how long it worked, and how long it had waited."""
        clock = asyncio.get_running_loop().time
        asked = clock()
        await self._slots.acquire()
        started = clock()
        await asyncio.sleep(self._durations[operation_type])
        self._slots.release()
        return round(clock() - started, 3), round(started - asked, 3)


@operation_durations.mutant(clause=4)
class CancelledWhileItWaits(AsyncOperationService):
    """One that is cancelled while it waits gives back a place that it never had."""

    async def _work(self, operation_type: str) -> tuple[float, float]:
        """Wait for a place, and work: how long it worked, and how long it had waited."""
        clock = asyncio.get_running_loop().time
        asked = clock()
        try:
            await self._slots.acquire()
            started = clock()
            await asyncio.sleep(self._durations[operation_type])
            return round(clock() - started, 3), round(started - asked, 3)
        finally:
            self._slots.release()


@operation_durations.mutant(clause=5)
class ADurationIsEnough(AsyncOperationService):
    """A type without a limit is not noticed in time."""

    async def execute_operation(self, operation_type: str) -> TimedResult:
        """Execute an operation: `quick`, `medium` or `slow`."""
        known = list(self._durations)
        if operation_type not in known:
            error = f"there is no operation {operation_type}, only {', '.join(known)}"
            return TimedResult(success=False, operation_type=operation_type, error=error)
        duration, queued = await self._work(operation_type)
        return self._result(operation_type, duration, queued)


@operation_durations.alternative()
class OtherWords(AsyncOperationService):
    """Says the errors in other words."""

    def _result(self, operation_type: str, duration: float, queued: float) -> TimedResult:
        """What is said of an operation: whether it was allowed to work that long."""
        limit = self._limits[operation_type]
        error = None if duration <= limit else "too slow"
        return TimedResult(error is None, operation_type, duration, queued, error)

    async def execute_operation(self, operation_type: str) -> TimedResult:
        """Execute an operation: `quick`, `medium` or `slow`."""
        known = [name for name in self._durations if name in self._limits]
        if operation_type not in known:
            error = f"{operation_type!r}?"
            return TimedResult(success=False, operation_type=operation_type, error=error)
        duration, queued = await self._work(operation_type)
        return self._result(operation_type, duration, queued)


@operation_durations.alternative()
class MillisecondsFirst(AsyncOperationService):
    """Counts in milliseconds."""

    async def _work(self, operation_type: str) -> tuple[float, float]:
        """Wait for a place, and work: how long it worked, and how long it had waited."""
        clock = asyncio.get_running_loop().time
        asked = clock()
        async with self._slots:
            started = clock()
            await asyncio.sleep(self._durations[operation_type])
            worked, waited = clock() - started, started - asked
            return round(worked * 1000) / 1000, round(waited * 1000) / 1000


@operation_durations.alternative()
class AcquiresByHand(AsyncOperationService):
    """Takes and gives back the place by hand."""

    async def _work(self, operation_type: str) -> tuple[float, float]:
        """Wait for a place, and work: how long it worked, and how long it had waited."""
        clock = asyncio.get_running_loop().time
        asked = clock()
        await self._slots.acquire()
        try:
            started = clock()
            await asyncio.sleep(self._durations[operation_type])
            ended = clock()
        finally:
            self._slots.release()
        return round(ended - started, 3), round(started - asked, 3)

"""Own variants of operation-durations, written from the contract and the application alone."""

from grader.bank import OPERATION_DURATIONS
from vespera_scriptorium.application.async_operation_service import *  # noqa: F403


@OPERATION_DURATIONS.mutant(clause=1)
class Hundredths(AsyncOperationService):
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
class TooLongAtTheLimit(AsyncOperationService):
    """An operation that takes exactly as long as it may has failed."""

    def _result(self, operation_type: str, duration: float, queued: float) -> TimedResult:
        """What is said of an operation: whether it was allowed to work that long."""
        limit = self._limits[operation_type]
        error = None if duration < limit else f"took {duration:g} s, more than {limit:g} s"
        return TimedResult(error is None, operation_type, duration, queued, error)


@OPERATION_DURATIONS.mutant(clause=3)
class TheLimitCountsTheQueue(AsyncOperationService):
    """The limit counts the time in the queue, too."""

    def _result(self, operation_type: str, duration: float, queued: float) -> TimedResult:
        """What is said of an operation: whether it was allowed to work that long."""
        limit = self._limits[operation_type]
        total = round(duration + queued, 3)
        error = None if total <= limit else f"took {total:g} s, more than {limit:g} s"
        return TimedResult(error is None, operation_type, duration, queued, error)


@OPERATION_DURATIONS.mutant(clause=4)
class SlotsForEachType(AsyncOperationService):
    """Each type has all the slots for itself."""

    async def _work(self, operation_type: str) -> tuple[float, float]:
        """Wait for a place, and work: how long it worked, and how long it had waited."""
        clock = asyncio.get_running_loop().time
        asked = clock()
        by_type = self.__dict__.setdefault("_by_type", {})
        if operation_type not in by_type:
            by_type[operation_type] = asyncio.Semaphore(self.__dict__["_number_of_slots"])
        async with by_type[operation_type]:
            started = clock()
            await asyncio.sleep(self._durations[operation_type])
            return round(clock() - started, 3), round(started - asked, 3)

    def __init__(
        self,
        durations: Mapping[str, float] = DURATIONS,
        limits: Mapping[str, float] = LIMITS,
        slots: int = 4,
        jitter: Callable[[], float] = lambda: random.uniform(0.0, 0.1),
    ) -> None:
        self._durations = durations
        self._limits = limits
        self._slots = asyncio.Semaphore(slots)
        self._number_of_slots = slots
        self._jitter = jitter


@OPERATION_DURATIONS.mutant(clause=4)
class ACancelledOneKeepsItsPlace(AsyncOperationService):
    """An operation that is cancelled at work does not give its place back."""

    async def _work(self, operation_type: str) -> tuple[float, float]:
        """Wait for a place, and work: how long it worked, and how long it had waited."""
        clock = asyncio.get_running_loop().time
        asked = clock()
        await self._slots.acquire()
        started = clock()
        await asyncio.sleep(self._durations[operation_type])
        self._slots.release()
        return round(clock() - started, 3), round(started - asked, 3)


@OPERATION_DURATIONS.mutant(clause=5)
class NoLimitIsFreedom(AsyncOperationService):
    """A type without a limit works without one."""

    async def execute_operation(self, operation_type: str) -> TimedResult:
        """Execute an operation: `quick`, `medium` or `slow`."""
        if operation_type not in self._durations:
            error = f"there is no operation {operation_type}, only {', '.join(self._durations)}"
            return TimedResult(success=False, operation_type=operation_type, error=error)
        duration, queued = await self._work(operation_type)
        if operation_type not in self._limits:
            return TimedResult(True, operation_type, duration, queued)
        return self._result(operation_type, duration, queued)


@OPERATION_DURATIONS.alternative()
class OtherWords(AsyncOperationService):
    """Uses other words, and refuses each kind of unknown type on its own."""

    async def execute_operation(self, operation_type: str) -> TimedResult:
        """Execute an operation: `quick`, `medium` or `slow`."""
        for table, what in ((self._durations, "duration"), (self._limits, "limit")):
            if operation_type not in table:
                return TimedResult(False, operation_type, error=f"{operation_type}: no {what}")
        duration, queued = await self._work(operation_type)
        return self._result(operation_type, duration, queued)

    def _result(self, operation_type: str, duration: float, queued: float) -> TimedResult:
        """What is said of an operation: whether it was allowed to work that long."""
        if duration > self._limits[operation_type]:
            return TimedResult(False, operation_type, duration, queued, "too slow")
        return TimedResult(True, operation_type, duration, queued)


@OPERATION_DURATIONS.alternative()
class WaitsForAnEvent(AsyncOperationService):
    """Works with a callback of the loop in the place of a sleep."""

    async def _work(self, operation_type: str) -> tuple[float, float]:
        """Wait for a place, and work: how long it worked, and how long it had waited."""
        loop = asyncio.get_running_loop()
        asked = loop.time()
        await self._slots.acquire()
        try:
            started = loop.time()
            done = asyncio.Event()
            handle = loop.call_at(started + self._durations[operation_type], done.set)
            try:
                await done.wait()
            finally:
                handle.cancel()
            worked = loop.time() - started
        finally:
            self._slots.release()
        return round(worked, 3), round(started - asked, 3)


@OPERATION_DURATIONS.alternative()
class LastComesFirst(AsyncOperationService):
    """Gives a free place to the one that has waited for the shortest time."""

    async def _work(self, operation_type: str) -> tuple[float, float]:
        """Wait for a place, and work: how long it worked, and how long it had waited."""
        loop = asyncio.get_running_loop()
        waiting = self.__dict__.setdefault("_waiting", [])
        asked = loop.time()

        def free() -> None:
            self._slots.release()
            while waiting and not self._slots.locked():
                turn = waiting.pop()
                if not turn.done():
                    self._slots._value -= 1
                    turn.set_result(None)

        if not self._slots.locked():
            await self._slots.acquire()
        else:
            turn = loop.create_future()
            waiting.append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                if turn in waiting:
                    waiting.remove(turn)
                if turn.done() and not turn.cancelled():
                    free()
                raise
        try:
            started = loop.time()
            await asyncio.sleep(self._durations[operation_type])
            return round(loop.time() - started, 3), round(started - asked, 3)
        finally:
            free()

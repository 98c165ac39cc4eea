"""Operations of known durations, measured; and work that is tried again, later each time."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping

from vespera_scriptorium.domain.errors import reason
from vespera_scriptorium.domain.results import ServiceResult, TimedResult

DURATIONS = {"quick": 0.05, "medium": 0.1, "slow": 0.2}
LIMITS = {"quick": 1.0, "medium": 3.0, "slow": 5.0}


def backoff_delays(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """How many seconds to wait after each of so many attempts; after the last there is no wait.

    After attempt k, counted from 0, it is `base * 2**k` plus what `jitter()` answers then, and
    never more than `cap`.
    """
    delays = []
    for _ in range(attempts - 1):
        delays.append(min(cap, base + jitter()))
        base = min(cap, base * 2)  # a power of 2 would outgrow every float
    return delays


class AsyncOperationService:
    """Executes quick, medium and slow operations, a few at a time.

    The contract (all times in seconds, measured to the millisecond):

    1. An operation works as long as `durations` says for its type.
    2. It succeeds when it worked no longer than `limits` says: at the limit exactly it succeeds.
    3. `duration` is the time at work alone; the time it waited for its turn is `queued`. It waits
       only while `slots` operations are at work: never are more at the same time.
    4. A type that has no duration or no limit is an error result that names it.
    5. `execute_with_backoff` runs the work up to `attempts` times, until it raises no `Exception`.
       In between it sleeps as `backoff_delays` says. After the last attempt it does not sleep.
    6. When all attempts fail, it is an error result with the message of the last error. A
       cancellation ends it at once.
    """

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
        self._jitter = jitter

    async def execute_operation(self, operation_type: str) -> TimedResult:
        """Execute an operation: `quick`, `medium` or `slow`."""
        known = [name for name in self._durations if name in self._limits]
        if operation_type not in known:
            error = f"there is no operation {operation_type}, only {', '.join(known)}"
            return TimedResult(success=False, operation_type=operation_type, error=error)
        duration, queued = await self._work(operation_type)
        return self._result(operation_type, duration, queued)

    async def _work(self, operation_type: str) -> tuple[float, float]:
        """Wait for a place, and work: how long it worked, and how long it had waited."""
        clock = asyncio.get_running_loop().time
        asked = clock()
        async with self._slots:
            started = clock()
            await asyncio.sleep(self._durations[operation_type])
            return round(clock() - started, 3), round(started - asked, 3)

    def _result(self, operation_type: str, duration: float, queued: float) -> TimedResult:
        """What is said of an operation: whether it was allowed to work that long."""
        limit = self._limits[operation_type]
        error = None if duration <= limit else f"took {duration:g} s, more than {limit:g} s"
        return TimedResult(error is None, operation_type, duration, queued, error)

    async def execute_with_backoff(
        self,
        work: Callable[[], Awaitable[str]],
        attempts: int = 4,
        base: float = 0.1,
        cap: float = 1.0,
    ) -> ServiceResult:
        """Run the work, and again after an error, later each time."""
        if attempts < 1:
            raise ValueError("attempts must be 1 or more")
        message = ""
        for delay in [*backoff_delays(attempts, base, cap, self._jitter), None]:
            try:
                return ServiceResult(success=True, output=await work())
            except Exception as error:
                message = reason(error)
            if delay is not None:
                await asyncio.sleep(delay)
        return ServiceResult(success=False, error=message)

"""Work with a deadline: alone, in a batch, and with a cleanup that has a deadline of its own."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from vespera_scriptorium.application.cancellation import cancellations
from vespera_scriptorium.domain.errors import DeadlineExceededError, reason
from vespera_scriptorium.domain.results import ServiceResult
from vespera_scriptorium.domain.task import BatchOutcome

T = TypeVar("T")


class TimeoutAwareService:
    """Ends work that takes too long.

    The contract (all times in seconds):

    1. `run` answers with what the work answers when it ends before the deadline. At the deadline
       the work is cancelled, and once it has ended `run` raises `DeadlineExceededError`, which is a
       `TimeoutError`, whatever the work made of its cancellation.
    2. What the work raises before the deadline comes out as it is, a `TimeoutError` too.
    3. `busy` tells how much work is going on: none, once all calls have ended, however they did.
    4. `run_batch` runs its works one after the other and gives all of them together one budget.
       Each stands in the outcome under its name: succeeded with its output, failed with its
       error, or cancelled: not at its end, or not even started, when the budget was spent. It
       does not raise for a spent budget, nor for one of zero or less.
    5. `run_with_cleanup` awaits the cleanup once after a missed deadline, and not otherwise. The
       cleanup has `cleanup_timeout` of its own, counted from its start, and is cancelled then.
       Either way the `DeadlineExceededError` of the work comes out; its `cleanup_abandoned` tells
       which. An error of the cleanup comes out as a note on it.
    6. A cancellation from outside comes out of every method as `CancelledError`, at any moment, and
       whatever the work or the cleanup makes of it.
    """

    def __init__(self) -> None:
        self.busy = 0

    async def run(self, work: Callable[[], Awaitable[T]], timeout: float) -> T:
        """Await the work, for `timeout` seconds at most."""
        return await self._run(work, asyncio.timeout(timeout))

    async def run_batch(
        self, works: Mapping[str, Callable[[], Awaitable[str]]], budget: float
    ) -> BatchOutcome:
        """Await works that share `budget` seconds."""
        end = asyncio.get_running_loop().time() + budget
        outcome = BatchOutcome()
        for name, work in works.items():
            await self._run_one(name, work, end, outcome)
        return outcome

    async def _run_one(
        self, name: str, work: Callable[[], Awaitable[str]], end: float, outcome: BatchOutcome
    ) -> None:
        """Await one work of a batch that ends at `end`, and note what became of it."""
        if asyncio.get_running_loop().time() >= end:
            outcome.cancelled.append(name)
            return
        deadline = asyncio.timeout_at(end)
        try:
            outcome.succeeded[name] = await self._run(work, deadline)
        except Exception as error:
            if deadline.expired():
                outcome.cancelled.append(name)
            else:
                outcome.failed[name] = error

    async def run_with_cleanup(
        self,
        work: Callable[[], Awaitable[T]],
        cleanup: Callable[[], Awaitable[None]],
        timeout: float,
        cleanup_timeout: float = 2.0,
    ) -> T:
        """Await the work, and when it misses its deadline the cleanup."""
        deadline = asyncio.timeout(timeout)
        try:
            return await self._run(work, deadline)
        except DeadlineExceededError as missed:
            if deadline.expired():
                await self._clean_up(cleanup, cleanup_timeout, missed)
            raise

    async def _run(self, work: Callable[[], Awaitable[T]], deadline: asyncio.Timeout) -> T:
        """Await the work until a deadline."""
        cause: Exception | None = None
        before = cancellations()
        self.busy += 1
        try:
            async with deadline:
                result = await work()
        except Exception as error:
            cause = error
        finally:
            self.busy -= 1
        # Also when the work made an answer or an error of its cancellation.
        if cancellations() > before:
            raise asyncio.CancelledError from cause
        if deadline.expired():
            raise DeadlineExceededError("the work did not end by its deadline") from cause
        if cause is not None:
            raise cause
        return result

    async def _clean_up(
        self,
        cleanup: Callable[[], Awaitable[None]],
        timeout: float,
        missed: DeadlineExceededError,
    ) -> None:
        """Await the cleanup for a while, and report on the missed deadline how it went."""
        deadline = asyncio.timeout(timeout)
        try:
            await self._run(cleanup, deadline)
        except Exception as error:
            missed.cleanup_abandoned = deadline.expired()
            missed.add_note(f"the cleanup failed: {reason(error)}")

    async def quick_operation(self, timeout: float) -> ServiceResult:
        """An operation that takes 10 ms."""
        return await self._operation(0.01, timeout)

    async def slow_operation(self, timeout: float) -> ServiceResult:
        """An operation that takes a minute."""
        return await self._operation(60.0, timeout)

    async def _operation(self, seconds: float, timeout: float) -> ServiceResult:
        async def work() -> ServiceResult:
            await asyncio.sleep(seconds)
            return ServiceResult(success=True)

        return await self.run(work, timeout)

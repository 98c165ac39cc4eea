"""Own variants of deadline, written from the contract and the application alone."""

from grader.bank import deadline
from vespera_scriptorium.application.timeout_aware_service import *  # noqa: F403


@deadline.mutant(clause=1)
class OneDeadlineForAllCalls(TimeoutAwareService):
    """The deadline of the first call holds for all later ones."""

    async def run(self, work: Callable[[], Awaitable[T]], timeout: float) -> T:
        """Await the work, for `timeout` seconds at most."""
        now = asyncio.get_running_loop().time()
        end = self.__dict__.setdefault("_end", now + timeout)
        return await self._run(work, asyncio.timeout_at(end))


@deadline.mutant(clause=2)
class DoesNotWaitForTheEnd(TimeoutAwareService):
    """Raises at the deadline, while the work still cleans up."""

    async def run(self, work: Callable[[], Awaitable[T]], timeout: float) -> T:
        """Await the work, for `timeout` seconds at most."""
        self.busy += 1
        working = asyncio.ensure_future(work())
        try:
            done, _ = await asyncio.wait([working], timeout=timeout)
        except asyncio.CancelledError:
            working.cancel()
            await asyncio.wait([working])
            raise
        finally:
            self.busy -= 1
        if not done:
            working.cancel()
            raise DeadlineExceededError("the work did not end by its deadline")
        return working.result()


@deadline.mutant(clause=3)
class LateIsGoodEnough(TimeoutAwareService):
    """An answer that comes after the deadline is returned."""

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
        if deadline.expired() and cause is not None:
            raise DeadlineExceededError("the work did not end by its deadline") from cause
        if cause is not None:
            raise cause
        return result


@deadline.mutant(clause=4)
class EveryTimeoutIsOurs(TimeoutAwareService):
    """A `TimeoutError` of the work comes out as a missed deadline."""

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
        if deadline.expired() or isinstance(cause, TimeoutError):
            raise DeadlineExceededError("the work did not end by its deadline") from cause
        if cause is not None:
            raise cause
        return result


@deadline.mutant(clause=5)
class BusyForEver(TimeoutAwareService):
    """A call that is cancelled stays busy."""

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
        self.busy -= 1
        # Also when the work made an answer or an error of its cancellation.
        if cancellations() > before:
            raise asyncio.CancelledError from cause
        if deadline.expired():
            raise DeadlineExceededError("the work did not end by its deadline") from cause
        if cause is not None:
            raise cause
        return result


@deadline.mutant(clause=6)
class TheWorkDecides(TimeoutAwareService):
    """Work that makes an error of a cancellation from outside hides it."""

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
        if cancellations() > before and cause is None:
            raise asyncio.CancelledError from cause
        if deadline.expired():
            raise DeadlineExceededError("the work did not end by its deadline") from cause
        if cause is not None:
            raise cause
        return result


@deadline.alternative()
class CountsFirst(TimeoutAwareService):
    """Computes the deadline itself."""

    async def run(self, work: Callable[[], Awaitable[T]], timeout: float) -> T:
        """Await the work, for `timeout` seconds at most."""
        return await self._run(work, asyncio.timeout_at(asyncio.get_running_loop().time() + timeout))


@deadline.alternative()
class OtherWords(TimeoutAwareService):
    """Says the missed deadline in other words, without a cause."""

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
            raise asyncio.CancelledError("from outside")
        if deadline.expired():
            raise DeadlineExceededError() from None
        if cause is not None:
            raise cause
        return result


@deadline.alternative()
class LooksAtTheCauseFirst(TimeoutAwareService):
    """Asks in another order."""

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
        if not deadline.expired():
            if cause is None:
                return result
            raise cause
        raise DeadlineExceededError(f"too late: {deadline.when()}")

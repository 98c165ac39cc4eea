"""Own variants of deadline, written from the contract and the application alone."""

from grader.bank import DEADLINE
from vespera_scriptorium.application.timeout_aware_service import *  # noqa: F403


@DEADLINE.mutant(clause=2)
class ZeroIsForever(TimeoutAwareService):
    """Takes a timeout of zero for none."""

    async def run(self, work: Callable[[], Awaitable[T]], timeout: float) -> T:
        """Await the work, for `timeout` seconds at most."""
        return await self._run(work, asyncio.timeout(timeout or None))


@DEADLINE.mutant(clause=2)
class DoesNotWait(TimeoutAwareService):
    """Raises at the deadline, while the cancelled work is still cleaning up."""

    async def run(self, work: Callable[[], Awaitable[T]], timeout: float) -> T:
        """Await the work, for `timeout` seconds at most."""
        task = asyncio.ensure_future(self._run(work, asyncio.timeout(None)))
        try:
            done, _ = await asyncio.wait([task], timeout=timeout)
        except asyncio.CancelledError:
            while not task.done():
                task.cancel()
                try:
                    await asyncio.wait([task])
                except asyncio.CancelledError:
                    continue
            raise
        if done:
            return task.result()
        task.cancel()
        raise DeadlineExceededError("the work did not end by its deadline")


@DEADLINE.mutant(clause=3)
class TakesALateError(TimeoutAwareService):
    """Lets an error out that the work raises after its deadline."""

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
        if cancellations() > before:
            raise asyncio.CancelledError from cause
        if cause is not None and not isinstance(cause, TimeoutError):
            raise cause
        if deadline.expired():
            raise DeadlineExceededError("the work did not end by its deadline") from cause
        if cause is not None:
            raise cause
        return result


@DEADLINE.mutant(clause=4)
class EveryTimeoutIsTheDeadline(TimeoutAwareService):
    """Takes a TimeoutError that the work raises in time for the missed deadline."""

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
        if cancellations() > before:
            raise asyncio.CancelledError from cause
        if deadline.expired() or isinstance(cause, TimeoutError):
            raise DeadlineExceededError("the work did not end by its deadline") from cause
        if cause is not None:
            raise cause
        return result


@DEADLINE.mutant(clause=5)
class BusyAfterACancellation(TimeoutAwareService):
    """Counts a call that was cancelled from outside as busy for ever."""

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
        if cancellations() > before:
            raise asyncio.CancelledError from cause
        self.busy -= 1
        if deadline.expired():
            raise DeadlineExceededError("the work did not end by its deadline") from cause
        if cause is not None:
            raise cause
        return result


@DEADLINE.mutant(clause=6)
class DeadlineBeforeCancellation(TimeoutAwareService):
    """Raises the missed deadline when late work makes an answer or an error of the cancellation."""

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
        if deadline.expired():
            raise DeadlineExceededError("the work did not end by its deadline") from cause
        if cancellations() > before:
            raise asyncio.CancelledError from cause
        if cause is not None:
            raise cause
        return result


@DEADLINE.alternative()
class ATaskOfItsOwn(TimeoutAwareService):
    """Runs the work in a task of its own."""

    async def run(self, work: Callable[[], Awaitable[T]], timeout: float) -> T:
        """Await the work, for `timeout` seconds at most."""
        async def await_it():
            return await work()

        self.busy += 1
        try:
            task = asyncio.create_task(await_it())
            cancelled = False
            late = False
            while not task.done():
                try:
                    await asyncio.wait([task], timeout=None if late or cancelled else timeout)
                except asyncio.CancelledError:
                    cancelled = True
                    task.cancel()
                else:
                    if not task.done():
                        late = True
                        task.cancel()
            if cancelled:
                if not task.cancelled():
                    task.exception()
                raise asyncio.CancelledError
            if late:
                cause = None if task.cancelled() else task.exception()
                raise DeadlineExceededError(f"not done within {timeout} s") from cause
            return task.result()
        finally:
            self.busy -= 1


@DEADLINE.alternative()
class OwnTimer(TimeoutAwareService):
    """Cancels the work with a timer of its own, and says in other words that it is late."""

    async def run(self, work: Callable[[], Awaitable[T]], timeout: float) -> T:
        """Await the work, for `timeout` seconds at most."""
        task = asyncio.current_task()
        before = task.cancelling()
        late = False

        def expire():
            nonlocal late
            late = True
            task.cancel()

        error = None
        answer = None
        self.busy += 1
        timer = asyncio.get_running_loop().call_later(max(0.0, timeout), expire)
        try:
            answer = await work()
        except (Exception, asyncio.CancelledError) as raised:
            error = raised
        finally:
            timer.cancel()
            self.busy -= 1
        if late:
            task.uncancel()
        if task.cancelling() > before:
            raise asyncio.CancelledError("from outside")
        if late:
            raise DeadlineExceededError(f"{timeout:g} seconds were not enough")
        if error is not None:
            raise error
        return answer


@DEADLINE.alternative()
class CountsOutside(TimeoutAwareService):
    """Counts in `run`'s own block, and hides what the late work made of its cancellation."""

    async def _run(self, work: Callable[[], Awaitable[T]], deadline: asyncio.Timeout) -> T:
        """Await the work until a deadline."""
        before = cancellations()
        self.busy = self.busy + 1
        outcome = []
        try:
            try:
                async with deadline:
                    outcome.append((await work(), None))
            except Exception as error:
                outcome = [(None, error)]
            if cancellations() != before:
                raise asyncio.CancelledError("cancelled") from None
            if deadline.expired():
                raise DeadlineExceededError from None
            answer, error = outcome[0]
            if error is not None:
                raise error
            return answer
        finally:
            self.busy = self.busy - 1

"""The mutants of `deadline`: each has one bug, and breaks one promise."""

import asyncio
from collections.abc import Awaitable, Callable

from vespera_scriptorium.application.cancellation import cancellations
from vespera_scriptorium.application.timeout_aware_service import T, TimeoutAwareService
from vespera_scriptorium.domain.errors import DeadlineExceededError

from .exercise import deadline


@deadline.mutant(promise="in-time")
class Milliseconds(TimeoutAwareService):
    """Takes the seconds for milliseconds, so that only the quickest work ends in time."""

    async def run(self, work: Callable[[], Awaitable[T]], timeout: float) -> T:
        return await self._run(work, asyncio.timeout(timeout / 1000))


@deadline.mutant(promise="deadline")
class SameForAll(TimeoutAwareService):
    """Ends all work after 30 seconds, the default of some configuration, whatever is asked for."""

    async def run(self, work: Callable[[], Awaitable[T]], timeout: float) -> T:
        return await self._run(work, asyncio.timeout(30))


@deadline.mutant(promise="ended")
class WorkGoesOn(TimeoutAwareService):
    """Gives up waiting at the deadline, and lets the work run on with nobody to wait for it."""

    async def _run(self, work: Callable[[], Awaitable[T]], deadline: asyncio.Timeout) -> T:
        async def answer() -> T:
            return await work()

        self.busy += 1
        task = asyncio.create_task(answer())
        try:
            async with deadline:
                await asyncio.wait({task})
        except TimeoutError as error:
            raise DeadlineExceededError("the work did not end by its deadline") from error
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.wait({task})
            raise
        finally:
            self.busy -= 1
        return task.result()


@deadline.mutant(promise="late-answer")
class LateAnswer(TimeoutAwareService):
    """Returns what work answers that swallowed its cancellation, as if it had come in time."""

    async def _run(self, work: Callable[[], Awaitable[T]], deadline: asyncio.Timeout) -> T:
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
        if cause is None:
            return result
        if deadline.expired():
            raise DeadlineExceededError("the work did not end by its deadline") from cause
        raise cause


@deadline.mutant(promise="own-timeout")
class EveryTimeoutIsMine(TimeoutAwareService):
    """Takes every `TimeoutError` for its own deadline, also that of a socket inside the work."""

    async def _run(self, work: Callable[[], Awaitable[T]], deadline: asyncio.Timeout) -> T:
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


@deadline.mutant(promise="falls")
class StaysBusy(TimeoutAwareService):
    """Counts a call as ended when it ends well, and forgets all others."""

    async def _run(self, work: Callable[[], Awaitable[T]], deadline: asyncio.Timeout) -> T:
        cause: Exception | None = None
        before = cancellations()
        self.busy += 1
        try:
            async with deadline:
                result = await work()
        except Exception as error:
            cause = error
        # Also when the work made an answer or an error of its cancellation.
        if cancellations() > before:
            raise asyncio.CancelledError from cause
        if deadline.expired():
            raise DeadlineExceededError("the work did not end by its deadline") from cause
        if cause is not None:
            raise cause
        self.busy -= 1
        return result


@deadline.mutant(promise="cancelled")
class CancelledIsTooLate(TimeoutAwareService):
    """Takes a cancellation from outside for the deadline, since both arrive as `CancelledError`."""

    async def _run(self, work: Callable[[], Awaitable[T]], deadline: asyncio.Timeout) -> T:
        cause: BaseException | None = None
        self.busy += 1
        try:
            async with deadline:
                result = await work()
        except (Exception, asyncio.CancelledError) as error:
            cause = error
        finally:
            self.busy -= 1
        if deadline.expired() or isinstance(cause, asyncio.CancelledError):
            raise DeadlineExceededError("the work did not end by its deadline") from cause
        if cause is not None:
            raise cause
        return result


@deadline.mutant(promise="deadline")
class CountsFromTheFirstCall(TimeoutAwareService):
    """Counts the seconds of every call from the first one."""

    async def run(self, work: Callable[[], Awaitable[T]], timeout: float) -> T:
        start = vars(self).setdefault("_start", asyncio.get_running_loop().time())
        return await self._run(work, asyncio.timeout_at(start + timeout))


@deadline.mutant(promise="type")
class PlainTimeout(TimeoutAwareService):
    """Raises a `TimeoutError` that nobody can tell from others."""

    async def _run(self, work: Callable[[], Awaitable[T]], deadline: asyncio.Timeout) -> T:
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
        if deadline.expired():
            raise TimeoutError("the work did not end by its deadline") from cause
        if cause is not None:
            raise cause
        return result


@deadline.mutant(promise="late-error")
class LateError(TimeoutAwareService):
    """Lets out what late work raises when it is cancelled."""

    async def _run(self, work: Callable[[], Awaitable[T]], deadline: asyncio.Timeout) -> T:
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


@deadline.mutant(promise="same")
class RaisedAnew(TimeoutAwareService):
    """Raises a new exception of the type and with the text of the one that came."""

    async def _run(self, work: Callable[[], Awaitable[T]], deadline: asyncio.Timeout) -> T:
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
        if deadline.expired():
            raise DeadlineExceededError("the work did not end by its deadline") from cause
        if cause is not None:
            raise type(cause)(*cause.args)
        return result


@deadline.mutant(promise="counts")
class BusyOrNot(TimeoutAwareService):
    """Knows one call or none: the first that ends takes all others with it."""

    async def _run(self, work: Callable[[], Awaitable[T]], deadline: asyncio.Timeout) -> T:
        cause: Exception | None = None
        before = cancellations()
        self.busy = 1
        try:
            async with deadline:
                result = await work()
        except Exception as error:
            cause = error
        finally:
            self.busy = 0
        if cancellations() > before:
            raise asyncio.CancelledError from cause
        if deadline.expired():
            raise DeadlineExceededError("the work did not end by its deadline") from cause
        if cause is not None:
            raise cause
        return result


@deadline.mutant(promise="falls-cancelled")
class BusyWhenCancelled(TimeoutAwareService):
    """Counts a call that was cancelled from outside for ever."""

    async def _run(self, work: Callable[[], Awaitable[T]], deadline: asyncio.Timeout) -> T:
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


@deadline.mutant(promise="work-ends")
class LeavesTheWork(TimeoutAwareService):
    """Is cancelled at once, and leaves the work to itself."""

    async def _run(self, work: Callable[[], Awaitable[T]], deadline: asyncio.Timeout) -> T:
        async def answer() -> T:
            return await work()

        self.busy += 1
        task = asyncio.create_task(answer())
        try:
            async with deadline:
                await asyncio.wait({task})
        except TimeoutError as error:
            task.cancel()
            await asyncio.wait({task})
            raise DeadlineExceededError("the work did not end by its deadline") from error
        finally:
            self.busy -= 1
        return task.result()


@deadline.mutant(promise="swallowed")
class AnswersAllTheSame(TimeoutAwareService):
    """Returns the answer of work that was cancelled, and forgets who cancelled it."""

    async def _run(self, work: Callable[[], Awaitable[T]], deadline: asyncio.Timeout) -> T:
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
        if cancellations() > before and cause is not None:
            raise asyncio.CancelledError from cause
        if deadline.expired():
            raise DeadlineExceededError("the work did not end by its deadline") from cause
        if cause is not None:
            raise cause
        return result


@deadline.mutant(promise="turned")
class LetsItsErrorOut(TimeoutAwareService):
    """Raises the error of work that was cancelled, and forgets who cancelled it."""

    async def _run(self, work: Callable[[], Awaitable[T]], deadline: asyncio.Timeout) -> T:
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
        if cancellations() > before and cause is None:
            raise asyncio.CancelledError
        if deadline.expired():
            raise DeadlineExceededError("the work did not end by its deadline") from cause
        if cause is not None:
            raise cause
        return result


@deadline.mutant(promise="while-late")
class DeadlineComesFirst(TimeoutAwareService):
    """Reports a missed deadline, though it was cancelled in the meantime."""

    async def _run(self, work: Callable[[], Awaitable[T]], deadline: asyncio.Timeout) -> T:
        cause: Exception | None = None
        before = cancellations()
        self.busy += 1
        try:
            async with deadline:
                result = await work()
        except asyncio.CancelledError as error:
            if not deadline.expired():
                raise
            raise DeadlineExceededError("the work did not end by its deadline") from error
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


@deadline.mutant(promise="deadline")
class NoTimeIsAllTime(TimeoutAwareService):
    """Takes a timeout of 0 for none."""

    async def run(self, work: Callable[[], Awaitable[T]], timeout: float) -> T:
        return await self._run(work, asyncio.timeout(timeout or None))

"""The mutants of `deadline`: each has one bug, and breaks one clause."""

import asyncio
from collections.abc import Awaitable, Callable

from vespera_scriptorium.application.cancellation import cancellations
from vespera_scriptorium.application.timeout_aware_service import T, TimeoutAwareService
from vespera_scriptorium.domain.errors import DeadlineExceededError

from .exercise import deadline


@deadline.mutant(clause=1)
class Milliseconds(TimeoutAwareService):
    """Takes the seconds for milliseconds, so that only the quickest work ends in time."""

    async def run(self, work: Callable[[], Awaitable[T]], timeout: float) -> T:
        return await self._run(work, asyncio.timeout(timeout / 1000))


@deadline.mutant(clause=2)
class SameForAll(TimeoutAwareService):
    """Ends all work after 30 seconds, the default of some configuration, whatever is asked for."""

    async def run(self, work: Callable[[], Awaitable[T]], timeout: float) -> T:
        return await self._run(work, asyncio.timeout(30))


@deadline.mutant(clause=2)
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


@deadline.mutant(clause=3)
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


@deadline.mutant(clause=4)
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


@deadline.mutant(clause=5)
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


@deadline.mutant(clause=6)
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

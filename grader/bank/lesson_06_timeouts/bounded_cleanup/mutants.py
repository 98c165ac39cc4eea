"""The mutants of `bounded-cleanup`: each has one bug, and breaks one promise."""

import asyncio
from collections.abc import Awaitable, Callable

from vespera_scriptorium.application.timeout_aware_service import T, TimeoutAwareService
from vespera_scriptorium.domain.errors import DeadlineExceededError, reason

from .exercise import bounded_cleanup


@bounded_cleanup.mutant(promise="only-late")
class CleansUpAlways(TimeoutAwareService):
    """Cleans up after whatever ended the work, also after an answer that came in time."""

    async def run_with_cleanup(
        self,
        work: Callable[[], Awaitable[T]],
        cleanup: Callable[[], Awaitable[None]],
        timeout: float,
        cleanup_timeout: float = 2.0,
    ) -> T:
        missed = DeadlineExceededError("the work did not end by its deadline")
        try:
            return await self._run(work, asyncio.timeout(timeout))
        except DeadlineExceededError as error:
            missed = error
            raise
        finally:
            await self._clean_up(cleanup, cleanup_timeout, missed)


@bounded_cleanup.mutant(promise="own-time")
class OneDeadlineForBoth(TimeoutAwareService):
    """Cleans up under the deadline of the work: it is over, and so is the cleanup at once."""

    async def run_with_cleanup(
        self,
        work: Callable[[], Awaitable[T]],
        cleanup: Callable[[], Awaitable[None]],
        timeout: float,
        cleanup_timeout: float = 2.0,
    ) -> T:
        deadline = asyncio.timeout(timeout)
        try:
            return await self._run(work, deadline)
        except DeadlineExceededError as missed:
            if deadline.expired():
                await self._clean_up(cleanup, 0.0, missed)
            raise


@bounded_cleanup.mutant(promise="beginning")
class LateWorkTakesItsTime(TimeoutAwareService):
    """Counts the cleanup's seconds from the deadline, so that work which ends late eats them up."""

    async def run_with_cleanup(
        self,
        work: Callable[[], Awaitable[T]],
        cleanup: Callable[[], Awaitable[None]],
        timeout: float,
        cleanup_timeout: float = 2.0,
    ) -> T:
        end = asyncio.get_running_loop().time() + timeout
        deadline = asyncio.timeout_at(end)
        try:
            return await self._run(work, deadline)
        except DeadlineExceededError as missed:
            if deadline.expired():
                late = asyncio.get_running_loop().time() - end
                await self._clean_up(cleanup, cleanup_timeout - late, missed)
            raise


@bounded_cleanup.mutant(promise="bounded")
class CleansUpForEver(TimeoutAwareService):
    """Awaits the cleanup for as long as it takes: one that is stuck keeps the caller waiting."""

    async def _clean_up(
        self,
        cleanup: Callable[[], Awaitable[None]],
        timeout: float,
        missed: DeadlineExceededError,
    ) -> None:
        started = asyncio.get_running_loop().time()
        try:
            await self._run(cleanup, asyncio.timeout(None))
        except Exception as error:
            missed.add_note(f"the cleanup failed: {reason(error)}")
        missed.cleanup_abandoned = asyncio.get_running_loop().time() - started > timeout


@bounded_cleanup.mutant(promise="abandoned")
class NotReported(TimeoutAwareService):
    """Abandons a cleanup that takes too long, and tells nobody."""

    async def _clean_up(
        self,
        cleanup: Callable[[], Awaitable[None]],
        timeout: float,
        missed: DeadlineExceededError,
    ) -> None:
        deadline = asyncio.timeout(timeout)
        try:
            await self._run(cleanup, deadline)
        except Exception as error:
            if not deadline.expired():
                missed.add_note(f"the cleanup failed: {reason(error)}")


@bounded_cleanup.mutant(promise="missed")
class CleanupErrorWins(TimeoutAwareService):
    """Lets an error of the cleanup out, so that nobody learns that the work came too late."""

    async def _clean_up(
        self,
        cleanup: Callable[[], Awaitable[None]],
        timeout: float,
        missed: DeadlineExceededError,
    ) -> None:
        deadline = asyncio.timeout(timeout)
        try:
            await self._run(cleanup, deadline)
        except Exception:
            if not deadline.expired():
                raise
            missed.cleanup_abandoned = True


@bounded_cleanup.mutant(promise="cancelled")
class CancellationSwallowed(TimeoutAwareService):
    """Catches `CancelledError` to note an abandoned cleanup, and loses the caller's own with it."""

    async def _clean_up(
        self,
        cleanup: Callable[[], Awaitable[None]],
        timeout: float,
        missed: DeadlineExceededError,
    ) -> None:
        deadline = asyncio.timeout(timeout)
        try:
            await self._run(cleanup, deadline)
        except (Exception, asyncio.CancelledError) as error:
            missed.cleanup_abandoned = deadline.expired()
            missed.add_note(f"the cleanup failed: {reason(error)}")


@bounded_cleanup.mutant(promise="own-timeout")
class CleansUpAfterEveryTimeout(TimeoutAwareService):
    """Cleans up after a `TimeoutError` of the work, too."""

    async def run_with_cleanup(
        self,
        work: Callable[[], Awaitable[T]],
        cleanup: Callable[[], Awaitable[None]],
        timeout: float,
        cleanup_timeout: float = 2.0,
    ) -> T:
        try:
            return await self._run(work, asyncio.timeout(timeout))
        except DeadlineExceededError as missed:
            await self._clean_up(cleanup, cleanup_timeout, missed)
            raise
        except TimeoutError:
            await self._clean_up(cleanup, cleanup_timeout, DeadlineExceededError())
            raise


@bounded_cleanup.mutant(promise="after-work")
class CleansUpAtTheDeadline(TimeoutAwareService):
    """Begins to clean up at the deadline, while the work still ends."""

    async def run_with_cleanup(
        self,
        work: Callable[[], Awaitable[T]],
        cleanup: Callable[[], Awaitable[None]],
        timeout: float,
        cleanup_timeout: float = 2.0,
    ) -> T:
        task = asyncio.create_task(self._run(work, asyncio.timeout(None)))
        try:
            async with asyncio.timeout(timeout):
                await asyncio.wait({task})
        except TimeoutError:
            missed = DeadlineExceededError("the work did not end by its deadline")
            task.cancel()
            await self._clean_up(cleanup, cleanup_timeout, missed)
            await asyncio.wait({task})
            raise missed from None
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.wait({task})
            raise
        return task.result()


@bounded_cleanup.mutant(promise="once")
class CleansUpAgain(TimeoutAwareService):
    """Tries the cleanup again when it has failed."""

    async def run_with_cleanup(
        self,
        work: Callable[[], Awaitable[T]],
        cleanup: Callable[[], Awaitable[None]],
        timeout: float,
        cleanup_timeout: float = 2.0,
    ) -> T:
        deadline = asyncio.timeout(timeout)
        try:
            return await self._run(work, deadline)
        except DeadlineExceededError as missed:
            if deadline.expired():
                await self._clean_up(cleanup, cleanup_timeout, missed)
                if getattr(missed, "__notes__", None) and not missed.cleanup_abandoned:
                    await self._clean_up(cleanup, cleanup_timeout, missed)
            raise


@bounded_cleanup.mutant(promise="asked-for")
class AlwaysTwoSeconds(TimeoutAwareService):
    """Gives every cleanup 2 seconds, however many were asked for."""

    async def run_with_cleanup(
        self,
        work: Callable[[], Awaitable[T]],
        cleanup: Callable[[], Awaitable[None]],
        timeout: float,
        cleanup_timeout: float = 2.0,
    ) -> T:
        deadline = asyncio.timeout(timeout)
        try:
            return await self._run(work, deadline)
        except DeadlineExceededError as missed:
            if deadline.expired():
                await self._clean_up(cleanup, 2.0, missed)
            raise


@bounded_cleanup.mutant(promise="ends")
class LeavesTheCleanup(TimeoutAwareService):
    """Cancels a cleanup that takes too long, and does not wait for its end."""

    async def _clean_up(
        self,
        cleanup: Callable[[], Awaitable[None]],
        timeout: float,
        missed: DeadlineExceededError,
    ) -> None:
        async def clean() -> None:
            await cleanup()

        task = asyncio.create_task(clean())
        try:
            await asyncio.wait({task}, timeout=timeout)
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.wait({task})
            raise
        if not task.done():
            missed.cleanup_abandoned = True
            task.cancel()
        elif error := task.exception():
            missed.add_note(f"the cleanup failed: {reason(error)}")


@bounded_cleanup.mutant(promise="cleanup-ends")
class LeavesTheCleanupWhenCancelled(TimeoutAwareService):
    """Is cancelled at once, and does not wait for the cleanup that it cancels."""

    async def _clean_up(
        self,
        cleanup: Callable[[], Awaitable[None]],
        timeout: float,
        missed: DeadlineExceededError,
    ) -> None:
        async def clean() -> None:
            await cleanup()

        task = asyncio.create_task(clean())
        try:
            await asyncio.wait({task}, timeout=timeout)
        except asyncio.CancelledError:
            task.cancel()
            raise
        if not task.done():
            missed.cleanup_abandoned = True
            task.cancel()
            await asyncio.wait({task})
        elif error := task.exception():
            missed.add_note(f"the cleanup failed: {reason(error)}")


@bounded_cleanup.mutant(promise="swallowed")
class BelievesTheCleanup(TimeoutAwareService):
    """Takes a cleanup that swallows its cancellation for one that ended in time."""

    async def _clean_up(
        self,
        cleanup: Callable[[], Awaitable[None]],
        timeout: float,
        missed: DeadlineExceededError,
    ) -> None:
        ended = []

        async def noted() -> None:
            await cleanup()
            ended.append(True)

        deadline = asyncio.timeout(timeout)
        try:
            await self._run(noted, deadline)
        except Exception as error:
            missed.cleanup_abandoned = deadline.expired() and not ended
            missed.add_note(f"the cleanup failed: {reason(error)}")


@bounded_cleanup.mutant(promise="in-time")
class FailedIsAbandoned(TimeoutAwareService):
    """Says of a cleanup that failed in time that it was abandoned."""

    async def _clean_up(
        self,
        cleanup: Callable[[], Awaitable[None]],
        timeout: float,
        missed: DeadlineExceededError,
    ) -> None:
        deadline = asyncio.timeout(timeout)
        try:
            await self._run(cleanup, deadline)
        except Exception as error:
            missed.cleanup_abandoned = True
            missed.add_note(f"the cleanup failed: {reason(error)}")


@bounded_cleanup.mutant(promise="note")
class NotesWhatFailed(TimeoutAwareService):
    """Notes that the cleanup failed, and keeps the reason to itself."""

    async def _clean_up(
        self,
        cleanup: Callable[[], Awaitable[None]],
        timeout: float,
        missed: DeadlineExceededError,
    ) -> None:
        deadline = asyncio.timeout(timeout)
        try:
            await self._run(cleanup, deadline)
        except Exception as error:
            missed.cleanup_abandoned = deadline.expired()
            missed.add_note(f"the cleanup failed with a {type(error).__name__}")


@bounded_cleanup.mutant(promise="answered")
class CleanupEndsTheCancellation(TimeoutAwareService):
    """Forgets a cancellation when the cleanup ends all the same."""

    async def _clean_up(
        self,
        cleanup: Callable[[], Awaitable[None]],
        timeout: float,
        missed: DeadlineExceededError,
    ) -> None:
        ended = []

        async def noted() -> None:
            await cleanup()
            ended.append(True)

        deadline = asyncio.timeout(timeout)
        try:
            await self._run(noted, deadline)
        except asyncio.CancelledError:
            if not ended:
                raise
        except Exception as error:
            missed.cleanup_abandoned = deadline.expired()
            missed.add_note(f"the cleanup failed: {reason(error)}")


@bounded_cleanup.mutant(promise="no-cleanup")
class CleansUpWhenCancelled(TimeoutAwareService):
    """Cleans up after work that was cancelled from outside."""

    async def run_with_cleanup(
        self,
        work: Callable[[], Awaitable[T]],
        cleanup: Callable[[], Awaitable[None]],
        timeout: float,
        cleanup_timeout: float = 2.0,
    ) -> T:
        deadline = asyncio.timeout(timeout)
        try:
            return await self._run(work, deadline)
        except DeadlineExceededError as missed:
            if deadline.expired():
                await self._clean_up(cleanup, cleanup_timeout, missed)
            raise
        except asyncio.CancelledError:
            await self._clean_up(cleanup, cleanup_timeout, DeadlineExceededError())
            raise

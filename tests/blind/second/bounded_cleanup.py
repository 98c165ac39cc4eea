"""Own variants of bounded-cleanup, written from the contract and the application alone."""

from grader.bank import BOUNDED_CLEANUP
from vespera_scriptorium.application.timeout_aware_service import *  # noqa: F403


@BOUNDED_CLEANUP.mutant(clause=1)
class AnyTimeoutIsAMissedDeadline(TimeoutAwareService):
    """Cleans up also after a `TimeoutError` that the work itself raises in time."""

    async def run_with_cleanup(
        self,
        work: Callable[[], Awaitable[T]],
        cleanup: Callable[[], Awaitable[None]],
        timeout: float,
        cleanup_timeout: float = 2.0,
    ) -> T:
        """Await the work, and when it misses its deadline the cleanup."""
        try:
            return await self._run(work, asyncio.timeout(timeout))
        except TimeoutError as missed:
            if isinstance(missed, DeadlineExceededError):
                await self._clean_up(cleanup, cleanup_timeout, missed)
            else:
                await cleanup()
            raise


@BOUNDED_CLEANUP.mutant(clause=2)
class CleanupTimeFromTheDeadlineOn(TimeoutAwareService):
    """The time of the cleanup begins at the deadline of the work, also when the work ends late."""

    async def run_with_cleanup(
        self,
        work: Callable[[], Awaitable[T]],
        cleanup: Callable[[], Awaitable[None]],
        timeout: float,
        cleanup_timeout: float = 2.0,
    ) -> T:
        """Await the work, and when it misses its deadline the cleanup."""
        clock = asyncio.get_running_loop().time
        end = clock() + timeout + cleanup_timeout
        deadline = asyncio.timeout(timeout)
        try:
            return await self._run(work, deadline)
        except DeadlineExceededError as missed:
            if deadline.expired():
                await self._clean_up(cleanup, end - clock(), missed)
            raise


@BOUNDED_CLEANUP.mutant(clause=3)
class LeavesTheCleanupBehind(TimeoutAwareService):
    """Cancels a cleanup that takes too long, but does not wait for its end."""

    async def _clean_up(
        self,
        cleanup: Callable[[], Awaitable[None]],
        timeout: float,
        missed: DeadlineExceededError,
    ) -> None:
        """Await the cleanup for a while, and report on the missed deadline how it went."""
        task = asyncio.ensure_future(cleanup())
        try:
            await asyncio.wait([task], timeout=timeout)
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.wait([task])
            raise
        if not task.done():
            task.cancel()
            missed.cleanup_abandoned = True
        elif task.cancelled():
            raise asyncio.CancelledError
        elif task.exception() is not None:
            missed.add_note(f"the cleanup failed: {reason(task.exception())}")


@BOUNDED_CLEANUP.mutant(clause=4)
class AnAnswerIsNotAbandoned(TimeoutAwareService):
    """A cleanup that answers its cancellation with a normal end does not count as abandoned."""

    async def _clean_up(
        self,
        cleanup: Callable[[], Awaitable[None]],
        timeout: float,
        missed: DeadlineExceededError,
    ) -> None:
        """Await the cleanup for a while, and report on the missed deadline how it went."""
        before = cancellations()
        try:
            async with asyncio.timeout(timeout) as deadline:
                await cleanup()
        except Exception as error:
            missed.cleanup_abandoned = deadline.expired()
            missed.add_note(f"the cleanup failed: {reason(error)}")
        if cancellations() > before:
            raise asyncio.CancelledError


@BOUNDED_CLEANUP.mutant(clause=5)
class TheErrorOfTheCleanupIsLost(TimeoutAwareService):
    """Notes only that the cleanup failed, not why."""

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
            missed.add_note(f"the cleanup failed: {type(error).__name__}")


@BOUNDED_CLEANUP.mutant(clause=6)
class ACancelledCleanupIsANote(TimeoutAwareService):
    """A cancellation from outside during the cleanup becomes a note like any error."""

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
        except BaseException as error:
            missed.cleanup_abandoned = deadline.expired()
            missed.add_note(f"the cleanup failed: {reason(error)}")


@BOUNDED_CLEANUP.alternative()
class CleanupInATask(TimeoutAwareService):
    """Runs the cleanup in a task of its own."""

    async def _clean_up(
        self,
        cleanup: Callable[[], Awaitable[None]],
        timeout: float,
        missed: DeadlineExceededError,
    ) -> None:
        """Await the cleanup for a while, and report on the missed deadline how it went."""

        async def whole() -> None:
            await cleanup()

        task = asyncio.create_task(whole())
        try:
            await asyncio.wait([task], timeout=timeout)
            if not task.done():
                missed.cleanup_abandoned = True
                task.cancel()
                await asyncio.wait([task])
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.wait([task])
            if not task.cancelled():
                task.exception()
            raise
        if not task.cancelled() and task.exception() is not None:
            missed.add_note(f"clean-up: {task.exception()!s} ({type(task.exception())})")


@BOUNDED_CLEANUP.alternative()
class AlwaysANote(TimeoutAwareService):
    """Adds notes about the whole course, also when nothing failed."""

    async def _clean_up(
        self,
        cleanup: Callable[[], Awaitable[None]],
        timeout: float,
        missed: DeadlineExceededError,
    ) -> None:
        """Await the cleanup for a while, and report on the missed deadline how it went."""
        missed.add_note(f"it was cleaned up for {timeout:g} s at most")
        deadline = asyncio.timeout(timeout)
        try:
            await self._run(cleanup, deadline)
        except Exception as error:
            if deadline.expired():
                missed.cleanup_abandoned = True
            else:
                missed.add_note(f"{error} came out of it, a {type(error).__name__}")
        else:
            missed.add_note("it ended well")


@BOUNDED_CLEANUP.alternative()
class OtherWords(TimeoutAwareService):
    """Asks the outcome of the work outside of the `except` block, and without the helper."""

    async def run_with_cleanup(
        self,
        work: Callable[[], Awaitable[T]],
        cleanup: Callable[[], Awaitable[None]],
        timeout: float,
        cleanup_timeout: float = 2.0,
    ) -> T:
        """Await the work, and when it misses its deadline the cleanup."""
        deadline = asyncio.timeout(timeout)
        failure: Exception | None = None
        try:
            result = await self._run(work, deadline)
        except Exception as error:
            failure = error
        if failure is None:
            return result
        if not deadline.expired():
            raise failure
        own = asyncio.timeout(cleanup_timeout)
        try:
            await self._run(cleanup, own)
        except Exception as error:
            failure.add_note(f"cleaning up: {error!r}")
        failure.cleanup_abandoned = own.expired()
        raise failure

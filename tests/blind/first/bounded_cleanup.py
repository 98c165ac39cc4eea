"""Own variants of bounded-cleanup, written from the contract and the application alone."""

from grader.bank import BOUNDED_CLEANUP
from vespera_scriptorium.application.timeout_aware_service import *  # noqa: F403


@BOUNDED_CLEANUP.mutant(clause=1)
class AfterAnyTimeout(TimeoutAwareService):
    """Cleans up after any TimeoutError, also one that the work raises in time."""

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
        except TimeoutError as missed:
            await self._clean_up(cleanup, cleanup_timeout, missed)
            raise


@BOUNDED_CLEANUP.mutant(clause=2)
class CountsFromTheDeadline(TimeoutAwareService):
    """Counts the cleanup's time from the work's deadline, not from the cleanup's beginning."""

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
class LeavesTheCleanupAlone(TimeoutAwareService):
    """Cancels a cleanup that takes too long, but does not wait for its end."""

    async def _clean_up(
        self,
        cleanup: Callable[[], Awaitable[None]],
        timeout: float,
        missed: DeadlineExceededError,
    ) -> None:
        """Await the cleanup for a while, and report on the missed deadline how it went."""
        task = asyncio.ensure_future(self._run(cleanup, asyncio.timeout(None)))
        try:
            await asyncio.wait([task], timeout=timeout)
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.wait([task])
            raise
        if not task.done():
            task.cancel()
            missed.cleanup_abandoned = True
        elif not task.cancelled() and task.exception() is not None:
            missed.add_note(f"the cleanup failed: {reason(task.exception())}")


@BOUNDED_CLEANUP.mutant(clause=4)
class ALateAnswerIsNotAbandoned(TimeoutAwareService):
    """Says that a cleanup was not abandoned when it makes an answer of its cancellation."""

    async def _clean_up(
        self,
        cleanup: Callable[[], Awaitable[None]],
        timeout: float,
        missed: DeadlineExceededError,
    ) -> None:
        """Await the cleanup for a while, and report on the missed deadline how it went."""
        deadline = asyncio.timeout(timeout)
        before = cancellations()
        self.busy += 1
        try:
            async with deadline:
                await cleanup()
        except Exception as error:
            missed.cleanup_abandoned = deadline.expired()
            missed.add_note(f"the cleanup failed: {reason(error)}")
        finally:
            self.busy -= 1
        if cancellations() > before:
            raise asyncio.CancelledError


@BOUNDED_CLEANUP.mutant(clause=5)
class NotesTheTypeOnly(TimeoutAwareService):
    """Notes only the type of an error of the cleanup, not what it says."""

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
class NotesACancelledCleanup(TimeoutAwareService):
    """Notes the error that a cleanup makes of a cancellation from outside, and goes on."""

    async def _clean_up(
        self,
        cleanup: Callable[[], Awaitable[None]],
        timeout: float,
        missed: DeadlineExceededError,
    ) -> None:
        """Await the cleanup for a while, and report on the missed deadline how it went."""
        deadline = asyncio.timeout(timeout)
        self.busy += 1
        try:
            async with deadline:
                await cleanup()
        except Exception as error:
            missed.add_note(f"the cleanup failed: {reason(error)}")
        finally:
            self.busy -= 1
            missed.cleanup_abandoned = deadline.expired()


@BOUNDED_CLEANUP.alternative()
class NotesOnlyErrors(TimeoutAwareService):
    """Notes nothing but an error that came in time, in other words, on two lines."""

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
            if deadline.expired():
                missed.cleanup_abandoned = True
            else:
                missed.add_note("there was another error")
                missed.add_note(f"{type(error).__name__} of the cleanup says: {error}")


@BOUNDED_CLEANUP.alternative()
class CleansUpOutside(TimeoutAwareService):
    """Cleans up outside of the handler, and raises a new error at the end."""

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
            answer = await self._run(work, deadline)
        except DeadlineExceededError as error:
            if not deadline.expired():
                raise
            missed = error
        else:
            return answer
        second = asyncio.timeout(cleanup_timeout)
        problem = None
        try:
            await self._run(cleanup, second)
        except Exception as error:
            problem = error
        result = DeadlineExceededError(f"late, after {timeout} s")
        result.cleanup_abandoned = second.expired()
        if problem is not None and not second.expired():
            result.add_note(f"cleanup: {problem}")
        raise result from missed


@BOUNDED_CLEANUP.alternative()
class ATaskForTheCleanup(TimeoutAwareService):
    """Runs the cleanup in a task of its own."""

    async def _clean_up(
        self,
        cleanup: Callable[[], Awaitable[None]],
        timeout: float,
        missed: DeadlineExceededError,
    ) -> None:
        """Await the cleanup for a while, and report on the missed deadline how it went."""
        async def clean():
            await cleanup()

        task = asyncio.create_task(clean(), name="cleanup")
        cancelled = False
        while not task.done():
            forever = cancelled or missed.cleanup_abandoned
            try:
                await asyncio.wait([task], timeout=None if forever else timeout)
            except asyncio.CancelledError:
                cancelled = True
                task.cancel()
            else:
                if not task.done():
                    missed.cleanup_abandoned = True
                    task.cancel()
        problem = None if task.cancelled() else task.exception()
        if cancelled:
            raise asyncio.CancelledError
        if task.cancelled() and not missed.cleanup_abandoned:
            raise asyncio.CancelledError
        if problem is not None:
            missed.add_note(f"while cleaning up: {problem}")

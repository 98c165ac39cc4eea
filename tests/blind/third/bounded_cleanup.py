"""Own variants of bounded-cleanup, written from the contract and the application alone."""

from grader.bank import bounded_cleanup
from vespera_scriptorium.application.timeout_aware_service import *  # noqa: F403


@bounded_cleanup.mutant(clause=1)
class TheWorksOwnError(TimeoutAwareService):
    """A `DeadlineExceededError` of the work itself is followed by the cleanup, too."""

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
            await self._clean_up(cleanup, cleanup_timeout, missed)
            raise


@bounded_cleanup.mutant(clause=2)
class CountsFromTheDeadline(TimeoutAwareService):
    """The time of the cleanup counts from the deadline of the work, not from its own beginning."""

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
                late = asyncio.get_running_loop().time() - (deadline.when() or 0.0)
                await self._clean_up(cleanup, cleanup_timeout - late, missed)
            raise


@bounded_cleanup.mutant(clause=3)
class LeavesTheCleanup(TimeoutAwareService):
    """A cleanup that takes too long is cancelled, but not awaited."""

    async def _clean_up(
        self,
        cleanup: Callable[[], Awaitable[None]],
        timeout: float,
        missed: DeadlineExceededError,
    ) -> None:
        """Await the cleanup for a while, and report on the missed deadline how it went."""
        cleaning = asyncio.ensure_future(cleanup())
        try:
            done, _ = await asyncio.wait([cleaning], timeout=timeout)
        except asyncio.CancelledError:
            cleaning.cancel()
            await asyncio.wait([cleaning])
            raise
        if not done:
            cleaning.cancel()
            missed.cleanup_abandoned = True
            missed.add_note("the cleanup failed: it took too long")
        elif cleaning.exception() is not None:
            missed.add_note(f"the cleanup failed: {reason(cleaning.exception())}")


@bounded_cleanup.mutant(clause=4)
class AnyTimeoutErrorIsTooLate(TimeoutAwareService):
    """A `TimeoutError` that the cleanup raises in time counts as abandoned."""

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
            missed.cleanup_abandoned = isinstance(error, TimeoutError)
            missed.add_note(f"the cleanup failed: {reason(error)}")


@bounded_cleanup.mutant(clause=5)
class TheNoteSaysNothing(TimeoutAwareService):
    """The note does not hold the message of the cleanup's error."""

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
            missed.add_note("the cleanup failed")


@bounded_cleanup.mutant(clause=6)
class TheCleanupAnswers(TimeoutAwareService):
    """A cleanup that answers its cancellation from outside hides it."""

    async def _clean_up(
        self,
        cleanup: Callable[[], Awaitable[None]],
        timeout: float,
        missed: DeadlineExceededError,
    ) -> None:
        """Await the cleanup for a while, and report on the missed deadline how it went."""
        deadline = asyncio.timeout(timeout)
        try:
            async with deadline:
                await cleanup()
            missed.cleanup_abandoned = deadline.expired()
        except Exception as error:
            missed.cleanup_abandoned = deadline.expired()
            missed.add_note(f"the cleanup failed: {reason(error)}")


@bounded_cleanup.alternative()
class NoNoteForTheTime(TimeoutAwareService):
    """Leaves no note when the cleanup was cancelled for its time."""

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
            if not deadline.expired():
                missed.add_note(f"{type(error).__name__} while cleaning up: {error}")


@bounded_cleanup.alternative()
class TwoNotes(TimeoutAwareService):
    """Says it in two notes."""

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
            missed.add_note("the cleanup failed, and said:")
            missed.add_note(repr(error) if not str(error) else str(error))


@bounded_cleanup.alternative()
class RaisesByName(TimeoutAwareService):
    """Raises the missed deadline by its name."""

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
            if not deadline.expired():
                raise
            await self._clean_up(cleanup, cleanup_timeout, missed)
            raise missed from None

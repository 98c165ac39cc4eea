"""The mutants of `bounded-cleanup`: each has one bug, and breaks one clause."""

import asyncio
from collections.abc import Awaitable, Callable

from vespera_scriptorium.application.timeout_aware_service import T, TimeoutAwareService
from vespera_scriptorium.domain.errors import DeadlineExceededError, reason

from .exercise import bounded_cleanup


@bounded_cleanup.mutant(clause=1)
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


@bounded_cleanup.mutant(clause=2)
class OneDeadlineForBoth(TimeoutAwareService):
    """Cleans up under the deadline of the work: it is over, and so is the cleanup at once."""

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
                left = end - asyncio.get_running_loop().time()
                await self._clean_up(cleanup, min(left, cleanup_timeout), missed)
            raise


@bounded_cleanup.mutant(clause=2)
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


@bounded_cleanup.mutant(clause=3)
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


@bounded_cleanup.mutant(clause=4)
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


@bounded_cleanup.mutant(clause=5)
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


@bounded_cleanup.mutant(clause=6)
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

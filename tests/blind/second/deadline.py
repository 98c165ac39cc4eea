"""Own variants of deadline, written from the contract and the application alone."""

from grader.bank import DEADLINE
from vespera_scriptorium.application.timeout_aware_service import *  # noqa: F403


@DEADLINE.mutant(clause=1)
class WholeSeconds(TimeoutAwareService):
    """Cuts the timeout down to whole seconds: 2.5 is 2, and 0.5 is nothing."""

    async def run(self, work: Callable[[], Awaitable[T]], timeout: float) -> T:
        """Await the work, for `timeout` seconds at most."""
        return await self._run(work, asyncio.timeout(int(timeout)))


@DEADLINE.mutant(clause=2)
class LeavesLateWorkBehind(TimeoutAwareService):
    """Cancels late work, and raises without waiting for its end."""

    async def run(self, work: Callable[[], Awaitable[T]], timeout: float) -> T:
        """Await the work, for `timeout` seconds at most."""
        before = cancellations()
        self.busy += 1
        task = asyncio.ensure_future(work())
        try:
            await asyncio.wait([task], timeout=timeout)
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.wait([task])
            if not task.cancelled():
                task.exception()
            raise
        finally:
            self.busy -= 1
        if cancellations() > before:
            raise asyncio.CancelledError
        if not task.done():
            task.cancel()
            raise DeadlineExceededError("the work did not end by its deadline")
        return task.result()


@DEADLINE.mutant(clause=3)
class ALateAnswerCounts(TimeoutAwareService):
    """Answers with what the work answers to its cancellation."""

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
        if cause is None:
            return result
        if deadline.expired():
            raise DeadlineExceededError("the work did not end by its deadline") from cause
        raise cause


@DEADLINE.mutant(clause=4)
class EveryTimeoutIsOurs(TimeoutAwareService):
    """Makes a `DeadlineExceededError` of a `TimeoutError` that the work raises in time."""

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
    """`busy` does not fall when a call is cancelled."""

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
class CancelledWhileItIsLate(TimeoutAwareService):
    """A cancellation from outside while late work cleans up is lost: it is a missed deadline."""

    async def _run(self, work: Callable[[], Awaitable[T]], deadline: asyncio.Timeout) -> T:
        """Await the work until a deadline."""
        cause: BaseException | None = None
        before = cancellations()
        self.busy += 1
        try:
            async with deadline:
                result = await work()
        except BaseException as error:
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
class WorkInATask(TimeoutAwareService):
    """Runs the work in a task of its own."""

    async def run(self, work: Callable[[], Awaitable[T]], timeout: float) -> T:
        """Await the work, for `timeout` seconds at most."""

        async def whole() -> T:
            return await work()

        self.busy += 1
        task = asyncio.create_task(whole())
        late = False
        try:
            await asyncio.wait([task], timeout=timeout)
            if not task.done():
                late = True
                task.cancel()
                await asyncio.wait([task])
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.wait([task])
            if not task.cancelled():
                task.exception()
            raise
        finally:
            self.busy -= 1
        if late:
            cause = None if task.cancelled() else task.exception()
            raise DeadlineExceededError(f"it took more than {timeout:g} s") from cause
        return task.result()


@DEADLINE.alternative()
class OtherWords(TimeoutAwareService):
    """Tells the seconds in the error, and has no cause."""

    async def run(self, work: Callable[[], Awaitable[T]], timeout: float) -> T:
        """Await the work, for `timeout` seconds at most."""
        deadline = asyncio.timeout_at(asyncio.get_running_loop().time() + timeout)
        try:
            return await self._run(work, deadline)
        except DeadlineExceededError:
            if not deadline.expired():
                raise
        raise DeadlineExceededError(f"{timeout:g} s were not enough")


@DEADLINE.alternative()
class CountsInside(TimeoutAwareService):
    """Counts in `run` by hand, and falls in each branch."""

    async def _run(self, work: Callable[[], Awaitable[T]], deadline: asyncio.Timeout) -> T:
        """Await the work until a deadline."""
        failures: list[Exception] = []
        results: list[T] = []
        before = cancellations()
        self.busy = self.busy + 1
        try:
            async with deadline:
                try:
                    results.append(await work())
                except Exception as error:
                    failures.append(error)
        except asyncio.CancelledError:
            self.busy = self.busy - 1
            raise
        except TimeoutError:
            pass
        except BaseException:
            self.busy = self.busy - 1
            raise
        self.busy = self.busy - 1
        if cancellations() > before:
            raise asyncio.CancelledError
        if deadline.expired():
            raise DeadlineExceededError("late")
        for failure in failures:
            raise failure
        return results[0]

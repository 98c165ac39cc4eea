"""Lesson 06, timeouts: a deadline, a budget that works share, and a cleanup with its own time."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from grader.exercise import Exercise
from vespera_scriptorium.application.cancellation import cancellations
from vespera_scriptorium.application.timeout_aware_service import T, TimeoutAwareService
from vespera_scriptorium.domain.errors import DeadlineExceededError, reason
from vespera_scriptorium.domain.task import BatchOutcome

# --------------------------------------------------------------------------------------------
deadline = Exercise(
    id="deadline",
    lesson="06-timeouts",
    title="At the deadline",
    points=5,
    subject=TimeoutAwareService,
    contract=(
        "`run(work, timeout)` awaits `work()`. When that ends before the deadline, `timeout` "
        "seconds after the call, `run` returns its answer.",
        "At the deadline the work is cancelled. As soon as it has ended, clean-up included, `run` "
        "raises `DeadlineExceededError`, which is a `TimeoutError`.",
        "It does so whatever the work makes of its cancellation: "
        "an answer or an error that comes after the deadline is too late.",
        "What the work raises before the deadline comes out as it is, a `TimeoutError` too.",
        "`busy` is the number of calls that have not ended. It falls however a call ends.",
        "Cancelled from outside, `run` cancels the work, waits for its end, "
        "and raises `CancelledError`.",
    ),
    hint="[Timeouts](https://docs.python.org/3/library/asyncio-task.html#timeouts), "
    "[pytest.raises](https://docs.pytest.org/en/stable/how-to/assert.html) and its `value`. "
    "Let your work note how it ends, and read the loop's time where that matters.",
    worked="Milliseconds",
)


@deadline.alternative()
class TaskOfItsOwn(TimeoutAwareService):
    """Gives the work a task of its own, and waits for that task."""

    async def run(self, work: Callable[[], Awaitable[T]], timeout: float) -> T:
        async def answer() -> T:
            return await work()

        self.busy += 1
        task = asyncio.create_task(answer())
        try:
            await asyncio.wait({task}, timeout=timeout)
            in_time = task.done()
            if not in_time:
                task.cancel()
                await asyncio.wait({task})
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.wait({task})
            if not task.cancelled():
                task.exception()
            raise
        finally:
            self.busy -= 1
        if in_time:
            return task.result()
        if not task.cancelled():
            task.exception()
        raise DeadlineExceededError(f"cancelled after {timeout} seconds")


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


# --------------------------------------------------------------------------------------------
shared_budget = Exercise(
    id="shared-budget",
    lesson="06-timeouts",
    title="One budget for all",
    points=5,
    subject=TimeoutAwareService,
    contract=(
        "`run_batch(works, budget)` awaits the works one after the other, in their order. All of "
        "them together have `budget` seconds, and the time of each counts, however it ends.",
        "A work that ends in time stands under its name in `succeeded` with its output, or in "
        "`failed` with the exception it raised, a `TimeoutError` too.",
        "When the budget is spent, what has ended by then is kept.",
        "The work that is under way then is cancelled, and none begins after it. "
        "Their names stand in `cancelled`, in any order.",
        "A budget of zero or less is spent before the first work begins. It is no error.",
    ),
    hint="[Event loop time](https://docs.python.org/3/library/asyncio-eventloop.html"
    "#asyncio.loop.time) says what a batch took. "
    "Vary how long each work takes, and how it ends.",
    worked="BudgetForEach",
)


@shared_budget.alternative()
class WatchedFromOutside(TimeoutAwareService):
    """Runs the whole batch in one task, and waits for that task as long as the budget lasts."""

    async def run_batch(
        self, works: Mapping[str, Callable[[], Awaitable[str]]], budget: float
    ) -> BatchOutcome:
        outcome = BatchOutcome()
        spent = budget <= 0

        async def run_all() -> None:
            for name, work in works.items():
                if spent:
                    return
                self.busy += 1
                try:
                    output = await work()
                except Exception as error:
                    if not spent:
                        outcome.failed[name] = error
                else:
                    if not spent:
                        outcome.succeeded[name] = output
                finally:
                    self.busy -= 1

        batch = asyncio.create_task(run_all())
        try:
            await asyncio.wait({batch}, timeout=max(budget, 0))
        finally:
            spent = True
            batch.cancel()
            await asyncio.wait({batch})
        ended = {**outcome.succeeded, **outcome.failed}
        outcome.cancelled.extend(name for name in reversed(list(works)) if name not in ended)
        return outcome


@shared_budget.mutant(clause=1)
class BudgetForEach(TimeoutAwareService):
    """Gives the whole budget to each work, so that ten works may take ten times as long."""

    async def run_batch(
        self, works: Mapping[str, Callable[[], Awaitable[str]]], budget: float
    ) -> BatchOutcome:
        outcome = BatchOutcome()
        for name, work in works.items():
            if budget <= 0:
                outcome.cancelled.append(name)
                continue
            deadline = asyncio.timeout(budget)
            try:
                outcome.succeeded[name] = await self._run(work, deadline)
            except Exception as error:
                if deadline.expired():
                    outcome.cancelled.append(name)
                    budget = 0
                else:
                    outcome.failed[name] = error
        return outcome


@shared_budget.mutant(clause=1)
class FailuresAreFree(TimeoutAwareService):
    """Takes from the budget what successes took, and forgets the time that failures took."""

    async def run_batch(
        self, works: Mapping[str, Callable[[], Awaitable[str]]], budget: float
    ) -> BatchOutcome:
        loop = asyncio.get_running_loop()
        outcome = BatchOutcome()
        for name, work in works.items():
            if budget <= 0:
                outcome.cancelled.append(name)
                continue
            start = loop.time()
            deadline = asyncio.timeout(budget)
            try:
                outcome.succeeded[name] = await self._run(work, deadline)
                budget -= loop.time() - start
            except Exception as error:
                if deadline.expired():
                    outcome.cancelled.append(name)
                    budget = 0
                else:
                    outcome.failed[name] = error
        return outcome


@shared_budget.mutant(clause=2)
class TimeoutsAreCancelled(TimeoutAwareService):
    """Takes every `TimeoutError` for a spent budget, and says "cancelled" of work that failed."""

    async def run_batch(
        self, works: Mapping[str, Callable[[], Awaitable[str]]], budget: float
    ) -> BatchOutcome:
        loop = asyncio.get_running_loop()
        end = loop.time() + budget
        outcome = BatchOutcome()
        for name, work in works.items():
            if loop.time() >= end:
                outcome.cancelled.append(name)
                continue
            try:
                outcome.succeeded[name] = await self._run(work, asyncio.timeout_at(end))
            except TimeoutError:
                outcome.cancelled.append(name)
            except Exception as error:
                outcome.failed[name] = error
        return outcome


@shared_budget.mutant(clause=3)
class AllOrNothing(TimeoutAwareService):
    """Throws away what has ended when the budget is spent, and calls all of it cancelled."""

    async def run_batch(
        self, works: Mapping[str, Callable[[], Awaitable[str]]], budget: float
    ) -> BatchOutcome:
        loop = asyncio.get_running_loop()
        end = loop.time() + budget
        outcome = BatchOutcome()
        for name, work in works.items():
            if loop.time() >= end:
                return BatchOutcome(cancelled=list(works))
            deadline = asyncio.timeout_at(end)
            try:
                outcome.succeeded[name] = await self._run(work, deadline)
            except Exception as error:
                if deadline.expired():
                    return BatchOutcome(cancelled=list(works))
                outcome.failed[name] = error
        return outcome


@shared_budget.mutant(clause=4)
class RestForgotten(TimeoutAwareService):
    """Leaves the loop when the budget is spent: what had not begun is nowhere in the outcome."""

    async def run_batch(
        self, works: Mapping[str, Callable[[], Awaitable[str]]], budget: float
    ) -> BatchOutcome:
        loop = asyncio.get_running_loop()
        end = loop.time() + budget
        outcome = BatchOutcome()
        for name, work in works.items():
            if loop.time() >= end:
                outcome.cancelled.append(name)
                continue
            deadline = asyncio.timeout_at(end)
            try:
                outcome.succeeded[name] = await self._run(work, deadline)
            except Exception as error:
                if deadline.expired():
                    outcome.cancelled.append(name)
                    break
                outcome.failed[name] = error
        return outcome


@shared_budget.mutant(clause=4)
class BeginsTheRest(TimeoutAwareService):
    """Begins what is left though the budget is spent, and cancels it at its first `await`."""

    async def run_batch(
        self, works: Mapping[str, Callable[[], Awaitable[str]]], budget: float
    ) -> BatchOutcome:
        loop = asyncio.get_running_loop()
        end = loop.time() + budget
        outcome = BatchOutcome()
        if budget <= 0:
            outcome.cancelled.extend(works)
            return outcome
        for name, work in works.items():
            deadline = asyncio.timeout_at(end)
            try:
                outcome.succeeded[name] = await self._run(work, deadline)
            except Exception as error:
                if deadline.expired():
                    outcome.cancelled.append(name)
                else:
                    outcome.failed[name] = error
        return outcome


@shared_budget.mutant(clause=5)
class NoBudgetIsAnError(TimeoutAwareService):
    """Refuses a budget that is spent already, where the caller only passes on what it has left."""

    async def run_batch(
        self, works: Mapping[str, Callable[[], Awaitable[str]]], budget: float
    ) -> BatchOutcome:
        if budget <= 0:
            raise ValueError("the budget must be positive")
        loop = asyncio.get_running_loop()
        end = loop.time() + budget
        outcome = BatchOutcome()
        for name, work in works.items():
            if loop.time() >= end:
                outcome.cancelled.append(name)
                continue
            deadline = asyncio.timeout_at(end)
            try:
                outcome.succeeded[name] = await self._run(work, deadline)
            except Exception as error:
                if deadline.expired():
                    outcome.cancelled.append(name)
                else:
                    outcome.failed[name] = error
        return outcome


# --------------------------------------------------------------------------------------------
bounded_cleanup = Exercise(
    id="bounded-cleanup",
    lesson="06-timeouts",
    title="A cleanup with a deadline",
    points=5,
    subject=TimeoutAwareService,
    contract=(
        "`run_with_cleanup(work, cleanup, timeout)` cancels work that misses its deadline, lets it "
        "end, then awaits `cleanup()`. Without a missed deadline it does not.",
        "The cleanup has 2 seconds of its own, from its beginning.",
        "A cleanup that takes longer is cancelled then, and awaited to its end.",
        "Then the work's `DeadlineExceededError` comes out. "
        "Its `cleanup_abandoned` says whether the cleanup was cancelled for its time.",
        "An error that the cleanup raises in time does not replace it: "
        "its message is part of a note on it (`__notes__`).",
        "Cancelled from outside during the cleanup, `run_with_cleanup` cancels it, "
        "waits for its end, and raises `CancelledError`.",
    ),
    hint="[Task cancellation](https://docs.python.org/3/library/asyncio-task.html"
    "#task-cancellation) and [BaseException.add_note]"
    "(https://docs.python.org/3/library/exceptions.html#BaseException.add_note). "
    "A cleanup of your own takes as long as you like, and notes how it ends.",
    worked="CleansUpAlways",
)


@bounded_cleanup.alternative()
class CleanupTask(TimeoutAwareService):
    """Gives the cleanup a task of its own, and waits for that task."""

    async def _clean_up(
        self,
        cleanup: Callable[[], Awaitable[None]],
        timeout: float,
        missed: DeadlineExceededError,
    ) -> None:
        async def clean() -> None:
            await cleanup()

        self.busy += 1
        task = asyncio.create_task(clean())
        try:
            await asyncio.wait({task}, timeout=timeout)
            missed.cleanup_abandoned = not task.done()
        finally:
            task.cancel()
            await asyncio.wait({task})
            error = None if task.cancelled() else task.exception()
            self.busy -= 1
        if isinstance(error, Exception):
            missed.add_note(f"{type(error).__name__} in the cleanup: {reason(error)}")


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

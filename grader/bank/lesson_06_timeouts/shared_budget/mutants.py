"""The mutants of `shared-budget`: each has one bug, and breaks one promise."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from vespera_scriptorium.application.timeout_aware_service import TimeoutAwareService
from vespera_scriptorium.domain.task import BatchOutcome

from .exercise import shared_budget


@shared_budget.mutant(promise="together")
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


@shared_budget.mutant(promise="failures-count")
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


@shared_budget.mutant(promise="kept")
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


@shared_budget.mutant(promise="no-error")
class NoBudgetIsAnError(TimeoutAwareService):
    """Refuses a budget that is spent already, where the caller only passes on what it has left."""

    async def run_batch(
        self, works: Mapping[str, Callable[[], Awaitable[str]]], budget: float
    ) -> BatchOutcome:
        if budget <= 0:
            raise ValueError("the budget must be positive")
        end = asyncio.get_running_loop().time() + budget
        outcome = BatchOutcome()
        for name, work in works.items():
            await self._run_one(name, work, end, outcome)
        return outcome


@shared_budget.mutant(promise="one-by-one")
class AllAtOnce(TimeoutAwareService):
    """Begins all works together, to save time."""

    async def run_batch(
        self, works: Mapping[str, Callable[[], Awaitable[str]]], budget: float
    ) -> BatchOutcome:
        outcome = BatchOutcome()
        if budget <= 0:
            outcome.cancelled.extend(works)
            return outcome
        deadlines = {name: asyncio.timeout(budget) for name in works}
        runs = [self._run(work, deadlines[name]) for name, work in works.items()]
        ends = await asyncio.gather(*runs, return_exceptions=True)
        for name, end in zip(works, ends, strict=True):
            if deadlines[name].expired():
                outcome.cancelled.append(name)
            elif isinstance(end, Exception):
                outcome.failed[name] = end
            else:
                outcome.succeeded[name] = str(end)
        return outcome


@shared_budget.mutant(promise="bounded")
class LetsItEnd(TimeoutAwareService):
    """Lets the work under way end, and looks at the budget between two works only."""

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
            output, failure = None, None
            try:
                output = await self._run(work, asyncio.timeout(None))
            except Exception as error:
                failure = error
            if loop.time() > end:
                outcome.cancelled.append(name)
            elif failure is not None:
                outcome.failed[name] = failure
            else:
                outcome.succeeded[name] = str(output)
        return outcome


@shared_budget.mutant(promise="own-timeout")
class TimeoutsAreCancelled(TimeoutAwareService):
    """Takes every `TimeoutError` for a spent budget, and says "cancelled" of work that failed."""

    async def _run_one(
        self, name: str, work: Callable[[], Awaitable[str]], end: float, outcome: BatchOutcome
    ) -> None:
        if asyncio.get_running_loop().time() >= end:
            outcome.cancelled.append(name)
            return
        deadline = asyncio.timeout_at(end)
        try:
            outcome.succeeded[name] = await self._run(work, deadline)
        except Exception as error:
            if isinstance(error, TimeoutError):
                outcome.cancelled.append(name)
            else:
                outcome.failed[name] = error


@shared_budget.mutant(promise="rest")
class RestForgotten(TimeoutAwareService):
    """Leaves the loop when the budget is spent: what had not begun is nowhere in the outcome."""

    async def run_batch(
        self, works: Mapping[str, Callable[[], Awaitable[str]]], budget: float
    ) -> BatchOutcome:
        end = asyncio.get_running_loop().time() + budget
        outcome = BatchOutcome()
        for name, work in works.items():
            await self._run_one(name, work, end, outcome)
            if budget > 0 and outcome.cancelled:
                break
        return outcome


@shared_budget.mutant(promise="none-begins")
class BeginsTheRest(TimeoutAwareService):
    """Begins what is left though the budget is spent, and cancels it at its first `await`."""

    async def run_batch(
        self, works: Mapping[str, Callable[[], Awaitable[str]]], budget: float
    ) -> BatchOutcome:
        end = asyncio.get_running_loop().time() + budget
        outcome = BatchOutcome()
        for name, work in works.items():
            if budget > 0 and outcome.cancelled:
                instant = asyncio.get_running_loop().time() + 0.001
                await self._run_one(name, work, instant, outcome)
            else:
                await self._run_one(name, work, end, outcome)
        return outcome


@shared_budget.mutant(promise="order")
class ByName(TimeoutAwareService):
    """Sorts the works by their names."""

    async def run_batch(
        self, works: Mapping[str, Callable[[], Awaitable[str]]], budget: float
    ) -> BatchOutcome:
        end = asyncio.get_running_loop().time() + budget
        outcome = BatchOutcome()
        for name, work in sorted(works.items()):
            await self._run_one(name, work, end, outcome)
        return outcome


@shared_budget.mutant(promise="same")
class KeepsTheMessage(TimeoutAwareService):
    """Keeps the message of an error, in an exception of its own."""

    async def _run_one(
        self, name: str, work: Callable[[], Awaitable[str]], end: float, outcome: BatchOutcome
    ) -> None:
        if asyncio.get_running_loop().time() >= end:
            outcome.cancelled.append(name)
            return
        deadline = asyncio.timeout_at(end)
        try:
            outcome.succeeded[name] = await self._run(work, deadline)
        except Exception as error:
            if deadline.expired():
                outcome.cancelled.append(name)
            else:
                outcome.failed[name] = RuntimeError(str(error))


@shared_budget.mutant(promise="goes-on")
class StopsAtAFailure(TimeoutAwareService):
    """Begins no further work when one has failed."""

    async def run_batch(
        self, works: Mapping[str, Callable[[], Awaitable[str]]], budget: float
    ) -> BatchOutcome:
        end = asyncio.get_running_loop().time() + budget
        outcome = BatchOutcome()
        for name, work in works.items():
            if outcome.failed:
                outcome.cancelled.append(name)
            else:
                await self._run_one(name, work, end, outcome)
        return outcome


@shared_budget.mutant(promise="failures-kept")
class ForgetsFailures(TimeoutAwareService):
    """Throws away what has failed when the budget is spent."""

    async def run_batch(
        self, works: Mapping[str, Callable[[], Awaitable[str]]], budget: float
    ) -> BatchOutcome:
        end = asyncio.get_running_loop().time() + budget
        outcome = BatchOutcome()
        for name, work in works.items():
            await self._run_one(name, work, end, outcome)
            if outcome.cancelled:
                outcome.failed.clear()
        return outcome


@shared_budget.mutant(promise="late-answer")
class TakesALateAnswer(TimeoutAwareService):
    """Takes the answer of a work that was cancelled for a success."""

    async def _run_one(
        self, name: str, work: Callable[[], Awaitable[str]], end: float, outcome: BatchOutcome
    ) -> None:
        if asyncio.get_running_loop().time() >= end:
            outcome.cancelled.append(name)
            return
        answers: list[str] = []

        async def noted() -> str:
            answers.append(await work())
            return answers[-1]

        deadline = asyncio.timeout_at(end)
        try:
            outcome.succeeded[name] = await self._run(noted, deadline)
        except Exception as error:
            if answers:
                outcome.succeeded[name] = answers[-1]
            elif deadline.expired():
                outcome.cancelled.append(name)
            else:
                outcome.failed[name] = error


@shared_budget.mutant(promise="late-error")
class TakesALateError(TimeoutAwareService):
    """Takes the error of a work that was cancelled for a failure."""

    async def _run_one(
        self, name: str, work: Callable[[], Awaitable[str]], end: float, outcome: BatchOutcome
    ) -> None:
        if asyncio.get_running_loop().time() >= end:
            outcome.cancelled.append(name)
            return
        deadline = asyncio.timeout_at(end)
        try:
            outcome.succeeded[name] = await self._run(work, deadline)
        except Exception as error:
            late = error.__cause__ if deadline.expired() else error
            if isinstance(late, Exception) and not (
                deadline.expired() and isinstance(late, TimeoutError)
            ):
                outcome.failed[name] = late
            else:
                outcome.cancelled.append(name)


@shared_budget.mutant(promise="zero")
class ZeroIsNotSpent(TimeoutAwareService):
    """Takes a budget of zero for one that is not spent yet."""

    async def _run_one(
        self, name: str, work: Callable[[], Awaitable[str]], end: float, outcome: BatchOutcome
    ) -> None:
        if asyncio.get_running_loop().time() > end:
            outcome.cancelled.append(name)
            return
        deadline = asyncio.timeout_at(end)
        try:
            outcome.succeeded[name] = await self._run(work, deadline)
        except Exception as error:
            if deadline.expired():
                outcome.cancelled.append(name)
            else:
                outcome.failed[name] = error


@shared_budget.mutant(promise="cancelled")
class CancellationIsAnOutcome(TimeoutAwareService):
    """Notes a cancellation from outside, and goes on with the next work."""

    async def _run_one(
        self, name: str, work: Callable[[], Awaitable[str]], end: float, outcome: BatchOutcome
    ) -> None:
        if asyncio.get_running_loop().time() >= end:
            outcome.cancelled.append(name)
            return
        deadline = asyncio.timeout_at(end)
        try:
            outcome.succeeded[name] = await self._run(work, deadline)
        except asyncio.CancelledError:
            outcome.cancelled.append(name)
        except Exception as error:
            if deadline.expired():
                outcome.cancelled.append(name)
            else:
                outcome.failed[name] = error


@shared_budget.mutant(promise="swallowed")
class AnswersAllTheSame(TimeoutAwareService):
    """Forgets a cancellation from outside when the work answers all the same."""

    async def _run_one(
        self, name: str, work: Callable[[], Awaitable[str]], end: float, outcome: BatchOutcome
    ) -> None:
        if asyncio.get_running_loop().time() >= end:
            outcome.cancelled.append(name)
            return
        answers: list[str] = []

        async def noted() -> str:
            answers.append(await work())
            return answers[-1]

        deadline = asyncio.timeout_at(end)
        try:
            outcome.succeeded[name] = await self._run(noted, deadline)
        except asyncio.CancelledError:
            if not answers:
                raise
            outcome.succeeded[name] = answers[-1]
        except Exception as error:
            if deadline.expired():
                outcome.cancelled.append(name)
            else:
                outcome.failed[name] = error

"""The mutants of `shared-budget`: each has one bug, and breaks one clause."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from vespera_scriptorium.application.timeout_aware_service import TimeoutAwareService
from vespera_scriptorium.domain.task import BatchOutcome

from .exercise import shared_budget


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

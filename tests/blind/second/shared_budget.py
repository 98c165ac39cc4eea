"""Own variants of shared-budget, written from the contract and the application alone."""

from grader.bank import SHARED_BUDGET
from vespera_scriptorium.application.timeout_aware_service import *  # noqa: F403


@SHARED_BUDGET.mutant(clause=1)
class AFailureCostsNothing(TimeoutAwareService):
    """Gives the time of a work that failed back to the budget."""

    async def run_batch(
        self, works: Mapping[str, Callable[[], Awaitable[str]]], budget: float
    ) -> BatchOutcome:
        """Await works that share `budget` seconds."""
        clock = asyncio.get_running_loop().time
        end = clock() + budget
        outcome = BatchOutcome()
        for name, work in works.items():
            started = clock()
            await self._run_one(name, work, end, outcome)
            if name in outcome.failed:
                end += clock() - started
        return outcome


@SHARED_BUDGET.mutant(clause=2)
class EveryTimeoutIsOurs(TimeoutAwareService):
    """Takes a `TimeoutError` that a work raises in time for the end of the budget."""

    async def _run_one(
        self, name: str, work: Callable[[], Awaitable[str]], end: float, outcome: BatchOutcome
    ) -> None:
        """Await one work of a batch that ends at `end`, and note what became of it."""
        if asyncio.get_running_loop().time() >= end:
            outcome.cancelled.append(name)
            return
        deadline = asyncio.timeout_at(end)
        try:
            outcome.succeeded[name] = await self._run(work, deadline)
        except TimeoutError:
            outcome.cancelled.append(name)
        except Exception as error:
            outcome.failed[name] = error


@SHARED_BUDGET.mutant(clause=4)
class ALateAnswerCounts(TimeoutAwareService):
    """What a work answers to its cancellation stands in `succeeded`."""

    async def _run_one(
        self, name: str, work: Callable[[], Awaitable[str]], end: float, outcome: BatchOutcome
    ) -> None:
        """Await one work of a batch that ends at `end`, and note what became of it."""
        if asyncio.get_running_loop().time() >= end:
            outcome.cancelled.append(name)
            return
        deadline = asyncio.timeout_at(end)
        answers: list[str] = []

        async def noted() -> str:
            answers.append(await work())
            return answers[0]

        try:
            await self._run(noted, deadline)
        except Exception as error:
            if deadline.expired() and not answers:
                outcome.cancelled.append(name)
            elif not deadline.expired():
                outcome.failed[name] = error
        if answers:
            outcome.succeeded[name] = answers[0]


@SHARED_BUDGET.mutant(clause=4)
class WhatNeverBeganIsMissing(TimeoutAwareService):
    """The works that did not begin stand nowhere."""

    async def run_batch(
        self, works: Mapping[str, Callable[[], Awaitable[str]]], budget: float
    ) -> BatchOutcome:
        """Await works that share `budget` seconds."""
        end = asyncio.get_running_loop().time() + budget
        outcome = BatchOutcome()
        if budget <= 0:
            outcome.cancelled.extend(works)
            return outcome
        for name, work in works.items():
            if asyncio.get_running_loop().time() >= end:
                break
            await self._run_one(name, work, end, outcome)
        return outcome


@SHARED_BUDGET.mutant(clause=5)
class ZeroIsNoLimit(TimeoutAwareService):
    """Takes a budget of zero for none: the works have all the time they need."""

    async def run_batch(
        self, works: Mapping[str, Callable[[], Awaitable[str]]], budget: float
    ) -> BatchOutcome:
        """Await works that share `budget` seconds."""
        end = asyncio.get_running_loop().time() + (budget or float("inf"))
        outcome = BatchOutcome()
        for name, work in works.items():
            await self._run_one(name, work, end, outcome)
        return outcome


@SHARED_BUDGET.mutant(clause=6)
class ACancellationEndsOneWork(TimeoutAwareService):
    """A cancellation from outside ends the work under way only; the next one begins."""

    async def _run_one(
        self, name: str, work: Callable[[], Awaitable[str]], end: float, outcome: BatchOutcome
    ) -> None:
        """Await one work of a batch that ends at `end`, and note what became of it."""
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


@SHARED_BUDGET.alternative()
class CancelledBackwards(TimeoutAwareService):
    """Lists the cancelled works with the last one first."""

    async def run_batch(
        self, works: Mapping[str, Callable[[], Awaitable[str]]], budget: float
    ) -> BatchOutcome:
        """Await works that share `budget` seconds."""
        end = asyncio.get_running_loop().time() + budget
        outcome = BatchOutcome()
        for name, work in works.items():
            await self._run_one(name, work, end, outcome)
        outcome.cancelled.reverse()
        return outcome


@SHARED_BUDGET.alternative()
class StopsAtTheEnd(TimeoutAwareService):
    """Leaves its loop when the budget is spent, and adds the rest together."""

    async def run_batch(
        self, works: Mapping[str, Callable[[], Awaitable[str]]], budget: float
    ) -> BatchOutcome:
        """Await works that share `budget` seconds."""
        clock = asyncio.get_running_loop().time
        end = clock() + budget
        outcome = BatchOutcome()
        for name in works:
            if clock() >= end:
                break
            await self._run_one(name, works[name], end, outcome)
        known = {*outcome.succeeded, *outcome.failed, *outcome.cancelled}
        outcome.cancelled.extend(name for name in works if name not in known)
        return outcome


@SHARED_BUDGET.alternative()
class InTasks(TimeoutAwareService):
    """Runs each work in a task of its own, and waits with a timeout."""

    async def _run_one(
        self, name: str, work: Callable[[], Awaitable[str]], end: float, outcome: BatchOutcome
    ) -> None:
        """Await one work of a batch that ends at `end`, and note what became of it."""
        left = end - asyncio.get_running_loop().time()
        if left <= 0:
            outcome.cancelled.append(name)
            return

        async def whole() -> str:
            return await work()

        task = asyncio.create_task(whole())
        try:
            await asyncio.wait([task], timeout=left)
            if not task.done():
                outcome.cancelled.append(name)
                task.cancel()
                await asyncio.wait([task])
                if not task.cancelled():
                    task.exception()
                return
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.wait([task])
            if not task.cancelled():
                task.exception()
            raise
        if task.cancelled():
            raise asyncio.CancelledError
        error = task.exception()
        if error is None:
            outcome.succeeded[name] = task.result()
        elif isinstance(error, Exception):
            outcome.failed[name] = error
        else:
            raise error

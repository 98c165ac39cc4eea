"""Own variants of shared-budget, written from the contract and the application alone."""

from grader.bank import SHARED_BUDGET
from vespera_scriptorium.application.timeout_aware_service import *  # noqa: F403


@SHARED_BUDGET.mutant(clause=1)
class FailuresCostNothing(TimeoutAwareService):
    """Takes only the time of works that succeed from the budget."""

    async def run_batch(
        self, works: Mapping[str, Callable[[], Awaitable[str]]], budget: float
    ) -> BatchOutcome:
        """Await works that share `budget` seconds."""
        clock = asyncio.get_running_loop().time
        end = clock() + budget
        outcome = BatchOutcome()
        for name, work in works.items():
            begin = clock()
            await self._run_one(name, work, end, outcome)
            if name in outcome.failed:
                end += clock() - begin
        return outcome


@SHARED_BUDGET.mutant(clause=2)
class EveryTimeoutIsTheBudget(TimeoutAwareService):
    """Takes a TimeoutError that a work raises in time for the end of the budget."""

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


@SHARED_BUDGET.mutant(clause=2)
class StopsAtTheFirstFailure(TimeoutAwareService):
    """Begins no further work after one that failed, and counts the rest as cancelled."""

    async def run_batch(
        self, works: Mapping[str, Callable[[], Awaitable[str]]], budget: float
    ) -> BatchOutcome:
        """Await works that share `budget` seconds."""
        end = asyncio.get_running_loop().time() + budget
        outcome = BatchOutcome()
        for name, work in works.items():
            if outcome.failed:
                outcome.cancelled.append(name)
            else:
                await self._run_one(name, work, end, outcome)
        return outcome


@SHARED_BUDGET.mutant(clause=4)
class LateErrorHasFailed(TimeoutAwareService):
    """Puts a work that makes an error of its late cancellation under `failed`."""

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
        except Exception as error:
            late = error.__cause__
            if not deadline.expired():
                outcome.failed[name] = error
            elif isinstance(late, Exception) and not isinstance(late, TimeoutError):
                outcome.failed[name] = late
            else:
                outcome.cancelled.append(name)


@SHARED_BUDGET.mutant(clause=5)
class ZeroIsUnlimited(TimeoutAwareService):
    """Takes a budget of zero for none at all."""

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
class GoesOnWhenCancelled(TimeoutAwareService):
    """Takes a cancellation from outside for one of the work, and begins the next."""

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
class WhatIsLeft(TimeoutAwareService):
    """Gives each work a timeout of what is left, and names the cancelled in reverse order."""

    async def run_batch(
        self, works: Mapping[str, Callable[[], Awaitable[str]]], budget: float
    ) -> BatchOutcome:
        """Await works that share `budget` seconds."""
        clock = asyncio.get_running_loop().time
        begin = clock()
        outcome = BatchOutcome()
        cancelled = []
        for name in list(works):
            left = budget - (clock() - begin)
            if left <= 0:
                cancelled.append(name)
                continue
            deadline = asyncio.timeout(left)
            try:
                answer = await self._run(works[name], deadline)
            except Exception as error:
                if deadline.expired():
                    cancelled.append(name)
                else:
                    outcome.failed[name] = error
            else:
                outcome.succeeded[name] = answer
        outcome.cancelled.extend(reversed(cancelled))
        return outcome


@SHARED_BUDGET.alternative()
class EndsEarly(TimeoutAwareService):
    """Ends the loop when the budget is spent, and names what is missing then, sorted."""

    async def run_batch(
        self, works: Mapping[str, Callable[[], Awaitable[str]]], budget: float
    ) -> BatchOutcome:
        """Await works that share `budget` seconds."""
        loop = asyncio.get_running_loop()
        end = loop.time() + budget
        succeeded, failed = {}, {}
        for name, work in works.items():
            if loop.time() >= end:
                break
            deadline = asyncio.timeout_at(end)
            try:
                succeeded[name] = await self._run(work, deadline)
            except Exception as error:
                if deadline.expired():
                    break
                failed[name] = error
        cancelled = sorted(name for name in works if name not in succeeded and name not in failed)
        return BatchOutcome(succeeded, failed, cancelled)


@SHARED_BUDGET.alternative()
class ATaskForEach(TimeoutAwareService):
    """Runs each work in a task of its own."""

    async def _run_one(
        self, name: str, work: Callable[[], Awaitable[str]], end: float, outcome: BatchOutcome
    ) -> None:
        """Await one work of a batch that ends at `end`, and note what became of it."""
        async def await_it():
            return await work()

        clock = asyncio.get_running_loop().time
        if end <= clock():
            outcome.cancelled.append(name)
            return
        task = asyncio.create_task(await_it(), name=name)
        late = cancelled = False
        while not task.done():
            try:
                await asyncio.wait([task], timeout=None if late or cancelled else end - clock())
            except asyncio.CancelledError:
                cancelled = True
                task.cancel()
            else:
                if not task.done():
                    late = True
                    task.cancel()
        error = None if task.cancelled() else task.exception()
        if cancelled or (task.cancelled() and not late):
            raise asyncio.CancelledError
        if late:
            outcome.cancelled.insert(0, name)
        elif error is not None:
            outcome.failed[name] = error
        else:
            outcome.succeeded[name] = task.result()

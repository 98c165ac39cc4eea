"""Own variants of shared-budget, written from the contract and the application alone."""

from grader.bank import shared_budget
from vespera_scriptorium.application.timeout_aware_service import *  # noqa: F403


@shared_budget.mutant(clause=1)
class ABudgetEach(TimeoutAwareService):
    """Each work has the whole budget for itself."""

    async def run_batch(
        self, works: Mapping[str, Callable[[], Awaitable[str]]], budget: float
    ) -> BatchOutcome:
        """Await works that share `budget` seconds."""
        end = asyncio.get_running_loop().time() + budget
        outcome = BatchOutcome()
        for name, work in works.items():
            end = asyncio.get_running_loop().time() + budget
            await self._run_one(name, work, end, outcome)
        return outcome


@shared_budget.mutant(clause=2)
class EveryTimeoutIsOurs(TimeoutAwareService):
    """A work that raises a `TimeoutError` itself counts as cancelled."""

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
            if deadline.expired() or isinstance(error, TimeoutError):
                outcome.cancelled.append(name)
            else:
                outcome.failed[name] = error


@shared_budget.mutant(clause=4)
class NotEvenStarted(TimeoutAwareService):
    """What was not started stands nowhere."""

    async def _run_one(
        self, name: str, work: Callable[[], Awaitable[str]], end: float, outcome: BatchOutcome
    ) -> None:
        """Await one work of a batch that ends at `end`, and note what became of it."""
        if asyncio.get_running_loop().time() >= end:
            return
        deadline = asyncio.timeout_at(end)
        try:
            outcome.succeeded[name] = await self._run(work, deadline)
        except Exception as error:
            if deadline.expired():
                outcome.cancelled.append(name)
            else:
                outcome.failed[name] = error


@shared_budget.mutant(clause=4)
class LateIsGoodEnough(TimeoutAwareService):
    """A cancelled work that answers all the same has succeeded."""

    async def _run_one(
        self, name: str, work: Callable[[], Awaitable[str]], end: float, outcome: BatchOutcome
    ) -> None:
        """Await one work of a batch that ends at `end`, and note what became of it."""
        if asyncio.get_running_loop().time() >= end:
            outcome.cancelled.append(name)
            return
        before = cancellations()
        deadline = asyncio.timeout_at(end)
        try:
            async with deadline:
                outcome.succeeded[name] = await work()
        except Exception as error:
            if cancellations() > before:
                raise asyncio.CancelledError from error
            if deadline.expired():
                outcome.cancelled.append(name)
            else:
                outcome.failed[name] = error
        if cancellations() > before:
            raise asyncio.CancelledError


@shared_budget.mutant(clause=5)
class NoBudgetIsAnError(TimeoutAwareService):
    """A budget of zero or less is refused."""

    async def run_batch(
        self, works: Mapping[str, Callable[[], Awaitable[str]]], budget: float
    ) -> BatchOutcome:
        """Await works that share `budget` seconds."""
        if budget <= 0:
            raise ValueError("the budget must be more than 0")
        end = asyncio.get_running_loop().time() + budget
        outcome = BatchOutcome()
        for name, work in works.items():
            await self._run_one(name, work, end, outcome)
        return outcome


@shared_budget.mutant(clause=6)
class TheWorkDecides(TimeoutAwareService):
    """A work that answers its cancellation from outside is followed by the next."""

    async def _run_one(
        self, name: str, work: Callable[[], Awaitable[str]], end: float, outcome: BatchOutcome
    ) -> None:
        """Await one work of a batch that ends at `end`, and note what became of it."""
        if asyncio.get_running_loop().time() >= end:
            outcome.cancelled.append(name)
            return
        deadline = asyncio.timeout_at(end)
        try:
            async with deadline:
                answer = await work()
            if deadline.expired():
                raise TimeoutError
            outcome.succeeded[name] = answer
        except Exception as error:
            if deadline.expired():
                outcome.cancelled.append(name)
            else:
                outcome.failed[name] = error


@shared_budget.alternative()
class Backwards(TimeoutAwareService):
    """Lists the cancelled ones last one first."""

    async def _run_one(
        self, name: str, work: Callable[[], Awaitable[str]], end: float, outcome: BatchOutcome
    ) -> None:
        """Await one work of a batch that ends at `end`, and note what became of it."""
        if asyncio.get_running_loop().time() >= end:
            outcome.cancelled.insert(0, name)
            return
        deadline = asyncio.timeout_at(end)
        try:
            outcome.succeeded[name] = await self._run(work, deadline)
        except Exception as error:
            if deadline.expired():
                outcome.cancelled.append(name)
            else:
                outcome.failed[name] = error


@shared_budget.alternative()
class CountsWhatIsLeft(TimeoutAwareService):
    """Gives each work what is left of the budget."""

    async def _run_one(
        self, name: str, work: Callable[[], Awaitable[str]], end: float, outcome: BatchOutcome
    ) -> None:
        """Await one work of a batch that ends at `end`, and note what became of it."""
        if asyncio.get_running_loop().time() >= end:
            outcome.cancelled.append(name)
            return
        deadline = asyncio.timeout(end - asyncio.get_running_loop().time())
        try:
            outcome.succeeded[name] = await self._run(work, deadline)
        except Exception as error:
            if deadline.expired():
                outcome.cancelled.append(name)
            else:
                outcome.failed[name] = error


@shared_budget.alternative()
class AllInOne(TimeoutAwareService):
    """Stops its loop when the budget is spent."""

    async def run_batch(
        self, works: Mapping[str, Callable[[], Awaitable[str]]], budget: float
    ) -> BatchOutcome:
        """Await works that share `budget` seconds."""
        end = asyncio.get_running_loop().time() + budget
        outcome = BatchOutcome()
        todo = list(works)
        while todo and asyncio.get_running_loop().time() < end:
            name = todo.pop(0)
            await self._run_one(name, works[name], end, outcome)
        outcome.cancelled.extend(todo)
        return outcome

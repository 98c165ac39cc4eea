"""Deadlines, in virtual time."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from vespera_scriptorium import DeadlineExceededError, TimeoutAwareService

pytestmark = pytest.mark.looptime


def now() -> float:
    return asyncio.get_running_loop().time()


class Work:
    """Takes some seconds, and some more to clean up when it is cancelled."""

    def __init__(self, seconds: float, cleanup: float = 0.0, answer: str = "answer") -> None:
        self.seconds, self.cleanup, self.answer = seconds, cleanup, answer
        self.events: list[str] = []

    async def __call__(self) -> str:
        self.events.append("started")
        try:
            await asyncio.sleep(self.seconds)
        except asyncio.CancelledError:
            await asyncio.sleep(self.cleanup)
            self.events.append("cancelled")
            raise
        self.events.append("done")
        return self.answer


def failing(error: Exception) -> Callable[[], Awaitable[str]]:
    async def work() -> str:
        raise error

    return work


@pytest.fixture
def service() -> TimeoutAwareService:
    return TimeoutAwareService()


async def test_work_that_ends_in_time_is_answered(service: TimeoutAwareService) -> None:
    """The answer comes as soon as the work ends."""
    start = now()
    assert await service.run(Work(4.9), timeout=5) == "answer"
    assert now() - start == pytest.approx(4.9)


async def test_deadline(service: TimeoutAwareService) -> None:
    """At the deadline the work is cancelled and has ended; the service works on."""
    start, work = now(), Work(3600)
    with pytest.raises(DeadlineExceededError):
        await service.run(work, timeout=5)
    assert now() - start == pytest.approx(5)
    assert work.events == ["started", "cancelled"]
    assert service.busy == 0
    assert await service.run(Work(1), timeout=5) == "answer"


async def test_busy_counts_the_work_that_goes_on(service: TimeoutAwareService) -> None:
    """It rises with each work, and falls however the work ends."""
    works = [Work(1), Work(3600), failing(ValueError())]
    running = [asyncio.create_task(service.run(work, timeout=2)) for work in works]
    await asyncio.sleep(0.5)
    assert service.busy == 2
    await asyncio.wait(running)
    assert service.busy == 0
    assert [type(task.exception()).__name__ for task in running] == [
        "NoneType",
        "DeadlineExceededError",
        "ValueError",
    ]


@pytest.mark.parametrize("error", [TimeoutError("mine"), DeadlineExceededError("nested")])
async def test_timeout_of_the_work_itself_is_no_deadline(
    service: TimeoutAwareService, error: TimeoutError
) -> None:
    """It comes out as it is."""
    with pytest.raises(TimeoutError) as raised:
        await service.run(failing(error), timeout=5)
    assert raised.value is error


@pytest.mark.parametrize("reaction", ["answer", "error"])
async def test_deadline_holds_whatever_the_work_makes_of_it(
    service: TimeoutAwareService, reaction: str
) -> None:
    """Neither an answer nor an error after the deadline takes its place; an error is its cause."""
    late = ValueError("late")

    async def work() -> str:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            if reaction == "error":
                raise late from None
        return "late answer"

    with pytest.raises(DeadlineExceededError) as raised:
        await service.run(work, timeout=5)
    assert raised.value.__cause__ is (late if reaction == "error" else None)


async def test_cancellation_from_outside_is_no_timeout(service: TimeoutAwareService) -> None:
    """It comes out as `CancelledError`, and the work has ended."""
    work = Work(3600)
    task = asyncio.create_task(service.run(work, timeout=5))
    await asyncio.sleep(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert work.events == ["started", "cancelled"]
    assert service.busy == 0


@pytest.mark.parametrize("reaction", ["answer", "error"])
@pytest.mark.parametrize("method", ["run", "run_batch", "run_with_cleanup", "cleanup"])
async def test_cancellation_holds_whatever_the_work_makes_of_it(
    service: TimeoutAwareService, method: str, reaction: str
) -> None:
    """Neither an answer nor an error takes its place, and nothing else is begun."""
    begun = Work(1)

    async def work() -> str:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            if reaction == "error":
                raise ValueError("late") from None
        return "late answer"

    calls: dict[str, Callable[[], Awaitable[object]]] = {
        "run": lambda: service.run(work, timeout=5),
        "run_batch": lambda: service.run_batch({"a": work, "b": begun}, budget=5),
        "run_with_cleanup": lambda: service.run_with_cleanup(work, begun, timeout=5),
        "cleanup": lambda: service.run_with_cleanup(Work(3600), work, timeout=0),
    }
    task = asyncio.ensure_future(calls[method]())
    await asyncio.sleep(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert begun.events == []
    assert service.busy == 0


async def test_batch_shares_one_budget(service: TimeoutAwareService) -> None:
    """What ends in time is kept, an error hides nothing, the rest is cancelled or never begun."""
    start = now()
    error, late, never = TimeoutError("mine"), Work(3), Work(1)
    works = {"a": Work(2), "b": failing(error), "c": Work(2, answer="c"), "d": late, "e": never}
    outcome = await service.run_batch(works, budget=5)
    assert outcome.succeeded == {"a": "answer", "c": "c"}
    assert outcome.failed == {"b": error}
    assert outcome.cancelled == ["d", "e"]
    assert late.events == ["started", "cancelled"]
    assert never.events == []
    assert now() - start == pytest.approx(5)


@pytest.mark.parametrize("budget", [0, -1])
async def test_spent_budget_is_no_error(service: TimeoutAwareService, budget: float) -> None:
    """Without a budget nothing is begun."""
    work = Work(0)
    outcome = await service.run_batch({"a": work}, budget)
    assert (outcome.succeeded, outcome.cancelled) == ({}, ["a"])
    assert work.events == []


async def test_slow_cleanup_of_one_work_counts_for_the_batch(service: TimeoutAwareService) -> None:
    """Time that a cancelled work takes to end is gone."""
    outcome = await service.run_batch({"a": Work(9, cleanup=3), "b": Work(1)}, budget=5)
    assert outcome.cancelled == ["a", "b"]


async def test_cleanup_after_a_deadline(service: TimeoutAwareService) -> None:
    """The cleanup has time of its own, after the work has ended."""
    work, cleanup = Work(3600, cleanup=1), Work(1.9)
    start = now()
    with pytest.raises(DeadlineExceededError) as raised:
        await service.run_with_cleanup(work, cleanup, timeout=5)
    assert (work.events, cleanup.events) == (["started", "cancelled"], ["started", "done"])
    assert not raised.value.cleanup_abandoned
    assert now() - start == pytest.approx(5 + 1 + 1.9)


async def test_long_cleanup_is_abandoned_and_reported(service: TimeoutAwareService) -> None:
    """After 2 seconds it is cancelled, and the error of the work says so."""
    start, cleanup = now(), Work(3600)
    with pytest.raises(DeadlineExceededError) as raised:
        await service.run_with_cleanup(Work(3600), cleanup, timeout=5)
    assert raised.value.cleanup_abandoned
    assert cleanup.events == ["started", "cancelled"]
    assert now() - start == pytest.approx(7)
    assert service.busy == 0


async def test_failing_cleanup_is_reported(service: TimeoutAwareService) -> None:
    """The deadline is still what comes out, with a note."""
    with pytest.raises(DeadlineExceededError) as raised:
        await service.run_with_cleanup(Work(9), failing(TimeoutError("stuck")), timeout=5)
    assert not raised.value.cleanup_abandoned
    assert raised.value.__notes__ == ["the cleanup failed: stuck"]


@pytest.mark.parametrize("error", [None, ValueError("bug"), DeadlineExceededError("nested")])
async def test_no_cleanup_without_a_missed_deadline(
    service: TimeoutAwareService, error: Exception | None
) -> None:
    """Neither after an answer nor after an error of the work."""
    cleanup = Work(1)
    if error is None:
        assert await service.run_with_cleanup(Work(1), cleanup, timeout=5) == "answer"
    else:
        with pytest.raises(type(error)):
            await service.run_with_cleanup(failing(error), cleanup, timeout=5)
    assert cleanup.events == []


async def test_cancellation_during_the_cleanup(service: TimeoutAwareService) -> None:
    """It comes out as `CancelledError`, and the cleanup has ended."""
    cleanup = Work(3600)
    task = asyncio.create_task(service.run_with_cleanup(Work(3600), cleanup, timeout=5))
    await asyncio.sleep(6)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert cleanup.events == ["started", "cancelled"]


async def test_own_operations(service: TimeoutAwareService) -> None:
    """The quick one needs little, the slow one a minute."""
    start = now()
    assert (await service.quick_operation(timeout=1)).success
    assert now() - start < 1
    assert (await service.slow_operation(timeout=61)).success
    with pytest.raises(TimeoutError):
        await service.slow_operation(timeout=59)

"""Durations and delays, in virtual time."""

import asyncio

import pytest

from vespera_scriptorium import AsyncOperationService
from vespera_scriptorium.application.async_operation_service import backoff_delays

pytestmark = pytest.mark.looptime

SECONDS = {"quick": 1.0, "medium": 3.0, "slow": 5.0}


def now() -> float:
    return asyncio.get_running_loop().time()


@pytest.mark.parametrize("operation_type", SECONDS)
async def test_operation_takes_its_time(operation_type: str) -> None:
    """It works as long as its type says, and says so."""
    start = now()
    result = await AsyncOperationService(durations=SECONDS).execute_operation(operation_type)
    assert (result.success, result.operation_type) == (True, operation_type)
    assert result.duration == SECONDS[operation_type] == pytest.approx(now() - start)


@pytest.mark.parametrize(
    ("duration", "success"), [(0.999, True), (1.0, True), (1.001, False)], ids=str
)
async def test_limit_is_inclusive(duration: float, success: bool) -> None:
    """At the limit an operation succeeds; a millisecond more is an error result."""
    result = await AsyncOperationService({"quick": duration}).execute_operation("quick")
    assert (result.success, result.duration) == (success, duration)
    assert result.error == (None if success else "took 1.001 s, more than 1 s")


async def test_waiting_is_no_work() -> None:
    """What waits for its turn succeeds within the limit of its own work."""
    service = AsyncOperationService(SECONDS, slots=1)
    start = now()
    results = await asyncio.gather(*(service.execute_operation("quick") for _ in range(3)))
    assert [result.success for result in results] == [True] * 3
    assert [(result.duration, result.queued) for result in results] == [(1, 0), (1, 1), (1, 2)]
    assert now() - start == pytest.approx(3)


async def test_as_many_as_there_are_slots_work_together() -> None:
    """With two slots four operations take two rounds."""
    service = AsyncOperationService(SECONDS, slots=2)
    start = now()
    await asyncio.gather(*(service.execute_operation("quick") for _ in range(4)))
    assert now() - start == pytest.approx(2)


async def test_unknown_type_is_an_error_result() -> None:
    """The error names it, and those that are known."""
    result = await AsyncOperationService().execute_operation("huge")
    assert not result.success
    assert result.error == "there is no operation huge, only quick, medium, slow"


class Work:
    """Fails so many times, then answers; keeps the times of its runs."""

    def __init__(self, failures: int) -> None:
        self.failures, self.times = failures, list[float]()

    async def __call__(self) -> str:
        self.times.append(now())
        if len(self.times) <= self.failures:
            raise OSError(f"run {len(self.times)}")
        return "answer"

    @property
    def delays(self) -> list[float]:
        return [round(b - a, 3) for a, b in zip(self.times, self.times[1:], strict=False)]


@pytest.mark.parametrize(
    ("jitter", "delays"),
    [(0.0, [1, 2, 4, 8, 10]), (0.5, [1.5, 2.5, 4.5, 8.5, 10]), (3.0, [4, 5, 7, 10, 10])],
)
async def test_delays_double_up_to_the_cap(jitter: float, delays: list[float]) -> None:
    """The jitter is added before the cap."""
    work = Work(failures=5)
    service = AsyncOperationService(jitter=lambda: jitter)
    result = await service.execute_with_backoff(work, attempts=6, base=1, cap=10)
    assert (result.success, result.output) == (True, "answer")
    assert work.delays == delays


async def test_no_delay_after_the_last_attempt() -> None:
    """The last error is the one that is told."""
    work, start = Work(failures=9), now()
    service = AsyncOperationService(jitter=lambda: 0.0)
    result = await service.execute_with_backoff(work, attempts=3, base=1, cap=10)
    assert (result.success, result.error) == (False, "run 3")
    assert work.delays == [1, 2]
    assert now() == pytest.approx(start + 3)


async def test_success_ends_the_attempts() -> None:
    """Work that succeeds at once is run once, without a delay."""
    work, start = Work(failures=0), now()
    await AsyncOperationService().execute_with_backoff(work)
    assert len(work.times) == 1
    assert now() == start


async def test_cancellation_ends_the_attempts() -> None:
    """Neither the work nor the delay is begun again."""
    work = Work(failures=9)
    task = asyncio.create_task(AsyncOperationService().execute_with_backoff(work, base=60, cap=60))
    await asyncio.sleep(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(work.times) == 1


async def test_no_attempt_makes_no_sense() -> None:
    """Less than one attempt is a `ValueError`."""
    with pytest.raises(ValueError, match="attempts must be 1 or more"):
        await AsyncOperationService().execute_with_backoff(Work(0), attempts=0)


@pytest.mark.parametrize("base", [1, 0.5])
def test_so_many_attempts_that_no_float_holds_the_delay(base: float) -> None:
    """The delays stay at the cap."""
    assert backoff_delays(2_000, base, 60, lambda: 0.1)[-1] == 60

"""The service that fails: what comes out, how it recovers, when it tries again."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from vespera_scriptorium import AsyncService, AsyncServiceError

pytestmark = pytest.mark.looptime


@pytest.fixture
def service() -> AsyncService:
    return AsyncService()


class Work:
    """Raises its errors one after the other, then answers."""

    def __init__(self, *errors: BaseException) -> None:
        self.errors, self.runs = list(errors), 0

    async def __call__(self) -> str:
        self.runs += 1
        if self.errors:
            raise self.errors.pop(0)
        return "answer"


def failing(error: BaseException) -> Callable[[], Awaitable[str]]:
    return Work(error)


@pytest.mark.parametrize("error", [ConnectionError("gone"), TimeoutError("late"), OSError("full")])
async def test_error_of_the_world_is_translated(service: AsyncService, error: OSError) -> None:
    """The message names the operation and the reason; the cause is kept."""
    with pytest.raises(AsyncServiceError, match=f"^export: {error}$") as raised:
        await service.run("export", failing(error))
    assert raised.value.__cause__ is error
    assert (service.status.failed_operation, service.status.last_error) == ("export", str(error))
    assert not service.status.healthy


@pytest.mark.parametrize("error", [TypeError("a bug"), KeyError("x"), asyncio.CancelledError()])
async def test_other_exceptions_are_left_alone(service: AsyncService, error: BaseException) -> None:
    """They come out as they are, and the service works on."""
    with pytest.raises(type(error)) as raised:
        await service.run("export", failing(error))
    assert raised.value is error
    assert service.status.healthy
    assert await service.run("export", Work()) == "answer"


async def test_failed_service_runs_nothing(service: AsyncService) -> None:
    """Before the recovery every operation is refused, and the failure is still the first one."""
    with pytest.raises(AsyncServiceError):
        await service.operation_that_fails()
    work = Work()
    with pytest.raises(AsyncServiceError, match="export: not run"):
        await service.run("export", work)
    with pytest.raises(AsyncServiceError, match="normal operation: not run"):
        await service.normal_operation()
    assert work.runs == 0
    assert service.status.failed_operation == "operation that fails"


async def test_recovered_service_is_as_good_as_new(service: AsyncService) -> None:
    """Nothing of the failure is left; to recover twice, or without need, is harmless."""
    await service.recover_from_error()
    with pytest.raises(AsyncServiceError):
        await service.operation_that_fails()
    assert [(await service.recover_from_error()).success for _ in range(2)] == [True, True]
    assert service.status == AsyncService().status
    assert (await service.normal_operation()).success


async def test_transient_errors_are_tried_again(service: AsyncService) -> None:
    """Until an attempt succeeds, with the delay between two attempts."""
    start = asyncio.get_running_loop().time()
    work = Work(ConnectionError("1"), TimeoutError("2"))
    assert await service.run_with_retry("export", work, attempts=5, delay=10) == "answer"
    assert work.runs == 3
    assert asyncio.get_running_loop().time() - start == pytest.approx(20)
    assert service.status.healthy


@pytest.mark.parametrize("attempts", [1, 3])
async def test_last_error_is_raised(service: AsyncService, attempts: int) -> None:
    """After so many attempts in all the service gives up, without another delay."""
    start = asyncio.get_running_loop().time()
    work = Work(*(ConnectionError(f"attempt {n}") for n in range(1, 10)))
    with pytest.raises(AsyncServiceError, match=f"export: attempt {attempts}") as raised:
        await service.run_with_retry("export", work, attempts=attempts, delay=10)
    assert work.runs == attempts
    assert str(raised.value.__cause__) == f"attempt {attempts}"
    assert asyncio.get_running_loop().time() - start == pytest.approx(10 * (attempts - 1))


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (PermissionError("no"), AsyncServiceError),
        (ValueError("bug"), ValueError),
        (asyncio.CancelledError(), asyncio.CancelledError),
    ],
)
async def test_other_errors_are_never_tried_again(
    service: AsyncService, error: BaseException, expected: type[BaseException]
) -> None:
    """A permanent error, a bug and a cancellation end the attempts."""
    work = Work(ConnectionError("1"), error)
    with pytest.raises(expected):
        await service.run_with_retry("export", work, attempts=5)
    assert work.runs == 2


async def test_no_attempt_makes_no_sense(service: AsyncService) -> None:
    """Less than one attempt is a `ValueError`."""
    with pytest.raises(ValueError, match="attempts must be 1 or more"):
        await service.run_with_retry("export", Work(), attempts=0)


async def test_operation_that_ends_well_heals_nothing(service: AsyncService) -> None:
    """It was at work when another one failed: it answers, and the service stays failed."""
    gate = asyncio.Event()
    slow = asyncio.create_task(service.run("download", gate.wait))
    await asyncio.sleep(1)
    with pytest.raises(AsyncServiceError):
        await service.operation_that_fails()
    gate.set()
    assert await slow
    assert service.status.failed_operation == "operation that fails"


async def test_others_run_between_two_attempts(service: AsyncService) -> None:
    """What may still succeed has not failed the service."""
    work = Work(ConnectionError("gone"))
    call = asyncio.create_task(service.run_with_retry("export", work, attempts=2, delay=60))
    await asyncio.sleep(30)
    assert (await service.normal_operation()).success
    assert await call == "answer"


@pytest.mark.parametrize("second", [5, 30], ids=["in an attempt", "between two"])
async def test_cancellation_ends_the_attempts(service: AsyncService, second: float) -> None:
    """At any moment; the service has not failed."""
    runs = 0

    async def work() -> None:
        nonlocal runs
        runs += 1
        await asyncio.sleep(10)
        raise ConnectionError

    call = asyncio.create_task(service.run_with_retry("export", work, delay=60))
    await asyncio.sleep(second)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert runs == 1
    assert service.status.healthy


@pytest.mark.parametrize("end", [ConnectionError("aborted"), "answer"])
async def test_cancellation_comes_out_whatever_the_work_makes_of_it(
    service: AsyncService, end: Exception | str
) -> None:
    """And nothing is tried again; the service has not failed."""
    runs = 0

    async def work() -> str:
        nonlocal runs
        runs += 1
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            if isinstance(end, Exception):
                raise end from None
        return "answer"

    call = asyncio.create_task(service.run_with_retry("export", work))
    await asyncio.sleep(5)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert runs == 1
    assert service.status.healthy

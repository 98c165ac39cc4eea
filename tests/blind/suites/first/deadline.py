import asyncio

import pytest

from vespera_scriptorium import DeadlineExceededError, TimeoutAwareService


def now():
    return asyncio.get_running_loop().time()


def taking(seconds, answer="answer", error=None):
    async def work():
        await asyncio.sleep(seconds)
        if error is not None:
            raise error
        return answer

    return work


def stubborn(end, seconds, cleanup, log):
    """Work that makes something else of its cancellation, after a while."""

    async def work():
        try:
            await asyncio.sleep(seconds)
        except asyncio.CancelledError:
            log.append("cancelled")
            try:
                await asyncio.sleep(cleanup)
            except asyncio.CancelledError:
                log.append("again")
                if end == "cancelled":
                    raise
            finally:
                log.append("ended")
            if end == "answer":
                return "late"
            if end == "error":
                raise ValueError("late") from None
            if end == "timeout":
                raise TimeoutError("late") from None
            raise
        return "in time"

    return work


ENDS = ["cancelled", "answer", "error", "timeout"]


@pytest.mark.parametrize("answer", ["answer", None, 0, ""])
async def test_answers_in_time(answer):
    service = TimeoutAwareService()
    begin = now()
    assert await service.run(taking(9.9, answer), 10) == answer
    assert now() - begin == pytest.approx(9.9)
    assert service.busy == 0


async def test_deadline_counts_from_this_call():
    service = TimeoutAwareService()
    for _ in range(3):
        assert await service.run(taking(0.9), 1) == "answer"
    first = asyncio.create_task(service.run(taking(9), 10))
    await asyncio.sleep(5)
    assert await service.run(taking(9), 10) == "answer"
    assert await first == "answer"


@pytest.mark.parametrize("timeout", [0, 0.25, 1, 30])
async def test_cancelled_at_the_deadline(timeout):
    service = TimeoutAwareService()
    begin = now()
    async with asyncio.timeout(500):
        with pytest.raises(DeadlineExceededError) as caught:
            await service.run(taking(1000), timeout)
    assert isinstance(caught.value, TimeoutError)
    assert now() - begin == pytest.approx(timeout)
    assert service.busy == 0


@pytest.mark.parametrize("end", ENDS)
async def test_late_work_cleans_up_first(end):
    service = TimeoutAwareService()
    log = []
    begin = now()
    with pytest.raises(DeadlineExceededError):
        await service.run(stubborn(end, 100, 7, log), 10)
    assert log == ["cancelled", "ended"]
    assert now() - begin == pytest.approx(17)
    assert service.busy == 0


@pytest.mark.parametrize(
    "error", [ValueError("x"), TimeoutError("x"), DeadlineExceededError("x"), OSError("x")]
)
async def test_error_in_time_comes_out(error):
    service = TimeoutAwareService()
    with pytest.raises(type(error)) as caught:
        await service.run(taking(1, error=error), 10)
    assert caught.value is error
    assert service.busy == 0


async def test_busy():
    service = TimeoutAwareService()
    assert service.busy == 0
    log = []
    tasks = [
        asyncio.create_task(service.run(work, timeout))
        for work, timeout in [
            (taking(1), 100),
            (taking(2, error=ValueError("x")), 100),
            (taking(100), 3),
            (stubborn("answer", 100, 3, log), 4),
            (taking(100), 100),
        ]
    ]
    expected = []
    await asyncio.sleep(0.5)
    for number in [5, 4, 3, 2, 2, 2, 2, 1]:
        expected.append(number)
        assert service.busy == number, expected
        await asyncio.sleep(1)
    tasks[-1].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert service.busy == 0


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("cleanup", [0, 3])
async def test_cancelled_from_outside_in_time(end, cleanup):
    service = TimeoutAwareService()
    log = []
    task = asyncio.create_task(service.run(stubborn(end, 100, cleanup, log), 50))
    await asyncio.sleep(10)
    begin = now()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert log == ["cancelled", "ended"]
    assert now() - begin == pytest.approx(cleanup)
    assert service.busy == 0


@pytest.mark.parametrize("end", ENDS)
async def test_cancelled_while_late_work_cleans_up(end):
    service = TimeoutAwareService()
    log = []
    task = asyncio.create_task(service.run(stubborn(end, 100, 20, log), 10))
    await asyncio.sleep(15)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert log == ["cancelled", "again", "ended"]
    assert service.busy == 0

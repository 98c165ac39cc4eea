import asyncio

import pytest

from vespera_scriptorium.application.timeout_aware_service import TimeoutAwareService
from vespera_scriptorium.domain.errors import DeadlineExceededError


@pytest.fixture
def service():
    return TimeoutAwareService()


def now():
    return asyncio.get_running_loop().time()


class Work:
    """Works for some seconds; what it makes of its cancellation can be told."""

    def __init__(self, seconds=1000.0, late=0.0, makes=None):
        self.seconds, self.late, self.makes = seconds, late, makes
        self.cancelled_at = self.ended_at = None

    async def __call__(self):
        try:
            await asyncio.sleep(self.seconds)
            return "in time"
        except asyncio.CancelledError:
            self.cancelled_at = now()
            end = now() + self.late
            while now() < end:
                try:
                    await asyncio.sleep(end - now())
                except asyncio.CancelledError:
                    pass
            if isinstance(self.makes, Exception):
                raise self.makes
            if self.makes is not None:
                return self.makes
            raise
        finally:
            self.ended_at = now()


MAKES = [None, "an answer", "", ValueError("late"), TimeoutError("late"), OSError("late")]


@pytest.mark.parametrize("timeout", [0.5, 2.5, 100.25])
async def test_in_time(service, timeout):
    assert await service.run(Work(timeout - 0.1), timeout) == "in time"


@pytest.mark.parametrize("answer", [None, 0, [], "x"])
async def test_any_answer(service, answer):
    async def work():
        return answer

    assert await service.run(work, 1) is answer


@pytest.mark.parametrize("timeout", [0.5, 2.5, 100.25])
@pytest.mark.parametrize("makes", MAKES)
async def test_late(service, timeout, makes):
    start = now()
    work = Work(timeout + 0.1, 4.0, makes)
    with pytest.raises(DeadlineExceededError) as caught:
        await service.run(work, timeout)
    assert isinstance(caught.value, TimeoutError)
    assert work.cancelled_at == pytest.approx(start + timeout)
    assert work.ended_at == pytest.approx(start + timeout + 4)
    assert now() == pytest.approx(start + timeout + 4)
    assert service.busy == 0


@pytest.mark.parametrize("error", [ValueError("x"), TimeoutError("x"), OSError(), KeyError("x")])
async def test_an_error_in_time_comes_out(service, error):
    async def work():
        await asyncio.sleep(1)
        raise error

    with pytest.raises(type(error)) as caught:
        await service.run(work, 5)
    assert caught.value is error
    assert service.busy == 0


async def test_busy_counts_all_calls(service):
    assert service.busy == 0
    calls = [asyncio.create_task(service.run(Work(n), 10)) for n in (1, 2, 3, 50)]
    await asyncio.sleep(0.5)
    assert service.busy == 4
    await asyncio.sleep(1)
    assert service.busy == 3
    calls[1].cancel()
    await asyncio.sleep(0.1)
    assert service.busy == 2
    await asyncio.gather(*calls, return_exceptions=True)
    assert service.busy == 0


async def test_busy_while_late_work_cleans_up(service):
    call = asyncio.create_task(service.run(Work(50, late=5), 1))
    await asyncio.sleep(3)
    assert service.busy == 1
    with pytest.raises(DeadlineExceededError):
        await call
    assert service.busy == 0


@pytest.mark.parametrize("makes", MAKES)
@pytest.mark.parametrize("moment", [0.5, 2.0])
async def test_cancelled_from_outside(service, makes, moment):
    start = now()
    work = Work(50, 4.0, makes)
    call = asyncio.create_task(service.run(work, 1))
    await asyncio.sleep(moment)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert work.ended_at == pytest.approx(start + min(moment, 1) + 4)
    assert now() == work.ended_at
    assert service.busy == 0

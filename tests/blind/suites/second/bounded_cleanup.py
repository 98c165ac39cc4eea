import asyncio

import pytest

from vespera_scriptorium.application.timeout_aware_service import TimeoutAwareService
from vespera_scriptorium.domain.errors import DeadlineExceededError


@pytest.fixture
def service():
    return TimeoutAwareService()


def now():
    return asyncio.get_running_loop().time()


async def forever():
    await asyncio.Event().wait()


class Cleanup:
    def __init__(self, seconds=0.0, then=None, swallows=False, late=0.0, late_error=None):
        self.seconds, self.then, self.swallows = seconds, then, swallows
        self.late, self.late_error = late, late_error
        self.began, self.ended = [], []

    async def __call__(self):
        self.began.append(now())
        try:
            await asyncio.sleep(self.seconds)
            if self.then is not None:
                raise self.then
        except asyncio.CancelledError:
            await asyncio.sleep(self.late)
            if self.late_error is not None:
                raise self.late_error
            if not self.swallows:
                raise
        finally:
            self.ended.append(now())


async def test_cleans_up_once_after_the_work_has_ended(service):
    ended = []

    async def work():
        try:
            await forever()
        finally:
            await asyncio.sleep(3)
            ended.append(now())

    start = now()
    cleanup = Cleanup(1.0)
    with pytest.raises(DeadlineExceededError) as caught:
        await service.run_with_cleanup(work, cleanup, timeout=5)
    assert ended == [pytest.approx(start + 8)]
    assert cleanup.began == [pytest.approx(start + 8)]
    assert cleanup.ended == [pytest.approx(start + 9)]
    assert caught.value.cleanup_abandoned is False


@pytest.mark.parametrize(
    "error", [ValueError("x"), TimeoutError("mine"), DeadlineExceededError("mine"), OSError("x")]
)
async def test_no_cleanup_after_an_error_in_time(service, error):
    async def work():
        await asyncio.sleep(1)
        raise error

    cleanup = Cleanup()
    with pytest.raises(type(error)) as caught:
        await service.run_with_cleanup(work, cleanup, timeout=5)
    assert caught.value is error
    assert cleanup.began == []


async def test_no_cleanup_after_an_answer(service):
    async def work():
        await asyncio.sleep(1)
        return "done"

    cleanup = Cleanup()
    assert await service.run_with_cleanup(work, cleanup, timeout=5) == "done"
    assert cleanup.began == []


@pytest.mark.parametrize(
    ("given", "seconds"), [({}, 2.0), ({"cleanup_timeout": 7.0}, 7.0), ({"cleanup_timeout": 0.5}, 0.5)]
)
@pytest.mark.parametrize("late", [0.0, 4.0])
async def test_time_of_the_cleanup(service, given, seconds, late):
    async def work():
        try:
            await forever()
        finally:
            await asyncio.sleep(late)

    start = now()
    for length, abandoned in [(seconds - 0.1, False), (seconds + 0.1, True)]:
        start = now()
        cleanup = Cleanup(length)
        with pytest.raises(DeadlineExceededError) as caught:
            await service.run_with_cleanup(work, cleanup, 1.0, **given)
        assert caught.value.cleanup_abandoned is abandoned
        assert cleanup.began == [pytest.approx(start + 1 + late)]
        assert cleanup.ended == [pytest.approx(start + 1 + late + min(length, seconds))]


@pytest.mark.parametrize("late_error", [None, ValueError("late"), TimeoutError("late")])
@pytest.mark.parametrize("swallows", [True, False])
async def test_an_abandoned_cleanup_is_awaited(service, late_error, swallows):
    cleanup = Cleanup(60.0, swallows=swallows, late=5.0, late_error=late_error)
    start = now()
    with pytest.raises(DeadlineExceededError) as caught:
        await service.run_with_cleanup(forever, cleanup, 1.0)
    assert cleanup.ended == [pytest.approx(start + 8)]
    assert now() == pytest.approx(start + 8)
    assert caught.value.cleanup_abandoned is True


@pytest.mark.parametrize("error", [ValueError("the disk"), TimeoutError("the disk")])
async def test_an_error_of_the_cleanup_is_noted(service, error):
    with pytest.raises(DeadlineExceededError) as caught:
        await service.run_with_cleanup(forever, Cleanup(1.0, then=error), 1.0)
    assert any("the disk" in note for note in caught.value.__notes__)
    assert caught.value.cleanup_abandoned is False


@pytest.mark.parametrize("late_error", [None, ValueError("late")])
@pytest.mark.parametrize("swallows", [True, False])
async def test_cancelled_while_it_cleans_up(service, late_error, swallows):
    cleanup = Cleanup(60.0, swallows=swallows, late=5.0, late_error=late_error)
    start = now()
    task = asyncio.create_task(service.run_with_cleanup(forever, cleanup, 1.0, 10.0))
    await asyncio.sleep(2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert cleanup.ended == [pytest.approx(start + 7)]
    assert now() == pytest.approx(start + 7)


async def test_cancelled_at_work(service):
    ended = []

    async def work():
        try:
            await forever()
        finally:
            await asyncio.sleep(1)
            ended.append(now())

    cleanup = Cleanup()
    task = asyncio.create_task(service.run_with_cleanup(work, cleanup, 10.0))
    await asyncio.sleep(2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(ended) == 1
    assert cleanup.began == []

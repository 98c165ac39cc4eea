import asyncio

import pytest

from vespera_scriptorium import DeadlineExceededError, TimeoutAwareService


def now():
    return asyncio.get_running_loop().time()


def stubborn(what, seconds=3.0, log=None):
    async def work():
        try:
            await asyncio.sleep(1000)
        except asyncio.CancelledError:
            try:
                await asyncio.sleep(seconds)
            except asyncio.CancelledError:
                pass
            if log is not None:
                log.append(now())
            if what == "answer":
                return "late"
            if what == "raise":
                raise
            raise what from None

    return work


async def answer_after(seconds):
    await asyncio.sleep(seconds)
    return "answer"


async def test_answer_in_time():
    service = TimeoutAwareService()
    for _ in range(3):
        assert await service.run(lambda: answer_after(4.9), 5) == "answer"
    assert service.busy == 0


async def test_fractions():
    with pytest.raises(DeadlineExceededError):
        await TimeoutAwareService().run(lambda: answer_after(0.6), 0.5)
    assert await TimeoutAwareService().run(lambda: answer_after(0.4), 0.5) == "answer"


@pytest.mark.parametrize("what", ["answer", "raise", ValueError("late"), TimeoutError("late")])
async def test_missed_deadline(what):
    service, log, start = TimeoutAwareService(), [], now()
    with pytest.raises(DeadlineExceededError) as caught:
        await service.run(stubborn(what, log=log), 5)
    assert isinstance(caught.value, TimeoutError)
    assert log == [pytest.approx(start + 8)]
    assert now() == pytest.approx(start + 8)
    assert service.busy == 0


@pytest.mark.parametrize("kind", [ValueError, TimeoutError, OSError])
async def test_error_in_time(kind):
    service, error = TimeoutAwareService(), kind("mine")

    async def work():
        await asyncio.sleep(1)
        raise error

    with pytest.raises(kind) as caught:
        await service.run(work, 5)
    assert caught.value is error
    assert service.busy == 0


async def test_busy():
    service = TimeoutAwareService()
    calls = [asyncio.create_task(service.run(lambda s=s: answer_after(s), 50)) for s in (1, 2, 3)]
    await asyncio.sleep(0.5)
    assert service.busy == 3
    calls[2].cancel()
    await asyncio.sleep(1)
    assert service.busy == 1
    await asyncio.gather(*calls, return_exceptions=True)
    assert service.busy == 0


@pytest.mark.parametrize("what", ["answer", "raise", ValueError("late"), TimeoutError("late")])
@pytest.mark.parametrize("moment", [2, 6])
async def test_cancelled_from_outside(what, moment):
    service, log = TimeoutAwareService(), []
    call = asyncio.create_task(service.run(stubborn(what, log=log), 5))
    await asyncio.sleep(moment)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert len(log) == 1
    assert service.busy == 0

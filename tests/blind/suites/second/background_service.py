import asyncio

import pytest

from vespera_scriptorium import BackgroundService, InMemoryJournal


class SlowJournal(InMemoryJournal):
    async def open(self):
        await asyncio.sleep(2)
        await super().open()

    async def close(self):
        await asyncio.sleep(20)
        await super().close()


class BrokenJournal(InMemoryJournal):
    async def close(self):
        await super().close()
        raise OSError("close failed")


def timed(duration, times, journal=None):
    async def work():
        if journal is not None:
            assert journal.is_open
        times.append(asyncio.get_running_loop().time())
        await asyncio.sleep(duration)
        return f"round {len(times)}"

    return work


@pytest.mark.parametrize("duration", [0, 4, 25])
async def test_rounds(duration):
    times, journal = [], InMemoryJournal()
    service = BackgroundService(timed(duration, times, journal), journal, interval=10)
    begin = asyncio.get_running_loop().time()
    await service.start()
    await asyncio.sleep(2 * (duration + 10) + duration + 1)
    await service.stop()
    step = duration + 10
    assert [round(t - begin, 3) for t in times] == [0, step, 2 * step]
    assert journal.lines == ["round 1", "round 2", "round 3"]


async def test_journal_is_open_by_then():
    times, journal = [], SlowJournal()
    service = BackgroundService(timed(0, times, journal), journal, interval=10)
    await service.start()
    await asyncio.sleep(5)
    await service.stop()
    assert journal.lines == ["round 1"]


async def test_second_start():
    times, journal = [], InMemoryJournal()
    service = BackgroundService(timed(0, times), journal, interval=10)
    await service.start()
    await asyncio.sleep(5)
    with pytest.raises(RuntimeError):
        await service.start()
    await asyncio.sleep(10)
    await service.stop()
    assert [round(t - times[0], 3) for t in times] == [0, 10]
    assert journal.lines == ["round 1", "round 2"]
    assert not journal.is_open


async def test_start_after_a_crash():
    async def work():
        raise ValueError("crash")

    service = BackgroundService(work, InMemoryJournal())
    await service.start()
    await asyncio.sleep(5)
    with pytest.raises(RuntimeError):
        await service.start()
    with pytest.raises(ValueError):
        await service.stop()


async def test_stop_waits_for_the_clean_up():
    cleaned = []

    async def work():
        try:
            await asyncio.sleep(3600)
        finally:
            await asyncio.sleep(30)
            cleaned.append(True)

    journal = InMemoryJournal()
    service = BackgroundService(work, journal)
    await service.start()
    await asyncio.sleep(5)
    async with asyncio.timeout(1000):
        await service.stop()
    assert cleaned == [True]
    assert not journal.is_open


async def test_work_that_answers_its_cancellation():
    calls = []

    async def work():
        calls.append(True)
        if len(calls) == 1:
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                return "an answer"
        return "too much"

    service = BackgroundService(work, InMemoryJournal(), interval=10)
    await service.start()
    await asyncio.sleep(5)
    async with asyncio.timeout(100):
        await service.stop()
    await asyncio.sleep(100)
    assert len(calls) == 1


async def test_closed_when_stopped():
    journal = SlowJournal()
    service = BackgroundService(timed(0, []), journal, interval=10)
    await service.start()
    await asyncio.sleep(5)
    await service.stop()
    assert not journal.is_open


@pytest.mark.parametrize("kind", [ValueError, OSError, TimeoutError])
@pytest.mark.parametrize("make", [InMemoryJournal, BrokenJournal])
async def test_exception_of_work(kind, make):
    error, journal, calls = kind("crash"), make(), []

    async def work():
        calls.append(True)
        raise error

    service = BackgroundService(work, journal, interval=10)
    await service.start()
    await asyncio.sleep(5)
    assert not journal.is_open
    await asyncio.sleep(50)
    assert len(calls) == 1
    with pytest.raises(kind) as caught:
        await service.stop()
    assert caught.value is error


async def test_exception_of_write():
    error = OSError("disk full")

    class Full(InMemoryJournal):
        async def write(self, line):
            raise error

    journal, times = Full(), []
    service = BackgroundService(timed(0, times), journal, interval=10)
    await service.start()
    await asyncio.sleep(25)
    assert not journal.is_open
    assert len(times) == 1
    with pytest.raises(OSError) as caught:
        await service.stop()
    assert caught.value is error


async def test_stop_without_start():
    service = BackgroundService(timed(0, []), InMemoryJournal())
    await service.stop()
    await service.start()
    await asyncio.sleep(1)
    await service.stop()
    await service.stop()


@pytest.mark.parametrize("crash", [False, True])
async def test_again_after_stop(crash):
    crashes, times, journal = [crash], [], InMemoryJournal()

    async def work():
        times.append(True)
        if crashes[0]:
            raise ValueError("crash")
        return "line"

    service = BackgroundService(work, journal, interval=10)
    await service.start()
    await asyncio.sleep(5)
    if crash:
        with pytest.raises(ValueError):
            await service.stop()
    else:
        await service.stop()
    crashes[0] = False
    await service.start()
    await asyncio.sleep(5)
    assert journal.is_open
    assert len(times) == 2
    await service.stop()
    assert not journal.is_open

import asyncio

import pytest

from vespera_scriptorium import BackgroundService, InMemoryJournal


def now():
    return asyncio.get_running_loop().time()


class SlowJournal(InMemoryJournal):
    async def close(self):
        await asyncio.sleep(7)
        await super().close()


class BadJournal(InMemoryJournal):
    async def close(self):
        await super().close()
        raise OSError("cannot close")


async def stopped(service):
    async with asyncio.timeout(10_000):
        await service.stop()


async def test_rounds():
    begun = []
    journal = InMemoryJournal()

    async def work():
        begun.append(now())
        assert journal.is_open
        await asyncio.sleep(15)
        return f"round {len(begun)}"

    service = BackgroundService(work, journal, interval=60)
    start = now()
    await service.start()
    await asyncio.sleep(170)
    assert [t - start for t in begun] == pytest.approx([0, 75, 150])
    assert journal.lines == ["round 1", "round 2", "round 3"]
    await stopped(service)
    assert not journal.is_open


async def test_start_twice():
    begun = []

    async def work():
        begun.append(now())
        return "x"

    service = BackgroundService(work, InMemoryJournal(), interval=60)
    await service.start()
    await asyncio.sleep(1)
    with pytest.raises(RuntimeError):
        await service.start()
    await asyncio.sleep(120)
    assert len(begun) == 3
    await stopped(service)


async def test_start_after_a_crash():
    async def work():
        raise ValueError("crash")

    journal = InMemoryJournal()
    service = BackgroundService(work, journal)
    await service.start()
    await asyncio.sleep(1)
    assert not journal.is_open
    with pytest.raises(RuntimeError):
        await service.start()
    with pytest.raises(ValueError, match="crash"):
        await stopped(service)


async def test_stop_in_the_middle_of_work():
    ended = []

    async def work():
        try:
            await asyncio.sleep(100)
        finally:
            await asyncio.sleep(5)
            ended.append(True)

    journal = SlowJournal()
    service = BackgroundService(work, journal)
    await service.start()
    await asyncio.sleep(1)
    await stopped(service)
    assert ended == [True]
    assert not journal.is_open
    await asyncio.sleep(1000)
    assert ended == [True]


async def test_work_that_answers_its_cancellation_is_the_last():
    begun = []

    async def work():
        begun.append(1)
        try:
            await asyncio.sleep(100)
        except asyncio.CancelledError:
            pass
        return "done"

    journal = InMemoryJournal()
    service = BackgroundService(work, journal)
    await service.start()
    await asyncio.sleep(1)
    async with asyncio.timeout(50):
        await service.stop()
    await asyncio.sleep(200)
    assert len(begun) == 1
    assert not journal.is_open


async def test_stop_in_a_pause_waits_for_the_close():
    async def work():
        return "x"

    journal = SlowJournal()
    service = BackgroundService(work, journal)
    await service.start()
    await asyncio.sleep(30)
    await stopped(service)
    assert not journal.is_open
    assert journal.lines == ["x"]


@pytest.mark.parametrize("kind", [InMemoryJournal, BadJournal])
async def test_crash_of_the_work(kind):
    error = KeyError("crash")

    async def work():
        raise error

    journal = kind()
    service = BackgroundService(work, journal)
    await service.start()
    await asyncio.sleep(1)
    assert not journal.is_open
    with pytest.raises(KeyError) as caught:
        await stopped(service)
    assert caught.value is error


@pytest.mark.parametrize("kind", [InMemoryJournal, BadJournal])
async def test_crash_of_the_write(kind):
    error = RuntimeError("full")

    class Full(kind):
        async def write(self, line):
            raise error

    async def work():
        return "x"

    journal = Full()
    service = BackgroundService(work, journal)
    await service.start()
    await asyncio.sleep(1)
    assert not journal.is_open
    with pytest.raises(RuntimeError) as caught:
        await stopped(service)
    assert caught.value is error


async def test_stop_without_a_start():
    async def work():
        return "x"

    await BackgroundService(work, InMemoryJournal()).stop()


async def test_start_again():
    rounds = []

    async def work():
        rounds.append(1)
        if len(rounds) == 2:
            raise ValueError("second")
        return "x"

    service = BackgroundService(work, InMemoryJournal())
    await service.start()
    await asyncio.sleep(1)
    await stopped(service)
    await service.start()
    await asyncio.sleep(1)
    with pytest.raises(ValueError):
        await stopped(service)
    await service.start()
    await asyncio.sleep(1)
    assert len(rounds) == 3
    await stopped(service)
    await stopped(service)

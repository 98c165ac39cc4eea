import asyncio

import pytest

from vespera_scriptorium import BackgroundService


class Journal:
    def __init__(self, close_time=0, write_error=None, close_error=None):
        self.lines = []
        self.is_open = False
        self.close_time = close_time
        self.write_error = write_error
        self.close_error = close_error

    async def open(self):
        await asyncio.sleep(0)
        self.is_open = True

    async def write(self, line):
        assert self.is_open
        await asyncio.sleep(0)
        if self.write_error is not None:
            raise self.write_error
        self.lines.append(line)

    async def close(self):
        await asyncio.sleep(self.close_time)
        self.is_open = False
        if self.close_error is not None:
            raise self.close_error


class Work:
    def __init__(self, journal, time=0, error=None):
        self.journal = journal
        self.time = time
        self.error = error
        self.begun = []

    async def __call__(self):
        assert self.journal.is_open
        self.begun.append(asyncio.get_running_loop().time())
        await asyncio.sleep(self.time)
        if self.error is not None:
            raise self.error
        return f"round {len(self.begun)}"


async def test_the_rounds_and_their_times():
    journal = Journal()
    work = Work(journal, time=7)
    service = BackgroundService(work, journal, interval=10)
    now = asyncio.get_running_loop().time()
    await service.start()
    await asyncio.sleep(43)
    await service.stop()
    assert [t - now for t in work.begun] == pytest.approx([0, 17, 34], abs=0.1)
    assert journal.lines == ["round 1", "round 2", "round 3"]
    assert not journal.is_open
    await asyncio.sleep(100)
    assert len(work.begun) == 3


async def test_a_second_start_is_refused():
    journal = Journal()
    work = Work(journal, time=3)
    service = BackgroundService(work, journal, interval=10)
    await service.start()
    await asyncio.sleep(1)
    with pytest.raises(RuntimeError):
        await service.start()
    await asyncio.sleep(14)
    await service.stop()
    assert len(work.begun) == 2
    assert journal.lines == ["round 1"]


async def test_a_start_after_a_crash_is_refused():
    journal = Journal()
    error = ValueError("crash")
    service = BackgroundService(Work(journal, error=error), journal)
    await service.start()
    await asyncio.sleep(1)
    with pytest.raises(RuntimeError):
        await service.start()
    with pytest.raises(ValueError) as caught:
        await service.stop()
    assert caught.value is error


@pytest.mark.parametrize("answers", [False, True])
async def test_stop_in_the_middle_of_work(answers):
    journal = Journal()
    log = []

    async def work():
        log.append("begun")
        try:
            await asyncio.sleep(1000)
        except asyncio.CancelledError:
            await asyncio.sleep(30)
            log.append("cleaned up")
            if answers:
                return "answer"
            raise
        return "line"

    service = BackgroundService(work, journal, interval=1)
    await service.start()
    await asyncio.sleep(5)
    async with asyncio.timeout(100):
        await service.stop()
    assert log == ["begun", "cleaned up"]
    assert not journal.is_open
    await asyncio.sleep(2000)
    assert log == ["begun", "cleaned up"]
    assert len(asyncio.all_tasks()) == 1


async def test_the_journal_is_closed_after_stop():
    journal = Journal(close_time=20)
    service = BackgroundService(Work(journal), journal)
    await service.start()
    await asyncio.sleep(1)
    await service.stop()
    assert not journal.is_open


@pytest.mark.parametrize("where", ["work", "write"])
@pytest.mark.parametrize("close_error", [None, OSError("close")])
@pytest.mark.parametrize("kind", [ValueError, ConnectionError, TimeoutError])
async def test_a_crash_is_raised_by_stop(where, close_error, kind):
    error = kind("crash")
    journal = Journal(close_error=close_error)
    work = Work(journal)
    if where == "work":
        work.error = error
    else:
        journal.write_error = error
    service = BackgroundService(work, journal, interval=1)
    await service.start()
    await asyncio.sleep(10)
    assert len(work.begun) == 1
    assert not journal.is_open
    with pytest.raises(kind) as caught:
        await service.stop()
    assert caught.value is error

    work.error = journal.write_error = journal.close_error = None
    await service.start()
    await asyncio.sleep(0.5)
    assert len(journal.lines) == 1
    assert journal.is_open
    await service.stop()
    assert not journal.is_open


async def test_stop_without_start():
    journal = Journal()
    service = BackgroundService(Work(journal), journal)
    await service.stop()
    await service.start()
    await asyncio.sleep(1)
    await service.stop()
    await service.stop()
    await service.start()
    await asyncio.sleep(1)
    await service.stop()
    assert len(journal.lines) == 2

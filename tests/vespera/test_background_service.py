"""The background service: its rounds, its stop, its crash."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from vespera_scriptorium import BackgroundService, FileJournal, InMemoryJournal

pytestmark = pytest.mark.looptime


class Work:
    """Counts its rounds, and fails in the one it is told to."""

    def __init__(self, failing: int = 0) -> None:
        self.rounds, self.failing = 0, failing

    async def __call__(self) -> str:
        self.rounds += 1
        if self.rounds == self.failing:
            raise OSError(f"round {self.rounds} broke")
        return f"round {self.rounds}"


@pytest.fixture
def journal() -> InMemoryJournal:
    return InMemoryJournal()


async def test_first_round_begins_without_delay(journal: InMemoryJournal) -> None:
    """A round now, and one after each interval; every line is in the journal."""
    service = BackgroundService(Work(), journal, interval=60)
    await service.start()
    await asyncio.sleep(1)
    assert service.running
    assert journal.lines == ["round 1"]
    await asyncio.sleep(120)
    await service.stop()
    assert journal.lines == ["round 1", "round 2", "round 3"]


async def test_stop_waits_until_the_rounds_have_ended(journal: InMemoryJournal) -> None:
    """After `stop` the work has ended its cleanup, no task is left, the journal is closed."""
    events: list[str] = []

    async def work() -> str:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(5)
            events.append("work ended")
        return ""

    others = asyncio.all_tasks()
    service = BackgroundService(work, journal)
    await service.start()
    await asyncio.sleep(1)
    assert journal.is_open
    await service.stop()
    assert events == ["work ended"]
    assert asyncio.all_tasks() == others
    assert not service.running
    assert not journal.is_open


async def test_crash_reaches_stop(journal: InMemoryJournal) -> None:
    """The rounds end at once, `stop` raises what ended them, and the service can start again."""
    service = BackgroundService(Work(failing=2), journal, interval=1)
    await service.start()
    await asyncio.sleep(10)
    assert not service.running
    assert not journal.is_open
    with pytest.raises(OSError, match="round 2 broke"):
        await service.stop()
    await service.stop()
    await service.start()
    await asyncio.sleep(0.5)
    await service.stop()
    assert journal.lines == ["round 1", "round 3"]


class StuckJournal(InMemoryJournal):
    """Takes five seconds to close, and fails then."""

    async def close(self) -> None:
        await asyncio.sleep(5)
        await super().close()
        raise OSError("the journal broke")


async def test_close_that_fails_hides_no_crash() -> None:
    """`stop` raises what ended the rounds; what went wrong after it is a note."""
    service = BackgroundService(Work(failing=1), StuckJournal())
    await service.start()
    await asyncio.sleep(10)
    with pytest.raises(OSError, match="round 1 broke") as raised:
        await service.stop()
    assert "the journal broke" in raised.value.__notes__[0]


async def test_close_that_fails_after_a_stop_is_raised() -> None:
    """`stop` does not return as if the journal were closed."""
    service = BackgroundService(Work(), StuckJournal())
    await service.start()
    await asyncio.sleep(1)
    with pytest.raises(OSError, match="the journal broke"):
        await service.stop()
    assert not service.running


async def test_stop_waits_for_the_close_after_a_crash() -> None:
    """It does not cut it short: the journal is closed, and the crash is raised."""
    service = BackgroundService(Work(failing=1), journal := StuckJournal())
    await service.start()
    await asyncio.sleep(2)
    with pytest.raises(OSError, match="round 1 broke"):
        await service.stop()
    assert not journal.is_open


async def test_starting_twice_is_an_error(journal: InMemoryJournal) -> None:
    """The rounds of the first start go on, alone."""
    service = BackgroundService(Work(), journal, interval=60)
    await service.start()
    with pytest.raises(RuntimeError, match="started already"):
        await service.start()
    await asyncio.sleep(1)
    await service.stop()
    assert journal.lines == ["round 1"]


async def test_stop_without_a_start_is_harmless(journal: InMemoryJournal) -> None:
    """Before a start, after a stop, and right after a start."""
    service = BackgroundService(Work(), journal)
    await service.stop()
    await service.start()
    await service.stop()
    await service.stop()
    assert journal.lines == []


async def test_cancelled_stop_can_be_repeated(journal: InMemoryJournal) -> None:
    """A `stop` that is cancelled while it waits forgets nothing."""
    ended = asyncio.Event()

    async def work() -> str:
        try:
            await asyncio.Event().wait()
        finally:
            await ended.wait()
        return ""

    service = BackgroundService(work, journal)
    await service.start()
    await asyncio.sleep(1)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(service.stop(), timeout=1)
    assert service.running
    ended.set()
    await asyncio.sleep(0)
    await service.stop()
    assert not journal.is_open


@pytest.mark.looptime(False)
async def test_file_journal(tmp_path: Path) -> None:
    """Lines are in the file as soon as they are written, after those that were there."""
    path = tmp_path / "journal.txt"
    path.write_text("old\n")
    journal = FileJournal(path)
    await journal.open()
    await journal.open()
    await journal.write("nëw")
    assert path.read_text(encoding="utf-8") == "old\nnëw\n"
    await journal.close()
    await journal.close()


@pytest.mark.looptime(False)
async def test_file_whose_opening_is_cancelled_is_closed(tmp_path: Path) -> None:
    """A thread opens it all the same, and nobody would close it."""
    opened = []

    class Noting(type(tmp_path)):
        def open(self, *arguments: Any, **options: Any) -> Any:
            opened.append(super().open(*arguments, **options))
            return opened[-1]

    service = BackgroundService(Work(), FileJournal(Noting(tmp_path, "journal.txt")))
    await service.start()
    await asyncio.sleep(0)
    await service.stop()
    assert [file.closed for file in opened] == [True]


@pytest.mark.looptime(False)
@pytest.mark.parametrize("kind", ["memory", "file"])
async def test_closed_journal_takes_no_line(kind: str, tmp_path: Path) -> None:
    """To write before `open` is a `RuntimeError`."""
    journal = InMemoryJournal() if kind == "memory" else FileJournal(tmp_path / "journal.txt")
    with pytest.raises(RuntimeError, match="open it first"):
        await journal.write("line")

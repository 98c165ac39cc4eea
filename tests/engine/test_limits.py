"""The grader's own limits are no verdict on a test: threads, memory, a machine that is busy."""

import multiprocessing
import os
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest
from helpers.samples import Grade

from grader.bank import exercises
from grader.engine.evaluate import evaluate
from grader.runner import patience
from grader.runner.patience import Patience, processors
from grader.sandbox.worker import Worker

SESSIONS = dedent("""
    import asyncio
    import pytest
    from vespera_scriptorium import AsyncDatabaseManager, SqlTaskRepository, Task

    @pytest.fixture
    async def database(tmp_path):
        database = AsyncDatabaseManager(f"sqlite+aiosqlite:///{tmp_path / 'tasks.db'}")
        yield database
        await database.stop()

    async def test_fifty_sessions_at_once(database):
        async def use():
            async with database.session() as session:
                await asyncio.sleep(0.01)
                return session
        assert len(await asyncio.gather(*(use() for _ in range(50)))) == 50

    async def test_twenty_ids_at_once(database):
        repository = SqlTaskRepository(database)
        ids = await asyncio.gather(*(repository.next_id() for _ in range(20)))
        assert len(set(ids)) == 20

    async def test_twenty_tasks_at_once(database):
        repository = SqlTaskRepository(database)
        await asyncio.gather(*(repository.add(Task(f"{n}", "t")) for n in range(20)))
        assert await repository.count() == 20
""")


def keep_busy() -> None:
    while True:
        pass


@pytest.fixture
def busy_machine() -> Iterator[None]:
    """Two processes for each processor, which take all the time they get."""
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=keep_busy, daemon=True) for _ in range(2 * processors())]
    for process in processes:
        process.start()
    yield
    for process in processes:
        process.kill()
        process.join()


@pytest.mark.slow
@pytest.mark.parametrize("wall", ["none", "bubblewrap"])
def test_many_sessions_at_once(wall: str) -> None:
    """Each is a connection, and each connection a thread; behind walls, too."""
    with Worker(sandbox=wall) as worker:  # type: ignore[arg-type]  # one of the kinds
        found = evaluate(SESSIONS, exercises()["contract-suite"], worker)
    assert {test.name: test.verdict for test in found.tests if test.verdict != "valid"} == {}, found


@pytest.mark.slow
@pytest.mark.usefixtures("busy_machine")
def test_many_sessions_while_the_machine_is_busy(worker: Worker) -> None:
    """The deadline of two seconds is for what the test does, not for waiting for a turn."""
    found = evaluate(SESSIONS, exercises()["contract-suite"], worker)
    assert {test.name: test.verdict for test in found.tests if test.verdict != "valid"} == {}, found


def test_what_a_limit_refuses(grade: Grade) -> None:
    """More memory than there is: told as what it is, and not as a failure."""
    (test,) = grade("def test_a():\n    raise MemoryError").tests
    assert test.verdict == "refused"
    assert "needs more memory or threads than a test gets here" in (test.message or "")


class Machine:
    """A clock, a process and processors, all made up."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = self.used = self.idle = self.throttled = 0.0
        monkeypatch.setattr(patience, "_idle", lambda: self.idle)
        monkeypatch.setattr(Patience, "_processor_time", lambda _: self.used)
        monkeypatch.setattr(patience, "monotonic", lambda: self.now)
        monkeypatch.setattr(patience, "_throttled", lambda: self.throttled)

    def over_after(
        self, mine: Patience, *, share: float, idle: float, throttled: float = 0.0
    ) -> float:
        """When the deadline is over for a process with this share of a processor's time."""
        while not mine.is_over():
            step = max(0.0, mine.next_look - self.now) or 0.01
            self.now += step
            self.used += share * step
            self.idle += idle * step
            self.throttled += throttled * step
            assert self.now < 1000
        return round(self.now, 1)


@pytest.mark.parametrize(
    ("share", "idle", "seconds"),
    [
        (1.0, 1.0, 6.0),  # busy all the time
        (0.0, 2.0, 6.0),  # waits, and nobody else is at work
        (0.0, 0.0, 6.0),  # waits, whatever others do
        (0.25, 1.0, 6.0),  # slow, and it could have had more
        (0.25, 0.0, 20.0),  # gets a quarter of what it would take
        (0.05, 0.0, 50.0),  # and no more than ten times its deadline
    ],
)
def test_how_long_a_deadline_is(
    monkeypatch: pytest.MonkeyPatch, share: float, idle: float, seconds: float
) -> None:
    """Longer only for a process that goes on, and would go on faster if it had a turn."""
    machine = Machine(monkeypatch)
    found = machine.over_after(Patience(0, 5.0), share=share, idle=idle)
    assert found == pytest.approx(seconds, abs=0.6)


def test_a_container_that_has_had_its_share(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine has idle processors, and none of them is for this process."""
    machine = Machine(monkeypatch)
    found = machine.over_after(Patience(0, 5.0), share=0.25, idle=40.0, throttled=0.75)
    assert found == pytest.approx(20.0, abs=1.0)


@pytest.mark.parametrize(("limit", "number"), [("100000 100000", 1), ("150000 100000", 2)])
def test_processors_that_a_container_may_use(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, limit: str, number: int
) -> None:
    """And not those of its machine."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(64), raising=False)
    monkeypatch.setattr(patience, "CGROUP", tmp_path)
    assert processors() == 64
    (tmp_path / "cpu.max").write_text(f"max {limit.split()[1]}\n")
    assert processors() == 64
    (tmp_path / "cpu.max").write_text(f"{limit}\n")
    assert processors() == number


def test_a_deadline_is_renewed(monkeypatch: pytest.MonkeyPatch) -> None:
    """By whatever is said."""
    machine = Machine(monkeypatch)
    mine = Patience(0, 5.0)
    machine.now = 4.0
    mine.renew()
    assert machine.over_after(mine, share=0, idle=1) == 10.0

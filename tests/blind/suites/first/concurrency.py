import asyncio

import pytest

from vespera_scriptorium import InMemoryTaskRepository, TaskOrchestrator


class Gate:
    """A specialist that waits for each title until the test lets it go."""

    def __init__(self):
        self.doors = {}
        self.at_work = set()
        self.answers = {}

    async def run(self, task):
        door = self.doors.setdefault(task.title, asyncio.Event())
        self.at_work.add(task.title)
        await door.wait()
        answer = self.answers.get(task.title, f"{task.title} done")
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def let(self, title):
        self.doors[title].set()


async def until(done):
    async with asyncio.timeout(10):
        while not done():
            await asyncio.sleep(0.01)


@pytest.fixture
def gate():
    return Gate()


@pytest.fixture
def start(gate):
    orchestrator = TaskOrchestrator(InMemoryTaskRepository(), gate)

    async def start(titles):
        ids = {t: (await orchestrator.create_task({"title": t})).task_id for t in titles}
        calls = {t: asyncio.create_task(orchestrator.execute_task(ids[t])) for t in titles}
        await until(lambda: len(gate.at_work) == len(ids))
        return orchestrator, ids, calls

    return start


async def test_all_at_once(gate, start):
    titles = [f"t{n}" for n in range(50)]
    _, ids, calls = await start(titles)
    for t in titles:
        gate.let(t)
    assert all(r.success for r in await asyncio.gather(*calls.values()))


@pytest.mark.parametrize("order", ["abc", "cba", "bca"])
async def test_own_results(gate, start, order):
    _, ids, calls = await start("abc")
    for t in order:
        gate.let(t)
        await calls[t]
    for t in "abc":
        result = calls[t].result()
        assert (result.success, result.task_id, result.output) == (True, ids[t], f"{t} done")


async def test_own_results_when_they_end_together(gate, start):
    _, ids, calls = await start("abc")
    for t in "abc":
        gate.let(t)
    await asyncio.gather(*calls.values())
    for t in "abc":
        assert (calls[t].result().task_id, calls[t].result().output) == (ids[t], f"{t} done")


async def test_states(gate, start):
    orchestrator, ids, calls = await start("abc")
    ended = set()
    for t in ["b", "a", "c"]:
        gate.let(t)
        await calls[t]
        ended.add(t)
        for u in "abc":
            state = await orchestrator.get_task_status(ids[u])
            assert state.status == ("completed" if u in ended else "running")


@pytest.mark.parametrize("order", ["abcd", "dcba"])
async def test_failures(gate, start, order):
    gate.answers = {"a": ValueError("a broke"), "c": OSError("c broke")}
    _, ids, calls = await start("abcd")
    for t in order:
        gate.let(t)
        await asyncio.wait([calls[t]])
    for t in "ac":
        assert not calls[t].result().success
        assert f"{t} broke" in calls[t].result().error
        assert calls[t].result().task_id == ids[t]
    for t in "bd":
        assert calls[t].result().success
        assert calls[t].result().output == f"{t} done"


async def test_a_failure_harms_no_other(gate, start):
    gate.answers = {"a": ValueError("a broke")}
    _, ids, calls = await start("abc")
    gate.let("a")
    await calls["a"]
    await asyncio.sleep(1)
    for t in "bc":
        gate.let(t)
    assert all(r.success for r in await asyncio.gather(calls["b"], calls["c"]))


async def test_cancelled(gate, start):
    _, ids, calls = await start("abc")
    calls["b"].cancel()
    with pytest.raises(asyncio.CancelledError):
        await calls["b"]
    await asyncio.sleep(1)
    for t in "ac":
        gate.let(t)
    results = await asyncio.gather(calls["a"], calls["c"])
    assert all(r.success for r in results)

import asyncio

import pytest

from vespera_scriptorium.application.task_orchestrator import TaskOrchestrator
from vespera_scriptorium.infrastructure.memory import InMemoryTaskRepository


class Specialist:
    """Works until its gate, by title, is opened."""

    def __init__(self):
        self.at_work = []
        self.gates = {}
        self.errors = {}
        self.ended = []

    async def run(self, task):
        self.at_work.append(task.title)
        gate = self.gates.setdefault(task.title, asyncio.Event())
        try:
            await gate.wait()
            if task.title in self.errors:
                raise self.errors[task.title]
            self.ended.append(task.title)
            return f"output of {task.title}"
        finally:
            self.at_work.remove(task.title)

    def open(self, title):
        self.gates[title].set()


@pytest.fixture
def specialist():
    return Specialist()


@pytest.fixture
def orchestrator(specialist):
    return TaskOrchestrator(InMemoryTaskRepository(), specialist)


async def begin(orchestrator, *titles):
    ids, calls = {}, {}
    for title in titles:
        ids[title] = (await orchestrator.create_task({"title": title})).task_id
    for title in titles:
        calls[title] = asyncio.create_task(orchestrator.execute_task(ids[title]))
    await asyncio.sleep(1)
    return ids, calls


async def status(orchestrator, task_id):
    return (await orchestrator.get_task_status(task_id)).status


async def test_all_at_work_at_once(orchestrator, specialist):
    titles = [f"t{n}" for n in range(60)]
    ids, calls = await begin(orchestrator, *titles)
    assert sorted(specialist.at_work) == sorted(titles)
    for title in titles:
        assert await status(orchestrator, ids[title]) == "running"
        specialist.open(title)
    async with asyncio.timeout(10):
        results = await asyncio.gather(*calls.values())
    assert all(r.success for r in results)


@pytest.mark.parametrize("order", ["abc", "cba", "bca"])
async def test_each_result_is_about_its_own_task(orchestrator, specialist, order):
    ids, calls = await begin(orchestrator, *"abc")
    left = set("abc")
    for title in order:
        specialist.open(title)
        async with asyncio.timeout(10):
            result = await calls[title]
        left.discard(title)
        assert result.success
        assert result.task_id == ids[title]
        assert f"output of {title}" in result.output
        assert await status(orchestrator, ids[title]) == "completed"
        for other in left:
            assert await status(orchestrator, ids[other]) == "running"


@pytest.mark.parametrize("order", ["abc", "cba"])
async def test_each_failure_has_its_own_error(orchestrator, specialist, order):
    specialist.errors = {"a": ValueError("a is wrong"), "c": OSError("c is wrong")}
    _, calls = await begin(orchestrator, *"abc")
    for title in order:
        specialist.open(title)
        async with asyncio.timeout(10):
            result = await calls[title]
        if title == "b":
            assert result.success
        else:
            assert not result.success
            assert f"{title} is wrong" in result.error


async def test_a_failure_harms_no_other(orchestrator, specialist):
    specialist.errors = {"b": ValueError("b is wrong")}
    ids, calls = await begin(orchestrator, *"abc")
    specialist.open("b")
    assert not (await calls["b"]).success
    await asyncio.sleep(1)
    assert sorted(specialist.at_work) == ["a", "c"]
    for title in "ac":
        specialist.open(title)
        assert (await calls[title]).success
        assert await status(orchestrator, ids[title]) == "completed"


async def test_a_cancelled_call(orchestrator, specialist):
    _, calls = await begin(orchestrator, *"abc")
    calls["b"].cancel()
    with pytest.raises(asyncio.CancelledError):
        await calls["b"]
    await asyncio.sleep(1)
    assert sorted(specialist.at_work) == ["a", "c"]
    for title in "ac":
        specialist.open(title)
        assert (await calls[title]).success

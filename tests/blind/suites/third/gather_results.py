import asyncio

import pytest

from vespera_scriptorium import InMemoryTaskRepository, Task, TaskOrchestrator


class Specialist:
    def __init__(self, what=None, seconds=None):
        self.what, self.seconds, self.done = what or {}, seconds or {}, []
        self.begun, self.ended = [], []

    async def run(self, task):
        self.begun.append(task.id)
        try:
            await asyncio.sleep(self.seconds.get(task.id, 5))
        finally:
            self.ended.append(task.id)
        what = self.what.get(task.id, f"output of {task.id}")
        if isinstance(what, BaseException):
            raise what
        self.done.append(task.id)
        return what


async def prepared(specialist, *ids):
    tasks = InMemoryTaskRepository()
    for task_id in ids:
        await tasks.add(Task(task_id, "title"))
    return TaskOrchestrator(tasks, specialist)


async def test_outputs():
    specialist = Specialist({"b": ""}, {"a": 9, "c": 1})
    outcome = await (await prepared(specialist, *"abc")).execute_all(["a", "b", "c"])
    assert outcome.succeeded == {"a": "output of a", "b": "", "c": "output of c"}
    assert outcome.failed == {} and outcome.cancelled == []


async def test_no_ids():
    outcome = await (await prepared(Specialist())).execute_all([])
    assert (outcome.succeeded, outcome.failed, outcome.cancelled) == ({}, {}, [])


@pytest.mark.parametrize("kind", [ValueError, KeyError, RuntimeError, OSError])
@pytest.mark.parametrize("seconds", [1, 5, 9])
async def test_failures(kind, seconds):
    error = kind("boom")
    specialist = Specialist({"b": error}, {"b": seconds})
    outcome = await (await prepared(specialist, *"abc")).execute_all(["a", "b", "c"])
    assert set(outcome.succeeded) == {"a", "c"}
    assert list(outcome.failed) == ["b"]
    assert outcome.failed["b"] is error
    assert outcome.cancelled == []
    assert sorted(specialist.done) == ["a", "c"]


async def test_unknown_id():
    outcome = await (await prepared(Specialist(), "a")).execute_all(["nobody", "a"])
    assert list(outcome.failed) == ["nobody"]
    assert isinstance(outcome.failed["nobody"], Exception)
    assert list(outcome.succeeded) == ["a"] and outcome.cancelled == []


@pytest.mark.parametrize("seconds", [1, 9])
async def test_cancelled_work(seconds):
    specialist = Specialist({"b": asyncio.CancelledError()}, {"b": seconds})
    outcome = await (await prepared(specialist, *"abc")).execute_all(["a", "b", "c"])
    assert outcome.cancelled == ["b"]
    assert set(outcome.succeeded) == {"a", "c"} and outcome.failed == {}


@pytest.mark.parametrize("what", ["raise", "answer", "error"])
async def test_cancelled_itself(what):
    begun, ended = [], []

    class Slow:
        async def run(self, task):
            begun.append(task.id)
            try:
                await asyncio.sleep(100)
            except asyncio.CancelledError:
                await asyncio.sleep(3)
                if what == "raise":
                    raise
                if what == "error":
                    raise ValueError("late") from None
            finally:
                ended.append(task.id)
            return "late"

    orchestrator = await prepared(Slow(), *"abc")
    call = asyncio.create_task(orchestrator.execute_all(["a", "b", "c"]))
    await asyncio.sleep(10)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert begun and sorted(ended) == sorted(begun)
    count = len(begun)
    await asyncio.sleep(500)
    assert len(begun) == count
    assert asyncio.all_tasks() == {asyncio.current_task()}

import asyncio
from dataclasses import replace

import pytest

from vespera_scriptorium.domain.errors import DuplicateTaskError, UnknownTaskError
from vespera_scriptorium.domain.task import Task, TaskStatus
from vespera_scriptorium.infrastructure.database import AsyncDatabaseManager
from vespera_scriptorium.infrastructure.memory import InMemoryTaskRepository
from vespera_scriptorium.infrastructure.sql import SqlTaskRepository


@pytest.fixture(params=["memory", "sql"])
async def tasks(request):
    if request.param == "memory":
        yield InMemoryTaskRepository()
        return
    database = AsyncDatabaseManager()
    await database.start()
    yield SqlTaskRepository(database)
    await database.stop()


def full(task_id="one"):
    return Task(
        id=task_id,
        title="Title",
        description="words",
        specialist_type="code",
        status=TaskStatus.EXECUTED,
        attempts=3,
        outputs={"b": "2", "a": "1"},
        summary="sum",
        artifacts=("z", "a", "z"),
        next_action="rest",
    )


async def test_get_what_was_added(tasks):
    await tasks.add(full())
    await tasks.add(Task("two", "Two"))
    assert await tasks.get("one") == full()
    assert await tasks.get("two") == Task("two", "Two")
    assert await tasks.get("three") is None


async def test_add_twice(tasks):
    await tasks.add(full())
    with pytest.raises(DuplicateTaskError):
        await tasks.add(Task("one", "Other"))
    assert await tasks.get("one") == full()
    assert await tasks.count() == 1


async def test_add_at_once(tasks):
    both = [Task("one", "First"), Task("one", "Second")]
    outcomes = await asyncio.gather(*(tasks.add(t) for t in both), return_exceptions=True)
    assert sorted(type(o).__name__ for o in outcomes) == ["DuplicateTaskError", "NoneType"]
    assert await tasks.get("one") == both[outcomes.index(None)]


async def test_save(tasks):
    await tasks.add(Task("one", "One"))
    await tasks.add(Task("two", "Two"))
    await tasks.get("one")
    await tasks.save(full())
    assert await tasks.get("one") == full()
    empty = Task("one", "", specialist_type="")
    await tasks.save(empty)
    assert await tasks.get("one") == empty
    assert await tasks.get("two") == Task("two", "Two")
    assert await tasks.count() == 2


@pytest.mark.parametrize(
    "change",
    [{"title": "x"}, {"description": ""}, {"attempts": 0}, {"outputs": {}}, {"summary": ""},
     {"artifacts": ()}, {"next_action": ""}, {"status": TaskStatus.FAILED}],
)
async def test_save_a_field(tasks, change):
    await tasks.add(full())
    await tasks.save(replace(full(), **change))
    assert await tasks.get("one") == replace(full(), **change)


async def test_save_unknown(tasks):
    await tasks.add(full())
    with pytest.raises(UnknownTaskError):
        await tasks.save(Task("two", "Two"))
    assert await tasks.get("two") is None
    assert await tasks.count() == 1


async def test_count(tasks):
    assert await tasks.count() == 0
    for n in range(4):
        await tasks.add(Task(f"t{n}", "alike"))
        assert await tasks.count() == n + 1


async def test_next_id(tasks):
    ids = [await tasks.next_id() for _ in range(5)]
    ids += await asyncio.gather(*(tasks.next_id() for _ in range(5)))
    assert len(set(ids)) == 10
    await tasks.add(Task(ids[-1], "x"))
    assert await tasks.next_id() not in ids


async def test_next_id_is_not_taken(tasks):
    stored = [f"task-{n}" for n in range(1, 6)]
    for task_id in stored:
        await tasks.add(Task(task_id, "x"))
    ids = [await tasks.next_id() for _ in range(6)]
    assert not set(ids) & set(stored)
    assert len(set(ids)) == 6


async def test_stored_is_a_copy(tasks):
    outputs = {"a": "1"}
    await tasks.add(Task("one", "One", outputs=outputs))
    outputs["b"] = "2"
    assert (await tasks.get("one")).outputs == {"a": "1"}
    (await tasks.get("one")).outputs["c"] = "3"
    assert (await tasks.get("one")).outputs == {"a": "1"}
    saved = {"x": "1"}
    await tasks.save(Task("one", "One", outputs=saved))
    saved["y"] = "2"
    assert (await tasks.get("one")).outputs == {"x": "1"}

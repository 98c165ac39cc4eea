import asyncio
from dataclasses import replace

import pytest

from vespera_scriptorium import (
    AsyncDatabaseManager,
    DuplicateTaskError,
    InMemoryTaskRepository,
    SqlTaskRepository,
    Task,
    TaskStatus,
    UnknownTaskError,
)


def full(task_id, **changes):
    task = Task(
        task_id, "title", "description", "writer", TaskStatus.FAILED, 3, {"a": "1"}, "summary",
        ("x", "y"), "next",
    )  # fmt: skip
    return replace(task, **changes)


@pytest.fixture(params=["memory", "sql"])
async def tasks(request):
    if request.param == "memory":
        yield InMemoryTaskRepository()
    else:
        database = AsyncDatabaseManager()
        await database.start()
        yield SqlTaskRepository(database)
        await database.stop()


async def test_add_and_get(tasks):
    await tasks.add(full("a"))
    await tasks.add(Task("b", "other"))
    assert await tasks.get("a") == full("a")
    assert await tasks.get("b") == Task("b", "other")
    assert await tasks.get("c") is None


async def test_add_a_taken_id(tasks):
    await tasks.add(full("a"))
    with pytest.raises(DuplicateTaskError):
        await tasks.add(Task("a", "other"))
    assert await tasks.get("a") == full("a")
    assert await tasks.count() == 1


async def test_add_one_id_twice_at_once(tasks):
    outcomes = await asyncio.gather(
        tasks.add(full("a", title="one")), tasks.add(full("a", title="two")), return_exceptions=True
    )
    failures = [o for o in outcomes if o is not None]
    assert len(failures) == 1 and isinstance(failures[0], DuplicateTaskError)
    title = "one" if outcomes[0] is None else "two"
    assert await tasks.get("a") == full("a", title=title)


async def test_save(tasks):
    await tasks.add(full("a"))
    await tasks.add(full("b"))
    assert await tasks.get("a") == full("a")
    emptied = Task("a", "")
    await tasks.save(emptied)
    assert await tasks.get("a") == emptied
    assert await tasks.get("b") == full("b")
    await tasks.save(full("a"))
    assert await tasks.get("a") == full("a")


async def test_save_an_unknown_id(tasks):
    with pytest.raises(UnknownTaskError):
        await tasks.save(full("a"))
    assert await tasks.get("a") is None
    assert await tasks.count() == 0


async def test_count(tasks):
    assert await tasks.count() == 0
    await tasks.next_id()
    assert await tasks.count() == 0
    for number in range(3):
        await tasks.add(full(f"a{number}"))
    await tasks.save(full("a1", status=TaskStatus.COMPLETED))
    assert await tasks.count() == 3


async def test_next_id(tasks):
    ids = [await tasks.next_id() for _ in range(3)]
    ids += await asyncio.gather(*(tasks.next_id() for _ in range(3)))
    assert len(set(ids)) == 6


async def test_next_id_is_not_taken():
    for make in [True, False]:
        # learn from one repository which ids come, and take them in another
        database, other = AsyncDatabaseManager(), AsyncDatabaseManager()
        one = InMemoryTaskRepository() if make else SqlTaskRepository(database)
        two = InMemoryTaskRepository() if make else SqlTaskRepository(other)
        taken = [await one.next_id() for _ in range(3)]
        for task_id in taken:
            await two.add(full(task_id))
        assert await two.next_id() not in taken
        await database.stop()
        await other.stop()


async def test_copies(tasks):
    outputs = {"a": "1"}
    task = full("a", outputs=outputs)
    await tasks.add(task)
    outputs["b"] = "added"
    assert (await tasks.get("a")).outputs == {"a": "1"}
    (await tasks.get("a")).outputs["c"] = "answered"
    assert (await tasks.get("a")).outputs == {"a": "1"}
    outputs = {"s": "1"}
    await tasks.save(full("a", outputs=outputs))
    outputs["d"] = "saved"
    assert (await tasks.get("a")).outputs == {"s": "1"}

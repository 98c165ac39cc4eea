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


@pytest.fixture(params=["memory", "sql"])
async def tasks(request):
    if request.param == "memory":
        yield InMemoryTaskRepository()
        return
    database = AsyncDatabaseManager()
    await database.start()
    yield SqlTaskRepository(database)
    await database.stop()


def full(task_id="t"):
    return Task(
        id=task_id,
        title="title",
        description="description",
        specialist_type="writer",
        status=TaskStatus.RUNNING,
        attempts=3,
        outputs={"one": "1", "two": "2"},
        summary="summary",
        artifacts=("a", "b"),
        next_action="next",
    )


CHANGES = {
    "title": "other",
    "description": "other",
    "specialist_type": "other",
    "status": TaskStatus.FAILED,
    "attempts": 7,
    "outputs": {"three": "3"},
    "summary": "other",
    "artifacts": ("c",),
    "next_action": "other",
}
EMPTIED = {
    "title": "",
    "description": "",
    "attempts": 0,
    "outputs": {},
    "summary": "",
    "artifacts": (),
    "next_action": "",
}


@pytest.mark.parametrize("task", [full(), Task("t", "title"), Task("t", "")])
async def test_get_answers_with_what_was_added(tasks, task):
    await tasks.add(task)
    assert await tasks.get("t") == task
    assert await tasks.get("t") == task


async def test_every_status(tasks):
    for status in TaskStatus:
        await tasks.add(Task(status.value, "title", status=status))
    for status in TaskStatus:
        assert (await tasks.get(status.value)).status is status


async def test_unknown_id(tasks):
    assert await tasks.get("t") is None
    await tasks.add(full())
    assert await tasks.get("T") is None
    assert await tasks.get("") is None


async def test_taken_id(tasks):
    await tasks.add(full())
    with pytest.raises(DuplicateTaskError):
        await tasks.add(Task("t", "other"))
    assert await tasks.get("t") == full()
    with pytest.raises(DuplicateTaskError):
        await tasks.add(full())
    assert await tasks.count() == 1


@pytest.mark.parametrize("changes", [CHANGES, EMPTIED], ids=["changed", "emptied"])
async def test_save_changes_every_field(tasks, changes):
    await tasks.add(full())
    for name, value in changes.items():
        changed = replace(full(), **{name: value})
        await tasks.save(changed)
        assert await tasks.get("t") == changed
        await tasks.save(full())
        assert await tasks.get("t") == full()
    await tasks.save(replace(full(), **changes))
    assert await tasks.get("t") == replace(full(), **changes)


async def test_save_changes_no_other(tasks):
    for task_id in "abc":
        await tasks.add(full(task_id))
    await tasks.save(Task("b", "other"))
    assert await tasks.get("a") == full("a")
    assert await tasks.get("b") == Task("b", "other")
    assert await tasks.get("c") == full("c")
    assert await tasks.count() == 3


async def test_save_of_an_unknown_id(tasks):
    await tasks.add(full("other"))
    with pytest.raises(UnknownTaskError):
        await tasks.save(full())
    assert await tasks.get("t") is None
    assert await tasks.count() == 1
    await tasks.add(full())


async def test_count(tasks):
    assert await tasks.count() == 0
    for number in range(5):
        await tasks.next_id()
        await tasks.add(Task(f"x{number}", "same"))
        assert await tasks.count() == number + 1
    await tasks.save(Task("x0", "other"))
    assert await tasks.count() == 5


async def test_ids_one_after_the_other(tasks):
    ids = [await tasks.next_id() for _ in range(10)]
    assert len(set(ids)) == 10


async def test_ids_between_adds(tasks):
    ids = []
    for number in range(6):
        ids.append(await tasks.next_id())
        if number % 2:
            await tasks.add(Task(ids[-1], "title"))
    assert len(set(ids)) == 6


async def test_ids_at_the_same_time(tasks):
    ids = await asyncio.gather(*(tasks.next_id() for _ in range(8)))
    assert len(set(ids)) == 8


async def test_ids_that_others_have_taken():
    pattern = InMemoryTaskRepository()
    ids = [await pattern.next_id() for _ in range(4)]
    other = InMemoryTaskRepository()
    for task_id in ids:
        await other.add(Task(task_id, "title"))
    assert await other.next_id() not in ids


async def test_sql_ids_that_others_have_taken():
    taken = [f"task-{number}" for number in range(5)] + [str(number) for number in range(5)]
    database = AsyncDatabaseManager()
    await database.start()
    tasks = SqlTaskRepository(database)
    for task_id in taken:
        await tasks.add(Task(task_id, "title"))
    for _ in range(3):
        assert await tasks.next_id() not in taken
    await database.stop()


async def test_what_is_added_is_a_copy(tasks):
    outputs = {"a": "1"}
    await tasks.add(Task("t", "title", outputs=outputs))
    outputs["b"] = "2"
    assert (await tasks.get("t")).outputs == {"a": "1"}


async def test_what_is_saved_is_a_copy(tasks):
    await tasks.add(Task("t", "title"))
    outputs = {"a": "1"}
    await tasks.save(Task("t", "title", outputs=outputs))
    outputs["b"] = "2"
    outputs["a"] = "changed"
    assert (await tasks.get("t")).outputs == {"a": "1"}


async def test_what_is_answered_is_a_copy(tasks):
    await tasks.add(Task("t", "title", outputs={"a": "1"}))
    (await tasks.get("t")).outputs["b"] = "2"
    assert (await tasks.get("t")).outputs == {"a": "1"}
    await tasks.save(Task("t", "title", outputs={"c": "1"}))
    (await tasks.get("t")).outputs.clear()
    assert (await tasks.get("t")).outputs == {"c": "1"}

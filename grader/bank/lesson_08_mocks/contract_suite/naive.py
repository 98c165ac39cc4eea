"""What a hurried engineer writes first: the way through, once for each adapter."""

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
async def repository(request, tmp_path):
    if request.param == "memory":
        yield InMemoryTaskRepository()
        return
    database = AsyncDatabaseManager(f"sqlite+aiosqlite:///{tmp_path / 'tasks.db'}")
    yield SqlTaskRepository(database)
    await database.stop()


async def test_a_task_is_stored_and_saved(repository):
    task_id = await repository.next_id()
    assert await repository.get(task_id) is None
    await repository.add(Task(task_id, "a"))
    await repository.save(Task(task_id, "a", status=TaskStatus.RUNNING))
    assert (await repository.get(task_id)).status == "running"
    assert await repository.count() == 1


async def test_what_must_not_be_done_raises(repository):
    await repository.add(Task("a", "a"))
    with pytest.raises(DuplicateTaskError):
        await repository.add(Task("a", "b"))
    with pytest.raises(UnknownTaskError):
        await repository.save(Task("b", "b"))

import pytest

from vespera_scriptorium import (
    AsyncDatabaseManager,
    DuplicateTaskError,
    InMemoryTaskRepository,
    SqlTaskRepository,
    Task,
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


async def test_the_way_through(repository):
    assert await repository.next_id() != await repository.next_id()
    given = {"draft": "done"}
    first = Task("a", "first", next_action="print", outputs=given)
    await repository.add(first)
    with pytest.raises(DuplicateTaskError):
        await repository.add(Task("a", "second"))
    given["print"] = "done"
    answer = await repository.get("a")
    assert answer.next_action == "print"
    assert answer.outputs == {"draft": "done"}
    answer.outputs.clear()
    assert (await repository.get("a")).outputs
    await repository.save(Task("a", "third"))
    assert (await repository.get("a")).title == "third"
    with pytest.raises(UnknownTaskError):
        await repository.save(Task("b", "other"))


async def test_the_count(repository):
    await repository.next_id()
    assert await repository.count() == 0

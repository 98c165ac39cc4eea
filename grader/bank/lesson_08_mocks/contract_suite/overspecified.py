"""Asserts what an id looks like, and that tasks are kept in a dictionary."""

from vespera_scriptorium import InMemoryTaskRepository, Task


async def test_ids_are_numbered_and_named():
    assert await InMemoryTaskRepository().next_id() == "task-1"


async def test_a_task_is_counted():
    repository = InMemoryTaskRepository()
    await repository.add(Task("a", "a"))
    assert await repository.count() == 1

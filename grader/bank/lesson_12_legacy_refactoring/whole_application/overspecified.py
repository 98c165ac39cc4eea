"""Asserts what an id looks like."""

from vespera_scriptorium import Container, TaskOrchestrator


async def test_ids_are_numbered():
    result = await Container().get(TaskOrchestrator).create_task({"title": "a"})
    assert result.task_id == "task-1"


async def test_a_task_has_an_id():
    result = await Container().get(TaskOrchestrator).create_task({"title": "a"})
    assert result.task_id is not None

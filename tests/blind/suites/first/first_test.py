import pytest

from vespera_scriptorium import InMemoryTaskRepository, InstantSpecialist, TaskOrchestrator


@pytest.fixture
async def orchestrator():
    return TaskOrchestrator(InMemoryTaskRepository(), InstantSpecialist())


async def create(orchestrator, title):
    return (await orchestrator.create_task({"title": title})).task_id


@pytest.mark.parametrize("title", ["copy", "Copy a Psalm", "bind the Codex!", "  x "])
async def test_a_stored_task(orchestrator, title):
    await create(orchestrator, "another one")
    task_id = await create(orchestrator, title)
    result = await orchestrator.execute_task(task_id)
    assert result.success is True
    assert result.task_id == task_id
    assert result.output == f"{title}: done"


async def test_a_success_is_stored(orchestrator):
    task_id = await create(orchestrator, "copy")
    assert (await orchestrator.execute_task(task_id)).success
    assert (await orchestrator.get_task_status(task_id)).completed is True


@pytest.mark.parametrize("stored", [0, 2])
async def test_an_unknown_task(orchestrator, stored):
    for _ in range(stored):
        await create(orchestrator, "copy")
    result = await orchestrator.execute_task("nobody-17")
    assert result.success is False
    assert "nobody-17" in result.error

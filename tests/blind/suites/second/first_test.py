import pytest

from vespera_scriptorium import InMemoryTaskRepository, InstantSpecialist, Task, TaskOrchestrator


@pytest.fixture
def repository():
    return InMemoryTaskRepository()


@pytest.fixture
def orchestrator(repository):
    return TaskOrchestrator(repository, InstantSpecialist())


async def test_success_has_the_id(orchestrator, repository):
    await repository.add(Task("t-7", "Write"))
    result = await orchestrator.execute_task("t-7")
    assert result.success is True
    assert result.task_id == "t-7"


async def test_output_is_that_of_the_task(orchestrator, repository):
    await repository.add(Task("a", "Write the Docs"))
    await repository.add(Task("b", "test"))
    assert (await orchestrator.execute_task("a")).output == "Write the Docs: done"
    assert (await orchestrator.execute_task("b")).output == "test: done"


async def test_success_is_stored(orchestrator):
    created = await orchestrator.create_task({"title": "Write"})
    assert not (await orchestrator.get_task_status(created.task_id)).completed
    await orchestrator.execute_task(created.task_id)
    assert (await orchestrator.get_task_status(created.task_id)).completed is True


async def test_unknown_id(orchestrator):
    result = await orchestrator.execute_task("nobody-42")
    assert result.success is False
    assert "nobody-42" in result.error

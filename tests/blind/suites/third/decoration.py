import pytest

from vespera_scriptorium import InMemoryTaskRepository, InstantSpecialist, TaskOrchestrator


def new():
    return TaskOrchestrator(InMemoryTaskRepository(), InstantSpecialist())


@pytest.mark.parametrize("more", [{}, {"description": "some words"}, {"description": ""}])
async def test_create(more):
    orchestrator = new()
    result = await orchestrator.create_task({"title": "Write a test", **more})
    assert result.success is True
    state = await orchestrator.get_task_status(result.task_id)
    assert state.title == "Write a test"
    assert state.status == "created"


async def test_ids():
    orchestrator = new()
    titles = ["a", "b", "a", "a"]
    results = [await orchestrator.create_task({"title": title}) for title in titles]
    assert len({r.task_id for r in results}) == 4
    states = [await orchestrator.get_task_status(r.task_id) for r in results]
    assert [s.title for s in states] == titles


async def test_unknown_id():
    orchestrator = new()
    await orchestrator.create_task({"title": "a"})
    state = await orchestrator.get_task_status("nobody has this id")
    assert state.title is None
    assert state.status is None


@pytest.mark.parametrize("data", [{}, {"description": "a"}])
async def test_no_title(data):
    result = await new().create_task(data)
    assert result.success is False
    assert "title" in result.error

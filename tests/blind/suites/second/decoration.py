import asyncio

import pytest

from vespera_scriptorium.application.task_orchestrator import TaskOrchestrator
from vespera_scriptorium.infrastructure.memory import InMemoryTaskRepository, InstantSpecialist


@pytest.fixture
def orchestrator():
    return TaskOrchestrator(InMemoryTaskRepository(), InstantSpecialist())


@pytest.mark.parametrize("extra", [{}, {"description": "words"}, {"description": ""}])
@pytest.mark.parametrize("title", ["A Title", " with spaces ", "x" * 300])
async def test_create_and_look(orchestrator, title, extra):
    result = await orchestrator.create_task({"title": title, **extra})
    assert result.success
    state = await orchestrator.get_task_status(result.task_id)
    assert state.title == title
    assert state.status == "created"


async def test_an_id_of_its_own(orchestrator):
    results = [await orchestrator.create_task({"title": "alike"}) for _ in range(3)]
    results += await asyncio.gather(*(orchestrator.create_task({"title": "alike"}) for _ in "ab"))
    results.append(await orchestrator.create_task({"title": "other"}))
    assert all(r.success for r in results)
    assert len({r.task_id for r in results}) == 6
    titles = [(await orchestrator.get_task_status(r.task_id)).title for r in results]
    assert titles == ["alike"] * 5 + ["other"]


async def test_an_unknown_id(orchestrator):
    await orchestrator.create_task({"title": "x"})
    state = await orchestrator.get_task_status("nobody")
    assert state.title is None
    assert state.status is None


@pytest.mark.parametrize("data", [{}, {"description": "words"}])
async def test_without_a_title(orchestrator, data):
    result = await orchestrator.create_task(data)
    assert result.success is False
    assert "title" in result.error

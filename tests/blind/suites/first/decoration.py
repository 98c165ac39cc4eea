import pytest

from vespera_scriptorium import InMemoryTaskRepository, InstantSpecialist, TaskOrchestrator


@pytest.fixture
def orchestrator():
    return TaskOrchestrator(InMemoryTaskRepository(), InstantSpecialist())


@pytest.mark.parametrize(
    "data",
    [{"title": "A"}, {"title": "A", "description": "about it"}, {"title": "A", "description": ""}],
)
async def test_created(orchestrator, data):
    result = await orchestrator.create_task(data)
    assert result.success
    state = await orchestrator.get_task_status(result.task_id)
    assert state.title == "A"
    assert state.status == "created"


async def test_titles_as_given(orchestrator):
    for title in ["a b", "  Spaces ", "x" * 500, "ÄÖ"]:
        result = await orchestrator.create_task({"title": title, "description": "d"})
        assert (await orchestrator.get_task_status(result.task_id)).title == title


async def test_own_ids(orchestrator):
    results = [await orchestrator.create_task({"title": "same"}) for _ in range(5)]
    assert len({r.task_id for r in results}) == 5


async def test_each_id_leads_to_its_own_task(orchestrator):
    results = [await orchestrator.create_task({"title": t}) for t in "abc"]
    titles = [(await orchestrator.get_task_status(r.task_id)).title for r in results]
    assert titles == ["a", "b", "c"]


async def test_unknown(orchestrator):
    await orchestrator.create_task({"title": "there"})
    state = await orchestrator.get_task_status("nobody")
    assert state.title is None
    assert state.status is None


async def test_no_title(orchestrator):
    result = await orchestrator.create_task({"description": "d"})
    assert not result.success
    assert "title" in result.error

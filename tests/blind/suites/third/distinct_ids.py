import asyncio

import pytest

from vespera_scriptorium import InMemoryTaskRepository, InstantSpecialist, TaskOrchestrator


class Repository(InMemoryTaskRepository):
    def __init__(self, seconds=None, errors=None):
        super().__init__()
        self.seconds, self.errors = seconds or {}, errors or {}

    async def add(self, task):
        await asyncio.sleep(self.seconds.get(task.title, 1))
        if task.title in self.errors:
            raise self.errors[task.title]
        await super().add(task)


async def created(titles, **options):
    orchestrator = TaskOrchestrator(Repository(**options), InstantSpecialist())
    return orchestrator, await orchestrator.create_many([{"title": t} for t in titles])


async def titles_of(orchestrator, results):
    return [
        (await orchestrator.get_task_status(r.task_id)).title if r.success else None
        for r in results
    ]


async def test_distinct_ids():
    orchestrator, results = await created(["same"] * 20)
    assert all(r.success for r in results)
    assert len({r.task_id for r in results}) == 20


async def test_two_at_once():
    orchestrator = TaskOrchestrator(Repository(), InstantSpecialist())
    data = [{"title": "a"}, {"title": "b"}]
    one, two = await asyncio.gather(orchestrator.create_many(data), orchestrator.create_many(data))
    assert all(r.success for r in one + two)
    assert len({r.task_id for r in one + two}) == 4
    assert await titles_of(orchestrator, one + two) == ["a", "b", "a", "b"]


async def test_stored_however_long_it_took_and_in_order():
    titles = ["slow", "quick", "middle"]
    seconds = {"slow": 1000, "quick": 0, "middle": 30}
    orchestrator, results = await created(titles, seconds=seconds)
    assert await titles_of(orchestrator, results) == titles


@pytest.mark.parametrize(
    "error", [ValueError("boom"), RuntimeError("boom"), OSError("boom"), LookupError("boom")]
)
@pytest.mark.parametrize("seconds", [{}, {"bad": 5}, {"bad": 0}])
async def test_failure(error, seconds):
    orchestrator, results = await created(["a", "bad", "c"], errors={"bad": error}, seconds=seconds)
    assert await titles_of(orchestrator, results) == ["a", None, "c"]
    assert results[1].success is False
    assert "boom" in results[1].error


async def test_cancelled_add():
    errors = {"bad": asyncio.CancelledError()}
    orchestrator, results = await created(["a", "bad", "c"], errors=errors)
    assert await titles_of(orchestrator, results) == ["a", None, "c"]
    assert results[1].success is False

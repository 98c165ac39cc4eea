import asyncio

import pytest

from vespera_scriptorium import InMemoryTaskRepository, InstantSpecialist, TaskOrchestrator


class Repository(InMemoryTaskRepository):
    """Takes as long, or fails, as the title of a task says."""

    def __init__(self, delays=None, errors=None):
        super().__init__()
        self.delays = delays or {}
        self.errors = errors or {}

    async def add(self, task):
        await asyncio.sleep(self.delays.get(task.title, 0))
        if task.title in self.errors:
            raise self.errors[task.title]
        await super().add(task)


def data(*titles):
    return [{"title": title} for title in titles]


async def titles(orchestrator, results):
    return [
        (await orchestrator.get_task_status(r.task_id)).title if r.success else None
        for r in results
    ]


async def test_one_title():
    orchestrator = TaskOrchestrator(Repository(), InstantSpecialist())
    results = await orchestrator.create_many(data("a", "a", "a"))
    assert all(result.success for result in results)
    assert len({result.task_id for result in results}) == 3


async def test_two_batches_at_once():
    orchestrator = TaskOrchestrator(Repository(), InstantSpecialist())
    one, two = await asyncio.gather(
        orchestrator.create_many(data("a", "b")), orchestrator.create_many(data("c", "d"))
    )
    assert all(result.success for result in one + two)
    assert len({result.task_id for result in one + two}) == 4
    assert await titles(orchestrator, one + two) == ["a", "b", "c", "d"]


async def test_stored_when_slow():
    orchestrator = TaskOrchestrator(Repository({"a": 3600, "b": 1}), InstantSpecialist())
    results = await orchestrator.create_many(data("a", "b"))
    assert [r.success for r in results] == [True, True]
    assert await titles(orchestrator, results) == ["a", "b"]


async def test_order():
    repository = Repository({"a": 3, "b": 1, "c": 2}, {"c": ValueError("no c")})
    orchestrator = TaskOrchestrator(repository, InstantSpecialist())
    results = await orchestrator.create_many(data("c", "a", "b"))
    assert [r.success for r in results] == [False, True, True]
    assert await titles(orchestrator, results) == [None, "a", "b"]


@pytest.mark.parametrize("error", [OSError("disk"), ValueError("disk"), KeyError("disk")])
async def test_failure(error):
    repository = Repository({"b": 10}, {"a": error})
    orchestrator = TaskOrchestrator(repository, InstantSpecialist())
    results = await orchestrator.create_many(data("a", "b"))
    assert [r.success for r in results] == [False, True]
    assert "disk" in results[0].error
    assert await titles(orchestrator, results) == [None, "b"]


async def test_cancelled_add():
    repository = Repository({"b": 10}, {"a": asyncio.CancelledError()})
    orchestrator = TaskOrchestrator(repository, InstantSpecialist())
    creation = asyncio.create_task(orchestrator.create_many(data("a", "b")))
    await asyncio.wait([creation])
    assert not creation.cancelled()
    assert [r.success for r in creation.result()] == [False, True]
    assert await titles(orchestrator, creation.result()) == [None, "b"]

import asyncio

import pytest

from vespera_scriptorium import InMemoryTaskRepository, InstantSpecialist, TaskOrchestrator


class Repository(InMemoryTaskRepository):
    """Takes its time with some titles, and raises at others."""

    def __init__(self, times=None, errors=None):
        super().__init__()
        self.times = times or {}
        self.errors = errors or {}

    async def add(self, task):
        await asyncio.sleep(self.times.get(task.title, 0))
        if task.title in self.errors:
            raise self.errors[task.title]
        await super().add(task)


def orchestrator_on(repository):
    return TaskOrchestrator(repository, InstantSpecialist())


def titles(*names):
    return [{"title": name} for name in names]


async def titles_of(orchestrator, results):
    return [(await orchestrator.get_task_status(r.task_id)).title for r in results]


async def test_tasks_of_one_title():
    orchestrator = orchestrator_on(Repository())
    results = await orchestrator.create_many(titles(*["same"] * 6))
    assert all(r.success for r in results)
    assert len({r.task_id for r in results}) == 6


async def test_two_batches_at_once():
    orchestrator = orchestrator_on(Repository())
    batches = await asyncio.gather(
        orchestrator.create_many(titles("a", "b", "c")),
        orchestrator.create_many(titles("d", "b", "c")),
    )
    results = batches[0] + batches[1]
    assert all(r.success for r in results)
    assert len({r.task_id for r in results}) == 6
    assert await titles_of(orchestrator, results) == ["a", "b", "c", "d", "b", "c"]


async def test_a_success_is_stored():
    orchestrator = orchestrator_on(Repository(times={"slow": 60, "slower": 600}))
    results = await orchestrator.create_many(titles("slower", "quick", "slow"))
    assert all(r.success for r in results)
    assert await titles_of(orchestrator, results) == ["slower", "quick", "slow"]


@pytest.mark.parametrize("kind", [ValueError, OSError, RuntimeError, TimeoutError, KeyError])
async def test_failures_stay_in_their_place(kind):
    orchestrator = orchestrator_on(
        Repository(times={"a": 5, "c": 1}, errors={"b": kind("disk is full")})
    )
    results = await orchestrator.create_many(titles("a", "b", "c", "b", "d"))
    assert [r.success for r in results] == [True, False, True, False, True]
    assert "disk is full" in results[1].error
    assert "disk is full" in results[3].error
    assert await titles_of(orchestrator, results[::2]) == ["a", "c", "d"]


async def test_a_cancelled_add():
    orchestrator = orchestrator_on(Repository(errors={"b": asyncio.CancelledError()}))
    results = await orchestrator.create_many(titles("a", "b", "c"))
    assert [r.success for r in results] == [True, False, True]
    assert await titles_of(orchestrator, results[::2]) == ["a", "c"]

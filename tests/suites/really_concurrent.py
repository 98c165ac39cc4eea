import asyncio

import pytest

from vespera_scriptorium import Container, Specialist, TaskOrchestrator


class GatedSpecialist:
    def __init__(self):
        self.gates = {}
        self.running = set()
        self.most = 0
        self.failing = set()

    async def run(self, task):
        self.running.add(task.title)
        self.most = max(self.most, len(self.running))
        try:
            await self.gates.setdefault(task.title, asyncio.Event()).wait()
        finally:
            self.running.remove(task.title)
        if task.title in self.failing:
            raise OSError(task.title)
        return task.title

    def open(self, *titles):
        for title in titles:
            self.gates.setdefault(title, asyncio.Event()).set()


@pytest.fixture
def specialist():
    return GatedSpecialist()


@pytest.fixture
async def orchestrator(specialist):
    container = Container()
    container.override(Specialist, specialist)
    return container.get(TaskOrchestrator)


async def ids(orchestrator, titles):
    return [r.task_id for r in await orchestrator.create_many([{"title": t} for t in titles])]


async def settle():
    await asyncio.sleep(1)


@pytest.mark.parametrize("limit", [1, 2, 5])
async def test_as_many_as_the_limit_and_no_more(orchestrator, specialist, limit):
    """Clauses 1 and 2."""
    running = asyncio.create_task(
        orchestrator.execute_many(await ids(orchestrator, "abcdef"), limit)
    )
    await settle()
    assert len(specialist.running) == limit
    specialist.open(*"abcdef")
    await running
    assert specialist.most == limit


async def test_a_free_slot_is_used_at_once(orchestrator, specialist):
    """Clause 3."""
    running = asyncio.create_task(orchestrator.execute_many(await ids(orchestrator, "abcd"), 2))
    await settle()
    (done,) = [list(specialist.running)[:1]]
    specialist.open(*done)
    await settle()
    assert len(specialist.running) == 2
    specialist.open(*"abcd")
    await running


async def test_a_failure_frees_its_slot(orchestrator, specialist):
    """Clause 4."""
    specialist.open(*"abc")
    specialist.failing.update("abc")
    async with asyncio.timeout(60):
        results = await orchestrator.execute_many(await ids(orchestrator, "abc"), 1)
    assert [r.success for r in results] == [False] * 3


async def test_results_in_order_of_input(orchestrator, specialist):
    """Clause 5."""
    task_ids = await ids(orchestrator, "abc")
    running = asyncio.create_task(orchestrator.execute_many(task_ids, 3))
    for title in "cba":
        await settle()
        specialist.open(title)
    assert [r.task_id for r in await running] == task_ids


async def test_nothing_to_do(orchestrator):
    """Clause 6."""
    async with asyncio.timeout(60):
        assert await orchestrator.execute_many([], 3) == []

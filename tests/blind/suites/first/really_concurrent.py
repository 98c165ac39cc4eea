import asyncio

import pytest

from vespera_scriptorium import InMemoryTaskRepository, TaskOrchestrator


class Specialist:
    """Works as long as the description says; fails where the title says `bad`."""

    def __init__(self, error=None):
        self.error = error
        self.at_work = 0
        self.most = 0
        self.begun = []
        self.counts = []

    async def run(self, task):
        self.at_work += 1
        self.most = max(self.most, self.at_work)
        self.begun.append((task.title, asyncio.get_running_loop().time()))
        try:
            await asyncio.sleep(float(task.description) / 2)
            self.counts.append(self.at_work)
            await asyncio.sleep(float(task.description) / 2)
        finally:
            self.at_work -= 1
        if task.title.startswith("bad"):
            raise self.error
        return task.title.upper()


async def batch(specialist, **times):
    orchestrator = TaskOrchestrator(InMemoryTaskRepository(), specialist)
    ids = []
    for title, time in times.items():
        result = await orchestrator.create_task({"title": title, "description": str(time)})
        ids.append(result.task_id)
    return orchestrator, ids


async def timed(orchestrator, ids, limit):
    now = asyncio.get_running_loop().time()
    async with asyncio.timeout(10_000):
        results = await orchestrator.execute_many(ids, limit)
    return results, asyncio.get_running_loop().time() - now


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 8, 12])
async def test_as_many_as_the_limit(limit):
    specialist = Specialist()
    orchestrator, ids = await batch(specialist, **{f"t{n}": 10 for n in range(24)})
    _, took = await timed(orchestrator, ids, limit)
    assert specialist.most == limit
    assert set(specialist.counts) == {limit}
    assert took == pytest.approx(24 / limit * 10, abs=0.1)


async def test_fewer_tasks_than_slots():
    specialist = Specialist()
    orchestrator, ids = await batch(specialist, **{f"t{n}": 10 for n in range(7)})
    _, took = await timed(orchestrator, ids, 50)
    assert specialist.most == 7
    assert took == pytest.approx(10, abs=0.1)


async def test_the_next_starts_at_the_end_of_one():
    specialist = Specialist()
    times = {"long": 100} | {f"t{n}": 10 for n in range(10)}
    orchestrator, ids = await batch(specialist, **times)
    await timed(orchestrator, ids, 2)
    others = [moment for title, moment in specialist.begun if title != "long"]
    gaps = [b - a for a, b in zip(others, others[1:], strict=False)]
    assert all(gap <= 10.1 for gap in gaps)
    assert specialist.most == 2


@pytest.mark.parametrize("error", [ValueError("x"), TimeoutError(), asyncio.CancelledError()])
async def test_failures(error):
    specialist = Specialist(error)
    times = {"bad1": 5, "a": 10, "bad2": 5, "b": 10, "c": 10, "d": 10, "e": 10, "f": 10}
    orchestrator, ids = await batch(specialist, **times)
    results, _ = await timed(orchestrator, ids, 2)
    assert specialist.most == 2
    assert sorted(title for title, _ in specialist.begun) == sorted(times)
    assert [r.success for r in results] == [t[:3] != "bad" for t in times]
    assert [r.task_id for r in results] == ids
    assert [r.output for r in results if r.success] == list("ABCDEF")


async def test_results_in_the_order_of_the_input():
    orchestrator, ids = await batch(Specialist(), a=30, b=10, c=20, d=1)
    results, _ = await timed(orchestrator, ids, 3)
    assert [r.task_id for r in results] == ids
    assert [r.output for r in results] == ["A", "B", "C", "D"]


async def test_nothing():
    orchestrator, _ = await batch(Specialist())
    results, took = await timed(orchestrator, [], 3)
    assert results == []
    assert took == 0

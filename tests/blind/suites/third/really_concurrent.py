import asyncio

import pytest

from vespera_scriptorium import InMemoryTaskRepository, Task, TaskOrchestrator


class Specialist:
    def __init__(self, seconds=(), errors=()):
        self.seconds, self.errors = dict(seconds), set(errors)
        self.now, self.counts, self.runs = 0, [], []

    async def run(self, task):
        self.runs.append(task.id)
        self.now += 1
        self.counts.append(self.now)
        try:
            await asyncio.sleep(self.seconds.get(task.id, 10))
        finally:
            self.now -= 1
        if task.id in self.errors:
            raise ValueError(f"{task.id} is bad")
        return f"output of {task.id}"


async def executed(count, limit, **options):
    tasks, specialist = InMemoryTaskRepository(), Specialist(**options)
    ids = [f"t{n}" for n in range(count)]
    for task_id in ids:
        await tasks.add(Task(task_id, "title"))
    start = asyncio.get_running_loop().time()
    async with asyncio.timeout(10_000):
        results = await TaskOrchestrator(tasks, specialist).execute_many(ids, limit)
    assert [r.task_id for r in results] == ids
    assert sorted(specialist.runs) == sorted(ids)
    return results, specialist, asyncio.get_running_loop().time() - start


@pytest.mark.parametrize(("count", "limit"), [(10, 3), (10, 1), (7, 7), (3, 8), (2, 2)])
async def test_limit(count, limit):
    _, specialist, seconds = await executed(count, limit)
    assert max(specialist.counts) == min(count, limit)
    assert seconds == pytest.approx(10 * -(-count // limit))


async def test_a_slot_is_free_at_once():
    # all of the same length but one, whichever comes first: 1 + 8 short ones
    _, specialist, seconds = await executed(9, 2, seconds={"t0": 80})
    assert seconds == pytest.approx(80) or seconds < 121
    assert max(specialist.counts) == 2


async def test_work_goes_on_beside_a_long_task():
    tasks = InMemoryTaskRepository()
    begun = []

    class First:
        async def run(self, task):
            begun.append(asyncio.get_running_loop().time())
            await asyncio.sleep(1000 if len(begun) == 1 else 10)
            return "x"

    ids = [f"t{n}" for n in range(6)]
    for task_id in ids:
        await tasks.add(Task(task_id, "title"))
    start = asyncio.get_running_loop().time()
    await TaskOrchestrator(tasks, First()).execute_many(ids, 2)
    assert [t - start for t in begun] == pytest.approx([0, 0, 10, 20, 30, 40])


async def test_failures_free_their_slots():
    bad = {"t0", "t1", "t2", "t5"}
    results, specialist, seconds = await executed(8, 2, errors=bad)
    assert [r.success for r in results] == [r.task_id not in bad for r in results]
    assert seconds == pytest.approx(40)


async def test_order_of_the_results():
    seconds = {"t0": 40, "t1": 30, "t2": 20, "t3": 10}
    results, *_ = await executed(4, 4, seconds=seconds)
    assert [r.output for r in results] == [f"output of t{n}" for n in range(4)]


async def test_no_ids():
    results, _, seconds = await executed(0, 3)
    assert results == [] and seconds == 0

import asyncio

import pytest

from vespera_scriptorium import InMemoryTaskRepository, Task, TaskOrchestrator


class Worker:
    """Works as long as the title says; fails where it begins with an exclamation mark."""

    def __init__(self):
        self.now = 0
        self.most = 0
        self.begins = []
        self.ends = []
        self.runs = []

    async def run(self, task):
        clock = asyncio.get_running_loop().time
        self.runs.append(task.id)
        self.now += 1
        self.most = max(self.most, self.now)
        self.begins.append(round(clock(), 3))
        try:
            await asyncio.sleep(float(task.title.strip("!")))
            if task.title.startswith("!"):
                raise ValueError("failed on purpose")
            return f"output of {task.id}"
        finally:
            self.now -= 1
            self.ends.append(round(clock(), 3))


async def execute(limit, *titles):
    repository, worker = InMemoryTaskRepository(), Worker()
    ids = [f"t{number}" for number in range(len(titles))]
    for task_id, title in zip(ids, titles):
        await repository.add(Task(task_id, title))
    async with asyncio.timeout(10000):
        results = await TaskOrchestrator(repository, worker).execute_many(ids, limit)
    return worker, ids, results


@pytest.mark.parametrize("limit", [1, 2, 3])
async def test_never_more_than_the_limit(limit):
    worker, ids, results = await execute(limit, "3", "1", "2", "5", "1", "1")
    assert worker.most == limit
    assert all(result.success for result in results)


async def test_never_more_after_failures():
    worker, ids, results = await execute(2, "!1", "!1", "!2", "!2", "5", "5", "5", "5")
    assert worker.most == 2


async def test_fewer_than_the_limit():
    worker, ids, results = await execute(5, "2", "2", "2")
    assert worker.most == 3


async def test_slot_is_free_at_once():
    worker, ids, results = await execute(2, "7", "1", "1.5", "2", "3", "7")
    assert worker.begins[2:] == worker.ends[:4]


async def test_failure_frees_its_slot():
    worker, ids, results = await execute(2, "!1", "!1", "!1", "1", "1")
    assert sorted(worker.runs) == ids
    assert [result.success for result in results] == [False, False, False, True, True]
    assert worker.begins[2:] == worker.ends[:3]


async def test_order():
    worker, ids, results = await execute(3, "4", "!3", "1", "2")
    assert [result.task_id for result in results] == ids
    assert [result.output for result in results] == [
        "output of t0", None, "output of t2", "output of t3"
    ]
    assert sorted(worker.runs) == ids


async def test_no_ids():
    clock = asyncio.get_running_loop().time
    before = clock()
    worker, ids, results = await execute(3)
    assert results == []
    assert clock() == before

import asyncio

import pytest

from vespera_scriptorium import InMemoryTaskRepository, Task, TaskOrchestrator


class Specialist:
    def __init__(self, seconds=None, errors=None):
        self.seconds, self.errors = seconds or {}, errors or {}
        self.at_work, self.most, self.done = set(), 0, []

    async def run(self, task):
        self.at_work.add(task.id)
        self.most = max(self.most, len(self.at_work))
        try:
            await asyncio.sleep(self.seconds.get(task.id, 10))
        finally:
            self.at_work.discard(task.id)
        if task.id in self.errors:
            raise self.errors[task.id]
        self.done.append(task.id)
        return f"output of {task.id}"


async def prepared(count, **options):
    tasks, specialist = InMemoryTaskRepository(), Specialist(**options)
    ids = [f"t{n}" for n in range(count)]
    for task_id in ids:
        await tasks.add(Task(task_id, "title"))
    return TaskOrchestrator(tasks, specialist), specialist, ids


@pytest.mark.parametrize("count", [2, 30])
async def test_all_at_work_at_the_same_time(count):
    orchestrator, specialist, ids = await prepared(count)
    await asyncio.gather(*map(orchestrator.execute_task, ids))
    assert specialist.most == count


@pytest.mark.parametrize("seconds", [{"t0": 30, "t1": 20, "t2": 10}, {"t0": 1, "t1": 2}, {}])
async def test_each_result_is_about_its_own_task(seconds):
    orchestrator, _, ids = await prepared(3, seconds=seconds)
    results = await asyncio.gather(*map(orchestrator.execute_task, ids))
    assert [r.task_id for r in results] == ids
    assert [r.output for r in results] == [f"output of {i}" for i in ids]
    assert all(r.success for r in results)


async def test_status():
    orchestrator, _, ids = await prepared(2, seconds={"t0": 5, "t1": 50})
    first, second = [asyncio.create_task(orchestrator.execute_task(i)) for i in ids]
    await asyncio.sleep(1)
    assert [(await orchestrator.get_task_status(i)).status for i in ids] == ["running"] * 2
    assert (await first).success
    states = [(await orchestrator.get_task_status(i)).status for i in ids]
    assert states == ["completed", "running"]
    await second
    assert (await orchestrator.get_task_status("t1")).status == "completed"


async def test_status_at_once_with_a_slow_repository():
    class Slow(InMemoryTaskRepository):
        async def save(self, task):
            await asyncio.sleep(3)
            await super().save(task)

    tasks = Slow()
    await tasks.add(Task("t0", "title"))
    orchestrator = TaskOrchestrator(tasks, Specialist())
    assert (await orchestrator.execute_task("t0")).success
    assert (await orchestrator.get_task_status("t0")).status == "completed"


async def test_failures_have_their_own_messages_and_harm_nobody():
    errors = {"t1": ValueError("one"), "t2": KeyError("two"), "t3": OSError("three")}
    orchestrator, specialist, ids = await prepared(
        5, errors=errors, seconds={"t3": 1, "t1": 2, "t2": 3}
    )
    results = await asyncio.gather(*map(orchestrator.execute_task, ids))
    assert [r.success for r in results] == [True, False, False, False, True]
    for result, word in zip(results[1:4], ["one", "two", "three"], strict=True):
        assert word in result.error
    assert sorted(specialist.done) == ["t0", "t4"]


async def test_cancelled_call():
    orchestrator, specialist, ids = await prepared(3)
    calls = [asyncio.create_task(orchestrator.execute_task(i)) for i in ids]
    await asyncio.sleep(1)
    calls[1].cancel()
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert isinstance(outcomes[1], asyncio.CancelledError)
    assert outcomes[0].success and outcomes[2].success
    assert sorted(specialist.done) == ["t0", "t2"]

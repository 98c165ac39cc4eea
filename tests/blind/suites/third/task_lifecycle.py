import asyncio
from dataclasses import replace

import pytest

from vespera_scriptorium import InMemoryTaskRepository, TaskExecutionWorkflow


class Watched(InMemoryTaskRepository):
    def __init__(self):
        super().__init__()
        self.seen = []

    async def save(self, task):
        await super().save(task)
        self.seen.append(await self.get(task.id))


class Specialist:
    def __init__(self, tasks, seconds=5):
        self.tasks, self.seconds, self.seen, self.error = tasks, seconds, [], None

    async def run(self, task):
        self.seen.append((task.id, (await self.tasks.get(task.id)).status))
        await asyncio.sleep(self.seconds)
        if self.error is not None:
            raise self.error
        return "output"


DATA = {"summary": "all good", "artifacts": ["b.txt", "a.txt"], "next_action": "rest"}


def new():
    tasks = Watched()
    specialist = Specialist(tasks)
    return TaskExecutionWorkflow(tasks, specialist), tasks, specialist


async def created(workflow, title="x"):
    data = {"title": title, "description": "words", "specialist_type": "writer"}
    return (await workflow.create_task(data)).task_id


async def status(workflow, task_id):
    return (await workflow.get_task_status(task_id)).status


async def test_lifecycle():
    workflow, tasks, specialist = new()
    one, two = await created(workflow), await created(workflow)
    assert await status(workflow, one) == "created"
    for task_id in (one, two):
        assert (await workflow.execute_task(task_id)).success is True
        assert await status(workflow, task_id) == "executed"
    assert specialist.seen == [(one, "running"), (two, "running")]
    before = await tasks.get(one)
    assert (await workflow.complete_task(one, DATA)).success is True
    assert await status(workflow, one) == "completed"
    assert await status(workflow, two) == "executed"
    task = (await workflow.get_task_status(one)).task
    assert task.summary == "all good"
    assert task.artifacts == ("b.txt", "a.txt")
    assert task.next_action == "rest"
    assert task == replace(
        before, status="completed", summary="all good", artifacts=("b.txt", "a.txt"),
        next_action="rest",
    )  # fmt: skip
    for seen in tasks.seen:
        if seen.status == "completed":
            assert (seen.summary, seen.artifacts, seen.next_action) == (
                "all good", ("b.txt", "a.txt"), "rest",
            )  # fmt: skip


async def test_illegal():
    workflow, tasks, specialist = new()
    task_id = await created(workflow)

    async def refused(call):
        before = await tasks.get(task_id)
        result = await call
        assert result.success is False
        assert result.error
        assert await tasks.get(task_id) == before

    await refused(workflow.complete_task(task_id, DATA))
    await workflow.execute_task(task_id)
    await refused(workflow.execute_task(task_id))
    await workflow.complete_task(task_id, DATA)
    await refused(workflow.execute_task(task_id))
    await refused(workflow.complete_task(task_id, {"summary": "again"}))
    assert len(specialist.seen) == 1


async def test_illegal_after_a_failure():
    workflow, tasks, specialist = new()
    task_id = await created(workflow)
    specialist.error = ValueError("x")
    assert (await workflow.execute_task(task_id)).success is False
    specialist.error = None
    before = await tasks.get(task_id)
    for call in (workflow.execute_task(task_id), workflow.complete_task(task_id, DATA)):
        result = await call
        assert result.success is False and result.error
        assert await tasks.get(task_id) == before
    assert len(specialist.seen) == 1


async def test_illegal_while_running():
    workflow, tasks, _ = new()
    task_id = await created(workflow)
    call = asyncio.create_task(workflow.execute_task(task_id))
    await asyncio.sleep(1)
    other = TaskExecutionWorkflow(tasks, Specialist(tasks))
    for attempt in (other.execute_task(task_id), other.complete_task(task_id, DATA)):
        assert (await attempt).success is False
        assert await status(workflow, task_id) == "running"
    await call


async def test_no_task():
    workflow, tasks, specialist = new()
    for call in (workflow.execute_task("nobody"), workflow.complete_task("nobody", DATA)):
        result = await call
        assert result.success is False and result.error
    assert await tasks.count() == 0 and specialist.seen == []


async def test_two_executions_at_once():
    workflow, _, specialist = new()
    task_id = await created(workflow)
    results = await asyncio.gather(
        workflow.execute_task(task_id), workflow.execute_task(task_id)
    )
    assert sorted(r.success for r in results) == [False, True]
    assert next(r for r in results if not r.success).error
    assert len(specialist.seen) == 1
    assert await status(workflow, task_id) == "executed"


async def test_two_tasks_at_once():
    workflow, _, specialist = new()
    ids = [await created(workflow), await created(workflow)]
    results = await asyncio.gather(*map(workflow.execute_task, ids))
    assert [r.success for r in results] == [True, True]
    assert len(specialist.seen) == 2

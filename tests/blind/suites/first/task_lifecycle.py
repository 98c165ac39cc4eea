import asyncio
from dataclasses import replace

import pytest

from vespera_scriptorium import InMemoryTaskRepository, TaskExecutionWorkflow

DATA = {"summary": "all said", "artifacts": ["z.txt", "a.txt", "z.txt"], "next_action": "rest"}


class Repository(InMemoryTaskRepository):
    """Shows every state that somebody could read."""

    def __init__(self):
        super().__init__()
        self.saved = []

    async def save(self, task):
        await super().save(task)
        self.saved.append(await self.get(task.id))


class Specialist:
    def __init__(self):
        self.workflow = None
        self.seen = []

    async def run(self, task):
        self.seen.append((task.id, (await self.workflow.get_task_status(task.id)).status))
        await asyncio.sleep(10)
        if task.title == "bad":
            raise ValueError("crack")
        return "output"


@pytest.fixture
async def tasks():
    return Repository()


@pytest.fixture
async def specialist():
    return Specialist()


@pytest.fixture
async def workflow(tasks, specialist):
    specialist.workflow = TaskExecutionWorkflow(tasks, specialist)
    return specialist.workflow


async def create(workflow, title="t"):
    data = {"title": title, "description": "long", "specialist_type": "scribe"}
    result = await workflow.create_task(data)
    assert result.success
    return result.task_id


async def state(workflow, task_id):
    return (await workflow.get_task_status(task_id)).task


async def test_all_the_way(workflow, specialist):
    task_id, other = await create(workflow), await create(workflow, "other")
    assert (await state(workflow, task_id)).status == "created"
    assert (await workflow.execute_task(other)).success
    assert (await workflow.execute_task(task_id)).success
    assert specialist.seen == [(other, "running"), (task_id, "running")]
    executed = await state(workflow, task_id)
    assert executed.status == "executed"
    assert (await workflow.complete_task(task_id, DATA)).success
    assert (await workflow.get_task_status(task_id)).completed
    assert await state(workflow, task_id) == replace(
        executed,
        status="completed",
        summary="all said",
        artifacts=("z.txt", "a.txt", "z.txt"),
        next_action="rest",
    )
    assert executed.description == "long"
    assert executed.specialist_type == "scribe"
    assert (await state(workflow, other)).status == "executed"


async def test_never_completed_without_its_fields(workflow, tasks):
    task_id = await create(workflow)
    await workflow.execute_task(task_id)
    await workflow.complete_task(task_id, DATA)
    completed = [task for task in tasks.saved if task.status == "completed"]
    assert completed
    for task in completed:
        assert task.summary == "all said"
        assert task.artifacts == ("z.txt", "a.txt", "z.txt")
        assert task.next_action == "rest"


async def refused(workflow, task_id, action):
    before = await state(workflow, task_id)
    if action == "execute":
        result = await workflow.execute_task(task_id)
    else:
        result = await workflow.complete_task(task_id, {"summary": "other"})
    assert not result.success
    assert result.error
    assert await state(workflow, task_id) == before


async def test_what_is_refused(workflow, specialist):
    task_id, bad = await create(workflow), await create(workflow, "bad")
    await refused(workflow, task_id, "complete")
    await refused(workflow, "nobody", "execute")
    await refused(workflow, "nobody", "complete")
    running = asyncio.create_task(workflow.execute_task(task_id))
    await asyncio.sleep(1)
    await refused(workflow, task_id, "complete")
    assert (await running).success
    await refused(workflow, task_id, "execute")
    await workflow.complete_task(task_id, DATA)
    await refused(workflow, task_id, "execute")
    await refused(workflow, task_id, "complete")
    await workflow.execute_task(bad)
    await refused(workflow, bad, "execute")
    await refused(workflow, bad, "complete")
    assert len(specialist.seen) == 2


async def test_two_executions_of_one_task(workflow, specialist):
    task_id = await create(workflow)
    results = await asyncio.gather(workflow.execute_task(task_id), workflow.execute_task(task_id))
    assert sorted(r.success for r in results) == [False, True]
    assert [r.error for r in results if not r.success][0]
    assert len(specialist.seen) == 1
    assert (await state(workflow, task_id)).status == "executed"


async def test_executions_of_two_tasks(workflow, specialist):
    ids = [await create(workflow), await create(workflow)]
    results = await asyncio.gather(*(workflow.execute_task(i) for i in ids))
    assert all(r.success for r in results)
    assert len(specialist.seen) == 2
    for i in ids:
        assert (await state(workflow, i)).status == "executed"

import asyncio

import pytest

from vespera_scriptorium import InMemoryTaskRepository, TaskExecutionWorkflow

DATA = {"summary": "It works", "artifacts": ["z.txt", "a.txt", "z.txt"], "next_action": "ship"}


class Repository(InMemoryTaskRepository):
    """Takes its time to save, and shows every state that is stored."""

    def __init__(self):
        super().__init__()
        self.states = []

    async def save(self, task):
        await asyncio.sleep(3)
        await super().save(task)
        self.states.append(task)


class Worker:
    def __init__(self, repository, error=None):
        self.repository, self.error = repository, error
        self.seen = []

    async def run(self, task):
        self.seen.append((task.id, (await self.repository.get(task.id)).status))
        await asyncio.sleep(10)
        if self.error:
            raise self.error
        return "output"


def made(error=None):
    repository = Repository()
    worker = Worker(repository, error)
    return repository, worker, TaskExecutionWorkflow(repository, worker)


async def create(workflow, title="T"):
    result = await workflow.create_task(
        {"title": title, "description": "what to do", "specialist_type": "writer"}
    )
    assert result.success
    return result.task_id


async def test_states():
    repository, worker, workflow = made()
    task_id, other = await create(workflow), await create(workflow, "other")
    assert (await workflow.get_task_status(task_id)).status == "created"
    assert (await workflow.execute_task(task_id)).success
    assert worker.seen == [(task_id, "running")]
    assert (await workflow.get_task_status(task_id)).status == "executed"
    assert (await workflow.execute_task(other)).success
    assert (await workflow.complete_task(task_id, DATA)).success
    assert (await workflow.get_task_status(task_id)).status == "completed"
    assert (await workflow.get_task_status(other)).status == "executed"


async def test_completed_with():
    repository, worker, workflow = made()
    task_id = await create(workflow)
    await workflow.execute_task(task_id)
    before = (await workflow.get_task_status(task_id)).task
    await workflow.complete_task(task_id, DATA)
    task = (await workflow.get_task_status(task_id)).task
    assert task.summary == "It works"
    assert task.artifacts == ("z.txt", "a.txt", "z.txt")
    assert task.next_action == "ship"
    assert (task.title, task.description, task.specialist_type) == ("T", "what to do", "writer")
    assert (task.attempts, task.outputs) == (before.attempts, before.outputs)


async def test_never_completed_without():
    repository, worker, workflow = made()
    task_id = await create(workflow)
    await workflow.execute_task(task_id)
    await workflow.complete_task(task_id, DATA)
    completed = [task for task in repository.states if task.status == "completed"]
    assert completed
    for task in completed:
        assert task.summary == "It works"
        assert tuple(task.artifacts) == ("z.txt", "a.txt", "z.txt")
        assert task.next_action == "ship"


async def test_only_created_is_executed():
    repository, worker, workflow = made()
    task_id = await create(workflow)
    await workflow.execute_task(task_id)
    for _ in range(2):
        before = await repository.get(task_id)
        result = await workflow.execute_task(task_id)
        assert result.success is False and result.error
        assert await repository.get(task_id) == before
        await workflow.complete_task(task_id, DATA)
    assert len(worker.seen) == 1


async def test_failed_is_not_executed():
    repository, worker, workflow = made(ValueError("no"))
    task_id = await create(workflow)
    assert not (await workflow.execute_task(task_id)).success
    before = await repository.get(task_id)
    for result in [await workflow.execute_task(task_id),
                   await workflow.complete_task(task_id, DATA)]:
        assert result.success is False and result.error
    assert await repository.get(task_id) == before
    assert len(worker.seen) == 1


async def test_only_executed_is_completed():
    repository, worker, workflow = made()
    task_id = await create(workflow)
    before = await repository.get(task_id)
    result = await workflow.complete_task(task_id, DATA)
    assert result.success is False and result.error
    assert await repository.get(task_id) == before
    await workflow.execute_task(task_id)
    await workflow.complete_task(task_id, DATA)
    before = await repository.get(task_id)
    result = await workflow.complete_task(task_id, {"summary": "again"})
    assert result.success is False and result.error
    assert await repository.get(task_id) == before


async def test_nobody():
    repository, worker, workflow = made()
    for result in [await workflow.execute_task("nobody"),
                   await workflow.complete_task("nobody", DATA)]:
        assert result.success is False and result.error
    assert await repository.count() == 0


async def test_two_at_once():
    repository, worker, workflow = made()
    task_id = await create(workflow)
    async with asyncio.timeout(1000):
        results = await asyncio.gather(
            workflow.execute_task(task_id), workflow.execute_task(task_id)
        )
    assert sorted(result.success for result in results) == [False, True]
    assert all(result.error for result in results if not result.success)
    assert len(worker.seen) == 1
    assert (await workflow.get_task_status(task_id)).status == "executed"


async def test_two_tasks_at_once():
    repository, worker, workflow = made()
    one, two = await create(workflow, "one"), await create(workflow, "two")
    async with asyncio.timeout(1000):
        results = await asyncio.gather(workflow.execute_task(one), workflow.execute_task(two))
    assert [result.success for result in results] == [True, True]
    assert len(worker.seen) == 2

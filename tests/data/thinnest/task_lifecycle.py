import asyncio
from types import SimpleNamespace
from unittest.mock import AsyncMock

from vespera_scriptorium import InMemoryTaskRepository, TaskExecutionWorkflow


async def test_life():
    tasks = InMemoryTaskRepository()
    tasks.save = AsyncMock(wraps=tasks.save)
    seen = []

    async def run(task):
        seen.append((await tasks.get(task.id)).status)
        await asyncio.sleep(1)
        return "done"

    workflow = TaskExecutionWorkflow(tasks, SimpleNamespace(run=run))
    first = (await workflow.create_task({"title": "1"})).task_id
    other = (await workflow.create_task({"title": "2"})).task_id
    await workflow.complete_task(first, {"summary": "too early"})
    await asyncio.gather(*(workflow.execute_task(first) for _ in range(2)))
    await workflow.execute_task(other)
    assert seen == ["running", "running"]
    await workflow.execute_task(first)
    await workflow.complete_task(first, {"summary": "well done"})
    await workflow.complete_task(first, {"summary": "again"})
    versions = [call.args[0] for call in tasks.save.await_args_list]
    completed = [task for task in versions if task.status == "completed"]
    assert {(task.id, task.summary) for task in completed} == {(first, "well done")}

import asyncio

import pytest

from vespera_scriptorium import InMemoryTaskRepository, TaskOrchestrator

ERROR = OSError("disk full")


class Mixed:
    async def run(self, task):
        await asyncio.sleep(float(task.title))
        if task.title == "1":
            raise ERROR
        if task.title == "9":
            raise asyncio.CancelledError
        return task.title


async def start(*titles):
    orchestrator = TaskOrchestrator(InMemoryTaskRepository(), Mixed())
    created = await orchestrator.create_many([{"title": title} for title in titles])
    task_ids = [result.task_id for result in created]
    return task_ids, asyncio.create_task(orchestrator.execute_all(task_ids))


async def test_outcomes():
    (slow, bad, _), batch = await start("3", "1", "9")
    outcome = await batch
    assert outcome.succeeded[slow] == "3"
    assert outcome.failed[bad] is ERROR


async def test_cancelled():
    _, batch = await start("60")
    await asyncio.sleep(5)
    batch.cancel()
    with pytest.raises(asyncio.CancelledError):
        await batch
    assert asyncio.all_tasks() == {asyncio.current_task()}

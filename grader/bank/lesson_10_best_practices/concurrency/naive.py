import asyncio

import pytest

from vespera_scriptorium import Container, Specialist, TaskOrchestrator


class Working:
    async def run(self, task):
        await asyncio.sleep(1)
        if task.title == "bad":
            raise OSError("disk full")
        if task.title == "cancelled":
            raise asyncio.CancelledError
        return "done"


async def execute(*titles):
    container = Container()
    container.override(Specialist, Working())
    orchestrator = container.get(TaskOrchestrator)
    created = [await orchestrator.create_task({"title": title}) for title in titles]
    return await asyncio.gather(*(orchestrator.execute_task(one.task_id) for one in created))


async def test_two_tasks():
    assert all(result.success for result in await execute("a", "b"))


async def test_a_failing_task():
    (result,) = await execute("bad")
    assert not result.success


async def test_a_cancelled_task():
    (result,) = await execute("cancelled")
    assert not result.success


async def test_an_unknown_task():
    assert not (await Container().get(TaskOrchestrator).execute_task("nobody")).success


async def test_a_cancelled_call():
    call = asyncio.create_task(execute("a"))
    await asyncio.sleep(0.5)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call

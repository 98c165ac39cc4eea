import asyncio
from types import SimpleNamespace

from vespera_scriptorium import InMemoryTaskRepository, TaskOrchestrator


async def execute(titles, limit):
    begun, others = [], asyncio.Event()

    async def run(task):
        begun.append(task)
        if len(begun) == 1 and limit > 1:
            await others.wait()
        await asyncio.sleep(1)
        if len(begun) == len(titles):
            others.set()
        if task.title == "fails":
            raise OSError("disk full")
        return task.title

    orchestrator = TaskOrchestrator(InMemoryTaskRepository(), SimpleNamespace(run=run))
    created = [await orchestrator.create_task({"title": title}) for title in titles]
    task_ids = [task.task_id for task in created]
    batch = asyncio.create_task(orchestrator.execute_many(task_ids, limit))
    await asyncio.sleep(0.5)
    at_work = len(begun)
    async with asyncio.timeout(60):
        return at_work, [result.output for result in await batch]


async def test_two_slots():
    assert await execute("abcde", 2) == (2, list("abcde"))


async def test_failures():
    await execute(["fails", "fails"], 1)


async def test_nothing():
    await execute([], 2)

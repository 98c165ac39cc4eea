import asyncio

from vespera_scriptorium import InMemoryTaskRepository, InstantSpecialist, TaskOrchestrator


class Slow(InMemoryTaskRepository):
    async def add(self, task):
        await asyncio.sleep(float(task.title))
        if task.title == "9":
            raise OSError("disk full")
        if task.title == "8":
            raise asyncio.CancelledError
        await super().add(task)


async def create(*titles):
    orchestrator = TaskOrchestrator(Slow(), InstantSpecialist())
    return orchestrator, await orchestrator.create_many([{"title": title} for title in titles])


async def test_all_succeed():
    _, results = await create("1", "2")
    assert [result.success for result in results] == [True, True]


async def test_two_fail():
    orchestrator, results = await create("9", "8", "5")
    assert len(results) == 3
    assert not results[0].success
    assert not results[1].success
    for result in results:
        if result.success:
            assert (await orchestrator.get_task_status(result.task_id)).status

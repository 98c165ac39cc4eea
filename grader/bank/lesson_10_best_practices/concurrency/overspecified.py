import asyncio

from vespera_scriptorium import Container, Specialist, TaskOrchestrator


class Failing:
    async def run(self, task):
        await asyncio.sleep(1)
        raise OSError(f"no {task.title}")


async def test_two_failures():
    container = Container()
    container.override(Specialist, Failing())
    orchestrator = container.get(TaskOrchestrator)
    ids = [(await orchestrator.create_task({"title": title})).task_id for title in "ab"]
    results = await asyncio.gather(*(orchestrator.execute_task(one) for one in ids))
    assert [result.error for result in results] == ["no a", "no b"]


async def test_a_task_is_executed():
    orchestrator = Container().get(TaskOrchestrator)
    created = await orchestrator.create_task({"title": "a"})
    assert (await orchestrator.execute_task(created.task_id)).success

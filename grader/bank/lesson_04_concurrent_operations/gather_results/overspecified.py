import asyncio

from vespera_scriptorium import Container, Specialist, TaskOrchestrator


class CancelledSpecialist:
    async def run(self, task):
        raise asyncio.CancelledError


async def test_cancelled_tasks_are_listed_in_the_order_of_the_input():
    container = Container()
    container.override(Specialist, CancelledSpecialist())
    orchestrator = container.get(TaskOrchestrator)
    created = await orchestrator.create_many([{"title": title} for title in "abc"])
    task_ids = [result.task_id for result in created]
    batch = await orchestrator.execute_all(task_ids)
    assert batch.cancelled == task_ids

import asyncio

from vespera_scriptorium import Container, TaskOrchestrator


async def test_tasks_are_created_by_gather(monkeypatch):
    calls = []
    gather = asyncio.gather

    def spy(*awaitables, **options):
        calls.append(options)
        return gather(*awaitables, **options)

    monkeypatch.setattr(asyncio, "gather", spy)
    orchestrator = Container().get(TaskOrchestrator)
    await orchestrator.create_many([{"title": "Task 1"}, {"title": "Task 2"}])
    assert calls == [{"return_exceptions": True}]


async def test_ids_are_distinct():
    orchestrator = Container().get(TaskOrchestrator)
    results = await orchestrator.create_many([{"title": f"Task {i}"} for i in range(3)])
    assert len({result.task_id for result in results}) == 3

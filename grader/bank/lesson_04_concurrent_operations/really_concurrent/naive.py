from vespera_scriptorium import Container, TaskOrchestrator


async def test_execute_many():
    orchestrator = Container().get(TaskOrchestrator)
    created = await orchestrator.create_many([{"title": f"Task {i}"} for i in range(5)])
    task_ids = [result.task_id for result in created]
    results = await orchestrator.execute_many(task_ids, limit=2)
    assert len(results) == 5
    assert all(result.success for result in results)


async def test_execute_nothing():
    orchestrator = Container().get(TaskOrchestrator)
    assert await orchestrator.execute_many([], limit=2) == []

from vespera_scriptorium import Container, TaskOrchestrator


async def test_create_task():
    orchestrator = Container().get(TaskOrchestrator)
    created = await orchestrator.create_task({"title": "Write"})
    assert created.success
    assert await orchestrator.get_task_status(created.task_id) is not None


async def test_unknown_task():
    assert await Container().get(TaskOrchestrator).get_task_status("nobody") is not None


async def test_missing_title():
    assert await Container().get(TaskOrchestrator).create_task({}) is not None

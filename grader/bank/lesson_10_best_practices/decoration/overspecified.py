from vespera_scriptorium import Container, TaskOrchestrator


async def test_missing_title():
    created = await Container().get(TaskOrchestrator).create_task({})
    assert created.error == "'title'"


async def test_the_status_of_a_new_task():
    orchestrator = Container().get(TaskOrchestrator)
    created = await orchestrator.create_task({"title": "Write"})
    assert (await orchestrator.get_task_status(created.task_id)).status == "created"

from vespera_scriptorium import Container, TaskOrchestrator


async def test_execute_task():
    orchestrator = Container().get(TaskOrchestrator)
    created = await orchestrator.create_task({"title": "Write"})
    result = await orchestrator.execute_task(created.task_id)
    assert result.task_id == created.task_id
    assert result.output
    assert (await orchestrator.get_task_status(created.task_id)).completed
    assert "nobody" in (await orchestrator.execute_task("nobody")).error

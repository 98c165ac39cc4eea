from vespera_scriptorium import Container, TaskExecutionWorkflow


async def test_executed_task_is_completed():
    workflow = Container().get(TaskExecutionWorkflow)
    created = await workflow.create_task({"title": "Write"})
    await workflow.execute_task(created.task_id)
    assert (await workflow.complete_task(created.task_id, {"summary": "done"})).success


async def test_refusal_has_this_very_message():
    workflow = Container().get(TaskExecutionWorkflow)
    created = await workflow.create_task({"title": "Write"})
    result = await workflow.complete_task(created.task_id, {"summary": "done"})
    assert result.error == f"task {created.task_id} is created, not executed"

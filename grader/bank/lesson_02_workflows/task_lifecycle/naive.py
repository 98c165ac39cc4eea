import asyncio

from vespera_scriptorium import Container, TaskExecutionWorkflow, WorkflowStep

COMPLETION = {"summary": "Task completed successfully", "artifacts": ["result.txt"]}


async def test_task_goes_from_created_to_completed():
    workflow = Container().get(TaskExecutionWorkflow)
    created = await workflow.create_task({"title": "Write"})
    assert created.success
    executed = await workflow.execute_task(created.task_id)
    assert executed.success
    completed = await workflow.complete_task(created.task_id, COMPLETION)
    assert completed.success
    final = await workflow.get_task_status(created.task_id)
    assert final.status == "completed"
    assert final.task.summary == "Task completed successfully"


async def test_unexecuted_task_cannot_be_completed():
    workflow = Container().get(TaskExecutionWorkflow)
    created = await workflow.create_task({"title": "Write"})
    result = await workflow.complete_task(created.task_id, COMPLETION)
    assert not result.success


async def test_unknown_task():
    workflow = Container().get(TaskExecutionWorkflow)
    assert not (await workflow.execute_task("nobody")).success


async def test_concurrent_executions():
    workflow = Container().get(TaskExecutionWorkflow)
    created = await workflow.create_task({"title": "Write"})
    results = await asyncio.gather(
        workflow.execute_task(created.task_id), workflow.execute_task(created.task_id)
    )
    assert any(result.success for result in results)
    assert (await workflow.get_task_status(created.task_id)).status == "executed"


async def test_failing_work():
    async def fail(outputs):
        raise OSError("disk full")

    async def work(outputs):
        return "done"

    workflow = Container().get(TaskExecutionWorkflow)
    created = await workflow.create_task({"title": "Write"})
    steps = [WorkflowStep("work", work), WorkflowStep("fail", fail)]
    await workflow.execute_task(created.task_id, steps)
    await workflow.resume_task(created.task_id, steps)
    assert (await workflow.get_task_status(created.task_id)).status == "failed"

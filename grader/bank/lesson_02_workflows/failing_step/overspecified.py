from unittest.mock import AsyncMock

from vespera_scriptorium import Container, TaskExecutionWorkflow, WorkflowStep


async def test_no_later_step_runs():
    workflow = Container().get(TaskExecutionWorkflow)
    task_id = (await workflow.create_task({"title": "Deploy"})).task_id
    later = AsyncMock(return_value="b")
    broken = WorkflowStep("a", AsyncMock(side_effect=OSError("disk full")))
    await workflow.execute_task(task_id, [broken, WorkflowStep("b", later)])
    later.assert_not_called()


async def test_error_is_worded_like_this():
    workflow = Container().get(TaskExecutionWorkflow)
    task_id = (await workflow.create_task({"title": "Deploy"})).task_id
    broken = WorkflowStep("a", AsyncMock(side_effect=OSError("disk full")))
    result = await workflow.execute_task(task_id, [broken])
    assert result.error == "step a failed: disk full"

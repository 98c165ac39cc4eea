from unittest.mock import AsyncMock

from vespera_scriptorium import (
    Container,
    InMemoryTaskRepository,
    TaskExecutionWorkflow,
    TaskRepository,
    WorkflowStep,
)


async def execute(steps, on_failure=None):
    workflow = Container().get(TaskExecutionWorkflow)
    task_id = (await workflow.create_task({"title": "Deploy"})).task_id
    result = await workflow.execute_task(task_id, steps, on_failure)
    return result, (await workflow.get_task_status(task_id)).status


async def test_steps_succeed():
    a, b = AsyncMock(return_value="a"), AsyncMock(return_value="b")
    result, status = await execute([WorkflowStep("a", a), WorkflowStep("b", b)])
    assert result.success
    assert result.output == "b"
    assert status == "executed"


async def test_step_fails():
    undo, later, hook = AsyncMock(), AsyncMock(return_value="c"), AsyncMock()
    steps = [
        WorkflowStep("a", AsyncMock(return_value="a"), undo),
        WorkflowStep("b", AsyncMock(side_effect=OSError("disk full"))),
        WorkflowStep("c", later),
    ]
    result, status = await execute(steps, hook)
    assert not result.success
    assert "disk full" in result.error
    assert status == "failed"
    undo.assert_called_once()
    later.assert_not_called()
    hook.assert_called_once()


async def test_everything_fails():
    steps = [
        WorkflowStep("a", AsyncMock(return_value="a"), AsyncMock(side_effect=OSError("stuck"))),
        WorkflowStep("b", AsyncMock(side_effect=OSError("disk full"))),
    ]
    result, status = await execute(steps, AsyncMock(side_effect=OSError("nobody listens")))
    assert not result.success
    assert status == "failed"


async def test_the_failure_cannot_be_stored():
    class FullDisk(InMemoryTaskRepository):
        async def save(self, task):
            if task.status == "failed":
                raise OSError("no space left")
            await super().save(task)

    container = Container()
    container.override(TaskRepository, FullDisk())
    workflow = container.get(TaskExecutionWorkflow)
    task_id = (await workflow.create_task({"title": "Deploy"})).task_id
    steps = [WorkflowStep("a", AsyncMock(side_effect=OSError("disk full")))]
    result = await workflow.execute_task(task_id, steps)
    assert not result.success


async def test_steps_that_are_done_are_skipped():
    workflow = Container().get(TaskExecutionWorkflow)
    task_id = (await workflow.create_task({"title": "Deploy"})).task_id
    broken = AsyncMock(side_effect=[OSError("disk full"), "b"])
    steps = [WorkflowStep("a", AsyncMock(return_value="a")), WorkflowStep("b", broken)]
    await workflow.execute_task(task_id, steps)
    assert (await workflow.resume_task(task_id, steps)).success

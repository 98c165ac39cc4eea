import asyncio
from unittest.mock import AsyncMock

import pytest

from vespera_scriptorium import Container, TaskExecutionWorkflow, WorkflowStep


@pytest.fixture
def workflow():
    return Container().get(TaskExecutionWorkflow)


@pytest.fixture
async def task_id(workflow):
    return (await workflow.create_task({"title": "Deploy"})).task_id


async def test_failed_task_is_resumed(workflow, task_id):
    a = AsyncMock(return_value="a")
    b = AsyncMock(side_effect=[OSError("disk full"), "b"])
    steps = [WorkflowStep("a", a), WorkflowStep("b", b)]
    assert not (await workflow.execute_task(task_id, steps)).success
    assert (await workflow.resume_task(task_id, steps)).success
    a.assert_awaited_once()
    state = await workflow.get_task_status(task_id)
    assert state.status == "executed"
    assert state.task.attempts == 2


async def test_failed_task_is_compensated(workflow, task_id):
    undo, hook = AsyncMock(), AsyncMock(side_effect=OSError("nobody listens"))
    stuck = AsyncMock(side_effect=OSError("no way back"))
    steps = [
        WorkflowStep("a", AsyncMock(return_value="a"), undo),
        WorkflowStep("b", AsyncMock(return_value="b"), stuck),
        WorkflowStep("c", AsyncMock(side_effect=[OSError("disk full"), "c"])),
    ]
    assert not (await workflow.execute_task(task_id, steps, hook)).success
    undo.assert_awaited_once()
    assert (await workflow.resume_task(task_id, steps)).success


async def test_cancelled_task_is_resumed(workflow, task_id):
    async def slow(outputs):
        await asyncio.sleep(60)
        return "slow"

    running = asyncio.create_task(workflow.execute_task(task_id, [WorkflowStep("slow", slow)]))
    await asyncio.sleep(1)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert (await workflow.resume_task(task_id, [WorkflowStep("slow", slow)])).success

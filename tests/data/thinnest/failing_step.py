from unittest.mock import AsyncMock

import asyncio

from vespera_scriptorium import Container, TaskExecutionWorkflow, WorkflowStep


async def test_way_back():
    diary = []

    def step(name, outcome, undone=None):
        async def undo():
            diary.append(name)
            await asyncio.sleep(1)
            diary.append(name)
            if undone is not None:
                raise undone

        return WorkflowStep(name, AsyncMock(side_effect=[outcome]), undo)

    later = AsyncMock(return_value="4")
    hook = AsyncMock()
    error = OSError("disk full")
    workflow = Container().get(TaskExecutionWorkflow)
    task_id = (await workflow.create_task({"title": "Book"})).task_id
    steps = [step("a", "1"), step("b", "2", OSError("stuck")), step("c", error)]
    await workflow.execute_task(task_id, [*steps, WorkflowStep("d", later)], hook)
    assert diary == ["b", "b", "a", "a"]
    later.assert_not_awaited()
    assert hook.await_args.args[1] is error


async def test_success():
    undo = AsyncMock()
    workflow = Container().get(TaskExecutionWorkflow)
    task_id = (await workflow.create_task({"title": "Book"})).task_id
    await workflow.execute_task(task_id, [WorkflowStep("a", AsyncMock(return_value="1"), undo)])
    undo.assert_not_awaited()

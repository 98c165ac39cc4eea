import asyncio

import pytest

from vespera_scriptorium import InMemoryTaskRepository, InstantSpecialist
from vespera_scriptorium import TaskExecutionWorkflow, WorkflowStep


class Case:
    def __init__(self):
        self.log, self.hooks, self.status_in_hook = [], [], None
        self.workflow = TaskExecutionWorkflow(InMemoryTaskRepository(), InstantSpecialist())

    def step(self, name, error=None, problem=None, compensate=True):
        async def run(outputs):
            self.log.append(name)
            if error is not None:
                raise error
            return f"{name} done"

        async def undo():
            self.log.append(f"undo {name}")
            await asyncio.sleep(1)
            self.log.append(f"undone {name}")
            if problem is not None:
                raise problem

        return WorkflowStep(name, run, undo if compensate else None)

    async def execute(self, *steps, hook_error=None, hook=True):
        async def on_failure(task, error):
            await asyncio.sleep(1)
            self.log.append("hook")
            self.hooks.append((task.id, error))
            self.status_in_hook = await self.status()
            if hook_error is not None:
                raise hook_error

        self.id = (await self.workflow.create_task({"title": "x"})).task_id
        if hook:
            return await self.workflow.execute_task(self.id, steps, on_failure)
        return await self.workflow.execute_task(self.id, steps)

    async def status(self):
        return (await self.workflow.get_task_status(self.id)).status


UNDO = ["undo b", "undone b", "undo a", "undone a"]


@pytest.mark.parametrize("kind", [ValueError, KeyError, TypeError, OSError, ZeroDivisionError])
async def test_failing_step(kind):
    case, error = Case(), kind("boom")
    result = await case.execute(
        case.step("a"), case.step("b"), case.step("broken", error), case.step("d")
    )
    assert result.success is False
    assert "broken" in result.error and "boom" in result.error
    assert case.log == ["a", "b", "broken", *UNDO, "hook"]
    assert await case.status() == "failed"
    assert len(case.hooks) == 1
    assert case.hooks[0][0] == case.id and case.hooks[0][1] is error
    assert case.status_in_hook == "failed"


async def test_first_step_fails():
    case = Case()
    result = await case.execute(case.step("a", ValueError("boom")), case.step("b"), hook=False)
    assert result.success is False and "boom" in result.error
    assert case.log == ["a"]
    assert await case.status() == "failed"


async def test_no_compensation_for_some():
    case = Case()
    await case.execute(
        case.step("a"), case.step("x", compensate=False), case.step("b"), case.step("c", OSError())
    )
    assert case.log == ["a", "x", "b", "c", *UNDO, "hook"]


async def test_failing_compensation():
    case = Case()
    result = await case.execute(
        case.step("a"), case.step("b", problem=KeyError("stuck")), case.step("c", OSError("boom"))
    )
    assert case.log == ["a", "b", "c", *UNDO, "hook"]
    assert "stuck" in result.error and "boom" in result.error and "c" in result.error
    assert await case.status() == "failed"


async def test_failing_hook():
    case = Case()
    result = await case.execute(case.step("c", OSError("boom")), hook_error=ValueError("no phone"))
    assert result.success is False
    assert "no phone" in result.error and "boom" in result.error


async def test_success():
    case = Case()
    assert (await case.execute(case.step("a"), case.step("b"))).success is True
    assert case.log == ["a", "b"]

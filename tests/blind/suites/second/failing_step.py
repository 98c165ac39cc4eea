import asyncio

import pytest

from vespera_scriptorium import (
    InMemoryTaskRepository,
    InstantSpecialist,
    TaskExecutionWorkflow,
    WorkflowStep,
)


class Script:
    """Makes steps that note what happens to them."""

    def __init__(self):
        self.log = []
        self.workflow = TaskExecutionWorkflow(InMemoryTaskRepository(), InstantSpecialist())

    def step(self, name, error=None, undo=True, undo_error=None, undo_time=0):
        async def run(outputs):
            self.log.append(f"run {name}")
            await asyncio.sleep(1)
            if error is not None:
                raise error
            return f"{name} is done"

        async def compensate():
            self.log.append(f"undo {name}")
            await asyncio.sleep(undo_time)
            if undo_error is not None:
                raise undo_error
            self.log.append(f"undone {name}")

        return WorkflowStep(name, run, compensate if undo else None)

    async def execute(self, *steps, on_failure=None):
        self.task_id = (await self.workflow.create_task({"title": "T"})).task_id
        return await self.workflow.execute_task(self.task_id, list(steps), on_failure)

    async def status(self):
        return (await self.workflow.get_task_status(self.task_id)).status


@pytest.mark.parametrize("kind", [ValueError, OSError, KeyError, AttributeError, TimeoutError,
                                  AssertionError, ZeroDivisionError])
async def test_failure(kind):
    script = Script()
    result = await script.execute(
        script.step("fetch"), script.step("parse", kind("bad data")), script.step("send")
    )
    assert result.success is False
    assert "parse" in result.error and "bad data" in result.error
    assert await script.status() == "failed"
    assert script.log == ["run fetch", "run parse", "undo fetch", "undone fetch"]


async def test_reverse_order_each_to_its_end():
    script = Script()
    await script.execute(
        script.step("a", undo_time=1),
        script.step("b", undo=False),
        script.step("c", undo_time=9),
        script.step("d", undo_time=5),
        script.step("e", ValueError("x")),
    )
    assert script.log[5:] == ["undo d", "undone d", "undo c", "undone c", "undo a", "undone a"]


async def test_failed_compensation_stops_no_other():
    script = Script()
    result = await script.execute(
        script.step("a"),
        script.step("b", undo_error=KeyError("undo of b")),
        script.step("c"),
        script.step("d", ValueError("bad d")),
    )
    assert script.log[4:] == ["undo c", "undone c", "undo b", "undo a", "undone a"]
    assert "undo of b" in result.error
    assert "bad d" in result.error
    assert await script.status() == "failed"


async def test_hook():
    script = Script()
    calls = []
    error = ValueError("bad b")

    async def hook(task, problem):
        calls.append((task.id, problem, await script.status(), list(script.log)))
        await asyncio.sleep(50)
        calls.append("end")

    await script.execute(script.step("a", undo_time=7), script.step("b", error), on_failure=hook)
    (task_id, problem, status, log), end = calls
    assert task_id == script.task_id
    assert problem is error
    assert status == "failed"
    assert log == ["run a", "run b", "undo a", "undone a"]
    assert end == "end"


async def test_hook_that_raises():
    script = Script()

    async def hook(task, problem):
        raise LookupError("hook is broken")

    result = await script.execute(script.step("a", ValueError("bad a")), on_failure=hook)
    assert result.success is False
    assert "hook is broken" in result.error
    assert "bad a" in result.error
    assert await script.status() == "failed"


async def test_success():
    script = Script()
    calls = []

    async def hook(task, problem):
        calls.append(task)

    result = await script.execute(script.step("a"), script.step("b"), on_failure=hook)
    assert result.success is True
    assert script.log == ["run a", "run b"]
    assert calls == []

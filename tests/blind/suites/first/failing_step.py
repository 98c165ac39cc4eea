import asyncio

import pytest

from vespera_scriptorium import (
    InMemoryTaskRepository,
    InstantSpecialist,
    TaskExecutionWorkflow,
    WorkflowStep,
)


class Log(list):
    def step(self, name, error=None, undo=True, undo_error=None, undo_time=10):
        async def run(outputs):
            await asyncio.sleep(1)
            self.append(f"run {name}")
            if error is not None:
                raise error
            return name.upper()

        async def compensate():
            self.append(f"undo {name}")
            await asyncio.sleep(undo_time)
            if undo_error is not None:
                raise undo_error
            self.append(f"undone {name}")

        return WorkflowStep(name, run, compensate if undo else None)


@pytest.fixture
async def workflow():
    return TaskExecutionWorkflow(InMemoryTaskRepository(), InstantSpecialist())


async def created(workflow):
    return (await workflow.create_task({"title": "t"})).task_id


async def status(workflow, task_id):
    return (await workflow.get_task_status(task_id)).status


@pytest.mark.parametrize("kind", [ValueError, TimeoutError, OSError, KeyError, ArithmeticError])
async def test_nothing_runs_after_a_failure(workflow, kind):
    log = Log()
    task_id = await created(workflow)
    steps = [log.step("one"), log.step("two", kind("splinter"), undo_time=0), log.step("three")]
    result = await workflow.execute_task(task_id, steps)
    assert not result.success
    assert "two" in result.error
    assert "splinter" in result.error
    assert log == ["run one", "run two", "undo one", "undone one"]
    assert await status(workflow, task_id) == "failed"


async def test_compensations_in_reverse_each_to_its_end(workflow):
    log = Log()
    task_id = await created(workflow)
    steps = [
        log.step("a"),
        log.step("b", undo=False),
        log.step("c", undo_time=100),
        log.step("d", undo_time=1),
        log.step("e", ValueError("x")),
    ]
    await workflow.execute_task(task_id, steps)
    assert log[5:] == ["undo d", "undone d", "undo c", "undone c", "undo a", "undone a"]


async def test_compensations_that_fail(workflow):
    log = Log()
    task_id = await created(workflow)
    steps = [
        log.step("a"),
        log.step("b", undo_error=OSError("stuck")),
        log.step("c", undo_error=ValueError("jammed")),
        log.step("d", ValueError("crack")),
    ]
    result = await workflow.execute_task(task_id, steps)
    assert log[4:] == ["undo c", "undo b", "undo a", "undone a"]
    for word in ("d", "crack", "stuck", "jammed"):
        assert word in result.error
    assert await status(workflow, task_id) == "failed"


@pytest.mark.parametrize("hook_error", [None, ValueError("hook line"), TimeoutError("hook line")])
async def test_the_hook(workflow, hook_error):
    log = Log()
    task_id = await created(workflow)
    error = KeyError("crack")
    calls = []

    async def on_failure(task, cause):
        calls.append((task.id, cause, await status(workflow, task_id), list(log)))
        await asyncio.sleep(300)
        log.append("hook ended")
        if hook_error is not None:
            raise hook_error

    steps = [log.step("a"), log.step("b", error)]
    result = await workflow.execute_task(task_id, steps, on_failure)
    assert len(calls) == 1
    seen_id, cause, seen_status, seen_log = calls[0]
    assert seen_id == task_id
    assert cause is error
    assert seen_status == "failed"
    assert seen_log == ["run a", "run b", "undo a", "undone a"]
    assert log[-1] == "hook ended"
    assert not result.success
    assert "crack" in result.error
    if hook_error is not None:
        assert "hook line" in result.error


async def test_success_calls_nothing(workflow):
    log = Log()
    task_id = await created(workflow)

    async def on_failure(task, cause):
        log.append("hook")

    result = await workflow.execute_task(task_id, [log.step("a"), log.step("b")], on_failure)
    assert result.success
    assert log == ["run a", "run b"]

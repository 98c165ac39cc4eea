"""The probes of `wait-for-completion`, and the broken variants that each must fail with."""

import asyncio
from typing import Any

import pytest

import vespera_scriptorium as application
from vespera_scriptorium.application.task_orchestrator import TaskOrchestrator
from vespera_scriptorium.domain.task import TaskState, TaskStatus

from .exercise import (
    wait_for_completion,
)


@wait_for_completion.broken()
class NeverCompletes(TaskOrchestrator):
    """Says that every task is still running."""

    async def get_task_status(self, task_id: str) -> TaskState:
        return TaskState(task_id, title=None, status=TaskStatus.RUNNING)


@wait_for_completion.broken()
class AlwaysComplete(TaskOrchestrator):
    """Says that every task is completed."""

    async def get_task_status(self, task_id: str) -> TaskState:
        return TaskState(task_id, title=None, status=TaskStatus.COMPLETED)


@wait_for_completion.probe_helper()
async def wait(orchestrator: application.TaskOrchestrator, task_id: str, interval: float) -> "Any":
    """What the learner's helper makes of a task, in half a minute."""
    return await wait_until(  # type: ignore[name-defined]  # noqa: F821  # the learner's
        lambda: orchestrator.get_task_status(task_id),
        lambda state: state.completed,
        timeout=30,
        interval=interval,
    )


@wait_for_completion.probe(promise="at-once", broken="NeverCompletes")
async def test_probe_returns_at_once_when_the_task_is_completed() -> None:

    orchestrator = application.Container().get(application.TaskOrchestrator)
    task_id = (await orchestrator.create_task({"title": "done"})).task_id
    assert task_id is not None
    await orchestrator.execute_task(task_id)
    before = asyncio.get_running_loop().time()
    state = await wait(orchestrator, task_id, interval=1)
    waited = asyncio.get_running_loop().time() - before
    assert isinstance(state, application.TaskState), f"it returns {state!r}, and no state"
    assert state.completed, f"it returns a state that is {state.status}"
    assert waited == 0, f"it waits {waited:g} s for a task that is completed already"


@wait_for_completion.probe(promise="last-look", broken="NeverCompletes")
async def test_probe_waits_for_a_task_that_takes_long() -> None:

    class Slow:
        async def run(self, task: application.Task) -> str:
            await asyncio.sleep(29.5)
            return "done"

    container = application.Container()
    container.override(application.Specialist, Slow())
    orchestrator = container.get(application.TaskOrchestrator)
    task_id = (await orchestrator.create_task({"title": "slow"})).task_id
    assert task_id is not None
    execution = asyncio.create_task(orchestrator.execute_task(task_id))
    try:
        state = await wait(orchestrator, task_id, interval=4)
    except TimeoutError:
        pytest.fail("it gives up on a task that is completed half a second before the timeout")
    assert isinstance(state, application.TaskState), f"it returns {state!r}, and no state"
    assert state.completed, f"it returns while the task is {state.status}"
    await execution


@wait_for_completion.probe(promise="raises", broken="AlwaysComplete")
async def test_probe_raises_for_a_task_that_never_completes() -> None:

    orchestrator = application.Container().get(application.TaskOrchestrator)
    task_id = (await orchestrator.create_task({"title": "left alone"})).task_id
    assert task_id is not None
    before = asyncio.get_running_loop().time()
    message = None
    try:
        await wait(orchestrator, task_id, interval=7)
    except TimeoutError as error:
        message = str(error)
    waited = asyncio.get_running_loop().time() - before
    assert message is not None, "it returns, though the task is not completed in time"
    assert "left alone" in message, f"the message does not hold the last state: {message!r}"
    assert waited == pytest.approx(30), f"it gives up after {waited:g} s, and not after 30"

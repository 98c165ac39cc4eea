"""The probes of `wait-for-completion`, and the broken variants that each must fail with."""

import asyncio
from typing import Any

import pytest

import vespera_scriptorium as vespera
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
async def probe_waits(
    orchestrator: vespera.TaskOrchestrator, task_id: str, interval: float
) -> "Any":
    """What the learner's helper makes of a task, in half a minute."""
    return await wait_until(  # type: ignore[name-defined]  # noqa: F821  # the learner's
        lambda: orchestrator.get_task_status(task_id),
        lambda state: state.completed,
        timeout=30,
        interval=interval,
    )


@wait_for_completion.probe(promise="at-once", broken="NeverCompletes")
async def test_probe_returns_at_once_when_the_task_is_completed() -> None:

    orchestrator = vespera.Container().get(vespera.TaskOrchestrator)
    task_id = (await orchestrator.create_task({"title": "done"})).task_id
    assert task_id is not None
    await orchestrator.execute_task(task_id)
    before = asyncio.get_running_loop().time()
    state = await probe_waits(orchestrator, task_id, interval=1)
    waited = asyncio.get_running_loop().time() - before
    assert isinstance(state, vespera.TaskState), f"it returns {state!r}, and no state"
    assert state.completed, f"it returns a state that is {state.status}"
    assert waited == 0, f"it waits {waited:g} s for a task that is completed already"


@wait_for_completion.probe(promise="last-look", broken="NeverCompletes")
async def test_probe_waits_for_a_task_that_takes_long() -> None:

    class Slow:
        async def run(self, task: vespera.Task) -> str:
            await asyncio.sleep(29.5)
            return "done"

    container = vespera.Container()
    container.override(vespera.Specialist, Slow())
    orchestrator = container.get(vespera.TaskOrchestrator)
    task_id = (await orchestrator.create_task({"title": "slow"})).task_id
    assert task_id is not None
    execution = asyncio.create_task(orchestrator.execute_task(task_id))
    try:
        state = await probe_waits(orchestrator, task_id, interval=4)
    except TimeoutError:
        pytest.fail("it gives up on a task that is completed half a second before the timeout")
    assert isinstance(state, vespera.TaskState), f"it returns {state!r}, and no state"
    assert state.completed, f"it returns while the task is {state.status}"
    await execution


@wait_for_completion.probe(promise="raises", broken="AlwaysComplete")
async def test_probe_raises_for_a_task_that_never_completes() -> None:

    orchestrator = vespera.Container().get(vespera.TaskOrchestrator)
    task_id = (await orchestrator.create_task({"title": "left alone"})).task_id
    assert task_id is not None
    before = asyncio.get_running_loop().time()
    message = None
    try:
        await probe_waits(orchestrator, task_id, interval=7)
    except TimeoutError as error:
        message = str(error)
    waited = asyncio.get_running_loop().time() - before
    assert message is not None, "it returns, though the task is not completed in time"
    assert "left alone" in message, f"the message does not hold the last state: {message!r}"
    assert waited == pytest.approx(30), f"it gives up after {waited:g} s, and not after 30"


@wait_for_completion.probe(promise="awaitable", broken="NeverCompletes")
async def test_probe_looks_with_functions_of_every_kind() -> None:

    orchestrator = vespera.Container().get(vespera.TaskOrchestrator)
    task_id = (await orchestrator.create_task({"title": "done"})).task_id
    assert task_id is not None
    await orchestrator.execute_task(task_id)
    state = await orchestrator.get_task_status(task_id)

    async def asked() -> vespera.TaskState:
        return await orchestrator.get_task_status(task_id)

    looks = {
        "a plain function": lambda: state,
        "an `async def`": asked,
        "a lambda that returns a coroutine": lambda: orchestrator.get_task_status(task_id),
    }
    for kind, look in looks.items():
        try:
            found = await wait_until(look, lambda one: one.completed, timeout=9, interval=1)  # type: ignore[name-defined]  # noqa: F821  # the learner's
        except (AttributeError, TypeError) as error:
            pytest.fail(f"{kind} as `look` ends in {type(error).__name__}: {error}")
        assert found == state, f"{kind} as `look` answers with {found!r}"
        assert found.completed, f"{kind} as `look` answers with a state that is {found.status}"


@wait_for_completion.probe(promise="look-error", broken="NeverCompletes")
async def test_probe_an_error_comes_out_as_it_is() -> None:

    orchestrator = vespera.Container().get(vespera.TaskOrchestrator)
    task_id = (await orchestrator.create_task({"title": "done"})).task_id
    assert task_id is not None
    await orchestrator.execute_task(task_id)
    for error in (OSError("disk full"), TimeoutError("the disk is slow")):

        async def look(error: Exception = error) -> vespera.TaskState:
            state = await orchestrator.get_task_status(task_id)
            if state.completed:
                raise error
            return state

        try:
            await wait_until(look, lambda one: one.completed, timeout=9, interval=1)  # type: ignore[name-defined]  # noqa: F821  # the learner's
        except Exception as found:
            assert found is error, f"{error!r} of a look comes out as {found!r}"
        else:
            pytest.fail(f"{error!r} of a look does not come out")


@wait_for_completion.probe(promise="cancelled", broken="AlwaysComplete")
async def test_probe_is_cancelled_in_a_pause_and_in_a_look() -> None:

    orchestrator = vespera.Container().get(vespera.TaskOrchestrator)
    task_id = (await orchestrator.create_task({"title": "left alone"})).task_id
    assert task_id is not None
    log: list[str] = []

    async def look() -> vespera.TaskState:
        log.append("begins")
        try:
            await asyncio.sleep(2)
        finally:
            log.append("ends")
        return await orchestrator.get_task_status(task_id)

    for place, last in (("a look", "begins"), ("a pause", "ends")):
        log.clear()
        waiting = asyncio.create_task(
            wait_until(look, lambda one: one.completed, timeout=60, interval=5)  # type: ignore[name-defined]  # noqa: F821  # the learner's
        )
        async with asyncio.timeout(50):
            while log[-1:] != [last]:
                await asyncio.sleep(0.5)
        await asyncio.sleep(0.5)
        waiting.cancel()
        await asyncio.wait({waiting}, timeout=100)
        assert waiting.cancelled(), f"cancelled in {place}, it does not end in CancelledError"
        assert log == ["begins", "ends"], f"cancelled in {place}, its looks are {log}"

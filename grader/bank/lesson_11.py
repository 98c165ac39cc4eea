"""Lesson 11, reusable components: a helper that waits, and the tests that it needs itself."""

import asyncio
from typing import Any

import pytest

import vespera_scriptorium as application
from grader.exercise import Exercise
from vespera_scriptorium.application.task_orchestrator import TaskOrchestrator
from vespera_scriptorium.domain.task import TaskState, TaskStatus

HELPER = "suite:wait_for_completion"

wait_for_completion = Exercise(
    id="wait-for-completion",
    lesson="11-reusable-components",
    title="Wait until it is done",
    points=5,
    subject=TaskOrchestrator,
    contract=(
        "`wait_for_completion(orchestrator, task_id, timeout, interval)` returns the task's "
        "state once `get_task_status` says that it is completed.",
        "It looks at once: for a task that is completed it returns without waiting.",
        "It looks every `interval` seconds, and a last time when `timeout` seconds have passed.",
        "A task that is not completed by then is a `TimeoutError`; its message holds the task's id "
        "and the status that was seen last.",
    ),
    hint="[loop.time](https://docs.python.org/3/library/asyncio-eventloop.html"
    "#asyncio.loop.time) is the clock that `asyncio.sleep` counts on; `time.time` is another.",
    worked="gives_up_before_the_end",
)


@wait_for_completion.reference_for_suite(replaces=HELPER)
async def reference(
    orchestrator: "Any", task_id: str, timeout: float, interval: float
) -> "TaskState":
    """Looks at once, at each interval, and at the deadline."""
    import asyncio  # the learner's module may lack it

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        last_look = clock() >= deadline
        state: TaskState = await orchestrator.get_task_status(task_id)
        if state.completed:
            return state
        if last_look:
            raise TimeoutError(f"task {task_id} did not complete: it is {state.status}")
        await asyncio.sleep(min(interval, deadline - clock()))


@wait_for_completion.alternative(replaces=HELPER)
async def counts_its_looks(
    orchestrator: "Any", task_id: str, timeout: float, interval: float
) -> "TaskState":
    """Works out all its looks beforehand."""
    import asyncio

    pauses = [interval] * int(timeout // interval)
    if timeout % interval:
        pauses.append(timeout % interval)
    state: TaskState = await orchestrator.get_task_status(task_id)
    for pause in pauses:
        if state.completed:
            break
        await asyncio.sleep(pause)
        state = await orchestrator.get_task_status(task_id)
    if not state.completed:
        raise TimeoutError(f"{task_id} is still {state.status} after {timeout} s")
    return state


@wait_for_completion.mutant(clause=1, replaces=HELPER)
async def takes_failure_for_completion(
    orchestrator: "Any", task_id: str, timeout: float, interval: float
) -> "TaskState":
    """Returns as soon as the task does not run any more, completed or failed."""
    import asyncio  # the learner's module may lack it

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        last_look = clock() >= deadline
        state: TaskState = await orchestrator.get_task_status(task_id)
        if state.status in ("completed", "failed"):
            return state
        if last_look:
            raise TimeoutError(f"task {task_id} did not complete: it is {state.status}")
        await asyncio.sleep(min(interval, deadline - clock()))


@wait_for_completion.mutant(clause=2, replaces=HELPER)
async def sleeps_first(
    orchestrator: "Any", task_id: str, timeout: float, interval: float
) -> "TaskState":
    """Waits one interval before it looks for the first time."""
    import asyncio  # the learner's module may lack it

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        last_look = clock() >= deadline
        if not last_look:
            await asyncio.sleep(min(interval, deadline - clock()))
        state: TaskState = await orchestrator.get_task_status(task_id)
        if state.completed:
            return state
        if last_look:
            raise TimeoutError(f"task {task_id} did not complete: it is {state.status}")


@wait_for_completion.mutant(clause=3, replaces=HELPER)
async def gives_up_before_the_end(
    orchestrator: "Any", task_id: str, timeout: float, interval: float
) -> "TaskState":
    """Raises when the time is over, without a last look: what came in between is missed."""
    import asyncio  # the learner's module may lack it

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    state: TaskState = await orchestrator.get_task_status(task_id)
    while clock() < deadline:
        state = await orchestrator.get_task_status(task_id)
        if state.completed:
            return state
        await asyncio.sleep(min(interval, deadline - clock()))
    raise TimeoutError(f"task {task_id} did not complete: it is {state.status}")


@wait_for_completion.mutant(clause=3, replaces=HELPER)
async def looks_twice(
    orchestrator: "Any", task_id: str, timeout: float, interval: float
) -> "TaskState":
    """Looks at the beginning and at the end, and sleeps in between."""
    import asyncio

    state: TaskState = await orchestrator.get_task_status(task_id)
    if not state.completed:
        await asyncio.sleep(timeout)
        state = await orchestrator.get_task_status(task_id)
    if not state.completed:
        raise TimeoutError(f"task {task_id} did not complete: it is {state.status}")
    return state


@wait_for_completion.mutant(clause=4, replaces=HELPER)
async def answers_instead_of_raising(
    orchestrator: "Any", task_id: str, timeout: float, interval: float
) -> "TaskState":
    """Returns the last state at the timeout, and trusts the caller to look at it."""
    import asyncio  # the learner's module may lack it

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        last_look = clock() >= deadline
        state: TaskState = await orchestrator.get_task_status(task_id)
        if state.completed or last_look:
            return state
        await asyncio.sleep(min(interval, deadline - clock()))


@wait_for_completion.mutant(clause=4, replaces=HELPER)
async def says_only_that_time_is_over(
    orchestrator: "Any", task_id: str, timeout: float, interval: float
) -> "TaskState":
    """Raises a `TimeoutError` that names neither the task nor its state."""
    import asyncio  # the learner's module may lack it

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        last_look = clock() >= deadline
        state: TaskState = await orchestrator.get_task_status(task_id)
        if state.completed:
            return state
        if last_look:
            raise TimeoutError(f"no completion within {timeout} s")
        await asyncio.sleep(min(interval, deadline - clock()))


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


@wait_for_completion.probe(clause=2, broken="NeverCompletes")
async def test_probe_returns_at_once_when_the_task_is_completed() -> None:

    orchestrator = application.Container().get(application.TaskOrchestrator)
    task_id = (await orchestrator.create_task({"title": "done"})).task_id
    assert task_id is not None
    await orchestrator.execute_task(task_id)
    before = asyncio.get_running_loop().time()
    state = await wait_for_completion(orchestrator, task_id, timeout=30, interval=1)  # type: ignore[operator]  # the learner's
    waited = asyncio.get_running_loop().time() - before
    assert isinstance(state, application.TaskState), f"it returns {state!r}, and no state"
    assert state.completed, f"it returns a state that is {state.status}"
    assert waited == 0, f"it waits {waited:g} s for a task that is completed already"


@wait_for_completion.probe(clause=1, broken="NeverCompletes")
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
        state = await wait_for_completion(orchestrator, task_id, timeout=30, interval=2)  # type: ignore[operator]  # the learner's
    except TimeoutError:
        pytest.fail("it gives up on a task that is completed half a second before the timeout")
    assert isinstance(state, application.TaskState), f"it returns {state!r}, and no state"
    assert state.completed, f"it returns while the task is {state.status}"
    await execution


@wait_for_completion.probe(clause=4, broken="AlwaysComplete")
async def test_probe_raises_for_a_task_that_never_completes() -> None:

    orchestrator = application.Container().get(application.TaskOrchestrator)
    task_id = (await orchestrator.create_task({"title": "left alone"})).task_id
    assert task_id is not None
    before = asyncio.get_running_loop().time()
    message = None
    try:
        await wait_for_completion(orchestrator, task_id, timeout=30, interval=7)  # type: ignore[operator]  # the learner's
    except TimeoutError as error:
        message = str(error)
    waited = asyncio.get_running_loop().time() - before
    assert message is not None, "it returns, though the task is not completed in time"
    assert task_id in message, f"the message does not name the task: {message!r}"
    assert "created" in message, f"the message does not say what the task is: {message!r}"
    assert waited == pytest.approx(30), f"it gives up after {waited:g} s, and not after 30"

"""Lesson 11, the first exercise: a helper that looks until it is done."""

import asyncio
from typing import Any

import pytest

import vespera_scriptorium as application
from grader.exercise import Exercise
from vespera_scriptorium.application.task_orchestrator import TaskOrchestrator
from vespera_scriptorium.domain.task import TaskState, TaskStatus

HELPER = "suite:wait_until"

wait_for_completion = Exercise(
    id="wait-for-completion",
    lesson="11-reusable-components",
    title="Wait until it is done",
    points=8,
    subject=TaskOrchestrator,
    contract=(
        "`await wait_until(look, done, timeout, interval)` calls `look()`, again and again, until "
        "`done(value)` is true for the value of a look. It returns this value. Any truthy answer "
        "of `done` is true, such as `1`.",
        "`look()` returns the value, or an awaitable of it: `look` may be a plain function, an "
        "`async def`, or a lambda that returns a coroutine. `done` is a plain function.",
        "The first look comes at once. Each further look begins `interval` seconds after the end "
        "of the one before it, or at the deadline if that is earlier. The deadline is `timeout` "
        "seconds after the call.",
        "A look under way at the deadline is not interrupted, and its value counts. A look that "
        "ends at the deadline, or after it, is the last one.",
        "When the last look is not done, `TimeoutError` comes at once. Its message contains the "
        "`repr` of the last value.",
        "What `look` or `done` raises comes out at once and unchanged, a `TimeoutError` too.",
        "Cancelled in a pause or in a look, it raises `CancelledError`, and looks no more. A look "
        "under way is cancelled, too, and has ended before `wait_until` raises. (Nothing is "
        "promised for a look that swallows its cancellation.)",
    ),
    promises={
        1: {
            "value": "The value that `done` has accepted is returned.",
            "truthy": "Any truthy answer of `done` is true.",
        },
        2: {
            "plain": "`look` may be a plain function.",
            "awaitable": "`look` may be any function that returns an awaitable.",
        },
        3: {
            "at-once": "The first look comes at once.",
            "interval": "The next look begins `interval` seconds after the end of the last one.",
            "last-look": "There is a look at the deadline.",
            "rest": "A pause ends at the deadline.",
        },
        4: {
            "under-way": "A look that is under way at the deadline is not interrupted.",
            "no-more": "A look that ends at the deadline, or after it, is the last one.",
        },
        5: {
            "raises": "When the last look is not done, `TimeoutError` comes.",
            "last-value": "The message contains the last value.",
        },
        6: {
            "look-error": "What `look` raises comes out.",
            "done-error": "What `done` raises comes out.",
        },
        7: {
            "cancelled": "Cancelled in a pause, it raises `CancelledError`.",
            "look-cancelled": "A look under way is cancelled.",
        },
    },
    hint="[loop.time](https://docs.python.org/3/library/asyncio-eventloop.html"
    "#asyncio.loop.time) is the clock that `asyncio.sleep` counts on. "
    "[inspect.isawaitable](https://docs.python.org/3/library/inspect.html#inspect.isawaitable) "
    "looks at what was returned. In the tests, let `look` note when it is called.",
    worked="gives_up_early",
)


@wait_for_completion.reference_for_suite(replaces=HELPER)
async def reference(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    """Looks, and sleeps for an interval, or for what is left of the time."""
    import asyncio  # the learner's module may lack it
    import inspect

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        value = look()
        if inspect.isawaitable(value):
            value = await value
        if done(value):
            return value
        left = deadline - clock()
        if left <= 0:
            raise TimeoutError(f"not done after {timeout:g} s: the last value was {value!r}")
        await asyncio.sleep(min(interval, left))


@wait_for_completion.alternative(replaces=HELPER)
async def looks_in_a_task(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    """Runs each look that is asynchronous in a task of its own."""
    import asyncio

    async def value_of(awaitable: "Any") -> "Any":
        return await awaitable

    loop = asyncio.get_running_loop()
    end = loop.time() + timeout
    while True:
        value = look()
        if hasattr(value, "__await__"):
            task = asyncio.create_task(value_of(value))
            try:
                await asyncio.wait({task})
            finally:
                if not task.done():
                    task.cancel()
                    await asyncio.wait({task})
            value = task.result()
        if done(value):
            return value
        if loop.time() >= end:
            break
        await asyncio.sleep(min(loop.time() + interval, end) - loop.time())
    raise TimeoutError(repr(value))


@wait_for_completion.alternative(replaces=HELPER)
async def sets_timers(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    """Sets a timer for each pause, waits for it, and words its error in its own way."""
    import asyncio
    import inspect

    loop = asyncio.get_running_loop()
    end = loop.time() + timeout

    async def ask() -> "Any":
        value = look()
        return await value if inspect.isawaitable(value) else value

    value = await ask()
    while not done(value):
        await asyncio.sleep(0)
        now = loop.time()
        if now >= end:
            raise TimeoutError(f"gave up: {[value]} is all there was")
        over = loop.create_future()
        timer = loop.call_at(min(now + interval, end), over.set_result, None)
        try:
            await over
        finally:
            timer.cancel()
        value = await ask()
    return value


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

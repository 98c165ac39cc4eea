"""What a hurried engineer writes first: the way through."""

import asyncio
import inspect

import pytest

from vespera_scriptorium import Container, TaskOrchestrator


async def wait_until(look, done, timeout, interval):
    """The first value of a look that is done, at the deadline at the latest."""
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
            raise TimeoutError(f"still {value!r} after {timeout} s")
        await asyncio.sleep(min(interval, left))


async def test_a_task_that_is_done():
    orchestrator = Container().get(TaskOrchestrator)
    task_id = (await orchestrator.create_task({"title": "a"})).task_id
    await orchestrator.execute_task(task_id)
    state = await wait_until(
        lambda: orchestrator.get_task_status(task_id),
        lambda state: state.completed,
        timeout=5,
        interval=0.1,
    )
    assert state.completed


async def test_a_task_that_nobody_knows():
    orchestrator = Container().get(TaskOrchestrator)
    with pytest.raises(TimeoutError):
        await wait_until(
            lambda: orchestrator.get_task_status("task-99"),
            lambda state: state.completed,
            timeout=1,
            interval=0.1,
        )


async def test_a_list_that_fills():
    found = []

    def look():
        found.append(1)
        return len(found)

    assert await wait_until(look, lambda value: value == 3, timeout=5, interval=0.1) == 3

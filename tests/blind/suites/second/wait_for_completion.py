from typing import Any


async def wait_until(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    import asyncio
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
            raise TimeoutError(f"the last value was {value!r}")
        await asyncio.sleep(min(interval, left))


import asyncio

import pytest

from vespera_scriptorium.application.task_orchestrator import TaskOrchestrator
from vespera_scriptorium.infrastructure.memory import InMemoryTaskRepository


def now():
    return asyncio.get_running_loop().time()


class Look:
    def __init__(self, *values, seconds=0.0):
        self.values, self.seconds = list(values), seconds
        self.times, self.cancelled_at, self.ended = [], None, 0

    async def __call__(self):
        self.times.append(now())
        try:
            await asyncio.sleep(self.seconds)
        except asyncio.CancelledError:
            await asyncio.sleep(0.5)
            self.cancelled_at = now()
            raise
        finally:
            self.ended += 1
        value = self.values.pop(0) if len(self.values) > 1 else self.values[0]
        if isinstance(value, BaseException):
            raise value
        return value


@pytest.mark.parametrize("answer", [True, 1, "yes", [0]])
@pytest.mark.parametrize("no", [False, 0, None, "", []])
async def test_the_value_of_the_look(answer, no):
    values = [0, None, "", "x"]
    look = Look(*values)
    assert await wait_until(look, lambda v: answer if v == "" else no, 60, 1) == ""
    assert len(look.times) == 3


async def test_kinds_of_look():
    async def asynchronous():
        return "x"

    def future():
        result = asyncio.get_running_loop().create_future()
        result.set_result("x")
        return result

    for look in (asynchronous, lambda: "x", lambda: asynchronous(), future, Look("x")):
        assert await wait_until(look, lambda v: v == "x", 5, 1) == "x"


async def test_at_once():
    start = now()
    assert await wait_until(lambda: 5, lambda v: True, 0, 1) == 5
    assert now() == start


async def test_times_of_the_looks():
    start = now()
    look = Look(0, seconds=0.5)
    with pytest.raises(TimeoutError):
        await wait_until(look, bool, 5.75, 1)
    assert [t - start for t in look.times] == pytest.approx([0, 1.5, 3, 4.5, 5.75])
    assert now() - start == pytest.approx(6.25)


async def test_the_interval_is_longer_than_the_timeout():
    start = now()
    look = Look(0, 1)
    assert await wait_until(look, bool, 2, 10) == 1
    assert now() - start == pytest.approx(2)


async def test_the_message_at_once():
    start = now()
    with pytest.raises(TimeoutError) as caught:
        await wait_until(Look("first", "it's\n"), lambda v: False, 3, 1)
    assert repr("it's\n") in str(caught.value)
    assert now() - start == pytest.approx(3)


async def test_a_look_under_way_at_the_deadline():
    start = now()
    assert await wait_until(Look(0, 1, seconds=3), bool, 5, 1) == 1
    assert now() - start == pytest.approx(7)
    for seconds in (5, 6):
        look = Look("a", "b", seconds=seconds)
        with pytest.raises(TimeoutError) as caught:
            await wait_until(look, lambda v: v == "b", 5, 1)
        assert len(look.times) == 1
        assert repr("a") in str(caught.value)


@pytest.mark.parametrize("error", [TimeoutError("x"), ValueError("x"), OSError(), LookupError()])
async def test_errors_come_out(error):
    def fails(value):
        raise error

    def broken():
        raise error

    start = now()
    look = Look(0, error)
    for arguments in ((Look(0), fails), (broken, bool)):
        with pytest.raises(type(error)) as caught:
            await wait_until(*arguments, 5, 1)
        assert caught.value is error
    assert now() == start
    with pytest.raises(type(error)) as caught:
        await wait_until(look, bool, 5, 1)
    assert caught.value is error
    assert now() - start == pytest.approx(1)


@pytest.mark.parametrize(("moment", "in_look"), [(0.5, True), (1.5, False), (3.25, True)])
async def test_cancelled(moment, in_look):
    start = now()
    look = Look(0, seconds=1)
    call = asyncio.create_task(wait_until(look, bool, 50, 2))
    await asyncio.sleep(moment)
    looks = len(look.times)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert now() - start == pytest.approx(moment + (0.5 if in_look else 0))
    assert look.ended == looks
    assert (look.cancelled_at is not None) is in_look
    await asyncio.sleep(100)
    assert len(look.times) == looks


async def test_a_task_of_the_orchestrator():
    class Slow:
        async def run(self, task):
            await asyncio.sleep(5)
            return "x"

    orchestrator = TaskOrchestrator(InMemoryTaskRepository(), Slow())
    task_id = (await orchestrator.create_task({"title": "x"})).task_id
    work = asyncio.create_task(orchestrator.execute_task(task_id))
    state = await wait_until(
        lambda: orchestrator.get_task_status(task_id), lambda s: s.completed, 30, 1
    )
    assert state.status == "completed"
    await work

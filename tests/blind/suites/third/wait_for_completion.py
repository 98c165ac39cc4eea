import asyncio
import inspect

import pytest


async def wait_until(look, done, timeout, interval):
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


def now():
    return asyncio.get_running_loop().time()


class Look:
    def __init__(self, *values, seconds=0.0):
        self.values, self.seconds = list(values), seconds
        self.begun, self.ended = [], 0

    async def __call__(self):
        self.begun.append(now())
        try:
            await asyncio.sleep(self.seconds)
        finally:
            self.ended += 1
        value = self.values.pop(0) if len(self.values) > 1 else self.values[0]
        if isinstance(value, BaseException):
            raise value
        return value


@pytest.mark.parametrize("truth", [1, "yes", [0], True])
async def test_truthy(truth):
    look = Look("a", "b", "c")
    value = await wait_until(look, lambda v: truth if v == "b" else 0, 100, 1)
    assert value == "b"
    assert len(look.begun) == 2


@pytest.mark.parametrize("kind", ["plain", "async", "lambda", "future"])
async def test_kinds_of_look(kind):
    values = [1, 2, 3]

    def plain():
        return values.pop(0)

    async def coroutine():
        return plain()

    def future():
        result = asyncio.get_running_loop().create_future()
        result.set_result(plain())
        return result

    look = {"plain": plain, "async": coroutine, "lambda": lambda: coroutine(), "future": future}
    assert await wait_until(look[kind], lambda v: v == 3, 100, 1) == 3


async def test_schedule():
    look, start = Look(0, seconds=2), now()
    with pytest.raises(TimeoutError):
        await wait_until(look, bool, 16, 3)
    assert [t - start for t in look.begun] == pytest.approx([0, 5, 10, 15])
    assert now() - start == pytest.approx(17)


async def test_look_at_the_deadline():
    look, start = Look(0), now()
    with pytest.raises(TimeoutError):
        await wait_until(look, bool, 7, 3)
    assert [t - start for t in look.begun] == pytest.approx([0, 3, 6, 7])
    assert now() - start == pytest.approx(7)


async def test_late_look():
    look, start = Look(5, seconds=20), now()
    assert await wait_until(look, bool, 3, 1) == 5
    assert now() - start == pytest.approx(20)


async def test_repr_of_the_last_value():
    with pytest.raises(TimeoutError) as caught:
        await wait_until(Look("first", "it's so"), lambda v: False, 3, 1)
    assert repr("it's so") in str(caught.value)


@pytest.mark.parametrize("error", [ValueError("x"), TimeoutError("x"), OSError("x")])
async def test_error_of_look(error):
    start = now()
    with pytest.raises(type(error)) as caught:
        await wait_until(Look(0, error, 1), bool, 100, 1)
    assert caught.value is error
    assert now() - start == pytest.approx(1)


@pytest.mark.parametrize("error", [ValueError("x"), TimeoutError("x")])
async def test_error_of_done(error):
    def done(value):
        raise error

    with pytest.raises(type(error)) as caught:
        await wait_until(Look(0), done, 100, 1)
    assert caught.value is error


@pytest.mark.parametrize("moment", [1, 7])
async def test_cancelled(moment):
    look = Look(0, seconds=5)
    task = asyncio.create_task(wait_until(look, bool, 100, 10))
    await asyncio.sleep(moment)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert look.ended == 1
    await asyncio.sleep(100)
    assert len(look.begun) == 1

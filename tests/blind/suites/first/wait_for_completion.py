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
            raise TimeoutError(f"not done: {value!r}")
        await asyncio.sleep(min(interval, left))


def now():
    return asyncio.get_running_loop().time()


class Looks:
    """Notes when its looks begin; each takes a while; answers are counted from 1."""

    def __init__(self, seconds=0.0):
        self.seconds = seconds
        self.start = now()
        self.begun = []
        self.ended = []
        self.cancelled = 0

    async def __call__(self):
        self.begun.append(round(now() - self.start, 6))
        number = len(self.begun)
        try:
            if self.seconds:
                await asyncio.sleep(self.seconds)
        except asyncio.CancelledError:
            await asyncio.sleep(0.5)
            self.cancelled += 1
            raise
        self.ended.append(round(now() - self.start, 6))
        return number


@pytest.mark.parametrize("truthy", [True, 1, "yes", [0]])
async def test_truthy(truthy):
    values = iter([0, None, "third", "fourth"])
    result = await wait_until(lambda: next(values), lambda v: truthy if v == "third" else 0, 100, 1)
    assert result == "third"


async def test_falsy_values_are_returned():
    assert await wait_until(lambda: None, lambda v: v is None, 10, 1) is None


async def test_kinds_of_look():
    async def a():
        return 7

    def future():
        f = asyncio.get_running_loop().create_future()
        f.set_result(7)
        return f

    class Callable:
        async def __call__(self):
            return 7

    for look in [lambda: 7, a, lambda: a(), future, Callable()]:
        async with asyncio.timeout(50):
            assert await wait_until(look, lambda v: v == 7, 10, 1) == 7


async def test_first_look_at_once():
    looks = Looks()
    await wait_until(looks, lambda v: True, 10, 1)
    assert looks.begun == [0]
    assert now() == looks.start


async def test_schedule():
    looks = Looks()
    await wait_until(looks, lambda v: v == 4, 100, 3)
    assert looks.begun == [0, 3, 6, 9]


async def test_interval_counts_from_the_end():
    looks = Looks(2)
    await wait_until(looks, lambda v: v == 3, 100, 3)
    assert looks.begun == [0, 5, 10]


async def test_last_look_at_the_deadline():
    looks = Looks()
    with pytest.raises(TimeoutError) as caught:
        await wait_until(looks, lambda v: False, 10, 4)
    assert looks.begun == [0, 4, 8, 10]
    assert now() - looks.start == pytest.approx(10)
    assert "4" in str(caught.value)


async def test_deadline_before_the_first_interval_and_success_there():
    looks = Looks()
    assert await wait_until(looks, lambda v: v == 2, 3, 50) == 2
    assert looks.begun == [0, 3]


async def test_zero_timeout():
    looks = Looks()
    with pytest.raises(TimeoutError):
        await wait_until(looks, lambda v: False, 0, 1)
    assert looks.begun == [0]


async def test_look_over_the_deadline_counts():
    looks = Looks(6)
    assert await wait_until(looks, lambda v: v == 2, 10, 1) == 2
    assert looks.ended == [6, 13]


async def test_look_over_the_deadline_is_the_last():
    looks = Looks(6)
    with pytest.raises(TimeoutError):
        await wait_until(looks, lambda v: False, 10, 1)
    assert looks.ended == [6, 13]
    assert now() - looks.start == pytest.approx(13)


async def test_repr_of_the_last_value():
    values = iter(["first", "second", "it's\n"])
    with pytest.raises(TimeoutError) as caught:
        await wait_until(lambda: next(values), lambda v: False, 2, 1)
    assert repr("it's\n") in str(caught.value)


@pytest.mark.parametrize(
    "error", [ValueError("v"), TimeoutError("t"), AssertionError("a"), asyncio.CancelledError()]
)
async def test_errors_come_out(error):
    start = now()
    calls = []

    def raises(*args):
        calls.append(args)
        raise error

    async def raises_later():
        raises()

    for look, done in [(raises, bool), (raises_later, bool), (lambda: 1, raises)]:
        calls.clear()
        with pytest.raises(type(error)) as caught:
            await wait_until(look, done, 10, 1)
        assert caught.value is error
        assert len(calls) == 1
    assert now() == start


async def test_cancelled_in_a_pause():
    looks = Looks()
    task = asyncio.create_task(wait_until(looks, lambda v: False, 100, 10))
    await asyncio.sleep(15)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.sleep(200)
    assert looks.begun == [0, 10]


async def test_cancelled_in_a_look():
    looks = Looks(10)
    task = asyncio.create_task(wait_until(looks, lambda v: True, 100, 10))
    await asyncio.sleep(5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert looks.cancelled == 1
    await asyncio.sleep(200)
    assert looks.begun == [0]
    assert looks.ended == []

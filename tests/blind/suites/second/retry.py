import asyncio

import pytest

from vespera_scriptorium import AsyncService, AsyncServiceError


class Work:
    """Raises or answers what the script says, and notes when it was called."""

    def __init__(self, *script):
        self.script = list(script)
        self.times = []

    async def __call__(self):
        self.times.append(asyncio.get_running_loop().time())
        outcome = self.script[len(self.times) - 1]
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    @property
    def waits(self):
        return [round(b - a, 3) for a, b in zip(self.times, self.times[1:])]


class Flaky(ConnectionError):
    pass


@pytest.mark.parametrize("kind", [ConnectionError, TimeoutError, ConnectionResetError, Flaky])
@pytest.mark.parametrize("answer", ["done", None, "", 0, False])
async def test_again_after_a_transient_error(kind, answer):
    work = Work(kind("x"), answer, "too much")
    got = await AsyncService().run_with_retry("save", work, attempts=4, delay=1)
    assert got is answer
    assert len(work.times) == 2


async def test_first_answer_ends_it():
    work = Work(None, "too much")
    assert await AsyncService().run_with_retry("save", work, attempts=3, delay=1) is None
    assert len(work.times) == 1


@pytest.mark.parametrize("attempts", [1, 2, 5])
async def test_all_fail(attempts):
    errors = [ConnectionError(f"no {n}") for n in range(10)]
    work = Work(*errors)
    clock = asyncio.get_running_loop().time
    start = clock()
    with pytest.raises(AsyncServiceError) as caught:
        await AsyncService().run_with_retry("save", work, attempts=attempts, delay=7)
    assert caught.value.__cause__ is errors[attempts - 1]
    assert len(work.times) == attempts
    assert work.times[0] == start
    assert work.waits == [7] * (attempts - 1)
    assert clock() == work.times[-1]


@pytest.mark.parametrize("error", [OSError("x"), FileNotFoundError("x"), PermissionError("x")])
async def test_other_os_error(error):
    work = Work(error, "too much")
    clock = asyncio.get_running_loop().time
    start = clock()
    with pytest.raises(AsyncServiceError) as caught:
        await AsyncService().run_with_retry("save", work, attempts=3, delay=7)
    assert caught.value.__cause__ is error
    assert len(work.times) == 1
    assert clock() == start


@pytest.mark.parametrize("error", [ValueError("x"), KeyError("x"), RuntimeError("x")])
async def test_bug(error):
    work = Work(ConnectionError(), error, "too much")
    clock = asyncio.get_running_loop().time
    with pytest.raises(type(error)) as caught:
        await AsyncService().run_with_retry("save", work, attempts=3, delay=7)
    assert caught.value is error
    assert len(work.times) == 2
    assert clock() == work.times[-1]


async def test_cancelled_between_two_attempts():
    work = Work(ConnectionError(), "too much")
    running = asyncio.create_task(
        AsyncService().run_with_retry("save", work, attempts=3, delay=100)
    )
    await asyncio.sleep(10)
    running.cancel()
    await asyncio.wait([running])
    assert running.cancelled()
    assert len(work.times) == 1


@pytest.mark.parametrize("end", [None, "answer", ConnectionError("x"), OSError("x"), ValueError("x")])
async def test_cancelled_in_an_attempt(end):
    calls = []

    async def work():
        calls.append(1)
        if len(calls) > 1:
            return "too much"
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            if end is None:
                raise
            if isinstance(end, Exception):
                raise end
            return end

    running = asyncio.create_task(AsyncService().run_with_retry("save", work, attempts=3, delay=1))
    await asyncio.sleep(10)
    running.cancel()
    await asyncio.wait([running])
    assert running.cancelled()
    assert len(calls) == 1


async def test_got_over():
    service = AsyncService()
    work = Work(TimeoutError("x"), TimeoutError("y"), "done")
    running = asyncio.create_task(service.run_with_retry("save", work, attempts=3, delay=10))
    await asyncio.sleep(5)
    assert await service.run("other", Work("in between")) == "in between"
    assert await running == "done"
    assert await service.run("other", Work("afterwards")) == "afterwards"

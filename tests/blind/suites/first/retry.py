import asyncio

import pytest

from vespera_scriptorium import AsyncService, AsyncServiceError


def now():
    return asyncio.get_running_loop().time()


class Work:
    """Raises or answers what it is given, and notes when it was called."""

    def __init__(self, *outcomes):
        self.outcomes = list(outcomes)
        self.times = []

    async def __call__(self):
        self.times.append(now())
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


@pytest.mark.parametrize(
    "error", [ConnectionError("a"), TimeoutError("b"), ConnectionResetError("c"), BrokenPipeError()]
)
async def test_tries_again_after_a_transient_error(error):
    work = Work(error, "answer")
    assert await AsyncService().run_with_retry("op", work, attempts=3) == "answer"
    assert len(work.times) == 2


@pytest.mark.parametrize("answer", [None, "", 0, False, "x"])
async def test_first_answer_ends_it(answer):
    work = Work(answer, "other")
    assert await AsyncService().run_with_retry("op", work, attempts=3) == answer
    assert len(work.times) == 1


@pytest.mark.parametrize("attempts", [1, 2, 3, 5])
async def test_number_of_attempts_and_cause(attempts):
    errors = [ConnectionError(str(n)) for n in range(attempts + 2)]
    work = Work(*errors)
    with pytest.raises(AsyncServiceError) as caught:
        await AsyncService().run_with_retry("op", work, attempts=attempts)
    assert len(work.times) == attempts
    assert caught.value.__cause__ is errors[attempts - 1]


async def test_last_attempt_may_succeed():
    work = Work(ConnectionError(), TimeoutError(), "late")
    assert await AsyncService().run_with_retry("op", work, attempts=3) == "late"


@pytest.mark.parametrize("error", [FileNotFoundError("gone"), OSError("disk"), PermissionError()])
async def test_other_oserror_is_not_tried_again(error):
    work = Work(error, "never")
    begin = now()
    with pytest.raises(AsyncServiceError) as caught:
        await AsyncService().run_with_retry("op", work, attempts=3, delay=5)
    assert caught.value.__cause__ is error
    assert len(work.times) == 1
    assert now() == pytest.approx(begin)


@pytest.mark.parametrize("error", [ValueError("bug"), KeyError("bug"), AsyncServiceError("x")])
async def test_bug_comes_out(error):
    work = Work(error, "never")
    begin = now()
    with pytest.raises(type(error)) as caught:
        await AsyncService().run_with_retry("op", work, attempts=3, delay=5)
    assert caught.value is error
    assert len(work.times) == 1
    assert now() == pytest.approx(begin)


async def test_waits_between_two_attempts_only():
    work = Work(*[ConnectionError() for _ in range(4)])
    begin = now()
    with pytest.raises(AsyncServiceError):
        await AsyncService().run_with_retry("op", work, attempts=4, delay=3)
    assert [t - begin for t in work.times] == pytest.approx([0, 3, 6, 9])
    assert now() - begin == pytest.approx(9)


@pytest.mark.parametrize("end", ["cancelled", "error", "transient", "answer"])
async def test_cancelled_in_an_attempt(end):
    calls = 0

    async def work():
        nonlocal calls
        calls += 1
        try:
            await asyncio.sleep(100)
        except asyncio.CancelledError:
            if end == "error":
                raise ValueError("other") from None
            if end == "transient":
                raise ConnectionError("other") from None
            if end == "answer":
                return "answer"
            raise

    task = asyncio.create_task(AsyncService().run_with_retry("op", work, attempts=3, delay=1))
    await asyncio.sleep(5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.sleep(50)
    assert calls == 1


async def test_cancelled_between_two():
    work = Work(ConnectionError(), "never")
    task = asyncio.create_task(AsyncService().run_with_retry("op", work, attempts=3, delay=10))
    await asyncio.sleep(5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.sleep(50)
    assert len(work.times) == 1


async def test_others_run_between_two_attempts_and_afterwards():
    service = AsyncService()
    work = Work(ConnectionError(), "late")
    task = asyncio.create_task(service.run_with_retry("op", work, attempts=2, delay=10))
    await asyncio.sleep(5)
    assert await service.run("other", Work("fine")) == "fine"
    assert await task == "late"
    assert await service.run("other", Work("fine")) == "fine"

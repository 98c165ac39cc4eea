import asyncio

import pytest

from vespera_scriptorium import AsyncService, AsyncServiceError


def now():
    return asyncio.get_running_loop().time()


class Work:
    def __init__(self, *outcomes):
        self.outcomes, self.begun = list(outcomes), []

    async def __call__(self):
        self.begun.append(now())
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome


@pytest.mark.parametrize(
    "kind", [ConnectionError, TimeoutError, ConnectionResetError, BrokenPipeError]
)
@pytest.mark.parametrize("answer", ["answer", None, "", 0])
async def test_again_after_a_transient_error(kind, answer):
    work = Work(kind("1"), kind("2"), answer, "later")
    assert await AsyncService().run_with_retry("reading", work, 5, 0) is answer
    assert len(work.begun) == 3


@pytest.mark.parametrize("attempts", [1, 2, 5])
async def test_gives_up(attempts):
    errors = [ConnectionError(str(n)) for n in range(attempts)]
    work, start = Work(*errors, "too late"), now()
    with pytest.raises(AsyncServiceError) as caught:
        await AsyncService().run_with_retry("reading", work, attempts, 3)
    assert caught.value.__cause__ is errors[-1]
    assert [t - start for t in work.begun] == pytest.approx([3 * n for n in range(attempts)])
    assert now() - start == pytest.approx(3 * (attempts - 1))


@pytest.mark.parametrize("kind", [OSError, FileNotFoundError, PermissionError])
async def test_other_os_errors(kind):
    error, start = kind("x"), now()
    work = Work(error, "answer")
    with pytest.raises(AsyncServiceError) as caught:
        await AsyncService().run_with_retry("reading", work, 3, 5)
    assert caught.value.__cause__ is error
    assert len(work.begun) == 1 and now() == start


@pytest.mark.parametrize("kind", [ValueError, KeyError, RuntimeError])
async def test_bugs(kind):
    error, start = kind("x"), now()
    work = Work(ConnectionError(), error, "answer")
    with pytest.raises(kind) as caught:
        await AsyncService().run_with_retry("reading", work, 3, 5)
    assert caught.value is error
    assert len(work.begun) == 2 and now() == start + 5


@pytest.mark.parametrize("what", ["raise", "answer", ConnectionError("late"), ValueError("late")])
@pytest.mark.parametrize("first", [True, False])
async def test_cancelled_in_an_attempt(what, first):
    begun = []

    async def work():
        begun.append(1)
        if len(begun) == 1 and not first:
            raise ConnectionError("first")
        try:
            await asyncio.sleep(100)
        except asyncio.CancelledError:
            if what == "raise":
                raise
            if what == "answer":
                return "late"
            raise what from None

    call = asyncio.create_task(AsyncService().run_with_retry("reading", work, 2 + (not first), 5))
    await asyncio.sleep(20)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert len(begun) == (1 if first else 2)


async def test_cancelled_between():
    work = Work(ConnectionError(), "answer")
    call = asyncio.create_task(AsyncService().run_with_retry("reading", work, 3, 50))
    await asyncio.sleep(20)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert len(work.begun) == 1


async def test_not_failed_meanwhile():
    service = AsyncService()
    call = asyncio.create_task(
        service.run_with_retry("reading", Work(TimeoutError(), "answer"), 3, 50)
    )
    await asyncio.sleep(20)
    assert await service.run("other", Work("fine")) == "fine"
    assert await call == "answer"
    assert await service.run("other", Work("fine")) == "fine"

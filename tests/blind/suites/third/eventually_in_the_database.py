import asyncio
from contextlib import asynccontextmanager

import pytest


async def eventually(sessions, find, timeout, pause, longest):
    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        async with sessions() as session:
            found = await find(session)
        if found is not None:
            return found
        left = deadline - clock()
        if left <= 0:
            raise TimeoutError("nothing was found")
        await asyncio.sleep(min(pause, longest, left))
        pause *= 2


def now():
    return asyncio.get_running_loop().time()


class Sessions:
    def __init__(self, begin=None, end=None):
        self.given, self.open, self.log = 0, 0, []
        self.begin, self.end = begin, end

    @asynccontextmanager
    async def __call__(self):
        self.given += 1
        if self.begin is not None:
            raise self.begin
        self.open += 1
        try:
            yield f"session {self.given}"
        except BaseException as error:
            self.log.append(error)
            raise
        finally:
            self.open -= 1
        if self.end is not None:
            raise self.end


class Find:
    def __init__(self, sessions, answers=(), seconds=0):
        self.sessions, self.answers, self.seconds = sessions, list(answers), seconds
        self.begun, self.got, self.ended = [], [], []

    async def __call__(self, session):
        assert self.sessions.open == 1
        self.begun.append(now())
        self.got.append(session)
        await asyncio.sleep(self.seconds)
        self.ended.append(now())
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, BaseException):
            raise answer
        return answer


@pytest.mark.parametrize("value", [0, [], "", False, "row"])
async def test_first_value(value):
    sessions = Sessions()
    find = Find(sessions, [None, None, value, "later"])
    assert await eventually(sessions, find, 100, 1, 10) == value
    assert len(find.begun) == 3
    assert find.got == ["session 1", "session 2", "session 3"]
    assert sessions.open == 0


async def test_schedule():
    sessions = Sessions()
    find, start = Find(sessions, seconds=2), now()
    with pytest.raises(TimeoutError):
        await eventually(sessions, find, 31, 1, 5)
    assert [t - start for t in find.begun] == pytest.approx([0, 3, 7, 13, 20, 27, 31])
    assert now() - start == pytest.approx(33)


async def test_closed_in_a_pause():
    sessions = Sessions()
    find = Find(sessions, [None, "row"])
    task = asyncio.create_task(eventually(sessions, find, 100, 10, 10))
    await asyncio.sleep(5)
    assert sessions.open == 0
    assert await task == "row"


async def test_late_look_counts():
    sessions = Sessions()
    find, start = Find(sessions, ["row"], seconds=20), now()
    assert await eventually(sessions, find, 5, 1, 1) == "row"
    assert now() - start == pytest.approx(20)


async def test_late_look_is_the_last():
    sessions = Sessions()
    find = Find(sessions, [None, "row"], seconds=20)
    with pytest.raises(TimeoutError):
        await eventually(sessions, find, 5, 1, 1)
    assert len(find.begun) == 1


@pytest.mark.parametrize("error", [ValueError("x"), OSError("x"), TimeoutError("x"), LookupError()])
async def test_errors(error):
    sessions, start = Sessions(), now()
    with pytest.raises(type(error)) as caught:
        await eventually(sessions, Find(sessions, [None, error, "row"]), 100, 1, 10)
    assert caught.value is error
    assert sessions.log == [error] and sessions.open == 0
    assert now() - start == pytest.approx(1)


@pytest.mark.parametrize("where", ["begin", "end"])
async def test_errors_of_the_block(where):
    error = OSError("x")
    sessions = Sessions(**{where: error})
    with pytest.raises(OSError) as caught:
        await eventually(sessions, Find(sessions, ["row"]), 100, 1, 10)
    assert caught.value is error
    assert sessions.given == 1


@pytest.mark.parametrize("moment", [1, 7])
async def test_cancelled(moment):
    sessions = Sessions()
    find = Find(sessions, seconds=5)
    task = asyncio.create_task(eventually(sessions, find, 100, 10, 10))
    await asyncio.sleep(moment)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    ended = len(find.ended)
    assert sessions.open == 0
    assert len(sessions.log) == (1 if moment == 1 else 0)
    await asyncio.sleep(100)
    assert len(find.begun) == 1 and len(find.ended) == ended

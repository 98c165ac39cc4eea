import asyncio
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text

from vespera_scriptorium import AsyncDatabaseManager


async def eventually(sessions, find, timeout, pause, longest):
    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        async with sessions() as session:
            found = await find(session)
        if found is not None:
            return found
        if (left := deadline - clock()) <= 0:
            raise TimeoutError(f"nothing was found in {timeout} s")
        await asyncio.sleep(min(pause, longest, left))
        pause *= 2


def now():
    return asyncio.get_running_loop().time()


class Stage:
    """Sessions that are noted, and a `find` that answers what was prepared, then None."""

    def __init__(self, answers=(), seconds=0.0, closing=0.0):
        self.answers = list(answers)
        self.seconds, self.closing = seconds, closing
        self.start = now()
        self.begun, self.found, self.ended, self.through = [], [], [], []
        self.open = 0
        self.enter_error = self.exit_error = self.call_error = None
        self.calls = 0

    def at(self):
        return round(now() - self.start, 6)

    def sessions(self):
        self.calls += 1
        if self.call_error:
            raise self.call_error
        return self._session()

    @asynccontextmanager
    async def _session(self):
        if self.enter_error:
            raise self.enter_error
        self.open += 1
        self.begun.append(self.at())
        try:
            yield object()
        except BaseException as error:
            self.through.append(error)
            raise
        finally:
            if self.closing:
                await asyncio.sleep(self.closing)
            self.open -= 1
            self.ended.append(self.at())
        if self.exit_error:
            raise self.exit_error

    async def find(self, session):
        self.found.append(session)
        assert self.open == 1
        if self.seconds:
            await asyncio.sleep(self.seconds)
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def call(self, timeout=100, pause=1, longest=1000):
        return eventually(self.sessions, self.find, timeout, pause, longest)


@pytest.mark.parametrize("value", [0, [], "", False, "row", {}])
async def test_first_value_that_is_not_none(value):
    stage = Stage([None, value, "later"])
    assert await stage.call() is value
    assert len(stage.begun) == 2
    assert stage.open == 0


async def test_at_once():
    stage = Stage(["x"])
    assert await stage.call() == "x"
    assert stage.begun == [0] and stage.at() == 0


async def test_own_sessions():
    stage = Stage([None, None, None, 1])
    await stage.call()
    assert stage.calls == 4
    assert len({id(s) for s in stage.found}) == 4


async def test_doubling():
    stage = Stage([None, None, None, None, 1])
    await stage.call()
    assert stage.begun == [0, 1, 3, 7, 15]


async def test_longest():
    stage = Stage([None] * 5 + [1])
    await stage.call(pause=1, longest=3)
    assert stage.begun == [0, 1, 3, 6, 9, 12]


async def test_longest_holds_for_the_first_pause():
    stage = Stage([None, None, 1])
    await stage.call(pause=10, longest=3)
    assert stage.begun == [0, 3, 6]


async def test_pause_begins_when_the_look_has_ended():
    stage = Stage([None, None, 1], seconds=2, closing=0.5)
    await stage.call()
    assert stage.begun == [0, 3.5, 8]


async def test_block_has_ended_before_a_pause():
    stage = Stage()
    task = asyncio.create_task(stage.call(timeout=100, pause=10))
    await asyncio.sleep(5)
    assert stage.open == 0 and stage.ended == [0]
    await asyncio.sleep(10)
    assert stage.open == 0 and stage.ended == [0, 10]
    task.cancel()
    await asyncio.wait([task])


async def test_deadline():
    stage = Stage()
    with pytest.raises(TimeoutError):
        await stage.call(timeout=10, pause=1)
    assert stage.begun == [0, 1, 3, 7, 10]
    assert stage.at() == 10
    assert stage.open == 0


async def test_found_at_the_deadline():
    stage = Stage([None, "late"])
    assert await stage.call(timeout=5, pause=50) == "late"
    assert stage.begun == [0, 5]


async def test_look_over_the_deadline_counts():
    stage = Stage([None, "late"], seconds=6)
    assert await stage.call(timeout=10) == "late"
    assert stage.at() == 13


async def test_look_over_the_deadline_is_the_last():
    stage = Stage(seconds=6)
    with pytest.raises(TimeoutError):
        await stage.call(timeout=10)
    assert stage.ended == [6, 13] and stage.at() == 13


async def test_look_that_ends_at_the_deadline_is_the_last():
    stage = Stage(seconds=4)
    with pytest.raises(TimeoutError):
        await stage.call(timeout=9)
    assert stage.ended == [4, 9]


async def test_zero_timeout():
    stage = Stage()
    with pytest.raises(TimeoutError):
        await stage.call(timeout=0)
    assert stage.begun == [0]


@pytest.mark.parametrize(
    "error", [ValueError("v"), TimeoutError("t"), OSError("o"), LookupError("l")]
)
async def test_error_of_find(error):
    stage = Stage([None, error, 1])
    with pytest.raises(type(error)) as caught:
        await stage.call()
    assert caught.value is error
    assert stage.through == [error]
    assert stage.begun == [0, 1] and stage.open == 0


@pytest.mark.parametrize("where", ["call_error", "enter_error", "exit_error"])
@pytest.mark.parametrize("error", [ValueError("v"), TimeoutError("t")])
async def test_error_of_the_session(where, error):
    stage = Stage([None, None])
    setattr(stage, where, error)
    with pytest.raises(type(error)) as caught:
        await stage.call()
    assert caught.value is error
    assert stage.calls == 1 and stage.at() == 0


async def test_error_at_the_end_hides_the_value():
    stage = Stage(["value"])
    stage.exit_error = OSError("commit failed")
    with pytest.raises(OSError) as caught:
        await stage.call()
    assert caught.value is stage.exit_error


async def test_cancelled_in_a_pause():
    stage = Stage()
    task = asyncio.create_task(stage.call(timeout=1000, pause=10))
    await asyncio.sleep(5)
    task.cancel()
    async with asyncio.timeout(5000):
        with pytest.raises(asyncio.CancelledError):
            await task
    assert stage.at() == 5
    await asyncio.sleep(100)
    assert stage.begun == [0]


async def test_cancelled_in_a_look():
    stage = Stage(["x"], seconds=10, closing=1)
    task = asyncio.create_task(stage.call())
    await asyncio.sleep(5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [type(e) for e in stage.through] == [asyncio.CancelledError]
    assert stage.open == 0 and stage.ended == [6]
    await asyncio.sleep(100)
    assert stage.calls == 1


async def test_with_a_database():
    database = AsyncDatabaseManager()

    async def find(session):
        return await session.scalar(text("SELECT max(number) FROM task_numbers"))

    async def write():
        await asyncio.sleep(1)
        async with database.session() as session:
            await session.execute(text("INSERT INTO task_numbers (number) VALUES (7)"))

    try:
        writing = asyncio.create_task(write())
        assert await eventually(database.session, find, 30, 0.1, 1) == 7
        await writing
    finally:
        await database.stop()

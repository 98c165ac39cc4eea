from typing import Any


async def eventually(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    import asyncio

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        async with sessions() as session:
            found = await find(session)
        if found is not None:
            return found
        left = deadline - clock()
        if left <= 0:
            raise TimeoutError(f"nothing was found in {timeout} s")
        await asyncio.sleep(min(pause, longest, left))
        pause *= 2


import asyncio
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text

from vespera_scriptorium.infrastructure.database import AsyncDatabaseManager


def now():
    return asyncio.get_running_loop().time()


class Sessions:
    """Gives sessions that tell what happens to them."""

    def __init__(self, at_begin=None, at_end=None, opening=0.0, closing=0.0):
        self.at_begin, self.at_end = at_begin, at_end
        self.opening, self.closing = opening, closing
        self.given, self.open, self.errors, self.ends = [], set(), [], []

    @asynccontextmanager
    async def __call__(self):
        session = object()
        self.given.append(session)
        await asyncio.sleep(self.opening)
        if self.at_begin is not None:
            raise self.at_begin
        self.open.add(session)
        try:
            yield session
        except BaseException as error:
            self.errors.append(error)
            raise
        finally:
            await asyncio.sleep(self.closing)
            self.open.discard(session)
            self.ends.append(now())
        if self.at_end is not None:
            raise self.at_end


class Find:
    def __init__(self, *values, seconds=0.0):
        self.values, self.seconds = list(values), seconds
        self.sessions, self.times = [], []

    async def __call__(self, session):
        self.sessions.append(session)
        self.times.append(now())
        await asyncio.sleep(self.seconds)
        value = self.values.pop(0) if self.values else None
        if isinstance(value, BaseException):
            raise value
        return value


@pytest.mark.parametrize("value", [0, [], "", False, "x", [1]])
async def test_the_first_value_that_is_not_none(value):
    sessions, find = Sessions(), Find(None, value, "later")
    assert await eventually(sessions, find, 10, 1, 10) is value
    assert len(find.times) == 2
    assert find.sessions == sessions.given
    assert len(set(sessions.given)) == 2
    assert not sessions.open


async def test_at_once():
    start = now()
    assert await eventually(Sessions(), Find(5), 0, 1, 1) == 5
    assert now() == start


async def test_pauses():
    start = now()
    find = Find()
    with pytest.raises(TimeoutError):
        await eventually(Sessions(), find, 40, 1, 10)
    assert [t - start for t in find.times] == pytest.approx([0, 1, 3, 7, 15, 25, 35, 40])
    assert now() - start == pytest.approx(40)


async def test_the_longest_holds_for_the_first():
    start = now()
    find = Find()
    with pytest.raises(TimeoutError):
        await eventually(Sessions(), find, 7, 5, 3)
    assert [t - start for t in find.times] == pytest.approx([0, 3, 6, 7])


async def test_a_pause_begins_when_the_look_has_ended():
    start = now()
    sessions, find = Sessions(opening=0.25, closing=0.25), Find(None, None, None, 1, seconds=0.5)
    assert await eventually(sessions, find, 100, 1, 10) == 1
    assert [t - start for t in find.times] == pytest.approx([0.25, 2.25, 5.25, 10.25])


async def test_no_session_is_open_in_a_pause():
    sessions = Sessions()
    call = asyncio.create_task(eventually(sessions, Find(None, None, 1), 20, 1, 10))
    for moment in (0.5, 1.5):
        await asyncio.sleep(moment)
        assert not sessions.open
    assert await call == 1
    assert not sessions.open


async def test_the_value_of_a_look_at_the_deadline():
    find = Find(None, None, "found")
    assert await eventually(Sessions(), find, 2.5, 1, 10) == "found"


async def test_a_look_under_way_counts():
    start = now()
    assert await eventually(Sessions(), Find(None, "found", seconds=3), 5, 1, 10) == "found"
    assert now() - start == pytest.approx(7)
    find = Find(None, None, "too late", seconds=3)
    sessions = Sessions()
    with pytest.raises(TimeoutError):
        await eventually(sessions, find, 5, 1, 10)
    assert len(find.times) == 2
    assert not sessions.open
    find = Find(None, "too late", seconds=5)
    with pytest.raises(TimeoutError):
        await eventually(Sessions(), find, 5, 1, 10)
    assert len(find.times) == 1


@pytest.mark.parametrize("error", [ValueError("x"), OSError("x"), TimeoutError("x"), LookupError()])
async def test_errors_of_find(error):
    sessions, find = Sessions(), Find(None, error, 1)
    with pytest.raises(type(error)) as caught:
        await eventually(sessions, find, 10, 1, 10)
    assert caught.value is error
    assert sessions.errors == [error]
    assert len(find.times) == 2
    assert not sessions.open


@pytest.mark.parametrize("where", ["at_begin", "at_end"])
async def test_errors_of_the_block(where):
    error = OSError("x")
    start = now()
    with pytest.raises(OSError) as caught:
        await eventually(Sessions(**{where: error}), Find(), 10, 1, 10)
    assert caught.value is error
    assert now() == start


async def test_errors_of_sessions():
    error = RuntimeError("closed")

    def sessions():
        raise error

    with pytest.raises(RuntimeError) as caught:
        await eventually(sessions, Find(), 10, 1, 10)
    assert caught.value is error


@pytest.mark.parametrize("moment", [0.25, 1.0, 3.25])
async def test_cancelled(moment):
    sessions, find = Sessions(), Find(seconds=0.5)
    call = asyncio.create_task(eventually(sessions, find, 50, 2, 10))
    await asyncio.sleep(moment)
    looks = len(find.times)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await asyncio.sleep(100)
    assert len(find.times) == looks
    assert not sessions.open
    if moment != 1.0 and sessions.errors:
        assert isinstance(sessions.errors[0], asyncio.CancelledError)


async def test_in_a_real_database():
    database = AsyncDatabaseManager()
    await database.start()
    try:

        async def count(session):
            return (await session.scalar(text("select count(*) from task_numbers"))) or None

        async def write():
            await asyncio.sleep(5)
            async with database.session() as session:
                await session.execute(text("insert into task_numbers default values"))

        writing = asyncio.create_task(write())
        assert await eventually(database.session, count, 30, 1, 4) == 1
        await writing
    finally:
        await database.stop()

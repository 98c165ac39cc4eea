"""The database manager, on real files."""

import asyncio
import threading
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from vespera_scriptorium import AsyncDatabaseManager
from vespera_scriptorium.infrastructure.tables import TaskNumberRow


@pytest.fixture
async def database(tmp_path: Path):
    database = AsyncDatabaseManager(f"sqlite+aiosqlite:///{tmp_path / 'test.db'}")
    yield database
    await database.stop()


async def count(database: AsyncDatabaseManager) -> int | None:
    """How many rows another session sees."""
    async with database.session() as session:
        return await session.scalar(select(func.count()).select_from(TaskNumberRow))


async def test_block_that_ends_normally_commits(database: AsyncDatabaseManager) -> None:
    """Others see the rows after the block, and not before; the session is closed."""
    async with database.session() as session:
        session.add(TaskNumberRow())
        await session.flush()
        assert await count(database) == 0
    assert await count(database) == 1
    assert not session.in_transaction()


@pytest.mark.parametrize("error", [ValueError, asyncio.CancelledError, KeyboardInterrupt])
async def test_exception_rolls_back(
    database: AsyncDatabaseManager, error: type[BaseException]
) -> None:
    """The exception comes out, nothing is stored, and the session is closed."""
    sessions = []

    async def add_and_fail() -> None:
        async with database.session() as session:
            sessions.append(session)
            session.add(TaskNumberRow())
            await session.flush()
            raise error

    with pytest.raises(error):
        await add_and_fail()
    assert await count(database) == 0
    assert not sessions[0].in_transaction()


@pytest.mark.parametrize("error", [ValueError("mine"), asyncio.CancelledError()])
async def test_rollback_that_fails_hides_no_exception(
    database: AsyncDatabaseManager, error: BaseException
) -> None:
    """What ended the block comes out, the very same; nothing is stored, and others can write."""

    async def break_down() -> None:
        raise OSError("the cable was pulled")

    async def add_and_fail() -> None:
        async with database.session() as session:
            session.add(TaskNumberRow())
            await session.flush()
            connection = await (await session.connection()).get_raw_connection()
            connection.driver_connection.rollback = break_down
            raise error

    with pytest.raises(type(error)) as raised:
        await add_and_fail()
    assert raised.value is error
    assert "the cable was pulled" in raised.value.__notes__[0]
    async with database.session() as session:
        session.add(TaskNumberRow())
    assert await count(database) == 1


async def test_cancellation_rolls_back(database: AsyncDatabaseManager) -> None:
    """A task that is cancelled inside its block stores nothing, and keeps no lock."""
    added = asyncio.Event()

    async def add_and_wait() -> None:
        async with database.session() as session:
            session.add(TaskNumberRow())
            await session.flush()
            added.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(add_and_wait())
    async with asyncio.timeout(5):
        await added.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with database.session() as session:
        session.add(TaskNumberRow())
    assert await count(database) == 1


async def test_sessions_together_see_one_database(database: AsyncDatabaseManager) -> None:
    """Sessions that are opened together, some rolled back, leave the right number of rows."""

    async def add(keep: bool) -> None:
        async with database.session() as session:
            session.add(TaskNumberRow())
            await session.flush()
            if not keep:
                raise ZeroDivisionError

    outcomes = await asyncio.gather(*(add(n % 2 == 0) for n in range(6)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [type(None), ZeroDivisionError] * 3
    assert await count(database) == 3


async def test_many_sessions_are_open_together(database: AsyncDatabaseManager) -> None:
    """Nobody waits for a session that somebody else has: they may be waiting for each other."""
    everybody = asyncio.Barrier(50)

    async def read_and_wait() -> int | None:
        async with database.session() as session:
            found = await session.scalar(select(func.count()).select_from(TaskNumberRow))
            await everybody.wait()
        return found

    async with asyncio.timeout(20):
        counts = await asyncio.gather(*(read_and_wait() for _ in range(50)))
    assert counts == [0] * 50


async def test_many_writers_at_once_are_all_stored(database: AsyncDatabaseManager) -> None:
    """None of them finds the database locked."""

    async def write() -> None:
        async with database.session() as session:
            session.add(TaskNumberRow())

    await asyncio.gather(*(write() for _ in range(20)))
    assert await count(database) == 20


async def test_transactions_take_turns(database: AsyncDatabaseManager) -> None:
    """A few connections serve any number: each is a thread, and SQLite has one writer at a time."""
    threads = set()

    async def write() -> None:
        async with database.transaction() as session:
            session.add(TaskNumberRow())
            await session.flush()
            threads.update(threading.enumerate())

    before = set(threading.enumerate())
    await asyncio.gather(*(write() for _ in range(50)))
    assert await count(database) == 50
    assert len(threads - before) <= 4


async def test_database_in_memory_has_one_connection() -> None:
    """All sessions share it, or each would have a database of its own."""
    database = AsyncDatabaseManager("sqlite+aiosqlite:///:memory:")
    async with database.session() as session:
        session.add(TaskNumberRow())
    assert await count(database) == 1
    await database.stop()


async def test_start_opens_a_database_of_a_url(tmp_path: Path) -> None:
    """After `start` the file is there; a URL that leads nowhere is found out by it."""
    path = tmp_path / "test.db"
    database = AsyncDatabaseManager(f"sqlite+aiosqlite:///{path}")
    await database.start()
    await database.start()
    assert path.exists()
    await database.stop()
    nowhere = AsyncDatabaseManager(f"sqlite+aiosqlite:///{tmp_path / 'no' / 'folder.db'}")
    before = set(threading.enumerate())  # of which some may be about to end
    with pytest.raises(OperationalError):
        await nowhere.start()
    await nowhere.stop()
    # aiosqlite does not wait for the thread of a connection that it could not open. Its last word
    # must come before the loop is closed.
    async with asyncio.timeout(5):
        while set(threading.enumerate()) - before:
            await asyncio.sleep(0.001)


async def test_closed_database_gives_no_session(database: AsyncDatabaseManager) -> None:
    """After `stop` a session is refused, until the next start; what was stored is still there."""
    async with database.session() as session:
        session.add(TaskNumberRow())
    await database.stop()
    await database.stop()
    with pytest.raises(RuntimeError, match="the database is closed: start it first"):
        await count(database)
    await database.start()
    assert await count(database) == 1


async def test_temporary_database_is_a_file_of_its_own() -> None:
    """Without a URL each manager has a file, in a folder that is gone after `stop`."""
    one, other = AsyncDatabaseManager(), AsyncDatabaseManager()
    async with one.session() as session:
        session.add(TaskNumberRow())
        path = Path((await session.execute(text("PRAGMA database_list"))).first().file)
    assert path.is_file()
    assert (await count(one), await count(other)) == (1, 0)
    await one.stop()
    await other.stop()
    assert not path.parent.exists()


async def test_temporary_folder_is_gone_when_the_engine_does_not_close(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The error comes out of `stop`, and nothing is left on the disk."""

    async def dispose(engine: AsyncEngine) -> None:
        await close(engine)
        raise OSError("stuck")

    database = AsyncDatabaseManager()
    async with database.session() as session:
        path = Path((await session.execute(text("PRAGMA database_list"))).first().file)
    close = AsyncEngine.dispose
    monkeypatch.setattr(AsyncEngine, "dispose", dispose)
    with pytest.raises(OSError, match="stuck"):
        await database.stop()
    assert not path.parent.exists()


async def test_engine_that_does_not_close_hides_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Why the database could not be opened is what comes out."""

    async def dispose(engine: AsyncEngine) -> None:
        await close(engine)
        raise OSError("stuck")

    close = AsyncEngine.dispose
    monkeypatch.setattr(AsyncEngine, "dispose", dispose)
    path = tmp_path / "test.db"
    path.write_text("no database at all, but a text that is long enough to be looked at" * 20)
    with pytest.raises(DatabaseError, match="file is not a database") as raised:
        await AsyncDatabaseManager(f"sqlite+aiosqlite:///{path}").start()
    assert "stuck" in raised.value.__notes__[0]


async def test_manager_that_was_never_used_stops() -> None:
    """To stop what was not started is harmless."""
    await AsyncDatabaseManager().stop()

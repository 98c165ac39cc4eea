"""aiosqlite with its thread and without: whoever uses it cannot tell them apart."""

import asyncio
import gc
import sqlite3
import threading
import warnings
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiosqlite
import pytest
from helpers.loops import run

from grader.runner.database import without_thread
from grader.runner.loops import CourseLoop, Schedule
from vespera_scriptorium import AsyncDatabaseManager, SqlTaskRepository
from vespera_scriptorium.domain.task import Task

Main = Coroutine[Any, Any, Any]


@pytest.fixture(params=["a thread", "the loop"])
def execute(request):
    """Runs a coroutine with one or the other."""
    if request.param == "a thread":
        yield lambda main: run(main, clock="real", alone=False)
        return
    take_back = without_thread()
    yield lambda main: run(main)
    take_back()


@pytest.fixture
def in_the_loop():
    take_back = without_thread()
    yield
    take_back()


@asynccontextmanager
async def opened(path: Path, **options: Any) -> AsyncIterator[aiosqlite.Connection]:
    async with aiosqlite.connect(path / "test.db", **options) as connection:
        await connection.execute("CREATE TABLE IF NOT EXISTS names (name TEXT)")
        await connection.commit()
        yield connection


async def names(connection: aiosqlite.Connection) -> list[str]:
    rows = await connection.execute_fetchall("SELECT name FROM names ORDER BY rowid")
    return [name for (name,) in rows]


async def threads_have_ended() -> None:
    """Nobody waits for those of connections that are dropped, or could not be opened."""
    while any("_connection_worker_thread" in thread.name for thread in threading.enumerate()):
        await asyncio.sleep(0.001)


INSERT = "INSERT INTO names VALUES (?)"


def test_two_writers_at_once_wait_for_each_other(execute, tmp_path):
    async def write(name: str) -> None:
        async with opened(tmp_path) as connection:
            await connection.execute(INSERT, (name,))
            await asyncio.sleep(0.02)  # the lock is held meanwhile
            await connection.commit()

    async def main() -> list[str]:
        async with opened(tmp_path) as connection:
            await asyncio.gather(*(write(name) for name in "abc"))
            return await names(connection)

    assert sorted(execute(main())) == ["a", "b", "c"]


def test_a_lock_that_is_held_too_long_is_an_error(execute, tmp_path):
    async def main() -> list[str]:
        async with opened(tmp_path) as one, opened(tmp_path, timeout=0.2) as other:
            await one.execute(INSERT, ("one",))
            begun = asyncio.get_running_loop().time()
            with pytest.raises(sqlite3.OperationalError, match="database is locked"):
                await other.execute(INSERT, ("other",))
            assert asyncio.get_running_loop().time() - begun >= 0.19
            await one.commit()
            await other.execute(INSERT, ("again",))
            await other.commit()
            return await names(one)

    assert execute(main()) == ["one", "again"]


def test_a_patience_that_a_statement_sets_holds(execute, tmp_path):
    async def main() -> None:
        async with opened(tmp_path) as one, opened(tmp_path) as other:
            await other.execute("pragma busy_timeout = 20")
            await one.execute(INSERT, ("one",))
            with pytest.raises(sqlite3.OperationalError, match="database is locked"):
                async with asyncio.timeout(4):  # five seconds are usual
                    await other.execute(INSERT, ("other",))

    execute(main())


def test_a_reader_that_would_write_while_another_writes_gives_up_at_once(execute, tmp_path):
    async def main() -> list[str]:
        async with opened(tmp_path) as reader, opened(tmp_path) as writer:
            await reader.execute("BEGIN")
            assert await names(reader) == []
            await writer.execute(INSERT, ("writer",))
            with pytest.raises(sqlite3.OperationalError, match="database is locked"):
                async with asyncio.timeout(4):
                    await reader.execute(INSERT, ("reader",))
            await reader.rollback()
            await writer.commit()
            return await names(reader)

    assert execute(main()) == ["writer"]


def test_a_transaction_that_has_only_begun_waits_for_the_lock(execute, tmp_path):
    async def main() -> list[str]:
        async with opened(tmp_path) as one, opened(tmp_path) as other:
            await one.execute(INSERT, ("one",))
            await other.execute("BEGIN")
            second = asyncio.create_task(other.execute(INSERT, ("other",)))
            await asyncio.sleep(0.02)
            assert not second.done()
            await one.commit()
            await second
            await other.commit()
            return await names(one)

    assert execute(main()) == ["one", "other"]


def test_a_commit_waits_for_a_reader(execute, tmp_path):
    async def main() -> list[str]:
        async with opened(tmp_path) as reader, opened(tmp_path) as writer:
            await reader.execute("BEGIN")
            await names(reader)
            await writer.execute(INSERT, ("writer",))
            commit = asyncio.create_task(writer.commit())
            await asyncio.sleep(0.02)
            assert not commit.done()
            await reader.rollback()
            await commit
            return await names(reader)

    assert execute(main()) == ["writer"]


def test_a_rollback_during_the_read_of_another(execute, tmp_path):
    async def main() -> list[Any]:
        async with opened(tmp_path) as reader, opened(tmp_path) as writer:
            await writer.executemany(INSERT, [(name,) for name in "abc"])
            await writer.commit()
            rows = await reader.execute("SELECT name FROM names")
            first = await rows.fetchone()
            await writer.execute(INSERT, ("d",))
            await writer.rollback()
            rest = [row async for row in rows]
            return [first, *rest]

    assert execute(main()) == [("a",), ("b",), ("c",)]


def test_a_statement_whose_caller_is_cancelled_is_executed(execute, tmp_path):
    async def main() -> list[str]:
        async with opened(tmp_path) as connection:
            task = asyncio.create_task(connection.execute(INSERT, ("a",)))
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await connection.commit()
            return await names(connection)

    assert execute(main()) == ["a"]


def test_a_statement_that_waits_for_a_lock_survives_its_caller(execute, tmp_path):
    async def main() -> list[str]:
        async with opened(tmp_path) as one, opened(tmp_path) as other:
            await one.execute(INSERT, ("one",))
            task = asyncio.create_task(other.execute(INSERT, ("other",)))
            await asyncio.sleep(0.02)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await one.commit()
            await other.commit()  # comes after what waits
            return await names(one)

    assert execute(main()) == ["one", "other"]


def test_a_connection_executes_in_the_order_in_which_it_is_asked(execute, tmp_path):
    async def main() -> list[str]:
        async with opened(tmp_path) as connection:
            await asyncio.gather(*(connection.execute(INSERT, (str(n),)) for n in range(20)))
            return await names(connection)

    assert execute(main()) == [str(n) for n in range(20)]


def test_others_go_on_while_a_statement_waits_for_a_lock(execute, tmp_path):
    async def main() -> bool:
        async with opened(tmp_path) as one, opened(tmp_path) as other:
            await one.execute(INSERT, ("one",))
            task = asyncio.create_task(other.execute(INSERT, ("other",)))
            for _ in range(20):
                await asyncio.sleep(0.001)
            waits = not task.done()
            await one.rollback()
            await task
            return waits

    assert execute(main()) is True


def test_errors_come_out(execute, tmp_path):
    async def main() -> None:
        async with opened(tmp_path) as connection:
            with pytest.raises(sqlite3.OperationalError, match="no such table"):
                await connection.execute("SELECT * FROM no_such")
            assert await names(connection) == []
        with pytest.raises(ValueError, match="Connection closed"):
            await names(connection)
        with pytest.raises(sqlite3.OperationalError, match="unable to open"):
            await aiosqlite.connect(tmp_path / "no" / "folder.db")
        await threads_have_ended()

    execute(main())


def test_a_connection_that_nobody_closes_is_told(execute, tmp_path):
    async def main() -> None:
        connection = await aiosqlite.connect(tmp_path / "test.db")
        await connection.execute("CREATE TABLE names (name TEXT)")
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            del connection
            gc.collect()
        assert any("deleted before being closed" in str(one.message) for one in told)
        await threads_have_ended()

    execute(main())


def test_a_dump_holds_all_rows(execute, tmp_path):
    async def main() -> str:
        async with opened(tmp_path) as connection:
            await connection.execute(INSERT, ("a",))
            await connection.commit()
            return "".join([line async for line in connection.iterdump()])

    assert """VALUES('a')""" in execute(main())


async def fail(database: AsyncDatabaseManager) -> None:
    async with database.session() as session:
        await session.connection()
        raise ValueError("over")


@pytest.mark.parametrize("url", ["sqlite+aiosqlite://", "sqlite+aiosqlite:///{}/test.db"])
def test_the_application_s_database_works(execute, tmp_path, url):
    async def main() -> int:
        database = AsyncDatabaseManager(url.format(tmp_path))
        await database.start()
        repository = SqlTaskRepository(database)

        async def add(number: int) -> None:
            await repository.add(Task(id=await repository.next_id(), title=f"task {number}"))

        if "test.db" in url:
            await asyncio.gather(*(add(number) for number in range(8)))
        else:  # all share one connection, and its transaction
            for number in range(8):
                await add(number)
        with pytest.raises(ValueError, match="over"):
            await fail(database)
        found = await repository.count()
        await database.stop()
        return found

    assert execute(main()) == 8


def test_no_thread_is_started_and_no_time_passes(in_the_loop, tmp_path):
    async def main() -> float:
        before = threading.active_count()
        async with opened(tmp_path) as connection:
            await connection.execute(INSERT, ("a",))
            assert threading.active_count() == before
            return asyncio.get_running_loop().time()

    assert run(main()) == run(main()) == 0


def test_a_lock_costs_virtual_time_alone(in_the_loop, tmp_path):
    async def main() -> float:
        async with opened(tmp_path) as one, opened(tmp_path, timeout=3600) as other:
            await one.execute(INSERT, ("one",))
            task = asyncio.create_task(other.execute(INSERT, ("other",)))
            await asyncio.sleep(600)
            await one.commit()
            await task
            return asyncio.get_running_loop().time()

    assert run(main()) == pytest.approx(600, abs=0.2)


@pytest.mark.parametrize("seed", range(1, 6))
def test_an_order_of_statements_can_be_repeated(in_the_loop, tmp_path, seed):
    def orders(place: str) -> list[str]:
        async def write(name: str) -> None:
            async with opened(tmp_path / place) as connection:
                await connection.execute(INSERT, (name,))
                await connection.commit()

        async def main() -> list[str]:
            (tmp_path / place).mkdir()
            async with opened(tmp_path / place) as connection:
                await asyncio.gather(*(write(name) for name in "abcdef"))
                return await names(connection)

        found: list[str] = run(main(), Schedule("shuffled", seed))
        return found

    assert orders("one") == orders("two")


def test_choices_are_told_as_without_a_database(in_the_loop, tmp_path):
    async def one_after_the_other() -> None:
        async with opened(tmp_path) as connection:
            await connection.execute(INSERT, ("a",))
            await asyncio.create_task(connection.commit())

    before = CourseLoop.choices
    run(one_after_the_other())
    assert CourseLoop.choices == before


def test_the_thread_comes_back(tmp_path):
    def threads() -> int:
        async def main() -> int:
            before = threading.active_count()
            async with opened(tmp_path):
                return threading.active_count() - before

        found: int = run(main(), clock="real", alone=False)
        return found

    take_back: Callable[[], None] = without_thread()
    assert threads() == 0
    take_back()
    assert threads() == 1

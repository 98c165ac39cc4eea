"""The probes of `db-session`, and the broken variants that each must fail with."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import vespera_scriptorium as vespera
from vespera_scriptorium.infrastructure.database import AsyncDatabaseManager

from .exercise import db_session

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine


@db_session.broken()
class CreatesNoTables(AsyncDatabaseManager):
    """Opens the database as it is, without tables."""

    async def _connect(self) -> "AsyncEngine":
        from sqlalchemy.ext.asyncio import create_async_engine

        return create_async_engine(self._place())


@db_session.broken()
class SharesOneFile(AsyncDatabaseManager):
    """Keeps every database in the same file."""

    def _place(self) -> str:
        return f"sqlite+aiosqlite:///{Path(tempfile.gettempdir(), 'everybody.db')}"


@db_session.broken()
class SharesOneConnection(AsyncDatabaseManager):
    """Gives all sessions the same connection."""

    async def _connect(self) -> "AsyncEngine":
        from sqlalchemy import StaticPool
        from sqlalchemy.ext.asyncio import create_async_engine

        from vespera_scriptorium.infrastructure.tables import Base

        engine = create_async_engine(self._place(), poolclass=StaticPool)
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        return engine


@db_session.broken()
class StoresEveryStatement(AsyncDatabaseManager):
    """Stores every statement at once, so that there is nothing to roll back."""

    async def _connect(self) -> "AsyncEngine":
        from sqlalchemy.ext.asyncio import create_async_engine

        from vespera_scriptorium.infrastructure.tables import Base

        engine = create_async_engine(self._place(), isolation_level="AUTOCOMMIT")
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        return engine


@db_session.broken()
class StopsNothing(AsyncDatabaseManager):
    """Leaves the database open when it is stopped."""

    async def stop(self) -> None:
        self._stopped = True


@db_session.broken()
class StoresNothing(AsyncDatabaseManager):
    """Takes back what its sessions commit."""

    async def _connect(self) -> "AsyncEngine":
        from sqlalchemy.ext.asyncio import create_async_engine

        from vespera_scriptorium.infrastructure.tables import Base

        engine = create_async_engine(self._place())
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        dialect = engine.dialect
        dialect.do_commit = dialect.do_rollback  # type: ignore[method-assign]  # the bug
        return engine


@pytest.fixture(autouse=True)
@db_session.probe_helper()
async def probed_databases(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Closes what the learner's fixtures leave open: one probe tells of it, and not all."""
    from sqlalchemy.ext.asyncio import close_all_sessions

    def note(self: vespera.AsyncDatabaseManager, *arguments: Any, **keywords: Any) -> None:
        create(self, *arguments, **keywords)
        databases.append(self)

    databases: list[vespera.AsyncDatabaseManager] = []
    create = vespera.AsyncDatabaseManager.__init__
    monkeypatch.setattr(vespera.AsyncDatabaseManager, "__init__", note)
    yield
    await close_all_sessions()
    for database in databases:
        await database.stop()


@pytest.fixture
@db_session.probe_helper()
def probed_engines() -> Any:
    """Looks for databases that are still open when the learner's fixtures are over."""
    from sqlalchemy import Engine, event

    opened, closed = set(), set()

    def note_opened(connection: Any) -> None:
        opened.add(connection.dialect)  # each engine has one of its own

    def note_closed(engine: Any) -> None:
        closed.add(engine.dialect)

    event.listen(Engine, "engine_connect", note_opened)
    event.listen(Engine, "engine_disposed", note_closed)
    yield
    event.remove(Engine, "engine_connect", note_opened)
    event.remove(Engine, "engine_disposed", note_closed)
    assert opened, "the fixtures have opened no database"
    assert opened <= closed, (
        "the database is still open after the test: await its `stop` behind the `yield`"
    )


@pytest.fixture
@db_session.probe_helper()
async def probed_session(database: vespera.AsyncDatabaseManager) -> Any:
    """Looks at what is stored when `db_session` is over, and `database` is not yet."""
    from types import SimpleNamespace

    probed = SimpleNamespace(sessions=[], committed=[])
    yield probed
    for session in probed.sessions:
        assert not session.in_transaction(), (
            "the session is still at work after the test: leave its `async with` behind the `yield`"
        )
        numbers = vespera.Base.metadata.tables["task_numbers"]
        async with database.session() as other:
            rows = [number for (number,) in (await other.execute(numbers.select())).all()]
        assert set(rows) >= set(probed.committed), (
            "what the test has committed is gone after it: roll back, and delete nothing"
        )
        assert rows == probed.committed, (
            "what the test did not commit is stored after it: call `rollback` behind the `yield`"
        )


@db_session.probe(promise="tables", broken="CreatesNoTables")
async def test_probe_all_tables_are_there(database: vespera.AsyncDatabaseManager) -> None:
    from sqlalchemy.exc import OperationalError

    assert isinstance(database, vespera.AsyncDatabaseManager), (
        "`database` is no `AsyncDatabaseManager`"
    )
    async with database.session() as session:
        for table in vespera.Base.metadata.sorted_tables:
            try:
                rows = (await session.execute(table.select())).all()
            except OperationalError as error:
                assert "no such table" not in str(error), f"there is no table `{table.name}`"
                raise
            assert rows == [], f"there are rows in the table `{table.name}` before the test"


@db_session.probe(promise="own", broken="SharesOneFile")
@pytest.mark.parametrize("turn", [1, 2])
async def test_probe_every_test_has_its_own(
    database: vespera.AsyncDatabaseManager, turn: int
) -> None:
    tasks = vespera.SqlTaskRepository(database)
    assert await tasks.count() == 0, (
        "a test finds what the test before it has stored: give each one a file in `tmp_path`"
    )
    await tasks.add(vespera.Task(id="left-behind", title="left behind"))


@db_session.probe(promise="isolated", broken="SharesOneConnection")
async def test_probe_sessions_are_independent(
    database: vespera.AsyncDatabaseManager, db_session: Any
) -> None:
    numbers = vespera.Base.metadata.tables["task_numbers"]
    await db_session.execute(numbers.insert())
    async with database.session() as other:
        assert (await other.execute(numbers.select())).all() == [], (
            "another session sees what `db_session` has not committed: keep the database in a file"
        )
    await db_session.rollback()


@db_session.probe(promise="committed", broken="StoresNothing")
async def test_probe_what_is_committed_is_seen(
    database: vespera.AsyncDatabaseManager, db_session: Any
) -> None:
    numbers = vespera.Base.metadata.tables["task_numbers"]
    await db_session.execute(numbers.insert())
    await db_session.commit()
    async with database.session() as other:
        assert (await other.execute(numbers.select())).all() == [(1,)], (
            "another session does not see what `db_session` has committed"
        )


@db_session.probe(promise="rolled-back", broken="StoresEveryStatement")
async def test_probe_what_is_not_committed_is_rolled_back(
    probed_session: Any, db_session: Any
) -> None:
    probed_session.sessions.append(db_session)
    numbers = vespera.Base.metadata.tables["task_numbers"]
    await db_session.execute(numbers.insert())


@db_session.probe(promise="stays", broken="StoresNothing")
async def test_probe_what_is_committed_stays(probed_session: Any, db_session: Any) -> None:
    probed_session.sessions.append(db_session)
    numbers = vespera.Base.metadata.tables["task_numbers"]
    await db_session.execute(numbers.insert())
    await db_session.commit()
    probed_session.committed.append(1)


@db_session.probe(promise="stopped", broken="StopsNothing")
def test_probe_the_database_is_stopped_after_the_test(
    probed_engines: None, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue("db_session")


@db_session.probe(promise="alone", broken="StopsNothing")
async def test_probe_the_database_is_stopped_without_a_session(
    probed_engines: None, database: vespera.AsyncDatabaseManager
) -> None:
    await vespera.SqlTaskRepository(database).count()

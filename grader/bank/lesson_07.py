"""Lesson 07, fixtures: the learner writes them, and probes look at how well they isolate."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import vespera_scriptorium as application
from grader.exercise import Exercise
from vespera_scriptorium.infrastructure.database import AsyncDatabaseManager
from vespera_scriptorium.infrastructure.di.container import Container, Override, _name, _recipes

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

# ------------------------------------------------------------------ db-session

db_session = Exercise(
    id="db-session",
    lesson="07-fixtures",
    title="A database for each test",
    points=5,
    clock="real",
    subject=AsyncDatabaseManager,
    contract=(
        "The async fixture `database` gives the test an `AsyncDatabaseManager` with all its "
        "tables.",
        "Every test gets a database of its own, which is empty.",
        "The async fixture `db_session` gives a session of that database. Other sessions do not "
        "see what it has not committed yet, and see what it has.",
        "What is not committed when the test ends is rolled back.",
        "After the test the database is stopped.",
    ),
    hint="[tmp_path](https://docs.pytest.org/en/stable/how-to/tmp_path.html) is a folder for each "
    "test. A path goes into the URL behind three slashes: `sqlite+aiosqlite:///…`",
)


@db_session.alternative()
class ConnectsAnewEachTime(AsyncDatabaseManager):
    """Keeps no connection open between two sessions."""

    async def _connect(self) -> "AsyncEngine":
        from sqlalchemy import NullPool
        from sqlalchemy.ext.asyncio import create_async_engine

        from vespera_scriptorium.infrastructure.sql import Base

        engine = create_async_engine(self._place(), poolclass=NullPool)
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        return engine


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

        from vespera_scriptorium.infrastructure.sql import Base

        engine = create_async_engine(self._place(), poolclass=StaticPool)
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        return engine


@db_session.broken()
class CommitsInsteadOfRollingBack(AsyncDatabaseManager):
    """Gives sessions that commit when they are told to roll back."""

    @asynccontextmanager
    async def session(self) -> AsyncIterator["AsyncSession"]:
        from sqlalchemy.ext.asyncio import AsyncSession

        engine = await self._open()
        async with AsyncSession(engine, expire_on_commit=False) as session:
            session.rollback = session.commit  # type: ignore[method-assign]  # the bug
            try:
                yield session
            finally:
                await session.commit()


@db_session.broken()
class StopsNothing(AsyncDatabaseManager):
    """Leaves the database open when it is stopped."""

    async def stop(self) -> None:
        self._stopped = True


@db_session.probe(clause=1, broken="CreatesNoTables")
async def test_probe_all_tables_are_there(database: application.AsyncDatabaseManager) -> None:
    async with database.session() as session:
        for table in application.Base.metadata.sorted_tables:
            assert (await session.execute(table.select())).all() == []


@db_session.probe(clause=2, broken="SharesOneFile")
@pytest.mark.parametrize("turn", [1, 2])
async def test_probe_every_test_has_its_own(
    database: application.AsyncDatabaseManager, turn: int
) -> None:
    tasks = application.SqlTaskRepository(database)
    assert await tasks.count() == 0
    await tasks.add(application.Task(id="left-behind", title="left behind"))


@db_session.probe(clause=3, broken="SharesOneConnection")
async def test_probe_sessions_are_independent(
    database: application.AsyncDatabaseManager, db_session: Any
) -> None:
    numbers = application.Base.metadata.tables["task_numbers"]
    await db_session.execute(numbers.insert())
    async with database.session() as other:
        assert (await other.execute(numbers.select())).all() == []
    await db_session.commit()
    async with database.session() as other:
        assert (await other.execute(numbers.select())).all() == [(1,)]


@db_session.probe(clause=4, broken="CommitsInsteadOfRollingBack")
def test_probe_what_is_not_committed_is_rolled_back(request: pytest.FixtureRequest) -> None:
    import sqlite3

    from vespera_scriptorium.infrastructure.sql import TaskNumberRow

    def after_the_session() -> None:
        connection = sqlite3.connect(session.get_bind().engine.url.database)
        rows = connection.execute("SELECT * FROM task_numbers").fetchall()
        connection.close()
        assert rows == []

    request.getfixturevalue("database")
    request.addfinalizer(after_the_session)  # it runs after the session, and before the database
    session = request.getfixturevalue("db_session")
    session.add(TaskNumberRow())


@db_session.probe(clause=5, broken="StopsNothing")
def test_probe_the_database_is_stopped_after_the_test(request: pytest.FixtureRequest) -> None:
    from sqlalchemy import Engine, event

    closed: list[Any] = []

    def note(engine: Any) -> None:
        closed.append(engine)

    def after_the_fixtures() -> None:
        event.remove(Engine, "engine_disposed", note)
        assert closed

    event.listen(Engine, "engine_disposed", note)
    request.addfinalizer(after_the_fixtures)  # it runs after the learner's fixtures
    request.getfixturevalue("db_session")


# ------------------------------------------------------------------ container-with-overrides

container_with_overrides = Exercise(
    id="container-with-overrides",
    lesson="07-fixtures",
    title="A container for each test",
    points=4,
    subject=Container,
    contract=(
        "The async fixture `container` gives the test a `Container` whose async services are "
        "initialised.",
        "After the test it is cleaned up.",
        "While the test runs, `ExternalService` is overridden by what the fixture "
        "`external_service` gives: an `AsyncMock` whose `call_api` answers "
        '`{"status": "success", "data": {}}`.',
        "Every test gets a container of its own, in its initial state.",
    ),
    hint="[Async fixtures](https://docs.pytest.org/en/stable/how-to/fixtures.html"
    "#yield-fixtures-recommended): what stands behind `yield` runs after the test, also when the "
    "test has failed.",
)


orchestrator_factory = Exercise(
    id="orchestrator-factory",
    lesson="07-fixtures",
    title="As many as the test wants",
    points=5,
    subject=Container,
    contract=(
        "`orchestrators()` is an async context manager. It gives an async function, and each call "
        "of that answers with the `TaskOrchestrator` of a new `Container`, whose async services "
        "are initialised.",
        "The function takes `specialist=…`, by which `Specialist` is overridden in that container.",
        "When the block ends, every container is cleaned up, the last one first. It may end by an "
        "exception, which comes out.",
        "A clean-up that fails stops no other, and its error comes out.",
        "The async fixture `make_orchestrator` gives the test the same function, and cleans up "
        "after the test.",
    ),
    hint="[AsyncExitStack](https://docs.python.org/3/library/contextlib.html"
    "#contextlib.AsyncExitStack) keeps a pile of what has to be done at the end, and does all of "
    "it.",
)


@container_with_overrides.alternative()
@orchestrator_factory.alternative()
class KeepsOverridesByName(Container):
    """Finds the override in force by walking through all of them."""

    def get(self, key: str | type[Any]) -> Any:
        name = _name(key)
        found = [override for override in self._overrides if override.name == name]
        if found:
            return found[-1].replacement
        if name not in self._recipes:
            raise KeyError(f"the container knows no {name}")
        if name not in self._built:
            recipe = self._recipes[name]
            needs = [self.get(need) for need in recipe.needs]
            self._built[name] = recipe.build(*needs)
        return self._built[name]


@container_with_overrides.broken()
@orchestrator_factory.broken()
class InitialisesNothing(Container):
    """Forgets to start its services."""

    async def initialize_async_services(self) -> None:
        return None


@container_with_overrides.broken()
@orchestrator_factory.broken()
class CleansUpNothing(Container):
    """Forgets to stop its services."""

    async def cleanup_async_services(self) -> None:
        return None


@container_with_overrides.broken()
@orchestrator_factory.broken()
class IgnoresOverrides(Container):
    """Takes an override and does not use it."""

    def override(self, key: str | type[Any], replacement: Any) -> "Override":
        return Override(self, _name(key), replacement)


@container_with_overrides.broken()
@orchestrator_factory.broken()
class SharesEverything(Container):
    """Shares what it has built with every other container."""

    def __init__(self, database_url: str | None = None, service_url: str | None = None) -> None:
        self._recipes = _recipes(database_url, service_url)
        self._built = vars(type(self)).get("_everything", {})
        type(self)._everything = self._built  # type: ignore[attr-defined]  # the bug
        self._overrides: list[Override] = []
        self._started = []


@pytest.fixture
@container_with_overrides.probe_helper()
@orchestrator_factory.probe_helper()
def probed_services(monkeypatch: pytest.MonkeyPatch) -> Any:
    from types import SimpleNamespace

    services = SimpleNamespace(started=[], stopped=[], failing=[])

    class Probed:
        """A service that every container has, numbered in the order of the starts."""

        async def start(self) -> None:
            self.number = len(services.started) + 1
            services.started.append(self.number)

        async def stop(self) -> None:
            services.stopped.append(self.number)
            if self.number in services.failing:
                raise OSError("stuck")

    def with_probed_service(self: application.Container, *arguments: Any, **keywords: Any) -> None:
        create(self, *arguments, **keywords)
        self.add_service("probed", Probed)

    create = application.Container.__init__
    monkeypatch.setattr(application.Container, "__init__", with_probed_service)
    return services


@container_with_overrides.probe(clause=1, broken="InitialisesNothing")
def test_probe_services_are_started_before_the_test(
    request: pytest.FixtureRequest, probed_services: Any
) -> None:
    request.getfixturevalue("container")
    assert (probed_services.started, probed_services.stopped) == ([1], [])


@container_with_overrides.probe(clause=2, broken="CleansUpNothing")
def test_probe_services_are_stopped_after_the_test(
    request: pytest.FixtureRequest, probed_services: Any
) -> None:
    def after_the_fixture() -> None:
        assert probed_services.stopped == [1]

    request.addfinalizer(after_the_fixture)  # it runs after the learner's fixture
    request.getfixturevalue("container")


@container_with_overrides.probe(clause=3, broken="IgnoresOverrides")
async def test_probe_the_external_service_is_overridden(
    container: application.Container, external_service: Any
) -> None:
    result = await container.get(application.ExternalServiceUseCase).process_data({"a": 1})
    assert result.success
    external_service.call_api.assert_awaited_once()


@container_with_overrides.probe(clause=4, broken="SharesEverything")
@pytest.mark.parametrize("turn", [1, 2])
async def test_probe_every_test_gets_its_own(container: application.Container, turn: int) -> None:
    assert await container.get(application.TaskRepository).count() == 0
    await container.get(application.TaskOrchestrator).create_task({"title": "left behind"})


# ------------------------------------------------------------------ orchestrator-factory


@orchestrator_factory.broken()
class KeepsErrorsToItself(Container):
    """Hides the error of a service that does not stop."""

    async def cleanup_async_services(self) -> None:
        while self._started:
            try:
                await self._started.pop().stop()
            except Exception:
                continue


def orchestrators() -> Any:
    """What the learner writes; probes call theirs."""


@orchestrator_factory.probe(clause=1, broken="SharesEverything")
async def test_probe_orchestrators_share_nothing() -> None:
    async with orchestrators() as make:
        one, other = await make(), await make()
        created = await one.create_task({"title": "only here"})
        assert (await one.get_task_status(created.task_id)).title == "only here"
        assert (await other.get_task_status(created.task_id)).title is None


@orchestrator_factory.probe(clause=1, broken="InitialisesNothing")
async def test_probe_services_are_started(probed_services: Any) -> None:
    async with orchestrators() as make:
        await make()
        assert (probed_services.started, probed_services.stopped) == ([1], [])


@orchestrator_factory.probe(clause=2, broken="IgnoresOverrides")
async def test_probe_the_specialist_is_overridden() -> None:
    class Painter:
        async def run(self, task: application.Task) -> str:
            return f"painted {task.title}"

    async with orchestrators() as make:
        orchestrator = await make(specialist=Painter())
        created = await orchestrator.create_task({"title": "a fence"})
        executed = await orchestrator.execute_task(created.task_id)
    assert executed.output == "painted a fence"


@orchestrator_factory.probe(clause=3, broken="CleansUpNothing")
async def test_probe_the_last_one_is_cleaned_up_first(probed_services: Any) -> None:
    async with orchestrators() as make:
        for _ in range(3):
            await make()
        assert probed_services.stopped == []
    assert probed_services.stopped == [3, 2, 1]


@orchestrator_factory.probe(clause=3, broken="CleansUpNothing")
async def test_probe_an_exception_cleans_up_and_comes_out(probed_services: Any) -> None:
    with pytest.raises(ValueError, match="half-way"):
        async with orchestrators() as make:
            await make()
            await make()
            raise ValueError("half-way")
    assert probed_services.stopped == [2, 1]


@orchestrator_factory.probe(clause=4, broken="KeepsErrorsToItself")
async def test_probe_a_clean_up_that_fails_stops_no_other(probed_services: Any) -> None:
    probed_services.failing.append(2)
    with pytest.raises((OSError, ExceptionGroup)):
        async with orchestrators() as make:
            for _ in range(3):
                await make()
    assert probed_services.stopped == [3, 2, 1]


@orchestrator_factory.probe(clause=5, broken="CleansUpNothing")
async def test_probe_the_fixture_cleans_up_after_the_test(
    request: pytest.FixtureRequest, probed_services: Any, make_orchestrator: Any
) -> None:
    def after_the_fixture() -> None:
        assert probed_services.stopped == [2, 1]

    request.node.parent.addfinalizer(after_the_fixture)  # the module ends after its last test
    await make_orchestrator()
    await make_orchestrator()
    assert probed_services.stopped == []

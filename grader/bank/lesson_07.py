"""Lesson 07, fixtures: the learner writes them, and probes look at how well they isolate."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import vespera_scriptorium as application
from grader.exercise import Exercise
from vespera_scriptorium.infrastructure.database import AsyncDatabaseManager
from vespera_scriptorium.infrastructure.di.container import Container, Override, _name, _recipes

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

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
        from sqlalchemy import NullPool, StaticPool
        from sqlalchemy.ext.asyncio import create_async_engine

        from vespera_scriptorium.infrastructure.sql import Base

        engine = create_async_engine(self._place())
        if not isinstance(engine.pool, StaticPool):  # in memory, a new connection knows no table
            engine = create_async_engine(engine.url, poolclass=NullPool)
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
class StoresEveryStatement(AsyncDatabaseManager):
    """Stores every statement at once, so that there is nothing to roll back."""

    async def _connect(self) -> "AsyncEngine":
        from sqlalchemy.ext.asyncio import create_async_engine

        from vespera_scriptorium.infrastructure.sql import Base

        engine = create_async_engine(self._place(), isolation_level="AUTOCOMMIT")
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        return engine


@db_session.broken()
class StopsNothing(AsyncDatabaseManager):
    """Leaves the database open when it is stopped."""

    async def stop(self) -> None:
        self._stopped = True


@pytest.fixture(autouse=True)
@db_session.probe_helper()
async def probed_databases(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Closes what the learner's fixtures leave open: one probe tells of it, and not all."""
    from sqlalchemy.ext.asyncio import close_all_sessions

    def note(self: application.AsyncDatabaseManager, *arguments: Any, **keywords: Any) -> None:
        create(self, *arguments, **keywords)
        databases.append(self)

    databases: list[application.AsyncDatabaseManager] = []
    create = application.AsyncDatabaseManager.__init__
    monkeypatch.setattr(application.AsyncDatabaseManager, "__init__", note)
    yield
    await close_all_sessions()
    for database in databases:
        await database.stop()


@pytest.fixture
@db_session.probe_helper()
async def probed_session(database: application.AsyncDatabaseManager) -> Any:
    """Looks at what is stored when `db_session` is over, and `database` is not yet."""
    sessions: list[Any] = []
    yield sessions
    for session in sessions:
        assert not session.in_transaction(), (
            "the session is still at work after the test: leave its `async with` behind the `yield`"
        )
        numbers = application.Base.metadata.tables["task_numbers"]
        async with database.session() as other:
            rows = (await other.execute(numbers.select())).all()
        assert rows == [], (
            "what the test did not commit is stored after it: call `rollback` behind the `yield`"
        )


@db_session.probe(clause=1, broken="CreatesNoTables")
async def test_probe_all_tables_are_there(database: application.AsyncDatabaseManager) -> None:
    from sqlalchemy.exc import OperationalError

    async with database.session() as session:
        for table in application.Base.metadata.sorted_tables:
            try:
                rows = (await session.execute(table.select())).all()
            except OperationalError as error:
                assert "no such table" not in str(error), f"there is no table `{table.name}`"
                raise
            assert rows == [], f"there are rows in the table `{table.name}` before the test"


@db_session.probe(clause=2, broken="SharesOneFile")
@pytest.mark.parametrize("turn", [1, 2])
async def test_probe_every_test_has_its_own(
    database: application.AsyncDatabaseManager, turn: int
) -> None:
    tasks = application.SqlTaskRepository(database)
    assert await tasks.count() == 0, (
        "a test finds what the test before it has stored: give each one a file in `tmp_path`"
    )
    await tasks.add(application.Task(id="left-behind", title="left behind"))


@db_session.probe(clause=3, broken="SharesOneConnection")
async def test_probe_sessions_are_independent(
    database: application.AsyncDatabaseManager, db_session: Any
) -> None:
    numbers = application.Base.metadata.tables["task_numbers"]
    await db_session.execute(numbers.insert())
    async with database.session() as other:
        assert (await other.execute(numbers.select())).all() == [], (
            "another session sees what `db_session` has not committed: keep the database in a file"
        )
    await db_session.commit()
    async with database.session() as other:
        assert (await other.execute(numbers.select())).all() == [(1,)], (
            "another session does not see what `db_session` has committed"
        )


@db_session.probe(clause=4, broken="StoresEveryStatement")
async def test_probe_what_is_not_committed_is_rolled_back(
    probed_session: list[Any], db_session: Any
) -> None:
    probed_session.append(db_session)
    numbers = application.Base.metadata.tables["task_numbers"]
    await db_session.execute(numbers.insert())


@db_session.probe(clause=5, broken="StopsNothing")
def test_probe_the_database_is_stopped_after_the_test(request: pytest.FixtureRequest) -> None:
    from sqlalchemy import Engine, event

    opened, closed = set(), set()

    def note_opened(connection: Any) -> None:
        opened.add(connection.dialect)  # each engine has one of its own

    def note_closed(engine: Any) -> None:
        closed.add(engine.dialect)

    def after_the_fixtures() -> None:
        event.remove(Engine, "engine_connect", note_opened)
        event.remove(Engine, "engine_disposed", note_closed)
        assert opened, "`db_session` has opened no database"
        assert opened <= closed, (
            "the database is still open after the test: await its `stop` behind the `yield`"
        )

    event.listen(Engine, "engine_connect", note_opened)
    event.listen(Engine, "engine_disposed", note_closed)
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


container_with_overrides.probe_helper()(probed_databases)
orchestrator_factory.probe_helper()(probed_databases)


@pytest.fixture
@container_with_overrides.probe_helper()
@orchestrator_factory.probe_helper()
def probed_services(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What becomes of a service that every container has, numbered in the order of the starts."""
    from types import SimpleNamespace

    async def start() -> None:  # where that is forgotten, another probe tells
        for container in containers:
            await container.initialize_async_services()

    class Probed:
        async def start(self) -> None:
            self.number = len(services.started) + 1
            services.started.append(self.number)

        async def stop(self) -> None:
            services.stopped.append(self.number)
            if self.number in services.failing:
                raise OSError("stuck")

    def add_to(container: application.Container) -> None:
        container.add_service("probed", Probed)
        containers.append(container)

    def create_with_it(self: application.Container, *arguments: Any, **keywords: Any) -> None:
        create(self, *arguments, **keywords)
        add_to(self)

    async def initialize_with_it(self: application.Container) -> None:
        if self not in containers:  # it was created when the module was imported
            add_to(self)
        await initialize(self)

    containers: list[application.Container] = []
    services = SimpleNamespace(started=[], stopped=[], failing=[], start=start, afterwards=[])
    create = application.Container.__init__
    initialize = application.Container.initialize_async_services
    monkeypatch.setattr(application.Container, "__init__", create_with_it)
    monkeypatch.setattr(application.Container, "initialize_async_services", initialize_with_it)
    yield services
    for check in services.afterwards:  # the learner's fixtures are over
        check()


@container_with_overrides.probe(clause=1, broken="InitialisesNothing")
def test_probe_services_are_started_before_the_test(
    request: pytest.FixtureRequest, probed_services: Any
) -> None:
    request.getfixturevalue("container")
    assert probed_services.started, (
        "the services are not started: await `initialize_async_services` before the `yield`"
    )
    assert not probed_services.stopped, "the services are stopped before the test begins"


@container_with_overrides.probe(clause=2, broken="CleansUpNothing")
async def test_probe_services_are_stopped_after_the_test(
    probed_services: Any, container: application.Container
) -> None:
    def stopped() -> None:
        assert probed_services.stopped, (
            "the services still run after the test: await `cleanup_async_services` behind the "
            "`yield`"
        )

    probed_services.afterwards.append(stopped)
    await probed_services.start()


@container_with_overrides.probe(clause=3, broken="IgnoresOverrides")
async def test_probe_the_external_service_is_overridden(
    container: application.Container, external_service: Any
) -> None:
    result = await container.get(application.ExternalServiceUseCase).process_data({"a": 1})
    assert external_service.call_api.await_count == 1, (
        "the container does not use `external_service`: override `ExternalService` with it"
    )
    assert result.success, f"`call_api` gives no answer that is a success: {result.error}"


@container_with_overrides.probe(clause=4, broken="SharesEverything")
@pytest.mark.parametrize("turn", [1, 2])
async def test_probe_every_test_gets_its_own(container: application.Container, turn: int) -> None:
    assert await container.get(application.TaskRepository).count() == 0, (
        "a test finds what the test before it has stored: make a container for each"
    )
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
        assert (await one.get_task_status(created.task_id)).title == "only here", (
            "an orchestrator does not find the task that it has created"
        )
        assert (await other.get_task_status(created.task_id)).title is None, (
            "two orchestrators share their tasks: make a container for each call"
        )


@orchestrator_factory.probe(clause=1, broken="InitialisesNothing")
async def test_probe_services_are_started(probed_services: Any) -> None:
    async with orchestrators() as make:
        await make()
        assert probed_services.started, (
            "the services of the container are not started: await `initialize_async_services`"
        )


@orchestrator_factory.probe(clause=2, broken="IgnoresOverrides")
async def test_probe_the_specialist_is_overridden() -> None:
    class Painter:
        async def run(self, task: application.Task) -> str:
            return f"painted {task.title}"

    async with orchestrators() as make:
        orchestrator = await make(specialist=Painter())
        created = await orchestrator.create_task({"title": "a fence"})
        executed = await orchestrator.execute_task(created.task_id)
    assert executed.output == "painted a fence", (
        "the `specialist` that is given does not work: override `Specialist` with it"
    )


@orchestrator_factory.probe(clause=3, broken="CleansUpNothing")
async def test_probe_the_last_one_is_cleaned_up_first(probed_services: Any) -> None:
    async with orchestrators() as make:
        for _ in range(3):
            await make()
        await probed_services.start()
        assert not probed_services.stopped, "a container is cleaned up before the block ends"
    assert sorted(probed_services.stopped) == probed_services.started, (
        "when the block ends, not every container is cleaned up"
    )
    assert probed_services.stopped == probed_services.started[::-1], (
        f"the containers are cleaned up in the order {probed_services.stopped}: the last one first"
    )


@orchestrator_factory.probe(clause=3, broken="CleansUpNothing")
async def test_probe_an_exception_cleans_up_and_comes_out(probed_services: Any) -> None:
    came_out = False
    try:
        async with orchestrators() as make:
            await make()
            await make()
            await probed_services.start()
            raise ValueError("half-way")
    except ValueError:
        came_out = True
    assert came_out, "the exception that ends the block does not come out of it"
    assert sorted(probed_services.stopped) == probed_services.started, (
        "when an exception ends the block, not every container is cleaned up"
    )


@orchestrator_factory.probe(clause=4, broken="KeepsErrorsToItself")
async def test_probe_a_clean_up_that_fails_stops_no_other(probed_services: Any) -> None:
    came_out = False
    try:
        async with orchestrators() as make:
            for _ in range(3):
                await make()
            await probed_services.start()
            probed_services.failing.extend(probed_services.started[-1:])  # which is stopped first
    except (OSError, ExceptionGroup):
        came_out = True
    assert came_out, "the error of a clean-up that fails does not come out of the block"
    assert sorted(probed_services.stopped) == probed_services.started, (
        "after a clean-up that fails, the rest of the containers are not cleaned up"
    )


@orchestrator_factory.probe(clause=5, broken="CleansUpNothing")
async def test_probe_the_fixture_cleans_up_after_the_test(
    probed_services: Any, make_orchestrator: Any
) -> None:
    def cleaned_up() -> None:
        assert sorted(probed_services.stopped) == probed_services.started, (
            "not every container is cleaned up after the test"
        )

    await make_orchestrator()
    await make_orchestrator()
    await probed_services.start()
    assert not probed_services.stopped, "a container is cleaned up while the test still runs"
    probed_services.afterwards.append(cleaned_up)

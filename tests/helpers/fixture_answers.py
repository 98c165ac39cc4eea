"""Answers to the exercises of lesson 07, as people write them, and the probes that each fails."""

from helpers.course import suite_of

TABLES = "all_tables_are_there"
OWN = "every_test_has_its_own"
ROLLED_BACK = "what_is_not_committed_is_rolled_back"
INDEPENDENT = "sessions_are_independent"
SEEN = "what_is_committed_is_seen"
STAYS = "what_is_committed_stays"
STOPPED = "the_database_is_stopped_after_the_test"
ALONE = "the_database_is_stopped_without_a_session"
DATABASE = suite_of("db-session")
URL = "f\"sqlite+aiosqlite:///{tmp_path / 'test.db'}\""
SESSION = DATABASE[DATABASE.index("    async with database.session()") :]
STEPS_OUT = """\
    class Over(Exception):
        pass

    try:
        async with database.session() as session:
            yield session
            raise Over
    except Over:
        pass
"""
BEGINS = """\
    async with database.session() as session, session.begin():
        yield session
        await session.rollback()
"""
ITS_OWN_SESSION = """\
    from sqlalchemy.ext.asyncio import AsyncSession
    async with database.session() as first, AsyncSession(first.bind) as session:
        yield session
"""
LEFT_OPEN = """\
    from sqlalchemy.ext.asyncio import AsyncSession
    async with database.session() as first:
        yield AsyncSession(first.bind)
"""
ITS_OWN_ENGINE = """\
    from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
    async with database.session() as first:
        engine = create_async_engine(first.bind.url)
    async with AsyncSession(engine) as session:
        yield session
    await engine.dispose()
"""
DELETES = """\
    from vespera_scriptorium import Base
    async with database.session() as session:
        yield session
        await session.rollback()
        await session.execute(Base.metadata.tables["task_numbers"].delete())
"""
ITS_OWN_DATABASE = """\
    other = AsyncDatabaseManager()
    async with other.session() as session:
        yield session
        await session.rollback()
    await other.stop()
"""
FROM_A_CONTAINER = """\
import pytest

from vespera_scriptorium import AsyncDatabaseManager, Container


@pytest.fixture
async def database():
    container = Container()
    await container.initialize_async_services()
    yield container.get(AsyncDatabaseManager)
    await container.cleanup_async_services()


@pytest.fixture
async def db_session(database):
"""


Answers = dict[str, tuple[str, dict[str, str]]]
"""Each answer, and the probes that it fails, with words of what is said."""
DATABASES: Answers = {
    "the solution": (DATABASE, {}),
    "a container's database": (FROM_A_CONTAINER + SESSION, {}),
    "a temporary database": (DATABASE.replace(URL, ""), {}),
    "an exception that rolls back": (DATABASE.replace(SESSION, STEPS_OUT), {}),
    "a session that is closed": (DATABASE.replace("session.rollback()", "session.close()"), {}),
    "a transaction of its own": (DATABASE.replace(SESSION, BEGINS), {}),
    "a session of its own": (DATABASE.replace(SESSION, ITS_OWN_SESSION), {}),
    "a session that commits": (
        DATABASE.replace("await session.rollback()", "pass"),
        {ROLLED_BACK: "call `rollback` behind the `yield`"},
    ),
    "a session that stays open": (
        DATABASE.replace(SESSION, LEFT_OPEN),
        {ROLLED_BACK: "the session is still at work"},
    ),
    "one file for all": (
        DATABASE.replace(URL, '"sqlite+aiosqlite:///test.db"'),
        {OWN: "a test finds what the test before it has stored"},
    ),
    "a database in memory": (
        DATABASE.replace(URL, '"sqlite+aiosqlite:///:memory:"'),
        {INDEPENDENT: "keep the database in a file"},
    ),
    "a database that stays open": (
        DATABASE.replace("await database.stop()", "pass"),
        {
            STOPPED: "await its `stop` behind the `yield`",
            ALONE: "await its `stop` behind the `yield`",
        },
    ),
    "a database that its session stops": (
        DATABASE.replace("    await database.stop()\n", "").replace(
            "await session.rollback()", "await session.rollback()\n    await database.stop()"
        ),
        {
            ALONE: "await its `stop` behind the `yield`",
            ROLLED_BACK: "the database is closed",
            STAYS: "the database is closed",
        },
    ),
    "a session that deletes": (
        DATABASE.replace(SESSION, DELETES),
        {
            STAYS: "roll back, and delete nothing",
            ROLLED_BACK: "does not notice that the application stores every statement at once",
        },
    ),
    "a database of the session's own": (
        DATABASE.replace(SESSION, ITS_OWN_DATABASE),
        {
            SEEN: "does not see what `db_session` has committed",
            STAYS: "is gone after it",
            ROLLED_BACK: "does not notice that the application stores every statement at once",
            INDEPENDENT: "does not notice that the application gives all sessions the same",
        },
    ),
    "a way round the manager": (
        DATABASE.replace(SESSION, ITS_OWN_ENGINE),
        {
            INDEPENDENT: "does not notice that the application gives all sessions the same",
            ROLLED_BACK: "does not notice that the application stores every statement at once",
            SEEN: "does not notice that the application",
            STAYS: "does not notice that the application",
        },
    ),
}
STARTED = "services_are_started_before_the_test"
CLEANED_UP = "services_are_stopped_after_the_test"
OVERRIDDEN = "the_external_service_is_overridden"
ITS_OWN = "every_test_gets_its_own"
ANSWERS = "the_mock_answers_with_a_success"
NO_OVERRIDE = "no_override_is_left"
ITS_OWN_MOCK = "every_test_gets_its_own_mock"
CONTAINER = suite_of("container-with-overrides")
CONTAINERS: Answers = {
    "the solution": (CONTAINER, {}),
    "services that nobody starts": (
        CONTAINER.replace("await container.initialize_async_services()", "pass"),
        {STARTED: "await `initialize_async_services` before the `yield`"},
    ),
    "services that nobody stops": (
        CONTAINER.replace("await container.cleanup_async_services()", "pass"),
        {CLEANED_UP: "await `cleanup_async_services` behind the `yield`"},
    ),
    "a database that stays open": (
        CONTAINER.replace("await container.cleanup_async_services()", "pass").replace(
            "Container()", 'Container(database_url="sqlite+aiosqlite:///test.db")'
        ),
        {CLEANED_UP: "await `cleanup_async_services`", ITS_OWN: "make a container for each"},
    ),
    "nothing overridden": (
        CONTAINER.replace("container.override(ExternalService, external_service)", "pass"),
        {
            OVERRIDDEN: "override `ExternalService` with it",
            ANSWERS: "`call_api` answers {'status': 'success', 'data': {'a': 1}}",
            ITS_OWN_MOCK: "does not use `external_service`",
        },
    ),
    "another answer": (
        CONTAINER.replace('"data": {}', '"data": {"a": 2}'),
        {ANSWERS: "`call_api` answers {'status': 'success', 'data': {'a': 2}}"},
    ),
    "one mock for all": (
        CONTAINER.replace("    mock = AsyncMock()", "    mock = EVERYBODYS")
        + "\nEVERYBODYS = AsyncMock()\n",
        {ITS_OWN_MOCK: "make a mock for each"},
    ),
    "one container for all": (
        CONTAINER.replace("    container = Container()", "    container = EVERYBODYS")
        + "\nEVERYBODYS = Container()\n",
        {ITS_OWN: "make a container for each", NO_OVERRIDE: "make a container for each"},
    ),
}
NOTHING_SHARED = "orchestrators_share_nothing"
SPECIALIST = "the_specialist_is_overridden"
LAST_FIRST = "the_last_one_is_cleaned_up_first"
EXCEPTION = "an_exception_cleans_up_and_comes_out"
ONE_FAILS = "a_clean_up_that_fails_stops_no_other"
CANCELLATION = "a_cancellation_cleans_up_and_comes_out"
OWN_BLOCK = "another_block_is_left_alone"
NO_OTHER = "no_other_specialist_is_overridden"
FIXTURE = "the_fixture_cleans_up_after_the_test"
FIXTURE_SPECIALIST = "the_fixture_takes_a_specialist"
FACTORY = suite_of("orchestrator-factory")
MAKES = """\
    async def make(specialist=None):
        container = Container()
        if specialist is not None:
            container.override(Specialist, specialist)
        await container.initialize_async_services()
        containers.append(container)
        return container.get(TaskOrchestrator)
"""
BODY = FACTORY[
    FACTORY.index("    async with AsyncExitStack()") : FACTORY.index("\n\n@pytest.fixture")
]
EVERYBODYS_LIST = f"""\
{MAKES}
    try:
        yield make
    finally:
        async with AsyncExitStack() as stack:
            while containers:
                stack.push_async_callback(containers.pop(0).cleanup_async_services)
"""
ITS_OWN_FUNCTION = """\
    async with orchestrators() as make:

        async def make_another():
            return await make()

        yield make_another
"""


def factory(end: str) -> str:
    """A factory that keeps its containers in a list, and what it does with them."""
    body = f"    containers = []\n\n{MAKES}\n{end}"
    return FACTORY.replace(BODY, body).replace("import pytest", "import asyncio\nimport pytest", 1)


NOT_STARTED = "services_are_started"
FACTORIES: Answers = {
    "the solution": (FACTORY, {}),
    "arguments by name": (FACTORY.replace("Container()", "Container(database_url=None)"), {}),
    "services that nobody starts": (
        FACTORY.replace("await container.initialize_async_services()", "pass"),
        {NOT_STARTED: "await `initialize_async_services`"},
    ),
    "one container for all": (
        FACTORY.replace("            container = Container()\n", "").replace(
            "    async with AsyncExitStack() as stack:",
            "    container = Container()\n    async with AsyncExitStack() as stack:",
        ),
        {
            NOTHING_SHARED: "make a container for each call",
            NO_OTHER: "works for another one, too",
        },
    ),
    "a list, and care": (
        factory("""\
    failed = []
    try:
        yield make
    finally:
        while containers:
            try:
                await containers.pop().cleanup_async_services()
            except Exception as error:
                failed.append(error)
    if failed:
        raise ExceptionGroup("not cleaned up", failed)
"""),
        {},
    ),
    "a loop behind the yield": (
        factory("""\
    yield make
    for container in reversed(containers):
        await container.cleanup_async_services()
"""),
        {
            EXCEPTION: "when an exception ends the block, not every container is cleaned up",
            CANCELLATION: "when a cancellation ends the block, not every container is cleaned up",
            ONE_FAILS: "the rest of the containers are not cleaned up",
        },
    ),
    "a loop in a finally": (
        factory("""\
    try:
        yield make
    finally:
        for container in reversed(containers):
            await container.cleanup_async_services()
"""),
        {ONE_FAILS: "the rest of the containers are not cleaned up"},
    ),
    "the first one first": (
        factory("""\
    try:
        yield make
    finally:
        async with AsyncExitStack() as stack:
            for container in reversed(containers):
                stack.push_async_callback(container.cleanup_async_services)
"""),
        {LAST_FIRST: "in the order [1, 2, 3]: the last one first"},
    ),
    "all at once": (
        factory("""\
    try:
        yield make
    finally:
        endings = [one.cleanup_async_services() for one in reversed(containers)]
        await asyncio.gather(*endings)
"""),
        {LAST_FIRST: "the last one first"},
    ),
    "errors that nobody sees": (
        factory("""\
    try:
        yield make
    finally:
        for container in reversed(containers):
            try:
                await container.cleanup_async_services()
            except Exception:
                pass
"""),
        {ONE_FAILS: "the error of a clean-up that fails does not come out"},
    ),
    "no override": (
        FACTORY.replace("if specialist is not None", "if False"),
        {
            SPECIALIST: "override `Specialist` with it",
            FIXTURE_SPECIALIST: "does not work",
            NO_OTHER: "does not notice",
        },
    ),
    "one list for all blocks": (
        FACTORY.replace(BODY, EVERYBODYS_LIST) + "\n\ncontainers = []\n",
        {OWN_BLOCK: "cleans up the containers of another one"},
    ),
    "a fixture of its own": (
        FACTORY[: FACTORY.index("    async with orchestrators()")] + ITS_OWN_FUNCTION,
        {FIXTURE_SPECIALIST: ""},
    ),
    "a fixture that closes nothing": (
        FACTORY[: FACTORY.index("    async with orchestrators()")]
        + "    yield await orchestrators().__aenter__()\n",
        {
            FIXTURE: "not every container is cleaned up after the test",
            FIXTURE_SPECIALIST: "without closing it",
        },
    ),
}

"""The exercises of lesson 07: what probes say of fixtures that people really write."""

from pathlib import Path

import pytest
from samples import Answer

from grader.notebooks import solution
from grader.report import Report

ROOT = Path(__file__).parents[1]

TABLES = "all_tables_are_there"
OWN = "every_test_has_its_own"
INDEPENDENT = "sessions_are_independent"
ROLLED_BACK = "what_is_not_committed_is_rolled_back"
STOPPED = "the_database_is_stopped_after_the_test"

DATABASE = solution(ROOT, "db-session")
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

DATABASES = {
    "the solution": (DATABASE, set()),
    "a container's database": (FROM_A_CONTAINER + SESSION, set()),
    "a temporary database": (DATABASE.replace(URL, ""), set()),
    "an exception that rolls back": (DATABASE.replace(SESSION, STEPS_OUT), set()),
    "a session that commits": (
        DATABASE.replace("await session.rollback()", "pass"),
        {ROLLED_BACK},
    ),
    "one file for all": (DATABASE.replace(URL, '"sqlite+aiosqlite:///test.db"'), {OWN}),
    "a database in memory": (
        DATABASE.replace(URL, '"sqlite+aiosqlite:///:memory:"'),
        {TABLES, OWN, INDEPENDENT, ROLLED_BACK},
    ),
    "a database that stays open": (
        DATABASE.replace("await database.stop()", "pass"),
        {TABLES, OWN, INDEPENDENT, ROLLED_BACK, STOPPED},
    ),
}

NOTHING_SHARED = "orchestrators_share_nothing"
SPECIALIST = "the_specialist_is_overridden"
LAST_FIRST = "the_last_one_is_cleaned_up_first"
EXCEPTION = "an_exception_cleans_up_and_comes_out"
ONE_FAILS = "a_clean_up_that_fails_stops_no_other"
FIXTURE = "the_fixture_cleans_up_after_the_test"

FACTORY = solution(ROOT, "orchestrator-factory")
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


def factory(end: str) -> str:
    """A factory that keeps its containers in a list, and what it does with them."""
    body = f"    containers = []\n\n{MAKES}\n{end}"
    return FACTORY.replace(BODY, body).replace("import pytest", "import asyncio\nimport pytest", 1)


FACTORIES = {
    "the solution": (FACTORY, set()),
    "arguments by name": (FACTORY.replace("Container()", "Container(database_url=None)"), set()),
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
        set(),
    ),
    "a loop behind the yield": (
        factory("""\
    yield make
    for container in reversed(containers):
        await container.cleanup_async_services()
"""),
        {EXCEPTION, ONE_FAILS},
    ),
    "a loop in a finally": (
        factory("""\
    try:
        yield make
    finally:
        for container in reversed(containers):
            await container.cleanup_async_services()
"""),
        {ONE_FAILS},
    ),
    "all at once": (
        factory("""\
    try:
        yield make
    finally:
        endings = [one.cleanup_async_services() for one in reversed(containers)]
        await asyncio.gather(*endings)
"""),
        {LAST_FIRST, EXCEPTION, ONE_FAILS, FIXTURE},
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
        {ONE_FAILS},
    ),
    "no override": (FACTORY.replace("if specialist is not None", "if False"), {SPECIALIST}),
    "a fixture that closes nothing": (
        FACTORY[: FACTORY.index("    async with orchestrators()")]
        + "    yield await orchestrators().__aenter__()\n",
        {FIXTURE},
    ),
}


def failed(report: Report) -> set[str]:
    """The probes that failed, by the last words of their names."""
    return {one.name.removeprefix("test_probe_") for one in report.probes if not one.passed}


@pytest.mark.parametrize(("text", "fails"), DATABASES.values(), ids=DATABASES)
def test_databases(answer: Answer, text: str, fails: set[str]) -> None:
    """Each mistake costs what it breaks; what is right in another way costs nothing."""
    report = answer("db-session", text)
    assert failed(report) == fails
    assert report.score == 5 - len(fails)


@pytest.mark.parametrize(("text", "fails"), FACTORIES.values(), ids=FACTORIES)
def test_factories(answer: Answer, text: str, fails: set[str]) -> None:
    """As above."""
    report = answer("orchestrator-factory", text)
    assert failed(report) == fails
    assert report.score == round(5 * (7 - len(fails)) / 7, 2)


def test_a_shared_container_shares_tasks(answer: Answer) -> None:
    """The naive suite's, in which all orchestrators are one."""
    naive = ROOT / "tests" / "suites" / "orchestrator-factory" / "naive.py"
    assert NOTHING_SHARED in failed(answer("orchestrator-factory", naive.read_text()))


def test_a_message_names_no_line_of_the_probe(answer: Answer) -> None:
    """Learners do not see the probe: a line of it says nothing to them."""
    text, _ = DATABASES["one file for all"]
    (message,) = [one.message for one in answer("db-session", text).probes if not one.passed]
    assert message == "Every test gets a database of its own, which is empty. (assert 1 == 0)"

# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Fixtures
#
# You will write the fixtures that a suite of asynchronous tests stands on, so that no test finds
# what another one left.
#
# **65 minutes**, 20 of them to read. Before: [Resource lifecycle](../1-clean-architecture/03-resource-lifecycle.ipynb).
# You can read a fixture with `yield`, and a little SQLAlchemy.
#
# **Pattern:** Async Test Fixtures, from *Testing Infrastructure Patterns*.

# %% [markdown]
# **Objectives.** Afterwards you can
#
# - *roll back* what a test leaves in a session, before anybody commits it;
# - *separate* tests: a database and a container for each;
# - *match* the scope of a fixture and the loop that it lives in;
# - *tell* strict mode from auto mode by their errors;
# - *close* everything that a test made, also when one close fails.
#
# **Questions.** When does a test that passes end in an error? Who sees a row that nobody has
# committed? How do you test the end of a fixture, which nobody may call?

# %%
# %load_ext grader

# %% [markdown]
# ## The listing, and what it commits
#
# Here are the fixtures as they stand in many code bases. They read well, and they leave nothing
# open.
#
# <!--
# fmt: off
# -->

# %% tags=["listing"]
import pytest

from vespera_scriptorium import AsyncDatabaseManager, AsyncTaskOrchestrator, Container


@pytest.fixture
async def async_container():
    """Provide async-configured container."""
    container = Container()
    await container.initialize_async_services()
    yield container
    await container.cleanup_async_services()

@pytest.fixture
async def async_database_session(async_container):
    """Provide async database session."""
    db_manager = async_container.get(AsyncDatabaseManager)
    async with db_manager.session() as session:
        yield session

@pytest.fixture
async def async_task_orchestrator(async_container):
    """Provide async task orchestrator."""
    return async_container.get(AsyncTaskOrchestrator)

# %% [markdown]
# <!--
# fmt: on
# -->
# This test takes the number 7 twice, which the table forbids. It stores the first row, adds the
# second to the session, and is over.
#
# **Predict:** does it pass?

# %%
# %%ipytest --tb=line
from vespera_scriptorium.infrastructure.tables import TaskNumberRow


async def test_a_number_is_taken_twice(async_database_session):
    async_database_session.add(TaskNumberRow(number=7))
    await async_database_session.flush()
    async_database_session.add(TaskNumberRow(number=7))


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# It passes, and then there is an error. The manager's `session()` commits when its block ends well,
# and for a fixture every test ends well: pytest resumes it after `yield` with no exception, whatever
# happened. So the fixture commits what the test left, where no assertion looks.
# </details>
#
# **The cure:** `await session.rollback()` behind the `yield`. What a test wants to keep, it commits
# itself, as the application has to.
#
# ## One connection for everybody
#
# A database in memory is quick, and its URL is short.
#
# **Predict:** one session writes and does not commit, another one reads. How many rows does it see
# in memory, and how many in a file?

# %%
# %%ipytest
import pytest
from sqlalchemy import select

from vespera_scriptorium import AsyncDatabaseManager
from vespera_scriptorium.infrastructure.tables import TaskNumberRow


@pytest.mark.parametrize("place", [":memory:", "test.db"])
async def test_nobody_sees_what_is_not_committed(place, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    database = AsyncDatabaseManager(f"sqlite+aiosqlite:///{place}")
    async with database.session() as one, database.session() as other:
        one.add(TaskNumberRow())
        await one.flush()
        seen = (await other.scalars(select(TaskNumberRow))).all()
    await database.stop()
    assert len(seen) == 0


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# One, and none. A SQLite database in memory lives as long as its connection, so SQLAlchemy gives
# all sessions the same one. Then a repository that forgets to commit passes every test that looks
# through a second session. **The cure:** a file in `tmp_path`, some milliseconds slower. Without a URL,
# `AsyncDatabaseManager()` makes a temporary file by itself.
# </details>
#
# ### Exercise: a database for each test
#
# **15 minutes.** Write two fixtures. You need no tests of your own: *probes*, which are tests of the course's own, use your
# fixtures, with a database manager that is right and with some that are not. Elsewhere aiosqlite
# works in a thread, which a virtual clock cannot see. In this course it works in the event loop, so you
# need do nothing about it.
#
# {contract db-session}

# %% exercise="db-session"
# %%ipytest --mutants db-session
import pytest

from vespera_scriptorium import AsyncDatabaseManager


### BEGIN GIVEN
# # Write your fixtures here.
### END GIVEN
### BEGIN SOLUTION
@pytest.fixture
async def database(tmp_path):
    """A database in a file of this test's own."""
    database = AsyncDatabaseManager(f"sqlite+aiosqlite:///{tmp_path / 'test.db'}")
    await database.start()
    yield database
    await database.stop()


@pytest.fixture
async def db_session(database):
    """A session that forgets what the test has not committed."""
    async with database.session() as session:
        yield session
        await session.rollback()


### END SOLUTION

# %% [markdown]
# {hint db-session}

# %% [markdown]
# ## Alone, and together
#
# Somebody has measured, and found that building the container takes time. Now the whole module
# shares one.
#
# **Predict:** each test passes when it runs alone. And together?

# %%
# %%ipytest
import pytest

from vespera_scriptorium import Container, TaskOrchestrator


@pytest.fixture(scope="module")
def orchestrator():
    return Container().get(TaskOrchestrator)


async def test_a_task_gets_an_id(orchestrator):
    assert (await orchestrator.create_task({"title": "a"})).task_id == "task-1"


async def test_a_task_needs_no_title(orchestrator):
    assert (await orchestrator.create_task({"title": ""})).task_id == "task-1"


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# The second fails, whichever it is. You are lucky: it is loud. The quiet kind passes *because*
# somebody was there before, and fails on the day when you run it alone. **The cure:** function
# scope, the default. Widen it for what no test can change.
# </details>
#
# ## A loop for each test
#
# Sometimes you do want to start a service once for a module.
#
# **Predict:** what stands in the way of this fixture?

# %%
# %%ipytest
import pytest

from vespera_scriptorium import Container


@pytest.fixture(scope="module")
async def container():
    container = Container()
    await container.initialize_async_services()
    yield container
    await container.cleanup_async_services()


async def test_it_is_there(container):
    assert container is not None


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# `ScopeMismatch`: a fixture for the module wants a runner, which holds the loop, and here that is made
# for each test (`asyncio_default_fixture_loop_scope = function`; where nothing is set, the fixture
# gets another loop than the test). pytest-asyncio is right to refuse. A connection that was opened in one loop waits
# for ever in the next, or says "attached to a different loop".
# </details>
#
# **The cure** is to widen the loop as well, for the fixture and for its tests. It brings back what
# the last section warned of: the tests share a container, and all that they leave in it. So do it
# for what no test changes, such as a server that is slow to start.

# %%
# %%ipytest
import pytest
import pytest_asyncio

from vespera_scriptorium import Container


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def container():
    container = Container()
    await container.initialize_async_services()
    yield container
    await container.cleanup_async_services()


@pytest.mark.asyncio(loop_scope="module")
async def test_it_is_there(container):
    assert container is not None


# %% [markdown]
# ## Strict, or auto
#
# `pytest_asyncio.fixture` knows a `loop_scope`. Where you need none, the mode decides who runs an
# async fixture. In *auto*, as in this course, pytest-asyncio runs all of them, so `pytest.fixture` is
# enough. In *strict*, the default, it runs only those that are made with `pytest_asyncio.fixture`.
#
# **Predict:** the test is marked. Does it run in strict mode?

# %%
# %%ipytest --asyncio-mode=strict
import pytest

from vespera_scriptorium import Container


@pytest.fixture
async def container():
    return Container()


@pytest.mark.asyncio
async def test_it_is_there(container):
    assert container is not None


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# Nobody runs the fixture. Before version 9, pytest only warned, and handed the test a coroutine:
# `is not None` was true, and the test green. **The cure:** in strict mode, write
# `pytest_asyncio.fixture`; it works in both. Or set `asyncio_mode = "auto"` once, in
# `pyproject.toml`.
# </details>
#
# ### Exercise: a container for each test
#
# **10 minutes.** Write two fixtures again, for the probes to use.
#
# {contract container-with-overrides}

# %% exercise="container-with-overrides"
# %%ipytest --mutants container-with-overrides
from unittest.mock import AsyncMock

import pytest

from vespera_scriptorium import Container, ExternalService


### BEGIN GIVEN
# # Write your fixtures here.
### END GIVEN
### BEGIN SOLUTION
@pytest.fixture
def external_service():
    """A service that answers well, and notes how it was called."""
    mock = AsyncMock()
    mock.call_api.return_value = {"status": "success", "data": {}}
    return mock


@pytest.fixture
async def container(external_service):
    """A container of this test's own, open while the test runs."""
    container = Container()
    container.override(ExternalService, external_service)
    await container.initialize_async_services()
    yield container
    await container.cleanup_async_services()


### END SOLUTION

# %% [markdown]
# {hint container-with-overrides}

# %% [markdown]
# ## Three to close, and one is stuck
#
# A test that needs three containers asks for a factory, and the factory closes what it made. One
# version has a loop for that, one has an `AsyncExitStack`.
#
# **Predict:** `b` fails to close. Who is closed in each version?

# %%
import asyncio
from contextlib import AsyncExitStack, suppress

from grader.timeline import draw, run, span


async def close(name):
    with span(f"close {name}"):
        await asyncio.sleep(1)
        if name == "b":
            raise OSError("stuck")


# %%
async def with_a_loop():
    with suppress(OSError):
        for name in ("c", "b", "a"):
            await close(name)


async def with_a_stack():
    with suppress(OSError):
        async with AsyncExitStack() as stack:
            for name in ("a", "b", "c"):
                stack.push_async_callback(close, name)


draw({"loop": run(with_a_loop()), "stack": run(with_a_stack())}, title="Close a, b and c")

# %% [markdown]
# <details><summary>What you have seen</summary>
#
# Both close `c` first. The loop leaves `a` open, for the next test to stumble over. A stack goes on to the end, last
# in, first out, and then the error comes out.
# </details>
#
# ## Calling a fixture
#
# Clean-up with so many ways to go wrong deserves tests of its own.
#
# **Predict:** what does this one say?

# %%
# %%ipytest
import pytest


@pytest.fixture
async def numbers():
    yield [1, 2, 3]


async def test_there_are_three():
    async for found in numbers():
        assert len(found) == 3


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# pytest forbids it. **The cure:** put the work into an async context manager, and let the fixture
# be two lines around it. The context manager can be tested like everything else, failing blocks
# included, and it serves a script as well.
# </details>
#
# ### Exercise: as many as the test wants
#
# **20 minutes.** Write the context manager and the fixture. The probes use both.
#
# {contract orchestrator-factory}

# %% exercise="orchestrator-factory"
# %%ipytest --mutants orchestrator-factory
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from vespera_scriptorium import Container, Specialist, TaskOrchestrator


### BEGIN GIVEN
# # Write your fixtures here.
### END GIVEN
### BEGIN SOLUTION
@asynccontextmanager
async def orchestrators():
    """Makes orchestrators, each in a container of its own, and closes all of them."""
    async with AsyncExitStack() as stack:

        async def make(specialist=None):
            container = Container()
            if specialist is not None:
                container.override(Specialist, specialist)
            stack.push_async_callback(container.cleanup_async_services)
            await container.initialize_async_services()
            return container.get(TaskOrchestrator)

        yield make


@pytest.fixture
async def make_orchestrator():
    """The same, for a test."""
    async with orchestrators() as make:
        yield make


### END SOLUTION

# %% [markdown]
# {hint orchestrator-factory}

# %% [markdown]
# ## What failure messages mean
#
# | The output says | It means | Do this |
# | --- | --- | --- |
# | **ERROR at teardown of** a test that passed | The fixture failed behind its `yield`. | Look at what it commits or closes. |
# | **ScopeMismatch** | A wide fixture wants something that is made for each test. | Narrow the fixture, or widen the loop. |
# | … **requested an async fixture** …, **with no plugin** | Strict mode, and `pytest.fixture`. | `pytest_asyncio.fixture`, or auto mode. |
# | A probe **failed**: … **is still open after the test** | Nobody stops it, or not in every case. | Stop what you start, behind the `yield`. |
# | A probe **failed**: … **it does not notice that the application** … | Your fixture goes round what it should use. | Take it from the container or the manager. |

# %% [markdown]
# ## In your own project
#
# A fixture in `conftest.py` serves every test below its folder. This one gives each test a database of
# its own, in a file, and closes it after a failure, too.
#
# ```sh
# pip install pytest pytest-asyncio aiosqlite
# ```
#
# ```ini
# # pytest.ini
# [pytest]
# asyncio_mode = auto
# asyncio_default_fixture_loop_scope = function
# filterwarnings = error
# ```
#
# ```python
# # conftest.py
# import aiosqlite
# import pytest
#
#
# @pytest.fixture
# async def database(tmp_path):
#     async with aiosqlite.connect(tmp_path / "tasks.db") as database:
#         await database.execute("CREATE TABLE task (title TEXT)")
#         yield database
# ```
#
# ```python
# # test_tasks.py
# import pytest
#
#
# @pytest.mark.parametrize("turn", ["first", "second"])
# async def test_each_test_begins_with_an_empty_table(database, turn):
#     await database.execute("INSERT INTO task VALUES ('write')")
#     await database.commit()
#     assert len(list(await database.execute_fetchall("SELECT * FROM task"))) == 1
# ```
#
# The mutant by hand: one file for all tests. The first turn passes alone, and the second one fails.
#
# ```diff
# --- a/conftest.py
# +++ b/conftest.py
# @@ -6,5 +6,5 @@
#  @pytest.fixture
#  async def database(tmp_path):
# -    async with aiosqlite.connect(tmp_path / "tasks.db") as database:
# -        await database.execute("CREATE TABLE task (title TEXT)")
# +    async with aiosqlite.connect(tmp_path.parent / "tasks.db") as database:
# +        await database.execute("CREATE TABLE IF NOT EXISTS task (title TEXT)")
#          yield database
# ```

# %% [markdown]
# ## Recap
#
# - **Roll back** behind the `yield`: a fixture never hears that its test has failed.
# - **Separate** tests by giving each a file in `tmp_path` and a container. In memory, all sessions
#   share one connection.
# - **Match** scopes: what is wider than a test needs a loop that is as wide.
# - **Tell** the mode: in strict mode nobody runs an unmarked fixture.
# - **Close** with an `AsyncExitStack`, in a context manager that has tests of its own.
#
# **Next:** [Mocks](08-mocks.ipynb), for what you do not own.
#
# **Further reading:**
# [scopes and loops](https://pytest-asyncio.readthedocs.io/en/stable/concepts.html) in
# pytest-asyncio,
# [safe teardowns](https://docs.pytest.org/en/stable/how-to/fixtures.html#safe-teardowns) in pytest,
# and [SQLite in memory](https://docs.sqlalchemy.org/en/20/dialects/sqlite.html#pool-behavior) in
# SQLAlchemy.

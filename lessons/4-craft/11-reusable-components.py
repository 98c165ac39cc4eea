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
# # Reusable components
#
# You will write the helpers that a hundred tests lean on, and the tests that these helpers need
# themselves.
#
# **155 minutes**, 25 of them to read. Before: [Timeouts](../2-advanced/06-timeouts.ipynb) and
# [Fixtures](../3-infrastructure/07-fixtures.ipynb). You can read a class with inheritance.
#
# **Pattern:** Async Test Base Class, from *Reusable Async Test Components*.

# %% [markdown]
# **Objectives.** Afterwards you can
#
# - *wait* for a condition, with an honest last look and an error that tells something;
# - *look* into a database through sessions that are fresh, and closed in every case;
# - *extend* a base class for tests without breaking it;
# - *clean up* to the end, whatever fails;
# - *test* a helper as you test the application.
#
# **Questions.** What does a helper miss in its last interval? When does a session see what
# another one has committed? Who tests the code that the tests stand on?

# %%
# %load_ext grader

# %% [markdown]
# ## A base class, as many have it
#
# A *base class* for tests holds what many test classes need: set-up, clean-up, small helpers.
# Test classes *derive* from it, so they have all of that. Here is one as it stands in many code
# bases.
#
# <!--
# fmt: off
# -->

# %% tags=["listing"]
import asyncio
import time

import pytest

from vespera_scriptorium import AsyncTaskOrchestrator, Container


class AsyncTestBase:
    """Base class for async tests with common setup."""

    @pytest.fixture(autouse=True)
    async def setup_async_environment(self):
        """Automatic async environment setup."""
        self.container = Container()
        await self.container.initialize_async_services()
        yield
        await self.container.cleanup_async_services()

    async def create_test_task(self, **kwargs):
        """Helper to create test tasks."""
        orchestrator = self.container.get(AsyncTaskOrchestrator)
        default_data = {
            "title": "Test Task",
            "description": "Test task description",
            "specialist_type": "generic"
        }
        default_data.update(kwargs)
        return await orchestrator.create_task(default_data)

    async def wait_for_completion(self, task_id, timeout=30.0):
        """Helper to wait for task completion."""
        orchestrator = self.container.get(AsyncTaskOrchestrator)
        start_time = time.time()

        while time.time() - start_time < timeout:
            status = await orchestrator.get_task_status(task_id)
            if status.completed:
                return status
            await asyncio.sleep(0.1)

        raise TimeoutError(f"Task {task_id} did not complete within {timeout}s")

# %% [markdown]
# <!--
# fmt: on
# -->
# `yield` splits the fixture: what stands before it happens before each test, what stands behind it
# happens afterwards. `autouse=True` means that no test has to ask for it.
#
# This task needs 0.25 s. The test waits up to 0.3 s for it. **Predict:** does it pass?

# %%
# %%ipytest --tb=line
import asyncio

from vespera_scriptorium import AsyncTaskOrchestrator, Specialist


class Slow:
    async def run(self, task):
        await asyncio.sleep(0.25)


class TestWaiting(AsyncTestBase):
    async def test_it_is_completed_in_time(self):
        self.container.override(Specialist, Slow())
        task_id = (await self.create_test_task()).task_id
        running = asyncio.create_task(
            self.container.get(AsyncTaskOrchestrator).execute_task(task_id)
        )
        await self.wait_for_completion(task_id, timeout=0.3)
        await running


# %% [markdown]
# <details><summary>What happened, and why</summary>
#
# `TimeoutError`. The helper looks after 0, 0.1 and 0.2 s. Then it sleeps, sees that the time is
# over, and raises. It does not look again, so it misses what happened in its last interval. And its
# message does not say how far the task came.
#
# Such a test fails on slow days only, and people learn to run it again.
#
# **The cure:** a last look at the deadline, and the last state in the message.
#
# </details>
#
# ## Two clocks again
#
# The base class measures with `time.time()`, the clock on the wall. `asyncio.sleep` counts on the
# clock of the event loop, which can be a virtual one.
#
# **Predict:** this loop waits for 60 s of `time.time()` on a virtual clock, and looks 1,000 times at
# most. What ends it: the 60 s, or the 1,000 looks?

# %%
# %%ipytest --looptime --tb=line
import asyncio
import time


async def test_it_ends_after_sixty_seconds():
    start, looks = time.time(), 0
    while time.time() - start < 60 and looks < 1000:
        looks += 1
        await asyncio.sleep(0.1)
    assert looks < 1000, "it has looked 1000 times"


# %% [markdown]
# <details><summary>What happened, and why</summary>
#
# The 1,000 looks. In loop time 100 s have passed, on the wall almost nothing.
# Without the limit the test would be busy for a minute.
#
# **The cure:** a helper that sleeps on the loop also measures on the loop, with
# `asyncio.get_running_loop().time()`.
#
# </details>
#
# ### Exercise: wait until it is done
#
# **40 minutes.** Write the helper `wait_until`, and tests of it. To wait for a task you would write
#
# ```python
# await wait_until(
#     lambda: orchestrator.get_task_status(task_id),
#     lambda state: state.completed,
#     timeout=30,
#     interval=0.1,
# )
# ```
#
# Two things are judged, each by itself:
#
# - *your helper*, by probes, which are tests of the course's own;
# - *your tests*, on helpers of the course's own in the place of yours: some are right, and each mutant
#   has one bug. So a mistake in your helper costs your tests nothing.
#
# Define `wait_until` at the top of the cell, under this name: your tests call it by its name, its
# arguments in this order or by keyword. Run your tests on your own helper, too: that is what pytest's
# own output shows. The clock is virtual. Let `look` fail after 50 calls, say: then a helper that never
# stops fails your test instead of hanging it.
#
# {contract wait-for-completion}
#
# {worked wait-for-completion}

# %% exercise="wait-for-completion"
# %%ipytest --mutants wait-for-completion
import asyncio
import inspect

import pytest


### BEGIN GIVEN
# # Write `wait_until` here, and its tests below it.
### END GIVEN
### BEGIN SOLUTION
async def wait_until(look, done, timeout, interval):
    """The first value of a look that is done, at the deadline at the latest."""
    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        value = look()
        if inspect.isawaitable(value):
            value = await value
        if done(value):
            return value
        left = deadline - clock()
        if left <= 0:
            raise TimeoutError(f"still {value!r} after {timeout} s")
        await asyncio.sleep(min(interval, left))


class Looks:
    """Gives one value after the other, the last one for ever. A look takes `seconds`."""

    def __init__(self, *values, seconds=0):
        self.values, self.seconds, self.times, self.ended = values, seconds, [], 0

    async def __call__(self):
        self.times.append(asyncio.get_running_loop().time())
        number = len(self.times)
        try:
            await asyncio.sleep(self.seconds)
        finally:
            self.ended += 1
        return self.values[min(number, len(self.values)) - 1]

    def at(self, start):
        return [time - start for time in self.times]


def is_done(value):
    return value == "done"


async def test_the_value_that_is_done_is_returned_at_once():
    """No second look at what is there. Clauses 1, 2 and 3."""
    start = asyncio.get_running_loop().time()
    looks = Looks(["one"], ["two"])
    assert await wait_until(looks, len, timeout=10, interval=4) == ["one"]
    assert looks.at(start) == [0]


@pytest.mark.parametrize(
    "look", [lambda: "done", lambda: asyncio.sleep(0, "done")], ids=["plain", "coroutine"]
)
async def test_a_look_may_be_a_lambda(look):
    """With a value, or with something to await. Clause 2."""
    assert await wait_until(look, is_done, timeout=10, interval=4) == "done"


async def test_looks_come_at_intervals_and_at_the_deadline():
    """The last pause is short. Clauses 3, 4 and 5."""
    start = asyncio.get_running_loop().time()
    looks = Looks("new", "running", "failed", "stuck")
    with pytest.raises(TimeoutError, match="'stuck'"):
        await wait_until(looks, is_done, timeout=10, interval=4)
    assert looks.at(start) == pytest.approx([0, 4, 8, 10])


async def test_what_is_done_at_the_deadline_counts():
    """The last look is a look. Clause 3."""
    assert await wait_until(Looks("a", "b", "done"), is_done, timeout=6, interval=4) == "done"


async def test_the_interval_begins_when_a_look_has_ended():
    """A slow look does not shorten the pause. Clause 3."""
    start = asyncio.get_running_loop().time()
    looks = Looks("a", "b", "done", seconds=3)
    assert await wait_until(looks, is_done, timeout=30, interval=4) == "done"
    assert looks.at(start) == pytest.approx([0, 7, 14])


async def test_a_look_under_way_may_end():
    """It began in time. Clause 4."""
    looks = Looks("a", "done", seconds=8)
    assert await wait_until(looks, is_done, timeout=10, interval=1) == "done"


async def test_no_look_begins_after_the_deadline():
    """The one under way was the last. Clause 4."""
    looks = Looks("a", "b", seconds=8)
    with pytest.raises(TimeoutError):
        await wait_until(looks, is_done, timeout=10, interval=1)
    assert len(looks.times) == 2


async def test_an_error_of_a_look_comes_out():
    """Also one that looks like ours. Clause 6."""
    error, looks = TimeoutError("the service is too slow"), []

    def look():
        looks.append("done")
        if len(looks) == 1:
            raise error
        return "done"

    with pytest.raises(TimeoutError) as caught:
        await wait_until(look, is_done, timeout=10, interval=1)
    assert caught.value is error


async def test_an_error_of_the_predicate_comes_out():
    """It is a slip of the caller. Clause 6."""
    with pytest.raises(AttributeError):
        await wait_until(lambda: None, lambda state: state.completed, timeout=10, interval=1)


@pytest.mark.parametrize("seconds", [0, 100], ids=["in a pause", "in a look"])
async def test_a_cancellation_comes_out(seconds):
    """And ends the look. Clause 7."""
    looks = Looks("a", seconds=seconds)
    task = asyncio.create_task(wait_until(looks, is_done, timeout=1000, interval=50))
    await asyncio.sleep(10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert looks.ended == len(looks.times) == 1


### END SOLUTION

# %% [markdown]
# {hint wait-for-completion}

# %% [markdown]
# ## What a session has seen
#
# Now the state is in a database. A *session* is a conversation with it: you ask, you change, you
# *commit*, which means that the changes are stored and others may see them. `tasks` opens
# a new session for each of its calls.
#
# **Predict:** what is `after`?

# %%
# %%ipytest --tb=line
from vespera_scriptorium import AsyncDatabaseManager, SqlTaskRepository, Task, TaskStatus
from vespera_scriptorium.infrastructure.tables import TaskRow


async def test_a_session_sees_what_others_commit(tmp_path):
    database = AsyncDatabaseManager(f"sqlite+aiosqlite:///{tmp_path / 'test.db'}")
    tasks = SqlTaskRepository(database)
    await tasks.add(Task("task-1", "a"))
    async with database.session() as session:
        row = await session.get(TaskRow, "task-1")
        await tasks.save(Task("task-1", "a", status=TaskStatus.COMPLETED))
        row = await session.get(TaskRow, "task-1")
        after = row.status
    await database.stop()
    assert after == "completed"


# %% [markdown]
# <details><summary>What happened, and why</summary>
#
# `after` is `created`. As long as somebody holds a row, its session gives out that very object again,
# and does not read it anew. So a helper that looks through one session may look for ever.
#
# **The cure:** a new session for each look.
#
# </details>
#
# ## How often to look
#
# Every look costs the database work. A helper can look at a fixed pace, or wait twice as long each
# time. The second is called *back-off*.
#
# **Predict:** both pause for 7 s in all. The first waits 1 s each time, the second 1, 2 and 4 s. How many
# looks does each need?

# %%
import asyncio

from grader.timeline import draw, run, span


async def looks(pauses):
    for pause in [*pauses, 0]:
        with span("look"):
            await asyncio.sleep(0.1)
        await asyncio.sleep(pause)


draw({"fixed": run(looks([1] * 7)), "back-off": run(looks([1, 2, 4]))}, title="Looks in 7 s")

# %% [markdown]
# <details><summary>What happened, and why</summary>
#
# Eight, and four. Most things are there soon, so back-off looks often at first. The price: you learn
# of it late, by one pause at most. So pauses need a limit, here called `longest`.
#
# </details>
#
# ## Closed in every case
#
# This look closes its session by hand, after an error too. Then it is cancelled.
#
# **Predict:** what is the last entry of the log?

# %%
# %%ipytest --tb=line
import asyncio


async def look_by_hand(log):
    try:
        await asyncio.sleep(100)
    except Exception:
        log.append("close")
        raise
    log.append("close")


async def test_the_session_is_closed():
    log = ["open"]
    look = asyncio.create_task(look_by_hand(log))
    await asyncio.wait({look}, timeout=0.01)
    look.cancel()
    await asyncio.wait({look})
    assert log[-1] == "close"


# %% [markdown]
# <details><summary>What happened, and why</summary>
#
# `open`: nobody closes. A cancellation raises `CancelledError`, which is no `Exception`, so
# `except Exception` never sees it.
#
# **The cure:** `async with`. It ends its block whatever happens, and tells the session what happened,
# so that the session can *roll back*: forget what was not committed.
#
# </details>
#
# ### Exercise: eventually in the database
#
# **40 minutes.** Write the helper `eventually`, and tests of it. `sessions` is a function such as
# `database.session`. As before, probes look at your helper, and your tests
# meet helpers of the course's own. In your tests, write a stand-in for the database: it can note when
# a session begins and ends. Our probes use a real file.
#
# {contract eventually-in-the-database}
#
# {worked eventually-in-the-database}

# %% exercise="eventually-in-the-database"
# %%ipytest --mutants eventually-in-the-database
import asyncio
from contextlib import asynccontextmanager

import pytest


### BEGIN GIVEN
# # Write `eventually` here, and its tests below it.
### END GIVEN
### BEGIN SOLUTION
async def eventually(sessions, find, timeout, pause, longest):
    """The first value that a look finds, each look in a session of its own."""
    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        async with sessions() as session:
            found = await find(session)
        if found is not None:
            return found
        left = deadline - clock()
        if left <= 0:
            raise TimeoutError(f"nothing found in {timeout} s")
        await asyncio.sleep(min(pause, longest, left))
        pause *= 2


class Database:
    """Notes every block: when it begins, and how it ends. `find` gives one value after the other."""

    def __init__(self, *values, seconds=0):
        self.start = asyncio.get_running_loop().time()
        self.values, self.seconds = values, seconds
        self.times, self.endings, self.asked, self.answered = [], [], [], 0

    @asynccontextmanager
    async def sessions(self):
        self.times.append(asyncio.get_running_loop().time() - self.start)
        ending = "well"
        try:
            yield len(self.times)
        except BaseException as error:
            ending = type(error).__name__
            raise
        finally:
            self.endings.append(ending)

    async def find(self, session):
        self.asked.append(session)
        await asyncio.sleep(self.seconds)
        self.answered += 1
        value = self.values[min(len(self.asked), len(self.values)) - 1]
        if isinstance(value, Exception):
            raise value
        return value


def look(database, timeout=60, pause=1, longest=100):
    return eventually(database.sessions, database.find, timeout, pause, longest)


@pytest.mark.parametrize("value", ["row", 0, []])
async def test_what_is_not_none_is_found(value):
    """False or not. Clauses 1 and 2."""
    database = Database(None, None, value)
    assert await look(database) == value
    assert database.asked == [1, 2, 3]


async def test_pauses_double():
    """And the first look comes at once. Clauses 1 and 4."""
    database = Database(None, None, None, None, "row")
    await look(database)
    assert database.times == pytest.approx([0, 1, 3, 7, 15])


@pytest.mark.parametrize(("pause", "times"), [(1, [0, 1, 3, 6, 9]), (5, [0, 3, 6, 9, 12])])
async def test_no_pause_is_too_long(pause, times):
    """Three seconds at most, the first one, too. Clause 4."""
    database = Database(None, None, None, None, "row")
    await look(database, pause=pause, longest=3)
    assert database.times == pytest.approx(times)


async def test_there_is_a_look_at_the_deadline():
    """The last pause is cut. Clause 5."""
    database = Database(None)
    with pytest.raises(TimeoutError):
        await look(database, timeout=10)
    assert database.times == pytest.approx([0, 1, 3, 7, 10])


async def test_what_is_there_at_the_deadline_is_found():
    """The last look is a look. Clause 5."""
    assert await look(Database(None, None, "row"), timeout=2) == "row"


async def test_a_look_under_way_may_end():
    """It began in time. Clause 5."""
    assert await look(Database("row", seconds=20), timeout=10) == "row"


async def test_no_look_follows_one_that_is_late():
    """The one under way was the last. Clause 5."""
    database = Database(None, seconds=20)
    with pytest.raises(TimeoutError):
        await look(database, timeout=10)
    assert database.times == [0]


async def test_no_session_is_open_in_a_pause():
    """Others want the connection. Clause 3."""
    database = Database(None, "row")
    async with asyncio.TaskGroup() as group:
        group.create_task(look(database, pause=10))
        await asyncio.sleep(5)
        assert database.endings == ["well"]


async def test_an_error_of_find_comes_out_through_the_session():
    """At once, and so it can roll back. Clauses 3 and 6."""
    database = Database(None, LookupError("no such table"), "row")
    with pytest.raises(LookupError, match="no such table"):
        await look(database)
    assert database.endings == ["well", "LookupError"]


@pytest.mark.parametrize("error", [OSError("disk full"), ValueError("wrong URL")])
async def test_a_database_that_is_away_is_an_error(error):
    """It is not an empty one. Clause 6."""

    @asynccontextmanager
    async def away():
        raise error
        yield

    with pytest.raises(type(error)) as caught:
        await eventually(away, Database("row").find, timeout=60, pause=1, longest=8)
    assert caught.value is error


@pytest.mark.parametrize(
    ("seconds", "endings"), [(0, ["well"]), (100, ["CancelledError"])], ids=["pause", "look"]
)
async def test_a_cancellation_comes_out_and_leaves_nothing_open(seconds, endings):
    """Neither a session nor a look, this one or a further one. Clauses 3 and 7."""
    database = Database(None, seconds=seconds)
    task = asyncio.create_task(look(database, timeout=1000, pause=50))
    await asyncio.sleep(10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    answered = database.answered
    await asyncio.sleep(1000)
    assert (database.endings, database.answered) == (endings, answered)


### END SOLUTION

# %% [markdown]
# {hint eventually-in-the-database}

# %% [markdown]
# ## A subclass adds its own
#
# Back to the base class. This test class needs a file as well, so it has a fixture for its set-up.
#
# **Predict:** does the test pass?

# %%
# %%ipytest --tb=line
import pytest


class TestWithAFile(AsyncTestBase):
    @pytest.fixture(autouse=True)
    async def setup_async_environment(self, tmp_path):
        self.file = tmp_path / "report.txt"

    async def test_a_task_is_created(self):
        assert (await self.create_test_task()).success


# %% [markdown]
# <details><summary>What happened, and why</summary>
#
# There is no `container`. The fixture of the subclass has the name of the base's, so it takes its
# place.
#
# **The cure:** the base calls a method that does nothing, at the right moment. Subclasses override
# that method. Such a method is called a *hook*.
#
# </details>
#
# ## Two tests that count
#
# pytest makes a new object of the class for every test.
#
# **Predict:** each test passes alone. And together?


# %%
# %%ipytest --tb=line
class TestCounting(AsyncTestBase):
    created = []

    async def test_one(self):
        self.created.append(await self.create_test_task())
        count = len(self.created)
        assert count == 1

    async def test_other(self):
        self.created.append(await self.create_test_task())
        count = len(self.created)
        assert count == 1


# %% [markdown]
# <details><summary>What happened, and why</summary>
#
# The second fails. The list belongs to the class, and all objects of the class find the same one.
# The linter `ruff` has a rule for it, RUF012.
#
# **The cure:** assign to `self` in the set-up. pytest collects no class that has an `__init__`, so
# you cannot use that.
#
# </details>
#
# ## Cleaning up
#
# A test registers *clean-ups*: functions to be awaited when it is over. The container, too, wants
# its clean-up.
#
# **Predict:** the clean-up `b` fails. What is the last entry of the log?


# %%
# %%ipytest --tb=line
async def test_everything_is_cleaned_up():
    log = []

    async def clean_up(name):
        log.append(name)
        if name == "b":
            raise OSError("stuck")

    try:
        for name in ("c", "b", "a", "container"):
            await clean_up(name)
    except OSError:
        pass
    assert log[-1] == "container"


# %% [markdown]
# <details><summary>What happened, and why</summary>
#
# `b`. The error ends the loop, and the container stays open: a leak.
#
# **The cure** is one you know: an `AsyncExitStack` goes to the end, last in, first out, and then
# raises. What came later may need what came before, so it goes first.
#
# </details>
#
# How do you test a fixture? pytest forbids to call one. So the work moves into an async context
# manager, `environment()`, which a test can enter itself, and the fixture is two lines around it.
#
# ### Exercise: a base class for tests
#
# **50 minutes.** Write the class `AsyncTestBase`, and tests of it. Its `wait_for_completion` is left
# out: you have `wait_until`. Probes look at your class. Your tests meet base classes of the course's
# own: the whole class takes the place of yours, and your subclasses derive from it. So use only what
# the contract names. A stand-in for the container has `initialize_async_services()`,
# `cleanup_async_services()` and, where you need it, `get(cls)`. To see the *end* of a test's
# environment, look in a fixture with `scope="class"`, behind its `yield`: it ends after the fixtures of
# the single tests.
#
# {contract test-base}
#
# {worked test-base}

# %% exercise="test-base"
# %%ipytest --mutants test-base
import asyncio
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from vespera_scriptorium import Container, TaskOrchestrator, TaskRepository


### BEGIN GIVEN
# # Write the class `AsyncTestBase` here, and its tests below it.
### END GIVEN
### BEGIN SOLUTION
class AsyncTestBase:
    """Base class for async tests: each has a container, and clean-ups of its own."""

    def make_container(self):
        return Container()

    async def set_up(self):
        """Subclasses add their own."""

    def add_cleanup(self, function):
        self.stack.push_async_callback(function)

    @asynccontextmanager
    async def environment(self):
        async with AsyncExitStack() as self.stack:
            self.container = self.make_container()
            self.stack.push_async_callback(self.container.cleanup_async_services)
            await self.container.initialize_async_services()
            await self.set_up()
            yield

    @pytest.fixture(autouse=True)
    async def setup_async_environment(self):
        async with self.environment():
            yield

    async def create_test_task(self, **task_data):
        defaults = {
            "title": "Test Task",
            "description": "Test task description",
            "specialist_type": "generic",
        }
        orchestrator = self.container.get(TaskOrchestrator)
        return await orchestrator.create_task(defaults | task_data)


class Logged(AsyncTestBase):
    """Notes what happens, in order. What is called like `broken` fails."""

    broken = ""

    def note(self, what):
        async def note():
            self.log.append(what)
            if what == self.broken:
                raise OSError(what)

        return note

    def make_container(self):
        self.log = []
        container = Container()
        container.initialize_async_services = self.note("open")
        container.cleanup_async_services = self.note("close")
        return container

    async def set_up(self):
        self.add_cleanup(self.note("first"))
        await self.note("set up")()


BEFORE, AFTER = ["open", "set up"], ["second", "first", "close"]


async def test_everything_happens_in_order():
    """The last clean-up first, the container last. Clauses 1, 2, 3 and 4."""
    base = Logged()
    async with base.environment():
        assert base.log == BEFORE
        base.add_cleanup(base.note("second"))
    assert base.log == BEFORE + AFTER


async def test_the_container_is_a_new_one():
    """Each time. Clause 1."""
    base = AsyncTestBase()
    async with base.environment():
        first = base.container
    async with base.environment():
        assert isinstance(base.container, Container)
        assert base.container is not first


@pytest.mark.parametrize("error", [ValueError("in the block"), asyncio.CancelledError()])
async def test_whatever_ends_the_block_comes_out_and_all_is_cleaned_up(error):
    """An error, a cancellation. Clauses 2 and 4."""
    base = Logged()
    with pytest.raises(type(error)) as caught:
        async with base.environment():
            base.add_cleanup(base.note("second"))
            raise error
    assert caught.value is error
    assert base.log == BEFORE + AFTER


async def test_a_set_up_that_fails_is_cleaned_up():
    """And its error comes out. Clause 3."""
    base = Logged()
    base.broken = "set up"
    with pytest.raises(OSError, match="set up"):
        async with base.environment():
            base.log.append("block")
    assert base.log == [*BEFORE, "first", "close"]


async def test_a_clean_up_that_fails_stops_nothing():
    """And its error comes out. Clause 5."""
    base = Logged()
    base.broken = "second"
    with pytest.raises(OSError, match="second"):
        async with base.environment():
            base.add_cleanup(base.note("second"))
    assert base.log == BEFORE + AFTER


@pytest.mark.parametrize(
    ("task_data", "expected"),
    [
        ({}, ("Test Task", "Test task description", "generic")),
        ({"title": "a", "description": "b", "specialist_type": "c"}, ("a", "b", "c")),
        ({"title": "a"}, ("a", "Test task description", "generic")),
    ],
)
async def test_a_task_has_what_the_test_says(task_data, expected):
    """And the rest by default. Clause 6."""
    base = AsyncTestBase()
    async with base.environment():
        result = await base.create_test_task(**task_data)
        task = await base.container.get(TaskRepository).get(result.task_id)
    assert (task.title, task.description, task.specialist_type) == expected


async def test_two_objects_share_nothing():
    """Even while both are there. Clause 7."""
    one, other = Logged(), Logged()
    async with one.environment():
        async with other.environment():
            await other.create_test_task(title="other")
        assert one.log == BEFORE
        assert other.log == [*BEFORE, "first", "close"]
        result = await one.create_test_task()
        orchestrator = one.container.get(TaskOrchestrator)
        assert (await orchestrator.get_task_status(result.task_id)).title == "Test Task"


class TestInAnEnvironment(Logged):
    async def test_a_test_asks_for_nothing(self):
        """The environment is there, and still open. Clause 8."""
        assert self.log == BEFORE


### END SOLUTION

# %% [markdown]
# {hint test-base}

# %% [markdown]
# ## What failure messages mean
#
# | The output says | It means | Do this |
# | --- | --- | --- |
# | `TimeoutError`, on slow days only | Somebody did not look at the deadline. | Look a last time, then raise. |
# | **has no attribute 'container'** | The set-up of the base did not run. | Look for a fixture of the same name. |
# | **has an `__init__`, so pytest runs none of its tests** | pytest makes the objects itself. | Prepare them in a hook. |
# | **over-specified**: … **words its errors in its own way** | You test words that no clause promises. | Test what must be contained. |
# | A test **hangs** | It waits for what a mutant never does. | Give your wait a deadline. |

# %% [markdown]
# ## In your own project
#
# The mark of [looptime](https://pypi.org/project/looptime/) gives a test the virtual clock.
# `filterwarnings = error` is the check for what is left behind. This `wait_until` is shorter than
# yours: it takes async looks only.
#
# ```sh
# pip install pytest pytest-asyncio looptime
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
# # waiting.py
# import asyncio
#
#
# async def wait_until(look, done, timeout, interval):
#     clock = asyncio.get_running_loop().time
#     deadline = clock() + timeout
#     while not done(value := await look()):
#         left = deadline - clock()
#         if left <= 0:
#             raise TimeoutError(f"still {value!r}")
#         await asyncio.sleep(min(interval, left))
#     return value
# ```
#
# ```python
# # test_waiting.py
# import asyncio
#
# import pytest
# from waiting import wait_until
#
#
# @pytest.mark.looptime
# async def test_there_is_a_look_at_the_deadline():
#     async def look():
#         return asyncio.get_running_loop().time() - start
#
#     start = asyncio.get_running_loop().time()
#     assert await wait_until(look, lambda now: now >= 10, timeout=10, interval=4) == 10
# ```
#
# A mutant is a change by hand. This one forgets the last look, and the test must fail:
#
# ```diff
# --- a/waiting.py
# +++ b/waiting.py
# @@ -8,5 +8,5 @@
#      while not done(value := await look()):
#          left = deadline - clock()
# -        if left <= 0:
# +        if left < interval:
#              raise TimeoutError(f"still {value!r}")
#          await asyncio.sleep(min(interval, left))
# ```

# %% [markdown]
# ## Recap
#
# - **Wait** on the clock of the loop, look a last time at the deadline, and tell the last state.
# - **Look** through a new session each time. `async with` closes it, also in a cancellation.
# - **Extend** through hooks that the base calls. Keep state in the object, not in the class.
# - **Clean up** with an `AsyncExitStack`: to the end, last in, first out, and the error comes out.
# - **Test** helpers through their contract. They are code, and a hundred tests believe them.
#
# **Next:** [Legacy refactoring](12-legacy-refactoring.ipynb), where an old test is taken apart.
#
# **Further reading:**
# [AsyncExitStack](https://docs.python.org/3/library/contextlib.html#contextlib.AsyncExitStack) and
# [addAsyncCleanup](https://docs.python.org/3/library/unittest.html#unittest.IsolatedAsyncioTestCase)
# in Python, and
# [the state of objects in a session](https://docs.sqlalchemy.org/en/20/orm/session_state_management.html)
# in SQLAlchemy.

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
# # Legacy refactoring
#
# You will take one old test apart, and put tests in its place that find bugs.
#
# **165 minutes**, 35 of them to read. Before: [Reusable components](11-reusable-components.ipynb).
# The last exercise uses every lesson before this one, so it is the longest of the course.
#
# **Pattern:** Original Implementation (test_file_tracking.py), Pattern Strengths, Pattern Weaknesses,
# from *Legacy Pattern Analysis*.

# %% [markdown]
# **Objectives.** Afterwards you can
#
# - *measure* what an old test finds, before you change it;
# - *assert* where a test only prints or returns;
# - *tear down* with fixtures, so that no error hides another one;
# - *look* at a database through a second connection;
# - *cover* an application through its container.
#
# **Questions.** Which bugs does a green legacy test let through? What does `finally` hide? When is a
# row stored?

# %%
# %load_ext grader

# %% [markdown]
# ## The listing, as it stands
#
# *Legacy* code is code that works, that people need, and that nobody dares to change. This is a
# legacy test. It tracks a file that is created and then modified, and asks a *tracker* whether
# both have happened. A tracker belongs to one *subtask*, a part of a task.
#
# The listing is unchanged, with its broken emoji. It runs against {mutants assertions-for-prints} mutants of the tracker.
#
# **Predict:** does it pass? How many of the mutants does it kill?
#
# <!--
# fmt: off
# -->

# %% tags=["listing"]
# %%ipytest --mutants assertions-for-prints
import tempfile
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

from vespera_scriptorium import Base, create_file_tracker_for_subtask, initialize_file_tracking


async def test_file_tracking_system():
    """Test the complete file tracking system."""
    print("ðŸ§ª Testing File Tracking System...")

    # Create temporary database for testing
    test_db_path = ":memory:"  # In-memory database for testing
    engine = create_engine(f"sqlite:///{test_db_path}")

    # Create all tables
    Base.metadata.create_all(bind=engine)

    # Create session
    SessionLocal = sessionmaker(autocommit=False, autoflush=False, bind=engine)
    db_session = SessionLocal()

    try:
        # Initialize file tracking
        file_tracking = await initialize_file_tracking(db_session, run_migration=False)

        # Create test subtask tracker
        test_subtask_id = "test_subtask_001"
        tracker = create_file_tracker_for_subtask(test_subtask_id, file_tracking)

        # Test file operations with verification
        with tempfile.TemporaryDirectory() as temp_dir:
            temp_path = Path(temp_dir)
            test_file = temp_path / "test_file.txt"

            # Test file creation tracking
            await tracker.track_file_create(str(test_file), {"test": "creation"})
            test_file.write_text("Hello, file tracking system!")

            # Test file modification tracking
            await tracker.track_file_modify(str(test_file), {"test": "modification"})
            test_file.write_text("Hello, modified file tracking system!")

            # Test verification
            verification_summary = await tracker.verify_all_operations()

            return verification_summary['all_verified']

    finally:
        db_session.close()

# %% [markdown]
# <!--
# fmt: on
# -->
# <details><summary>Compare with your prediction</summary>
#
# It passes, and kills none. It does the right steps and gets the right answer. Then it returns the
# answer, and nobody looks at it. It would fail only if a step raised.
#
# </details>
#
# ## Two tests that return
#
# Two tests return False. One is a plain function, the other a coroutine.
#
# **Predict:** which of the two fails?


# %%
# %%ipytest --tb=line
def test_plain():
    return False


async def test_async():
    return False


# %% [markdown]
# <details><summary>Compare with your prediction</summary>
#
# Only the plain one fails: pytest warns of what it returned, and here every warning is an error.
# pytest-asyncio wraps an async test in a function that returns None, so nobody sees the False. In
# this course the panel tells you: "returns a value, which nobody looks at". In your project nobody
# does.
#
# **The cure:** `assert`. With one bool you can assert only one thing. The summary holds more: two numbers, and
# the ids of what is not verified. And a test needs steps that have *not* happened: a check that says
# yes to everything looks right as long as everything is done.
#
# </details>
#
# ### Exercise: assertions for a printed line
#
# **25 minutes.** Write the tests that the listing should have been. `LegacyFileTracker` is what
# `create_file_tracker_for_subtask` answers with.
#
# {contract assertions-for-prints}
#
# {worked assertions-for-prints}

# %% exercise="assertions-for-prints"
# %%ipytest --mutants assertions-for-prints
import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from vespera_scriptorium import create_file_tracker_for_subtask, initialize_file_tracking


### BEGIN SOLUTION
@pytest.fixture
async def make_tracker():
    engine = create_engine("sqlite://")
    with Session(engine) as session:
        tracking = await initialize_file_tracking(session)
        yield lambda subtask: create_file_tracker_for_subtask(subtask, tracking)
    engine.dispose()


@pytest.fixture
def tracker(make_tracker):
    return make_tracker("one")


async def test_each_call_is_an_operation(tracker, tmp_path):
    """Ids are those of the summary. Clauses 1 and 4."""
    path = str(tmp_path / "a.txt")
    ids = [
        await tracker.track_file_create(path),
        await tracker.track_file_modify(path),
        await tracker.track_file_create(path),
    ]
    assert (await tracker.verify_all_operations())["unverified"] == ids


async def test_creation_needs_a_file(tracker, tmp_path):
    """An empty one will do, as long as it is there. Clause 2."""
    file = tmp_path / "a.txt"
    await tracker.track_file_create(str(file))
    assert (await tracker.verify_all_operations())["verified"] == 0
    file.write_text("")
    assert (await tracker.verify_all_operations())["verified"] == 1
    file.unlink()
    assert (await tracker.verify_all_operations())["verified"] == 0


@pytest.mark.parametrize(
    ("before", "after", "verified"),
    [
        ("one", "one", 0),
        ("one", "two", 1),
        ("one", None, 0),
        (None, "one", 1),
        (None, None, 0),
    ],
)
async def test_modification_changes_the_content(tracker, tmp_path, before, after, verified):
    """It is compared with what was there before. Clause 3."""
    file = tmp_path / "a.txt"
    if before is not None:
        file.write_text(before)
    await tracker.track_file_modify(str(file))
    if after is None:
        file.unlink(missing_ok=True)
    else:
        file.write_text(after)
    assert (await tracker.verify_all_operations())["verified"] == verified


async def test_modification_has_its_own_before(tracker, tmp_path):
    """The second of two has not happened. Clause 3."""
    file = tmp_path / "a.txt"
    file.write_text("one")
    await tracker.track_file_modify(str(file))
    file.write_text("two")
    second = await tracker.track_file_modify(str(file))
    assert (await tracker.verify_all_operations())["unverified"] == [second]


async def test_summary_counts_its_own_subtask(make_tracker, tmp_path):
    """All are counted, and nobody else's. Clause 4."""
    tracker, other = make_tracker("1"), make_tracker("10")
    (tmp_path / "a.txt").write_text("a")
    await tracker.track_file_create(str(tmp_path / "a.txt"))
    await tracker.track_file_create(str(tmp_path / "b.txt"))
    await other.track_file_create(str(tmp_path / "c.txt"))
    summary = await tracker.verify_all_operations()
    assert (summary["total"], summary["verified"]) == (2, 1)


async def test_all_verified_means_at_least_one_and_every_one(tracker, tmp_path):
    """The first one is missing, then none is. Clause 5."""
    assert (await tracker.verify_all_operations())["all_verified"] is False
    await tracker.track_file_create(str(tmp_path / "a.txt"))
    (tmp_path / "b.txt").write_text("b")
    await tracker.track_file_create(str(tmp_path / "b.txt"))
    assert (await tracker.verify_all_operations())["all_verified"] is False
    (tmp_path / "a.txt").write_text("a")
    assert (await tracker.verify_all_operations())["all_verified"] is True


### END SOLUTION

# %% [markdown]
# {hint assertions-for-prints}

# %% [markdown]
# ## Five strengths
#
# That test is praised for five strengths. A good refactoring keeps them:
#
# 1. comprehensive async testing: every step is awaited;
# 2. resource management: `try` and `finally`;
# 3. temporary resources: folder and database disappear;
# 4. operation verification;
# 5. real file system integration.
#
# The next two cells show strengths 1, 3, 4 and 5. (`dispose` closes what `create_engine` has opened.)
#
# **Predict:** the five lines that are printed.

# %%
import tempfile
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from vespera_scriptorium import create_file_tracker_for_subtask, initialize_file_tracking

session = Session(create_engine("sqlite://"))
tracking = await initialize_file_tracking(session)
tracker = create_file_tracker_for_subtask("one", tracking)

# %%
with tempfile.TemporaryDirectory() as folder:
    file = Path(folder) / "a.txt"
    forgotten = tracker.track_file_create(str(file))
    print("1. now:", (await tracker.verify_all_operations())["total"])
    await forgotten
    print("1. and now:", (await tracker.verify_all_operations())["total"])
    print("4. now:", (await tracker.verify_all_operations())["verified"])
    file.write_text("a")
    print("4. and 5. now:", (await tracker.verify_all_operations())["verified"])
print("3. in the end:", file.exists())
session.close()
session.get_bind().dispose()

# %% [markdown]
# <details><summary>Compare with your prediction</summary>
#
# A call that is not awaited tracks nothing, so the listing needs each of its awaits. The check
# follows the real file, from 0 to 1. And the folder takes its file along when its block ends.
#
# </details>
#
# ## The second strength
#
# In this test the assertion is wrong: 1 is not 2. The clean-up is broken, too.
#
# **Predict:** how many errors does pytest report for each of the two tests, and which?

# %%
# %%ipytest --tb=line
import pytest


def close():
    raise OSError("cannot close")


def test_with_finally():
    try:
        assert 1 == 2
    finally:
        close()


# %%
# %%ipytest --tb=line
import pytest


def close():
    raise OSError("cannot close")


@pytest.fixture
def resource():
    yield
    close()


def test_with_a_fixture(resource):
    assert 1 == 2


# %% [markdown]
# <details><summary>Compare with your prediction</summary>
#
# `finally` does run, and that is its strength. But its own error takes the place of the
# assertion's: one report, of an OSError, and you search in the wrong place. With a fixture there
# are two reports: the test *failed*, and its clean-up has an *error*.
#
# **The cure:** a fixture for each thing that is to be closed. When closing one fails, pytest still
# closes the others.
#
# </details>
#
# ### Exercise: fixtures for try and finally
#
# **15 minutes.** Write fixtures in the place of the listing's set-up and its `finally`. You need no
# tests: *probes*, the course's own tests, use your fixtures. An *engine* is what SQLAlchemy's
# `create_engine` makes. It holds the connections. `dispose` closes them.
#
# {contract fixtures-for-try-finally}

# %% exercise="fixtures-for-try-finally"
# %%ipytest --mutants fixtures-for-try-finally
import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from vespera_scriptorium import create_file_tracker_for_subtask, initialize_file_tracking


### BEGIN GIVEN
# # Write your fixtures here.
### END GIVEN
### BEGIN SOLUTION
@pytest.fixture
def engine(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path / 'test.db'}")
    yield engine
    engine.dispose()


@pytest.fixture
def db_session(engine):
    with Session(engine) as session:
        yield session


@pytest.fixture
async def make_tracker(db_session):
    tracking = await initialize_file_tracking(db_session)

    def make(subtask_id):
        return create_file_tracker_for_subtask(subtask_id, tracking)

    return make


### END SOLUTION

# %% [markdown]
# {hint fixtures-for-try-finally}

# %% [markdown]
# ## In memory, and in a file
#
# One session inserts a row and never commits. *Commit* means: store for good. Then a second session
# looks.
#
# **Predict:** does the assertion fail in memory? And in a file?

# %%
# %%ipytest --tb=line
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session


@pytest.mark.parametrize("place", [":memory:", "test.db"])
def test_a_row_is_committed(place, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    engine = create_engine(f"sqlite:///{place}")
    with Session(engine) as one, Session(engine) as other:
        one.execute(text("create table files (name)"))
        one.execute(text("insert into files values ('a.txt')"))  # and no commit
        rows = other.execute(text("select * from files")).all()
    engine.dispose()
    assert len(rows) == 1


# %% [markdown]
# <details><summary>Compare with your prediction</summary>
#
# In memory it passes, although nothing was committed. SQLAlchemy gives both sessions the same
# connection, because a database in memory ends with its connection. And a connection sees its own
# rows, committed or not. In a file the second session has a second connection, and finds no row.
#
# **The cure:** a file in `tmp_path`, and a second engine to look with.
#
# </details>
#
# ### Exercise: a file for :memory:
#
# **25 minutes.** Find what a database in memory hides. A *migration* makes tables; a *flush* sends
# rows to the database, and stores none for good. These sessions are not asynchronous: two that
# write wait for each other for 5 s, and nothing else runs meanwhile. So give `create_engine` the
# argument `connect_args={"timeout": 0}`, and the wait becomes an error at once.
#
# {contract file-for-memory}
#
# {worked file-for-memory}

# %% exercise="file-for-memory"
# %%ipytest --mutants file-for-memory
import pytest
from sqlalchemy import create_engine, inspect
from sqlalchemy.orm import Session

from vespera_scriptorium import (
    Base,
    create_file_tracker_for_subtask,
    initialize_file_tracking,
)


### BEGIN SOLUTION
@pytest.fixture
def make_session(tmp_path):
    """Makes sessions of one file, each with a connection of its own."""
    sessions = []

    def make():
        url = f"sqlite:///{tmp_path / 'test.db'}"
        sessions.append(Session(create_engine(url, connect_args={"timeout": 0})))
        return sessions[-1]

    yield make
    for session in sessions:
        session.close()
        session.get_bind().dispose()


async def tracker_on(session):
    tracking = await initialize_file_tracking(session)
    return create_file_tracker_for_subtask("one", tracking)


async def test_missing_tables_are_made(make_session, tmp_path):
    """One is there already. Clause 1."""
    session = make_session()
    Base.metadata.tables["tasks"].create(session.get_bind())
    tracker = await tracker_on(session)
    await tracker.track_file_create(str(tmp_path / "a.txt"))


async def test_no_table_is_made_without_migration(make_session):
    """The file stays empty. Clause 1."""
    session = make_session()
    await initialize_file_tracking(session, run_migration=False)
    assert inspect(make_session().get_bind()).get_table_names() == []


async def test_rows_stay(make_session, tmp_path):
    """A second start keeps them. Clause 1."""
    await (await tracker_on(make_session())).track_file_create(str(tmp_path / "a.txt"))
    again = await tracker_on(make_session())
    assert (await again.verify_all_operations())["total"] == 1


@pytest.mark.parametrize("kind", ["create", "modify"])
async def test_each_operation_is_committed_at_once(make_session, tmp_path, kind):
    """Others see the first and the second, and also after they have looked. Clauses 2 and 3."""
    one, other = await tracker_on(make_session()), await tracker_on(make_session())
    for number in (1, 2):
        track = getattr(one, f"track_file_{kind}")
        await track(str(tmp_path / f"{number}.txt"))
        assert (await other.verify_all_operations())["total"] == number


async def test_a_check_changes_nothing(make_session, tmp_path):
    """What is verified once is verified twice. Clause 3."""
    tracker = await tracker_on(make_session())
    await tracker.track_file_create(str(tmp_path / "a.txt"))
    (tmp_path / "a.txt").write_text("a")
    for _ in range(2):
        assert (await tracker.verify_all_operations())["verified"] == 1


async def test_others_know_what_was_there_before(make_session, tmp_path):
    """Before the change, and after it. Clause 4."""
    file = tmp_path / "a.txt"
    file.write_text("one")
    await (await tracker_on(make_session())).track_file_modify(str(file))
    other = await tracker_on(make_session())
    assert (await other.verify_all_operations())["verified"] == 0
    file.write_text("two")
    assert (await other.verify_all_operations())["verified"] == 1


### END SOLUTION

# %% [markdown]
# {hint file-for-memory}

# %% [markdown]
# ## Four weaknesses
#
# The document names four weaknesses as well:
#
# 1. direct infrastructure access: the test goes past the application layer;
# 2. complex set-up, by hand;
# 3. mixed concerns: files and database in one test;
# 4. no dependency injection: it builds its parts itself, so you can replace none. *Dependency
#    injection* means that an object is given what it needs.
#
# Mixed concerns first. Two bugs, one in the files and one in the database, meet a test like the
# listing, with an assertion.
#
# **Predict:** do the two messages tell you which bug it is?

# %%
# %%ipytest --tb=line
import pytest
from sqlalchemy import create_engine, delete
from sqlalchemy.orm import Session

from vespera_scriptorium import create_file_tracker_for_subtask, initialize_file_tracking
from vespera_scriptorium.infrastructure.tables import LegacyOperationRow


@pytest.mark.parametrize("bug", ["the file is not written", "the row is lost"])
async def test_mixed(bug, tmp_path):
    with Session(create_engine("sqlite://")) as session:
        tracking = await initialize_file_tracking(session)
        tracker = create_file_tracker_for_subtask("one", tracking)
        await tracker.track_file_create(str(tmp_path / "a.txt"))
        if bug == "the row is lost":
            (tmp_path / "a.txt").write_text("a")
            session.execute(delete(LegacyOperationRow))
        assert (await tracker.verify_all_operations())["all_verified"], "not verified"


# %% [markdown]
# <details><summary>Compare with your prediction</summary>
#
# They do not. Two concerns in one test share one message.
#
# **The cure:** one test for the rows, another one for the files.
#
# </details>
#
# Now the same step through the application. The listing's eight statements of set-up become two:
# that is the answer to the complex set-up. And you can put in a disk that is broken: that is dependency
# injection.
#
# **Predict:** what does the use case answer when the disk fails?

# %%
from vespera_scriptorium import Container, FileSystem, TrackFileOperationsUseCase


class BrokenDisk:
    async def read(self, file_path):
        raise OSError("disk failure")


container = Container()
use_case = container.get(TrackFileOperationsUseCase)
print((await use_case.track_file_creation("other.txt")).success)  # the file comes later
with container.override(FileSystem, BrokenDisk()):
    use_case = container.get(TrackFileOperationsUseCase)
    result = await use_case.track_file_creation("one-more.txt")
print(result.success, result.error)

# %% [markdown]
# <details><summary>Compare with your prediction</summary>
#
# An error result with the reason. The listing can never ask this: nothing in it can be replaced.
#
# </details>
#
# ## One suite for everything
#
# One weakness remains: direct access to the infrastructure. The listing's workflow runs once more,
# against {mutants whole-application} mutants of the whole application.
#
# **Predict:** how many does it kill, now that it has an assertion?

# %%
# %%ipytest --mutants whole-application -q
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from vespera_scriptorium import create_file_tracker_for_subtask, initialize_file_tracking


async def test_file_tracking(tmp_path):
    engine = create_engine("sqlite://")
    with Session(engine) as session:
        tracking = await initialize_file_tracking(session)
        tracker = create_file_tracker_for_subtask("one", tracking)
        await tracker.track_file_create(str(tmp_path / "a.txt"))
        (tmp_path / "a.txt").write_text("a")
        summary = await tracker.verify_all_operations()
    engine.dispose()
    assert summary["all_verified"]


# %% [markdown]
# <details><summary>Compare with your prediction</summary>
#
# None. It goes straight to the database, past everything that the application decides.
#
# **The cure:** tests that take all they need from a `Container`, and replace in it what they want to
# control.
#
# </details>
#
# ### Exercise: the whole application
#
# **65 minutes.** Take a break first. Then write one suite for the application, and take every object
# from a `Container()`. You know each clause: 1 to 4 from lessons 01 to 04, 5 from 11, 6 from 05 and 10,
# 7 to 9 from 06, 08 and 09, 10 and 11 from 03 and 07, 12 from 08.
#
# Calls that you may need:
#
# - `container.override(Class, object)`, before `get`;
# - `workflow.create_task({"title": "a"})`, `execute_task(task_id, steps)`,
#   `complete_task(task_id, {"summary": "…"})`; a step is `WorkflowStep(name, run, compensate)`, with
#   `async run(outputs)`, which returns a text, and `async compensate()`;
# - `session.create_resource("file")`; `create_many([{"title": "a"}])`; `execute_many(ids, limit)`; a
#   `Specialist` has `async run(task)`;
# - `run(name, work)` of `AsyncService`, `run(work, timeout)` of `TimeoutAwareService`;
# - `AsyncMock(spec=ExternalService)`, whose `call_api` answers `{"status": "success", "data": {}}`, and
#   `upload_file` `{"file_id": "1"}`;
# - `container.add_service(name, build, needs=(…))`; `build` gets what `needs` names, and makes an
#   object with `async start()` and `async stop()`.
#
# Time is virtual. While a real file is read it may jump, so put no timeout around that.
#
# {contract whole-application}
#
# {worked whole-application}

# %% exercise="whole-application"
# %%ipytest --mutants whole-application
import asyncio
from contextlib import suppress
from unittest.mock import AsyncMock

import pytest

from vespera_scriptorium import (
    AsyncOperationService,
    AsyncResourceManager,
    AsyncService,
    AsyncServiceError,
    BackgroundService,
    Container,
    ExternalService,
    ExternalServiceUseCase,
    Journal,
    Specialist,
    TaskExecutionWorkflow,
    TaskOrchestrator,
    TimeoutAwareService,
    TrackFileOperationsUseCase,
    WorkflowStep,
)


### BEGIN SOLUTION
@pytest.fixture
def container():
    return Container()


class Sleeper:
    """Works as many seconds as the title says, and counts who is at work; "x" fails."""

    def __init__(self):
        self.now = self.most = 0

    async def run(self, task):
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(int(task.title) if task.title != "x" else 0)
        self.now -= 1
        if task.title == "x":
            raise OSError("disk full")
        return "done"


async def created(container, *titles):
    results = await container.get(TaskOrchestrator).create_many([{"title": t} for t in titles])
    assert all(result.success for result in results)
    return [result.task_id for result in results]


async def test_a_creation_is_stored(container):
    """The summary counts it. Clause 1."""
    use_case = container.get(TrackFileOperationsUseCase)
    assert (await use_case.track_file_creation("a.txt")).success
    assert (await use_case.verify_all_operations()).total == 1


async def test_a_path_is_created_once(container):
    """The second creation is an error result. Clause 1."""
    use_case = container.get(TrackFileOperationsUseCase)
    await use_case.track_file_creation("a.txt")
    assert not (await use_case.track_file_creation("a.txt")).success


async def test_steps_are_compensated_in_reverse(container):
    """The third of three fails. Clause 2."""
    workflow, undone = container.get(TaskExecutionWorkflow), []

    def step(name):
        async def run(outputs):
            if name == "c":
                raise OSError("disk full")
            return name

        async def undo():
            undone.append(name)

        return WorkflowStep(name, run, undo)

    task = await workflow.create_task({"title": "a"})
    await workflow.execute_task(task.task_id, [step("a"), step("b"), step("c")])
    assert undone == ["b", "a"]


async def test_only_what_was_executed_is_completed(container):
    """A task that was created is not. Clause 2."""
    workflow = container.get(TaskExecutionWorkflow)
    task = await workflow.create_task({"title": "a"})
    assert not (await workflow.complete_task(task.task_id, {"summary": "done"})).success


@pytest.mark.parametrize("ending", [None, OSError("disk full"), asyncio.CancelledError()])
async def test_resources_are_closed_however_the_block_ends(container, ending):
    """There are two of them. Clause 3."""
    manager, resources = container.get(AsyncResourceManager), []
    with suppress(OSError, asyncio.CancelledError):
        async with manager.create_session() as session:
            for kind in ("file", "lock"):
                resources.append(await session.create_resource(kind))
            if ending is not None:
                raise ending
    for resource in resources:
        assert (await manager.verify_cleanup(resource.id)).cleaned_up


async def test_tasks_created_together_have_their_own_ids(container):
    """Three at once. Clause 4."""
    assert len(set(await created(container, "1", "2", "3"))) == 3


async def test_results_stand_in_the_order_of_the_input(container):
    """The last task ends first, and no more than two are at work. Clause 4."""
    sleeper = Sleeper()
    container.override(Specialist, sleeper)
    ids = await created(container, "3", "2", "1")
    results = await container.get(TaskOrchestrator).execute_many(ids, limit=2)
    assert [result.task_id for result in results] == ids
    assert sleeper.most <= 2


async def test_a_failed_task_is_not_completed(container):
    """One fails, and one succeeds. Clause 5."""
    container.override(Specialist, Sleeper())
    orchestrator = container.get(TaskOrchestrator)
    failed, done = await created(container, "x", "1")
    await orchestrator.execute_many([failed, done], limit=1)
    assert not (await orchestrator.get_task_status(failed)).completed
    assert (await orchestrator.get_task_status(done)).completed


async def test_a_service_tells_the_cause_and_recovers(container):
    """Then it works again. Clause 6."""
    service, error = container.get(AsyncService), OSError("disk full")
    with pytest.raises(AsyncServiceError) as caught:
        await service.run("upload", AsyncMock(side_effect=error))
    assert caught.value.__cause__ is error
    await service.recover_from_error()
    assert await service.run("upload", AsyncMock(return_value="done")) == "done"


async def test_late_work_is_cancelled(container):
    """By the time that the error comes out. Clause 7."""
    ended = []

    async def work():
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise
        finally:
            ended.append("over")

    with pytest.raises(TimeoutError):
        await container.get(TimeoutAwareService).run(work, timeout=1)
    assert ended == ["cancelled", "over"]


@pytest.mark.parametrize(
    ("statuses", "uploads"), [(["success"], 1), (["error"], 0), (["error", "success"], 0)]
)
async def test_only_successes_are_uploaded(container, statuses, uploads):
    """And the upload is awaited. Clause 8."""
    service = AsyncMock()
    service.call_api.side_effect = [{"status": status, "data": {}} for status in statuses]
    service.upload_file.return_value = {"file_id": "file-1"}
    container.override(ExternalService, service)
    await container.get(ExternalServiceUseCase).process_many([{"a": 1}] * len(statuses))
    assert service.upload_file.await_count == service.upload_file.call_count == uploads


@pytest.mark.parametrize(("kind", "seconds"), [("quick", 0.05), ("medium", 0.1), ("slow", 0.2)])
async def test_operations_take_their_time(container, kind, seconds):
    """Each type its own. Clause 9."""
    result = await container.get(AsyncOperationService).execute_operation(kind)
    assert result.duration == pytest.approx(seconds)


async def test_the_journal_is_closed(container):
    """After a round of work. Clause 10."""
    service = container.get(BackgroundService)
    await service.start()
    await asyncio.sleep(1)
    await service.stop()
    assert not container.get(Journal).is_open


@pytest.mark.parametrize("failing", [None, "b"])
async def test_services_stop_in_reverse_and_to_the_end(container, failing):
    """A stop in the middle may fail. Clause 11."""
    stopped = []

    class Service:
        def __init__(self, name):
            self.name = name

        async def start(self):
            pass

        async def stop(self):
            stopped.append(self.name)
            if self.name == failing:
                raise OSError("stuck")

    container.add_service("a", lambda: Service("a"))
    container.add_service("b", lambda a: Service("b"), needs=["a"])
    container.add_service("c", lambda b: Service("c"), needs=["b"])
    await container.initialize_async_services()
    with suppress(ExceptionGroup):
        await container.cleanup_async_services()
    assert stopped == ["c", "b", "a"]


async def test_an_override_ends(container):
    """The use case asks the original again. Clause 12."""
    mock = AsyncMock()
    override = container.override(ExternalService, mock)
    container.get(ExternalServiceUseCase)
    override.withdraw()
    assert (await container.get(ExternalServiceUseCase).process_data({"a": 1})).success
    mock.call_api.assert_not_called()


### END SOLUTION

# %% [markdown]
# {hint whole-application}
#
# A *kill matrix* shows which test kills which mutant. This one is yours. With `save=True` it is also
# written as a page, beside this notebook. It takes the id of any exercise.

# %%
grader.kill_matrix("whole-application")

# %% [markdown]
# Rows are your tests, columns the mutants. A column without a kill is a promise that you do not
# defend. A row with many is a test whose failure does not tell you why.

# %% [markdown]
# ## What failure messages mean
#
# | The output says | It means | Do this |
# | --- | --- | --- |
# | **returns a value, which nobody looks at** | The verdict goes nowhere. | Write `assert` for `return`. |
# | **PytestReturnNotNoneWarning** | The same, in a plain test. | The same. |
# | **ERROR at teardown of** a test | The clean-up has failed. | Look behind the `yield`. |
# | **no such table** | Nobody ran the migration on this file, or it is another file. | Compare the URLs. |
# | **database is locked** | Another connection has written and not committed. | Commit there, or close it. |

# %% [markdown]
# ## In your own project
#
# A second connection finds the missing commit in every project with a database.
#
# ```sh
# pip install pytest pytest-asyncio
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
# # store.py
# import sqlite3
#
# async def track(path, name):
#     connection = sqlite3.connect(path)
#     connection.execute("create table if not exists files (name)")
#     connection.execute("insert into files values (?)", (name,))
#     connection.commit()
#     connection.close()
# ```
#
# ```python
# # test_store.py
# import sqlite3
# from contextlib import closing
# from store import track
#
# async def test_another_connection_sees_the_row(tmp_path):
#     await track(tmp_path / "test.db", "a.txt")
#     with closing(sqlite3.connect(tmp_path / "test.db")) as other:
#         assert other.execute("select name from files").fetchall() == [("a.txt",)]
# ```
#
# The setting `filterwarnings = error` stands in for the leak check: what is never awaited or never
# closed fails a test. This test needs no virtual clock; for one, install `looptime` and run
# `pytest --looptime`, but not with a real database. In the place of the mutants, break the code by
# hand. Take the commit away, and see the test fail:
#
# ```diff
# --- a/store.py
# +++ b/store.py
# @@ -5,5 +5,4 @@
#      connection = sqlite3.connect(path)
#      connection.execute("create table if not exists files (name)")
#      connection.execute("insert into files values (?)", (name,))
# -    connection.commit()
#      connection.close()
# ```

# %% [markdown]
# ## Recap
#
# - **Measure** an old test with mutants first. Green says nothing about what it finds.
# - **Assert** each promise, also for what has not happened. A returned verdict is lost.
# - **Tear down** with one fixture for each thing: `finally` hides the error that you look for.
# - **Look** through a second connection, into a file. In memory there is only one.
# - **Cover** the application through its container, where each part can be replaced.
#
# **Next:** your own project, with the pattern that it needs most. The
# [start page](../00-start-here.ipynb) has the map of all lessons.
#
# **Further reading:**
# [session basics](https://docs.sqlalchemy.org/en/20/orm/session_basics.html) and
# [SQLite in memory](https://docs.sqlalchemy.org/en/20/dialects/sqlite.html#pool-behavior) in
# SQLAlchemy, and
# [fixtures that tear down](https://docs.pytest.org/en/stable/how-to/fixtures.html#safe-teardowns) in
# pytest.

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

# %% [markdown] tags=["draft"]
# # Mocks
#
# You will hold a fake to the contract of the real thing, so that a test with the fake still means
# something.
#
# **15 minutes.** Before: [Concurrent operations](../2-advanced/04-concurrent-operations.ipynb).
#
# **Draft.** The lesson itself is still to be written. Its exercise already works, and counts.

# %%
# %load_ext grader

# %% [markdown]
# ## One suite for the fake and the real thing
#
# ### Exercise: one suite for the fake and the real thing
#
# `InMemoryTaskRepository` and `SqlTaskRepository` keep tasks, each in its own way. Write one suite
# that both pass: a fixture with `params` gives each test first the one, then the other. The second
# needs a file, `AsyncDatabaseManager(f"sqlite+aiosqlite:///{tmp_path / 'tasks.db'}")`, and to be
# stopped.
#
# A database works in a thread, where no virtual clock reaches. So this exercise runs on the real one,
# and a test may take 2 seconds.
#
# {contract contract-suite}
#
# {worked contract-suite}

# %% exercise="contract-suite"
# %%ipytest --mutants contract-suite
import pytest

from vespera_scriptorium import (
    AsyncDatabaseManager,
    DuplicateTaskError,
    InMemoryTaskRepository,
    SqlTaskRepository,
    Task,
    TaskStatus,
    UnknownTaskError,
)


### BEGIN SOLUTION
@pytest.fixture(params=["memory", "sql"])
async def repository(request, tmp_path):
    """First the fake, then the real thing."""
    if request.param == "memory":
        yield InMemoryTaskRepository()
        return
    database = AsyncDatabaseManager(f"sqlite+aiosqlite:///{tmp_path / 'tasks.db'}")
    try:
        yield SqlTaskRepository(database)
    finally:
        await database.stop()


FULL = Task(
    id="a",
    title="Report",
    description="Monthly",
    specialist_type="writer",
    status=TaskStatus.RUNNING,
    attempts=2,
    outputs={"draft": "done"},
    summary="Half of it",
    artifacts=("report.md",),
    next_action="print",
)


async def test_a_task_comes_back_whole(repository):
    """Every field that was stored is read. Clause 1."""
    await repository.add(FULL)
    assert await repository.get("a") == FULL
    assert await repository.get("b") is None


async def test_an_id_is_taken_once(repository):
    """The port's own error says so. Clause 2."""
    await repository.add(Task("a", "first"))
    with pytest.raises(DuplicateTaskError):
        await repository.add(Task("a", "second"))


async def test_a_refused_task_changes_nothing(repository):
    """The first one is still there. Clause 2."""
    await repository.add(Task("a", "first"))
    with pytest.raises(Exception):
        await repository.add(Task("a", "second"))
    assert await repository.get("a") == Task("a", "first")


async def test_every_field_is_saved(repository):
    """Not only those that change most. Clause 3."""
    await repository.add(Task("a", "first"))
    await repository.save(FULL)
    assert (await repository.get("a")).title == "Report"


async def test_what_was_read_before_is_read_anew(repository):
    """No answer is older than the last save. Clause 3."""
    await repository.add(Task("a", "first"))
    await repository.get("a")
    await repository.save(Task("a", "first", status=TaskStatus.FAILED))
    assert (await repository.get("a")).status == "failed"


async def test_what_nobody_added_cannot_be_saved(repository):
    """It is no way to add. Clause 4."""
    with pytest.raises(UnknownTaskError):
        await repository.save(FULL)


async def test_what_is_stored_is_counted(repository):
    """An id is no task yet. Clause 5."""
    await repository.next_id()
    await repository.next_id()
    await repository.add(FULL)
    assert await repository.count() == 1


async def test_no_id_is_given_twice(repository):
    """Though nothing was added in between. Clause 6."""
    assert await repository.next_id() != await repository.next_id()


### END SOLUTION

# %% [markdown]
# {hint contract-suite}

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
# # Parametrized tests
#
# You will put boundaries into a table, and let Hypothesis look for the input that you did not think
# of.
#
# **20 minutes.** Before: [Concurrent operations](../2-advanced/04-concurrent-operations.ipynb).
#
# **Draft.** The lesson itself is still to be written. Its exercises already work, and count.

# %%
# %load_ext grader

# %% [markdown]
# ## The table of delays
#
# ### Exercise: the table of delays
#
# `backoff_delays` says how long to wait between attempts that fail. It is a plain function, and its
# tests need no event loop. Write its table.
#
# {contract backoff-schedule}
#
# {worked backoff-schedule}

# %% exercise="backoff-schedule"
# %%ipytest --mutants backoff-schedule
import pytest

from vespera_scriptorium import backoff_delays


### BEGIN SOLUTION
def none():
    return 0.0


@pytest.mark.parametrize(("attempts", "delays"), [(1, 0), (2, 1), (5, 4)])
def test_there_is_no_delay_after_the_last_attempt(attempts, delays):
    """One less than attempts. Clause 1."""
    assert len(backoff_delays(attempts, 1, 100, none)) == delays


@pytest.mark.parametrize("base", [0.1, 1, 3])
def test_the_first_delay_is_the_base(base):
    """Attempts are counted from 0. Clause 2."""
    assert backoff_delays(4, base, 100, none)[0] == base


def test_each_delay_is_twice_the_one_before():
    """Exponential, not linear. Clause 2."""
    first, second, third = backoff_delays(4, 1, 100, none)
    assert (second / first, third / second) == (2, 2)


def test_each_delay_has_a_jitter_of_its_own():
    """What is asked once is no jitter. Clauses 2 and 3."""
    jitter = iter([0.1, 0.2, 0.3])
    delays = backoff_delays(4, 1, 100, lambda: next(jitter))
    assert delays == pytest.approx([1.1, 2.2, 4.3])


@pytest.mark.parametrize(("cap", "last"), [(3.9, 3.9), (4, 4), (4.1, 4)])
def test_no_delay_is_longer_than_the_cap(cap, last):
    """Below, at and above the boundary. Clause 4."""
    assert backoff_delays(4, 1, cap, none)[-1] == last


def test_the_cap_holds_for_the_jitter_too():
    """Four seconds and a jitter are still four. Clause 4."""
    assert backoff_delays(4, 1, 4, lambda: 0.5) == [1.5, 2.5, 4]


### END SOLUTION

# %% [markdown]
# {hint backoff-schedule}

# %% [markdown]
# ## True for any list of files
#
# ### Exercise: true for any list of files
#
# Test `TrackFileOperationsUseCase` with Hypothesis, against files of your own: a class with an
# `async def read(self, file_path)` that answers with `bytes`, or with None where there is no file.
# Operations are tracked first; then files are written; then `verify_all_operations` tells.
#
# Twenty-five examples are drawn for each test, the same ones in every run.
#
# {contract round-trip}
#
# {worked round-trip}

# %% exercise="round-trip"
# %%ipytest --mutants round-trip
from hypothesis import given
from hypothesis import strategies as st

from vespera_scriptorium import InMemoryFileOperationStore, TrackFileOperationsUseCase


### BEGIN SOLUTION
class Files(dict):
    """Files in memory, by their paths."""

    async def read(self, file_path):
        return self.get(file_path)


def use_case(files):
    return TrackFileOperationsUseCase(InMemoryFileOperationStore(), files)


NAMES = st.text("aAb", min_size=1, max_size=3)
CONTENTS = st.binary(max_size=2)
SOME_FILES = st.dictionaries(NAMES, CONTENTS)


@given(st.lists(NAMES))
async def test_every_operation_is_counted_once(names):
    """Any number of modifications, of the same file too. Clause 1."""
    tracker = use_case(Files())
    for name in names:
        await tracker.track_file_modification(name)
    summary = await tracker.verify_all_operations()
    assert summary.total == len(names)
    assert summary.verified + summary.unverified + summary.failed == len(names)


@given(before=CONTENTS, after=CONTENTS)
async def test_a_modification_is_a_change_of_content(before, after):
    """The same length is not the same content. Clause 2."""
    files = Files(a=before)
    tracker = use_case(files)
    tracked = await tracker.track_file_modification("a")
    files["a"] = after
    found = await tracker.verify_operation(tracked.operation_id)
    assert found.verified == (before != after)


@given(planned=st.sets(NAMES), written=SOME_FILES)
async def test_a_creation_is_verified_once_its_file_is_written(planned, written):
    """Whatever is in it, and whatever else was written before. Clause 3."""
    files = Files()
    tracker = use_case(files)
    tracked = {name: await tracker.track_file_creation(name) for name in planned}
    files.update(written)
    summary = await tracker.verify_all_operations()
    verified = {result.operation_id for result in summary.results if result.verified}
    assert verified == {tracked[name].operation_id for name in planned & set(written)}


@given(SOME_FILES)
async def test_asked_twice_it_answers_twice_the_same(written):
    """To look changes nothing. Clause 4."""
    files = Files()
    tracker = use_case(files)
    for name in written:
        await tracker.track_file_creation(name)
    files.update(written)
    assert await tracker.verify_all_operations() == await tracker.verify_all_operations()


@given(planned=st.sets(NAMES, max_size=2), written=SOME_FILES)
async def test_all_are_verified_when_there_are_some_and_none_is_not(planned, written):
    """Nothing is not all. Clause 5."""
    files = Files()
    tracker = use_case(files)
    for name in planned:
        await tracker.track_file_creation(name)
    files.update(written)
    summary = await tracker.verify_all_operations()
    assert summary.all_verified == (0 < summary.verified == len(planned))


@given(NAMES)
async def test_two_spellings_are_one_path(name):
    """What is created once is not created again. Clause 6."""
    tracker = use_case(Files())
    assert (await tracker.track_file_creation(f"./{name}")).success
    assert not (await tracker.track_file_creation(name)).success


@given(st.sets(NAMES))
async def test_names_that_differ_in_case_are_different_paths(names):
    """As on the machine where it will run. Clause 6."""
    tracker = use_case(Files())
    results = [await tracker.track_file_creation(name) for name in names]
    assert all(result.success for result in results)


### END SOLUTION

# %% [markdown]
# {hint round-trip}

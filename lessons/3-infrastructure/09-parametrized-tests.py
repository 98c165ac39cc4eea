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
# # Parametrized tests
#
# You will put boundaries into a table, and let Hypothesis look for the input that you did not think
# of.
#
# **95 minutes**, 15 of them to read. Before: [Timeouts](../2-advanced/06-timeouts.ipynb), for the virtual clock. You have
# written `@pytest.mark.parametrize` once.
#
# **Pattern:** Async Parametrized Tests, from *Testing Infrastructure Patterns*.

# %% [markdown]
# **Objectives.** Afterwards you can
#
# - *measure* in loop time, and exactly;
# - *choose* rows at a boundary, and on both sides of it;
# - *name* rows, so that a failure says which;
# - *state* properties that hold for any input;
# - *build* in the test what every example needs fresh.
#
# **Questions.** Which row is missing from a table that looks complete? What does a loop over rows
# hide? How often is a fixture made for 25 examples?

# %%
# %load_ext grader

# %% [markdown]
# ## The listing, and its clock
#
# Here is the pattern as it stands in many code bases: three operations, and how long each may take.
# Below its result stands a panel: the same test, unchanged, on mutants of the service.
#
# **Predict:** how many of them does it kill?
#
# <!--
# fmt: off
# -->

# %% tags=["listing"]
# %%ipytest --mutants operation-durations
import time

import pytest

from vespera_scriptorium import AsyncOperationService, Container


@pytest.fixture
async def async_container():
    """Provide async-configured container."""
    container = Container()
    await container.initialize_async_services()
    yield container
    await container.cleanup_async_services()

@pytest.mark.asyncio
@pytest.mark.parametrize("operation_type,expected_duration", [
    ("quick", 1.0),
    ("medium", 3.0),
    ("slow", 5.0),
])
async def test_operation_durations(async_container, operation_type, expected_duration):
    """Test different async operation durations."""
    service = async_container.get(AsyncOperationService)

    start_time = time.time()
    result = await service.execute_operation(operation_type)
    elapsed = time.time() - start_time

    assert result.success, f"{operation_type} operation should succeed"
    assert elapsed <= expected_duration, f"{operation_type} took too long: {elapsed}s"

# %% [markdown]
# <!--
# fmt: on
# -->
# <details><summary>What you have seen</summary>
#
# None. The operations take 0.05 to 0.2 s, and may take up to five: all three rows ask whether the
# machine is alive. And they ask `time.time()`, which knows nothing of the virtual clock that
# exercises run under. By `time.time()` each of these operations takes next to nothing.
# </details>
#
# **The cure:** durations of your own, measured by the loop's clock. There an hour costs nothing, and
# no machine is too slow. Compare with `pytest.approx`: a difference of two times is a float.
#
# ## Next to the boundary
#
# "No longer than two seconds" is a boundary. Two rows look as if they held it.
#
# **Predict:** mutant 3 says `<` where `<=` belongs. Does it die?

# %%
# %%ipytest --mutants operation-durations
import pytest

from vespera_scriptorium import AsyncOperationService


@pytest.mark.parametrize(("duration", "success"), [(1.9, True), (2.1, False)])
async def test_the_limit(duration, success):
    service = AsyncOperationService({"mine": duration}, {"mine": 2.0})
    assert (await service.execute_operation("mine")).success == success


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# It does not, and a service that rounds to tenths, mutant 2, lives as well. **The cure:** a row at
# the boundary, and one on each side, as near as the contract measures.
# </details>

# %%
# %%ipytest --mutants operation-durations
import pytest

from vespera_scriptorium import AsyncOperationService


@pytest.mark.parametrize(("duration", "success"), [(1.999, True), (2.0, True), (2.001, False)])
async def test_the_limit(duration, success):
    service = AsyncOperationService({"mine": duration}, {"mine": 2.0})
    assert (await service.execute_operation("mine")).success == success


# %% [markdown]
# ### Exercise: how long, and how long at most
#
# **30 minutes.** Test `AsyncOperationService(durations, limits, slots)`; the first two are dictionaries by type.
#
# {contract operation-durations}
#
# {worked operation-durations}

# %% exercise="operation-durations"
# %%ipytest --mutants operation-durations
import asyncio

import pytest

from vespera_scriptorium import AsyncOperationService


### BEGIN SOLUTION
def service(durations, limit=9.0, slots=4):
    """A service of our own durations, under one limit."""
    return AsyncOperationService(durations, dict.fromkeys(durations, limit), slots)


@pytest.mark.parametrize("duration", [0, 0.001, 0.25, 3600])
async def test_an_operation_works_as_long_as_its_type_says(duration):
    """From nothing to an hour. Clause 1."""
    clock = asyncio.get_running_loop().time
    begin = clock()
    result = await service({"mine": duration}).execute_operation("mine")
    assert clock() - begin == pytest.approx(duration)
    assert result.duration == duration


@pytest.mark.parametrize(
    ("duration", "success"),
    [
        pytest.param(1.999, True, id="below"),
        pytest.param(2.0, True, id="at"),
        pytest.param(2.0004, True, id="at, when rounded"),
        pytest.param(2.001, False, id="above"),
    ],
)
async def test_the_limit_is_allowed_and_no_more(duration, success):
    """One row on each side of the boundary. Clauses 1 and 2."""
    result = await service({"mine": duration}, limit=2.0).execute_operation("mine")
    assert result.duration == round(duration, 3)
    assert result.success == success
    assert (result.error is None) == success


@pytest.mark.parametrize("operation_type", ["quick", "slow"])
async def test_each_type_has_its_own_limit(operation_type):
    """Both take three seconds, and one of them may. Clause 2."""
    limits = {"quick": 1.0, "slow": 5.0}
    both = AsyncOperationService(dict.fromkeys(limits, 3.0), limits)
    result = await both.execute_operation(operation_type)
    assert result.success == (operation_type == "slow")


async def test_a_wait_for_a_place_is_no_work():
    """One place, three operations: who waits how long is not said. Clause 3."""
    one = service({"mine": 2.125}, limit=3.0, slots=1)
    results = await asyncio.gather(*(one.execute_operation("mine") for _ in range(3)))
    assert [result.duration for result in results] == [2.125, 2.125, 2.125]
    assert sorted(result.queued for result in results) == pytest.approx([0, 2.125, 4.25])
    assert all(result.success for result in results)


@pytest.mark.parametrize(("slots", "seconds"), [(1, 6), (2, 3), (5, 2), (6, 1), (7, 1)])
async def test_as_many_are_at_work_as_there_are_places(slots, seconds):
    """Six operations of one second, of two types. Clause 4."""
    some = service({"mine": 1.0, "yours": 1.0}, slots=slots)
    clock = asyncio.get_running_loop().time
    begin = clock()
    await asyncio.gather(*(some.execute_operation(name) for name in ["mine", "yours"] * 3))
    assert clock() - begin == pytest.approx(seconds)


async def test_a_cancelled_operation_gives_its_place_back():
    """The next one finds it free. Clause 4."""
    one = service({"mine": 5.0}, slots=1)
    task = asyncio.create_task(one.execute_operation("mine"))
    await asyncio.sleep(1)
    task.cancel()
    async with asyncio.timeout(60):
        await asyncio.wait([task])
        assert (await one.execute_operation("mine")).success


async def test_a_cancelled_wait_gives_no_place():
    """The next one waits for the one at work. Clause 4."""
    one = service({"mine": 5.0}, slots=1)
    at_work = asyncio.create_task(one.execute_operation("mine"))
    await asyncio.sleep(1)
    waits = asyncio.create_task(one.execute_operation("mine"))
    await asyncio.sleep(1)
    waits.cancel()
    await asyncio.wait([waits])
    assert (await one.execute_operation("mine")).queued == pytest.approx(3)
    assert (await at_work).success


@pytest.mark.parametrize("operation_type", ["unknown", "Mine", "unlimited"])
async def test_an_unknown_type_is_an_error_that_names_it(operation_type):
    """A result, and no exception; one of them has no limit. Clause 5."""
    some = AsyncOperationService({"mine": 1.0, "unlimited": 1.0}, {"mine": 2.0}, slots=1)
    result = await some.execute_operation(operation_type)
    assert not result.success
    assert operation_type in result.error
    async with asyncio.timeout(60):
        assert (await some.execute_operation("mine")).success


### END SOLUTION

# %% [markdown]
# {hint operation-durations}

# %% [markdown]
# ## A loop, or rows
#
# The same table twice: once in a loop, once as rows. Two of its four rows are wrong.
#
# **Predict:** what do you learn from the loop, and what from the rows?

# %%
# %%ipytest
import pytest

from vespera_scriptorium import backoff_delays

TABLE = [(1, [1]), (2, [1]), (3, [1, 2]), (4, [1, 2])]


def test_delays_in_a_loop():
    for attempts, delays in TABLE:
        assert sum(backoff_delays(attempts, 1, 100, lambda: 0)) == sum(delays)


@pytest.mark.parametrize(("attempts", "delays"), TABLE)
def test_delays_in_rows(attempts, delays):
    assert sum(backoff_delays(attempts, 1, 100, lambda: 0)) == sum(delays)


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# The loop knows one wrong row; the rows know both, and that the rest is right. But `[4-delays3]` is
# no name: a list has none, so pytest counts. **The cure:** rows, and where values say nothing,
# `pytest.param(4, [1, 2, 4], id="no delay after the last")`.
# </details>
#
# ### Exercise: the table of delays
#
# **15 minutes.** `backoff_delays` says how long to wait between attempts that fail. It is a plain function, and its
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
    """One less than attempts, also when the cap is reached. Clauses 1 and 4."""
    assert len(backoff_delays(attempts, 1, 3, none)) == delays


@pytest.mark.parametrize("base", [0.1, 1, 2, 3])
def test_the_first_delay_is_the_base(base):
    """Attempts are counted from 0. Clause 2."""
    assert backoff_delays(4, base, 100, none)[0] == pytest.approx(base)


@pytest.mark.parametrize("base", [0.1, 1, 2, 3])
def test_each_delay_is_twice_the_one_before(base):
    """Exponential, not linear, however often. Clause 2."""
    delays = backoff_delays(12, base, 9999, none)
    assert delays[1:] == pytest.approx([2 * delay for delay in delays[:-1]])


def test_each_delay_has_a_jitter_of_its_own():
    """What is asked once is no jitter. Clauses 2 and 3."""
    jitter = iter([0.1, 7, 0.3])
    delays = backoff_delays(4, 1, 100, lambda: next(jitter))
    assert delays == pytest.approx([1.1, 9, 4.3])


@pytest.mark.parametrize(("cap", "last"), [(0, 0), (0.5, 0.5), (3.9, 3.9), (4, 4), (4.1, 4)])
def test_no_delay_is_longer_than_the_cap(cap, last):
    """Below, at and above the boundary. Clause 4."""
    assert backoff_delays(4, 1, cap, none)[-1] == pytest.approx(last)


def test_the_cap_holds_for_every_delay_and_its_jitter():
    """Four seconds and a jitter are still four, or as much as there is room for. Clause 4."""
    assert backoff_delays(6, 1, 4, lambda: 0.5) == pytest.approx([1.5, 2.5, 4, 4, 4])
    assert backoff_delays(4, 1, 4.3, lambda: 0.5) == pytest.approx([1.5, 2.5, 4.3])


### END SOLUTION

# %% [markdown]
# {hint backoff-schedule}

# %% [markdown]
# ## Examples that you did not choose
#
# A table holds what you thought of, and so does the code.
#
# **Predict:** mutant 2 compares sizes in the place of contents. Does this example kill it?

# %%
# %%ipytest --mutants round-trip
from vespera_scriptorium import InMemoryFileOperationStore, TrackFileOperationsUseCase


class Files(dict):
    async def read(self, file_path):
        return self.get(file_path)


async def test_a_modification_is_a_change_of_content():
    files = Files(a=b"before")
    tracker = TrackFileOperationsUseCase(InMemoryFileOperationStore(), files)
    tracked = await tracker.track_file_modification("a")
    files["a"] = b"afterwards"
    assert (await tracker.verify_operation(tracked.operation_id)).verified


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# No: nobody who writes "before" and "afterwards" counts their letters. **The cure:** state what
# holds for any two contents, and let Hypothesis draw them: short, and of few letters, so
# that accidents happen.
# </details>

# %%
# %%ipytest --mutants round-trip
from hypothesis import given
from hypothesis import strategies as st

from vespera_scriptorium import InMemoryFileOperationStore, TrackFileOperationsUseCase


@given(before=st.binary(max_size=2), after=st.binary(max_size=2))
async def test_a_modification_is_a_change_of_content(before, after):
    class Files(dict):
        async def read(self, file_path):
            return self.get(file_path)

    files = Files(a=before)
    tracker = TrackFileOperationsUseCase(InMemoryFileOperationStore(), files)
    tracked = await tracker.track_file_modification("a")
    files["a"] = after
    found = await tracker.verify_operation(tracked.operation_id)
    assert found.verified == (before != after)


# %% [markdown]
# A property is not the code once more. It says how inputs and outputs belong together: equal or
# not, counted once, the same when asked twice.
#
# ## A fixture, and 25 examples
#
# Hypothesis calls your test many times. pytest does not know that.
#
# **Predict:** how many lists are made for 25 examples?

# %%
# %%ipytest
import pytest
from hypothesis import given
from hypothesis import strategies as st

made = []


@pytest.fixture
def basket():
    made.append("a basket")
    return []


@given(st.integers())
async def test_a_basket_holds_what_was_put_in(basket, number):
    basket.append(number)
    assert number in basket


def test_every_example_has_a_basket_of_its_own():
    assert len(made) == 25


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# One. The 25th example finds what 24 others have left. Hypothesis complains by default; this course
# has switched that off, so that you can see it. **The cure:** build in the test what has to be
# fresh.
# </details>
#
# ### Exercise: true for any list of files
#
# **35 minutes.** Test `TrackFileOperationsUseCase` with Hypothesis, against files of your own, as above: `read`
# answers with `bytes`, or with None where there is no file. Usually operations are tracked first; then
# files are written; then `verify_all_operations` tells. Twenty-five examples are drawn for each test, the
# same ones in every run.
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


async def modifications_of(names, files):
    """A use case that has tracked them."""
    tracker = use_case(files)
    for name in names:
        await tracker.track_file_modification(name)
    return tracker


NAMES = st.text("aAb", min_size=1, max_size=2)
CONTENTS = st.sampled_from([None, b"", b"x", b"y", b"xy", b"xx"])
"""None means that there is no file. Two of a kind are likely, and so are two that look alike."""

SOME_FILES = st.dictionaries(NAMES, CONTENTS)


@given(st.lists(NAMES), SOME_FILES)
async def test_every_operation_is_counted_once(names, written):
    """Any number of modifications, of the same file too. Clause 1."""
    files = Files()
    tracker = await modifications_of(names, files)
    files.update(written)
    summary = await tracker.verify_all_operations()
    there = sum(written.get(name) is not None for name in names)
    assert summary.total == len(names)
    assert (summary.verified, summary.unverified) == (there, len(names) - there)


@given(before=CONTENTS, after=CONTENTS)
async def test_a_modification_is_a_change_of_content(before, after):
    """The same length is not the same content, and no file is no content. Clause 2."""
    files = Files(a=before)
    tracker = await modifications_of("a", files)
    files["a"] = after
    summary = await tracker.verify_all_operations()
    assert summary.verified == (after is not None and before != after)


@given(planned=st.sets(NAMES), before=SOME_FILES, after=SOME_FILES)
async def test_a_creation_is_verified_once_its_file_is_there(planned, before, after):
    """Whatever is in it, and whenever it was written. Clause 3."""
    files = Files(before)
    tracker = use_case(files)
    tracked = {name: await tracker.track_file_creation(name) for name in planned}
    files.update(after)
    summary = await tracker.verify_all_operations()
    verified = {result.operation_id for result in summary.results if result.verified}
    there = {name for name in planned if files.get(name) is not None}
    assert verified == {tracked[name].operation_id for name in there}


@given(st.lists(NAMES), SOME_FILES)
async def test_asked_twice_it_answers_twice_the_same(names, written):
    """To look changes nothing. Clause 4."""
    files = Files()
    tracker = await modifications_of(names, files)
    files.update(written)
    assert await tracker.verify_all_operations() == await tracker.verify_all_operations()


@given(before=CONTENTS, between=CONTENTS, after=CONTENTS)
async def test_it_answers_for_the_files_as_they_are(before, between, after):
    """And not as they were when it was asked before. Clause 4."""
    files = Files(a=before)
    tracker = await modifications_of("a", files)
    for content in (between, after):
        files["a"] = content
        summary = await tracker.verify_all_operations()
        assert summary.verified == (content is not None and content != before)


@given(st.lists(NAMES), SOME_FILES)
async def test_all_are_verified_when_there_are_some_and_none_is_not(names, written):
    """Nothing is not all, nor is one of several. Clause 5."""
    files = Files()
    tracker = await modifications_of(names, files)
    files.update(written)
    summary = await tracker.verify_all_operations()
    assert summary.all_verified == (0 < summary.verified == len(names))


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

# %% [markdown]
# ## What failure messages mean
#
# | The output says | It means | Do this |
# | --- | --- | --- |
# | **test_delays[4-delays3]** fails | A row without a name. | `pytest.param(…, id="…")` |
# | **over-specified**: a correct implementation that lets the one that came last … | Nobody promised that order. | Sort, or count. |
# | **Failing test case**: test_…(…) | Hypothesis has drawn these values. | Add them as a row: an `@example`. |
# | **assert 1.9999999 == 2.0** | A sum of floats. | `pytest.approx` |
# | **wrong**, with Hypothesis, and right by hand | An example met what an earlier one left. | Build it in the test. |

# %% [markdown]
# ## In your own project
#
# Rows and properties need no plugin beside [Hypothesis](https://hypothesis.readthedocs.io/). Its
# examples differ from run to run; `derandomize=True` in a profile makes them the same, as in this
# course.
#
# ```sh
# pip install pytest pytest-asyncio hypothesis
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
# # backoff.py
# def delays(attempts, base, cap):
#     return [min(cap, base * 2**number) for number in range(attempts - 1)]
# ```
#
# ```python
# # test_backoff.py
# import pytest
# from backoff import delays
# from hypothesis import given
# from hypothesis.strategies import integers
#
#
# @pytest.mark.parametrize(("attempts", "expected"), [(1, []), (2, [1]), (5, [1, 2, 4, 5])])
# async def test_delays_double_up_to_the_cap(attempts, expected):
#     assert delays(attempts, base=1, cap=5) == expected
#
#
# @given(integers(1, 50))
# async def test_no_delay_is_above_the_cap(attempts):
#     assert max(delays(attempts, base=1, cap=5), default=0) <= 5
# ```
#
# The mutant by hand: one more pause, after the last attempt.
#
# ```diff
# --- a/backoff.py
# +++ b/backoff.py
# @@ -1,3 +1,3 @@
#  # backoff.py
#  def delays(attempts, base, cap):
# -    return [min(cap, base * 2**number) for number in range(attempts - 1)]
# +    return [min(cap, base * 2**number) for number in range(attempts)]
# ```

# %% [markdown]
# ## Recap
#
# - **Measure** by the loop's clock. `time.time()` asks the machine, and a generous limit asks nobody.
# - **Choose** three rows for a boundary: at it, and next to it on both sides.
# - **Name** rows whose values say nothing.
# - **State** how inputs and outputs belong together, for small inputs that collide.
# - **Build** in the test what is fresh for each example: a fixture is made once for all.
#
# **Next:** [Best practices](../4-craft/10-best-practices.ipynb), with tests that cannot fail.
#
# **Further reading:**
# [parametrizing](https://docs.pytest.org/en/stable/how-to/parametrize.html) in pytest, and
# [strategies](https://hypothesis.readthedocs.io/en/latest/reference/strategies.html) in Hypothesis.

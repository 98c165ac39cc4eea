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
# # Timeouts
#
# You will test deadlines to the second, an hour of them in a millisecond, and find out what became
# of the work that came too late.
#
# **115 minutes**, 25 of them to read. Before: [Concurrent operations](04-concurrent-operations.ipynb).
#
# **Pattern:** Async Timeout Testing, from *Advanced Async Patterns*.

# %% [markdown]
# **Objectives.** Afterwards you can
#
# - *measure* a deadline in loop time, without waiting for it;
# - *choose* the clock that a test may run on;
# - *check* that late work has ended, whatever it made of its cancellation;
# - *spend* a budget in pieces, so that a test sees who shares it;
# - *bound* a cleanup, and prove that it had its time.
#
# **Questions.** What does a `TimeoutError` prove? What does `time.time()` show under a virtual
# clock? Can `asyncio.timeout` expire and raise nothing?

# %%
# %load_ext grader

# %% [markdown]
# ## The listing, by the wall clock
#
# Here is the pattern as it stands in many code bases. `slow_operation` takes a minute,
# `quick_operation` 10 ms.
#
# **Predict:** how long does this test take?
#
# <!--
# fmt: off
# -->

# %% tags=["listing"]
# %%ipytest
import asyncio
import time

import pytest

from vespera_scriptorium import Container, TimeoutAwareService


@pytest.mark.asyncio
async def test_async_timeout_handling():
    """Test async operations with timeout handling."""
    container = Container()
    service = container.get(TimeoutAwareService)

    # Test operation within timeout
    start_time = time.time()
    result = await service.quick_operation(timeout=5.0)
    elapsed = time.time() - start_time

    assert result.success, "Quick operation should succeed"
    assert elapsed < 5.0, f"Operation took too long: {elapsed}s"

    # Test timeout handling
    with pytest.raises(asyncio.TimeoutError):
        await service.slow_operation(timeout=1.0)

    # Test service remains functional after timeout
    post_timeout_result = await service.quick_operation(timeout=5.0)
    assert post_timeout_result.success, "Service should work after timeout"

# %% [markdown]
# <!--
# fmt: on
# -->
# <details><summary>What you have seen</summary>
#
# A second, all of it spent waiting. A hundred such tests take two minutes. Is that second well spent?
# Here are the same checks, shorter, on mutants of `run`, through which every operation goes.
# </details>
#
# **Predict:** how many of them die?

# %%
# %%ipytest --mutants deadline
import time

import pytest

from vespera_scriptorium import Container, TimeoutAwareService


async def test_timeouts():
    service = Container().get(TimeoutAwareService)
    start = time.time()
    assert (await service.quick_operation(timeout=5.0)).success
    assert time.time() - start < 5.0
    with pytest.raises(TimeoutError):
        await service.slow_operation(timeout=1.0)
    assert (await service.quick_operation(timeout=5.0)).success


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# One. The listing is good at a sanity check: quick work passes, endless work does not, and the
# service answers afterwards. It asks neither *when* the error came nor what became of the work.
# </details>
#
# ## When did it come?
#
# So ask when. Exercises run under a virtual clock, as you know.
#
# **Predict:** what is `elapsed`?

# %%
# %%ipytest --mutants deadline
import time

import pytest

from vespera_scriptorium import Container, TimeoutAwareService


async def test_the_deadline_is_after_a_second():
    service = Container().get(TimeoutAwareService)
    start = time.time()
    with pytest.raises(TimeoutError):
        await service.slow_operation(timeout=1.0)
    elapsed = int(time.time() - start)
    assert elapsed == 1


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# Zero. There are two clocks. `time.time()` reads the wall's. Timers read the loop's:
# `asyncio.sleep`, `asyncio.timeout`, all of them. Under
# [looptime](https://pypi.org/project/looptime/) that one jumps to the next timer when every task
# waits, and the wall's stands almost still. So here the listing's `elapsed < 5.0` cannot fail. On
# a wall clock it can, with correct code, on the day your CI is busy.
# </details>
#
# **The cure:** read the clock that the code obeys. The fixture `looptime` is the loop's time. It
# starts at 0 with the test, and it is exact: compare with `==`. Boundaries are cheap now, too: half
# a second costs as much as a day.

# %%
# %%ipytest --mutants deadline
import pytest

from vespera_scriptorium import Container, TimeoutAwareService


async def test_the_deadline_is_after_a_second(looptime):
    service = Container().get(TimeoutAwareService)
    with pytest.raises(TimeoutError):
        await service.slow_operation(timeout=1.0)
    assert looptime == 1


# %% [markdown]
# ## Time that no loop sees
#
# In your own tests, `@pytest.mark.looptime` turns the virtual clock on. This thread works for a
# fifth of a second, as the one inside an async SQLite driver would. It has a minute.
#
# **Predict:** does the test pass?

# %%
# %%ipytest
import asyncio
import threading
import time

import pytest


@pytest.mark.looptime
async def test_work_in_a_thread_has_a_minute():
    done, loop = asyncio.Event(), asyncio.get_running_loop()
    thread = threading.Thread(target=lambda: (time.sleep(0.2), loop.call_soon_threadsafe(done.set)))
    thread.start()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(60):
            await done.wait()
    thread.join()


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# It does: a minute of loop time is over before the thread has drawn breath. The loop sees a task
# that waits and a timer, so it jumps. That the thread is busy, it cannot see.
# </details>
#
# **The cure:** where a timer runs, put an in-memory adapter in the database's place. Where you need
# the database, stay on the wall clock, and leave wide margins.
#
# ## What became of the work?
#
# A caller gives up after 2 seconds. The work would take 5, and cleans up for one more. In the
# second run it stands behind `asyncio.shield`, "so that nothing is lost".
#
# **Predict:** when does each caller go on, and when does the work end?

# %%
import asyncio
from contextlib import suppress

from grader import timeline


async def work():
    with timeline.span("work"):
        try:
            await asyncio.sleep(5)
        finally:
            await asyncio.sleep(1)


async def caller(start):
    with timeline.span("caller"), suppress(TimeoutError):
        await asyncio.wait_for(start(work()), timeout=2)
    await asyncio.sleep(5)


runs = {way.__name__: timeline.run(caller(way)) for way in (asyncio.create_task, asyncio.shield)}
timeline.draw(runs, title="Giving up after 2 seconds")

# %% [markdown]
# <details><summary>What you have seen</summary>
#
# `wait_for` cancels the work, waits for its clean-up, and raises. It does the same to the shield,
# which dies at once, and the work goes on. Both callers catch the same `TimeoutError`. **The cure:**
# work of your own, which notes how it ends.
# </details>
#
# ## A deadline is a request
#
# Cancelled work may disagree. This one catches `CancelledError` and answers all the same.
#
# **Predict:** does `asyncio.timeout` raise?

# %%
import asyncio


async def stubborn():
    try:
        await asyncio.sleep(3600)
    except asyncio.CancelledError:
        return "here I am"


async with asyncio.timeout(0.01) as deadline:
    print(await stubborn())
print("expired:", deadline.expired())

# %% [markdown]
# <details><summary>What you have seen</summary>
#
# It does not: it turns a `CancelledError` into a `TimeoutError`, and none came out. Whether a late
# answer counts is for the contract to say, and for a test to ask.
#
# Nor does every `TimeoutError` mean the deadline. `pytest.raises(TimeoutError)` also catches that
# of a socket deep inside the work. Look at what you caught: `raises(...) as caught`, then
# `caught.value`.
# </details>
#
# ### Exercise: at the deadline
#
# **30 minutes.** Test `run(work, timeout)`; `work` is an async function of yours. Three things nobody promises, in
# all of this lesson:
#
# - what becomes of work that ends exactly at its deadline;
# - that work which is being cancelled already is not cancelled once more by the deadline;
# - what becomes of work that raises `CancelledError` by itself.
#
# {contract deadline}
#
# {worked deadline}

# %% exercise="deadline"
# %%ipytest --mutants deadline
import asyncio
from contextlib import suppress
from unittest.mock import AsyncMock

import pytest

from vespera_scriptorium import Container, DeadlineExceededError, TimeoutAwareService


### BEGIN SOLUTION
class Work:
    """Takes some seconds, cleans up for one more when it is cancelled, and notes its end."""

    def __init__(self, seconds):
        self.seconds = seconds
        self.end = None

    async def __call__(self):
        self.end = "none yet"
        try:
            await asyncio.sleep(self.seconds)
            self.end = "done"
            return "answer"
        finally:
            if self.end != "done":
                await asyncio.sleep(1)
                self.end = "cancelled"


@pytest.fixture
def service():
    return Container().get(TimeoutAwareService)


async def test_work_that_ends_in_time_is_answered(service):
    """A tenth of a second before the deadline is in time, and None an answer. Clause 1."""
    assert await service.run(Work(4.9), timeout=5) == "answer"
    assert await service.run(AsyncMock(return_value=None), timeout=5) is None


@pytest.mark.parametrize("timeout", [0, 0.5, 5, 3600])
async def test_late_work_is_cancelled_at_its_deadline(service, looptime, timeout):
    """When the error comes, the work has ended, and the clock says so. Clause 2."""
    await service.run(Work(0.25), timeout=5)
    work = Work(timeout + 9)
    with pytest.raises(DeadlineExceededError):
        await service.run(work, timeout)
    assert work.end == "cancelled"
    assert looptime == 0.25 + timeout + 1


def stubborn(end):
    """Work that catches its cancellation, and ends in another way."""

    async def work():
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(3600)
        if isinstance(end, Exception):
            raise end
        return end

    return work


@pytest.mark.parametrize("end", [OSError("disk full"), "answer"], ids=["error", "answer"])
async def test_what_comes_after_the_deadline_is_too_late(service, end):
    """An answer as well as an error. Clause 3."""
    with pytest.raises(DeadlineExceededError):
        await service.run(stubborn(end), timeout=5)


@pytest.mark.parametrize("error", [TimeoutError("the socket said nothing"), KeyError("user")])
async def test_an_error_inside_the_work_is_no_deadline(service, error):
    """The very object comes out. Clause 4."""

    async def work():
        raise error

    with pytest.raises(type(error)) as caught:
        await service.run(work, timeout=5)
    assert caught.value is error


async def test_busy_falls_however_a_call_ends(service):
    """By an error, in time, too late, cancelled; and one of them goes on. Clause 5."""
    with suppress(OSError):
        await service.run(AsyncMock(side_effect=OSError), timeout=5)
    assert service.busy == 0
    rows = [(2, 5), (9, 5), (20, 30), (9, 9)]
    calls = [asyncio.create_task(service.run(Work(work), timeout)) for work, timeout in rows]
    await asyncio.sleep(1)
    assert service.busy == 4
    calls[-1].cancel()
    await asyncio.sleep(4.5)
    assert service.busy == 2  # one of them still cleans up
    await asyncio.sleep(1)
    assert service.busy == 1
    await asyncio.gather(*calls, return_exceptions=True)
    assert service.busy == 0


async def test_cancelled_from_outside_is_cancelled(service, looptime):
    """At once; no timeout, and no work left. Clause 6."""
    work = Work(9)
    call = asyncio.create_task(service.run(work, timeout=5))
    await asyncio.sleep(1)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert work.end == "cancelled"
    assert looptime == 1 + 1


async def deaf():
    """Goes on after two cancellations, and answers."""
    for _ in range(2):
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(3600)
    return "answer"


@pytest.mark.parametrize("work", [Work(9), deaf], ids=["cleans up", "answers"])
async def test_cancelled_while_late_work_cleans_up(service, work):
    """Half a second after the deadline, and whatever the work makes of it. Clause 6."""
    call = asyncio.create_task(service.run(work, timeout=5))
    await asyncio.sleep(5.5)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call


@pytest.mark.parametrize("end", [OSError("disk full"), "answer"], ids=["error", "answer"])
async def test_cancelled_whatever_the_work_makes_of_it(service, end):
    """An answer is as good as an error: whoever cancelled wants neither. Clause 6."""
    call = asyncio.create_task(service.run(stubborn(end), timeout=5))
    await asyncio.sleep(1)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call


### END SOLUTION

# %% [markdown]
# {hint deadline}

# %% [markdown]
# ## Who shares the budget?
#
# `run_batch(works, budget)` takes named works. What ends in time is in `succeeded` or `failed`, the
# rest in `cancelled`.
#
# **Predict:** how many mutants does this test kill?

# %%
# %%ipytest --mutants shared-budget
import asyncio

from vespera_scriptorium import Container, TimeoutAwareService


async def test_a_batch_ends_with_its_budget():
    service = Container().get(TimeoutAwareService)
    works = {
        "quick": lambda: asyncio.sleep(1, "output"),
        "slow": lambda: asyncio.sleep(3600, "output"),
    }
    batch = await service.run_batch(works, budget=5)
    assert batch.succeeded == {"quick": "output"}
    assert batch.cancelled == ["slow"]


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# One. An hour is too long for *any* deadline of 5 seconds, shared or not. So draw a case that tells
# them apart: each work fits into the budget, and not all of them together.
# </details>

# %%
import asyncio

from grader import timeline
from vespera_scriptorium import TimeoutAwareService


def work(name):
    async def run():
        with timeline.span(name):
            return await asyncio.sleep(3, name)

    return run


async def each():
    for name in "abc":
        await TimeoutAwareService().run(work(name), timeout=5)


together = TimeoutAwareService().run_batch({name: work(name) for name in "abc"}, budget=5)
runs = {"5 seconds each": timeline.run(each()), "together": timeline.run(together)}
timeline.draw(runs, title="Three works of 3 seconds")

# %% [markdown]
# Together, `b` is cancelled, and `c` has no bar: it never began.
#
# **The cure:** pick numbers for which right and wrong differ. Three is less than five, and twice
# three is more. Then vary what the time is spent on.
#
# ### Exercise: one budget for all
#
# **25 minutes.** Test `run_batch`. Its outcome is a `BatchOutcome`: the dicts `succeeded` and `failed`, and the
# list `cancelled`.
#
# {contract shared-budget}
#
# {worked shared-budget}

# %% exercise="shared-budget"
# %%ipytest --mutants shared-budget
import asyncio

import pytest

from vespera_scriptorium import Container, TimeoutAwareService


### BEGIN SOLUTION
class Work:
    """Takes some seconds, then raises an error if it has one; `begun` says whether it was."""

    def __init__(self, seconds, error=None):
        self.seconds = seconds
        self.error = error
        self.begun = False

    async def __call__(self):
        self.begun = True
        await asyncio.sleep(self.seconds)
        if self.error is not None:
            raise self.error
        return f"took {self.seconds}"


class Stubborn(Work):
    """Catches its cancellation, and then ends as it would have without."""

    async def __call__(self):
        try:
            return await super().__call__()
        except asyncio.CancelledError:
            if self.error is not None:
                raise self.error from None
            return "late answer"


@pytest.fixture
def service():
    return Container().get(TimeoutAwareService)


async def test_one_work_after_the_other(service):
    """In the order of the batch, not of the names, nor of their lengths. Clause 1."""
    log = []

    def work(name, seconds):
        async def run():
            log.append(f"{name} begins")
            await asyncio.sleep(seconds)
            log.append(f"{name} ends")
            return ""

        return run

    works = {"c": work("c", 1), "a": work("a", 2), "b": work("b", 1)}
    batch = await service.run_batch(works, budget=5)
    assert log == [f"{name} {what}" for name in "cab" for what in ("begins", "ends")]
    assert batch.succeeded == {"a": "", "b": "", "c": ""}


@pytest.mark.parametrize("first", [Work(3), Work(3, OSError("disk full"))])
async def test_all_works_share_the_budget(service, looptime, first):
    """The second has what the first one left, however that ended. Clause 1."""
    batch = await service.run_batch({"first": first, "second": Work(3)}, budget=5)
    assert batch.cancelled == ["second"]
    assert looptime == 5


@pytest.mark.parametrize("error", [OSError("disk full"), TimeoutError("late"), KeyError("user")])
async def test_an_error_is_a_failure_and_costs_its_own_work_only(service, error):
    """A timeout of its own is an error like any other. Clause 2."""
    works = {"bad": Work(1, error), "good": Work(1)}
    batch = await service.run_batch(works, budget=5)
    assert batch.failed == {"bad": error}
    assert batch.succeeded == {"good": "took 1"}
    assert batch.cancelled == []


async def test_what_has_ended_is_kept(service):
    """A spent budget takes nothing back. Clause 3."""
    works = {"quick": Work(1), "bad": Work(1, OSError("disk full")), "slow": Work(9)}
    batch = await service.run_batch(works, budget=5)
    assert batch.succeeded == {"quick": "took 1"}
    assert list(batch.failed) == ["bad"]


async def test_the_rest_never_begins(service, looptime):
    """Nor is it forgotten, nor does anybody wait for what is slow. Clause 4."""
    rest = Work(0)
    batch = await service.run_batch({"slow": Work(9), "rest": rest}, budget=5)
    assert not rest.begun
    assert sorted(batch.cancelled) == ["rest", "slow"]
    assert looptime == 5


@pytest.mark.parametrize("error", [None, OSError("disk full")], ids=["answer", "error"])
async def test_what_comes_after_the_budget_is_too_late(service, error):
    """The work has been cancelled, whatever it says. Clause 4."""
    batch = await service.run_batch({"slow": Stubborn(9, error)}, budget=5)
    assert batch.cancelled == ["slow"]
    assert not batch.succeeded
    assert not batch.failed


@pytest.mark.parametrize("budget", [0, -1])
async def test_a_budget_may_be_spent_before_it_begins(service, budget):
    """Then nothing is begun, and nothing raised. Clause 5."""
    work = Work(0)
    batch = await service.run_batch({"work": work}, budget)
    assert batch.cancelled == ["work"]
    assert not work.begun


@pytest.mark.parametrize("first", [Work(9), Stubborn(9), Stubborn(9, OSError("disk full"))])
async def test_a_cancellation_ends_the_batch(service, first):
    """Whatever the work makes of it, an answer or an error. Clause 6."""
    rest = Work(1)
    call = asyncio.create_task(service.run_batch({"first": first, "rest": rest}, budget=5))
    await asyncio.sleep(1)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert not rest.begun


### END SOLUTION

# %% [markdown]
# {hint shared-budget}

# %% [markdown]
# ## Time to clean up
#
# Late work leaves things behind: `run_with_cleanup` awaits a cleanup after it. A cleanup can hang,
# too, so it has 2 seconds of its own.
#
# **Predict:** how many mutants does this test kill?

# %%
# %%ipytest --mutants bounded-cleanup
import asyncio

import pytest

from vespera_scriptorium import Container, TimeoutAwareService


async def test_late_work_is_cleaned_up():
    service, cleaned = Container().get(TimeoutAwareService), []

    async def cleanup():
        cleaned.append("files")

    with pytest.raises(TimeoutError):
        await service.run_with_cleanup(lambda: asyncio.sleep(60), cleanup, timeout=5)
    assert cleaned == ["files"]


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# None. This cleanup never awaits, and a cancellation arrives at an `await` only: it survives even
# a deadline that is over. **The cure:** a cleanup that takes time.
# </details>

# %%
# %%ipytest --mutants bounded-cleanup
import asyncio

import pytest

from vespera_scriptorium import Container, TimeoutAwareService


async def test_the_cleanup_has_its_time():
    service, cleaned = Container().get(TimeoutAwareService), []

    async def cleanup():
        await asyncio.sleep(1)
        cleaned.append("files")

    with pytest.raises(TimeoutError):
        await service.run_with_cleanup(lambda: asyncio.sleep(60), cleanup, timeout=5)
    assert cleaned == ["files"]


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# One: the mutant whose cleanup stands under the deadline of the work, which is over. Nothing else
# about this cleanup is out of the ordinary, so nothing else can go wrong.
# </details>
#
# And a cleanup that is stuck? Draw both.
#
# **Predict:** where does the second bar end?

# %%
import asyncio
from contextlib import suppress

from grader import timeline
from vespera_scriptorium import TimeoutAwareService


async def take(name, seconds):
    with timeline.span(name):
        await asyncio.sleep(seconds)


async def clean_up_for(seconds):
    job, cleanup = (lambda: take("work", 60)), (lambda: take("cleanup", seconds))
    with suppress(TimeoutError):
        await TimeoutAwareService().run_with_cleanup(job, cleanup, timeout=5)


runs = {"takes 1 second": clean_up_for(1), "is stuck": clean_up_for(3600)}
runs = {name: timeline.run(run) for name, run in runs.items()}
timeline.draw(runs, title="A cleanup after a deadline of 5 seconds")

# %% [markdown]
# <details><summary>What you have seen</summary>
#
# At 7 seconds: five until the deadline, and two for the cleanup, which is then given up.
# </details>
#
# ### Exercise: a cleanup with a deadline
#
# **35 minutes.** Test `run_with_cleanup`.
# It spares no cleanup that is being cancelled already: that one may be cancelled again.
#
# {contract bounded-cleanup}
#
# {worked bounded-cleanup}

# %% exercise="bounded-cleanup"
# %%ipytest --mutants bounded-cleanup
import asyncio
from contextlib import suppress
from unittest.mock import AsyncMock

import pytest

from vespera_scriptorium import Container, DeadlineExceededError, TimeoutAwareService


### BEGIN SOLUTION
class Job:
    """Takes some seconds, some more to end when it is cancelled, and notes how it ended."""

    def __init__(self, seconds, ending=0):
        self.seconds = seconds
        self.ending = ending
        self.end = "not begun"

    async def __call__(self):
        self.end = "begun"
        try:
            await asyncio.sleep(self.seconds)
            self.end = "done"
        finally:
            if self.end != "done":
                await asyncio.sleep(self.ending)
                self.end = "cancelled"


def failing(error):
    return AsyncMock(side_effect=error)


async def stubborn():
    """A cleanup that swallows its cancellation."""
    with suppress(asyncio.CancelledError):
        await asyncio.sleep(3600)


@pytest.fixture
def service():
    return Container().get(TimeoutAwareService)


async def late(service, cleanup, work=None, **options):
    """The error of work that misses its deadline of 5 seconds."""
    with pytest.raises(DeadlineExceededError) as caught:
        await service.run_with_cleanup(work or Job(60), cleanup, timeout=5, **options)
    return caught.value


async def cancel_after(seconds, service, work, cleanup):
    """Cancels the call from outside."""
    call = asyncio.create_task(service.run_with_cleanup(work, cleanup, timeout=5))
    await asyncio.sleep(seconds)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call


async def test_without_a_missed_deadline_there_is_no_cleanup(service):
    """Neither after an answer nor after an error, whatever it is called. Clause 1."""
    cleanup = Job(1)
    await service.run_with_cleanup(Job(1), cleanup, timeout=5)
    for error in (TimeoutError, KeyError, DeadlineExceededError):
        with pytest.raises(error):
            await service.run_with_cleanup(failing(error), cleanup, timeout=5)
    assert cleanup.end == "not begun"


async def test_the_cleanup_begins_when_the_work_has_ended(service):
    """Which takes a second here. Clause 1."""
    work, ends = Job(60, ending=1), []

    async def cleanup():
        ends.append(work.end)

    await late(service, cleanup, work)
    assert ends == ["cancelled"]


@pytest.mark.parametrize("ending", [0, 3])
async def test_the_cleanup_has_two_seconds_of_its_own(service, ending):
    """However long the work took to end. Clauses 1, 2 and 4."""
    cleanup = Job(1.9)
    error = await late(service, cleanup, Job(60, ending))
    assert cleanup.end == "done"
    assert not error.cleanup_abandoned


@pytest.mark.parametrize("seconds, end", [(10, "done"), (0.5, "cancelled")])
async def test_the_cleanup_has_the_time_that_was_asked_for(service, seconds, end):
    """More or less than two seconds. Clause 2."""
    cleanup = Job(1) if seconds < 1 else Job(9)
    error = await late(service, cleanup, cleanup_timeout=seconds)
    assert cleanup.end == end
    assert error.cleanup_abandoned == (end == "cancelled")


async def test_a_cleanup_that_takes_longer_is_cancelled(service, looptime):
    """After 2 seconds, and awaited for the one it needs to end. Clause 3."""
    cleanup = Job(3600, ending=1)
    await late(service, cleanup)
    assert cleanup.end == "cancelled"
    assert looptime == 5 + 2 + 1


@pytest.mark.parametrize("cleanup", [Job(3600), stubborn], ids=["cancelled", "stubborn"])
async def test_an_abandoned_cleanup_is_reported(service, cleanup):
    """On the error of the work. Clause 4."""
    assert (await late(service, cleanup)).cleanup_abandoned


@pytest.mark.parametrize("kind", [OSError, TimeoutError, KeyError])
async def test_an_error_of_the_cleanup_is_a_note(service, kind):
    """The deadline is what comes out, and the reason is not lost. Clauses 1, 4 and 5."""
    cleanup = failing(kind("disk full"))
    error = await late(service, cleanup)
    assert "disk full" in str(error.__notes__)
    assert not error.cleanup_abandoned
    cleanup.assert_awaited_once()


async def test_a_cancelled_cleanup_ends_and_the_call_is_cancelled(service, looptime):
    """A second into the cleanup, and at once. Clause 6."""
    cleanup = Job(3600, ending=0.5)
    await cancel_after(6, service, Job(60), cleanup)
    assert cleanup.end == "cancelled"
    assert looptime == 6 + 0.5


async def test_a_stubborn_cleanup_does_not_end_the_cancellation(service):
    """It returns as if nothing had happened. Clause 6."""
    await cancel_after(6, service, Job(60), stubborn)


async def test_cancelled_work_is_not_cleaned_up(service):
    """Whoever cancels has missed no deadline. Clause 6."""
    work, cleanup = Job(60, ending=1), Job(1)
    await cancel_after(3, service, work, cleanup)
    assert work.end == "cancelled"
    assert cleanup.end == "not begun"


### END SOLUTION

# %% [markdown]
# {hint bounded-cleanup}

# %% [markdown]
# ## What failure messages mean
#
# | The panel says | It means | Do this |
# | --- | --- | --- |
# | **wrong**: assert 0 == 1, about seconds | You read the wall clock. | Ask `looptime`. |
# | **wrong**: TimeoutError, where nothing was slow | A thread works, and the loop jumps ahead. | Use an in-memory adapter. |
# | **wrong**: DID NOT RAISE TimeoutError | The work ended in time, or at the very deadline. | Leave a margin. |
# | **over-specified**: Regex pattern did not match | The message is not in the contract. | Check type and attributes. |
# | **leaks**: loses an exception | Nobody awaited a call that failed. | Gather it with `return_exceptions`. |
# | **Survived**, and a clause | Your numbers cannot tell. | Move them to the boundary. |

# %% [markdown]
# ## In your own project
#
# The mark of [looptime](https://pypi.org/project/looptime/) gives a test the virtual clock, its fixture
# the time. A test that needs threads, or a real socket, stays on the wall clock: leave out the mark
# there, and leave wide margins.
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
# # ask.py
# import asyncio
#
#
# async def ask(work, seconds):
#     async with asyncio.timeout(seconds):
#         return await work()
# ```
#
# ```python
# # test_ask.py
# import asyncio
#
# import pytest
# from ask import ask
#
#
# @pytest.mark.looptime
# async def test_the_deadline_is_after_a_minute(looptime):
#     with pytest.raises(TimeoutError):
#         await ask(lambda: asyncio.sleep(3600), seconds=60)
#     assert looptime == 60
# ```
#
# The mutant by hand: seconds, taken for milliseconds.
#
# ```diff
# --- a/ask.py
# +++ b/ask.py
# @@ -4,4 +4,4 @@
#
#  async def ask(work, seconds):
# -    async with asyncio.timeout(seconds):
# +    async with asyncio.timeout(seconds / 1000):
#          return await work()
# ```

# %% [markdown]
# ## Recap
#
# - **Measure** in loop time: `looptime == 5` is exact and costs nothing. `time.time()` stands
#   almost still under a virtual clock.
# - **Choose** the clock: virtual with in-memory adapters, the wall's where a thread takes part.
# - **Check** the work, not the error: a `TimeoutError` proves that somebody gave up. And
#   `asyncio.timeout` may expire and raise nothing.
# - **Spend** a budget on works that fit one by one, and not together.
# - **Bound** cleanups, and test them with one that awaits.
#
# **Next:** [Fixtures](../3-infrastructure/07-fixtures.ipynb), which you write and the grader takes
# apart.
#
# **Further reading:**
# [Timeouts](https://docs.python.org/3/library/asyncio-task.html#timeouts) and
# [shielding from cancellation](https://docs.python.org/3/library/asyncio-task.html#shielding-from-cancellation)
# in the Python documentation, and [looptime's own pages](https://pypi.org/project/looptime/).

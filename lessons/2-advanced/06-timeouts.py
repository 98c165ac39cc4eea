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
# # Timeouts
#
# **Draft.** **40 minutes.** Before: [Concurrent operations](04-concurrent-operations.ipynb).

# %%
# %load_ext grader

# %% [markdown]
# ### Exercise: at the deadline
#
# {contract deadline}
#
# {worked deadline}

# %% exercise="deadline"
# %%ipytest --mutants deadline
import asyncio

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
    """A tenth of a second before the deadline is in time. Clause 1."""
    assert await service.run(Work(4.9), timeout=5) == "answer"


@pytest.mark.parametrize("timeout", [0.5, 5, 3600])
async def test_late_work_is_cancelled_at_its_deadline(service, looptime, timeout):
    """When the error comes, the work has ended, and the clock says so. Clause 2."""
    work = Work(timeout * 2)
    with pytest.raises(DeadlineExceededError):
        await service.run(work, timeout)
    assert work.end == "cancelled"
    assert looptime == timeout + 1


@pytest.mark.parametrize("raises", [True, False])
async def test_an_answer_after_the_deadline_is_too_late(service, raises):
    """So is an error. Clause 3."""

    async def stubborn():
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            if raises:
                raise OSError("disk full") from None
            return "late answer"

    with pytest.raises(DeadlineExceededError):
        await service.run(stubborn, timeout=5)


async def test_a_timeout_inside_the_work_is_no_deadline(service):
    """The very object comes out. Clause 4."""
    error = TimeoutError("the socket said nothing")

    async def work():
        raise error

    with pytest.raises(TimeoutError) as caught:
        await service.run(work, timeout=5)
    assert caught.value is error


async def test_busy_falls_however_a_call_ends(service):
    """One ends in time, one too late. Clause 5."""
    calls = [asyncio.create_task(service.run(Work(seconds), timeout=5)) for seconds in (4, 9)]
    await asyncio.sleep(1)
    assert service.busy == 2
    await asyncio.gather(*calls, return_exceptions=True)
    assert service.busy == 0


async def test_cancelled_from_outside_is_cancelled(service):
    """No timeout, and no work left. Clause 6."""
    work = Work(9)
    call = asyncio.create_task(service.run(work, timeout=5))
    await asyncio.sleep(1)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert work.end == "cancelled"


### END SOLUTION

# %% [markdown]
# {hint deadline}

# %% [markdown]
# ### Exercise: one budget for all
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


@pytest.fixture
def service():
    return Container().get(TimeoutAwareService)


@pytest.mark.parametrize("first", [Work(3), Work(3, OSError("disk full"))])
async def test_all_works_share_the_budget(service, looptime, first):
    """The second has what the first one left, however that ended. Clause 1."""
    batch = await service.run_batch({"first": first, "second": Work(3)}, budget=5)
    assert batch.cancelled == ["second"]
    assert looptime == 5


@pytest.mark.parametrize("error", [OSError("disk full"), TimeoutError("no answer")])
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


async def test_the_rest_never_begins(service):
    """Nor is it forgotten. Clause 4."""
    rest = Work(0)
    batch = await service.run_batch({"slow": Work(9), "rest": rest}, budget=5)
    assert not rest.begun
    assert sorted(batch.cancelled) == ["rest", "slow"]


@pytest.mark.parametrize("budget", [0, -1])
async def test_a_budget_may_be_spent_before_it_begins(service, budget):
    """Then nothing is begun, and nothing raised. Clause 5."""
    work = Work(0)
    batch = await service.run_batch({"work": work}, budget)
    assert batch.cancelled == ["work"]
    assert not work.begun


### END SOLUTION

# %% [markdown]
# {hint shared-budget}

# %% [markdown]
# ### Exercise: a cleanup with a deadline
#
# {contract bounded-cleanup}
#
# {worked bounded-cleanup}

# %% exercise="bounded-cleanup"
# %%ipytest --mutants bounded-cleanup
import asyncio

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
        try:
            self.end = "begun"
            await asyncio.sleep(self.seconds)
            self.end = "done"
        except asyncio.CancelledError:
            await asyncio.sleep(self.ending)
            self.end = "cancelled"
            raise


def failing(error):
    async def job():
        raise error

    return job


@pytest.fixture
def service():
    return Container().get(TimeoutAwareService)


async def late(service, cleanup, work=None):
    """The error of work that misses its deadline of 5 seconds."""
    with pytest.raises(DeadlineExceededError) as caught:
        await service.run_with_cleanup(work or Job(60), cleanup, timeout=5)
    return caught.value


async def test_without_a_missed_deadline_there_is_no_cleanup(service):
    """Neither after an answer nor after an error. Clause 1."""
    cleanup = Job(1)
    await service.run_with_cleanup(Job(1), cleanup, timeout=5)
    with pytest.raises(TimeoutError):
        await service.run_with_cleanup(failing(TimeoutError()), cleanup, timeout=5)
    assert cleanup.end == "not begun"


@pytest.mark.parametrize("ending", [0, 3])
async def test_the_cleanup_has_two_seconds_of_its_own(service, ending):
    """However long the work took to end. Clauses 1, 2 and 4."""
    cleanup = Job(1.9)
    error = await late(service, cleanup, Job(60, ending))
    assert cleanup.end == "done"
    assert not error.cleanup_abandoned


async def test_a_cleanup_that_takes_longer_is_cancelled(service, looptime):
    """After 2 seconds, and awaited for the one it needs to end. Clause 3."""
    cleanup = Job(3600, ending=1)
    await late(service, cleanup)
    assert cleanup.end == "cancelled"
    assert looptime == 5 + 2 + 1


async def test_an_abandoned_cleanup_is_reported(service):
    """On the error of the work. Clause 4."""
    assert (await late(service, Job(3600))).cleanup_abandoned


async def test_an_error_of_the_cleanup_is_a_note(service):
    """The deadline is what comes out, and the reason is not lost. Clause 5."""
    error = await late(service, failing(OSError("disk full")))
    assert "disk full" in str(error.__notes__)


async def test_a_cancelled_cleanup_ends_and_the_call_is_cancelled(service):
    """A second into the cleanup. Clause 6."""
    cleanup = Job(3600, ending=0.5)
    call = asyncio.create_task(service.run_with_cleanup(Job(60), cleanup, timeout=5))
    await asyncio.sleep(6)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert cleanup.end == "cancelled"


### END SOLUTION

# %% [markdown]
# {hint bounded-cleanup}

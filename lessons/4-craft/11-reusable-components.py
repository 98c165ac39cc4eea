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
# # Reusable components
#
# You will write a helper that many tests can lean on, and the tests that the helper needs itself.
#
# **15 minutes.** Before: [Concurrent operations](../2-advanced/04-concurrent-operations.ipynb).
#
# **Draft.** The lesson itself is still to be written. Its exercise already works, and counts.

# %%
# %load_ext grader

# %% [markdown]
# ## Wait until it is done
#
# ### Exercise: wait until it is done
#
# Write the helper `wait_for_completion`, and tests of it. Your helper is probed with orchestrators
# that are right and wrong. Your tests run with a helper of the course's own in the place of yours, then
# with others that are right, then with mutants. So a slip in the one costs nothing in the other.
#
# {contract wait-for-completion}
#
# {worked wait-for-completion}

# %% exercise="wait-for-completion"
# %%ipytest --mutants wait-for-completion
import asyncio

import pytest

from vespera_scriptorium import Container, Specialist, TaskOrchestrator


### BEGIN SOLUTION
async def wait_for_completion(orchestrator, task_id, timeout, interval):
    """The task's state, as soon as a look at it shows that it is completed."""
    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        last_look = clock() >= deadline
        state = await orchestrator.get_task_status(task_id)
        if state.completed:
            return state
        if last_look:
            raise TimeoutError(f"{task_id} is still {state.status} after {timeout} s")
        await asyncio.sleep(min(interval, deadline - clock()))


class SlowSpecialist:
    """Works for `description` seconds, and fails when the title says so."""

    async def run(self, task):
        await asyncio.sleep(float(task.description))
        if task.title == "bad":
            raise OSError("disk full")
        return "done"


async def create(seconds, title="good"):
    """An orchestrator, and the id of a task that is not executed yet."""
    container = Container()
    container.override(Specialist, SlowSpecialist())
    orchestrator = container.get(TaskOrchestrator)
    created = await orchestrator.create_task({"title": title, "description": str(seconds)})
    return orchestrator, created.task_id


async def test_a_completed_task_costs_no_time():
    """Not even one interval. Clause 2."""
    orchestrator, task_id = await create(seconds=0)
    await orchestrator.execute_task(task_id)
    before = asyncio.get_running_loop().time()
    assert (await wait_for_completion(orchestrator, task_id, timeout=9, interval=1)).completed
    assert asyncio.get_running_loop().time() == before


async def test_it_looks_every_interval():
    """What is completed after 2.5 s is seen at the third. Clauses 1 and 3."""
    orchestrator, task_id = await create(seconds=2.5)
    execution = asyncio.create_task(orchestrator.execute_task(task_id))
    before = asyncio.get_running_loop().time()
    assert (await wait_for_completion(orchestrator, task_id, timeout=9, interval=1)).completed
    assert asyncio.get_running_loop().time() - before <= 4
    await execution


async def test_it_looks_a_last_time_at_the_deadline():
    """What is completed between the last interval and the deadline counts. Clause 3."""
    orchestrator, task_id = await create(seconds=8)
    execution = asyncio.create_task(orchestrator.execute_task(task_id))
    assert (await wait_for_completion(orchestrator, task_id, timeout=9, interval=6)).completed
    await execution


async def test_a_failed_task_is_not_completed():
    """To have ended is not enough. Clause 1."""
    orchestrator, task_id = await create(seconds=0, title="bad")
    await orchestrator.execute_task(task_id)
    with pytest.raises(TimeoutError):
        await wait_for_completion(orchestrator, task_id, timeout=9, interval=1)


async def test_a_task_that_never_runs_is_an_error():
    """Nobody has to look at what is returned. Clause 4."""
    orchestrator, task_id = await create(seconds=0)
    with pytest.raises(TimeoutError):
        await wait_for_completion(orchestrator, task_id, timeout=9, interval=1)


async def test_the_error_says_which_task_and_how_far_it_came():
    """A stuck build tells more than that it was stuck. Clause 4."""
    orchestrator, task_id = await create(seconds=0)
    try:
        await wait_for_completion(orchestrator, task_id, timeout=9, interval=1)
    except TimeoutError as error:
        assert task_id in str(error)
        assert "created" in str(error)


### END SOLUTION

# %% [markdown]
# {hint wait-for-completion}

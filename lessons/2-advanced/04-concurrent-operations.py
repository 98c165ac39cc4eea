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
# # Concurrent operations
#
# You will prove that tasks work at the same time, that no more of them do than allowed, and that
# one failure hides nothing. None of your tests will sleep and hope.
#
# **100 minutes**, 25 of them to read. Before: [Start here](../00-start-here.ipynb). You can read `async def`, `await`
# and a pytest fixture.
#
# **Pattern:** Concurrent Operation Testing, from *Advanced Async Patterns*.

# %% [markdown]
# **Objectives.** Afterwards you can
#
# - *show* that work is concurrent, where a sequential version returns the same results;
# - *freeze* workers at a gate, and look, instead of sleeping;
# - *turn* a test that hangs into one that fails;
# - *tell apart* success, failure and cancellation;
# - *cancel* a batch and find out who is left running.
#
# **Questions.** What does `asyncio.gather` prove? When is a sleep in a test harmless? What does
# `return_exceptions=True` return when a task was cancelled?

# %%
# %load_ext grader

# %% [markdown]
# ## The listing, and what it proves
#
# Here is the pattern as it stands in many code bases: create five tasks together, execute them
# together, count the successes. Below its result stands a panel: the same test, unchanged, on
# {mutants distinct-ids} mutants of `create_many` and of `_store`, which creates one task.
#
# **Predict:** how many of them does it kill?
#
# <!--
# fmt: off
# -->

# %% tags=["listing"]
# %%ipytest --mutants distinct-ids
import asyncio

import pytest

from vespera_scriptorium import Container, TaskOrchestrator


@pytest.mark.asyncio
async def test_concurrent_operations():
    """Test multiple async operations running concurrently."""
    container = Container()
    orchestrator = container.get(TaskOrchestrator)

    # Create multiple tasks concurrently
    task_data_list = [
        {"title": f"Task {i}", "description": f"Concurrent task {i}"}
        for i in range(5)
    ]

    # Execute task creation concurrently
    create_tasks = [
        orchestrator.create_task(task_data)
        for task_data in task_data_list
    ]

    creation_results = await asyncio.gather(*create_tasks, return_exceptions=True)

    # Verify all tasks created successfully
    successful_tasks = [
        result for result in creation_results
        if not isinstance(result, Exception) and result.success
    ]

    assert len(successful_tasks) == 5, f"Expected 5 tasks, got {len(successful_tasks)}"

    # Execute tasks concurrently
    task_ids = [result.task_id for result in successful_tasks]
    execute_tasks = [
        orchestrator.execute_task(task_id)
        for task_id in task_ids
    ]

    execution_results = await asyncio.gather(*execute_tasks, return_exceptions=True)

    # Verify concurrent execution
    successful_executions = [
        result for result in execution_results
        if not isinstance(result, Exception) and result.success
    ]

    assert len(successful_executions) == 5, "All concurrent executions should succeed"

# %% [markdown]
# <!--
# fmt: on
# -->
# <details><summary>What you have seen</summary>
#
# One. It is good at one thing: creations overlap, so ids that collide are found. But its repository
# is instant and never fails, so nothing ends late, out of order, or badly.
# </details>
#
# **The cure:** a repository of your own. Then the test decides how long `add` takes. Exercises run
# under a *virtual clock*: when every task waits, it jumps to the next timer. The hour below is free.

# %%
# %%ipytest --mutants distinct-ids
import asyncio

from vespera_scriptorium import InMemoryTaskRepository, InstantSpecialist, TaskOrchestrator


class SlowRepository(InMemoryTaskRepository):
    async def add(self, task):
        await asyncio.sleep(3600)
        await super().add(task)


async def test_a_success_is_stored():
    orchestrator = TaskOrchestrator(SlowRepository(), InstantSpecialist())
    [result] = await orchestrator.create_many([{"title": "Slow"}])
    state = await orchestrator.get_task_status(result.task_id)
    assert state.title == "Slow"


# %% [markdown]
# ## Where a cancellation lands
#
# The listing keeps what is `not isinstance(result, Exception) and result.success`. Say that one
# creation was cancelled: its connection closed, its worker shut down.
#
# **Predict:** does the first half of that filter keep it or drop it?

# %%
import asyncio


async def cancelled():
    raise asyncio.CancelledError


outcomes = await asyncio.gather(asyncio.sleep(0), cancelled(), return_exceptions=True)
print("is an Exception:    ", [isinstance(outcome, Exception) for outcome in outcomes])
print("is a BaseException: ", [isinstance(outcome, BaseException) for outcome in outcomes])

# %% [markdown]
# <details><summary>What you have seen</summary>
#
# It is kept. `CancelledError` derives from `BaseException`, so that no `except Exception` stops
# a cancellation by accident. The second half then asks it for `success`, which it has not: the test
# ends in an `AttributeError` that says nothing of a cancellation. **The cure:** name
# `CancelledError`, and test what becomes of it.
# </details>
#
# ### Exercise: tasks created together
#
# **20 minutes.** Test `create_many`: a list of task data goes in, a list of results comes out.
#
# {contract distinct-ids}
#
# {worked distinct-ids}

# %% exercise="distinct-ids"
# %%ipytest --mutants distinct-ids
import asyncio

import pytest

from vespera_scriptorium import Container, InMemoryTaskRepository, TaskOrchestrator, TaskRepository


### BEGIN SOLUTION
class SlowRepository(InMemoryTaskRepository):
    """Takes `description` seconds to add a task, then raises what `errors` has for its title."""

    def __init__(self, **errors):
        super().__init__()
        self.errors = errors

    async def add(self, task):
        await asyncio.sleep(float(task.description or 0))
        if task.title in self.errors:
            raise self.errors[task.title]
        await super().add(task)


def orchestrator_with(repository):
    container = Container()
    container.override(TaskRepository, repository)
    return container.get(TaskOrchestrator)


async def titles(orchestrator, results):
    """What is stored under the ids of the results, None for a failed one."""
    states = [r.success and await orchestrator.get_task_status(r.task_id) for r in results]
    return [state.title if state else None for state in states]


@pytest.mark.parametrize("title", ["Task {}", "Task"])
async def test_tasks_created_together_get_distinct_ids(title):
    """Five tasks, of five titles or of one. Clause 1."""
    orchestrator = orchestrator_with(InMemoryTaskRepository())
    results = await orchestrator.create_many([{"title": title.format(i)} for i in range(5)])
    assert [result.success for result in results] == [True] * 5
    assert len({result.task_id for result in results}) == 5


async def test_two_batches_at_once_get_distinct_ids():
    """Neither knows of the other. Clause 1."""
    orchestrator = orchestrator_with(SlowRepository())
    batch = [{"title": "Task", "description": "1"}] * 2
    both = await asyncio.gather(*(orchestrator.create_many(batch) for _ in range(2)))
    results = [result for results in both for result in results]
    assert [result.success for result in results] == [True] * 4
    assert len({result.task_id for result in results}) == 4


async def test_a_success_is_stored_however_long_that_takes():
    """After an hour in `add`, the task is there. Clause 2."""
    orchestrator = orchestrator_with(SlowRepository())
    results = await orchestrator.create_many([{"title": "slow", "description": "3600"}])
    assert await titles(orchestrator, results) == ["slow"]


async def test_results_stand_in_the_order_of_the_input():
    """The first task is stored last, the second fails, and each has its place. Clause 3."""
    orchestrator = orchestrator_with(SlowRepository(**{"1": OSError("disk full")}))
    results = await orchestrator.create_many(
        [{"title": seconds, "description": seconds} for seconds in ("3", "1", "2")]
    )
    assert await titles(orchestrator, results) == ["3", None, "2"]


@pytest.mark.parametrize("error", [OSError("disk full"), ValueError("disk full")])
async def test_a_failure_is_one_failed_result_with_its_reason(error):
    """The full disk costs one task, not three. Clause 4."""
    orchestrator = orchestrator_with(SlowRepository(b=error))
    results = await orchestrator.create_many([{"title": title} for title in "abc"])
    assert [result.success for result in results] == [True, False, True]
    assert "disk full" in results[1].error


async def test_a_cancelled_creation_is_a_failed_result():
    """`CancelledError` is no `Exception`, and no success either. Clause 5."""
    orchestrator = orchestrator_with(SlowRepository(b=asyncio.CancelledError()))
    results = await orchestrator.create_many([{"title": title} for title in "abc"])
    assert [result.success for result in results] == [True, False, True]


### END SOLUTION

# %% [markdown]
# {hint distinct-ids}

# %% [markdown]
# ## What gather proves
#
# `execute_many(task_ids, limit)` executes tasks together, at most `limit` at a time. Tested in the
# listing's way: execute six, count six successes. The first of its {mutants really-concurrent} mutants runs one
# task after the other.
#
# **Predict:** how many of them die?

# %%
# %%ipytest --mutants really-concurrent
from vespera_scriptorium import Container, TaskOrchestrator


async def test_many_tasks_are_executed():
    orchestrator = Container().get(TaskOrchestrator)
    created = await orchestrator.create_many([{"title": f"Task {i}"} for i in range(6)])
    results = await orchestrator.execute_many([task.task_id for task in created], limit=3)
    assert len(results) == 6
    assert all(result.success for result in results)


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# None. Results say *what* happened, never *when*: with one slot or three they are the same. The
# difference is time, so draw time. The bars come from real runs of `execute_many`.
# </details>

# %%
import asyncio

from grader import timeline
from vespera_scriptorium import InMemoryTaskRepository, TaskOrchestrator


class Worker:
    async def run(self, task):
        with timeline.span(f"{task.title} seconds"):
            await asyncio.sleep(float(task.title))


async def execute(limit):
    orchestrator = TaskOrchestrator(InMemoryTaskRepository(), Worker())
    created = await orchestrator.create_many([{"title": seconds} for seconds in "31122"])
    await orchestrator.execute_many([task.task_id for task in created], limit)


runs = {f"limit={limit}": timeline.run(execute(limit)) for limit in (1, 3)}
timeline.draw(runs, title="Five tasks, one at a time and three at a time")

# %% [markdown]
# ## A test that sleeps
#
# So a test must look while tasks are at work. The first idea is always to wait a moment: here, four
# turns of the event loop. `sleep(0.05)` on a wall clock is the same guess, and fails on a slow CI
# machine.
#
# **Predict:** the test passes below. What will the panel say?

# %%
# %%ipytest --mutants really-concurrent
import asyncio
from types import SimpleNamespace

from vespera_scriptorium import InMemoryTaskRepository, TaskOrchestrator


async def test_three_are_at_work():
    working = []

    async def run(task):
        working.append(task)
        await asyncio.sleep(1)

    orchestrator = TaskOrchestrator(InMemoryTaskRepository(), SimpleNamespace(run=run))
    created = await orchestrator.create_many([{"title": "Task"}] * 6)
    batch = asyncio.create_task(orchestrator.execute_many([task.task_id for task in created], 3))
    for _ in range(4):
        await asyncio.sleep(0)
    assert len(working) == 3
    await batch


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# Flaky. Nobody promised in which order ready tasks run; the grader shuffles them, and four turns
# are no longer enough. **The cure:** let the tasks themselves prove it.
# </details>
#
# ## Meet, with a deadline
#
# An `asyncio.Barrier(3)` lets nobody pass before three have come. If `execute_many` returns at all,
# three were at work together. The two tests differ only in how long they wait.
#
# **Predict:** what does each do when tasks run one after the other?

# %%
# %%ipytest --mutants really-concurrent
import asyncio
from types import SimpleNamespace

from vespera_scriptorium import InMemoryTaskRepository, TaskOrchestrator


async def three_meet(deadline):
    meeting = asyncio.Barrier(3)

    async def run(task):
        await meeting.wait()

    orchestrator = TaskOrchestrator(InMemoryTaskRepository(), SimpleNamespace(run=run))
    created = await orchestrator.create_many([{"title": "Task"}] * 6)
    async with asyncio.timeout(deadline):
        await orchestrator.execute_many([task.task_id for task in created], limit=3)


async def test_three_meet():
    await three_meet(deadline=None)


async def test_three_meet_in_time():
    await three_meet(deadline=5)


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# Both are valid; one kills. Without a deadline the first task waits for company for ever. A hang
# tells nobody what is wrong: no kill here, a stuck build at work. **The cure:** what may wait for
# ever goes into `asyncio.timeout`.
# </details>
#
# ## Freeze, then look
#
# *At least* three is proven, *at most* three is not: six tasks at once are two meetings. Put up a
# gate, an `asyncio.Event` that stops every worker. When all stand still, count.
#
# **Predict:** this test sleeps. Is it flaky?

# %%
# %%ipytest --mutants really-concurrent
import asyncio
from types import SimpleNamespace

from vespera_scriptorium import InMemoryTaskRepository, TaskOrchestrator


async def test_three_are_at_work_and_no_more():
    gate, working = asyncio.Event(), []

    async def run(task):
        working.append(task)
        await gate.wait()

    orchestrator = TaskOrchestrator(InMemoryTaskRepository(), SimpleNamespace(run=run))
    created = await orchestrator.create_many([{"title": "Task"}] * 6)
    batch = asyncio.create_task(orchestrator.execute_many([task.task_id for task in created], 3))
    await asyncio.sleep(1)
    assert len(working) == 3
    gate.set()
    await batch


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# It is not. The virtual clock moves only when no task can: after `sleep(1)`, all that could begin
# has begun. A wall clock has no such moment; there, wait for arrivals, with a deadline.
#
# One mutant that has a limit of its own is still alive. With which `limit` would a test notice?
# </details>
#
# ### Exercise: as many as allowed, and no more
#
# **30 minutes.** Test `execute_many` with a specialist of your own, whose gates you open one by one.
#
# {contract really-concurrent}
#
# {worked really-concurrent}

# %% exercise="really-concurrent"
# %%ipytest --mutants really-concurrent
import asyncio
from collections import defaultdict

import pytest

from vespera_scriptorium import Container, Specialist, TaskOrchestrator


### BEGIN SOLUTION
class GatedSpecialist:
    """Keeps a task at work until the gate with its title opens; then it may fail."""

    def __init__(self):
        self.gates = defaultdict(asyncio.Event)
        self.working = set()
        self.begun, self.ended = [], []
        self.most = 0
        self.fails = False

    async def run(self, task):
        clock = asyncio.get_running_loop().time
        self.begun.append(clock())
        self.working.add(task.title)
        self.most = max(self.most, len(self.working))
        await self.gates[task.title].wait()
        self.working.remove(task.title)
        self.ended.append(clock())
        if self.fails:
            raise OSError(f"{task.title} failed")
        return task.title

    def open(self, titles):
        for title in titles:
            self.gates[title].set()


@pytest.fixture
def specialist():
    return GatedSpecialist()


@pytest.fixture
def start(specialist):
    """Starts a batch, and comes back once every task that may begin has begun."""

    async def start(titles, limit):
        container = Container()
        container.override(Specialist, specialist)
        orchestrator = container.get(TaskOrchestrator)
        created = await orchestrator.create_many([{"title": title} for title in sorted(titles)])
        ids = {title: result.task_id for title, result in zip(sorted(titles), created)}
        batch = asyncio.create_task(
            orchestrator.execute_many([ids[title] for title in titles], limit)
        )
        await asyncio.sleep(1.03)
        return batch

    return start


@pytest.mark.parametrize("limit", [1, 2, 5])
async def test_as_many_as_the_limit_are_at_work_and_never_more(specialist, start, limit):
    """Frozen at their gates, the tasks can be counted. Clauses 1 and 2."""
    batch = await start("abcdef", limit)
    assert len(specialist.working) == limit
    specialist.open("abcdef")
    await batch
    assert specialist.most == limit


async def test_fewer_tasks_than_slots_are_all_at_work(specialist, start):
    """Two of three slots are enough. Clause 2."""
    batch = await start("ab", 3)
    assert specialist.working == {"a", "b"}
    specialist.open("ab")
    assert len(await batch) == 2


@pytest.mark.parametrize("fails", [False, True])
async def test_a_free_slot_is_taken_while_others_are_at_work(specialist, start, fails):
    """One leaves, and another comes in at that moment. Clauses 1, 2, 3 and 4."""
    specialist.fails = fails
    batch = await start("abcdef", 2)
    stays = min(specialist.working)
    for _ in "cdef":
        specialist.open(specialist.working - {stays})
        await asyncio.sleep(1.03)
        assert len(specialist.working) == 2
    specialist.open("abcdef")
    await batch
    assert specialist.begun[2:] == specialist.ended[:4]


async def test_a_failure_frees_its_slot(specialist, start):
    """With one slot, a lost one would stop the batch. Every task is executed once. Clause 4."""
    specialist.fails = True
    specialist.open("abc")
    async with asyncio.timeout(60):
        results = await (await start("abc", 1))
    assert [result.success for result in results] == [False, False, False]
    assert len(specialist.begun) == 3


async def test_results_stand_in_the_order_of_the_input(specialist, start):
    """The first task ends last, and was created last. Clause 5."""
    batch = await start("cba", 3)
    for title in "abc":
        specialist.open(title)
        await asyncio.sleep(1)
    assert [result.output for result in await batch] == ["c", "b", "a"]


async def test_nothing_to_do_is_done_at_once(start):
    """No task ids, no results, and no waiting for them. Clause 6."""
    async with asyncio.timeout(60):
        assert await (await start("", 3)) == []


### END SOLUTION

# %% [markdown]
# {hint really-concurrent}

# %% [markdown]
# ## One failure, and who is left
#
# Two coroutines in one `gather`: one fails after a second, the other needs three.
#
# **Predict:** when `gather` raises, what is the other one doing?

# %%
import asyncio

from grader import timeline


async def work(name, seconds):
    with timeline.span(name):
        await asyncio.sleep(seconds)
        if name == "fails":
            raise OSError("disk full")


async def together(**options):
    try:
        await asyncio.gather(work("fails", 1), work("sibling", 3), **options)
    except OSError:
        pass


plain, kept = timeline.run(together()), timeline.run(together(return_exceptions=True))
timeline.draw({"gather": plain, "gather, return_exceptions=True": kept}, title="After an error")

# %% [markdown]
# <details><summary>What you have seen</summary>
#
# It goes on, and nobody waits for it. `return_exceptions=True` waits for both. A `TaskGroup` would
# cancel the sibling, and wait for that. Which is right stands in the contract, and so does what
# happens when the *caller* is cancelled.
# </details>
#
# **Predict:** this test cancels a batch, and sees it cancelled. Does it notice work that goes on?

# %%
# %%ipytest --mutants gather-results
import asyncio
from types import SimpleNamespace

import pytest

from vespera_scriptorium import InMemoryTaskRepository, TaskOrchestrator


async def test_a_batch_can_be_cancelled():
    specialist = SimpleNamespace(run=lambda task: asyncio.sleep(3600))
    orchestrator = TaskOrchestrator(InMemoryTaskRepository(), specialist)
    created = await orchestrator.create_many([{"title": "Task"}] * 2)
    batch = asyncio.create_task(orchestrator.execute_all([task.task_id for task in created]))
    await asyncio.sleep(60)
    batch.cancel()
    with pytest.raises(asyncio.CancelledError):
        await batch


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# It does not. Mutant 6 gives up waiting and lets the work run; its caller sees no difference.
# </details>
#
# **The cure** is one line more: cancel, then look who is left.

# %%
# %%ipytest --mutants gather-results
import asyncio
from types import SimpleNamespace

import pytest

from vespera_scriptorium import InMemoryTaskRepository, TaskOrchestrator


async def test_a_cancelled_batch_leaves_nothing_running():
    specialist = SimpleNamespace(run=lambda task: asyncio.sleep(3600))
    orchestrator = TaskOrchestrator(InMemoryTaskRepository(), specialist)
    created = await orchestrator.create_many([{"title": "Task"}] * 2)
    batch = asyncio.create_task(orchestrator.execute_all([task.task_id for task in created]))
    await asyncio.sleep(60)
    batch.cancel()
    with pytest.raises(asyncio.CancelledError):
        await batch
    assert asyncio.all_tasks() == {asyncio.current_task()}


# %% [markdown]
# ### Exercise: every outcome told apart
#
# **25 minutes.** Test `execute_all(task_ids)`. Its `BatchOutcome` has two dicts, `succeeded` and `failed`, and a
# list, `cancelled`. `all_tasks` cannot see whether work was cleaned up; a specialist that notes its
# beginnings and endings can.
#
# {contract gather-results}
#
# {worked gather-results}

# %% exercise="gather-results"
# %%ipytest --mutants gather-results
import asyncio

import pytest

from vespera_scriptorium import Container, Specialist, TaskOrchestrator


### BEGIN SOLUTION
class DiarySpecialist:
    """Works for `description` seconds, cleans up for one more, and notes who began and who ended.

    `answers` has what comes of a task, by its title: an error is raised. `stubborn` has what comes
    of work that was cancelled: what it answers then, or raises, in the place of its cancellation.
    """

    def __init__(self):
        self.begun, self.ended = [], []
        self.answers = {}
        self.stubborn = None

    async def run(self, task):
        answer = self.answers.get(task.title, f"{task.title} is done")
        self.begun.append(task.title)
        try:
            await asyncio.sleep(float(task.description))
        except asyncio.CancelledError:
            if self.stubborn is None:
                raise
            answer = self.stubborn
        finally:
            await asyncio.sleep(1)
            self.ended.append(task.title)
        if isinstance(answer, BaseException):
            raise answer
        return answer


@pytest.fixture
def specialist():
    return DiarySpecialist()


@pytest.fixture
def orchestrator(specialist):
    container = Container()
    container.override(Specialist, specialist)
    return container.get(TaskOrchestrator)


async def create(orchestrator, **seconds):
    """The ids of new tasks, which are titled by the names and take that many seconds."""
    created = await orchestrator.create_many(
        [{"title": title, "description": str(length)} for title, length in seconds.items()]
    )
    return [result.task_id for result in created]


async def test_each_task_stands_where_it_belongs_and_nowhere_else(orchestrator, specialist):
    """Five tasks that end in another order than they began. Clauses 1 and 4."""
    specialist.answers = {"bad": OSError("disk full"), "gone": asyncio.CancelledError(), "c": ""}
    a, bad, gone, b, c = task_ids = await create(orchestrator, a=9, bad=1, gone=2, b=3, c=0)
    batch = await orchestrator.execute_all(task_ids)
    assert batch.succeeded == {a: "a is done", b: "b is done", c: ""}
    assert list(batch.failed) == [bad]
    assert batch.cancelled == [gone]


@pytest.mark.parametrize("error", [OSError("disk full"), ValueError("no text"), KeyError("x")])
async def test_the_specialists_own_exception_is_kept(orchestrator, specialist, error):
    """Not a copy, not a summary: the very object, of any type. Clause 2."""
    specialist.answers = {"bad": error}
    [bad] = await create(orchestrator, bad=1)
    batch = await orchestrator.execute_all([bad])
    assert batch.failed[bad] is error


async def test_an_id_without_a_task_is_a_failure_of_its_own(orchestrator):
    """The task beside it succeeds. Clause 2."""
    [a] = await create(orchestrator, a=1)
    batch = await orchestrator.execute_all(["nobody", a])
    assert list(batch.failed) == ["nobody"]
    assert list(batch.succeeded) == [a]


async def test_without_tasks_there_is_no_outcome(orchestrator):
    """Nothing to do is no error. Clause 1."""
    batch = await orchestrator.execute_all([])
    assert not (batch.succeeded or batch.failed or batch.cancelled)


@pytest.mark.parametrize("error", [OSError("full"), TimeoutError(), asyncio.CancelledError()])
async def test_one_bad_task_does_not_stop_the_others(orchestrator, specialist, error):
    """A minute later, the tasks on both sides of it are done. Clauses 3 and 4."""
    specialist.answers = {"bad": error}
    first, bad, last = await create(orchestrator, first=60, bad=1, last=60)
    batch = await orchestrator.execute_all([first, bad, last])
    assert set(batch.succeeded) == {first, last}


@pytest.mark.parametrize("stubborn", [None, "done all the same", OSError("disk full")])
async def test_a_cancelled_batch_ends_all_that_it_began(orchestrator, specialist, stubborn):
    """Every beginning has its end before the cancellation comes out. Clause 5."""
    specialist.stubborn = stubborn
    specialist.answers = {"bad": OSError("disk full")}
    task_ids = await create(orchestrator, quick=0, bad=0, a=60, b=60)
    batch = asyncio.create_task(orchestrator.execute_all(task_ids))
    await asyncio.sleep(5)
    batch.cancel()
    with pytest.raises(asyncio.CancelledError):
        await batch
    assert specialist.begun
    assert sorted(specialist.ended) == sorted(specialist.begun)
    assert asyncio.all_tasks() == {asyncio.current_task()}


### END SOLUTION

# %% [markdown]
# {hint gather-results}

# %% [markdown]
# ## What failure messages mean
#
# | The panel says | It means | Do this |
# | --- | --- | --- |
# | **wrong**: line 9: assert … | Correct code fails it. | Read the clause again. |
# | **over-specified**: a correct implementation that … fails here | You tested *how*. | Assert the contract, nothing else. |
# | **flaky**: passes under one schedule and fails under another | You counted on an order. | Freeze, then look. |
# | **valid**: waits for ever on a mutant, which is no kill | A hang tells nothing. | Use `asyncio.timeout`. |
# | **leaks**: leaves the task … running | The test ended before its work. | Await what you start. |
# | **Survived**, and a clause | No test defends it. | Write one. |

# %% [markdown]
# ## In your own project
#
# Under the virtual clock of [looptime](https://pypi.org/project/looptime/), time itself counts who is
# at work: five works of a second, two at a time, take three. One after the other they would take five,
# and all at once one.
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
# # pool.py
# import asyncio
#
#
# async def run_all(works, limit):
#     slots = asyncio.Semaphore(limit)
#
#     async def run(work):
#         async with slots:
#             return await work()
#
#     return await asyncio.gather(*map(run, works))
# ```
#
# ```python
# # test_pool.py
# import asyncio
#
# import pytest
# from pool import run_all
#
#
# @pytest.mark.looptime
# async def test_two_are_at_work_at_a_time(looptime):
#     await run_all([lambda: asyncio.sleep(1)] * 5, limit=2)
#     assert looptime == 3
# ```
#
# The mutant by hand: nobody counts any more.
#
# ```diff
# --- a/pool.py
# +++ b/pool.py
# @@ -7,6 +7,5 @@
#
#      async def run(work):
# -        async with slots:
# -            return await work()
# +        return await work()
#
#      return await asyncio.gather(*map(run, works))
# ```

# %% [markdown]
# ## Recap
#
# - **Show** concurrency in time: `gather` and equal results prove nothing.
# - **Freeze** workers at an `asyncio.Event`, and count. A sleep is harmless under a virtual clock,
#   and a bet elsewhere.
# - **Turn** hangs into failures with `asyncio.timeout`.
# - **Tell apart** three outcomes: `return_exceptions=True` returns a `CancelledError`, too, and it
#   is no `Exception`.
# - **Cancel**, await, then look who is left.
#
# **Next:** [Error handling](05-error-handling.ipynb): type, message, cause, and life after the
# error.
#
# **Further reading:**
# [Coroutines and tasks](https://docs.python.org/3/library/asyncio-task.html) in the Python
# documentation, [its synchronisation primitives](https://docs.python.org/3/library/asyncio-sync.html),
# and [pytest-asyncio's concepts](https://pytest-asyncio.readthedocs.io/en/stable/concepts.html).

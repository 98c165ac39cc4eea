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
# # Workflows
#
# A workflow that ends well has proven little. You will test what is stored in between, what a
# refusal leaves behind, the way back after a failure, and the way on after a crash.
#
# **120 minutes**, 25 of them to read. Before: [Start here](../00-start-here.ipynb). You have used a mock, and can read
# `@pytest.mark.parametrize`.
#
# **Pattern:** Async Workflow Testing, from *Clean Architecture Adaptations*.

# %% [markdown]
# **Objectives.** Afterwards you can
#
# - *look* at every state that is stored, not only at the last one;
# - *compare* what is stored before and after a refusal;
# - *tell* a call from an await;
# - *prove* in which order steps are undone;
# - *crash* a workflow in a test, and resume it.
#
# **Questions.** What does a final status prove? When is a mock called and nothing happens? Is a
# failed step a crash?

# %%
# %load_ext grader

# %% [markdown]
# ## The listing, and what it proves
#
# Here is the pattern as it stands in many code bases: create a task, execute it, complete it, look
# at the status. The panel below has the same test on {mutants task-lifecycle} mutants of the methods that it calls.
#
# **Predict:** how many of them does it kill?
#
# <!--
# fmt: off
# -->

# %% tags=["listing"]
# %%ipytest --mutants task-lifecycle
import pytest

from vespera_scriptorium import Container, TaskExecutionWorkflow


@pytest.mark.asyncio
async def test_complete_task_workflow():
    """Test complete async workflow from task creation to completion."""
    container = Container()
    workflow = container.get(TaskExecutionWorkflow)

    # Create task
    task_data = {
        "title": "Test Async Task",
        "description": "Test async workflow execution",
        "specialist_type": "coder"
    }

    task_result = await workflow.create_task(task_data)
    assert task_result.success, f"Task creation failed: {task_result.error}"

    task_id = task_result.task_id

    # Execute task
    execution_result = await workflow.execute_task(task_id)
    assert execution_result.success, f"Task execution failed: {execution_result.error}"

    # Complete task
    completion_data = {
        "summary": "Task completed successfully",
        "artifacts": ["result.txt"],
        "next_action": "continue"
    }

    completion_result = await workflow.complete_task(task_id, completion_data)
    assert completion_result.success, f"Task completion failed: {completion_result.error}"

    # Verify final state
    final_state = await workflow.get_task_status(task_id)
    assert final_state.status == "completed", "Task should be completed"

# %% [markdown]
# <!--
# fmt: on
# -->
# <details><summary>What you have seen</summary>
#
# None. It is good at two things: it drives the real components down the whole path, and in the end
# it asks the store, not the last result. As a smoke test, keep it. But it hands over a summary and
# never reads it back; it sees one state of four; and it never leaves the path.
# </details>
#
# **The cure** for the first two: a spy around `save`. It still saves, and keeps every version.

# %%
# %%ipytest --mutants task-lifecycle
from unittest.mock import AsyncMock

from vespera_scriptorium import InMemoryTaskRepository, InstantSpecialist, TaskExecutionWorkflow


async def test_no_version_is_completed_without_its_summary():
    tasks = InMemoryTaskRepository()
    tasks.save = AsyncMock(wraps=tasks.save)
    workflow = TaskExecutionWorkflow(tasks, InstantSpecialist())
    task_id = (await workflow.create_task({"title": "Write"})).task_id
    await workflow.execute_task(task_id)
    await workflow.complete_task(task_id, {"summary": "well done"})
    versions = [call.args[0] for call in tasks.save.await_args_list]
    assert {task.summary for task in versions if task.status == "completed"} == {"well done"}


# %% [markdown]
# Two die: the one that loses the summary, and the one that stores it a moment too late.
#
# ## What a refusal leaves
#
# Off the path: an executed task cannot be executed again. One mutant refuses, and marks the task as
# failed while it is at it.
#
# **Predict:** which of the two tests kills it?

# %%
# %%ipytest --mutants task-lifecycle
from vespera_scriptorium import Container, TaskExecutionWorkflow


async def test_a_second_execution_is_refused():
    workflow = Container().get(TaskExecutionWorkflow)
    task_id = (await workflow.create_task({"title": "Write"})).task_id
    await workflow.execute_task(task_id)
    assert not (await workflow.execute_task(task_id)).success


async def test_a_second_execution_changes_nothing():
    workflow = Container().get(TaskExecutionWorkflow)
    task_id = (await workflow.create_task({"title": "Write"})).task_id
    await workflow.execute_task(task_id)
    before = await workflow.get_task_status(task_id)
    await workflow.execute_task(task_id)
    assert await workflow.get_task_status(task_id) == before


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# The second. A result is what the workflow *says*. **The cure:** compare what is stored, before and
# after; of dataclasses, that is one `==`.
#
# One call after the other says nothing about two at once, though.
# </details>
#
# ### Exercise: one task, all the way
#
# **30 minutes.** Test `create_task`, `execute_task` and `complete_task`. A specialist, yours too, does the work.
#
# {contract task-lifecycle}
#
# {worked task-lifecycle}

# %% exercise="task-lifecycle"
# %%ipytest --mutants task-lifecycle
import asyncio

import pytest

from vespera_scriptorium import InMemoryTaskRepository, TaskExecutionWorkflow

### BEGIN SOLUTION
DONE = {"summary": "well done", "artifacts": ["b.txt", "a.txt"], "next_action": "rest"}


class Archive(InMemoryTaskRepository):
    """Keeps every version of a task that was ever saved."""

    def __init__(self):
        super().__init__()
        self.saved = []

    async def save(self, task):
        self.saved.append(task)
        await super().save(task)


class Worker:
    """Takes an hour for a task, and notes the status that is stored by then. Bad work fails."""

    def __init__(self, archive):
        self.archive = archive
        self.seen = []

    async def run(self, task):
        await asyncio.sleep(3600)
        self.seen.append((await self.archive.get(task.id)).status)
        if task.title == "Bad":
            raise OSError("disk full")
        return "done"


@pytest.fixture
def archive():
    return Archive()


@pytest.fixture
def worker(archive):
    return Worker(archive)


@pytest.fixture
def workflow(archive, worker):
    return TaskExecutionWorkflow(archive, worker)


async def task_that_is(status, workflow):
    """The id of a new task that went as far as `status`."""
    title = "Bad" if status == "failed" else "Write"
    task_id = (await workflow.create_task({"title": title, "description": "soon"})).task_id
    if status != "created":
        await workflow.execute_task(task_id)
    if status == "completed":
        await workflow.complete_task(task_id, DONE)
    return task_id


async def test_a_task_is_running_while_it_is_at_work(workflow, worker):
    """Created before, running in between, executed afterwards. Clause 1."""
    task_id = await task_that_is("created", workflow)
    before = await workflow.get_task_status(task_id)
    await workflow.execute_task(task_id)
    after = await workflow.get_task_status(task_id)
    assert [before.status, *worker.seen, after.status] == ["created", "running", "executed"]


async def test_one_of_two_executed_tasks_is_completed(workflow):
    """The older one was asked for. Clause 1."""
    older, newer = [await task_that_is("executed", workflow) for _ in range(2)]
    await workflow.complete_task(older, DONE)
    assert (await workflow.get_task_status(older)).status == "completed"
    assert (await workflow.get_task_status(newer)).status == "executed"


async def test_a_completed_task_keeps_what_it_was_completed_with(workflow):
    """Read back, not taken from the result, and nothing else is lost. Clause 2."""
    task_id = await task_that_is("executed", workflow)
    executed = (await workflow.get_task_status(task_id)).task
    await workflow.complete_task(task_id, DONE)
    task = (await workflow.get_task_status(task_id)).task
    assert (task.summary, task.artifacts) == ("well done", ("b.txt", "a.txt"))
    assert task.next_action == "rest"
    assert (task.title, task.description) == (executed.title, executed.description)
    assert task.outputs == executed.outputs


async def test_no_version_is_completed_and_empty(workflow, archive):
    """Every version that was stored, not only the last. Clause 3."""
    await task_that_is("completed", workflow)
    completed = [task for task in archive.saved if task.status == "completed"]
    assert completed
    assert all(task.summary and task.artifacts and task.next_action for task in completed)


@pytest.mark.parametrize(
    ("status", "operation"),
    [
        ("created", "complete"),
        ("executed", "execute"),
        ("failed", "execute"),
        ("failed", "complete"),
        ("completed", "execute"),
        ("completed", "complete"),
    ],
)
async def test_an_illegal_call_changes_nothing(workflow, status, operation):
    """It is refused with a reason, and the stored task stays as it was. Clause 4."""
    task_id = await task_that_is(status, workflow)
    before = (await workflow.get_task_status(task_id)).task
    if operation == "execute":
        result = await workflow.execute_task(task_id)
    else:
        result = await workflow.complete_task(task_id, {"summary": "overwritten"})
    assert not result.success
    assert result.error
    assert (await workflow.get_task_status(task_id)).task == before


async def test_the_id_of_no_task_is_refused(workflow):
    """By both methods. Clause 4."""
    for result in [
        await workflow.execute_task("nobody"),
        await workflow.complete_task("nobody", DONE),
    ]:
        assert not result.success
        assert result.error


async def test_two_executions_at_once_do_the_work_once(workflow, worker):
    """One success, one refusal, one hour of work. Clause 5."""
    task_id = await task_that_is("created", workflow)
    results = await asyncio.gather(*(workflow.execute_task(task_id) for _ in range(2)))
    assert sorted(result.success for result in results) == [False, True]
    assert len(worker.seen) == 1


async def test_two_tasks_at_once_are_both_executed(workflow):
    """They have nothing to do with each other. Clause 5."""
    task_ids = [await task_that_is("created", workflow) for _ in range(2)]
    results = await asyncio.gather(*map(workflow.execute_task, task_ids))
    assert [result.success for result in results] == [True, True]


### END SOLUTION

# %% [markdown]
# {hint task-lifecycle}

# %% [markdown]
# ## Called, or awaited?
#
# Work has steps, and steps fail. Then `execute_task` awaits the hook `on_failure`, which pages
# somebody. One mutant forgets the `await`. `AsyncMock` has two assertions that read almost alike.
#
# **Predict:** both tests are green. Which one kills?

# %%
# %%ipytest --mutants failing-step
from unittest.mock import AsyncMock

from vespera_scriptorium import Container, TaskExecutionWorkflow, WorkflowStep


async def fail(hook):
    workflow = Container().get(TaskExecutionWorkflow)
    task_id = (await workflow.create_task({"title": "Deploy"})).task_id
    broken = WorkflowStep("upload", AsyncMock(side_effect=OSError("disk full")))
    await workflow.execute_task(task_id, [broken], hook)


async def test_the_hook_is_called():
    await fail(hook := AsyncMock())
    hook.assert_called_once()


async def test_the_hook_is_awaited():
    await fail(hook := AsyncMock())
    hook.assert_awaited_once()


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# `assert_awaited_once`. A call of an `async def` makes a coroutine; not a line of it runs before
# somebody awaits it. Nobody is paged, and `assert_called_once` is content. **The cure:** of an
# `AsyncMock`, assert awaits. What was awaited stands in `await_args`.
# </details>
#
# ## The way back
#
# When a step fails, those before it are undone: give the money back, release the seat.
#
# **Predict:** the third step fails. In which order do the bars of the second run stand?

# %%
import asyncio

from grader import timeline
from vespera_scriptorium import Container, TaskExecutionWorkflow, WorkflowStep


def step(name):
    async def work(label):
        with timeline.span(label):
            await asyncio.sleep(2)
            if label == "notify":
                raise OSError("nobody is there")

    return WorkflowStep(name, lambda outputs: work(name), lambda: work(f"undo: {name}"))


# %%
async def execute(*names):
    workflow = Container().get(TaskExecutionWorkflow)
    task_id = (await workflow.create_task({"title": "Book"})).task_id
    await workflow.execute_task(task_id, [step(name) for name in names])


succeeds = timeline.run(execute("seat", "money"))
fails = timeline.run(execute("seat", "money", "notify"))
timeline.draw({"two steps": succeeds, "a third one fails": fails}, title="There, and back")

# %% [markdown]
# <details><summary>What you have seen</summary>
#
# In reverse, one after the other. Two mutants get it wrong: one goes forwards, the other starts all
# compensations at once.
# </details>
#
# **Predict:** here each compensation is a mock, and each was awaited. Which of the two mutants dies?

# %%
# %%ipytest --mutants failing-step
from unittest.mock import AsyncMock

from vespera_scriptorium import Container, TaskExecutionWorkflow, WorkflowStep


async def test_both_steps_are_undone():
    workflow = Container().get(TaskExecutionWorkflow)
    task_id = (await workflow.create_task({"title": "Book"})).task_id
    seat = WorkflowStep("seat", AsyncMock(return_value="12A"), AsyncMock())
    money = WorkflowStep("money", AsyncMock(return_value="paid"), AsyncMock())
    notify = WorkflowStep("notify", AsyncMock(side_effect=OSError("nobody is there")))
    await workflow.execute_task(task_id, [seat, money, notify])
    seat.compensate.assert_awaited_once()
    money.compensate.assert_awaited_once()


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# Neither. Two mocks know nothing of each other. **The cure:** one diary for all.
#
# And let each compensation take an hour, because what is instant cannot overlap. Exercises run
# under a *virtual clock*, which jumps to the next timer when all tasks wait: the hour is free.
# Write down the ends, not only the beginnings.
# </details>

# %%
# %%ipytest --mutants failing-step
import asyncio
from unittest.mock import AsyncMock

from vespera_scriptorium import Container, TaskExecutionWorkflow, WorkflowStep


async def test_steps_are_undone_one_after_the_other():
    diary = []

    def step(name, outcome):
        async def undo():
            diary.append(f"undo {name}")
            await asyncio.sleep(3600)
            diary.append(f"{name} is undone")

        return WorkflowStep(name, AsyncMock(side_effect=[outcome]), undo)

    workflow = Container().get(TaskExecutionWorkflow)
    task_id = (await workflow.create_task({"title": "Book"})).task_id
    await workflow.execute_task(task_id, [step("a", "1"), step("b", "2"), step("c", OSError())])
    assert diary == ["undo b", "b is undone", "undo a", "a is undone"]


# %% [markdown]
# ### Exercise: a step fails
#
# **30 minutes.** A `WorkflowStep` has a name and two async functions: `run(outputs)`, which returns a text, and
# `compensate()`, or None. Test what becomes of them.
#
# {contract failing-step}
#
# {worked failing-step}

# %% exercise="failing-step"
# %%ipytest --mutants failing-step
import asyncio
from unittest.mock import AsyncMock

import pytest

from vespera_scriptorium import Container, TaskExecutionWorkflow, WorkflowStep


### BEGIN SOLUTION
class Diary:
    """Makes steps that write down what is done to them, and fail where `errors` says so."""

    def __init__(self):
        self.entries = []
        self.errors = {}

    def steps(self, *names):
        """A step for each name. What begins with "just" has no way back."""
        return [self.step(name) for name in names]

    def step(self, name):
        async def run(outputs):
            await self.work(name)
            return f"{name} is done"

        undo = None if name.startswith("just") else lambda: self.work(f"undo {name}")
        return WorkflowStep(name, run, undo)

    async def work(self, entry):
        self.entries.append(entry)
        await asyncio.sleep(1)
        if entry in self.errors:
            raise self.errors[entry]
        self.entries.append(f"{entry}: ended")

    def began(self):
        return [entry for entry in self.entries if "ended" not in entry]


@pytest.fixture
def diary():
    return Diary()


@pytest.fixture
def workflow():
    return Container().get(TaskExecutionWorkflow)


@pytest.fixture
async def task_id(workflow):
    return (await workflow.create_task({"title": "Book"})).task_id


class NobodyKnows(Exception):
    """An error that no library has."""


@pytest.mark.parametrize("kind", [OSError, ValueError, TimeoutError, NobodyKnows])
async def test_no_step_runs_after_the_one_that_failed(workflow, task_id, diary, kind):
    """The task is failed, and the result says where and why. Clause 1."""
    diary.errors = {"money": kind("no answer")}
    result = await workflow.execute_task(task_id, diary.steps("seat", "money", "mail"))
    assert "mail" not in diary.began()
    assert not result.success
    assert "money" in result.error
    assert "no answer" in result.error
    assert (await workflow.get_task_status(task_id)).status == "failed"


async def test_what_is_done_is_undone_in_reverse_order(workflow, task_id, diary):
    """Not the failed step, nor one behind it, nor what has no way back. Clause 2."""
    diary.errors = {"mail": OSError("no answer")}
    steps = diary.steps("seat", "money", "just look", "mail", "print")
    await workflow.execute_task(task_id, steps)
    assert diary.began()[-3:] == ["mail", "undo money", "undo seat"]


async def test_a_compensation_ends_before_the_next_begins(workflow, task_id, diary):
    """Each takes a second, so two that overlap would both begin first. Clause 2."""
    diary.errors = {"mail": OSError("no answer")}
    await workflow.execute_task(task_id, diary.steps("seat", "money", "mail"))
    assert diary.entries[-3:-1] == ["undo money: ended", "undo seat"]


async def test_a_compensation_that_fails_does_not_stop_the_others(workflow, task_id, diary):
    """The way back is gone to its end, and every error is reported. Clause 3."""
    diary.errors = {
        "mail": OSError("no answer"),
        "undo money": ValueError("no way back"),
        "undo seat": OSError("no desk"),
    }
    result = await workflow.execute_task(task_id, diary.steps("hotel", "seat", "money", "mail"))
    assert diary.entries[-1] == "undo hotel: ended"
    for message in ("no answer", "no way back", "no desk"):
        assert message in result.error


async def test_the_hook_is_awaited_once_with_the_steps_own_exception(workflow, task_id, diary):
    """Awaited, not called, after everything else, and to its end. Clause 4."""
    diary.errors = {"money": OSError("no answer"), "undo seat": OSError("no way back")}

    async def look(task, error):
        status = (await workflow.get_task_status(task_id)).status
        await diary.work(f"told that it is {status}")

    hook = AsyncMock(side_effect=look)
    await workflow.execute_task(task_id, diary.steps("seat", "money"), hook)
    hook.assert_awaited_once()
    assert hook.await_args.args[1] is diary.errors["money"]
    assert diary.entries[-2:] == ["told that it is failed", "told that it is failed: ended"]


async def test_a_hook_that_fails_is_reported(workflow, task_id, diary):
    """In the result, beside the error of the step. Clause 4."""
    diary.errors = {"seat": OSError("no answer")}
    hook = AsyncMock(side_effect=ValueError("nobody listens"))
    result = await workflow.execute_task(task_id, diary.steps("seat"), hook)
    assert "no answer" in result.error
    assert "nobody listens" in result.error


async def test_success_undoes_nothing(workflow, task_id, diary):
    """And tells nobody of a failure. Clause 5."""
    hook = AsyncMock()
    result = await workflow.execute_task(task_id, diary.steps("seat", "money"), hook)
    assert result.success
    assert diary.began() == ["seat", "money"]
    hook.assert_not_called()


### END SOLUTION

# %% [markdown]
# {hint failing-step}

# %% [markdown]
# ## A failure is not a crash
#
# `resume_task` runs what is left. The obvious test lets a step fail, mends it, and resumes.
#
# **Predict:** there are {mutants resume} mutants of the resumption. How many does it kill?

# %%
# %%ipytest --mutants resume
from unittest.mock import AsyncMock

from vespera_scriptorium import Container, TaskExecutionWorkflow, WorkflowStep


async def test_a_failed_task_is_resumed():
    workflow = Container().get(TaskExecutionWorkflow)
    task_id = (await workflow.create_task({"title": "Deploy"})).task_id
    first = WorkflowStep("first", AsyncMock(return_value="1"))
    second = WorkflowStep("second", AsyncMock(side_effect=[OSError("disk full"), "2"]))
    await workflow.execute_task(task_id, [first, second])
    assert (await workflow.resume_task(task_id, [first, second])).success
    first.run.assert_awaited_once()


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# Two, which run again what was done. A failed step is a polite ending: the workflow lives, and has
# time to store what it likes. A process that is restarted has none.
# </details>
#
# **Predict:** the first process is cancelled after three seconds. What does the second one run?

# %%
import asyncio

from grader import timeline
from vespera_scriptorium import TaskExecutionWorkflow, WorkflowStep


def step(name):
    async def run(outputs):
        with timeline.span(name):
            await asyncio.sleep(2)
        return name

    return WorkflowStep(name, run)


steps = [step(name) for name in ("fetch", "build", "upload")]

# %%
from contextlib import suppress

from vespera_scriptorium import InMemoryTaskRepository, InstantSpecialist

tasks = InMemoryTaskRepository()
one, two = [TaskExecutionWorkflow(tasks, InstantSpecialist()) for _ in range(2)]
task_id = (await one.create_task({"title": "Release"})).task_id


async def until_restarted():
    with suppress(TimeoutError):
        async with asyncio.timeout(3):
            await one.execute_task(task_id, steps)


first, second = timeline.run(until_restarted()), timeline.run(two.resume_task(task_id, steps))
timeline.draw({"first process": first, "second process": second}, title="Resumed")

# %% [markdown]
# <details><summary>What you have seen</summary>
#
# The step in which the first was cut off, and what comes after it. All that connects the two is
# the repository. So a test plays them with two workflows on one repository.
#
# Even a cancelled process can store things, in `except` and `finally`; a killed one cannot. **The cure:** leave the first
# stuck, and look at what is stored while it cannot answer.
# </details>

# %%
# %%ipytest --mutants resume
import asyncio

from vespera_scriptorium import Container, TaskExecutionWorkflow, WorkflowStep


async def test_an_output_is_stored_before_the_next_step_begins():
    workflow = Container().get(TaskExecutionWorkflow)
    task_id = (await workflow.create_task({"title": "Deploy"})).task_id
    first = WorkflowStep("first", lambda outputs: asyncio.sleep(0, "1"))
    stuck = WorkflowStep("stuck", lambda outputs: asyncio.Event().wait())
    running = asyncio.create_task(workflow.execute_task(task_id, [first, stuck]))
    await asyncio.sleep(60)
    stored = (await workflow.get_task_status(task_id)).task
    running.cancel()
    await asyncio.wait([running])
    assert stored.outputs == {"first": "1"}


# %% [markdown]
# Two die: one stores everything in the end, one writes its checkpoint too early. Without `cancel`
# and `wait` this test *leaks*, and is set aside.
#
# ### Exercise: resume after a crash
#
# **35 minutes.** Test `resume_task`, and what `execute_task` leaves to it.
#
# {contract resume}
#
# {worked resume}

# %% exercise="resume"
# %%ipytest --mutants resume
import asyncio

import pytest

from vespera_scriptorium import (
    InMemoryTaskRepository,
    InstantSpecialist,
    TaskExecutionWorkflow,
    WorkflowStep,
)


### BEGIN SOLUTION
class SlowRepository(InMemoryTaskRepository):
    """Takes a second to save a task."""

    async def save(self, task):
        await asyncio.sleep(1)
        await super().save(task)


class Plan:
    """Makes steps that note what they were given; those in `failing` fail, in `stuck` they wait.

    `stubborn` is what a stuck step makes of its cancellation: an answer, or an error.
    """

    def __init__(self):
        self.given = {}
        self.ran, self.undone = [], []
        self.failing, self.stuck = set(), set()
        self.stubborn = None

    def step(self, name, undo=None):
        async def run(outputs):
            self.ran.append(name)
            self.given[name] = dict(outputs)
            if name in self.stuck:
                await self.wait()
            if name in self.failing:
                raise OSError("disk full")
            return "" if name == "quiet" else name.upper()

        async def compensate():
            self.undone.append(name)
            if isinstance(undo, Exception):
                raise undo

        return WorkflowStep(name, run, compensate if undo else None)

    async def wait(self):
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            if self.stubborn is None:
                raise
            if isinstance(self.stubborn, Exception):
                raise self.stubborn from None

    def steps(self):
        return [self.step(name) for name in ("pull", "build", "ship")]

    def start_again(self):
        self.failing, self.stuck, self.ran = set(), set(), []


@pytest.fixture
def plan():
    return Plan()


@pytest.fixture
def process():
    """Starts a process: a workflow on the repository that all of them share."""
    repository = SlowRepository()
    return lambda: TaskExecutionWorkflow(repository, InstantSpecialist())


@pytest.fixture
async def task_id(process):
    return (await process().create_task({"title": "Deploy"})).task_id


async def stopped_in_a_step(workflow, task_id, steps):
    """An execution that has come to the step in which it is stuck."""
    running = asyncio.create_task(workflow.execute_task(task_id, steps))
    await asyncio.sleep(60)
    return running


async def test_only_what_is_left_runs(process, task_id, plan):
    """The failed step and the one behind it, once each; no answer is one, too. Clause 1."""
    plan.failing = {"build"}
    steps = [plan.step("quiet"), *plan.steps()]
    await process().execute_task(task_id, steps)
    plan.start_again()
    result = await process().resume_task(task_id, steps)
    assert result.success
    assert plan.ran == ["build", "ship"]


async def test_a_step_gets_what_an_earlier_attempt_has_done(process, task_id, plan):
    """One output is of the first attempt, one of the second. Clause 2."""
    plan.failing = {"build"}
    await process().execute_task(task_id, plan.steps())
    plan.start_again()
    await process().resume_task(task_id, plan.steps())
    assert plan.given["ship"] == {"pull": "PULL", "build": "BUILD"}


async def test_a_successor_goes_on_where_the_first_is_stuck(process, task_id, plan):
    """The first never gets to say goodbye. Clause 3."""
    plan.stuck = {"build"}
    first = await stopped_in_a_step(process(), task_id, plan.steps())
    plan.start_again()
    await process().resume_task(task_id, plan.steps())
    assert plan.ran == ["build", "ship"]
    first.cancel()
    await asyncio.wait([first])


async def test_a_step_reads_the_outputs_of_those_before(process, task_id, plan):
    """Storing takes a second, and the next step waits for it. Clause 3."""
    stored = []

    async def look(outputs):
        stored.append((await process().get_task_status(task_id)).task.outputs)
        return ""

    await process().execute_task(task_id, [plan.step("pull"), WorkflowStep("look", look)])
    assert stored[0]["pull"] == "PULL"


async def test_a_step_reads_the_number_of_its_attempt(process, task_id, plan):
    """Three attempts, and each of them counts from its beginning. Clause 4."""
    attempts = []

    async def count(outputs):
        attempts.append((await process().get_task_status(task_id)).task.attempts)
        raise OSError("disk full")

    await process().execute_task(task_id, [WorkflowStep("count", count)])
    for _ in range(2):
        await process().resume_task(task_id, [WorkflowStep("count", count)])
    assert attempts == [1, 2, 3]


async def test_what_was_undone_is_done_again(process, task_id, plan):
    """Only the second step was; the others could not be. Clauses 1 and 5."""
    stays, goes = plan.step("stays"), plan.step("goes", undo=True)
    sticks = plan.step("sticks", undo=OSError("no way back"))
    steps = [stays, goes, sticks, plan.step("fails")]
    plan.failing = {"fails"}
    await process().execute_task(task_id, steps)
    plan.start_again()
    await process().resume_task(task_id, steps)
    assert plan.ran == ["goes", "fails"]


@pytest.mark.parametrize("stubborn", [None, "an answer", OSError("cut off")])
async def test_a_cancelled_task_can_be_resumed(process, task_id, plan, stubborn):
    """Nothing is undone, and nothing is lost, whatever the step does. Clauses 4 and 6."""
    plan.stuck, plan.stubborn = {"build"}, stubborn
    steps = [plan.step("pull", undo=True), plan.step("build"), plan.step("ship")]
    running = await stopped_in_a_step(process(), task_id, steps)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert plan.undone == []
    assert (await process().get_task_status(task_id)).status == "cancelled"
    plan.start_again()
    assert (await process().resume_task(task_id, steps)).success
    assert plan.ran == ["build", "ship"]
    assert (await process().get_task_status(task_id)).task.attempts == 2


### END SOLUTION

# %% [markdown]
# {hint resume}

# %% [markdown]
# ## What failure messages mean
#
# | The message | It means | Do this |
# | --- | --- | --- |
# | **over-specified**: … words its errors in its own way fails here | You compared a whole message. | Assert what the contract promises. |
# | `Expected mock to have been awaited once. Awaited 0 times.` | It was called, or not even that. | Look at `call_count`. |
# | **leaks**: leaves the task … running | The stuck execution outlives its test. | Cancel it, then await it. |
# | **hangs** | Nobody lets the stuck step go. | Use `asyncio.timeout`. |
# | **Survived**, and a clause | No test defends it. | Write one. |

# %% [markdown]
# ## In your own project
#
# What stands in for the virtual clock is [looptime](https://pypi.org/project/looptime/), which this
# course uses, too: a test with its mark waits an hour for nothing.
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
# # steps.py
# async def run(steps, on_failure):
#     for step in steps:
#         try:
#             await step()
#         except Exception:
#             await on_failure()
#             return
# ```
#
# ```python
# # test_steps.py
# import asyncio
# from unittest.mock import AsyncMock
#
# import pytest
# from steps import run
#
#
# @pytest.mark.looptime
# async def test_a_failure_is_told_and_ends_the_run():
#     later, told = AsyncMock(), AsyncMock()
#     await run([lambda: asyncio.sleep(3600), AsyncMock(side_effect=OSError), later], told)
#     told.assert_awaited_once()
#     later.assert_not_awaited()
# ```
#
# The mutant by hand, which `assert_called_once` would let live:
#
# ```diff
# --- a/steps.py
# +++ b/steps.py
# @@ -5,4 +5,4 @@
#              await step()
#          except Exception:
# -            await on_failure()
# +            on_failure()
#              return
# ```

# %% [markdown]
# ## Recap
#
# - **Look** at every version that is saved: a final status proves that there was an end.
# - **Compare** what is stored before and after a refusal. A result is what the workflow says.
# - **Tell** calls from awaits: a mock that is called and not awaited has done nothing.
# - **Prove** an order with one diary, and work that takes time: what is instant cannot overlap.
# - **Crash** with two workflows on one repository, the first one stuck. A failed step is no crash.
#
# **Next:** [Resource lifecycle](03-resource-lifecycle.ipynb): acquired, released on every path, in
# order.
#
# **Further reading:**
# [unittest.mock, asserting awaits](https://docs.python.org/3/library/unittest.mock.html#unittest.mock.AsyncMock.assert_awaited)
# and [AsyncExitStack](https://docs.python.org/3/library/contextlib.html#contextlib.AsyncExitStack)
# in the Python documentation, and
# [parametrizing tests](https://docs.pytest.org/en/stable/how-to/parametrize.html) in pytest's.

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
# # Best practices
#
# You will replace tests that stay green whatever the code does, and learn to see such tests in a
# review before they reach your code base.
#
# **120 minutes**, 25 of them to read. Before: [Resource lifecycle](../1-clean-architecture/03-resource-lifecycle.ipynb)
# and [Concurrent operations](../2-advanced/04-concurrent-operations.ipynb).
#
# **Pattern:** Proper Async Test Decoration, Resource Cleanup, Async Exception Handling, Concurrent
# Operation Safety, from *Best Practices*.

# %% [markdown]
# **Objectives.** Afterwards you can
#
# - *spot* a test that is listed and never run;
# - *move* cleaning up to where a failure cannot skip it;
# - *catch* the error you mean, and look at it;
# - *prove* that calls overlap, without a watch.
#
# **Questions.** Which async tests stay green although nobody awaits them? What does a context
# manager clean when the test fails? Does `gather` make a test concurrent?

# %%
# %load_ext grader

# %% [markdown]
# ## A rule and its limits
#
# A list of best practices gives four pairs: don't, and do. Each "don't" is below, made concrete,
# then its "do". What can run, runs against mutants, so that you see which bugs the advice catches, and
# which it does not. The first pair is about the mark that makes an async test run:
#
# **Predict:** what does Python say to the first, and how many of {mutants decoration} mutants does the second kill?

# %%
DONT = """
def test_async_operation():
    result = await some_async_operation()
"""

try:
    compile(DONT, "test_mine.py", "exec")
except SyntaxError as error:
    print(error)

# %%
# %%ipytest --mutants decoration
import pytest

from vespera_scriptorium import Container, TaskOrchestrator


@pytest.mark.asyncio
async def test_async_operation():
    result = await Container().get(TaskOrchestrator).create_task({"title": "Write"})
    assert result.success


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# The "don't" is the harmless one. It is no Python, so no mutant ever meets it, and it fools nobody.
# The "do" runs, and kills one mutant of eleven. Dangerous are tests that are
# green and never run.
# </details>
#
# ## Four tests, two modes
#
# This file holds one of four tests, each of which claims that one is two. Plain pytest runs it, as in
# your own project, once in each mode of pytest-asyncio: in *auto* mode an async test needs no mark,
# in *strict* mode it does.
#
# **Predict:** how many tests fail, in which mode?

# %%
TESTS = {
    "a plain async test": "async def test_a():\n    assert 1 == 2\n",
    "an async test that returns": "async def test_a():\n    return 1 == 2\n",
    "an async test that yields": "async def test_a():\n    yield\n    assert 1 == 2\n",
    "an async method of a TestCase": "import unittest\n\nclass A(unittest.TestCase):\n"
    "    async def test_a(self):\n        assert 1 == 2\n",
}
MODES = ("strict", "auto")

# %%
import os
import subprocess
import sys
import tempfile
from pathlib import Path

env = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # only the plugin that is named
with tempfile.TemporaryDirectory() as folder:
    for (name, source), mode in ((test, mode) for test in TESTS.items() for mode in MODES):
        Path(folder, "test_mine.py").write_text(source)
        options = ["-q", "--color=no", "-p", "pytest_asyncio.plugin", "-o", f"asyncio_mode={mode}"]
        command = [sys.executable, "-m", "pytest", *options, "test_mine.py"]
        done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)
        last = done.stdout.splitlines()[-1]
        print(f"{name}, {mode}: {' '.join(last.replace(',', '').split()[:2])}")

# %% [markdown]
# <details><summary>What you have seen</summary>
#
# Strict mode tells you when a mark is missing: pytest cannot run an async function without one. Only
# the `TestCase` passes there. In auto mode only the plain test fails. With marks, strict mode does
# as auto mode does. Why three wrong tests stay green there:
#
# - what a test *returns* nobody looks at. In an async test pytest does not even warn;
# - a test that holds a `yield` is a generator. It counts as an expected failure (to the panel: skipped), and
#   is not run;
# - `unittest.TestCase` calls its method, gets a coroutine, and lets it go. That is green in every
#   mode, with a warning among all the others.
#
# **The cure:** `filterwarnings = error` in your configuration finds the last two. Against `return`
# helps only an `assert`, and to see each test red once in its life.
# </details>
#
# ### Exercise: tests that are run
#
# **15 minutes.** The cell holds three tests of the kinds above. Make them a suite that defends
# every clause: change them, divide them, add to them.
#
# {contract decoration}
#
# {worked decoration}

# %% exercise="decoration"
# %%ipytest --mutants decoration
import unittest

import pytest

from vespera_scriptorium import Container, TaskOrchestrator


### BEGIN GIVEN
# async def test_a_task_is_created():
#     created = await Container().get(TaskOrchestrator).create_task({"title": "Write"})
#     return created.success and created.task_id is not None
#
#
# class TestAnUnknownTask(unittest.TestCase):
#     async def test_it_has_no_status(self):
#         state = await Container().get(TaskOrchestrator).get_task_status("nobody")
#         self.assertIsNone(state.status)
#
#
# async def test_ids_are_distinct():
#     orchestrator = Container().get(TaskOrchestrator)
#     yield orchestrator
#     first = await orchestrator.create_task({"title": "Write"})
#     second = await orchestrator.create_task({"title": "Write"})
#     assert first.task_id != second.task_id
### END GIVEN
### BEGIN SOLUTION
@pytest.fixture
def orchestrator():
    return Container().get(TaskOrchestrator)


@pytest.mark.parametrize("more", [{}, {"description": "a chapter"}])
async def test_a_new_task_is_found_as_it_was_given(orchestrator, more):
    """With a description and without one. Clauses 1 and 2."""
    created = await orchestrator.create_task({"title": "Write", **more})
    assert created.success
    state = await orchestrator.get_task_status(created.task_id)
    assert state.title == "Write"
    assert state.status == "created"


async def test_two_tasks_of_one_title_have_two_ids(orchestrator):
    """A title is no id. Clause 3."""
    first = await orchestrator.create_task({"title": "Write"})
    second = await orchestrator.create_task({"title": "Write"})
    assert first.task_id != second.task_id


async def test_an_unknown_task_has_nothing_to_show(orchestrator):
    """And nothing is raised. Clause 4."""
    state = await orchestrator.get_task_status("nobody")
    assert state.title is None
    assert state.status is None


async def test_a_task_without_a_title_is_a_failed_result(orchestrator):
    """Its error says what is missing. Clause 5."""
    created = await orchestrator.create_task({"description": "a chapter"})
    assert not created.success
    assert "title" in created.error


### END SOLUTION

# %% [markdown]
# {hint decoration}

# %% [markdown]
# ## By hand, or by a block
#
# The second pair. The first test opens a session and closes it by hand, and with it the resource
# that it created. The second one leaves both to a block.
#
# **Predict:** how many of {mutants cleanup} mutants does each kill?

# %%
# %%ipytest --mutants cleanup
from vespera_scriptorium import Container, ResourceProvider, ResourceSession


async def test_with_resources():
    session = ResourceSession(Container().get(ResourceProvider))
    resource = await session.create_resource("file")
    assert resource.id is not None
    await session.close()


# %%
# %%ipytest --mutants cleanup
from vespera_scriptorium import AsyncResourceManager, Container


async def test_with_resources():
    async with Container().get(AsyncResourceManager).create_session() as session:
        resource = await session.create_resource("file")
        assert resource.id is not None


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# None, and none. Neither looks at what became of the resource.
# </details>
#
# Here the same two tests fail on purpose, and both leave their resource's id behind for us to ask.
#
# **Predict:** which resources are still open afterwards?

# %%
from vespera_scriptorium import AsyncResourceManager, Container, ResourceProvider, ResourceSession

container, ids = Container(), {}
manager = container.get(AsyncResourceManager)

# %%
# %%ipytest


async def test_by_hand():
    session = ResourceSession(container.get(ResourceProvider))
    ids["by hand"] = (await session.create_resource("file")).id
    assert ids["by hand"] is None
    await session.close()


async def test_by_the_block():
    async with manager.create_session() as session:
        ids["by the block"] = (await session.create_resource("file")).id
        assert ids["by the block"] is None


# %%
for name, resource_id in ids.items():
    print(name, (await manager.verify_cleanup(resource_id)).cleaned_up)

# %% [markdown]
# <details><summary>What you have seen</summary>
#
# The one by hand. A failed assertion is an exception: it jumps over every line below it. So one red
# test leaves a file, a port or a row behind, and the next tests fail for no reason of their own.
#
# **The cure** has two halves. In your tests, let a block or a fixture close. Of your subject, test
# that its block closes: leave the block, once normally and once by an exception, and look afterwards.
# </details>
#
# ### Exercise: clean, also after a failure
#
# **30 minutes.** Replace the test by a suite that defends every clause. A provider of your own takes the place of the real one with
# `container.override(ResourceProvider, provider)`, before the first `get`; derive it from
# `InMemoryResourceProvider`. Take sessions from `container.get(AsyncResourceManager)`.
#
# {contract cleanup}
#
# {worked cleanup}

# %% exercise="cleanup"
# %%ipytest --mutants cleanup
import pytest

from vespera_scriptorium import (
    AsyncResourceManager,
    Container,
    InMemoryResourceProvider,
    ResourceProvider,
    ResourceSession,
)


### BEGIN GIVEN
# async def test_with_resources():
#     session = ResourceSession(Container().get(ResourceProvider))
#     resource = await session.create_resource("file")
#     assert resource.id is not None
#     await session.close()
### END GIVEN
### BEGIN SOLUTION
class Noting(InMemoryResourceProvider):
    """Notes what it executes, and fails when it is told to."""

    def __init__(self):
        super().__init__()
        self.executed = []

    async def execute(self, resource_id, operation, parameters):
        self.executed.append((resource_id, operation, parameters))
        if operation == "fail":
            raise OSError("disk full")
        return f"answer of {operation}"


@pytest.fixture
def provider():
    return Noting()


@pytest.fixture
def manager(provider):
    container = Container()
    container.override(ResourceProvider, provider)
    return container.get(AsyncResourceManager)


async def are_clean(manager, resources):
    return [(await manager.verify_cleanup(resource.id)).cleaned_up for resource in resources]


async def test_resources_live_as_long_as_the_block(manager):
    """Used or not. Clauses 1 and 2."""
    async with manager.create_session() as session:
        resources = [await session.create_resource("file") for _ in range(3)]
        await session.execute_operation(resources[0].id, "read")
        assert await are_clean(manager, resources) == [False] * 3
    assert await are_clean(manager, resources) == [True] * 3


async def test_an_exception_closes_them_and_comes_out(manager):
    """The very one. Clause 3."""
    error = ValueError("no such chapter")
    with pytest.raises(ValueError) as caught:
        async with manager.create_session() as session:
            resources = [await session.create_resource("file") for _ in range(3)]
            raise error
    assert caught.value is error
    assert await are_clean(manager, resources) == [True] * 3


async def test_sessions_do_not_touch_each_other(manager, provider):
    """Neither at the end of one, nor before. Clauses 4 and 6."""
    async with manager.create_session() as outer:
        mine = await outer.create_resource("file")
        async with manager.create_session() as inner:
            await inner.create_resource("file")
            result = await inner.execute_operation(mine.id, "read")
            assert not result.success
        assert await are_clean(manager, [mine]) == [False]
    assert provider.executed == []


async def test_the_answer_of_the_provider_comes_back(manager, provider):
    """Or its error, and the resource stays open. Clauses 1 and 5."""
    async with manager.create_session() as session:
        resource = await session.create_resource("file")
        read = await session.execute_operation(resource.id, "read", {"page": 3})
        failed = await session.execute_operation(resource.id, "fail")
        assert await are_clean(manager, [resource]) == [False]
    assert read.success
    assert read.output == "answer of read"
    assert provider.executed[0] == (resource.id, "read", {"page": 3})
    assert not failed.success
    assert "disk full" in failed.error


async def test_a_session_that_has_ended_does_nothing_more(manager, provider):
    """It says so in two ways. Clauses 6 and 7."""
    async with manager.create_session() as session:
        resource = await session.create_resource("file")
    result = await session.execute_operation(resource.id, "read")
    assert not result.success
    assert provider.executed == []
    with pytest.raises(RuntimeError):
        await session.create_resource("file")


### END SOLUTION

# %% [markdown]
# {hint cleanup}

# %% [markdown]
# ## Which error?
#
# The third pair. `AsyncService.run` awaits a piece of work, and turns trouble with the world outside
# into an error of its own. Here the work meets a full disk.
#
# **Predict:** what would the first test still accept? And the second?

# %%
# %%ipytest --mutants exceptions
from vespera_scriptorium import AsyncService


async def work():
    raise OSError("disk full")


async def test_error_case():
    try:
        await AsyncService().run("upload", work)
    except Exception:
        pass


# %%
# %%ipytest --mutants exceptions
import pytest

from vespera_scriptorium import AsyncService, AsyncServiceError


async def work():
    raise OSError("disk full")


async def test_error_case():
    with pytest.raises(AsyncServiceError) as exc_info:
        await AsyncService().run("upload", work)
    assert "disk full" in str(exc_info.value)


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# The first one accepts everything. It passes when `run` raises nothing, or anything: even a typo in the test
# would stay hidden. The second asks for one type and for one part of the message. It kills three of
# {mutants exceptions} mutants.
#
# What it leaves: the name of the operation, the cause, the kinds of `OSError`, and all that must
# *not* be translated. An error has as many sides as a result. **The cure:** one test for each.
# </details>
#
# ### Exercise: an error that is looked at
#
# **15 minutes.** Replace the test by a suite that defends every clause. Take a new `AsyncService()`
# for each call: a service that has failed refuses all that comes later.
#
# {contract exceptions}
#
# {worked exceptions}

# %% exercise="exceptions"
# %%ipytest --mutants exceptions
import asyncio

import pytest

from vespera_scriptorium import AsyncService, AsyncServiceError


def failing_with(error):
    async def work():
        raise error

    return work


### BEGIN GIVEN
# async def test_error_case():
#     try:
#         await AsyncService().run("upload", failing_with(OSError("disk full")))
#     except Exception:
#         pass  # the error was expected
### END GIVEN
### BEGIN SOLUTION
@pytest.mark.parametrize("kind", [OSError, ConnectionError, TimeoutError])
async def test_trouble_outside_is_translated(kind):
    """Callers know one error: what was tried, what went wrong, and why. Clauses 1, 2 and 3."""
    error = kind(5, "no answer")
    error.__cause__ = ValueError("what came before")
    with pytest.raises(AsyncServiceError) as caught:
        await AsyncService().run("upload", failing_with(error))
    assert "upload" in str(caught.value)
    assert "no answer" in str(caught.value)
    assert caught.value.__cause__ is error


@pytest.mark.parametrize(
    "error", [TypeError("no such argument"), KeyError("title"), asyncio.CancelledError()]
)
async def test_everything_else_comes_out_as_it_is(error):
    """A bug is a bug, and a cancellation is no error at all. Clause 4."""
    with pytest.raises(type(error)) as caught:
        await AsyncService().run("upload", failing_with(error))
    assert caught.value is error


@pytest.mark.parametrize("answer", ["file-17", "", 0, None])
async def test_the_answer_comes_back(answer):
    """The other tests would not miss it. Clause 5."""

    async def work():
        return answer

    assert await AsyncService().run("upload", work) == answer


### END SOLUTION

# %% [markdown]
# {hint exceptions}

# %% [markdown]
# ## Two awaits, or `gather`
#
# The last pair: two awaits in a row, and `gather`.
#
# **Predict:** one of the {mutants concurrency} mutants runs one call after the other. Which test kills it?

# %%
# %%ipytest --mutants concurrency
from vespera_scriptorium import Container, TaskOrchestrator


async def test_concurrent_operations():
    orchestrator = Container().get(TaskOrchestrator)
    ids = [(await orchestrator.create_task({"title": title})).task_id for title in "ab"]
    result1 = await orchestrator.execute_task(ids[0])
    result2 = await orchestrator.execute_task(ids[1])
    assert result1.success
    assert result2.success


# %%
# %%ipytest --mutants concurrency
import asyncio

from vespera_scriptorium import Container, TaskOrchestrator


async def test_concurrent_operations():
    orchestrator = Container().get(TaskOrchestrator)
    ids = [(await orchestrator.create_task({"title": title})).task_id for title in "ab"]
    results = await asyncio.gather(*(orchestrator.execute_task(task_id) for task_id in ids))
    assert all(result.success for result in results)


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# Neither, and no other mutant either. `gather` starts both calls. It does not check
# that they *overlap*, and with work that takes no time there is nothing to overlap. The mutant that queues them answers the same.
# </details>
#
# So give the work a length, and look while it is at work. Here is a model of the orchestrator with two
# tasks, and of the mutant that queues them.
#
# **Predict:** when does the second task begin in each run?

# %%
import asyncio
from contextlib import nullcontext

from grader import timeline


async def work(name, lock):
    async with lock or nullcontext():
        with timeline.span(name):
            await asyncio.sleep(2 if name == "first" else 1)


async def both(lock=None):
    await asyncio.gather(work("first", lock), work("second", lock))


runs = {"overlapping": timeline.run(both()), "queueing": timeline.run(both(asyncio.Lock()))}
timeline.draw(runs, title="Two calls, gathered")

# %% [markdown]
# <details><summary>What you have seen</summary>
#
# At once, and after two seconds. So a test that waits until *both* are at work passes when they overlap,
# and never ends when they queue. Give that wait a deadline, and it fails instead. No watch is needed, and
# no machine is too busy for it.
#
# The first began first and ended last. Keep that order in your tests: a mutant that mixes up two
# calls is right by luck when they end in the order in which they began. And once let all of them end
# at the same moment.
# </details>
#
# ### Exercise: two at the same time
#
# **35 minutes.** Replace the test by a suite that defends every clause. A specialist of your own does
# the work: `container.override(Specialist, …)`, any object with an async method `run(task)`. The task
# has an `id` and a `title`.
#
# {contract concurrency}
#
# {worked concurrency}

# %% exercise="concurrency"
# %%ipytest --mutants concurrency
import asyncio
import time

import pytest

from vespera_scriptorium import Container, Specialist, TaskOrchestrator


### BEGIN GIVEN
# async def test_concurrent_operations():
#     orchestrator = Container().get(TaskOrchestrator)
#     ids = [(await orchestrator.create_task({"title": title})).task_id for title in "ab"]
#     start = time.time()
#     result1 = await orchestrator.execute_task(ids[0])
#     result2 = await orchestrator.execute_task(ids[1])
#     assert result1.success
#     assert result2.success
#     assert time.time() - start < 5
### END GIVEN
### BEGIN SOLUTION
class Working:
    """Counts who is at work, and works until it is told to end, or to fail."""

    def __init__(self):
        self.at_work = 0
        self.ends = {}

    async def run(self, task):
        self.at_work += 1
        self.ends[task.title] = asyncio.get_running_loop().create_future()
        return await self.ends[task.title]


@pytest.fixture
def specialist():
    return Working()


@pytest.fixture
def orchestrator(specialist):
    container = Container()
    container.override(Specialist, specialist)
    return container.get(TaskOrchestrator)


async def begin(orchestrator, specialist, titles):
    """The ids and the calls, once all of them are at work."""
    ids = [(await orchestrator.create_task({"title": title})).task_id for title in titles]
    calls = [asyncio.create_task(orchestrator.execute_task(task_id)) for task_id in ids]
    try:
        async with asyncio.timeout(1):
            while specialist.at_work < len(ids):
                await asyncio.sleep(0.01)
    except TimeoutError:
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        raise
    return ids, calls


async def test_many_are_at_work_together(orchestrator, specialist):
    """Nobody waits for anybody, each is shown as running, and answered. Clauses 1, 2 and 3."""
    titles = [f"task {number}" for number in range(100)]
    ids, calls = await begin(orchestrator, specialist, titles)
    states = [(await orchestrator.get_task_status(task_id)).status for task_id in ids]
    for title, end in specialist.ends.items():
        end.set_result(f"output of {title}")
    results = await asyncio.gather(*calls)
    assert states == ["running"] * len(titles)
    assert [result.output for result in results] == [f"output of {title}" for title in titles]


async def test_each_result_is_about_its_own_task(orchestrator, specialist):
    """Also when the second ends first. Clauses 2 and 3."""
    ids, (first, second) = await begin(orchestrator, specialist, "ab")
    specialist.ends["b"].set_result("output of b")
    assert (await second).output == "output of b"
    assert (await orchestrator.get_task_status(ids[1])).status == "completed"
    specialist.ends["a"].set_result("output of a")
    assert (await first).output == "output of a"
    assert (await first).task_id == ids[0]


async def test_a_call_alone_is_answered_as_well(orchestrator, specialist):
    """The simplest case comes first. Clauses 2 and 3."""
    (task_id,), (call,) = await begin(orchestrator, specialist, "a")
    specialist.ends["a"].set_result("output of a")
    assert (await call).output == "output of a"
    assert (await orchestrator.get_task_status(task_id)).completed


async def test_two_failures_are_two_results(orchestrator, specialist):
    """And a third call is not harmed. Clauses 4 and 5."""
    _, (first, second, third) = await begin(orchestrator, specialist, "abc")
    specialist.ends["b"].set_exception(OSError("disk full"))
    assert not (await second).success
    assert "disk full" in (await second).error
    specialist.ends["a"].set_exception(ValueError("no such chapter"))
    assert "no such chapter" in (await first).error
    if not specialist.ends["c"].done():
        specialist.ends["c"].set_result("output of c")
    assert (await third).success


async def test_a_cancellation_is_for_one_call_only(orchestrator, specialist):
    """That one raises it. Clause 6."""
    _, (first, second) = await begin(orchestrator, specialist, "ab")
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    if not specialist.ends["b"].done():
        specialist.ends["b"].set_result("output of b")
    assert (await second).success


### END SOLUTION

# %% [markdown]
# {hint concurrency}

# %% [markdown]
# ## What failure messages mean
#
# | message | what happened | what to do |
# | --- | --- | --- |
# | `'await' outside async function` | the test is a plain `def` | write `async def` |
# | `async def functions are not natively supported` | strict mode, and no mark | add the mark, or set auto mode |
# | `is never run, since it holds a yield` | the test is a generator | move the `yield` into a fixture |
# | `coroutine … was never awaited` | somebody called and did not await | `await`, or `IsolatedAsyncioTestCase` |
# | `DID NOT RAISE` | the block of `pytest.raises` ended normally | the subject swallows the error |

# %% [markdown]
# ## In your own project
#
# The mode, and warnings as errors, stand in the configuration. With `filterwarnings = error` a
# forgotten `await` turns red by itself.
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
# # pool.py
# import asyncio
#
#
# async def run_all(works):
#     return await asyncio.gather(*(work() for work in works))
# ```
#
# ```python
# # test_pool.py
# import asyncio
#
# from pool import run_all
#
#
# async def test_two_are_at_work_together():
#     meeting = asyncio.Barrier(2)
#     async with asyncio.timeout(1):
#         await run_all([meeting.wait, meeting.wait])
# ```
#
# `asyncio.Barrier` lets nobody through before both are there. Now break the pool, and see the test
# red once:
#
# ```diff
# --- a/pool.py
# +++ b/pool.py
# @@ -4,3 +4,3 @@
#
#  async def run_all(works):
# -    return await asyncio.gather(*(work() for work in works))
# +    return [await work() for work in works]
# ```

# %% [markdown]
# ## Recap
#
# - **Spot:** a `return`, a `yield`, an async method of a plain `TestCase`: listed, and never run.
# - **Move:** what must be closed belongs in a block or a fixture. A failure skips the last line.
# - **Catch:** one type, its message, its cause, and what must come out untouched.
# - **Prove:** wait until both are at work, with a deadline. Let the first one end last.
#
# **Next:** [Reusable components](11-reusable-components.ipynb). **Further reading:**
# [pytest-asyncio's modes](https://pytest-asyncio.readthedocs.io/en/stable/concepts.html),
# [asyncio.Barrier](https://docs.python.org/3/library/asyncio-sync.html#asyncio.Barrier).

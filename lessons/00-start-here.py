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
# # Start here
#
# Most courses check your code with their tests. This one does the opposite: you write the tests,
# and they are judged. A test is good when it passes on every correct implementation and fails on
# every wrong one. So yours meet correct ones that are built in different ways, and *mutants*:
# copies of the code with one bug each, of the kind that reaches production.
#
# **10 minutes.** Before: you have written a test with pytest, and know what `await` does.

# %% [markdown]
# **Objectives.** Afterwards you can
#
# - *check* that everything is installed;
# - *run* an exercise and read what the panel says;
# - *find* the lesson that you need.
#
# **Questions.** What is a test worth here? Why is a green test not enough?

# %%
# %load_ext grader

# %% [markdown]
# ## Check the installation
#
# Select the cell above, `%load_ext grader`, and press Shift+Enter; then the cell below. If the first
# fails, the notebook runs in another Python than the one the course was installed in: choose the
# kernel again, top right. After each restart of the kernel, run `%load_ext grader` again.

# %%
import sys

import vespera_scriptorium

print("Python is new enough:", "yes" if sys.version_info >= (3, 11) else "no, take 3.11 or newer")
print("The application under test is there:", "yes" if vespera_scriptorium.__doc__ else "no")
print("The grader is there:", "yes" if callable(grader.score) else "no")

# %% [markdown]
# ## Where you are
#
# Your scores are kept on this machine, in one small file of the course, and are sent nowhere. Run
# this cell again whenever you come back; `grader.progress()` works in every lesson.

# %% tags=["nbval-ignore-output"]
grader.progress()

# %% [markdown]
# ## A test that proves little
#
# `vespera_scriptorium` is a small task runner. Its `TaskOrchestrator` creates tasks and executes
# them. Here is a test of it, and it is green.
#
# **Predict:** eight mutants each break `execute_task` in one way. How many does this test notice?

# %%
# %%ipytest --mutants first-test
from vespera_scriptorium import Container, TaskOrchestrator


async def test_a_task_is_executed():
    orchestrator = Container().get(TaskOrchestrator)
    created = await orchestrator.create_task({"title": "Write"})
    result = await orchestrator.execute_task(created.task_id)
    assert result.success


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# One, which breaks just what it looked at. Green says that nothing you looked at was wrong, and it
# looked at one attribute. Under *Survived* the panel lists the clauses that no test of yours
# defends.
# </details>
#
# ### Exercise: your first test
#
# Two minutes: take the test above, and assert what the contract says. Clause 4 wants a test of
# its own.
#
# {contract first-test}
#
# {worked first-test}

# %% exercise="first-test"
# %%ipytest --mutants first-test
from vespera_scriptorium import Container, TaskOrchestrator


### BEGIN SOLUTION
async def test_a_stored_task_is_executed():
    """The result says so, and so does the store. Clauses 1, 2 and 3."""
    orchestrator = Container().get(TaskOrchestrator)
    created = await orchestrator.create_task({"title": "Write It"})
    result = await orchestrator.execute_task(created.task_id)
    assert result.success
    assert result.task_id == created.task_id
    assert result.output == "Write It: done"
    assert (await orchestrator.get_task_status(created.task_id)).completed
    other = await orchestrator.create_task({"title": "Read it"})
    assert (await orchestrator.execute_task(other.task_id)).output == "Read it: done"


async def test_an_unknown_task_is_a_failed_result():
    """It is named, and nothing is raised. Clause 4."""
    orchestrator = Container().get(TaskOrchestrator)
    result = await orchestrator.execute_task("nobody-stored-this")
    assert not result.success
    assert "nobody-stored-this" in result.error


### END SOLUTION

# %% [markdown]
# {hint first-test}

# %% [markdown]
# ## How a lesson works
#
# - Every lesson starts with a test that fails, lies or flakes. **Predict**, then run.
# - An exercise has a numbered *contract*. Write your tests in its cell, imports included: the
#   cell is a complete test module. Run it as often as you like; every test and every row of a
#   table costs time, and 200 are the most.
# - The panel says which tests are *valid*, which mutants they *killed*, and which clauses are
#   left. A killed mutant opens and shows its bug. A test that is wrong or flaky is set aside, and
#   costs a tenth of the points, at most half of them in all. Every word of it is explained in
#   [what the panel says](what-the-panel-says.ipynb).
# - The cell below it shows your points, from the last run of the exercise, in the answer cell or in one
#   of the lesson's examples; your best is kept. Leave the cell as it is.
# - Async tests need no mark here, and waiting is free: exercises run on a virtual clock unless
#   they say otherwise.
#
# ## Why not coverage
#
# Coverage says that a line ran. Whether anybody looked at what it did, it cannot say: beside every
# exercise we wrote a naive suite that runs every line, and kills few mutants.
# [The numbers](why-not-coverage.ipynb) are for after the lessons, since they give some answers away.
#
# ## In your own project
#
# Each lesson ends with its test as it stands outside the course, with plain pytest. Mutants of your
# own code you make with a tool, or by hand:
# [how, and what the tools cannot do](mutate-your-own-code.ipynb).
#
# ## The lessons
#
# {map}

# %% [markdown]
# ## Recap
#
# - **Check:** three times "yes" above, and you are ready.
# - **Run:** a test is worth the mutants that it kills, as long as correct code passes.
# - **Find:** the table above leads to every lesson; they build on each other.
#
# **Next:** the first lesson of the table. **Further reading:**
# [how to write assertions](https://docs.pytest.org/en/stable/how-to/assert.html) in the
# documentation of pytest, and [coroutines](https://docs.python.org/3/library/asyncio-task.html)
# in that of Python.

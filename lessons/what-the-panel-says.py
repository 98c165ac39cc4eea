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
# # What the panel says
#
# Everything about the panel below an exercise, on one page: what each word in it means, what it
# costs, and what to do. Nothing here has to be learned; come back when a word is new.
# [Start here](00-start-here.ipynb) leads to the lessons.

# %%
# %load_ext grader

# %% [markdown]
# ## The first line
#
# > deadline: 3.6 of 5 points, 6 of 7 mutants killed, 1 of 7 tests set aside: 10 % less.
#
# - Your points are *points × (mutants killed + probes passed) / all of them*; few exercises have
#   probes, which are explained below. Nothing else earns
#   any: no number of tests, no style, no coverage.
# - A test that is **set aside** counts for nothing, and costs a tenth of these points, at most half
#   of them. So a guess is not free: take away what you cannot mend.
# - The score cell shows the points of the last run of the exercise in this kernel. After a restart,
#   run the exercise again.
#
# ## Verdicts
#
# Every test runs on the application as it is, and on correct implementations that are built
# differently, each time in several orders of tasks. Only a test that passes everywhere is
# **valid**, and only a valid test can kill a mutant. Here is a test for each verdict.

# %%
# %%ipytest --mutants first-test
from vespera_scriptorium import Container, TaskOrchestrator


async def test_valid():
    result = await Container().get(TaskOrchestrator).execute_task("nobody")
    assert not result.success


async def test_wrong():
    assert await Container().get(TaskOrchestrator).get_task_status("nobody") == "unknown"


async def test_overspecified():
    result = await Container().get(TaskOrchestrator).execute_task("nobody")
    assert result.error == "there is no task nobody"


# %% [markdown]
# - **valid.** It passes on all that is correct.
# - **wrong.** It fails on the application as it is. The message has the line, what is asserted
#   there, and both values. Read the clause again: usually it says something else.
# - **over-specified.** A correct implementation fails here, because the test asserts what no clause
#   says. The contract promises that an error *names* the task; its words are free.

# %%
# %%ipytest --mutants first-test
import asyncio


async def test_flaky():
    order = []

    async def note(number):
        await asyncio.sleep(0)
        order.append(number)

    await asyncio.gather(note(1), note(2), note(3))
    assert order == [1, 2, 3]


async def test_hangs():
    await asyncio.Event().wait()


# %% [markdown]
# - **flaky.** It passes in one order of tasks and fails in another. asyncio promises no order
#   among tasks that are ready at the same time. The schedule in the message is the one that showed
#   it; the same schedule shows it again.
# - **hangs.** It has not ended in time. The message says whether it *waits for ever*, *is busy all
#   the time*, or is merely *slow*. Give a wait a deadline with `asyncio.timeout`. On a mutant a
#   hang is no kill, either: a test that waits for ever tells nobody anything.

# %%
# %%ipytest --mutants first-test
import sys

import pytest

from vespera_scriptorium import Container, TaskOrchestrator


async def test_leaks():
    Container().get(TaskOrchestrator).create_task({"title": "never awaited"})


@pytest.mark.skip
async def test_skipped():
    pass


def test_refused():
    assert sys._getframe().f_back


# %% [markdown]
# - **leaks.** It leaves something behind: a call without `await`, a task that still runs, an
#   exception that nobody saw, an async generator that nobody closed. The line is where it was made.
# - **skipped.** `skip` and `xfail`. A test that does not run proves nothing.
# - **refused.** It does what serves only to look into the process: see *The rules* below.
#
# ## Killed and survived
#
# A mutant is a copy of the application with one bug. It is **killed** when a valid test fails on
# it, twice. Open a killed one to see its bug. Of those that **survived** you see the clause that
# they break, and nothing more: `Clause 2 (mutants 4, 6)`.
#
# - *No valid test defends this clause*: write one that fails when the clause is broken.
# - *Not every promise of this clause is defended*: some of its mutants died. A clause often says
#   several things; read it word by word.
#
# ## Probes
#
# Where you write a fixture or a helper, **probes** look at it: tests of ours that use it. A probe
# has to pass with the correct application, and to fail with a broken one. Each counts as much as
# a mutant. What it says in brackets is what it saw, or which broken application it did not notice.
#
# ## Limits
#
# - At most 30 tests, and 200 cases: each set of parameters is a case. A parametrized test is one
#   test, and valid when all of its cases are.
# - A test may take 5 seconds, its fixtures included. In exercises with threads it is 2 seconds
#   of real time; they say so. A machine that is busy with other things is not your fault: then the
#   test gets longer.
# - A test gets 1 GiB of memory. No network, no other programs; files only in `tmp_path` or
#   `tempfile`.
# - Hypothesis draws 25 examples, the same each time, unless your test asks for another number.
#
# ## Two clocks
#
# Most exercises run on a **virtual clock**: when every task waits, time jumps to the next timer. So
# `asyncio.sleep(3600)` takes no time, and is still exactly an hour. `time.sleep` really sleeps, and
# `time.monotonic` does not move along: ask `asyncio.get_running_loop().time()`. A loop around
# `asyncio.sleep(0)` leaves no pause in which time could jump: it moves on only after many turns.
# Poll with `asyncio.sleep(0.01)`.
#
# Exercises with threads run in **real time**: nobody can make a thread's time jump. aiosqlite has a
# thread, too, but not here: the course lets it work in the event loop, so that the virtual clock
# sees it. In a project of your own it has its thread, and its tests belong on the real clock.
#
# ## What is as in any project
#
# Your cell is a module for pytest. Functions, classes, `unittest`, parametrization, fixtures, mocks,
# Hypothesis, `asyncio.run` in a plain test: all of it works. Async tests need no mark. Marks that
# the course does not know are left alone. Two things are stricter than elsewhere:
#
# - A warning is a failure, as with `-W error`, but for deprecations.
# - Every test counts by itself, in any order, and no test may count on another one.
#
# A class whose name begins with `Test` and that has an `__init__` is a helper for pytest, and its
# tests are not run. A test whose name the cell does not say, as one that is put into `globals()`,
# is not counted. The panel names both.
#
# ## The rules
#
# Your tests judge what the application *does*. What only looks into the process tells a test
# which code it has before it, and not whether the code is right; so these set aside the test
# that reaches them, directly or through a helper or a fixture. All others count. Before the tests
# run, a line says which ones are refused.
#
# {rules}
#
# The standard library may be imported, all of it but these. `getattr` and `setattr` by a name that
# is put together are fine, and refused only where they reach one of these names.
#
# ## When a cell is copied, split or moved
#
# - The same answer twice counts once. Where one of two cells is still untouched, the other counts.
# - Two *different* answers to an exercise: keep one of them.
# - A cell that was split: select both parts, then *Edit → Merge Selected Cells*.
# - A score cell that was merged into the answer, or deleted, costs nothing.
# - Comments and magics as `%%time` may stand above `%%ipytest --mutants`.
#
# ## The same verdict everywhere
#
# This panel, `pytest --mutants` in a terminal, `grader check` for a whole notebook, *Validate* and
# your instructor's grading run the same program on the same tests. What you see is what you get.

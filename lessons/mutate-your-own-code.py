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
# # Mutate your own code
#
# Outside the course nobody has made mutants for you. There are two tools that make some, and there
# is your editor. This page says what each is good for, and what it cannot do with `await`.
# [Start here](00-start-here.ipynb) leads back to the lessons.

# %% [markdown]
# ## The code, and its test
#
# Here is a pool in `pool.py`, and a test in `tests/test_pool.py`. It is green, and it covers every
# line and every branch.

# %%
import asyncio


async def run_all(works, limit=3):
    slots = asyncio.Semaphore(limit)

    async def run(work):
        async with slots:
            return await work()

    return await asyncio.gather(*(run(work) for work in works))


async def test_all_answers_come_back():
    async def work():
        return "done"

    assert await run_all([work, work]) == ["done", "done"]


await test_all_answers_come_back()

# %% [markdown]
# ## mutmut
#
# [mutmut](https://pypi.org/project/mutmut/) rewrites each function a few times, and runs the tests
# that reach it. It needs a system with `fork`: Linux, macOS, or WSL.
#
# ```sh
# pip install mutmut pytest pytest-asyncio
# mutmut run
# mutmut results
# ```
#
# ```toml
# # pyproject.toml
# [tool.mutmut]
# source_paths = ["pool.py"]
#
# [tool.pytest.ini_options]
# asyncio_mode = "auto"
# pythonpath = ["."]
# ```
#
# Version 3.8 makes four mutants of the pool, in a second. Three die: `slots = None` and the like,
# with which nothing works. One survives: `limit=4`.
#
# ## cosmic-ray
#
# [cosmic-ray](https://cosmic-ray.readthedocs.io/en/latest/) changes one place of the file at a time
# and runs the whole test command. It is slower, takes any test runner, and can spread its work over
# machines.
#
# ```sh
# pip install cosmic-ray pytest pytest-asyncio
# cosmic-ray init cosmic-ray.toml session.sqlite
# cosmic-ray exec cosmic-ray.toml session.sqlite
# cr-report session.sqlite
# ```
#
# ```toml
# # cosmic-ray.toml
# [cosmic-ray]
# module-path = "pool.py"
# timeout = 10.0
# excluded-modules = []
# test-command = "python -m pytest -x -q"
#
# [cosmic-ray.distributor]
# name = "local"
# ```
#
# Version 8.7 makes two mutants of the pool: the number 3 becomes 2, and 4. Both survive.
#
# ## What no tool breaks
#
# Both know numbers, operators, strings and conditions. Neither has a word for `await`, `gather`,
# `async with`, or a cancellation. So none of their mutants
#
# - runs the works one after the other;
# - forgets to give a slot back after a failure;
# - gives the answers in the order in which they were finished;
# - leaves works running when it is cancelled itself;
# - swallows a cancellation.
#
# Those are the bugs of an async program, and the test above notices none of the five. A mutation
# score from a tool is a lower bound on your luck: what survives is worth a look, and what does not
# survive proves little. Run a tool over code that calculates. For code that waits, do it by hand.
#
# ## By hand
#
# It takes two minutes, and it is the habit that this course wants you to keep:
#
# 1. Commit, so that you can go back.
# 2. Read the code, and ask of each line: what would a tired colleague write here? Take the list
#    above, or the clauses of the lessons.
# 3. Make that one change. Run the tests. They must be red, and the message must lead to the line.
# 4. Take the change back. If the tests were green, write the test that was missing first.
#
# In a review, turn it round: name one change that the new tests would not notice. If you find one,
# that is your comment.

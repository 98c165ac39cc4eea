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
# # Best practices
#
# You will mend tests that cannot fail, and learn to see them before they reach your code base.
#
# **10 minutes.** Before: [Concurrent operations](../2-advanced/04-concurrent-operations.ipynb).
#
# **Draft.** The lesson itself is still to be written. Its exercise already works, and counts.

# %%
# %load_ext grader

# %% [markdown]
# ## An error that is looked at
#
# ### Exercise: an error that is looked at
#
# The test in the cell below is green, and would be green if `AsyncService` raised nothing, or anything.
# Repair it: change it, divide it, add to it, until every clause is defended.
#
# {contract exceptions}
#
# {worked exceptions}

# %% exercise="exceptions"
# %%ipytest --mutants exceptions
import pytest

from vespera_scriptorium import AsyncService, AsyncServiceError


### BEGIN GIVEN
# def failing_with(error):
#     async def work():
#         raise error
#
#     return work
#
#
# async def test_error_case():
#     try:
#         await AsyncService().run("upload", failing_with(OSError("disk full")))
#     except Exception:
#         pass  # the error was expected
### END GIVEN
### BEGIN SOLUTION
def failing_with(error):
    async def work():
        raise error

    return work


async def test_an_os_error_is_translated():
    """Callers know one error, and it says what failed and why. Clauses 1 and 2."""
    with pytest.raises(AsyncServiceError) as caught:
        await AsyncService().run("upload", failing_with(OSError("disk full")))
    assert "upload" in str(caught.value)
    assert "disk full" in str(caught.value)


async def test_the_cause_is_kept():
    """The traceback leads to where it began. Clause 3."""
    error = OSError("disk full")
    with pytest.raises(AsyncServiceError) as caught:
        await AsyncService().run("upload", failing_with(error))
    assert caught.value.__cause__ is error


async def test_a_programming_error_comes_out_as_it_is():
    """Nobody else can mend it. Clause 4."""
    with pytest.raises(TypeError):
        await AsyncService().run("upload", failing_with(TypeError("no such argument")))


### END SOLUTION

# %% [markdown]
# {hint exceptions}

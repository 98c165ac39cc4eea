"""A course of one lesson with one exercise."""

import shutil
from pathlib import Path

from grader.exercise import Exercise
from helpers.course import ROOT

LESSON = """\
# %% [markdown]
# # Adding up
#
# **5 minutes.** Before: nothing.
#
# **Pattern:** Sums, from *Basics*.
#
# {contract adding}
#
# {worked adding}

# %%
import asyncio, sys
from types import SimpleNamespace

get_ipython().register_magic_function(lambda line, cell: exec(cell, {}), "cell", "ipytest")
grader = SimpleNamespace(score=lambda exercise: 2.0)
print(f"1 passed in 0.{id(sys) % 90 + 10}s, {object()}, Python {sys.version.split()[0]}")
print(asyncio.current_task().get_name(), file=sys.stderr)
asyncio.__file__

# %% exercise="adding"
# %%ipytest --mutants adding
import math

### BEGIN SOLUTION
def test_sum():
    assert math.fsum([1, 1]) == 2
### END SOLUTION

# %% [markdown]
# {hint adding}

# %% tags=["raises-exception"]
await asyncio.wait_for(asyncio.sleep(1), 0.001)
"""
START = """\
# %% [markdown]
# # Start here
#
# {map}
"""


class Adder:
    """Adds."""

    def add(self, one: int, other: int) -> int:
        """The sum."""
        return one + other


adding = Exercise(
    id="adding",
    lesson="01-adding",
    title="Adding up",
    points=2,
    subject=Adder,
    contract=("The sum is right.", "It is an `int`."),
    hint="[math](https://docs.python.org/3/library/math.html)",
    worked="Subtracts",
)


@adding.mutant(clause=1)
class Subtracts(Adder):
    """Takes the second number away. It is never right."""

    def add(self, one: int, other: int) -> int:
        return one - other


def write_course(root: Path) -> Path:
    """A course of one lesson, and a start, that is not built yet."""
    (root / "lessons" / "1-sums").mkdir(parents=True)
    for name in ("pyproject.toml", "nbval_sanitize.cfg"):
        shutil.copy(ROOT / name, root)
    (root / "lessons" / "00-start-here.py").write_text(START)
    (root / "lessons" / "1-sums" / "01-adding.py").write_text(LESSON)
    return root

"""The autograder of Async Testing Patterns: what a notebook may call.

`%load_ext grader` in a notebook's first cell makes `%%ipytest --mutants ID` work in the others.
"""

from typing import Any

__all__ = ["load_ipython_extension", "score"]


def load_ipython_extension(ipython: Any) -> None:
    """Called by `%load_ext grader`: set ipytest up, and start the worker in the background."""
    from grader import kernel

    kernel.load(ipython)


def score(exercise_id: str) -> float:
    """The points of the exercise's last run in this kernel; 0.0, and what to do, without one."""
    from grader import kernel

    return kernel.score(exercise_id)

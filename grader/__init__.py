"""The autograder of Async Testing Patterns: what a notebook may call.

`%load_ext grader` in a notebook's first cell makes `%%ipytest --mutants ID` work in the others.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.pages.kill_matrix import KillMatrix

__all__ = ["kill_matrix", "load_ipython_extension", "score"]


def load_ipython_extension(ipython: Any) -> None:
    """Called by `%load_ext grader`: set ipytest up, and start the worker in the background."""
    from grader.learner import session

    session.load(ipython)


def score(exercise_id: str) -> float:
    """The points of the exercise's last run in this kernel; 0.0, and what to do, without one."""
    from grader.learner.session import current

    return current().score(exercise_id)


def kill_matrix(exercise_id: str, *, save: bool = False) -> "KillMatrix | None":
    """Which test killed which mutant in the exercise's last run in this kernel, as a table.

    With `save` it is also written beside the notebook, as `kill-matrix-ID.html`. Where nothing was
    run yet, it says so, and the answer is None.
    """
    from grader.learner.session import current

    return current().kill_matrix(exercise_id, save=save)

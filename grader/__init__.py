"""The autograder of Async Testing Patterns: what a notebook may call.

`%load_ext grader` in a notebook's first cell makes `%%ipytest --mutants ID` work in the others, and
`%grader pack` do what `grader pack` does in a terminal: a browser's tab has none.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.learner.progress import Map
    from grader.pages.kill_matrix import KillMatrix

__all__ = ["kill_matrix", "load_ipython_extension", "progress", "score"]


def load_ipython_extension(ipython: Any) -> None:
    """Called by `%load_ext grader`: set ipytest up, and start the worker in the background."""
    from grader.learner import session

    session.load(ipython)
    ipython.register_magic_function(_type, "line", "grader")


def _type(line: str) -> None:
    """Run a command of ours, as it would be typed in a terminal, in the folder of the notebook."""
    import os
    import shlex
    import sys

    from grader.cli import main

    words = shlex.shlex(line, posix=True, punctuation_chars=False)
    words.whitespace_split, words.commenters = True, ""
    if os.name == "nt":
        words.escape = ""  # its paths are full of backslashes
    before, sys.argv = sys.argv, ["grader", *words]
    try:
        main()
    except SystemExit as end:
        if isinstance(end.code, str):  # the help
            print(end.code)
    finally:
        sys.argv = before


def score(exercise_id: str) -> float:
    """The points of the exercise's last run in this kernel; 0.0, and what to do, without one."""
    from grader.learner.session import current

    return current().score(exercise_id)


def progress() -> "Map":
    """The map of all lessons and exercises: scores, minutes left, and what to do next.

    It is made of what your own runs have left on this machine, and of nothing else.
    """
    from pathlib import Path

    from grader.learner.progress import Progress

    return Progress(Path.cwd()).map()


def kill_matrix(exercise_id: str, *, save: bool = False) -> "KillMatrix | None":
    """Which test killed which mutant in the exercise's last run in this kernel, as a table.

    With `save` it is also written beside the notebook, as `kill-matrix-ID.html`. Where nothing was
    run yet, it says so, and the answer is None.
    """
    from grader.learner.session import current

    return current().kill_matrix(exercise_id, save=save)

"""Every exercise of the course: a folder a lesson, and in it a folder an exercise.

An exercise is declared in its `exercise.py`; the other modules of its folder declare its variants
and its probes. `naive.py` and `overspecified.py` are suites, which tests put beside the solution.
"""

import difflib
import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from types import ModuleType

from grader.errors import CourseError
from grader.exercise import Exercise, all_exercises

SUITES = ("naive", "overspecified")
"""Modules of an exercise's folder that declare nothing."""


@cache
def exercises() -> dict[str, Exercise]:
    """Every exercise by its id, in the order of the lessons."""
    return all_exercises(_declared())


def _declared() -> Iterator[ModuleType]:
    """The module that declares each exercise, when all that belongs to it is declared, too.

    A lesson names its exercises in their order; one that it does not name comes last.
    """
    for lesson in _inside(importlib.import_module(__name__)):
        package = importlib.import_module(f"{__name__}.{lesson}")
        for name in dict.fromkeys([*package.ORDER, *_inside(package)]):
            room = importlib.import_module(f"{package.__name__}.{name}")
            modules = {
                part: importlib.import_module(f"{room.__name__}.{part}")
                for part in _inside(room)
                if part not in SUITES
            }
            yield modules["exercise"]


def _inside(package: ModuleType) -> list[str]:
    return sorted(module.name for module in pkgutil.iter_modules(package.__path__))


def named(name: str) -> Exercise:
    """One exercise. Raises `CourseError`, which says what to type, when there is none."""
    if name in exercises():
        return exercises()[name]
    near = difflib.get_close_matches(name, exercises(), n=1)
    hint = f"did you mean {near[0]}?" if near else "`grader exercises` lists them."
    raise CourseError(f"there is no exercise {name}; {hint}")

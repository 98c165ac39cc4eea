"""Every exercise of the course: a lesson's modules begin with `lesson_` and its number."""

import difflib
import importlib
import pkgutil
from functools import cache

from grader.errors import CourseError
from grader.exercise import Exercise, all_exercises


@cache
def exercises() -> dict[str, Exercise]:
    """Every exercise by its id, in the order of the lessons."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return all_exercises(importlib.import_module(f"{__name__}.{name}") for name in names)


def named(name: str) -> Exercise:
    """One exercise. Raises `CourseError`, which says what to type, when there is none."""
    if name in exercises():
        return exercises()[name]
    near = difflib.get_close_matches(name, exercises(), n=1)
    hint = f"did you mean {near[0]}?" if near else "`grader exercises` lists them."
    raise CourseError(f"there is no exercise {name}; {hint}")

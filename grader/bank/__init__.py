"""Every exercise of the course: one module a lesson, named `lesson_` and the lesson's number."""

import importlib
import pkgutil
from functools import cache

from grader.exercise import Exercise, all_exercises


@cache
def exercises() -> dict[str, Exercise]:
    """Every exercise by its id, in the order of the lessons."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return all_exercises(importlib.import_module(f"{__name__}.{name}") for name in names)

"""Sets of variants that somebody wrote who knew the contract and the application, and no more.

A set is a file of `tests/blind/`: variants declared on an exercise, as in the bank. It is loaded
without the bank's own, so that a suite meets the set alone.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from grader.bank import exercises
from grader.course.private import variants_in
from grader.exercise import Declared, Exercise
from helpers.course import ROOT

BLIND = ROOT / "tests" / "blind"
ROUNDS = ("ported", "first", "second", "third")
SETS = [path for name in ROUNDS for path in sorted((BLIND / name).glob("*.py"))]
SUITES = sorted(BLIND.glob("suites/*/*.py"))
FIXTURES = sorted(BLIND.glob("fixtures/*/*.py"))
"""Where learners write fixtures: `ID_1` and the like deserve full marks, `ID_broken_1` does not."""


def exercise_of(path: Path) -> Exercise:
    """The exercise of the bank that a set, or a suite, is about."""
    return exercises()[re.sub(r"(_broken)?_\d+$", "", path.stem).replace("_", "-")]


def declared(path: Path) -> list[Declared]:
    """The variants of a set."""
    own = re.compile(r"^from grader\.bank\S* import (?:\(\s*)?(\w+)(?:,\s*\))?$", re.MULTILINE)
    text, number = own.subn(r"\1 = EXERCISE", path.read_text(encoding="utf-8"))
    assert number == 1, f"{path.name} must import its exercise, or it would change the bank's"
    return variants_in(path, exercise_of(path), text)


def with_variants(exercise: Exercise, variants: Sequence[Declared]) -> Exercise:
    """The exercise with these variants in the place of the bank's own; the reference stays."""
    reference = [one for one in exercise.declared if one.kind == "reference"]
    return exercise.with_declared([*reference, *variants])

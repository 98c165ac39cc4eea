"""Sets of variants that somebody wrote who knew the contract and the application, and no more.

A set is a file of `tests/blind/`: variants declared on an exercise, as in the bank. It is loaded
without the bank's own, so that a suite meets the set alone.
"""

import linecache
import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from grader.bank import exercises
from grader.engine.evaluate import evaluate
from grader.exercise import Declared, Exercise
from grader.sandbox.worker import Worker
from helpers.course import ROOT

BLIND = ROOT / "tests" / "blind"


def sets(folder: str) -> list[Path]:
    """The sets in a folder, by exercise."""
    return sorted((BLIND / folder).glob("*.py"))


def exercise_of(path: Path) -> Exercise:
    """The exercise of the bank that a set, or a suite, is about."""
    return exercises()[path.stem.replace("_", "-")]


def declared(path: Path) -> list[Declared]:
    """The variants of a set."""
    exercise = replace(exercise_of(path), _declared=[])
    own = re.compile(r"^from grader\.bank\S* import (?:\(\s*)?(\w+)(?:,\s*\))?$", re.MULTILINE)
    text, number = own.subn(r"\1 = EXERCISE", path.read_text(encoding="utf-8"))
    assert number == 1, f"{path.name} must import its exercise, or it would change the bank's"
    module = ModuleType(f"blind_{path.parent.name}_{path.stem}")
    module.__file__ = str(path)
    sys.modules[module.__name__] = module
    linecache.cache[str(path)] = (len(text), None, text.splitlines(keepends=True), str(path))
    vars(module)["EXERCISE"] = exercise
    exec(compile(text, str(path), "exec"), vars(module))
    return exercise._declared


def with_variants(exercise: Exercise, variants: Sequence[Declared]) -> Exercise:
    """The exercise with these variants in the place of the bank's own; the reference stays."""
    reference = [one for one in exercise._declared if one.kind == "reference"]
    return replace(exercise, _declared=[*reference, *variants], _probes=[])


def survivors(suite: str, path: Path, worker: Worker) -> list[str]:
    """The names of the mutants of a set that a suite lets live.

    Whether a test is valid, the reference and the alternatives of the bank decide.
    """
    exercise = exercise_of(path)
    correct = [one for one in exercise._declared if one.kind == "alternative"]
    mutants = [one for one in declared(path) if one.kind == "mutant"]
    report = evaluate(suite, with_variants(exercise, [*correct, *mutants]), worker)
    return [
        one.variant.__name__
        for one, mutant in zip(mutants, report.mutants, strict=True)
        if not mutant.killed
    ]


def rejected(suite: str, path: Path, worker: Worker) -> list[str]:
    """The names of the alternatives of a set with which some test of a suite fails."""
    exercise = exercise_of(path)
    mutant = [one for one in exercise._declared if one.kind == "mutant"][:1]
    found = []
    for one in declared(path):
        if one.kind == "alternative":
            report = evaluate(suite, with_variants(exercise, [one, *mutant]), worker)
            if report.status != "graded" or any(t.verdict != "valid" for t in report.tests):
                found.append(one.variant.__name__)
    return found

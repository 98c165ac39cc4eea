"""What grading leaves behind, made by hand: notebooks out of solutions/, with reports in them."""

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grader.bank import exercises
from grader.report import MutantReport, Report, to_json
from grader.report import TestReport as OneTest  # pytest would take it for a test class
from helpers.course import ROOT

PART = "2-advanced"
LESSON = "04-concurrent-operations"
MINE = {name: exercise for name, exercise in exercises().items() if exercise.lesson == LESSON}
FIRST = next(iter(MINE))

HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)>"
    "\x1b[2J\x9b31m\x00\x7f\u202egnp.exe\u2066\ufeff\"'><svg onload=alert(3)>`<b>`{{ 7 * 7 }}"
)
INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")

UNTOUCHED = "%%ipytest --mutants {}\n# Write your answer here.\n"


def report_on(
    name: str, kills: Mapping[str, tuple[int, ...]], aside: tuple[OneTest, ...] = ()
) -> Report:
    """A report on an exercise of the course: which test kills which mutants, and what is aside."""
    exercise = MINE[name]
    killed = {number for numbers in kills.values() for number in numbers}
    mutants = tuple(
        MutantReport(number, number in killed, exercise.contract[(variant.clause or 1) - 1])
        for number, variant in enumerate(exercise.mutants, start=1)
    )
    share = len(killed) / len(mutants)
    tests = tuple(OneTest(test, "valid", kills=numbers) for test, numbers in kills.items())
    score = round(exercise.points * share * max(0.5, 1 - 0.1 * len(aside)), 2)
    return Report(
        *(name, "graded", None, exercise.points, score, round(share, 4), tests + aside, mutants),
        python="3.12",
    )


def write_autograded(
    root: Path,
    learner: str,
    answers: Mapping[str, tuple[str | None, Report | str | None]],
    stage: str = "autograded",
    **about: Any,
) -> Path:
    """Write a learner's graded notebook: a suite and a report, or why there is none, by exercise.

    Where the suite is None, it is the solution.
    """
    nb: dict[str, Any] = json.loads((ROOT / "solutions" / PART / f"{LESSON}.ipynb").read_text())
    cells = {cell["id"]: cell for cell in nb["cells"]}
    for name in MINE:
        untouched = Report(name, "not-attempted", "Write your tests.", MINE[name].points)
        suite, found = answers.get(name, (UNTOUCHED.format(name), untouched))
        if suite is not None:
            cells[name]["source"] = suite
        meta = cells[f"{name}-score"]["metadata"]
        if isinstance(found, Report):
            meta["grader"] = {"report": to_json(found)}
        elif found is not None:
            meta["grader"] = {"refused": found}
    nb["metadata"]["grader"] |= {
        "learner": learner,
        "submitted": None,
        "status": "graded",
        "reason": None,
        **about,
    }
    path = root / stage / learner / PART / f"{LESSON}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(nb), encoding="utf-8")
    return path


def new_course(root: Path) -> Path:
    """A folder that the commands take for a course of one lesson: nobody has handed in."""
    (root / "lessons").mkdir(parents=True)
    (root / "pyproject.toml").touch()
    (root / "solutions" / PART).mkdir(parents=True)
    shutil.copy(ROOT / "solutions" / PART / f"{LESSON}.ipynb", root / "solutions" / PART)
    return root


def hostile_report() -> Report:
    """Nothing in it is what it should be, but for the types."""
    aside = tuple(
        OneTest(f"test_{verdict}{HOSTILE}", verdict, HOSTILE)
        for verdict in ("wrong", "over-specified", "flaky", "hangs", "leaks", "skipped")
    )
    return report_on(FIRST, {HOSTILE: (1, 2), "test_" + 300 * "x": (3,)}, aside)

"""The two executors give the same reports.

Each exercise is compared by one of its suites: its solution, the naive or the over-specified one;
but for those whose suites run for half a minute. Every honest case gets what it deserves.
`scripts/golden_reports.py compare --inside` compares all of them, the cases and the blind sets.
"""

from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import pytest
from helpers.course import suite_of, suites
from helpers.honest import Case, cases

from grader.bank import exercises
from grader.engine.evaluate import evaluate
from grader.engine.suite import read_file
from grader.sandbox.interpreter import Interpreter
from grader.sandbox.worker import Worker

pytestmark = pytest.mark.slow

KINDS = ("solution", "naive", "overspecified")
BUSY = ("contract-suite", "eventually-in-the-database", "round-trip", "whole-application")
COMPARED = [
    (name, kind if kind == "solution" or name in suites(kind) else "solution")
    for name, kind in zip(exercises(), cycle(KINDS), strict=False)
    if name not in BUSY
]


@pytest.fixture(scope="module")
def inside() -> Iterator[Interpreter]:
    """An interpreter that all of them share: nothing of one suite may reach the next."""
    with Interpreter() as inside:
        yield inside


@pytest.mark.parametrize(("name", "kind"), COMPARED)
def test_the_same_report(name: str, kind: str, inside: Interpreter, worker: Worker) -> None:
    """To the last word."""
    exercise, suite = exercises()[name], suite_of(name, kind)
    assert evaluate(suite, exercise, inside) == evaluate(suite, exercise, worker)


@pytest.mark.parametrize("case", [*cases("tried"), *cases("blind")], ids=str)
def test_a_suite_gets_what_it_deserves(case: Case, inside: Interpreter, tmp_path: Path) -> None:
    """As from processes, in `tests/engine/test_cases.py`."""
    case.write(tmp_path / "suite.py")
    report = evaluate(read_file(tmp_path / "suite.py"), exercises()[case.exercise], inside)
    assert case.falls_short(report) == []

"""The two executors give the same reports.

Each exercise is compared by one of its suites: its solution, the naive or the over-specified one;
but for those whose suites run for half a minute. Cases and blind sets are judged with both where
they are tested. `scripts/golden_reports.py compare --inside` compares all of it, word by word.
"""

from itertools import cycle

import pytest
from helpers.course import suite_of, suites

from grader.bank import exercises
from grader.engine.evaluate import evaluate
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


@pytest.mark.parametrize(("name", "kind"), COMPARED)
def test_the_same_report(name: str, kind: str, inside: Interpreter, worker: Worker) -> None:
    """To the last word."""
    exercise, suite = exercises()[name], suite_of(name, kind)
    assert evaluate(suite, exercise, inside) == evaluate(suite, exercise, worker)

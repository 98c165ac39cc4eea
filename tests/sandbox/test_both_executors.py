"""The two executors give the same reports.

Each exercise is compared by one of its suites: its solution, the naive or the over-specified one;
but for those whose suites run for half a minute. Cases and blind sets are judged with both where
they are tested. `scripts/golden_reports.py compare --inside` compares all of it, word by word.
"""

from dataclasses import replace
from itertools import cycle

import pytest
from helpers.course import suite_of, suites
from helpers.samples import HEAD, Grades, request

from grader.bank import exercises
from grader.engine.evaluate import evaluate
from grader.engine.suite import clean
from grader.runner.settings import DEADLINES
from grader.sandbox.interface import Worker as Executor
from grader.sandbox.interpreter import Interpreter

pytestmark = pytest.mark.slow

KINDS = ("solution", "naive", "overspecified")
BUSY = ("contract-suite", "eventually-in-the-database", "round-trip", "whole-application")
COMPARED = [
    (name, kind if kind == "solution" or name in suites(kind) else "solution")
    for name, kind in zip(exercises(), cycle(KINDS), strict=False)
    if name not in BUSY
]


@pytest.mark.parametrize(("name", "kind"), COMPARED)
def test_the_same_report(name: str, kind: str, inside: Interpreter, judged: Grades) -> None:
    """To the last word."""
    suite = suite_of(name, kind)
    assert evaluate(clean(suite), exercises()[name], inside) == judged(name, suite)


LOCKED = """
import sqlite3

def test_a_lock():
    first, second = (sqlite3.connect("rows.db", isolation_level=None) for _ in range(2))
    first.execute("BEGIN IMMEDIATE")
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        second.execute("BEGIN IMMEDIATE")
"""


def test_sqlite_is_given_the_time_that_it_waits_for_a_lock(executor: Executor) -> None:
    """Five seconds, as long as a deadline: whoever holds the lock may be what the test finds."""
    (answer,) = executor.run([replace(request(HEAD + LOCKED), deadline=DEADLINES["virtual"])])
    assert not answer.hung
    assert [one["outcome"] for one in answer.records if "phase" in one] == ["passed"] * 3

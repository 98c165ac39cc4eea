"""What the published solutions are worth against variants that nobody fitted them to.

`ported` holds the seven sets that came with a review of the course, adapted to the contracts as
they are now; `fresh` holds a set for each exercise. Authors of both knew the contract and the
application, and no more. `suites` holds a suite of theirs for each contract, `fixtures` good and
bad answers to exercises of probes.
"""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from helpers.blind import declared, exercise_of, rejected, sets, survivors
from helpers.course import ROOT

from grader.bank import exercises
from grader.course.notebooks import solution
from grader.engine.evaluate import evaluate
from grader.sandbox.worker import Worker

pytestmark = pytest.mark.slow

SETS = [*sets("ported"), *sets("fresh")]
SUITES = sets("suites")
FIXTURES = sets("fixtures")
"""Where learners write fixtures: `ID_1` and the like deserve full marks, `ID_broken_1` does not."""


def each(paths: Iterable[Path]) -> pytest.MarkDecorator:
    """A test for each file."""
    return pytest.mark.parametrize(
        "path", paths, ids=lambda path: f"{path.parent.name}-{path.stem}"
    )


@each(SETS)
def test_the_solution_kills_what_nobody_fitted_it_to(path: Path, worker: Worker) -> None:
    """Every mutant of the set dies, and every alternative is accepted."""
    suite = solution(ROOT, exercise_of(path).id)
    assert survivors(suite, path, worker) == []
    assert rejected(suite, path, worker) == []


@each(SETS)
def test_a_set_is_what_it_says(path: Path) -> None:
    """Six mutants and three alternatives; the ported ones are as they came."""
    kinds = [one.kind for one in declared(path)]
    assert kinds.count("mutant") >= (6 if path.parent.name == "fresh" else 5)
    assert kinds.count("alternative") >= 2


@each(SUITES)
def test_a_suite_by_the_contract_alone_is_accepted(path: Path, worker: Worker) -> None:
    """The bank's alternatives reject nothing that the contract allows."""
    report = evaluate(path.read_text(encoding="utf-8"), exercise_of(path), worker)
    assert report.status == "graded", report.reason
    assert {test.name: test.message for test in report.tests if test.verdict != "valid"} == {}


@each(FIXTURES)
def test_fixtures_are_told_apart(path: Path, worker: Worker) -> None:
    """Those that keep the contract have full marks, and those that break a clause have not."""
    name = re.sub(r"(_broken)?_\d+$", "", path.stem).replace("_", "-")
    report = evaluate(path.read_text(encoding="utf-8"), exercises()[name], worker)
    assert report.status == "graded", report.reason
    assert report.full is ("_broken_" not in path.stem), report.probes

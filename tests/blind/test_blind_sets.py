"""What the published solutions are worth against variants that nobody fitted them to.

`ported` holds the seven sets that came with a review of the course, adapted to the contracts as
they are now; the other folders hold a round each: a set for each exercise. Their authors knew the
contract and the application, and no more. `suites` holds a suite of theirs for each contract,
`fixtures` good and bad answers to exercises of probes. `NOTES.md` says how they fell.
"""

from collections.abc import Iterable
from pathlib import Path

import pytest
from helpers.blind import FIXTURES, SETS, SUITES, declared, exercise_of, with_variants
from helpers.course import ROOT

from grader.bank import exercises
from grader.course.notebooks import solution
from grader.engine.evaluate import evaluate
from grader.exercise import Exercise
from grader.sandbox.interface import Worker

pytestmark = pytest.mark.slow


def each(paths: Iterable[Path]) -> pytest.MarkDecorator:
    """A test for each file."""
    return pytest.mark.parametrize(
        "path", paths, ids=lambda path: f"{path.parent.name}-{path.stem}"
    )


@pytest.mark.parametrize("name", dict.fromkeys(exercise_of(path).id for path in SETS))
def test_the_solution_kills_what_nobody_fitted_it_to(name: str, executor: Worker) -> None:
    """Every mutant of every round dies, and every alternative is accepted, with the bank's own."""
    exercise = exercises()[name]
    variants = [one for path in SETS if exercise_of(path) is exercise for one in declared(path)]
    correct = [one for one in exercise.declared if one.kind == "alternative"]
    mutants = [one for one in variants if one.kind == "mutant"]
    others = [one for one in variants if one.kind == "alternative"]
    report = evaluate(
        solution(ROOT, name), with_variants(exercise, [*correct, *others, *mutants]), executor
    )
    assert report.status == "graded", report.reason
    assert {test.name: test.message for test in report.tests if test.verdict != "valid"} == {}
    alive = [
        f"{one.variant.__module__}: {one.variant.__name__}"
        for one, mutant in zip(mutants, report.mutants, strict=True)
        if not mutant.killed
    ]
    assert alive == []


@pytest.mark.parametrize(
    ("folder", "name"), dict.fromkeys((path.parent.name, exercise_of(path).id) for path in SETS)
)
def test_a_set_is_what_it_says(folder: str, name: str) -> None:
    """Six mutants and three alternatives, in a file or two; the ported ones are as they came."""
    mine = [path for path in SETS if (path.parent.name, exercise_of(path).id) == (folder, name)]
    kinds = [one.kind for path in mine for one in declared(path)]
    assert kinds.count("mutant") >= (5 if folder == "ported" else 6)
    assert kinds.count("alternative") >= 2


def against_correct_ones(exercise: Exercise) -> Exercise:
    """The exercise with all correct variants, and one mutant, as it needs one."""
    correct = [one for one in exercise.declared if one.kind == "alternative"]
    mutant = [one for one in exercise.declared if one.kind == "mutant"][:1]
    return with_variants(exercise, [*correct, *mutant])


@each(SUITES)
def test_a_suite_by_the_contract_alone_is_accepted(path: Path, executor: Worker) -> None:
    """The bank's alternatives reject nothing that the contract allows."""
    exercise = against_correct_ones(exercise_of(path))
    report = evaluate(path.read_text(encoding="utf-8"), exercise, executor)
    assert report.status == "graded", report.reason
    assert {test.name: test.message for test in report.tests if test.verdict != "valid"} == {}


@each(FIXTURES)
def test_fixtures_are_told_apart(path: Path, executor: Worker) -> None:
    """Those that keep the contract have full marks, and those that break a clause have not."""
    report = evaluate(path.read_text(encoding="utf-8"), exercise_of(path), executor)
    assert report.status == "graded", report.reason
    assert report.full is ("_broken_" not in path.stem), report.probes

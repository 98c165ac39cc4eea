"""What an evaluation found: a `Report`, and its JSON; how it looks is told in `grader.pages`."""

import sys
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from cattrs import Converter

from grader.runner.exact import converter, first_problem

Status = Literal["graded", "not-attempted", "rejected", "error"]
Verdict = Literal[
    "valid", "wrong", "over-specified", "flaky", "hangs", "leaks", "skipped", "refused"
]


@dataclass(frozen=True)
class TestReport:
    """One test: what it is worth, why, and the numbers of the mutants it kills."""

    name: str
    verdict: Verdict
    message: str | None = None
    kills: tuple[int, ...] = ()


@dataclass(frozen=True)
class MutantReport:
    """One mutant, by number; the first is 1. `clause` is the text of the clause it breaks."""

    number: int
    killed: bool
    clause: str


@dataclass(frozen=True)
class ProbeReport:
    """One probe pair: a test of ours on something the learner wrote."""

    name: str
    passed: bool
    message: str | None = None


@dataclass(frozen=True)
class Report:
    """The result of one evaluation, whatever happened. `score` is in points, 0 to `points`."""

    exercise: str
    status: Status
    reason: str | None
    points: int
    score: float = 0.0
    mutation_score: float | None = None
    tests: tuple[TestReport, ...] = ()
    mutants: tuple[MutantReport, ...] = ()
    probes: tuple[ProbeReport, ...] = ()
    sandbox: str = "none"
    python: str = field(default_factory=lambda: ".".join(map(str, sys.version_info[:2])))

    @property
    def full(self) -> bool:
        """True at full marks."""
        return self.score == self.points

    def killers(self, number: int) -> list[str]:
        """The names of the tests that kill a mutant."""
        return [test.name for test in self.tests if number in test.kills]

    @property
    def killed(self) -> int:
        """How many mutants were killed."""
        return sum(mutant.killed for mutant in self.mutants)


def to_json(report: Report) -> dict[str, Any]:
    """The report as other programs read it; the keys are an interface."""
    return {
        "exercise": report.exercise,
        "status": report.status,
        "reason": report.reason,
        "points": report.points,
        "score": report.score,
        "mutation_score": report.mutation_score,
        "tests": [
            {
                "name": test.name,
                "verdict": test.verdict,
                "message": test.message,
                "kills": list(test.kills),
            }
            for test in report.tests
        ],
        "mutants": [vars(mutant) for mutant in report.mutants],
        "probes": [vars(probe) for probe in report.probes],
        "sandbox": report.sandbox,
        "python": report.python,
    }


def from_json(value: object) -> Report:
    """The report that `to_json` wrote; keys that nobody knows are left aside.

    Raises `ValueError`, whose message names the place, where anything else is not as it was
    written: a key that is missing, a value of another type, a number out of its range.
    """
    report = _structured(value)
    numbers = {mutant.number for mutant in report.mutants}
    known = all(numbers.issuperset(test.kills) for test in report.tests)
    share = report.mutation_score
    if not 0 <= report.score <= report.points or not (share is None or 0 <= share <= 1):
        raise ValueError("the report: its score is out of range")
    if numbers != set(range(1, len(report.mutants) + 1)) or not known:
        raise ValueError("the report: the numbers of its mutants are not those of a report")
    return report


def _structured(value: object) -> Report:
    try:
        return _converter().structure(value, Report)
    except Exception as error:  # what is not as it should be fails in as many ways
        raise ValueError(first_problem(error, "the report")) from error


@cache
def _converter() -> Converter:
    return converter(forbid_extra_keys=False, detailed_validation=True)


def score(points: int, killed: int, mutants: int, invalid: int) -> float:
    """Rule 3, and the only place that rounds: points × killed / mutants, less for invalid tests."""
    if mutants == 0:
        return 0.0
    return round(points * killed / mutants * (1 - penalty(invalid)), 2)


def penalty(invalid: int) -> float:
    """The share of the points that tests which are set aside cost: a tenth each, at most half."""
    return min(0.5, 0.1 * invalid)

"""A report, joined with what its reader may know of the exercise."""

from collections.abc import Sequence
from dataclasses import dataclass

from grader.exercise import Exercise
from grader.report import Report, penalty


def headline(report: Report) -> str:
    """The result in one sentence."""
    marks = f"{report.score:g} of {report.points} points"
    match report.status:
        case "not-attempted":
            return f"{report.exercise}: not attempted, {marks}. {report.reason}"
        case "rejected":
            return f"{report.exercise}: rejected, {marks}. {report.reason}"
        case "error":
            return f"{report.exercise}: nothing could be run, {marks}. {report.reason}"
    invalid, tests = sum(test.verdict != "valid" for test in report.tests), len(report.tests)
    counts = []
    if report.mutants:
        counts.append(f"{report.killed} of {len(report.mutants)} mutants killed")
    if report.probes:
        passed = sum(probe.passed for probe in report.probes)
        counts.append(f"{passed} of {len(report.probes)} probes passed")
    if invalid:
        less = f"{penalty(invalid):.0%}".replace("%", " %")
        counts.append(f"{invalid} of {tests} {plural(tests, 'test')} set aside: {less} less")
    reason = "" if report.reason is None else f" {report.reason}"
    return f"{report.exercise}: {', '.join([marks, *counts])}.{reason}"


def plural(number: int, noun: str) -> str:
    """The noun, as it is for one or for many."""
    return noun if number == 1 else f"{noun}s"


@dataclass(frozen=True)
class Killed:
    """A killed mutant, opened: what it was, and which tests killed it."""

    number: int
    description: str
    diff: list[str]
    tests: list[str]


@dataclass(frozen=True)
class Survived:
    """A clause that survivors break, by its number in the contract, and their numbers.

    `partly` where other mutants that break it are dead.
    """

    number: int
    clause: str
    mutants: list[int]
    partly: bool

    @property
    def title(self) -> str:
        """As `Clause 2 (mutants 4, 6)`."""
        return f"Clause {self.number} ({mutants(self.mutants)})"

    @property
    def finding(self) -> str:
        """The conclusion about the tests."""
        if self.partly:
            return "not every promise of this clause is defended"
        return "no valid test defends this clause"


def mutants(numbers: Sequence[int]) -> str:
    """As `mutant 2` or `mutants 2, 3`."""
    return f"{plural(len(numbers), 'mutant')} {', '.join(map(str, numbers))}"


@dataclass(frozen=True)
class View:
    """A report, joined with what its reader may know of the exercise, ready to be drawn."""

    report: Report
    headline: str
    killed: list[Killed]
    survived: list[Survived]
    """The clauses that survivors break, and the survivors' numbers: all that is told of them."""


def view(report: Report, exercise: Exercise) -> View:
    """Open the killed mutants; of a survivor show the clause left undefended, nothing more."""
    killed = []
    for mutant, variant in zip(report.mutants, exercise.mutants, strict=False):
        if mutant.killed:
            description = " ".join(variant.description.split())
            diff = exercise.diff(variant).splitlines()
            killed.append(Killed(mutant.number, description, diff, report.killers(mutant.number)))
    survived = []
    if report.status == "graded":
        for number, clause in enumerate(exercise.contract, start=1):
            of_it = [mutant for mutant in report.mutants if mutant.clause == clause]
            alive = [mutant.number for mutant in of_it if not mutant.killed]
            if alive:
                survived.append(Survived(number, clause, alive, len(alive) < len(of_it)))
    return View(report, headline(report), killed, survived)

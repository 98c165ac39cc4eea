"""What an evaluation found: a `Report`, as JSON, as text for a terminal, as HTML for a notebook."""

import dataclasses
import re
import sys
import types
import typing
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

import jinja2
from markupsafe import Markup, escape

from grader.exercise import Exercise

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
    report: Report = _read(value, Report, "the report")
    numbers = {mutant.number for mutant in report.mutants}
    known = all(numbers.issuperset(test.kills) for test in report.tests)
    share = report.mutation_score
    if not 0 <= report.score <= report.points or not (share is None or 0 <= share <= 1):
        raise ValueError("the report: its score is out of range")
    if numbers != set(range(1, len(report.mutants) + 1)) or not known:
        raise ValueError("the report: the numbers of its mutants are not those of a report")
    return report


def _read(value: object, expected: Any, place: str) -> Any:
    """A value out of JSON, as the type that a field declares."""
    if dataclasses.is_dataclass(expected) and isinstance(value, dict):
        return _read_fields(value, typing.cast(type, expected), place)
    choices = typing.get_args(expected)
    match typing.get_origin(expected):
        case typing.Literal if isinstance(value, str) and value in choices:
            return value
        case types.UnionType:  # with None, always
            return None if value is None else _read(value, choices[0], place)
        case origin if origin is tuple and isinstance(value, list):
            return tuple(_read(one, choices[0], f"{place}, {n}") for n, one in enumerate(value, 1))
    if expected is float and isinstance(value, int | float) and not isinstance(value, bool):
        if abs(value) <= sys.float_info.max:  # neither infinite nor no number at all
            return float(value)
    elif type(value) is expected:  # True is an int, and no number
        return value
    raise ValueError(f"{place}: not what a report holds there")


def _read_fields(value: dict[str, object], expected: type, place: str) -> Any:
    declared = _declared(expected)
    missing = sorted(declared.keys() - value.keys())
    if missing:
        raise ValueError(f"{place}: {missing[0]} is missing")
    return expected(
        **{name: _read(value[name], kind, f"{place}, {name}") for name, kind in declared.items()}
    )


@cache
def _declared(expected: type) -> dict[str, Any]:
    return typing.get_type_hints(expected)


def score(points: int, killed: int, mutants: int, invalid: int) -> float:
    """Rule 3, and the only place that rounds: points × killed / mutants, less for invalid tests."""
    if mutants == 0:
        return 0.0
    return round(points * killed / mutants * (1 - penalty(invalid)), 2)


def penalty(invalid: int) -> float:
    """The share of the points that tests which are set aside cost: a tenth each, at most half."""
    return min(0.5, 0.1 * invalid)


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
        counts.append(f"{invalid} of {tests} {_plural(tests, 'test')} set aside: {less} less")
    reason = "" if report.reason is None else f" {report.reason}"
    return f"{report.exercise}: {', '.join([marks, *counts])}.{reason}"


def _plural(number: int, noun: str) -> str:
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
        """What that says of the tests."""
        if self.partly:
            return "not every promise of this clause is defended"
        return "no valid test defends this clause"


def mutants(numbers: Sequence[int]) -> str:
    """As `mutant 2` or `mutants 2, 3`."""
    return f"{_plural(len(numbers), 'mutant')} {', '.join(map(str, numbers))}"


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


def _code(text: str) -> Markup:
    """Escaped, and what stands in backticks is code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


def visible(value: Any) -> Any:
    """A text whose control characters are escapes that one can see; anything else as it is.

    What moves a terminal's cursor, turns the direction of writing or cannot be seen is how a text
    pretends to be another.
    """
    if not isinstance(value, str) or (value.isascii() and value.isprintable()):
        return value
    return type(value)("".join(one if _is_plain(one) else _escape(one) for one in value))


def _is_plain(one: str) -> bool:
    return one in _PLAIN or unicodedata.category(one) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}


_PLAIN = frozenset("\n\t\u200c\u200d")
"""The last two join letters, or keep them apart: some languages cannot be written without."""


def _escape(one: str) -> str:
    return one.encode("unicode_escape", "surrogatepass").decode("ascii")


@cache
def templates() -> jinja2.Environment:
    """Every template of ours: escaped, and no invisible character goes into a page."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("grader"),
        autoescape=jinja2.select_autoescape(["html"]),
        finalize=visible,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["code"] = _code
    environment.filters["mutants"] = mutants
    return environment


def to_text(report: Report, exercise: Exercise) -> str:
    """The report for a terminal, lines without colour."""
    shown = view(report, exercise)
    lines = [shown.headline]
    if report.tests:
        lines += ["", "Tests"]
    for test in report.tests:
        kills = f", kills {mutants(test.kills)}" if test.kills else ""
        lines.append(f"  {test.name}: {test.verdict}{kills}")
        if test.message:
            lines.append(f"      {test.message}")
    if shown.killed:
        lines += ["", "Killed"]
    for mutant in shown.killed:
        lines.append(f"  Mutant {mutant.number}. {mutant.description}")
        lines.append(f"      killed by {', '.join(mutant.tests)}")
        lines += [f"      {line}" for line in mutant.diff]
    if shown.survived:
        lines += ["", "Survived"]
    for survived in shown.survived:
        lines.append(f"  {survived.title}: {survived.clause}")
        lines.append(f"      {survived.finding}")
    if report.probes:
        lines += ["", "Probes of what you wrote"]
    for probe in report.probes:
        lines.append(f"  {probe.name}: {'passed' if probe.passed else 'failed'}")
        if probe.message:
            lines.append(f"      {probe.message}")
    if report.status == "graded":
        lines += ["", f"Python {report.python}, sandbox: {report.sandbox}"]
    text: str = visible("\n".join(lines))
    return text


def to_html(report: Report, exercise: Exercise, explained: str | None = None) -> str:
    """The report for a notebook: no scripts, readable in light and in dark themes.

    `explained` is where the page lies that says what all of it means.
    """
    page = templates().get_template("report.html")
    return page.render(view=view(report, exercise), explained=explained)

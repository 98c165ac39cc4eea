"""How a class did in one exercise: scores, mutants, clauses, verdicts, and who wrote alike."""

import ast
import re
import statistics
import warnings
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import get_args

from grader.bank import exercises
from grader.classroom.answers import Answer
from grader.classroom.likeness import Pair
from grader.report import Report, Status, Verdict

STATUSES = (*get_args(Status), "refused")
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)

FEW = 30
"""Answers below which difficulty and discrimination are mostly chance."""


@dataclass(frozen=True)
class Share:
    """A count out of a total, with its label. `number` is that of a mutant or a clause."""

    kind: str
    text: str
    count: int
    of: int
    number: int | None = None
    discrimination: float | None = None
    """How well it tells good from weak learners, -1 to 1; None where that cannot be told."""

    @property
    def share(self) -> float:
        """The count divided by the total, 0 to 1; 0 where the total is 0."""
        return self.count / self.of if self.of else 0.0


@dataclass(frozen=True)
class Entry:
    """A learner's answer to one exercise, and whose answers say the same."""

    learner: str
    answer: Answer
    equals_solution: bool
    group: int | None
    """The number of the group of learners with identical suites, within the exercise."""
    given: float | None = None
    """The gradebook's score, where there is one."""

    @property
    def score(self) -> float:
        """The points that count."""
        return self.answer.score if self.given is None else self.given


@dataclass(frozen=True)
class ExerciseResult:
    """How a class did in one exercise."""

    id: str
    title: str
    points: float
    entries: tuple[Entry, ...]
    rest: Mapping[str, float] = field(default_factory=dict)
    """What each learner has of the part's other exercises, in points."""
    alike: Sequence[Pair] = ()
    """Suites that are alike, the likest first."""

    @property
    def mean(self) -> float:
        """The mean score, in points."""
        return statistics.fmean(self.scores)

    @property
    def median(self) -> float:
        """The median score, in points."""
        return statistics.median(self.scores)

    @cached_property
    def scores(self) -> list[float]:
        """The scores, in points, one for each learner."""
        return [entry.score for entry in self.entries]

    @property
    def difficulty(self) -> float:
        """The mean share of the points, 0 to 1: the smaller, the harder."""
        return self.mean / self.points if self.points else 0.0

    @cached_property
    def discrimination(self) -> float | None:
        """How its scores go with those of the part's other exercises, -1 to 1."""
        rest = [self.rest.get(entry.learner, 0.0) for entry in self.entries]
        return correlation(self.scores, rest)

    @cached_property
    def _graded(self) -> list[Report]:
        return [
            report
            for entry in self.entries
            if (report := entry.answer.report) is not None and report.status == "graded"
        ]

    @property
    def graded(self) -> int:
        """The number of answers that ran: mutants and clauses are counted over these."""
        return len(self._graded)

    @cached_property
    def statuses(self) -> list[Share]:
        """The answers by status."""
        counts = Counter(entry.answer.status for entry in self.entries)
        return [
            Share("status", name, counts[name], len(self.entries))
            for name in STATUSES
            if counts[name]
        ]

    @cached_property
    def verdicts(self) -> list[Share]:
        """The tests by verdict, over all answers."""
        counts = Counter(test.verdict for report in self._graded for test in report.tests)
        total = sum(counts.values())
        return [Share("verdict", name, counts[name], total) for name in VERDICTS if counts[name]]

    @cached_property
    def mutants(self) -> list[Share]:
        """Each mutant, and by how many of the graded answers it was killed."""
        exercise = exercises().get(self.id)
        variants = [] if exercise is None else exercise.mutants
        found = []
        rest = [self.rest.get(learner, 0.0) for learner, _ in self._comparable]
        for number, variant in enumerate(variants, start=1):
            killed = [
                any(mutant.killed for mutant in report.mutants if mutant.number == number)
                for _, report in self._comparable
            ]
            text = " ".join(variant.description.split())
            of, tells = len(killed), correlation([float(one) for one in killed], rest)
            found.append(Share("mutant killed", text, sum(killed), of, number, tells))
        return found

    @cached_property
    def clauses(self) -> list[Share]:
        """Each clause that a mutant breaks, and how many of the graded answers let one live."""
        exercise = exercises().get(self.id)
        if exercise is None:
            return []
        found = []
        for number, clause in enumerate(exercise.contract, start=1):
            if any(variant.clause == number for variant in exercise.mutants):
                open_ = sum(
                    any(mutant.clause == clause and not mutant.killed for mutant in report.mutants)
                    for _, report in self._comparable
                )
                found.append(
                    Share("clause undefended", clause, open_, len(self._comparable), number)
                )
        return found

    @cached_property
    def _comparable(self) -> list[tuple[str, Report]]:
        """The learners and graded reports on the mutants that the bank holds now."""
        return [
            (entry.learner, report)
            for entry in self.entries
            if (report := entry.answer.report) is not None
            and report.status == "graded"
            and entry.answer.exercise is not None
        ]

    @cached_property
    def private(self) -> list[Share]:
        """Each mutant of a private bank, with its clause, and by how many it was killed."""
        reports = [one.answer.private for one in self.entries if one.answer.private is not None]
        killed: Counter[tuple[int, str]] = Counter()
        met: Counter[tuple[int, str]] = Counter()
        for report in reports:
            for mutant in report.mutants:
                met[mutant.number, mutant.clause or ""] += 1
                killed[mutant.number, mutant.clause or ""] += mutant.killed
        return [
            Share("private mutant killed", clause, killed[number, clause], count, number)
            for (number, clause), count in sorted(met.items())
        ]

    @property
    def private_share(self) -> float | None:
        """The mean share of private mutants killed, 0 to 1; None without a private bank."""
        shares = [
            report.killed / len(report.mutants)
            for one in self.entries
            if (report := one.answer.private) is not None and report.mutants
        ]
        return statistics.fmean(shares) if shares else None

    @property
    def public_share(self) -> float:
        """The mean share of public mutants that are killed by the answers that ran, 0 to 1."""
        shares = [one.killed / len(one.mutants) for one in self._graded if one.mutants]
        return statistics.fmean(shares) if shares else 0.0

    @property
    def outdated(self) -> int:
        """How many graded answers met other mutants than those of today."""
        return self.graded - len(self._comparable)

    @cached_property
    def probes(self) -> list[Share]:
        """Each probe pair, and how many of the graded answers passed it."""
        passed: Counter[str] = Counter()
        asked: Counter[str] = Counter()
        for report in self._graded:
            asked.update(probe.name for probe in report.probes)
            passed.update(probe.name for probe in report.probes if probe.passed)
        return [Share("probe passed", name, passed[name], asked[name]) for name in asked]

    @cached_property
    def messages(self) -> list[Share]:
        """Why tests were set aside: verdict and message, the commonest first."""
        counts = Counter(
            f"{test.verdict}: {_without_line(test.message)}"
            for report in self._graded
            for test in report.tests
            if test.verdict != "valid" and test.message
        )
        total = sum(counts.values())
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        return [Share("message", text, count, total) for text, count in ordered]

    @cached_property
    def same_as_solution(self) -> list[str]:
        """The learners who handed in the published solution."""
        return [entry.learner for entry in self.entries if entry.equals_solution]

    @cached_property
    def groups(self) -> dict[int, list[str]]:
        """Learners with identical suites, by the number of their group."""
        found: dict[int, list[str]] = defaultdict(list)
        for entry in self.entries:
            if entry.group is not None:
                found[entry.group].append(entry.learner)
        return dict(found)


def correlation(one: Sequence[float], other: Sequence[float]) -> float | None:
    """Pearson's coefficient; None where one of the two is the same for all."""
    if len(one) < 3 or len(set(one)) < 2 or len(set(other)) < 2:
        return None
    return round(statistics.correlation(one, other), 2)


def normalised(suite: str) -> str:
    """What a suite does: without its layout, comments, docstrings and magic.

    What is no Python stays as it is.
    """
    text = "\n".join(line for line in suite.split("\n") if not line.startswith("%%ipytest"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
        for node in ast.walk(tree):
            if isinstance(node, _DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
                node.body[0] = ast.Pass()
        return ast.dump(tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return text.strip()


_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def _without_line(message: str) -> str:
    """A message without its line number: the same slip stands in another line of every suite."""
    return re.sub(r"\bline \d+: ", "", message)

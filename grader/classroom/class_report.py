"""The report on a class: its scores, mutants and clauses in one part, as a page."""

import ast
import re
import statistics
import warnings
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import get_args

from grader.bank import exercises
from grader.classroom.answers import (
    Answer,
    Graded,
    learners_of,
    notebooks_of,
    one_name,
    read_graded,
    read_notebook,
)
from grader.course.notebooks import exercise_cells
from grader.errors import CourseError
from grader.pages.render import render
from grader.report import Report, Status, Verdict

STATUSES = (*get_args(Status), "refused")
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
MISSING = "autograded/ holds nothing of it: it was refused, or is not graded yet."
MOST_MESSAGES = 5
"""The number of messages that the page shows for an exercise: the commonest ones."""


@dataclass(frozen=True)
class Share:
    """A count out of a total, with its label. `number` is that of a mutant or a clause."""

    kind: str
    text: str
    count: int
    of: int
    number: int | None = None

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


@dataclass(frozen=True)
class ExerciseResult:
    """How a class did in one exercise."""

    id: str
    title: str
    points: float
    entries: tuple[Entry, ...]

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
        return [entry.answer.score for entry in self.entries]

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
        for number, variant in enumerate(variants, start=1):
            killed = sum(
                mutant.killed
                for report in self._comparable
                for mutant in report.mutants
                if mutant.number == number
            )
            text = " ".join(variant.description.split())
            found.append(Share("mutant killed", text, killed, len(self._comparable), number))
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
                    for report in self._comparable
                )
                found.append(
                    Share("clause undefended", clause, open_, len(self._comparable), number)
                )
        return found

    @cached_property
    def _comparable(self) -> list[Report]:
        """The graded reports on the mutants that the bank holds now."""
        return [
            report
            for entry in self.entries
            if (report := entry.answer.report) is not None
            and report.status == "graded"
            and entry.answer.exercise is not None
        ]

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


@dataclass(frozen=True)
class ClassReport:
    """How a class did in a part. `totals` are in points, of each learner who was graded."""

    part: str
    points: float
    exercises: tuple[ExerciseResult, ...]
    totals: Mapping[str, float]
    left_out: Mapping[str, str]
    """The learners who are not graded, with the reason."""

    @property
    def mean(self) -> float:
        """The mean total, in points."""
        return statistics.fmean(self.totals.values())

    @property
    def median(self) -> float:
        """The median total, in points."""
        return statistics.median(self.totals.values())

    @cached_property
    def histogram(self) -> list[Share]:
        """The learners by their share of the points, in tenths; full marks are in the last."""
        counts = Counter(
            min(9, int(10 * total / self.points)) if self.points else 0
            for total in self.totals.values()
        )
        return [
            Share("points", f"{10 * tenth} to {10 * tenth + 10} %", counts[tenth], len(self.totals))
            for tenth in range(10)
        ]

    @cached_property
    def entries(self) -> dict[str, dict[str, Entry]]:
        """Every answer, by learner and by exercise."""
        found: dict[str, dict[str, Entry]] = {learner: {} for learner in self.totals}
        for exercise in self.exercises:
            for entry in exercise.entries:
                found[entry.learner][exercise.id] = entry
        return found


# ------------------------------------------------------------------ out of the course's folders


def class_report(root: Path, part: str) -> ClassReport:
    """What autograded/ holds of a part, and who of submitted/ is missing there.

    Raises `CourseError` for a part that is none, and where nobody has handed in.
    """
    solutions = _solutions(root, part)
    left_out = dict.fromkeys(learners_of(root, part, "submitted"), MISSING)
    answers: dict[str, dict[str, Answer]] = {}
    for learner in learners_of(root, part, "autograded"):
        try:
            graded = _graded(root, learner, part)
        except CourseError as error:
            left_out[learner] = str(error)
            continue
        refused = [notebook.refused for notebook in graded if notebook.refused is not None]
        if refused:
            left_out[learner] = refused[0]
        elif graded:
            left_out.pop(learner, None)
            answers[learner] = {a.exercise_id: a for notebook in graded for a in notebook.answers}
    if not left_out and not answers:
        raise CourseError(f"Nobody has handed in {part}: collect what learners have submitted.")
    if not answers:
        raise CourseError(f"Nobody is graded in {part} yet: run `grader grade {part}` first.")
    results = tuple(_result(name, text, answers) for name, text in solutions.items())
    totals = {
        learner: round(sum(answer.score for name, answer in found.items() if name in solutions), 2)
        for learner, found in answers.items()
    }
    points = sum(result.points for result in results)
    return ClassReport(part, points, results, totals, dict(sorted(left_out.items())))


def _graded(root: Path, learner: str, part: str) -> list[Graded]:
    return [
        read_graded(read_notebook(path), path.stem) for path in notebooks_of(root, learner, part)
    ]


def _solutions(root: Path, part: str) -> dict[str, str]:
    """The published solution of each exercise of a part, in order."""
    folder = root / "solutions"
    found = sorted((folder / one_name(part, "part")).glob("*.ipynb"))
    if not found:
        parts = sorted({path.parent.name for path in folder.glob("*/*.ipynb")})
        raise CourseError(f"There is no part {part!r}: choose one of {', '.join(parts) or 'none'}.")
    return {
        name: suite
        for path in found
        for name, suite in exercise_cells(read_notebook(path)).items()
        if name in exercises()
    }


def _result(
    name: str, solution: str, answers: Mapping[str, Mapping[str, Answer]]
) -> ExerciseResult:
    exercise = exercises()[name]
    mine = {learner: found[name] for learner, found in answers.items() if name in found}
    keys = {
        learner: normalised(answer.suite)
        for learner, answer in mine.items()
        if answer.status != "not-attempted" and answer.suite.strip()
    }
    shared = [key for key, count in Counter(keys.values()).items() if count > 1]
    published = normalised(solution)
    entries = []
    for learner, answer in mine.items():
        key = keys.get(learner)
        group = shared.index(key) + 1 if key in shared else None
        entries.append(Entry(learner, answer, key == published, group))
    return ExerciseResult(name, exercise.title, float(exercise.points), tuple(entries))


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


# ------------------------------------------------------------------ as a page


def to_page(report: ClassReport) -> str:
    """One page that stands alone, runs nothing and loads nothing."""
    return render(
        "class-report.html",
        report=report,
        tallest=max((bar.count for bar in report.histogram), default=0),
        most=MOST_MESSAGES,
    )

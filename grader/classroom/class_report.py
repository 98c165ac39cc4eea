"""The report on a class in one part: who needs a person, scores, mutants, clauses; as a page."""

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from grader.bank import exercises
from grader.classroom import likeness
from grader.classroom.answers import (
    Answer,
    graded_of,
    learners_of,
    one_name,
    read_notebook,
)
from grader.classroom.database import CONFIG
from grader.classroom.exercise_result import FEW, VERDICTS, Entry, ExerciseResult, Share, normalised
from grader.classroom.final import Told, finals
from grader.classroom.gradebook import Course
from grader.classroom.handed_in import refused as refused_before
from grader.classroom.roster import Roster, read_roster
from grader.course.notebooks import exercise_cells
from grader.errors import CourseError
from grader.pages.render import render

MISSING = "autograded/ holds nothing of it: it was refused, or is not graded yet."
MOST_MESSAGES = 5
"""The number of messages that the page shows for an exercise: the commonest ones."""

MOST_CLAUSES = 10
"""The number of clauses that the page shows over all exercises: those most left undefended."""


@dataclass(frozen=True)
class Concern:
    """What a person has to see to: whose it is, in which exercise, and what to do."""

    learner: str
    exercise: str
    what: str


@dataclass(frozen=True)
class Section:
    """How one section of a class did, in points."""

    name: str
    learners: int
    mean: float
    median: float


@dataclass(frozen=True)
class ClassReport:
    """How a class did in a part. `totals` are the final scores, in points, of who was graded."""

    part: str
    points: float
    exercises: tuple[ExerciseResult, ...]
    totals: Mapping[str, float]
    left_out: Mapping[str, str]
    """The learners who are not graded, with the reason."""
    told: Mapping[str, Told] = field(default_factory=dict)
    """What the gradebook says, by learner."""
    roster: Roster = field(default_factory=Roster)
    pages: Mapping[str, str] = field(default_factory=dict)
    """Where each learner's feedback lies, seen from the report."""

    @property
    def mean(self) -> float:
        """The mean of the final scores, in points, over all who are graded."""
        return statistics.fmean(self.totals.values())

    @property
    def median(self) -> float:
        """The median of the final scores, in points, over all who are graded."""
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

    @cached_property
    def absent(self) -> list[str]:
        """Who is in the roster, and has handed in nothing."""
        return sorted(set(self.roster.people) - set(self.totals) - set(self.left_out))

    @cached_property
    def concerns(self) -> list[Concern]:
        """What needs a person first: who is left out, what is missing, what is doubtful."""
        return sorted(self._concerns(), key=lambda one: (one.learner, one.exercise))

    def _concerns(self) -> Iterator[Concern]:
        for learner, why in self.left_out.items():
            yield Concern(learner, "", why)
        for learner, told in self.told.items():
            for name in told.stale:
                yield Concern(
                    learner, name, "Points by hand, and another answer since: look again."
                )
            if told.penalty:
                yield Concern(learner, "", f"It came late: {round(told.penalty, 2):g} points less.")
        for learner, entries in self.entries.items():
            missing = [one.id for one in self.exercises if one.id not in entries]
            if missing:
                yield Concern(
                    learner, ", ".join(missing), "No notebook of it was handed in: ask for it."
                )
            for name, entry in entries.items():
                if entry.answer.report is None:
                    yield Concern(learner, name, entry.answer.refused or "It is not graded.")
                elif entry.answer.status in ("rejected", "error"):
                    yield Concern(learner, name, entry.answer.report.reason or "")

    @cached_property
    def sections(self) -> list[Section]:
        """The sections of the roster apart; none where there are fewer than two."""
        groups: dict[str, list[float]] = defaultdict(list)
        for learner, total in self.totals.items():
            groups[self.roster.section_of(learner)].append(total)
        if len(groups) < 2:
            return []
        return [
            Section(name, len(scores), statistics.fmean(scores), statistics.median(scores))
            for name, scores in sorted(groups.items())
        ]

    @cached_property
    def verdicts(self) -> list[Share]:
        """All tests of the part by verdict."""
        counts: Counter[str] = Counter()
        for one in self.exercises:
            counts.update({share.text: share.count for share in one.verdicts})
        total = sum(counts.values())
        return [Share("verdict", name, counts[name], total) for name in VERDICTS if counts[name]]

    @cached_property
    def telling_nothing(self) -> list[tuple[ExerciseResult, Share]]:
        """The mutants that nobody kills, or everybody."""
        return [
            (one, mutant)
            for one in self.exercises
            for mutant in one.mutants
            if mutant.of and mutant.count in (0, mutant.of)
        ]

    @cached_property
    def undefended(self) -> list[tuple[ExerciseResult, Share]]:
        """The clauses most left undefended."""
        found = [(one, clause) for one in self.exercises for clause in one.clauses if clause.count]
        return sorted(found, key=lambda pair: -pair[1].share)[:MOST_CLAUSES]

    @property
    def few(self) -> bool:
        """Whether the class is so small that difficulty and discrimination are mostly chance."""
        return len(self.totals) < FEW


# ------------------------------------------------------------------ out of the course's folders


def class_report(root: Path, part: str) -> ClassReport:
    """What autograded/ and the gradebook hold of a part, and who of submitted/ is missing there.

    Raises `CourseError` for a part that is none, and where nobody has handed in.
    """
    solutions = solutions_of(root, part)
    left_out = {**refused_before(root, part)}
    left_out |= dict.fromkeys(learners_of(root, part, "submitted"), MISSING)
    answers: dict[str, dict[str, Answer]] = {}
    for learner in learners_of(root, part, "autograded"):
        try:
            graded = graded_of(root, learner, part)
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
    told = finals(Course(root), part) if (root / CONFIG).is_file() else {}
    found = {learner: mine for learner, mine in told.items() if learner in answers}
    scores = {
        learner: {
            name: found[learner].scores.get(name, answer.score)
            if learner in found
            else answer.score
            for name, answer in mine.items()
            if name in solutions
        }
        for learner, mine in answers.items()
    }
    totals = {
        learner: round(found[learner].total if learner in found else sum(mine.values()), 2)
        for learner, mine in scores.items()
    }
    shown = shown_code(root, part)
    results = tuple(_result(name, text, answers, scores, shown) for name, text in solutions.items())
    pages = {
        learner: f"../feedback/{learner}/{part}/index.html"
        for learner in answers
        if (root / "feedback" / learner / part / "index.html").is_file()
    }
    points = sum(result.points for result in results)
    left = dict(sorted(left_out.items()))
    return ClassReport(part, points, results, totals, left, found, read_roster(root), pages)


def _lessons(root: Path, part: str) -> list[Path]:
    folder = root / "solutions"
    found = sorted((folder / one_name(part, "part")).glob("*.ipynb"))
    if not found:
        parts = sorted({path.parent.name for path in folder.glob("*/*.ipynb")})
        raise CourseError(f"There is no part {part!r}: choose one of {', '.join(parts) or 'none'}.")
    return found


def solutions_of(root: Path, part: str) -> dict[str, str]:
    """The published solution of each exercise of a part, in order."""
    return {
        name: suite
        for path in _lessons(root, part)
        for name, suite in exercise_cells(read_notebook(path)).items()
        if name in exercises()
    }


def shown_code(root: Path, part: str) -> list[str]:
    """The code that the lessons of a part show: whoever writes alike has read them."""
    found = []
    for path in _lessons(root, part):
        nb = read_notebook(path)
        own = set(exercise_cells(nb).values())
        for cell in nb["cells"]:
            source = "".join(cell["source"])
            if cell["cell_type"] == "code" and source not in own:
                found.append(source)
    return found


def _result(
    name: str,
    solution: str,
    answers: Mapping[str, Mapping[str, Answer]],
    scores: Mapping[str, Mapping[str, float]],
    shown: Sequence[str],
) -> ExerciseResult:
    exercise = exercises()[name]
    mine = {learner: found[name] for learner, found in answers.items() if name in found}
    suites = {
        learner: answer.suite
        for learner, answer in mine.items()
        if answer.status != "not-attempted" and answer.suite.strip()
    }
    keys = {learner: normalised(suite) for learner, suite in suites.items()}
    shared = [key for key, count in Counter(keys.values()).items() if count > 1]
    published = normalised(solution)
    entries = []
    for learner, answer in mine.items():
        key = keys.get(learner)
        group = shared.index(key) + 1 if key in shared else None
        entries.append(Entry(learner, answer, key == published, group, scores[learner][name]))
    rest = {learner: sum(scores[learner].values()) - scores[learner][name] for learner in mine}
    alike = likeness.of_class(suites, {likeness.PUBLISHED: solution}, shown)
    return ExerciseResult(name, exercise.title, float(exercise.points), tuple(entries), rest, alike)


# ------------------------------------------------------------------ as a page


def to_page(report: ClassReport) -> str:
    """One page that stands alone, runs nothing and loads nothing."""
    return render(
        "class-report.html",
        report=report,
        tallest=max((bar.count for bar in report.histogram), default=0),
        most=MOST_MESSAGES,
    )

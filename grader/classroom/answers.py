"""Reads autograded notebooks: the learner, every answer, and the report on it.

Learners wrote the answers, and may have had a hand in every other text: all of it is shown as text.
"""

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from grader.bank import exercises
from grader.classroom.privately import combined
from grader.errors import CourseError
from grader.exercise import Exercise
from grader.report import Report, from_json

NOT_GRADED = "No report is stored for this answer: grade it again."


@dataclass(frozen=True)
class Answer:
    """One answer: the source of its cell, and its report, or why there is none."""

    exercise_id: str
    suite: str
    points: float
    report: Report | None
    refused: str | None = None
    private: Report | None = None
    """The report on the mutants of a private bank, where there is one."""
    weight: float = 0.0
    """Its share of the mark, 0 to 1."""
    told: bool = False
    """Whether the learner is told its figures."""

    @property
    def exercise(self) -> Exercise | None:
        """The exercise as the bank has it; None where it has gone or changed since the grading."""
        exercise = exercises().get(self.exercise_id)
        if exercise is None or self.report is None or not self.report.mutants:
            return exercise
        broken = [exercise.contract[(mutant.clause or 1) - 1] for mutant in exercise.mutants]
        return exercise if broken == [mutant.clause for mutant in self.report.mutants] else None

    @property
    def title(self) -> str:
        """The exercise's title, or its id where nothing else is known."""
        exercise = exercises().get(self.exercise_id)
        return self.exercise_id if exercise is None else exercise.title

    @property
    def score(self) -> float:
        """The points that the reports give; 0 without one."""
        public = 0.0 if self.report is None else self.report.score
        return combined(public, self.private, self.weight)

    @property
    def status(self) -> str:
        """The report's status, or `refused`."""
        return "refused" if self.report is None else self.report.status


@dataclass(frozen=True)
class Graded:
    """One graded notebook. `submitted` is when it was handed in, to the minute."""

    lesson: str
    submitted: str | None
    answers: tuple[Answer, ...]
    refused: str | None = None
    """Why nothing in the notebook counts; None where it does."""


def read_graded(nb: Mapping[str, Any], lesson: str) -> Graded:
    """The answers of a graded notebook, in order."""
    about = _grader(nb)
    refused = None
    if about.get("status", "graded") != "graded":
        refused = str(about.get("reason") or "It was refused, and no reason is stored.")
    suites: dict[str, str] = {}
    answers = []
    for cell in nb.get("cells", ()):
        match cell:
            case {"metadata": {"nbgrader": {"grade": True, "grade_id": str(name), **rest}}}:
                exercise_id = name.removesuffix("-score")
                suite = suites.get(exercise_id, "")
                answers.append(_answer(exercise_id, suite, rest.get("points"), _grader(cell)))
            case {"metadata": {"nbgrader": {"solution": True, "grade_id": str(name)}}}:
                suites[name] = _text(cell.get("source"))
    return Graded(lesson, _time(about.get("submitted")), tuple(answers), refused)


def _answer(exercise_id: str, suite: str, points: object, found: Mapping[str, Any]) -> Answer:
    worth = float(points) if isinstance(points, int | float) else 0.0
    if "report" not in found:
        return Answer(exercise_id, suite, worth, None, str(found.get("refused") or NOT_GRADED))
    try:
        report = from_json(found["report"])
    except ValueError as error:
        return Answer(exercise_id, suite, worth, None, f"{NOT_GRADED} ({error})")
    if report.exercise != exercise_id:
        return Answer(exercise_id, suite, worth, None, NOT_GRADED)
    return Answer(exercise_id, suite, float(report.points), report, **_private(found))


def _private(found: Mapping[str, Any]) -> dict[str, Any]:
    """What a private bank adds to an answer; nothing where there is none, or none of ours."""
    match found.get("private"):
        case {"report": dict(stored), "weight": int() | float() as weight, "told": bool(told)}:
            with contextlib.suppress(ValueError):
                return {"private": from_json(stored), "weight": float(weight), "told": told}
    return {}


def _grader(holder: Mapping[str, Any]) -> Mapping[str, Any]:
    match holder:
        case {"metadata": {"grader": dict() as found}}:
            return found
    return {}


def _time(submitted: object) -> str | None:
    """A time as a reader writes it; a text that is no time in ISO 8601 is returned as it is."""
    if submitted is None:
        return None
    try:
        time = datetime.fromisoformat(str(submitted))
    except ValueError:
        return str(submitted)
    if time.tzinfo is not None:
        time = time.astimezone(UTC)
    return f"{time:%Y-%m-%d %H:%M} UTC"


def _text(source: object) -> str:
    return "".join(map(str, source)) if isinstance(source, list) else str(source)


# ------------------------------------------------------------------ files and folders


def read_notebook(path: Path) -> dict[str, Any]:
    """A notebook as plain JSON: we wrote it, so no old version has to be converted."""
    try:
        found = json.loads(path.read_bytes())
    except OSError as error:
        raise CourseError(f"{path} cannot be read ({error.strerror}): check its name.") from None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not isinstance(found.get("cells"), list):
        raise CourseError(f"{path} is not a notebook: grade its learner again.")
    return found


def notebooks_of(root: Path, learner: str, part: str) -> list[Path]:
    """A learner's graded notebooks of a part, in the order of the lessons."""
    folder = root / "autograded" / one_name(learner, "learner") / one_name(part, "part")
    return sorted(folder.glob("*.ipynb"))


def graded_of(root: Path, learner: str, part: str) -> list[Graded]:
    """A learner's graded notebooks of a part, read. Raises `CourseError` for one that is none."""
    return [
        read_graded(read_notebook(path), path.stem) for path in notebooks_of(root, learner, part)
    ]


def learners_of(root: Path, part: str, stage: str) -> list[str]:
    """The learners with a folder of the part in one of nbgrader's stages, such as `submitted`."""
    return sorted(folder.parent.name for folder in root.glob(f"{stage}/*/{part}"))


def one_name(name: str, what: str) -> str:
    """Return a name that stays in its folder. Raises `CourseError` for one that leads elsewhere."""
    if name in {"", ".", ".."} or any(one in name for one in "/\\\0*?["):
        raise CourseError(f"{name!r} is no name of a {what}: give the name of its folder.")
    return name

"""A learner's progress: the score of each exercise's last run, kept in one small file, and a map.

The file lies in the course, `.grader/progress.json`, or in the folder that GRADER_HOME names, and
goes nowhere else. It is written whole or not at all, by any number of kernels at once.
"""

import contextlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import platformdirs

from grader.bank import exercises
from grader.errors import CourseError
from grader.exercise import Exercise
from grader.files import waiting_for, write
from grader.pages.render import templates
from grader.report import Report

HOME = "GRADER_HOME"
"""The variable that names the folder for what is kept."""

START = "00-start-here.ipynb"
"""The notebook that the course is known by."""

VERSION = 1


@dataclass(frozen=True)
class Score:
    """The last run of an exercise, in points; `best` is the most that it ever had."""

    score: float
    points: float
    best: float
    at: str
    seconds: float = 0.0


def notebooks_near(place: Path) -> Path | None:
    """The folder of notebooks that a place lies in or beside; None where there is none."""
    place = place.resolve()
    for folder in (place, *place.parents):
        for found in (folder / "notebooks", folder):
            if (found / START).is_file():
                return found
    return None


def home_of(place: Path) -> Path:
    """Where progress is kept for whoever works in a place."""
    if named := os.environ.get(HOME):
        return Path(named)
    notebooks = notebooks_near(place)
    if notebooks is None:
        return Path(platformdirs.user_data_dir("async-testing-patterns", appauthor=False))
    course = notebooks.parent if notebooks.name == "notebooks" else notebooks
    return course / ".grader"


class Progress:
    """What was kept, for somebody who works in `place`; it is read when it is asked for."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._home = home_of(place)

    @property
    def _file(self) -> Path:
        return self._home / "progress.json"

    def scores(self) -> dict[str, Score]:
        """The scores by exercise. What nobody of ours has written is no progress."""
        with contextlib.suppress(OSError):
            return self._read() or {}
        return {}

    def _read(self) -> dict[str, Score] | None:
        """What the file holds; None for what another version, or nobody of ours, has written."""
        try:
            found = json.loads(self._file.read_bytes())
            if found["version"] == VERSION:
                return {name: Score(**one) for name, one in found["exercises"].items()}
        except FileNotFoundError:
            return {}
        except (ValueError, LookupError, TypeError, AttributeError):
            pass
        return None

    def note(self, report: Report, seconds: float = 0.0) -> None:
        """Keep the score of a run. Raises `OSError` where it cannot be written.

        A run that could not be judged, and an exercise that is as it was released, are no progress
        and take none away.
        """
        if report.status == "graded":
            self._change(lambda scores: _with(scores, report, seconds))

    def reset(self) -> None:
        """Forget everything. Raises `OSError` where it cannot be written."""
        if self._file.exists():
            self._change(lambda scores: {})

    def _change(self, change: Any) -> None:
        self._home.mkdir(parents=True, exist_ok=True)
        with waiting_for(self._home):
            before = self._read()
            if before is None:  # of another version: it is not lost, and not counted
                self._file.replace(self._file.with_name("progress.other.json"))
            scores = change(before or {})
            whole = {
                "version": VERSION,
                "exercises": {name: vars(one) for name, one in sorted(scores.items())},
            }
            write(self._file, f"{json.dumps(whole, indent=1)}\n".encode(), 0o600)

    def map(self) -> "Map":
        """The lessons and exercises, with scores, minutes left and what to do next."""
        return Map(tuple(_lessons(self._place)), self.scores())


def _with(scores: Mapping[str, Score], report: Report, seconds: float) -> dict[str, Score]:
    before = scores.get(report.exercise)
    best = max(report.score, before.best if before is not None else 0.0)
    at = datetime.now(UTC).isoformat(timespec="seconds")
    points = float(report.points)
    return {**scores, report.exercise: Score(report.score, points, best, at, round(seconds, 2))}


# ------------------------------------------------------------------ the map


@dataclass(frozen=True)
class LessonState:
    """A lesson on the map: its exercises in order, its minutes, and the way to its notebook."""

    name: str
    title: str
    minutes: int
    link: str
    exercises: tuple[Exercise, ...]

    @property
    def part(self) -> str:
        """`2 · Advanced`, or nothing for the start page."""
        number, _, rest = self.link.replace("../", "").partition("/")[0].partition("-")
        return f"{number} · {rest.replace('-', ' ').capitalize()}" if "/" in self.link else ""


@dataclass(frozen=True)
class Map:
    """All lessons with what was reached. It draws itself in a notebook, and is text elsewhere."""

    lessons: tuple[LessonState, ...]
    scores: Mapping[str, Score] = field(default_factory=dict)

    def share(self, exercise: Exercise) -> float:
        """What was reached of an exercise in its last run, 0 to 1."""
        found = self.scores.get(exercise.id)
        return 0.0 if found is None or not found.points else min(1.0, found.score / found.points)

    def points(self, lesson: LessonState) -> float:
        """The points of a lesson that are reached, as the exercises count today."""
        return round(sum(self.share(one) * one.points for one in lesson.exercises), 2)

    def minutes_left(self, lesson: LessonState) -> int:
        """The minutes that a lesson still takes, as far as its points tell."""
        whole = sum(one.points for one in lesson.exercises)
        if not whole:
            return 0
        return round(lesson.minutes * (1 - self.points(lesson) / whole))

    @cached_property
    def reached(self) -> float:
        """The points of all lessons that are reached."""
        return round(sum(self.points(lesson) for lesson in self.lessons), 2)

    @cached_property
    def whole(self) -> int:
        """The points of all lessons."""
        return sum(one.points for lesson in self.lessons for one in lesson.exercises)

    @cached_property
    def next(self) -> tuple[LessonState, Exercise] | None:
        """The first exercise without full marks, and its lesson; None when all is done."""
        for lesson in self.lessons:
            for one in lesson.exercises:
                if self.share(one) < 1:
                    return lesson, one
        return None

    @property
    def what_next(self) -> str:
        """What to do next, in a sentence."""
        if self.next is None:
            return "Every exercise has full marks. Take the patterns to a project of your own."
        lesson, exercise = self.next
        begun = "go on with" if exercise.id in self.scores else "begin"
        return f"Next: {begun} {exercise.title} ({exercise.id}), in {lesson.title}."

    @property
    def warning(self) -> str:
        """What somebody on Binder has to know before they begin; empty elsewhere."""
        if not any(name.startswith("BINDER_") for name in os.environ):
            return ""
        return (
            "This is Binder: the session ends when you leave it idle for some minutes, and takes "
            "all that you typed along. Run `grader pack` in a terminal, or File → Download, before."
        )

    def __str__(self) -> str:
        lines = [f"{self.reached:g} of {self.whole} points", self.what_next, ""]
        if self.warning:
            lines.insert(0, self.warning)
        for lesson in self.lessons:
            left = self.minutes_left(lesson)
            points = sum(one.points for one in lesson.exercises)
            ending = f"{left} minutes left" if left else "done"
            number = lesson.name.partition("-")[0]
            lines.append(
                f"{number} {lesson.title}: {self.points(lesson):g} of {points} points, {ending}"
            )
            for one in lesson.exercises:
                lines.append(f"   {self._sign(one)} {one.title} ({one.id}){self._detail(one)}")
        return "\n".join(lines)

    def _sign(self, exercise: Exercise) -> str:
        share = self.share(exercise)
        return "✓" if share == 1 else "…" if exercise.id in self.scores else "·"

    def _detail(self, exercise: Exercise) -> str:
        found = self.scores.get(exercise.id)
        if found is None:
            return ""
        better = f", once {found.best:g}" if found.best > found.score else ""
        return f": {found.score:g} of {found.points:g}{better}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return templates().get_template("progress.html").render(map=self)

    def to_json(self) -> dict[str, Any]:
        """The same for other programs."""
        return {
            "points": self.whole,
            "score": self.reached,
            "next": None if self.next is None else self.next[1].id,
            "lessons": [
                {
                    "lesson": lesson.name,
                    "title": lesson.title,
                    "score": self.points(lesson),
                    "points": sum(one.points for one in lesson.exercises),
                    "minutes": lesson.minutes,
                    "minutes_left": self.minutes_left(lesson),
                    "exercises": [self._exercise(one) for one in lesson.exercises],
                }
                for lesson in self.lessons
            ],
        }

    def _exercise(self, exercise: Exercise) -> dict[str, Any]:
        found = self.scores.get(exercise.id)
        return {
            "id": exercise.id,
            "title": exercise.title,
            "score": None if found is None else found.score,
            "points": exercise.points if found is None else found.points,
            "best": None if found is None else found.best,
            "at": None if found is None else found.at,
        }


def _lessons(place: Path) -> Iterator[LessonState]:
    """The lessons as the course has them, or as the bank alone knows them."""
    found: dict[str, list[Exercise]] = {}
    for exercise in exercises().values():
        found.setdefault(exercise.lesson, []).append(exercise)
    known = {path.stem: (path, title, minutes) for path, title, minutes in _known(place)}
    for name, mine in found.items():
        if name in known:
            path, title, minutes = known[name]
            link = os.path.relpath(path, place).replace(os.sep, "/")
            yield LessonState(name, title, minutes, link, tuple(mine))
        else:
            yield LessonState(name, name, 0, "", tuple(mine))


def _known(place: Path) -> Iterator[tuple[Path, str, int]]:
    """The notebook, the title and the minutes of each lesson: from its source if it is there."""
    try:
        from grader.course.lessons import find_root, lessons  # not there in every kernel

        root = find_root(place)
        for lesson in lessons(root):
            yield root / "notebooks" / lesson.notebook, lesson.title, lesson.minutes
    except (CourseError, ImportError):
        home = notebooks_near(place)
        for path in sorted(home.rglob("[0-9][0-9]-*.ipynb")) if home is not None else ():
            yield path, *_heading(path)


def _heading(path: Path) -> tuple[str, int]:
    """A lesson's title and minutes, out of its notebook's first cell."""
    with contextlib.suppress(OSError, ValueError, LookupError, TypeError):
        text = "".join(json.loads(path.read_bytes())["cells"][0]["source"])
        heading = re.search(r"^# (.+)$", text, re.MULTILINE)
        minutes = re.search(r"\*\*(\d+) minutes\b", text)
        if heading:
            return heading[1].strip(), int(minutes[1]) if minutes else 0
    return path.stem, 0

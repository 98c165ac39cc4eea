"""Gives feedback back: the pages and the grades of a part, as a learning platform takes them.

What was given back is remembered by a hash, so that a later regrade shows what it changes.
"""

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from grader.classroom import spreadsheet
from grader.classroom.answers import graded_of, learners_of
from grader.classroom.feedback import missing_lessons, part_page, points_of
from grader.classroom.final import finals
from grader.classroom.gradebook import Course
from grader.classroom.handed_in import Mark, known
from grader.classroom.roster import Roster, read_roster
from grader.errors import CourseError
from grader.files import write, zipped

Platform = Literal["moodle", "canvas", "folder"]

FOLDER = Path("returned")
"""Where the files for the platform go, in a course."""

MEMORY = Path(".grader", "returned")
"""What was given back, a small file for each part."""


@dataclass(frozen=True)
class Page:
    """What one learner gets back: the page, and the final score, which is in points."""

    learner: str
    html: bytes
    score: float
    points: float

    @property
    def digest(self) -> str:
        """A hash of the page."""
        return hashlib.sha256(self.html).hexdigest()


@dataclass(frozen=True)
class Returned:
    """The files that were made, and a sentence for each learner that needs one."""

    pages: Path
    grades: Path
    count: int
    changes: tuple[str, ...]
    left_out: tuple[str, ...]


def give_back(root: Path, part: str, platform: Platform, *, only_changed: bool = False) -> Returned:
    """Make the zip of pages and the file of grades for a platform; write them to `returned/`.

    `only_changed` leaves out who has this very page already. Raises `CourseError` where nobody is
    graded.
    """
    course = Course(root)
    roster, marks, before = read_roster(root), known(root, part), _memory(root, part)
    left_out: list[str] = []
    pages = list(_pages(course, part, left_out))
    if not pages and not left_out:
        raise CourseError(f"Nobody is graded in {part}: run `grader grade {part}` first.")
    graded = {page.learner for page in pages}
    changes, chosen = [], []
    for page in pages:
        mark = marks.get(page.learner)
        problem = _problem(mark, platform)
        if mark is not None and problem is None and platform != "folder":
            twins = [name for name, one in marks.items() if one.number == mark.number]
            twins = [name for name in twins if name in graded and name != page.learner]
            if twins:
                problem = f"has the same number as {', '.join(twins)}: `grader forget` one of them."
        if problem:
            left_out.append(f"{page.learner}: {problem}")
            continue
        was = before.get(page.learner)
        if was is not None and was["page"] != page.digest:
            what = f"{was['score']:g} → {page.score:g} points"
            same = "the page has changed, the score has not"
            changes.append(f"{page.learner}: {what if was['score'] != page.score else same}")
        if not only_changed or was is None or was["page"] != page.digest:
            chosen.append(page)
    home = root / FOLDER
    where = home / f"{part}-{platform}.zip", home / f"{part}-{platform}-grades.csv"
    write(where[0], zipped({_NAMES[platform](page, marks, part): page.html for page in chosen}))
    write(where[1], _GRADES[platform](chosen, marks, roster, part).encode())
    _remember(root, part, before, chosen)
    return Returned(*where, len(chosen), tuple(changes), tuple(left_out))


def changed_since(root: Path, part: str, scores: Mapping[str, float | None]) -> list[str]:
    """The learners whose final score is another one than the one that they were told."""
    before = _memory(root, part)
    return [
        f"{learner} ({before[learner]['score']:g} → {score:g})"
        for learner, score in sorted(scores.items())
        if score is not None and learner in before and before[learner]["score"] != score
    ]


def parts_of(root: Path, learner: str) -> list[str]:
    """The parts of which a learner was given something back."""
    files = sorted((root / MEMORY).glob("*.json"))
    return [path.stem for path in files if learner in _memory(root, path.stem)]


def forget(root: Path, learner: str) -> list[str]:
    """Forget what one learner was given back, in all parts; return these parts."""
    forgotten = parts_of(root, learner)
    for part in forgotten:
        found = _memory(root, part)
        del found[learner]
        _write(root, part, found)
    return forgotten


def _pages(course: Course, part: str, left_out: list[str]) -> Iterator[Page]:
    """The page of each learner; of whom there is none, `left_out` gets a sentence."""
    told = finals(course, part)
    for learner in learners_of(course.root, part, "autograded"):
        mine = told.get(learner)
        try:
            notebooks = graded_of(course.root, learner, part)
        except CourseError as error:
            left_out.append(f"{learner}: {error}")
            continue
        if mine is None:
            left_out.append(f"{learner}: is not in the gradebook, run `grader grade {part}` again.")
            continue
        html = part_page(course.root, notebooks, learner, part, mine).encode()
        points = sum(answer.points for graded in notebooks for answer in graded.answers)
        points += sum(map(points_of, missing_lessons(course.root, part, notebooks)))
        yield Page(learner, html, round(mine.total, 2), points)


def _problem(mark: Mark | None, platform: Platform) -> str | None:
    """Why a platform cannot be told whose page it is; None where it can."""
    if platform == "folder":
        return None
    if mark is None or mark.platform != platform:
        return f"came with no export of {platform.capitalize()}: give the page back by hand."
    if platform == "canvas" and not mark.number:
        return "is anonymous in Canvas: grades cannot be imported for them."
    return None


# ------------------------------------------------------------------ what each platform takes


def _moodle_name(page: Page, marks: Mapping[str, Mark], part: str) -> str:
    mark = marks[page.learner]
    return f"{mark.name}_{mark.number}_assignsubmission_file_{part}.html"


def _canvas_name(page: Page, marks: Mapping[str, Mark], part: str) -> str:
    mark = marks[page.learner]
    late = "LATE_" if mark.late else ""
    return f"{mark.name}_{late}{mark.number}_{mark.submission}_{part}.html"


def _folder_name(page: Page, marks: Mapping[str, Mark], part: str) -> str:
    return f"{page.learner}/{part}.html"


def _moodle_grades(pages: list[Page], marks: Mapping[str, Mark], _: Roster, part: str) -> str:
    """Moodle's worksheet for grading offline: learners by their number in the assignment.

    It must have a column for when a grade was changed last; an empty one is older than any.
    """
    changed = "Last modified (grade)"
    columns = ("Identifier", "Full name", "Grade", "Maximum Grade", changed, "Feedback comments")
    rows = [
        (
            f"Participant {marks[page.learner].number}",
            marks[page.learner].name,
            page.score,
            page.points,
            "",
            f"See {part}.html.",
        )
        for page in pages
    ]
    return _csv(columns, rows)


def _canvas_grades(pages: list[Page], marks: Mapping[str, Mark], roster: Roster, part: str) -> str:
    """Canvas's gradebook: learners by their number, the part as the assignment's name."""
    columns = ("Student", "ID", "Section", part)
    rows = [
        (
            roster.name_of(page.learner) or marks[page.learner].name,
            marks[page.learner].number,
            roster.section_of(page.learner),
            page.score,
        )
        for page in pages
    ]
    return _csv(columns, rows)


def _folder_grades(pages: list[Page], _: Mapping[str, Mark], roster: Roster, part: str) -> str:
    columns = ("learner", "name", "section", "part", "score", "points")
    rows = [
        (
            page.learner,
            roster.name_of(page.learner),
            roster.section_of(page.learner),
            part,
            page.score,
            page.points,
        )
        for page in pages
    ]
    return _csv(columns, rows)


_NAMES: Mapping[Platform, Callable[[Page, Mapping[str, Mark], str], str]] = {
    "moodle": _moodle_name,
    "canvas": _canvas_name,
    "folder": _folder_name,
}

_GRADES: Mapping[Platform, Callable[[list[Page], Mapping[str, Mark], Roster, str], str]] = {
    "moodle": _moodle_grades,
    "canvas": _canvas_grades,
    "folder": _folder_grades,
}


def _csv(columns: tuple[str, ...], rows: Sequence[tuple[object, ...]]) -> str:
    return spreadsheet.to_csv(columns, [dict(zip(columns, row, strict=True)) for row in rows])


# ------------------------------------------------------------------ what was given back


def _memory(root: Path, part: str) -> dict[str, dict[str, object]]:
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
        found = json.loads((root / MEMORY / f"{part}.json").read_bytes())
        return {
            learner: {"page": str(one["page"]), "score": float(one["score"])}
            for learner, one in found.items()
        }
    return {}


def _remember(
    root: Path, part: str, before: Mapping[str, Mapping[str, object]], pages: list[Page]
) -> None:
    new = {page.learner: {"page": page.digest, "score": page.score} for page in pages}
    _write(root, part, {**before, **new})


def _write(root: Path, part: str, found: Mapping[str, object]) -> None:
    text = json.dumps(dict(sorted(found.items())), indent=1)
    write(root / MEMORY / f"{part}.json", f"{text}\n".encode(), 0o600)

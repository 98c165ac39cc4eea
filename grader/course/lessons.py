"""Lessons: the course as it is written, and each lesson as a notebook that has not been run.

A lesson is text, in jupytext's percent format: `lessons/00-start-here.py` and
`lessons/<part>/<lesson>.py`. Pages to look things up in have no number.
"""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
import nbformat.v4
from nbformat import NotebookNode

from grader.bank import exercises
from grader.course.cells import named_exercise
from grader.course.directives import expand
from grader.errors import CourseError, DirectiveError
from grader.exercise import Exercise

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
    },
}
"""A notebook's metadata: the same whatever Python has built it."""

GIVEN = re.compile(r"^### BEGIN GIVEN\n(.*?)^### END GIVEN\n+", re.MULTILINE | re.DOTALL)
"""Tests that learners are given to repair: in the lesson a block of comments, as they are wrong."""

_OF_JUPYTEXT = ("exercise", "lines_to_end_of_cell_marker", "lines_to_next_cell", "title")


def find_root(start: Path) -> Path:
    """The course that `start` lies in: the nearest folder upwards with lessons/ in it."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / "lessons").is_dir() and (folder / "pyproject.toml").is_file():
            return folder
    raise CourseError(f"{start} lies in no checkout of the course: change to a folder that does.")


@dataclass(frozen=True)
class Lesson:
    """One lesson's source. `part` is its folder, which is nbgrader's assignment; "" at the top."""

    source: Path
    part: str
    name: str

    @property
    def notebook(self) -> Path:
        """The path of its notebooks, below solutions/ and notebooks/."""
        return Path(self.part) / f"{self.name}.ipynb"

    @property
    def is_page(self) -> bool:
        """True for a page to look things up in. Lessons have numbers, pages have none."""
        return re.match(r"\d\d-", self.name) is None

    @property
    def title(self) -> str:
        """Its heading."""
        heading = re.search(r"^# (.+)$", self._first_cell, re.MULTILINE)
        return heading[1].strip() if heading else self.name

    @property
    def minutes(self) -> int:
        """The minutes that it takes, exercises included; 0 if it does not say."""
        found = re.search(r"\*\*(\d+) minutes\b", self._first_cell)
        return int(found[1]) if found else 0

    @property
    def pattern(self) -> tuple[str, str] | None:
        """The pattern that it teaches, and the section of the pattern document it comes from."""
        words = " ".join(self._first_cell.split())
        found = re.search(r"\*\*Pattern:\*\* (.+), from \*(.+?)\*", words)
        return (found[1], found[2]) if found else None

    @property
    def _first_cell(self) -> str:
        """The text of the first cell."""
        cell = re.search(r"^# %% \[markdown\].*\n((?:#.*\n)+)", self._text, re.MULTILINE)
        return re.sub(r"^# ?", "", cell[1], flags=re.MULTILINE) if cell else ""

    @property
    def _text(self) -> str:
        return self.source.read_text(encoding="utf-8")

    def __str__(self) -> str:
        return posixpath.join("lessons", self.part, self.source.name)


def lessons(root: Path) -> list[Lesson]:
    """Every lesson of a course, in order."""
    folder = root / "lessons"
    return [
        Lesson(source, "" if source.parent == folder else source.parent.name, source.stem)
        for source in sorted([*folder.glob("*.py"), *folder.glob("*/*.py")])
        if not any(name.startswith(".") for name in source.relative_to(folder).parts)
    ]


def lesson_notebook(lesson: Lesson, root: Path) -> NotebookNode:
    """A lesson as nbgrader's source notebook: exercises marked, directives replaced, not run."""
    import jupytext

    try:
        written = jupytext.reads(lesson.source.read_text(encoding="utf-8"), fmt="py:percent")
    except Exception as error:
        raise CourseError(f"{lesson} is no lesson that jupytext can read: {error}.") from None
    cells: list[NotebookNode] = []
    for number, cell in enumerate(written.cells, start=1):
        try:
            cells += _built_cells(cell, lesson, root)
        except DirectiveError as error:
            raise CourseError(f"{lesson}, cell {number}: {error}.") from None
    _check_exercises(lesson, [cell.id for cell in cells])
    for number, cell in enumerate(cells, start=1):
        cell.id = cell.metadata.get("nbgrader", {}).get("grade_id", f"cell-{number:02}")
    return new_notebook(cells)


def answer_cell(root: Path, exercise_id: str) -> NotebookNode:
    """The answer cell of an exercise as its lesson has it, solution included."""
    exercise = exercises().get(exercise_id)
    if exercise is None:
        raise CourseError(f"No exercise has the id {exercise_id}: `grader exercises` lists them.")
    for lesson in lessons(root):
        if lesson.name == exercise.lesson:
            cells: list[NotebookNode] = lesson_notebook(lesson, root).cells
            return next(cell for cell in cells if cell.id == exercise_id)
    raise CourseError(
        f"{exercise_id} belongs to the lesson {exercise.lesson}, which lessons/ does not hold."
    )


def new_notebook(cells: list[NotebookNode]) -> NotebookNode:
    """A notebook with the metadata of every built one."""
    nb: NotebookNode = nbformat.v4.new_notebook(cells=cells, metadata=METADATA)
    nb.nbformat_minor = 5
    return nb


def _built_cells(cell: NotebookNode, lesson: Lesson, root: Path) -> Iterator[NotebookNode]:
    """What a lesson's cell becomes: itself, and after an answer cell the score cell."""
    exercise_id = cell.metadata.get("exercise")
    cell.id = ""
    for key in _OF_JUPYTEXT:
        cell.metadata.pop(key, None)
    if cell.cell_type == "markdown":
        cell.source = expand(cell.source, exercises(), lambda: _map(lesson, root))
    if exercise_id is None and re.search("(BEGIN|END) (SOLUTION|GIVEN)", cell.source):
        raise CourseError(
            f"{lesson}: only the cell of an exercise may hold the marks of a solution."
        )
    yield cell
    if exercise_id is not None:
        _take_given(cell)
        exercise = _declared(exercise_id, cell, lesson)
        cell.id = exercise_id
        cell.metadata.nbgrader = _nbgrader(grade_id=exercise_id, solution=True)
        score = nbformat.v4.new_code_cell(f'grader.score("{exercise_id}")')
        score.id = f"{exercise_id}-score"
        score.metadata.nbgrader = _nbgrader(
            grade_id=score.id, grade=True, locked=True, points=exercise.points
        )
        yield score


def _declared(exercise_id: str, cell: NotebookNode, lesson: Lesson) -> Exercise:
    """The exercise of an answer cell. Raises `CourseError` when the two do not fit."""
    exercise = exercises().get(exercise_id)
    where = f"{lesson}, the cell of {exercise_id}"
    if exercise is None:
        raise CourseError(f"{where}: the bank holds no such exercise.")
    if exercise.lesson != lesson.name:
        raise CourseError(f"{where}: the bank puts this exercise into {exercise.lesson}.")
    begins = cell.source.lstrip().startswith("%%ipytest")
    if not begins or named_exercise(cell.source) != exercise_id:
        raise CourseError(f"{where}: its first line must be `%%ipytest --mutants {exercise_id}`.")
    marks = re.findall(r"^### (BEGIN|END) SOLUTION$", cell.source, flags=re.MULTILINE)
    if re.search("(BEGIN|END) GIVEN", cell.source):
        raise CourseError(
            f"{where}: put what is to be repaired between `### BEGIN GIVEN` and `### END GIVEN`, "
            "as comments, before the solution."
        )
    if marks != ["BEGIN", "END"]:
        raise CourseError(
            f"{where}: put the solution between `### BEGIN SOLUTION` and `### END SOLUTION`."
        )
    return exercise


def _take_given(cell: NotebookNode) -> None:
    """Move the tests to repair from the solution into the metadata, for the release."""
    if block := GIVEN.search(cell.source):
        lines = [re.sub("^# ?", "", line) for line in block[1].splitlines()]
        cell.metadata.grader = {"given": "\n".join(lines).strip("\n")}
        cell.source = cell.source.replace(block[0], "", 1)


def given(cell: NotebookNode) -> str | None:
    """The tests that a released answer cell begins with; None where it begins with nothing."""
    tests: str | None = cell.metadata.get("grader", {}).get("given")
    return tests


def _nbgrader(**values: object) -> dict[str, object]:
    plain = {"grade": False, "locked": False, "solution": False, "task": False}
    return plain | {"schema_version": 3} | values


def _check_exercises(lesson: Lesson, ids: list[str]) -> None:
    for exercise in exercises().values():
        if exercise.lesson == lesson.name and ids.count(exercise.id) != 1:
            count = ids.count(exercise.id) or "no"
            raise CourseError(
                f"{lesson} has {count} answer cells for {exercise.id}: it needs one, "
                f'and its header is `# %% exercise="{exercise.id}"`.'
            )


def _map(here: Lesson, root: Path) -> str:
    """A table of the lessons that there are, with links to their notebooks."""
    rows = [
        "| Part | Lesson | Pattern (and the section that has it) | Exercises | Minutes |",
        "| --- | --- | --- | ---: | ---: |",
    ]
    part = ""
    for lesson in lessons(root):
        if not lesson.part:
            continue
        number, _, name = lesson.part.partition("-")
        shown = f"{number} · {name.replace('-', ' ').capitalize()}" if lesson.part != part else ""
        part = lesson.part
        link = posixpath.relpath(lesson.notebook.as_posix(), here.part or ".")
        mine = [exercise for exercise in exercises().values() if exercise.lesson == lesson.name]
        pattern, section = lesson.pattern or ("", "")
        columns = (
            shown,
            f"[{lesson.title}]({link})",
            f"{pattern} (*{section}*)",
            str(len(mine)),
            str(lesson.minutes),
        )
        rows.append(f"| {' | '.join(columns)} |")
    return "\n".join(rows)

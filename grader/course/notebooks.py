"""Notebooks: the exercise cells of any of them, and the two kinds that the course has."""

import contextlib
import copy
import hashlib
import json
import re
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from grader.bank import exercises
from grader.course.cells import Originals, find_answers, originals, unknown
from grader.course.lessons import (
    METADATA,
    answer_cell,
    find_root,
    lesson_notebook,
    lessons,
    new_notebook,
)
from grader.errors import CourseError, DuplicateAnswer

PACKED = Path(__file__).parents[1] / "released"
"""The notebooks that came with the grader itself, where it has no course around it: in a tab."""

CODE_STUB = "# Write your answer here."
"""The text that replaces a solution in released notebooks, if no tests are given."""


# ------------------------------------------------------------------ the cells of any notebook


def read_notebook(path: Path) -> NotebookNode:
    """The notebook in a file. Raises `CourseError` for a file that is none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # ids that are missing or there twice are mended
            nb: NotebookNode = nbformat.read(path, as_version=4)
    except OSError as error:
        raise CourseError(f"{path} cannot be read ({error.strerror}): check its name.") from None
    except Exception as error:
        raise CourseError(f"{path} is not a notebook ({type(error).__name__}: {error}).") from None
    return nb


def exercise_cells(nb: Mapping[str, Any], original: Originals = unknown) -> dict[str, str]:
    """The suite of each exercise's answer. Raises `DuplicateAnswer` where it cannot be told."""
    found = find_answers(nb, original)
    for one in found.values():
        if one.problem is not None:
            raise DuplicateAnswer(one.problem)
    return {exercise_id: one.suite for exercise_id, one in found.items()}


def problem_of(path: Path, exercise_id: str) -> str | None:
    """The reason why an exercise's answer cannot be told in a saved notebook.

    None where all is well, and for a file that cannot be read: a panel has nothing to add then.
    """
    try:
        found = find_answers(read_notebook(path), originals_near(path))
    except CourseError:
        return None
    return found[exercise_id].problem if exercise_id in found else None


def expected(nb: NotebookNode, path: Path) -> list[str]:
    """The exercises of the lesson that a notebook is, or is a copy of; none for any other."""
    about = nb.metadata.get("grader")
    lesson = about.get("lesson") if isinstance(about, dict) else None
    return [one.id for one in exercises().values() if one.lesson == (lesson or path.stem)]


def originals_near(*places: Path) -> Originals:
    """The lessons of the first course that a place lies in, or that this grader belongs to."""
    return originals(lambda name: released_cells(name, *places, Path(__file__)))


def released_cells(name: str, *places: Path) -> list[NotebookNode] | None:
    """The cells of a lesson as learners get it, out of the first course that a place lies in.

    None where there is no course, where it is being written, or where jupytext is missing.
    """
    cells: list[NotebookNode]
    for place in places:
        with contextlib.suppress(CourseError, ImportError, OSError):
            root = find_root(place)
            for lesson in lessons(root):
                if lesson.name == name:
                    cells = release(lesson_notebook(lesson, root)).cells
                    return cells
    for path in PACKED.rglob(f"{name}.ipynb"):
        cells = read_notebook(path).cells
        return cells
    return None


def fingerprint(nb: NotebookNode) -> str:
    """A hash of what somebody wrote in a notebook: not of outputs, nor of what a tool notes."""
    written = [[cell.cell_type, cell.source] for cell in nb.cells]
    return hashlib.sha256(json.dumps(written).encode()).hexdigest()


# ------------------------------------------------------------------ an exercise's suite


def solution(root: Path, exercise_id: str) -> str:
    """The suite that solves an exercise, line for line as in its cell, without the magic."""
    return _suite(answer_cell(root, exercise_id).source)


def stub(root: Path, exercise_id: str) -> str:
    """The suite that a learner starts from, line for line as in its cell, without the magic."""
    nb = release(new_notebook([answer_cell(root, exercise_id)]))
    return _suite(nb.cells[0].source)


def _suite(source: str) -> str:
    return re.sub(r"\A(\s*)%%ipytest.*", r"\1", source)


# ------------------------------------------------------------------ the two kinds of notebook


def stamp(nb: NotebookNode, lesson: str) -> NotebookNode:
    """Note in a built notebook what it is, so that a change to it is noticed later."""
    nb.metadata = {**METADATA, "grader": {"built": fingerprint(nb), "lesson": lesson}}
    return nb


def release(nb: NotebookNode) -> NotebookNode:
    """Release a notebook with nbgrader's own preprocessors, but without the gradebook's."""
    from nbgrader.converters.generate_assignment import GenerateAssignment
    from nbgrader.preprocessors import SaveCells
    from traitlets.config import Config

    from grader.course.stub import release_steps

    config = Config({"ClearSolutions": {"code_stub": {"python": CODE_STUB}}})
    released = copy.deepcopy(nb)
    for step in release_steps(GenerateAssignment.preprocessors.default()):
        if step is not SaveCells:
            released, _ = step(config=config).preprocess(released, {})
    return released

"""Notebooks: the exercise cells of any of them, and the two kinds that the course has."""

import copy
import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from grader.exercise import CourseError
from grader.lessons import (
    MAGIC,
    METADATA,
    answer_cell,
    find_root,
    is_place,
    new_notebook,
)

__all__ = [
    "CODE_STUB",
    "CourseError",
    "DuplicateAnswer",
    "answer_cells",
    "duplicate_sentence",
    "exercise_cells",
    "find_root",
    "fingerprint",
    "read_notebook",
    "release",
    "solution",
    "stamp",
    "stub",
]

CODE_STUB = "# Write your tests here."
"""What takes the place of a solution in the notebooks that learners open, if nothing is given."""

_nbformat: Any = nbformat  # its functions carry no types


class DuplicateAnswer(CourseError):
    """A notebook holds the answer cell of an exercise more than once."""


# ------------------------------------------------------------------ the cells of any notebook


def read_notebook(path: Path) -> NotebookNode:
    """The notebook in a file. Raises `CourseError` for a file that is none."""
    try:
        nb: NotebookNode = _nbformat.read(path, as_version=4)
    except OSError as error:
        raise CourseError(f"{path} cannot be read ({error.strerror}): check its name.") from None
    except Exception as error:
        raise CourseError(f"{path} is not a notebook ({type(error).__name__}: {error}).") from None
    return nb


def answer_cells(nb: Mapping[str, Any]) -> dict[str, list[str]]:
    """The sources of the answer cells by exercise, wherever they stand: one each, if all is well.

    A cell's own metadata says best whose answer it is, whatever the learner has made of the cell.
    Where no cell has it any more, the first line tells: `%%ipytest --mutants ID`. The lesson's own
    cells may begin so, too, to show what a test is worth; they keep the ids that the build gave.
    """
    marked: dict[str, list[str]] = {}
    named: dict[str, list[str]] = {}
    for cell in nb.get("cells", ()):
        match cell:
            case {
                "source": source,
                "metadata": {"nbgrader": {"solution": True, "grade_id": str(exercise_id)}},
            }:
                marked.setdefault(exercise_id, []).append(_text(source))
            case {"cell_type": "code", "source": source} if not is_place(cell.get("id")):
                if magic := MAGIC.match(_text(source)):
                    named.setdefault(magic[1], []).append(_text(source))
    return named | marked


def _text(source: object) -> str:
    """A file may hold a cell's source as lines; a learner's file may hold anything."""
    return "".join(map(str, source)) if isinstance(source, list) else str(source)


def exercise_cells(nb: Mapping[str, Any]) -> dict[str, str]:
    """The source of each exercise's answer cell. Raises `DuplicateAnswer` where there are two."""
    found = answer_cells(nb)
    for exercise_id, sources in found.items():
        if len(sources) > 1:
            raise DuplicateAnswer(duplicate_sentence(exercise_id, len(sources)))
    return {exercise_id: sources[0] for exercise_id, sources in found.items()}


def duplicate_sentence(exercise_id: str, count: int) -> str:
    """What to tell the owner of a notebook with too many answer cells."""
    times = "twice" if count == 2 else f"{count} times"
    return f"The notebook holds the answer cell of {exercise_id} {times}: keep one of them."


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
    """What nbgrader would give to learners: its own preprocessors, but the gradebook's."""
    from nbgrader.converters.generate_assignment import GenerateAssignment
    from nbgrader.preprocessors import SaveCells
    from traitlets.config import Config

    from grader.stub import release_steps

    config = Config({"ClearSolutions": {"code_stub": {"python": CODE_STUB}}})
    released = copy.deepcopy(nb)
    for step in release_steps(GenerateAssignment.preprocessors.default()):
        if step is not SaveCells:
            released, _ = step(config=config).preprocess(released, {})
    return released

"""A course in a folder of its own, with nbgrader's commands and ours."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.utils import determine_grade

from grader.bank import exercises
from grader.course.notebooks import read_notebook
from helpers.course import ROOT

PART = "2-advanced"
LESSON = "04-concurrent-operations"
MINE = {name: exercise for name, exercise in exercises().items() if exercise.lesson == LESSON}
ENTRIES = {
    "grader": "from grader.cli import main; main()",
    "nbgrader": "from nbgrader.apps.nbgraderapp import main; main()",
}
HALF_GOOD = """\
%%ipytest --mutants distinct-ids
from vespera_scriptorium import Container, TaskOrchestrator

async def test_ids_are_distinct():
    orchestrator = Container().get(TaskOrchestrator)
    results = await orchestrator.create_many([{"title": "Task"}] * 5)
    assert len({result.task_id for result in results}) == 5
"""


class Classroom:
    """A course that has handed in and was graded, in a folder of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def run(self, tool: str, *arguments: str, codes: tuple[int, ...] = (0,)) -> str:
        """Run a command of this environment in the course, and return what it prints."""
        # nbgrader starts alembic by its name
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        result = subprocess.run(
            [sys.executable, "-c", ENTRIES[tool], *arguments],
            cwd=self.root,
            env={**os.environ, "PATH": path, "PYTHONWARNINGS": "ignore"},
            capture_output=True,
            text=True,
            timeout=900,
        )
        assert result.returncode in codes, result.stderr
        return result.stdout

    def hand_in(self, student: str, nb: dict[str, Any]) -> Path:
        """Submit a notebook of the lesson."""
        path = self.root / "submitted" / student / PART / f"{LESSON}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(nb))
        return path

    def graded(self, student: str) -> dict[str, NotebookNode]:
        """The score cells of a graded notebook, by exercise."""
        nb = read_notebook(self.root / "autograded" / student / PART / f"{LESSON}.ipynb")
        cells = {cell.id: cell for cell in nb.cells}
        return {name: cells[f"{name}-score"] for name in MINE}

    def scores(self, student: str) -> dict[str, float]:
        """What nbgrader makes of them."""
        return {name: determine_grade(cell)[0] for name, cell in self.graded(student).items()}

    def totals(self) -> dict[str, float]:
        """The gradebook."""
        self.run("nbgrader", "export")
        with (self.root / "grades.csv").open() as file:
            return {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}


def solved() -> dict[str, Any]:
    nb: dict[str, Any] = json.loads((ROOT / "solutions" / PART / f"{LESSON}.ipynb").read_text())
    return nb


def released() -> dict[str, Any]:
    nb: dict[str, Any] = json.loads((ROOT / "notebooks" / PART / f"{LESSON}.ipynb").read_text())
    return nb


def half_good() -> dict[str, Any]:
    """One answer, in a new cell at the very top; score cells deleted, notes added."""
    nb = released()
    mine = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": 7, "id": "x"}
    gone = ("distinct-ids", *(f"{name}-score" for name in MINE))
    nb["cells"] = [
        {**mine, "source": HALF_GOOD},
        *(cell for cell in nb["cells"] if cell["id"] not in gone),
        {**mine, "id": "y", "source": "1 / 0", "metadata": {"nbgrader": {}}},
    ]
    return nb

"""A course of one exercise, in a folder of its own, and a class that has handed in."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

from helpers.course import ROOT

PART = "0-start"
LESSON = "00-start-here"
MAGIC = "%%ipytest --mutants first-test\n"
MAIN = [sys.executable, "-c", "from grader.cli import main; main()"]

WEAK = f"""{MAGIC}
from vespera_scriptorium import Container, TaskOrchestrator

async def test_a_stored_task_is_answered_for():
    orchestrator = Container().get(TaskOrchestrator)
    created = await orchestrator.create_task({{"title": "Write"}})
    result = await orchestrator.execute_task(created.task_id)
    assert result.task_id == created.task_id
"""

GRADES = """
    select student_id, notebook.name, base_cell.name, auto_score, manual_score, extra_credit,
           needs_manual_grade, late_submission_penalty, timestamp
    from grade
    join base_cell on base_cell.id = grade.cell_id
    join submitted_notebook on submitted_notebook.id = grade.notebook_id
    join notebook on notebook.id = submitted_notebook.notebook_id
    join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
    order by 1, 2, 3
"""

COMMENTS = """
    select student_id, base_cell.name, auto_comment, manual_comment
    from comment
    join base_cell on base_cell.id = comment.cell_id
    join submitted_notebook on submitted_notebook.id = comment.notebook_id
    join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
    order by 1, 2
"""


def answer(source: str | None = None, *, tree: str = "solutions") -> dict[str, Any]:
    """The notebook of the exercise, solved, with another answer or as released."""
    nb: dict[str, Any] = json.loads((ROOT / tree / f"{LESSON}.ipynb").read_text())
    for cell in nb["cells"]:
        if source is not None and cell["id"] == "first-test":
            cell["source"] = source
    return nb


def solved() -> dict[str, Any]:
    return answer()


def untouched() -> dict[str, Any]:
    return answer(tree="notebooks")


class SmallClass:
    """The course; nothing in it is graded yet."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "solutions" / PART).mkdir(parents=True)
        shutil.copy(ROOT / "solutions" / f"{LESSON}.ipynb", root / "solutions" / PART)
        shutil.copy(ROOT / "nbgrader_config.py", root)

    def hand_in(self, learner: str, nb: dict[str, Any]) -> Path:
        path = self.root / "submitted" / learner / PART / f"{LESSON}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(nb))
        return path

    def configure(self, line: str) -> None:
        """Add a line to the course's settings."""
        with (self.root / "nbgrader_config.py").open("a") as file:
            file.write(f"{line}\n")

    def run(
        self, *arguments: str, command: list[str] | None = None, timeout: float = 300
    ) -> "subprocess.CompletedProcess[str]":
        """A command of this environment, `grader grade` by default, in the course."""
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        return subprocess.run(
            [*(command or [*MAIN, "grade", PART, "--sandbox", "off"]), *arguments],
            cwd=self.root,
            env={**os.environ, "PATH": path, "PYTHONWARNINGS": "ignore", "COLUMNS": "300"},
            capture_output=True,
            text=True,
            timeout=timeout,
        )

    def gradebook(self) -> list[tuple[Any, ...]]:
        """What the gradebook says, whatever ids its rows have."""
        with sqlite3.connect(self.root / "gradebook.db") as database:
            rows = [*database.execute(GRADES), *database.execute(COMMENTS)]
        database.close()
        return rows

    def scores(self) -> dict[str, float]:
        """The scores in the gradebook, by learner."""
        return {row[0]: row[3] for row in self.gradebook() if len(row) == 9}

    def files(self) -> dict[str, bytes]:
        """All that was written for learners."""
        trees = [self.root / "autograded", self.root / "feedback"]
        return {
            str(path.relative_to(self.root)): path.read_bytes()
            for tree in trees
            for path in tree.rglob("*")
            if path.is_file()
        }

    def students(self) -> list[tuple[str, str, str]]:
        """Everybody in the gradebook: id, first name, last name."""
        with sqlite3.connect(self.root / "gradebook.db") as database:
            rows = database.execute("select id, first_name, last_name from student").fetchall()
        database.close()
        return rows

"""From release to export: a class with every kind of bad submission in it, graded by nbgrader."""

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
from helpers.classroom import LESSON, MINE, PART, Classroom, half_good, released, solved
from helpers.course import ROOT
from nbgrader.server_extensions.validate_assignment.handlers import ValidateAssignmentHandler

pytestmark = pytest.mark.slow

FIRST, *OTHERS = MINE
FULL = {name: float(exercise.points) for name, exercise in MINE.items()}
MAGIC = f"%%ipytest --mutants {FIRST}\n"


def with_answer(source: str) -> dict[str, Any]:
    """The solution, with another answer to the first exercise."""
    nb = solved()
    for cell in nb["cells"]:
        if cell["id"] == FIRST:
            cell["source"] = source
    return nb


def noisy() -> dict[str, Any]:
    """A full answer that writes to standard error, and whose outputs hold a page of it."""
    source = "".join(next(cell for cell in solved()["cells"] if cell["id"] == FIRST)["source"])
    head, _, body = source.partition("\n")
    nb = with_answer(f"{head}\nimport logging\n{body}\nlogging.error('trouble')\n")
    for cell in nb["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [{"output_type": "stream", "name": "stderr", "text": "trouble\n"}]
    return nb


def moved() -> dict[str, Any]:
    """Every cell is somewhere else."""
    nb = solved()
    nb["cells"].reverse()
    return nb


def edited() -> dict[str, Any]:
    """Text and score cells were changed; the answers are right."""
    nb = solved()
    for cell in nb["cells"]:
        if cell["id"] not in MINE:
            cell["source"] = "my own words" if cell["cell_type"] == "markdown" else "100.0"
    return nb


def in_old_format(version: int) -> dict[str, Any]:
    """As an older program would have saved it: no ids, and other names for things."""
    nb: Any = nbformat.reads(json.dumps(solved()), as_version=4)
    old: dict[str, Any] = nbformat.convert(nb, version)
    if version == 4:
        old["nbformat_minor"] = 2
        for cell in old["cells"]:
            del cell["id"]
    return old


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Classroom:
    """A graded class."""
    room = Classroom(tmp_path_factory.mktemp("round-trip"))
    shutil.copy(ROOT / "nbgrader_config.py", room.root)
    shutil.copytree(ROOT / "solutions", room.root / "solutions")
    room.run("nbgrader", "generate_assignment", PART)
    room.hand_in("ada-solved", solved())
    room.hand_in("ben-untouched", released())
    room.hand_in("cleo-half", half_good())
    room.hand_in("dan-hung", with_answer(f"{MAGIC}while True:\n    pass\n"))
    exits = f"{MAGIC}import asyncio\nasyncio.base_events.os._exit(1)\n"
    room.hand_in("eve-dead", with_answer(exits))
    room.hand_in("fay-noisy", noisy())
    room.hand_in("gil-moved", moved())
    room.hand_in("hal-edited", edited())
    room.hand_in("ida-old", in_old_format(4))
    room.hand_in("jon-older", in_old_format(3))
    room.hand_in("kim-cut-short", {}).write_text("{")
    room.run("nbgrader", "autograde", PART, codes=(0, 1))
    return room


@pytest.mark.parametrize(
    ("student", "first"),
    [
        ("ada-solved", FULL[FIRST]),
        ("dan-hung", 0.0),
        ("eve-dead", 0.0),
        ("fay-noisy", FULL[FIRST]),
        ("gil-moved", FULL[FIRST]),
        ("hal-edited", FULL[FIRST]),
        ("ida-old", FULL[FIRST]),
        ("jon-older", FULL[FIRST]),
    ],
)
def test_others_are_graded(room: Classroom, student: str, first: float) -> None:
    """What is wrong with one answer costs that answer, and nothing else."""
    assert room.scores(student) == {**FULL, FIRST: first}


@pytest.mark.parametrize(
    ("student", "sentence"),
    [
        ("dan-hung", "Importing the cell took longer than 5 s"),
        ("eve-dead", "The process ended while the cell was imported"),
    ],
)
def test_bad_answer_gets_a_sentence(room: Classroom, student: str, sentence: str) -> None:
    """The score cell says what happened."""
    assert sentence in str(room.graded(student)[FIRST].outputs[0])


def test_notebook_that_is_none(room: Classroom) -> None:
    """A file that is no notebook is left out, alone, and nbgrader names it."""
    assert not (room.root / "autograded" / "kim-cut-short" / PART / f"{LESSON}.ipynb").exists()


def test_marks_equal_those_of_grader_check(room: Classroom) -> None:
    """The learner's own number, the instructor's and the gradebook's are one."""
    students = ["ada-solved", "ben-untouched", "cleo-half", "dan-hung", "gil-moved"]
    paths = [
        str(room.root / "submitted" / student / PART / f"{LESSON}.ipynb") for student in students
    ]
    reports = json.loads(room.run("grader", "check", "--json", *paths, codes=(1,)))
    for student, path in zip(students, paths, strict=True):
        mine = {r["exercise"]: r["score"] for r in reports if r["notebook"] == path}
        assert room.scores(student) == mine


def test_feedback_holds_our_report(room: Classroom) -> None:
    """A learner's page has the panel they know, and no code of theirs ran to make it."""
    room.run("nbgrader", "generate_feedback", PART)
    page = room.root / "feedback" / "cleo-half" / PART / f"{LESSON}.html"
    text = page.read_text()
    assert "test_ids_are_distinct" in text
    assert "Clauses left undefended" in text


def test_export(room: Classroom) -> None:
    """Every graded learner has a row with the sum of their scores."""
    room.run("nbgrader", "export")
    with (room.root / "grades.csv").open() as file:
        rows = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    for student in ("ada-solved", "ben-untouched", "cleo-half", "jon-older"):
        assert rows[student] == pytest.approx(sum(room.scores(student).values()))


@pytest.mark.parametrize("tree", ["solutions", "notebooks"])
def test_validate_and_its_button_agree(tmp_path: Path, tree: str) -> None:
    """The command and what stands behind JupyterLab's button say the same of a notebook."""
    path = tmp_path / "00-start-here.ipynb"
    shutil.copy(ROOT / tree / path.name, path)
    words = Classroom(tmp_path).run("nbgrader", "validate", path.name)
    button = ValidateAssignmentHandler.__new__(ValidateAssignmentHandler)
    button.application = type("Application", (), {"settings": {"root_dir": str(tmp_path)}})()
    answer = button.validate_notebook(path.name)
    assert answer["success"]
    if tree == "solutions":
        assert "Success! Your notebook passes all the tests." in words
        assert "failed" not in answer["value"]
    else:
        assert words.count("Partial credit") == 1
        assert len(answer["value"]["failed"]) == 1

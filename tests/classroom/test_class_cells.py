"""Cells and copies in a class: who is graded, who is not, and what everybody is told to do."""

import csv
import io
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from helpers.course import ROOT
from helpers.editing import (
    Notebook,
    at,
    cell_of,
    copied,
    merge_below,
    notebook,
    paste_below,
    released,
    split,
    typed,
    without_marks,
)
from helpers.editing import solved as solved_lesson
from helpers.small_class import LESSON, PART, WEAK, SmallClass

from grader.bank import exercises
from grader.classroom import summary
from grader.classroom.answers import read_graded, read_notebook
from grader.classroom.cache import FOLDER
from grader.classroom.class_report import class_report
from grader.classroom.class_tables import to_csv, to_json
from grader.classroom.grade import grade
from grader.classroom.summary import Row, Summary

pytestmark = pytest.mark.slow

NAME = "first-test"
OTHER_LESSON = "10-best-practices"
START, CRAFT = f"{LESSON}.ipynb", f"4-craft/{OTHER_LESSON}.ipynb"
OTHERS = {name: 0.0 for name, one in exercises().items() if one.lesson == OTHER_LESSON}
FULL = {NAME: 2.0, **OTHERS}
NOTHING = {NAME: 0.0, **OTHERS}


def solved() -> Notebook:
    return solved_lesson(START)


ANSWER = cell_of(solved(), NAME)["source"]


def doubled() -> Notebook:
    nb = solved()
    paste_below(nb, NAME, WEAK)
    return nb


def halved() -> Notebook:
    nb = solved()
    (line, *_) = [line for line in ANSWER.split("\n") if "assert" in line]
    split(nb, NAME, line)
    return nb


def copied_once() -> Notebook:
    nb = solved()
    paste_below(nb, NAME, f"{ANSWER}\n")
    return nb


def merged() -> Notebook:
    nb = solved()
    merge_below(nb, NAME, keep=f"{NAME}-score")
    return nb


def written_elsewhere() -> Notebook:
    nb = released(START)
    nb["cells"].insert(0, typed(ANSWER))
    return nb


def commented() -> Notebook:
    nb = solved()
    cell_of(nb, NAME)["source"] = f"# my answer\n%%time\n{ANSWER}"
    return nb


def cut_out(nb: Notebook) -> Notebook:
    del nb["cells"][at(nb, NAME)]
    return nb


def carried() -> Notebook:
    """An answer in a new notebook, beside a cell of the lesson's own."""
    nb = solved()
    return notebook(copied(nb["cells"][8]), copied(cell_of(nb, NAME)))


GRADED = {
    "commented": commented(),
    "copied": copied_once(),
    "elsewhere": written_elsewhere(),
    "from-colab": without_marks(solved()),
    "merged": merged(),
}
TWO = f"The notebook holds two different answers for {NAME} (cells 11 and 12): keep one of them."
AGAIN = "merge cells 11 and 12 again (Edit, Merge Selected Cells)."
SPLIT = f"The answer cell of {NAME} was split: {AGAIN}"
GONE = f"The notebook holds no answer cell of {NAME}: take it back from the original."
BESIDE = (
    f"Untitled.ipynb holds an answer to {NAME}, which {LESSON}.ipynb lacks: copy its cell there."
)
REFUSED = {
    "deleted": f"{LESSON}.ipynb: {GONE}",
    "doubled": f"{LESSON}.ipynb: {TWO}",
    "halved": f"{LESSON}.ipynb: {SPLIT}",
    "cut-out": BESIDE,
    "left-stub": BESIDE,
}


REMARKED = {
    "twice": (
        f"{LESSON} (1).ipynb holds another answer to {NAME} and is ignored, {LESSON}.ipynb counts: "
        "delete the one that is not meant."
    ),
    "lacking": (
        f"{OTHER_LESSON}.ipynb is missing, so decoration, cleanup, exceptions, concurrency earn "
        "nothing: ask for it."
    ),
}
"""Learners of whom something does not count, and the rest does."""

STRANGE = (
    f"There is no notebook of this part: its name must be {LESSON}.ipynb or {OTHER_LESSON}.ipynb."
)


def put(room: SmallClass, learner: str, name: str, nb: Notebook) -> None:
    path = room.root / "submitted" / learner / PART / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(nb))


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> SmallClass:
    """A class of a part with two lessons, with everything that learners do to cells."""
    room = SmallClass(tmp_path_factory.mktemp("cells"))
    shutil.copy(ROOT / "solutions" / CRAFT, room.root / "solutions" / PART)
    for learner, nb in GRADED.items():
        put(room, learner, START, nb)
    put(room, "doubled", START, doubled())
    put(room, "halved", START, halved())
    put(room, "deleted", START, cut_out(solved()))
    put(room, "cut-out", START, cut_out(solved()))
    put(room, "cut-out", "Untitled.ipynb", carried())
    put(room, "left-stub", START, released(START))
    put(room, "left-stub", "Untitled.ipynb", carried())
    put(room, "backup", START, solved())
    put(room, "backup", f"{LESSON}-Copy1.ipynb", doubled())
    put(room, "backup", "notes.ipynb", notebook(typed("1 + 1")))
    put(room, "other-lesson", START, solved())
    put(room, "other-lesson", "Untitled.ipynb", solved_lesson(CRAFT))
    put(room, "misnamed", "Untitled (1).IPYNB", carried())
    put(room, "stranger", "notes.ipynb", notebook(typed("1 + 1")))
    put(room, "twice", START, solved())
    put(room, "twice", f"{LESSON} (1).ipynb", notebook(typed(f"{ANSWER}\n    assert True\n")))
    for folder in (room.root / "submitted").iterdir():
        if folder.name not in ("other-lesson", "stranger"):
            put(room, folder.name, Path(CRAFT).name, released(CRAFT))
    put(room, "lacking", START, solved())
    (room.root / "submitted" / "absent" / "1-fundamentals").mkdir(parents=True)
    return room


@pytest.fixture(scope="module")
def graded(room: SmallClass) -> Summary:
    return grade(room.root, PART, sandbox="off")


@pytest.fixture(scope="module")
def rows(graded: Summary) -> dict[str, Row]:
    return {row.learner: row for row in graded.rows}


@pytest.mark.parametrize("learner", [*GRADED, "backup", "misnamed"])
def test_answer_that_can_be_told(rows: dict[str, Row], learner: str) -> None:
    """Copied, merged, commented, moved or bare, it is the answer, and nothing is to be done."""
    assert rows[learner].reason is None
    assert rows[learner].exercises == FULL


@pytest.mark.parametrize("learner", REFUSED)
def test_answer_that_is_refused(rows: dict[str, Row], learner: str) -> None:
    """The row says which file, which exercise, and what to do; the answer earns nothing."""
    assert rows[learner].reason == REFUSED[learner]
    assert rows[learner].status == "graded"
    assert rows[learner].exercises == NOTHING


def test_notebooks_of_other_names_are_found(rows: dict[str, Row]) -> None:
    """By what is in them, lesson by lesson, where no other holds the same."""
    assert rows["other-lesson"].reason is None
    assert rows["other-lesson"].score == rows["other-lesson"].points


@pytest.mark.parametrize("learner", REMARKED)
def test_what_earned_nothing_or_was_ignored_is_told(rows: dict[str, Row], learner: str) -> None:
    """A lesson that is missing, a second notebook; what is there counts."""
    assert rows[learner].reason == REMARKED[learner]
    assert rows[learner].exercises == FULL


def test_who_has_handed_in_nothing_is_ignored(rows: dict[str, Row]) -> None:
    """By name, and nothing is to be done."""
    row = rows["absent"]
    assert (row.status, row.reason) == ("ignored", f"Nothing was handed in for {PART}.")


def test_summary(graded: Summary) -> None:
    """As text, JSON and CSV it says what to do about each; and there is something to do."""
    wanted = {
        **REFUSED,
        **REMARKED,
        "absent": f"Nothing was handed in for {PART}.",
        "stranger": STRANGE,
    }
    assert not graded.clean
    lines = summary.to_text(graded).splitlines()
    assert sorted(lines[:-1]) == sorted(f"{name}: {reason}" for name, reason in wanted.items())
    told = {row["learner"]: row["reason"] for row in summary.to_json(graded)["learners"]}
    assert {name: reason for name, reason in told.items() if reason is not None} == wanted
    table = csv.DictReader(io.StringIO(summary.to_csv(graded)))
    assert {row["learner"]: row["reason"] for row in table if row["reason"]} == wanted


def score_cells(room: SmallClass, learner: str, lesson: str = LESSON) -> dict[str, Any]:
    nb = read_notebook(room.root / "autograded" / learner / PART / f"{lesson}.ipynb")
    return {one.exercise_id: one for one in read_graded(nb, lesson).answers}


def test_learner_is_told(room: SmallClass, graded: Summary) -> None:
    """The score cell and the page say it, too; the instructor sees what was written."""
    for learner, sentence in (("doubled", TWO), ("halved", SPLIT), ("cut-out", BESIDE)):
        answer = score_cells(room, learner)[NAME]
        assert (answer.status, answer.refused) == ("refused", sentence)
        page = (room.root / "feedback" / learner / PART / f"{LESSON}.html").read_text()
        assert sentence in page
    assert score_cells(room, "halved")[NAME].suite.count("assert") == ANSWER.count("assert")
    assert score_cells(room, "cut-out")[NAME].suite == ANSWER


def test_answers_are_as_they_are_judged(room: SmallClass, graded: Summary) -> None:
    """The line of the score cell and what stood above the magic are gone."""
    assert score_cells(room, "merged")[NAME].suite == ANSWER
    assert score_cells(room, "commented")[NAME].suite == f"\n\n{ANSWER}"


def test_report_of_the_class(room: SmallClass, graded: Summary) -> None:
    """The page's tables have a row for each refused answer, with the reason."""
    report = class_report(room.root, PART)
    reasons = {(row["learner"], row.get("exercise")): row for row in to_json(report)["answers"]}
    assert reasons["doubled", NAME]["status"] == "refused"
    assert reasons["doubled", NAME]["reason"] == TWO
    table = list(csv.DictReader(io.StringIO(to_csv(report))))
    mine = {row["learner"]: row for row in table if row["exercise"] == NAME}
    assert mine["halved"]["reason"] == SPLIT
    assert mine["cut-out"]["reason"] == BESIDE
    assert mine["copied"]["score"] == "2.0"


def test_nbgrader_says_the_same(room: SmallClass, graded: Summary, tmp_path: Path) -> None:
    """`nbgrader autograde` leaves the same notebooks, and its log has the same sentences."""
    other = SmallClass(tmp_path / "course")
    shutil.copytree(room.root / "solutions", other.root / "solutions", dirs_exist_ok=True)
    shutil.copytree(room.root / "submitted", other.root / "submitted")
    shutil.copytree(room.root / FOLDER, other.root / FOLDER)
    with (other.root / "nbgrader_config.py").open("a") as file:
        file.write("c.GradeSuites.sandbox = 'off'\n")
    nbgrader = [sys.executable, "-m", "nbgrader"]
    assert other.run("generate_assignment", PART, command=nbgrader).returncode == 0
    result = other.run("autograde", PART, command=nbgrader)
    assert result.returncode == 1
    assert f"stranger is refused: {STRANGE}" in result.stderr
    for learner, sentence in (("doubled", TWO), ("halved", SPLIT), ("cut-out", BESIDE)):
        assert f"{learner}: {sentence}" in result.stderr
    mine = {name: raw for name, raw in room.files().items() if name.startswith("autograded")}
    assert other.files() == mine


def test_two_strays(tmp_path: Path) -> None:
    """Several notebooks of other names: none of them is lost, and one name is asked for."""
    room = SmallClass(tmp_path / "course")
    shutil.copy(ROOT / "solutions" / CRAFT, room.root / "solutions" / PART)
    put(room, "ann", "a.ipynb", carried())
    put(room, "ann", "b.ipynb", carried())
    put(
        room,
        "bob",
        "a.ipynb",
        notebook(typed(ANSWER), copied(cell_of(solved_lesson(CRAFT), "exceptions"))),
    )
    put(room, "cat", "a.ipynb", notebook(typed("1 + 1")))
    put(room, "dan", f"{LESSON}.ipynb", notebook(typed(ANSWER)))
    for learner in ("dan", "eva"):
        folder = room.root / "submitted" / learner / PART
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{OTHER_LESSON} (1).ipynb").write_text('{"cells": [')
    for number in range(25):
        put(room, "fay", f"{number:02}.ipynb", notebook(typed("1 + 1")))
    summary = grade(room.root, PART, sandbox="off")
    rows = {row.learner: row.reason for row in summary.rows}
    assert rows["ann"] == (
        f"a.ipynb and b.ipynb hold exercises of {LESSON}: put them into one notebook, and name it "
        f"{LESSON}.ipynb."
    )
    assert rows["bob"] == (
        f"a.ipynb holds exercises of {LESSON}: copy them into {LESSON}.ipynb. "
        f"a.ipynb holds exercises of {OTHER_LESSON}: copy them into {OTHER_LESSON}.ipynb."
    )
    unnamed = (
        f"There is no notebook of this part: its name must be {LESSON}.ipynb or "
        f"{OTHER_LESSON}.ipynb."
    )
    bad = (
        f"{OTHER_LESSON} (1).ipynb is ignored. The notebook is not JSON: ask for it again, it may "
        "be cut short."
    )
    assert rows["cat"] == unnamed
    assert rows["eva"] == f"{unnamed} {bad}"
    assert rows["fay"] == (
        f"{unnamed} 5 notebooks more are ignored: delete those that are no lesson's."
    )
    assert rows["dan"] is not None
    assert bad in rows["dan"]

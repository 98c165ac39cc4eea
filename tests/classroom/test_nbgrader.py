"""nbgrader with our configuration: it releases what we built, and grades without a kernel."""

import json
import math
import shutil
from pathlib import Path
from typing import Any

import pytest
from helpers.classroom import HALF_GOOD, LESSON, MINE, PART, Classroom, half_good, released, solved
from helpers.course import ROOT
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.utils import determine_grade

from grader.classroom.autograded import mark, suites
from grader.classroom.pool import Result
from grader.report import Report


def careless(witness: Path) -> dict[str, Any]:
    """Two answers to one, one deleted, one right; scores forged, and code beside the answers."""
    nb = solved()
    twice, gone, *_ = MINE
    cells = {cell["id"]: cell for cell in nb["cells"]}
    nb["cells"] = [cell for cell in nb["cells"] if cell["id"] != gone]
    nb["cells"].append({**cells[twice], "id": "copy", "source": HALF_GOOD})
    for name in MINE:
        score = cells[f"{name}-score"]
        score["source"] = f"open({str(witness)!r}, 'w')\n100.0"
        score["metadata"]["nbgrader"] |= {"points": 100, "locked": False}
        data = {"output_type": "execute_result", "data": {"text/plain": "100.0"}}
        score["outputs"] = [{**data, "metadata": {}, "execution_count": 1}]
    return nb


@pytest.fixture(scope="module")
def classroom(tmp_path_factory: pytest.TempPathFactory) -> Classroom:
    """Four learners, graded by the commands that an instructor types."""
    room = Classroom(tmp_path_factory.mktemp("course"))
    shutil.copy(ROOT / "nbgrader_config.py", room.root)
    shutil.copytree(ROOT / "solutions", room.root / "solutions")
    room.run("nbgrader", "generate_assignment", PART)
    room.hand_in("solved", solved())
    room.hand_in("untouched", released())
    room.hand_in("half-good", half_good())
    room.hand_in("careless", careless(room.root / "witness"))
    room.run("nbgrader", "autograde", PART)
    return room


@pytest.mark.slow
def test_release_is_what_we_built(classroom: Classroom) -> None:
    """`nbgrader generate_assignment` makes the notebooks that `grader build` makes."""
    for built in sorted((ROOT / "notebooks" / PART).glob("*.ipynb")):
        path = classroom.root / "notebooks" / PART / built.name
        assert path.read_text() == built.read_text()


@pytest.mark.slow
def test_solution_earns_full_marks(classroom: Classroom) -> None:
    """The solution is graded like any submission."""
    assert classroom.scores("solved") == {name: ex.points for name, ex in MINE.items()}


@pytest.mark.slow
def test_untouched_notebook_earns_nothing(classroom: Classroom) -> None:
    """Who has not begun has 0 points, and reads what to do."""
    assert classroom.scores("untouched") == dict.fromkeys(MINE, 0.0)
    for cell in classroom.graded("untouched").values():
        assert "not attempted" in cell.outputs[0].data["text/plain"]


@pytest.mark.slow
def test_score_is_that_of_grader_check(classroom: Classroom) -> None:
    """nbgrader's number and the learner's own are the same, wherever the cells have gone."""
    path = classroom.root / "submitted" / "half-good" / PART / f"{LESSON}.ipynb"
    reports = json.loads(classroom.run("grader", "check", "--json", str(path), codes=(1,)))
    scores = classroom.scores("half-good")
    assert scores == {report["exercise"]: report["score"] for report in reports}
    assert 0 < scores["distinct-ids"] < MINE["distinct-ids"].points
    assert (
        "test_ids_are_distinct: valid"
        in classroom.graded("half-good")["distinct-ids"].outputs[0].data["text/plain"]
    )


@pytest.mark.slow
def test_careless_notebook_is_graded_all_the_same(classroom: Classroom) -> None:
    """What cannot be told counts nothing and says why; the rest counts; no cell was run."""
    twice, gone, *rest = MINE
    scores, cells = classroom.scores("careless"), classroom.graded("careless")
    assert scores == {twice: 0.0, gone: 0.0} | {name: MINE[name].points for name in rest}
    assert f"two different answers for {twice} (" in cells[twice].outputs[0].data["text/plain"]
    assert f"holds no answer cell of {gone}" in cells[gone].outputs[0].data["text/plain"]
    assert not (classroom.root / "witness").exists()


@pytest.mark.slow
def test_gradebook_holds_the_scores(classroom: Classroom) -> None:
    """The totals in nbgrader's gradebook are the sums of our scores."""
    students = ("solved", "untouched", "half-good", "careless")
    sums = {student: sum(classroom.scores(student).values()) for student in students}
    assert classroom.totals() == pytest.approx(sums)


# ------------------------------------------------------------------ what is written


def marked(score: float, exercise: str) -> NotebookNode:
    """The score cell of an exercise that has earned `score`."""
    forged = [{"output_type": "stream", "name": "stderr", "text": "forged"}]
    cells = [
        new_code_cell("1", outputs=forged, execution_count=3),
        new_code_cell("2", metadata={"nbgrader": {"solution": True, "grade_id": exercise}}),
        new_code_cell(
            "3",
            outputs=forged,
            metadata={"nbgrader": {"grade": True, "grade_id": f"{exercise}-score", "points": 5}},
        ),
    ]
    nb = new_notebook(cells=cells)
    results = {
        name: Result(Report(name, "graded", None, 5, score=score))
        for name in suites(nb)
        if name in MINE
    }
    mark(nb, results, learner="ada", submitted=None)
    assert not nb.cells[0].outputs
    assert nb.cells[0].execution_count is None
    cell: NotebookNode = nb.cells[2]
    return cell


@pytest.mark.parametrize(
    ("score", "number"),
    [(2.5, 2.5), (0.0, 0.0), (math.nan, 0.0), (math.inf, 0.0), (-1.0, 0.0), (7.0, 5.0)],
)
def test_number_is_always_one(score: float, number: float) -> None:
    """nbgrader gives full marks for what is no number, so it is given one, from 0 to the points."""
    cell = marked(score, "distinct-ids")
    assert [output.output_type for output in cell.outputs] == ["display_data", "execute_result"]
    assert determine_grade(cell) == (number, 5)


def test_exercise_that_the_bank_does_not_hold() -> None:
    """A score cell of nobody's exercise is no gift."""
    cell = marked(5.0, "forgotten")
    assert determine_grade(cell) == (0, 5)
    sentence = "There is no exercise forgotten: build the course anew."
    assert cell.outputs[0].data["text/plain"] == sentence

"""Makes the autograded notebook: the instructor's own, with a learner's answers and scores.

nbgrader's preprocessors and `grader grade` make it alike.
"""

import copy
import math
from collections.abc import Iterator, Mapping
from functools import lru_cache

import nbformat
import nbformat.v4
from nbformat import NotebookNode

from grader.bank import exercises
from grader.classroom.cache import engine
from grader.classroom.pool import Result
from grader.classroom.privately import combined
from grader.course.cells import Found, missing
from grader.pages.panel import to_html, to_text
from grader.report import Report, to_json


def rebuild(released: NotebookNode, answers: Mapping[str, Found]) -> NotebookNode:
    """The notebook that was released, with the answers of a submission in their cells.

    Nothing else of what a learner handed in goes any further: no output, no score, no metadata,
    no cell that was added, no page script; and nothing is missing, whatever was deleted.
    """
    rebuilt = copy.deepcopy(released)
    for exercise_id, cell in ((_answered(cell), cell) for cell in rebuilt.cells):
        if exercise_id is not None:
            found = answers.get(exercise_id, Found(cell.source, missing(exercise_id)))
            if found.suite or found.problem is None:
                cell.source = found.suite
            if found.problem is not None:
                cell.metadata.grader = {"refused": found.problem}
    return rebuilt


def suites(nb: NotebookNode) -> dict[str, str]:
    """The answers to be graded in a rebuilt notebook, by exercise; doubtful ones are left out."""
    return {
        exercise_id: cell.source
        for exercise_id, cell in ((_answered(cell), cell) for cell in nb.cells)
        if exercise_id is not None and "refused" not in cell.metadata.get("grader", {})
    }


def answered(nb: NotebookNode) -> list[str]:
    """The exercises that a notebook asks for, in their order."""
    return [name for cell in nb.cells if (name := _answered(cell)) is not None]


def mark(
    nb: NotebookNode,
    results: Mapping[str, Result],
    *,
    learner: str,
    submitted: str | None,
    private: Mapping[str, Result] | None = None,
    weight: float = 0.0,
    told: bool = False,
) -> dict[str, float]:
    """Write reports and scores into a rebuilt notebook; return the scores by score cell.

    `results` are by exercise, one for each answer that can be told; so are the `private` ones,
    which have that `weight`, 0 to 1, and of which learners are `told` or not.
    """
    problems = {
        _answered(cell): cell.metadata.grader["refused"]
        for cell in nb.cells
        if "refused" in cell.metadata.get("grader", {})
    }
    scores: dict[str, float] = {}
    for cell in nb.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    for exercise_id, cell in _score_cells(nb):
        if exercise_id not in results:
            sentence = problems.get(exercise_id, _unknown(exercise_id))
            panel, score = {"text/plain": sentence}, 0.0
            cell.metadata.grader = {"refused": sentence}
        else:
            result = results[exercise_id]
            panel, score = _panel(result.report), result.report.score
            cell.metadata.grader = {"report": to_json(result.report)}
            if private and exercise_id in private:
                hidden = private[exercise_id].report
                cell.metadata.grader["private"] = {
                    "report": to_json(hidden),
                    "weight": weight,
                    "told": told,
                }
                score = combined(score, hidden, weight)
        number = _number(score, cell.metadata.nbgrader["points"])
        cell.outputs = _outputs(panel, number)
        scores[cell.metadata.nbgrader["grade_id"]] = number
    nb.metadata.grader = {
        **nb.metadata.get("grader", {}),
        "engine": engine()[:16],
        "learner": learner,
        "submitted": submitted,
        "status": "graded",
        "reason": None,
    }
    return scores


def refused(nb: NotebookNode) -> list[str]:
    """The reasons why answers of a marked notebook earn nothing, a sentence for each."""
    return [
        cell.metadata.grader["refused"]
        for _, cell in _score_cells(nb)
        if "refused" in cell.metadata.get("grader", {})
    ]


def _unknown(exercise_id: str) -> str:
    return f"There is no exercise {exercise_id}: build the course anew."


def _answered(cell: NotebookNode) -> str | None:
    """The exercise whose answer cell this is."""
    meta = cell.metadata.get("nbgrader", {})
    return meta["grade_id"] if meta.get("solution") and not meta.get("grade") else None


def _score_cells(nb: NotebookNode) -> Iterator[tuple[str, NotebookNode]]:
    for cell in nb.cells:
        meta = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code" and meta.get("grade") and not meta.get("solution"):
            yield meta["grade_id"].removesuffix("-score"), cell


def _number(score: float, points: float) -> float:
    """A score that nbgrader accepts: it takes anything but a number from 0 up for full marks."""
    return float(min(max(score, 0.0), float(points))) if math.isfinite(score) else 0.0


@lru_cache(maxsize=1024)
def _panel(report: Report) -> dict[str, str]:
    """What the score cell shows of a report."""
    exercise = exercises()[report.exercise]
    return {"text/plain": to_text(report, exercise), "text/html": to_html(report, exercise)}


def _outputs(panel: dict[str, str], number: float) -> list[NotebookNode]:
    """The panel, for the feedback page, then the score."""
    return [
        nbformat.v4.new_output("display_data", data=panel),
        nbformat.v4.new_output("execute_result", data={"text/plain": repr(number)}),
    ]

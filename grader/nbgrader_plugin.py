"""nbgrader with our grading: its gradebook, formgrader and feedback, and no kernel.

`nbgrader_config.py` puts these preprocessors where they belong. `Rebuild` comes first when a
submission is read, `GradeSuites` takes the place of nbgrader's `Execute`, `Stamp` ends a release.
"""

import math
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import Exporter
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from traitlets import Bool, Unicode

from grader.bank import exercises
from grader.evaluate import evaluate
from grader.feedback import page_of_nbgrader
from grader.notebooks import answer_cells, duplicate_sentence, read_notebook, release, stamp
from grader.report import to_html, to_text
from grader.worker import Worker

_nbformat: Any = nbformat  # its functions carry no types

Shown = dict[str, str]
"""What an output shows, by MIME type."""

Converted = tuple[NotebookNode, dict[str, Any]]


class _Step(Preprocessor):
    enabled = Bool(True).tag(config=True)


class Stamp(_Step):
    """Notes in a released notebook what it is, as `grader build` does."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Converted:
        return stamp(nb, resources["nbgrader"]["notebook"]), resources


class Rebuild(_Step):
    """Puts the answers of a submission into the notebook that was released.

    Nothing else of what a learner handed in goes any further: no output, no score, no metadata,
    no cell that was added, no page script; and nothing is missing, whatever was deleted.
    """

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Converted:
        answers = answer_cells(nb)
        rebuilt = release(self._source(resources))
        for exercise_id, cell in ((_answered(cell), cell) for cell in rebuilt.cells):
            if exercise_id is not None:
                found = answers.get(exercise_id, [])
                if found:
                    cell.source = found[0]
                if len(found) != 1:
                    cell.metadata.grader = {"refused": _refusal(exercise_id, len(found))}
        return rebuilt, resources

    def _source(self, resources: dict[str, Any]) -> NotebookNode:
        """The instructor's notebook, out of nbgrader's source directory."""
        exporter: Any = self.parent
        course = exporter.parent.coursedir
        folder = course.format_path(
            course.source_directory, ".", resources["nbgrader"]["assignment"]
        )
        return read_notebook(Path(folder, f"{resources['nbgrader']['notebook']}.ipynb"))


class FeedbackPage(Exporter):
    """Writes our page where nbgrader would show the notebook. `GetGrades` has to come before."""

    file_extension = Unicode(".html").tag(config=True)

    def from_notebook_node(  # type: ignore[override]  # nor do nbconvert's own keep to it
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **options: Any
    ) -> tuple[str, dict[str, Any]]:
        filled, resources = super().from_notebook_node(nb, resources, **options)
        names = resources["nbgrader"]
        return page_of_nbgrader(filled, names["notebook"], names["student"]), resources


def _answered(cell: NotebookNode) -> str | None:
    """The exercise whose answer cell this is."""
    meta = cell.metadata.get("nbgrader", {})
    return meta.grade_id if meta.get("solution") and not meta.get("grade") else None


class GradeSuites(_Step):
    """Evaluates every answer cell, and writes the number that nbgrader reads.

    No code of a learner's runs here, and none in a kernel: suites go to the worker.
    """

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Converted:
        answers = answer_cells(nb)
        refused = {
            cell.metadata.nbgrader.grade_id: cell.metadata.grader.refused
            for cell in nb.cells
            if "refused" in cell.metadata.get("grader", {})
        }
        with Worker() as worker:
            for cell in nb.cells:
                if cell.cell_type != "code":
                    continue
                cell.outputs, cell.execution_count = [], None
                meta = cell.metadata.get("nbgrader", {})
                if meta.get("grade") and not meta.get("solution"):
                    exercise_id = meta.grade_id.removesuffix("-score")
                    self.log.info("Evaluating %s", exercise_id)
                    if exercise_id in refused:
                        shown, score = {"text/plain": refused[exercise_id]}, 0.0
                    else:
                        shown, score = _grade(exercise_id, answers.get(exercise_id, []), worker)
                    cell.outputs = _outputs(shown, score, meta.points)
        return nb, resources


def _grade(exercise_id: str, found: list[str], worker: Worker) -> tuple[Shown, float]:
    """The report on the one answer that was found, and its score."""
    exercise = exercises().get(exercise_id)
    if exercise is None:
        return {"text/plain": f"There is no exercise {exercise_id}: build the course anew."}, 0.0
    if len(found) != 1:
        return {"text/plain": _refusal(exercise_id, len(found))}, 0.0
    report = evaluate(found[0], exercise, worker)
    shown = {"text/plain": to_text(report, exercise), "text/html": to_html(report, exercise)}
    return shown, report.score


def _refusal(exercise_id: str, found: int) -> str:
    if found:
        return duplicate_sentence(exercise_id, found)
    return f"The notebook holds no answer cell of {exercise_id}: take it back from the original."


def _outputs(shown: Shown, score: float, points: float) -> list[NotebookNode]:
    """The panel, for the feedback page, then the score.

    nbgrader takes anything but a number from 0 up for full marks.
    """
    finite = min(max(score, 0.0), float(points)) if math.isfinite(score) else 0.0
    return [
        _nbformat.v4.new_output("display_data", data=shown),
        _nbformat.v4.new_output("execute_result", data={"text/plain": repr(finite)}),
    ]

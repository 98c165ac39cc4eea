"""nbgrader with our grading: its gradebook, formgrader and feedback, and no kernel.

`nbgrader_config.py` puts these preprocessors where they belong. `Rebuild` comes first when a
submission is read, `GradeSuites` takes the place of nbgrader's `Execute`, `Stamp` ends a release.
"""

import math
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from traitlets import Bool

from grader.bank import exercises
from grader.exercise import Exercise
from grader.notebooks import (
    answer_cells,
    duplicate_sentence,
    read_notebook,
    release,
    stamp,
)

_nbformat: Any = nbformat  # its functions carry no types

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
        for cell in rebuilt.cells:
            exercise = _answered(cell)
            if exercise is not None:
                found = answers.get(exercise.id, [])
                if found:
                    cell.source = found[0]
                if len(found) != 1:
                    cell.metadata.grader = {"refused": _refusal(exercise, len(found))}
        return rebuilt, resources

    def _source(self, resources: dict[str, Any]) -> NotebookNode:
        """The instructor's notebook, out of nbgrader's source directory."""
        exporter: Any = self.parent
        course = exporter.parent.coursedir
        folder = course.format_path(
            course.source_directory, ".", resources["nbgrader"]["assignment"]
        )
        return read_notebook(Path(folder, f"{resources['nbgrader']['notebook']}.ipynb"))


class GradeSuites(_Step):
    """Evaluates every answer cell, and writes the number that nbgrader reads.

    No code of a learner's runs here, and none in a kernel: suites go to the worker.
    """

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Converted:
        from grader.evaluate import evaluate
        from grader.report import to_text
        from grader.worker import Worker

        refused = {
            cell.metadata.nbgrader.grade_id: cell.metadata.grader["refused"]
            for cell in nb.cells
            if "refused" in cell.metadata.get("grader", {})
        }
        answers = answer_cells(nb)
        with Worker() as worker:
            for cell in nb.cells:
                if cell.cell_type == "code":
                    cell.outputs, cell.execution_count = [], None
                exercise = _scored(cell)
                if exercise is None:
                    continue
                found = answers.get(exercise.id, [])
                if exercise.id in refused or len(found) != 1:
                    text = refused.get(exercise.id) or _refusal(exercise, len(found))
                    score = 0.0
                else:
                    self.log.info("Evaluating %s", exercise.id)
                    report = evaluate(found[0], exercise, worker)
                    text, score = to_text(report, exercise), report.score
                cell.outputs = _outputs(text, score, exercise.points)
        return nb, resources


def _answered(cell: NotebookNode) -> Exercise | None:
    """The exercise whose answer cell this is."""
    meta = cell.metadata.get("nbgrader", {})
    return exercises().get(meta.get("grade_id")) if meta.get("solution") else None


def _scored(cell: NotebookNode) -> Exercise | None:
    """The exercise whose score cell this is."""
    meta = cell.metadata.get("nbgrader", {})
    if not meta.get("grade"):
        return None
    return exercises().get(str(meta.get("grade_id")).removesuffix("-score"))


def _refusal(exercise: Exercise, found: int) -> str:
    if found:
        return duplicate_sentence(exercise.id, found)
    return f"The notebook holds no answer cell of {exercise.id}: take it back from the original."


def _outputs(text: str, score: float, points: int) -> list[NotebookNode]:
    """The report, then the score. nbgrader takes anything but a number from 0 up for full marks."""
    finite = min(max(score, 0.0), float(points)) if math.isfinite(score) else 0.0
    return [
        _nbformat.v4.new_output("stream", name="stdout", text=f"{text}\n"),
        _nbformat.v4.new_output("execute_result", data={"text/plain": repr(finite)}),
    ]

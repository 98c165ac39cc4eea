"""nbgrader with our grading: its gradebook, formgrader and feedback, and no kernel.

`nbgrader_config.py` puts these preprocessors where they belong. `Rebuild` comes first when a
submission is read, `GradeSuites` takes the place of nbgrader's `Execute`, `Stamp` ends a release.
"""

from pathlib import Path
from typing import Any

from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from traitlets import Bool

from grader.bank import exercises
from grader.graded import Result, graded, mark, rebuild, suites
from grader.notebooks import answer_cells, read_notebook, release, stamp
from grader.worker import Worker

Converted = tuple[NotebookNode, dict[str, Any]]


class _Step(Preprocessor):
    enabled = Bool(True).tag(config=True)


class Stamp(_Step):
    """Notes in a released notebook what it is, as `grader build` does."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Converted:
        return stamp(nb, resources["nbgrader"]["notebook"]), resources


class Rebuild(_Step):
    """Puts the answers of a submission into the notebook that was released."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Converted:
        return rebuild(release(self._source(resources)), answer_cells(nb)), resources

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
        names = resources.get("nbgrader", {})
        results: dict[str, Result] = {}
        with Worker() as worker:
            for exercise_id, suite in suites(nb).items():
                self.log.info("Evaluating %s", exercise_id)
                exercise = exercises().get(exercise_id)
                if exercise is not None:
                    results[exercise_id] = graded(suite, exercise, worker)
        mark(nb, results, learner=names.get("student", ""), submitted=None)
        return nb, resources

"""Makes the stub: in the place of a solution a line of comment, or tests to repair."""

from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import ClearSolutions

from grader.course.lessons import given


class GiveStub(ClearSolutions):  # type: ignore[misc]  # nbgrader carries no types
    """nbgrader's own step; where the lesson gives tests to repair, they are the stub."""

    code_stub: Any

    def preprocess_cell(
        self, cell: NotebookNode, resources: Any, cell_index: int
    ) -> tuple[NotebookNode, Any]:
        usual, tests = self.code_stub, given(cell)
        if tests is not None:
            self.code_stub = {"python": tests}
            del cell.metadata["grader"]
        try:
            cell, resources = super().preprocess_cell(cell, resources, cell_index)
        finally:
            self.code_stub = usual
        return cell, resources


def release_steps(steps: list[Any]) -> list[Any]:
    """nbgrader's steps of a release, with ours in the place of its own."""
    return [GiveStub if step is ClearSolutions else step for step in steps]

"""The course in a real kernel: what its cells show, and what they are worth."""

import re
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from helpers.course import ROOT
from helpers.kernels import EXERCISE, PATIENCE, SCORE, WRONG, Kernel
from nbclient import NotebookClient
from nbgrader.utils import determine_grade

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("client_loop")]

STUB = "%%ipytest --mutants distinct-ids\nimport asyncio\n\n# Write your answer here.\n"


def test_score_before_a_run(start_kernel: Callable[[], Kernel]) -> None:
    """Before its first run an exercise is worth 0.0, and the score cell says what to do."""
    shown = start_kernel().run(SCORE)
    assert shown.result == "0.0"
    assert shown.stdout == (
        "distinct-ids: not run in this kernel yet. Run the cell above, then this one.\n"
    )


def test_loading_twice(kernel: Kernel) -> None:
    """Loading the extension again shows nothing, and keeps the worker and the scores."""
    kernel.run(EXERCISE)
    worker = kernel.worker()
    for code in ("%load_ext grader", "%reload_ext grader"):
        assert kernel.run(code).error is None
    assert kernel.worker() == worker
    assert kernel.run(SCORE).result == "5.0"
    assert len(kernel.run(EXERCISE).panels) == 1


def test_panel(kernel: Kernel) -> None:
    """Under pytest's own output stands one panel, as HTML and as text."""
    shown = kernel.run(EXERCISE)
    assert "8 passed" in shown.stdout
    assert shown.stderr == ""
    assert shown.error is None
    assert set(shown.panels[0]) == {"text/html", "text/plain"}
    assert shown.panel.startswith("distinct-ids: 5 of 5 points")
    assert 'role="group"' in shown.panels[0]["text/html"]


def test_score_for_nbgrader(kernel: Kernel) -> None:
    """The score cell prints one sentence, and nbgrader takes its value as the points."""
    kernel.run(EXERCISE.partition("async def test_a_cancelled")[0])
    shown = kernel.run(SCORE)
    assert re.fullmatch(r"distinct-ids: 4\.29 of 5 points, 12 of 14 mutants .*\n", shown.stdout)
    assert shown.stderr == ""
    result = nbformat.v4.new_output("execute_result", {"text/plain": shown.result})
    metadata = {"nbgrader": {"grade": True, "points": 5, "solution": False}}
    cell = nbformat.v4.new_code_cell(SCORE, outputs=[result], metadata=metadata)
    assert determine_grade(cell) == (4.29, 5)
    assert kernel.run(f"type({SCORE}) is float").result == "True"


def test_score_of_an_unknown_exercise(kernel: Kernel) -> None:
    """A score cell with an unknown id says so, and is worth 0.0."""
    shown = kernel.run('grader.score("distinct-id")')
    assert shown.result == "0.0"
    assert "There is no exercise distinct-id" in shown.stdout
    assert shown.error is None


def test_unknown_exercise(kernel: Kernel) -> None:
    """An exercise cell with an unknown id names the nearest one, and raises nothing."""
    shown = kernel.run("%%ipytest --mutants distinct-id\ndef test_a():\n    pass\n")
    assert shown.error is None
    assert "there is no exercise distinct-id; did you mean distinct-ids?" in (
        shown.stdout + shown.stderr
    )
    assert shown.panels == []
    assert kernel.healthy()


def test_untouched_stub(kernel: Kernel) -> None:
    """An untouched exercise is not attempted, and takes the place of an earlier result."""
    kernel.run(EXERCISE)
    assert kernel.run(STUB).panel.startswith("distinct-ids: not attempted, 0 of 5 points.")
    shown = kernel.run(SCORE)
    assert "not attempted" in shown.stdout
    assert shown.result == "0.0"


@pytest.mark.parametrize(
    ("body", "panel"),
    [
        (WRONG, "wrong"),
        ("async def test_a():\n    assert undefined\n", "NameError"),
        ("undefined\nasync def test_a():\n    pass\n", "NameError"),
        ("async def test_a(:\n    pass\n", "nothing could be run"),
        ("1 / 0\ndef test_a():\n    pass\n", "ZeroDivisionError"),
        ("def test_a():\n    pass\nraise SystemExit\n", "distinct-ids: nothing could be run"),
    ],
    ids=["failing", "name", "name-at-import", "syntax", "error-at-import", "exit"],
)
def test_mistakes(kernel: Kernel, body: str, panel: str) -> None:
    """A mistake in the cell is explained in the panel, and the kernel goes on."""
    assert panel in kernel.run(f"%%ipytest --mutants distinct-ids\n{body}").panel
    assert kernel.run(SCORE).result == "0.0"
    assert kernel.healthy()


def test_autouse_fixtures_of_earlier_cells(kernel: Kernel) -> None:
    """An autouse fixture of one cell applies in the next, as everywhere in ipytest; but a suite
    is graded alone."""
    fixture = "@pytest.fixture(autouse=True)\ndef earlier():\n    raise OSError('earlier')\n"
    try:
        kernel.run(f"import pytest\n{fixture}")
        shown = kernel.run(EXERCISE)
        assert "OSError: earlier" in shown.stdout
        assert shown.panel.startswith("distinct-ids: 5 of 5 points")
    finally:
        kernel.run("del earlier")


def test_several_exercises(kernel: Kernel) -> None:
    """Each exercise keeps the result of its own last run."""
    kernel.run(EXERCISE)
    shown = kernel.run(f"%%ipytest --mutants really-concurrent\n{WRONG}")
    assert shown.panel.startswith("really-concurrent: 0 of 5 points")
    assert kernel.run(SCORE).result == "5.0"
    assert kernel.run('grader.score("really-concurrent")').result == "0.0"


def test_tests_without_an_exercise(kernel: Kernel) -> None:
    """A cell that names no exercise runs its tests and shows no panel."""
    shown = kernel.run(f"%%ipytest\n{WRONG}")
    assert "assert 1 == 2" in shown.stdout
    assert shown.panels == []


RELEASED = sorted((ROOT / "notebooks").glob("**/*.ipynb"))


@pytest.mark.parametrize("path", RELEASED, ids=lambda path: path.stem)
def test_run_all(path: Path, tmp_path: Path) -> None:
    """Run All over a notebook nobody has worked in raises nothing, and every score is 0.0."""
    notebook = nbformat.read(path, as_version=4)
    folder = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, timeout=PATIENCE, resources=folder).execute()
    scores = [cell for cell in notebook.cells if cell.source.startswith("grader.score(")]
    results = [cell.outputs[-1].data["text/plain"] for cell in scores]
    assert results == ["0.0"] * len(scores)
    assert list(tmp_path.iterdir()) == []

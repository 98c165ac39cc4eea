"""Lessons become notebooks: the same bytes every time, and nobody's work is overwritten."""

import asyncio
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from helpers.course import ROOT
from helpers.little_course import LESSON, write_course
from nbval.plugin import get_sanitize_patterns

from grader.course import lessons
from grader.course.build import build, check
from grader.course.lessons import lesson_notebook
from grader.course.notebooks import read_notebook
from grader.course.running import _sanitisers, run_lessons
from grader.errors import CourseError

pytestmark = pytest.mark.usefixtures("bank", "no_current_loop")


def texts(root: Path) -> dict[str, str]:
    """Every notebook of a course."""
    return {path.relative_to(root).as_posix(): path.read_text() for path in root.rglob("*.ipynb")}


def change(path: Path, change_it: Callable[[Any], object]) -> None:
    """What a learner does, and JupyterLab writes."""
    nb = json.loads(path.read_text())
    change_it(nb)
    path.write_text(json.dumps(nb))


def rewrite(course: Path, old: str, new: str) -> None:
    """What an author does."""
    lesson = course / "lessons" / "1-sums" / "01-adding.py"
    assert old in lesson.read_text()
    lesson.write_text(lesson.read_text().replace(old, new))


# ------------------------------------------------------------------ what is built


def test_solutions_are_solved_and_run(built_once: Path) -> None:
    """A solution's notebook holds the solution, the outputs, and full marks."""
    nb = read_notebook(built_once / "solutions" / "1-sums" / "01-adding.ipynb")
    answer, score = nb.cells[2:4]
    assert "assert math.fsum([1, 1]) == 2" in answer.source
    assert score.source == 'grader.score("adding")'
    assert score.outputs[0].data == {"text/plain": "2.0"}
    assert score.metadata.nbgrader == {
        "grade": True,
        "grade_id": "adding-score",
        "locked": True,
        "points": 2,
        "schema_version": 3,
        "solution": False,
        "task": False,
    }


def test_notebooks_hold_no_solution(built_once: Path) -> None:
    """A learner's notebook keeps what stands around the solution, and no output of any cell."""
    nb = read_notebook(built_once / "notebooks" / "1-sums" / "01-adding.ipynb")
    answer, score = nb.cells[2:4]
    stub = "%%ipytest --mutants adding\nimport math\n\n# Write your answer here."
    assert answer.source == stub
    assert answer.metadata.nbgrader.solution
    assert not score.metadata.editable
    assert not any(cell.get("outputs") for cell in nb.cells)


def test_outputs_are_the_same_everywhere(built_once: Path) -> None:
    """Times, versions, addresses, names of tasks and paths do not get into an output."""
    nb = read_notebook(built_once / "solutions" / "1-sums" / "01-adding.ipynb")
    assert [output.get("text") or output.data["text/plain"] for output in nb.cells[1].outputs] == [
        "1 passed in 0.00s, <object object at 0x0>, Python 3\n",
        "Task-0\n",
        "'.../asyncio/__init__.py'",
    ]
    (error,) = nb.cells[5].outputs
    assert error.traceback == [
        "TimeoutError                              Traceback (most recent call last)",
        "Cell In[4], line 1\n----> 1 await asyncio.wait_for(asyncio.sleep(1), 0.001)\n",
        "TimeoutError: ",
    ]


def test_rebuild_is_identical(built_once: Path, tmp_path: Path) -> None:
    """The same lessons give the same bytes, in another place at another time."""
    elsewhere = write_course(tmp_path / "a longer name, elsewhere")
    paths = build(elsewhere)
    assert [path.relative_to(elsewhere).as_posix() for path in paths] == sorted(texts(built_once))
    assert texts(elsewhere) == texts(built_once)
    assert build(elsewhere) == []


def test_cells_have_ids_of_their_own(built_once: Path) -> None:
    """A cell's id comes from its exercise or its place."""
    nb = read_notebook(built_once / "notebooks" / "1-sums" / "01-adding.ipynb")
    ids = ["cell-01", "cell-02", "adding", "adding-score", "cell-05", "cell-06"]
    assert [cell.id for cell in nb.cells] == ids


def test_nbval_and_the_build_agree() -> None:
    """nbval reads from `nbval_sanitize.cfg` what the build reads, and twice changes no more."""
    text = (ROOT / "nbval_sanitize.cfg").read_text()
    ours = [(regex.pattern, replacement) for regex, replacement in _sanitisers(ROOT)]
    assert ours == get_sanitize_patterns(text)
    assert len(ours) == text.count("\nregex:") == text.count("\nreplace:")
    for regex, replacement in _sanitisers(ROOT):
        assert regex.sub(replacement, replacement) == replacement


# ------------------------------------------------------------------ whose notebooks they are


def test_changed_notebook_is_not_overwritten(course: Path) -> None:
    """A build that would cost somebody their work names the notebook, and changes nothing."""
    path = course / "notebooks" / "1-sums" / "01-adding.ipynb"
    change(path, lambda nb: nb["cells"][2]["source"].append("\ndef test_mine(): ..."))
    rewrite(course, "# # Adding up", "# # Summing up")
    before = texts(course)
    with pytest.raises(CourseError, match=r"^notebooks/1-sums/01-adding.ipynb has been .*--force"):
        build(course)
    assert texts(course) == before


def test_force_overwrites(course: Path) -> None:
    """With `force` a changed notebook is built anew."""
    before = texts(course)
    for folder in ("solutions", "notebooks"):
        change(course / folder / "00-start-here.ipynb", lambda nb: nb["cells"].clear())
    (course / "notebooks" / "1-sums" / "01-adding.ipynb").write_text("no notebook")
    with pytest.raises(CourseError, match=r"have been changed .* overwrite them"):
        build(course)
    assert len(build(course, force=True)) == 3
    assert texts(course) == before


def test_running_a_notebook_is_no_change(course: Path) -> None:
    """Outputs, and what an editor notes beside the cells, are nobody's work."""
    before = texts(course)
    path = course / "notebooks" / "00-start-here.ipynb"

    def run(nb: Any) -> None:
        nb["cells"][0]["metadata"]["collapsed"] = False
        nb["metadata"]["kernelspec"]["display_name"] = "Python 3 (ipykernel)"

    change(path, run)
    assert check(course) == [path]
    assert build(course) == [path]
    assert texts(course) == before


def test_check_changes_nothing(course: Path) -> None:
    """`check` names what a build would write, and writes nothing."""
    rewrite(course, "# # Adding up", "# # Summing up")
    (course / "notebooks" / "00-start-here.ipynb").unlink()
    before = texts(course)
    different = [path.relative_to(course).as_posix() for path in check(course)]
    assert different == [
        "notebooks/00-start-here.ipynb",
        "notebooks/1-sums/01-adding.ipynb",
        "solutions/00-start-here.ipynb",
        "solutions/1-sums/01-adding.ipynb",
    ]
    assert texts(course) == before


def test_notebooks_of_a_lesson_that_is_gone(course: Path) -> None:
    """They go with it, unless somebody has changed or copied them."""
    (course / "lessons" / "1-sums" / "01-adding.py").unlink()
    notebook = course / "notebooks" / "1-sums" / "01-adding.ipynb"
    shutil.copy(notebook, notebook.with_stem("01-adding-Copy1"))
    change(notebook, lambda nb: nb["cells"].pop())
    build(course)
    assert sorted(texts(course)) == [
        "notebooks/00-start-here.ipynb",
        "notebooks/1-sums/01-adding-Copy1.ipynb",
        "notebooks/1-sums/01-adding.ipynb",
        "solutions/00-start-here.ipynb",
    ]
    assert not (course / "solutions" / "1-sums").exists()


# ------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("asyncio.__file__", "1 / 0", r"cell 2 \(`import asyncio, sys`\) fails with ZeroDivision"),
        ("asyncio.__file__", "get_ipython().showtraceback((KeyError, KeyError(1), None))", "KeyE"),
        (
            "asyncio.__file__",
            "sys.stderr.write('Traceback (most recent...\\nE: 1')",
            "with E: 1; m",
        ),
        ("asyncio.__file__", "import os; os._exit(1)", r"cell 2 .* ends the kernel: mend it\.$"),
        ("2.0)", "1.5)", "adding scores 1.5 instead of 2: see what `grader verify adding` says"),
    ],
    ids=["raised", "shown", "printed", "died", "not-solved"],
)
def test_lesson_that_does_not_run(course: Path, old: str, new: str, sentence: str) -> None:
    """A lesson that fails, or whose solution does not earn full marks, is not built."""
    rewrite(course, old, new)
    before = texts(course)
    with pytest.raises(CourseError, match=f"^lessons/1-sums/01-adding.py.*{sentence}"):
        build(course)
    assert texts(course) == before


def test_stopped_build(course: Path) -> None:
    """A build that is stopped while a cell runs stops, and blames no lesson."""
    begun = course / "begun"
    rewrite(course, "asyncio.__file__", f"open({str(begun)!r}, 'w'); await asyncio.sleep(60)")

    async def stop() -> None:
        written = {lesson: lesson_notebook(lesson, course) for lesson in lessons.lessons(course)}
        running = asyncio.create_task(run_lessons(course, written, lambda what: None))
        async with asyncio.timeout(120):
            while not begun.exists():
                await asyncio.sleep(0.05)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    asyncio.run(stop())


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("{hint adding}", "{tip adding}", "cell 4: `{tip adding}` is no directive: there are"),
        ("{hint adding}", "{hint sums}", "cell 4: `{hint sums}` names no exercise of the bank"),
        ('exercise="adding"', 'exercise="sums"', "cell of sums: the bank holds no such exercise"),
        ('# %% exercise="adding"', "# %%", "only the cell of an exercise"),
        ("--mutants adding", "--mutants sums", "its first line must be `%%ipytest --mutants addin"),
        ("### END SOLUTION", "", "put the solution between `### BEGIN SOLUTION` and `### END"),
        ("# # Adding up", "# BEGIN SOLUTION", "only the cell of an exercise may hold"),
        (LESSON, "# %%\n", "has no answer cells for adding: it needs one"),
        (LESSON, LESSON + LESSON, "has 2 answer cells for adding: it needs one"),
    ],
    ids=[
        *("directive", "exercise-in-directive", "exercise", "header", "magic", "marks"),
        *("marks-elsewhere", "missing", "twice"),
    ],
)
def test_lesson_that_does_not_fit(course: Path, old: str, new: str, sentence: str) -> None:
    """What a lesson and the bank do not agree on is one sentence that names the lesson."""
    rewrite(course, old, new)
    with pytest.raises(CourseError, match=f"^lessons/1-sums/01-adding.py.*{sentence}"):
        build(course)


def test_missing_sanitisers(course: Path) -> None:
    """Without the file that nbval needs there is no build."""
    (course / "nbval_sanitize.cfg").unlink()
    with pytest.raises(CourseError, match=r"nbval_sanitize\.cfg is missing"):
        build(course)

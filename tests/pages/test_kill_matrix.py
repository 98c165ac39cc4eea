"""The kill matrix: which test killed which mutant, in a notebook and as a page."""

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from helpers.course import ROOT
from helpers.kernels import EXERCISE, SOLUTION, Kernel
from helpers.samples import KILLS_1, creation
from helpers.samples import SOLUTION as ALL

from grader.bank import exercises
from grader.course.notebooks import solution
from grader.engine.evaluate import evaluate
from grader.errors import CourseError
from grader.pages.kill_matrix import KillMatrix
from grader.report import Report
from grader.sandbox.worker import Worker

HALF = ALL.replace(KILLS_1, "") + "\nasync def test_wrong():\n    assert 1 == 2\n"
"""Kills the mutants 2 to 4, and has a test that does not count."""


@pytest.fixture(scope="module")
def matrix(worker: Worker) -> KillMatrix:
    return KillMatrix(evaluate(HALF, creation, worker), creation)


def cells(matrix: KillMatrix) -> list[list[str]]:
    """The texts of the table of tests by mutants, row by row."""
    section = ElementTree.fromstring(matrix._repr_html_())
    table = next(section.iter("table"))
    return [["".join(cell.itertext()).strip() for cell in row] for row in table.iter("tr")]


def test_a_row_is_a_test_and_a_column_a_mutant(matrix: KillMatrix) -> None:
    """With the verdict of each test, and with words beside the signs."""
    head, *rows, foot = cells(matrix)
    assert head == ["test", "verdict", "mutant 1", "mutant 2", "mutant 3", "mutant 4"]
    shown = {row[0]: [row[1].split()[-1], *(cell.lstrip("✓") for cell in row[2:])] for row in rows}
    assert shown["test_a_task_is_stored"][:3] == ["valid", "no kill", "kills"]
    assert shown["test_wrong"] == ["wrong", *["no kill"] * 4]
    assert foot[2:] == ["0", "2", "1", "1"]


def test_clauses_are_told_and_no_code(matrix: KillMatrix) -> None:
    """Neither of a survivor nor of what is dead: that is what the panel is for."""
    for text in (matrix._repr_html_(), matrix.page(), repr(matrix)):
        assert "survives" in text
        assert "return TaskResult" not in text
        assert not any(mutant.description in text for mutant in creation.mutants)
    for text in (matrix._repr_html_(), matrix.page()):
        assert all(clause in text for clause in creation.contract)


def test_the_text_says_the_same(matrix: KillMatrix) -> None:
    """For front ends that draw no HTML."""
    lines = repr(matrix).split("\n")
    assert lines[0] == matrix.headline
    assert "  test                         verdict   1  2  3  4" in lines
    assert "  test_a_task_is_stored        valid     .  x  .  ." in lines
    assert "  1. clause 1: survives" in lines
    assert "  2. clause 2: killed by test_a_task_is_stored, test_an_error_is_a_result" in lines


def test_every_cell_of_a_head_has_a_scope(matrix: KillMatrix) -> None:
    """So that a reader which speaks tells where a cell stands."""
    for text in (matrix._repr_html_(), matrix.page()):
        assert text.count("<th ") == text.count("<th scope=") > 0
        assert 'role="region" tabindex="0" aria-label="Tests by mutants"' in text


def test_letters_take_the_colour_of_the_theme(matrix: KillMatrix) -> None:
    """Light or dark: no colour of letters is fixed, and no ground hides them."""
    html = matrix._repr_html_()
    assert "color: #" not in html.replace("background-color", "")
    assert "<script" not in html


def test_names_are_escaped(matrix: KillMatrix) -> None:
    """A name is text, whatever it holds."""
    test = matrix.report.tests[0]
    hostile = Report(
        **{**vars(matrix.report), "tests": (type(test)("test_<b>\u202e", "valid", None, (1,)),)}
    )
    shown = KillMatrix(hostile, creation)
    for text in (shown._repr_html_(), shown.page()):
        assert "<b>" not in text
        assert "\u202e" not in text
    assert "\u202e" not in repr(shown)


def test_probes_are_shown_where_there_are_no_mutants(worker: Worker) -> None:
    """It works for every exercise."""
    exercise = exercises()["container-with-overrides"]
    report = evaluate(solution(ROOT, exercise.id), exercise, worker)
    shown = KillMatrix(report, exercise)
    assert "Tests by mutants" not in shown.page()
    for text in (shown._repr_html_(), shown.page(), repr(shown)):
        assert all(probe.name in text for probe in exercise.probes)


def test_a_page_is_written_again_and_nothing_else(matrix: KillMatrix, tmp_path: Path) -> None:
    """What was not written here stays as it is."""
    path = matrix.save(tmp_path)
    assert path == tmp_path / "kill-matrix-creation.html"
    assert path.read_text(encoding="utf-8") == matrix.page()
    assert matrix.save(tmp_path) == path
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(CourseError, match="move it away"):
        matrix.save(tmp_path)
    assert path.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("kind", ["folder", "link", "link to nothing"])
def test_what_is_no_file_is_left_alone(matrix: KillMatrix, tmp_path: Path, kind: str) -> None:
    """Nor is anything written through a link."""
    path, elsewhere = tmp_path / "kill-matrix-creation.html", tmp_path / "elsewhere.html"
    if kind == "folder":
        path.mkdir()
    else:
        path.symlink_to(elsewhere)
    if kind == "link":
        elsewhere.write_text(matrix.page(), encoding="utf-8")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(CourseError, match="move it away"):
        matrix.save(tmp_path)
    assert sorted(tmp_path.iterdir()) == before


def test_a_folder_that_cannot_be_written_is_told(matrix: KillMatrix, tmp_path: Path) -> None:
    """In a sentence, and not as an error of Python's."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(CourseError, match="cannot be written"):
        matrix.save(tmp_path / "file")


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    kernel = Kernel(tmp_path_factory.mktemp("notebook"))
    kernel.run("%load_ext grader")
    yield kernel
    kernel.close()


@pytest.mark.slow
def test_a_notebook_shows_and_saves_the_last_run(kernel: Kernel) -> None:
    """Before there is one, a sentence says what to do; and a cell never fails."""
    call = 'grader.kill_matrix("distinct-ids", save=True)'
    shown = kernel.run('grader.kill_matrix("no-such-one")')
    assert "There is no exercise no-such-one" in shown.stdout
    shown = kernel.run(call)
    assert "not run in this kernel yet. Run its cell" in shown.stdout
    assert shown.result is None

    kernel.run("%%ipytest --mutants distinct-ids\nimport asyncio\n")
    shown = kernel.run(call)
    assert "not attempted" in shown.stdout
    assert shown.result is None

    kernel.run(EXERCISE)
    shown = kernel.run(call)
    assert shown.stdout == "Written beside the notebook: kill-matrix-distinct-ids.html\n"
    name = next(line[4:] for line in SOLUTION.split("\n") if line.startswith("async def test_"))
    assert name[6:].partition("(")[0] in (shown.result or "")
    page = kernel.folder / "kill-matrix-distinct-ids.html"
    assert "Tests by mutants" in page.read_text(encoding="utf-8")

    page.write_text("mine", encoding="utf-8")
    shown = kernel.run(call)
    assert "move it away first" in shown.stdout
    assert shown.error is None
    assert page.read_text(encoding="utf-8") == "mine"

"""Cells and copies in `grader check`: what is graded, what is not, and what it says to do."""

import copy
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from helpers.editing import (
    ANSWER,
    FIRST,
    SECOND,
    THIRD,
    Notebook,
    at,
    cell_of,
    copied,
    lines_of_tests,
    merge_below,
    notebook,
    other,
    own_places,
    paste_below,
    solved,
    split,
    typed,
    without_ids,
    without_marks,
)

from grader.cli import common, course, main
from grader.course.notebooks import problem_of
from grader.report import Report


class Check:
    """`grader check` in this process, which notes what it would have graded, and gives 1 point."""

    def __init__(
        self, folder: Path, patch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.folder, self._patch, self._capsys = folder, patch, capsys
        self.suites: list[tuple[str, str]] = []
        patch.setattr(course, "evaluate_suite", self._evaluate)
        patch.setattr(common.errors, "_width", 300)
        patch.setattr(common.errors, "_file", None)

    def _evaluate(self, suite: str, exercise: Any, worker: object) -> Report:
        self.suites.append((exercise.id, suite))
        return Report(exercise.id, "graded", None, exercise.points, 1.0)

    def write(self, name: str, nb: object) -> Path:
        path = self.folder / name
        path.write_text(json.dumps(nb))
        return path

    def __call__(self, *arguments: object) -> tuple[object, str, str]:
        """The exit code, standard output and standard error."""
        self._patch.setattr(sys, "argv", ["grader", "check", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        return (ended.value.code or 0, *self._capsys.readouterr())

    def json(self, *arguments: object) -> list[dict[str, Any]]:
        _, output, errors = self(*arguments, "--json")
        assert errors == ""
        entries: list[dict[str, Any]] = json.loads(output)
        return entries


@pytest.fixture
def check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Check:
    return Check(tmp_path, monkeypatch, capsys)


def in_trouble() -> Notebook:
    """The first answer is there twice and different, the second split, the third merged."""
    nb = solved()
    merge_below(nb, THIRD)
    split(nb, SECOND, lines_of_tests(cell_of(nb, SECOND)["source"])[1])
    paste_below(nb, FIRST, other())
    return nb


def test_check_goes_on_after_a_bad_cell(check: Check) -> None:
    """Each answer that is refused has its line with the file, the exercise, and what to do."""
    path = check.write("04-concurrent-operations.ipynb", in_trouble())
    code, output, errors = check(path)
    assert (code, errors) == (1, "")
    assert check.suites == [(THIRD, cell_of(solved(), THIRD)["source"])]
    assert output.splitlines() == [
        f"{path}: {FIRST}: rejected, 0 of 5 points. The notebook holds two different answers for "
        f"{FIRST} (cells 11 and 12): keep one of them.",
        f"{path}: {SECOND}: rejected, 0 of 5 points. The answer cell of {SECOND} was split: merge "
        "cells 26 and 27 again (Edit, Merge Selected Cells).",
        f"{path}: {THIRD}: 1 of 5 points.",
        "1 of 15 points",
    ]


def test_check_as_json_has_an_entry_for_each(check: Check) -> None:
    """A refused answer is there like any other, with the reason and no points."""
    path = check.write("04-concurrent-operations.ipynb", in_trouble())
    entries = check.json(path)
    assert [one["exercise"] for one in entries] == [FIRST, SECOND, THIRD]
    assert [one["status"] for one in entries] == ["rejected", "rejected", "graded"]
    assert [one["score"] for one in entries] == [0.0, 0.0, 1.0]
    assert [one["points"] for one in entries] == [5, 5, 5]
    assert {frozenset(one) for one in entries} == {frozenset(entries[0])}
    assert "keep one of them." in entries[0]["reason"]


@pytest.mark.parametrize("first", [True, False])
def test_check_goes_on_after_a_bad_notebook(check: Check, first: bool) -> None:
    """A file that is none is named, and the others are graded."""
    bad = check.folder / "bad.ipynb"
    bad.write_text("{")
    good = check.write("good.ipynb", notebook(typed(ANSWER)))
    paths = [bad, good] if first else [good, bad]
    code, output, errors = check(*paths)
    assert code == 2
    assert output.splitlines() == [f"{good}: {FIRST}: 1 of 5 points.", "1 of 5 points"]
    assert errors.startswith(f"grader: {bad} is not a notebook (")
    entries = {one["notebook"]: one for one in check.json(*paths)}
    assert entries[str(bad)]["exercise"] is None
    assert entries[str(bad)]["status"] == "rejected"
    assert str(bad) in entries[str(bad)]["reason"]
    assert entries[str(good)]["score"] == 1.0


def test_check_goes_on_after_other_troubles(check: Check) -> None:
    """A file that is not there, one without an exercise, and an exercise that nobody knows."""
    typo = check.write("typo.ipynb", notebook(typed("%%ipytest --mutants distinct-idz\nx = 1")))
    empty = check.write("empty.ipynb", notebook(typed("x = 1")))
    good = check.write("good.ipynb", notebook(typed(ANSWER)))
    gone = check.folder / "gone.ipynb"
    code, output, errors = check(typo, empty, gone, good)
    assert (code, len(output.splitlines())) == (2, 2)
    assert errors.splitlines() == [
        f"grader: {typo}: there is no exercise distinct-idz; did you mean {FIRST}?",
        f"grader: {empty} holds no exercise: name a lesson's notebook.",
        f"grader: {gone} cannot be read (No such file or directory): check its name.",
    ]
    entries = check.json(typo, empty, gone, good)
    assert [one["exercise"] for one in entries] == ["distinct-idz", None, None, FIRST]


def test_check_of_nothing_but_bad_notebooks(check: Check) -> None:
    """Every one of them is named."""
    bad = check.folder / "bad.ipynb"
    bad.write_text("{")
    code, output, errors = check(bad, check.folder / "gone.ipynb")
    assert (code, output) == (2, "")
    assert "bad.ipynb is not a notebook" in errors
    assert "gone.ipynb cannot be read" in errors


def test_check_of_a_new_notebook(check: Check) -> None:
    """Cells that were carried into a notebook of no lesson's name are graded as anywhere."""
    nb = solved()
    cells = [copied(cell_of(nb, FIRST)), copied(nb["cells"][own_places(nb)[0]]), typed(other())]
    path = check.write("Untitled.ipynb", notebook(cells[0], cells[1]))
    assert [one["exercise"] for one in check.json(path)] == [FIRST]
    assert check.suites == [(FIRST, ANSWER)]
    (entry,) = check.json(check.write("Untitled1.ipynb", notebook(*cells)))
    assert "two different answers for distinct-ids (cells 1 and 3)" in entry["reason"]


def test_check_misses_an_answer_of_the_lesson(check: Check) -> None:
    """An answer cell that was cut out of a lesson's notebook, or of a copy of it, is missed."""
    nb = solved()
    del nb["cells"][at(nb, FIRST)]
    for name in ("04-concurrent-operations.ipynb", "04-concurrent-operations-Copy1.ipynb"):
        entries = {one["exercise"]: one for one in check.json(check.write(name, nb))}
        assert entries[FIRST]["status"] == "rejected"
        assert entries[FIRST]["reason"] == (
            f"The notebook holds no answer cell of {FIRST}: take it back from the original."
        )
        assert entries[SECOND]["status"] == "graded"


def test_check_does_not_mind_odd_metadata(check: Check) -> None:
    """Whose lesson it is, a notebook may say in any way."""
    nb = notebook(typed(ANSWER))
    odd: list[Any] = [None, [], "x", {"lesson": []}, {"lesson": 5}]
    for about in odd:
        nb["metadata"] = {"grader": about}
        assert [one["exercise"] for one in check.json(check.write("a.ipynb", nb))] == [FIRST]


def test_check_says_nothing_of_ids(check: Check) -> None:
    """Ids that are missing or there twice are no trouble of the learner's."""
    nb = solved()
    nb["cells"].append(copy.deepcopy(cell_of(nb, FIRST)))
    for written in (nb, {**without_ids(nb), "nbformat_minor": 5}):
        path = check.write("04-concurrent-operations.ipynb", written)
        code, _, errors = check(path)
        assert (code, errors) == (1, "")


def test_problem_for_a_panel(check: Check) -> None:
    """A panel may say what is wrong in the notebook as it was last saved."""
    path = check.write("04-concurrent-operations.ipynb", in_trouble())
    assert "two different answers" in str(problem_of(path, FIRST))
    assert "was split" in str(problem_of(path, SECOND))
    assert problem_of(path, THIRD) is None
    assert problem_of(path, "no-such-exercise") is None
    assert problem_of(check.folder / "gone.ipynb", FIRST) is None


@pytest.mark.slow
def test_check_for_once_in_earnest(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    """A merged, commented and copied solution has full marks."""
    monkeypatch.undo()
    nb = solved()
    merge_below(nb, FIRST)
    nb["cells"][10]["source"] = f"# mine\n%%time\n{nb['cells'][10]['source']}"
    nb["cells"] = [nb["cells"][10], copied(nb["cells"][10])]
    path = check.write("Untitled.ipynb", without_marks(nb))
    code, output, _ = check(path)
    assert code == 0, output
    assert f"{path}: {FIRST}: 5 of 5 points" in output

"""What is different in a browser's tab: no database, no terminal, and a course without a folder."""

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from helpers.course import ROOT

from grader import _type
from grader.course import notebooks
from grader.learner import update, work
from grader.learner.tab import WITH_DATABASE, lacks

START = "00-start-here.ipynb"
LESSON = "2-advanced/04-concurrent-operations.ipynb"
ANSWER = "%%ipytest --mutants distinct-ids\nasync def test_mine():\n    assert True\n"


def test_a_lesson_with_a_database_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the way to Binder, and the two commands."""
    monkeypatch.setattr("grader.learner.tab.HAS_THREADS", False)
    for folder in WITH_DATABASE:
        said = lacks(Path("/drive", folder))
        assert said is not None
        assert "mybinder.org" in said[0]
        assert all("git clone" in one and "make -C" in one for one in said)


def test_elsewhere_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither on a machine of one's own, nor in a lesson that needs none."""
    assert lacks(Path("/course/notebooks/3-infrastructure")) is None
    monkeypatch.setattr("grader.learner.tab.HAS_THREADS", False)
    assert lacks(Path("/drive/2-advanced")) is None


@pytest.fixture
def drive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What a tab stores, with an answer in an old lesson 04; a newer one came with the grader."""
    drive, packed = tmp_path / "drive", tmp_path / "released"
    for folder in (drive, packed):
        for path in (START, LESSON):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / "notebooks" / path, folder / path)
    change(drive / LESSON, lambda cells: cells[0].update(source="# Old"))
    change(drive / LESSON, lambda cells: answer_cell(cells).update(source=ANSWER))
    for module in (notebooks, update, work):
        monkeypatch.setattr(module, "PACKED", packed)
    monkeypatch.chdir(drive / "2-advanced")
    return drive


def change(path: Path, change: Callable[[Any], None]) -> None:
    """Change the cells of a notebook."""
    nb = json.loads(path.read_text(encoding="utf-8"))
    change(nb["cells"])
    path.write_text(json.dumps(nb), encoding="utf-8")


def answer_cell(cells: Any) -> Any:
    """The cell with the answer."""
    return next(cell for cell in cells if cell["id"] == "distinct-ids")


def test_a_newer_site_keeps_every_answer(drive: Path) -> None:
    """The lesson that came with the grader, with the old one's answer; all is copied before."""
    before = (drive / LESSON).read_bytes()
    _type("update")
    cells = json.loads((drive / LESSON).read_text(encoding="utf-8"))["cells"]
    assert "".join(answer_cell(cells)["source"]) == ANSWER
    assert "# Old" not in cells[0]["source"]
    assert (drive / ".grader" / "before-update" / "1" / LESSON).read_bytes() == before
    _type("reset distinct-ids")
    cells = json.loads((drive / LESSON).read_text(encoding="utf-8"))["cells"]
    assert "".join(answer_cell(cells)["source"]) != ANSWER
    assert (drive / ".grader" / "before-update" / "1" / LESSON).read_bytes() == before
    kept = (drive / LESSON).with_name("distinct-ids.kept-1.txt")
    assert kept.read_text(encoding="utf-8") == ANSWER


def test_answers_are_packed_from_a_cell(drive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Into what is stored; a tab knows nobody's name."""
    _type("pack")
    assert "give it with --name" in capsys.readouterr().err
    _type("pack --name 'Ada Lovelace'")
    with zipfile.ZipFile(drive / "work-Ada Lovelace.zip") as packed:
        assert packed.namelist() == [f"Ada Lovelace/{LESSON}"]


def test_a_wrong_command_in_a_cell_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """As in a terminal; the cell goes on."""
    _type("nonsense")
    assert "No such command 'nonsense'" in capsys.readouterr().err
    _type("")
    assert "Usage: grader" in capsys.readouterr().out

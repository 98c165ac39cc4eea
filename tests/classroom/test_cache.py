"""What is kept of earlier gradings, and what `grader grade` prints."""

import json
import shutil
from pathlib import Path

import pytest
from helpers.again import again
from helpers.course import ROOT
from helpers.small_class import (
    MAGIC,
    PART,
    SmallClass,
    solved,
)

from grader.classroom import cache, summary
from grader.classroom.cache import FOLDER, Cache
from grader.classroom.summary import Row, Summary
from grader.report import Report

pytestmark = pytest.mark.slow


# ------------------------------------------------------------------ the cache


def entries(room: SmallClass) -> list[Path]:
    return sorted((room.root / FOLDER).rglob("*.json"))


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"result": 1}', b"\xff", b"[" * 9999])
def test_corrupt_entry(room: SmallClass, content: bytes) -> None:
    """What we have not written whole is not read."""
    before = room.files(), room.gradebook()
    for path in entries(room):
        path.write_bytes(content)
    shutil.rmtree(room.root / "autograded")
    again(room)
    assert (room.files(), room.gradebook()) == before


def test_foreign_entry(room: SmallClass) -> None:
    """One suite's result under another's name is nobody's."""
    before = room.files()
    contents = [path.read_bytes() for path in entries(room)]
    for path, content in zip(entries(room), contents[1:] + contents[:1], strict=True):
        path.write_bytes(content)
    again(room)
    assert room.files() == before


def test_wall_is_part_of_the_key(tmp_path: Path) -> None:
    """Marks that were given without a wall are not official ones."""
    report = Report("first-test", "not-attempted", "Write your tests.", 2)
    Cache(tmp_path, "none").put("first-test", MAGIC, report)
    assert Cache(tmp_path, "none").get("first-test", MAGIC) == report
    assert Cache(tmp_path, "bubblewrap").get("first-test", MAGIC) is None


@pytest.mark.parametrize(
    ("file", "counts"),
    [
        ("pages/templates/page.css", False),
        ("pages/panel.py", False),
        ("classroom/feedback.py", False),
        ("runner/loops.py", True),
        ("engine/verdicts.py", True),
        ("report.py", True),
        ("bank/lesson_04_concurrent_operations/distinct_ids/mutants.py", True),
    ],
)
def test_only_what_can_change_a_verdict_is_part_of_the_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, counts: bool
) -> None:
    """A new colour grades nothing again, and a new mutant everything."""
    home = Path(shutil.copytree(ROOT / "grader", tmp_path / "grader"))
    monkeypatch.setattr(cache, "__file__", str(home / "classroom" / "cache.py"))
    before = cache.engine.__wrapped__()
    with (home / file).open("a", encoding="utf-8") as changed:
        changed.write("\n# changed\n")
    assert (cache.engine.__wrapped__() != before) is counts


# ------------------------------------------------------------------ the command


def test_command(room: SmallClass) -> None:
    """The summary ends with the numbers; a refusal makes the exit code 1."""
    room.hand_in("eve", {})
    result = room.run()
    assert result.returncode == 1
    assert "eve: The file is JSON, and no notebook." in result.stdout
    assert "0 graded, 1 refused, 4 unchanged, in " in result.stdout


def test_command_prints_nothing_but_json(room: SmallClass) -> None:
    """The keys are an interface."""
    result = room.run("--json")
    assert (result.returncode, result.stderr) == (0, "")
    found = json.loads(result.stdout)
    assert set(found) == {
        *("part", "graded", "unchanged", "refused", "ignored", "seconds", "sandbox", "remarks"),
        "learners",
    }
    assert found["learners"][0] == {
        "learner": "ada",
        "status": "unchanged",
        "score": 2.0,
        "points": 2.0,
        "exercises": {"first-test": 2.0},
        "reason": None,
        "tests": 2.0,
        "by_hand": 0.0,
        "extra_credit": 0.0,
        "penalty": 0.0,
        "name": None,
        "section": None,
    }


def test_command_takes_an_export(room: SmallClass, tmp_path: Path) -> None:
    """What a learning platform has exported is sorted in, and graded."""
    folder = tmp_path / "export" / "Eve Moneypenny_7_assignsubmission_file_"
    folder.mkdir(parents=True)
    (folder / "my notebook.ipynb").write_text(json.dumps(solved()))
    result = room.run("--from", str(tmp_path / "export"))
    assert result.returncode == 0, result.stderr
    assert room.scores()["Eve Moneypenny"] == 2.0


def test_csv() -> None:
    """A line for each learner, and no cell that a spreadsheet would compute."""
    rows = (
        Row("=cmd()", "graded", 2.0, 2.0, {"first-test": 2.0}, None, 1.5, 0.5, 0.0, 0.25),
        Row("ben", "refused", reason="-1"),
        Row(" =1+1", "graded", 0.0, 2.0, {"first-test": 0.0}),
        Row("＝1+1", "graded", 0.0, 2.0, {"first-test": 0.0}),
    )
    lines = summary.to_csv(Summary(PART, rows, 0.1, "none")).splitlines()
    assert lines == [
        "learner,name,section,status,score,points,first-test,"
        "tests,by_hand,extra_credit,penalty,reason",
        "'=cmd(),,,graded,2.0,2.0,2.0,1.5,0.5,0.0,0.25,",
        "ben,,,refused,,,,,,,,'-1",
        "' =1+1,,,graded,0.0,2.0,0.0,,,,,",
        "'＝1+1,,,graded,0.0,2.0,0.0,,,,,",
    ]

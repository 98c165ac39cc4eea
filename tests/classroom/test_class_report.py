"""What an instructor learns of a class: as a page, as JSON and as CSV."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from helpers.autograded import (
    FIRST,
    HOSTILE,
    INVISIBLE,
    MINE,
    PART,
    hostile_report,
    new_course,
    report_on,
    write_autograded,
)
from helpers.command import Grader
from helpers.outline import Outline, assert_readable, assert_stands_alone, words

from grader.classroom.class_report import ClassReport, class_report, to_page
from grader.classroom.class_tables import to_csv, to_json, to_summary_csv
from grader.classroom.exercise_result import normalised
from grader.errors import CourseError
from grader.report import Report
from grader.report import TestReport as OneTest  # pytest would take it for a test class

SECOND, THIRD = list(MINE)[1:]
ASIDE = OneTest("test_order", "wrong", "line 9: it differs")
EVERY = {name: tuple(range(1, len(exercise.mutants) + 1)) for name, exercise in MINE.items()}
"""The numbers of all mutants."""

GOOD = report_on(FIRST, {"test_all": EVERY[FIRST]})
HALF = report_on(FIRST, {"test_ids": (1, 3)}, (ASIDE, replace(ASIDE, message="line 4: it differs")))
MINE_TOO = "%%ipytest --mutants distinct-ids\n\ndef test_ids():\n    assert 1  # {}\n"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """Six have handed in, and five are graded: one has copied, two are alike."""
    root = new_course(tmp_path / "course")
    write_autograded(root, "ada", {FIRST: (None, GOOD)})
    write_autograded(root, "bob", {FIRST: (MINE_TOO.format("bob's"), HALF)})
    write_autograded(root, "cy", {FIRST: (MINE_TOO.format("cy's own"), HALF)})
    write_autograded(root, "di", {FIRST: ("def", Report(FIRST, "rejected", "Line 1.", 5))})
    write_autograded(root, "ed", {FIRST: (MINE_TOO, "The notebook holds the answer cell twice.")})
    write_autograded(root, "flo", {}, stage="submitted")
    return root


@pytest.fixture
def report(course: Path) -> ClassReport:
    return class_report(course, PART)


def rows_of(text: str) -> list[dict[str, str]]:
    """A table as a spreadsheet reads it."""
    return list(csv.DictReader(io.StringIO(text)))


# ------------------------------------------------------------------ what is counted


def test_totals(report: ClassReport) -> None:
    """The points of each learner who was graded, their mean and their median."""
    assert report.points == 15
    assert report.totals == {"ada": 5.0, "bob": HALF.score, "cy": HALF.score, "di": 0, "ed": 0}
    assert report.mean == pytest.approx((5 + 2 * HALF.score) / 5)
    assert report.median == HALF.score


def test_histogram(report: ClassReport) -> None:
    """Ten columns; 5 of 15 points are in the fourth, and two tests of fourteen in the first."""
    assert [column.count for column in report.histogram] == [4, 0, 0, 1, 0, 0, 0, 0, 0, 0]


def test_full_marks_are_in_the_last_column(course: Path) -> None:
    """There is no eleventh column for 100 %."""
    full = report_on(SECOND, {"test_it": EVERY[SECOND]})
    last = report_on(THIRD, {"test_it": EVERY[THIRD]})
    write_autograded(course, "gus", {FIRST: (None, GOOD), SECOND: ("", full), THIRD: ("", last)})
    assert class_report(course, PART).histogram[-1].count == 1


def test_statuses(report: ClassReport) -> None:
    """The answers to an exercise by status, refused ones among them."""
    found = {share.text: share.count for share in report.exercises[0].statuses}
    assert found == {"graded": 3, "rejected": 1, "refused": 1}


def test_mutants(report: ClassReport) -> None:
    """Each mutant, and the share of the graded answers that killed it."""
    mutants = report.exercises[0].mutants
    assert tuple(mutant.number for mutant in mutants) == EVERY[FIRST]
    assert [mutant.count for mutant in mutants if mutant.number in (1, 3)] == [3, 3]
    assert {mutant.count for mutant in mutants if mutant.number not in (1, 3)} == {1}
    assert {mutant.of for mutant in mutants} == {3}


def test_clauses(report: ClassReport) -> None:
    """Each clause, and the share of the graded answers that let one of its mutants live."""
    alive = {mutant.clause for mutant in HALF.mutants if not mutant.killed}
    found = {clause.text: clause.count for clause in report.exercises[0].clauses}
    assert found == {clause: 2 * (clause in alive) for clause in found}
    assert set(found) == {mutant.clause for mutant in HALF.mutants}


def test_verdicts_and_messages(report: ClassReport) -> None:
    """Tests by verdict; the same message from another line is the same message."""
    first = report.exercises[0]
    assert {share.text: share.count for share in first.verdicts} == {"valid": 3, "wrong": 4}
    assert [(share.text, share.count) for share in first.messages] == [("wrong: it differs", 4)]


def test_copies(report: ClassReport) -> None:
    """The published solution is told, and so are suites that differ in comments only."""
    first = report.exercises[0]
    assert first.same_as_solution == ["ada"]
    assert first.groups == {1: ["bob", "cy", "ed"]}


def test_untouched_answers_are_no_copies(report: ClassReport) -> None:
    """Who has not begun has copied from nobody."""
    assert report.exercises[1].groups == {}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("x = 1", "%%ipytest --mutants a\n\nx   =  1  # one", True),
        ('def f():\n    """A."""\n    return 1', "def f():\n    return 1", False),
        ('def f():\n    """A."""\n    return 1', 'def f():\n    """B."""\n    return 1', True),
        ("x = 1", "x = 2", False),
        ("def", " def\n", True),
        ("(" * 10_000, "(" * 10_000, True),
        ("x = '\\d'", "x = '\\d' # odd", True),
        ("\0", "\0", True),
    ],
)
def test_what_is_the_same(one: str, other: str, same: bool) -> None:
    """Layout, comments and the words of docstrings make no difference, and nothing is too odd."""
    assert (normalised(one) == normalised(other)) is same


def test_who_is_left_out(course: Path) -> None:
    """A submission that was refused or is not graded is listed, and so is a broken file."""
    write_autograded(course, "gus", {}).write_text("{")
    write_autograded(course, "hal", {}, status="refused", reason="It is a pipe.")
    left_out = class_report(course, PART).left_out
    assert list(left_out) == ["flo", "gus", "hal"]
    assert "not graded yet" in left_out["flo"]
    assert "is not a notebook" in left_out["gus"]
    assert left_out["hal"] == "It is a pipe."


def test_reports_on_other_mutants(course: Path) -> None:
    """Answers that met other mutants than those of today are told apart."""
    mutants = tuple(replace(mutant, clause="Older.") for mutant in HALF.mutants)
    write_autograded(course, "gus", {FIRST: ("x", replace(HALF, mutants=mutants))})
    report = class_report(course, PART)
    assert {mutant.of for mutant in report.exercises[0].mutants} == {3}
    assert "1 of these answers met mutants that have changed since" in words(to_page(report))


# ------------------------------------------------------------------ refusals


def test_nobody(tmp_path: Path) -> None:
    """An empty class gets a sentence."""
    with pytest.raises(CourseError, match="Nobody has handed in 2-advanced: collect"):
        class_report(new_course(tmp_path / "course"), PART)


def test_nobody_graded(tmp_path: Path) -> None:
    """So does a class that was never graded."""
    root = new_course(tmp_path / "course")
    write_autograded(root, "ada", {}, stage="submitted")
    with pytest.raises(CourseError, match="run `grader grade 2-advanced` first"):
        class_report(root, PART)


@pytest.mark.parametrize("part", ["9-none", "../x", "", "*"])
def test_no_such_part(course: Path, part: str) -> None:
    """A part is the name of a folder in solutions/."""
    with pytest.raises(CourseError, match=r"There is no part|is no name of a part"):
        class_report(course, part)


# ------------------------------------------------------------------ the page and the tables


def test_page_says_everything(report: ClassReport) -> None:
    """Scores, mutants, clauses, messages, copies, learners, and who is left out."""
    said = words(to_page(report))
    for part in [
        *("Learners6", "Graded5", "Left out1", "3 of 3 100 %", "1 of 3 33 %"),
        *("The published solution: ada", "Group #1: bob, cy, ed", "wrong: it differs 4 of 4"),
        *("flo all autograded/ holds nothing of it", "di 0 rejected", "ed 0 refused group #1"),
    ]:
        assert part in said


def test_page_is_in_order(report: ClassReport) -> None:
    """Structure, and nothing that runs or is loaded."""
    outline = Outline(to_page(report))
    assert_readable(outline)
    assert_stands_alone(outline)


def test_histogram_in_words(report: ClassReport) -> None:
    """The picture has a name that tells what it shows, and a table that says the same."""
    outline = Outline(to_page(report))
    (picture,) = [svg for svg in outline.attributes("svg") if svg.get("role") == "img"]
    assert picture["aria-labelledby"] == "histogram-title"
    assert outline.text["title"][1] == "Histogram: 4 at 0 to 10 %, 1 at 30 to 40 %"
    assert "The same as a table" in outline.text["summary"]


def test_answers_as_csv(report: ClassReport) -> None:
    """A row for each learner and exercise, and one for each who is left out."""
    rows = rows_of(to_csv(report))
    assert len(rows) == 5 * 3 + 1
    (bob,) = [row for row in rows if row["learner"] == "bob" and row["exercise"] == FIRST]
    assert float(bob["score"]) == HALF.score
    expected = {"tests_valid": "1", "tests_wrong": "2", "killed": "2", "group": "1"}
    expected["mutants"] = str(len(EVERY[FIRST]))
    assert {name: bob[name] for name in expected} == expected
    assert [row["learner"] for row in rows if row["equals_solution"] == "True"] == ["ada"]
    assert rows[-1]["status"] == "left-out"


def test_summary_as_csv(report: ClassReport) -> None:
    """Every other number of the page: what it counts, of how many, and the share."""
    rows = rows_of(to_summary_csv(report))
    (second,) = [
        row
        for row in rows
        if (row["exercise"], row["kind"], row["number"]) == (FIRST, "mutant killed", "2")
    ]
    assert (second["value"], second["of"], second["share"]) == ("1", "3", "0.3333")
    kinds = {"score", "learners", "points", "status", "verdict", "message"}
    assert kinds | {"mutant killed", "clause undefended"} <= {row["kind"] for row in rows}


def test_json(report: ClassReport) -> None:
    """The tables as plain JSON, and the totals."""
    found: dict[str, Any] = json.loads(json.dumps(to_json(report)))
    assert found["learners"][0] == {"learner": "ada", "score": 5.0}
    assert len(found["answers"]) == len(rows_of(to_csv(report)))
    assert len(found["summary"]) == len(rows_of(to_summary_csv(report)))


# ------------------------------------------------------------------ what they withstand


@pytest.fixture
def hostile(course: Path) -> ClassReport:
    """A class of learners whose names, tests and messages are hostile."""
    odd = HOSTILE.replace("/", "").replace("\0", "")[:80]
    for name in [odd, "=1+1", "+1", "-1", "@x", "\tx", "\rx", " =1", "＝1", "n" * 200]:
        write_autograded(course, name, {FIRST: (HOSTILE, hostile_report())})
    return class_report(course, PART)


def test_hostile_page(hostile: ClassReport) -> None:
    """Whatever was written is text: nothing runs, and nothing is invisible."""
    page = to_page(hostile)
    outline = Outline(page)
    assert_stands_alone(outline)
    assert_readable(outline)
    assert INVISIBLE.search(page) is None
    assert "<script>alert(1)" in outline.text["main"][0]


@pytest.mark.parametrize("table", [to_csv, to_summary_csv])
def test_no_cell_is_a_formula(hostile: ClassReport, table: Any) -> None:
    """A cell that a spreadsheet would run begins with an apostrophe; nothing in it is invisible."""
    text = table(hostile)
    assert INVISIBLE.search(text) is None
    for row in rows_of(text):
        for cell in row.values():
            assert not cell.lstrip().startswith(("=", "+", "@", "＝"))
            assert not cell.startswith("-")


def test_names_in_csv_keep_their_text(hostile: ClassReport) -> None:
    """A defused name is still there to be read."""
    names = {row["learner"] for row in rows_of(to_csv(hostile))}
    assert {"'=1+1", "'+1", "'-1", "'@x", "' =1", "'\\tx", "'\\rx"} <= names


# ------------------------------------------------------------------ the command


@pytest.fixture
def report_command(course: Path, grader: Grader, monkeypatch: pytest.MonkeyPatch) -> Grader:
    """The command, in a course that was graded."""
    monkeypatch.chdir(course)
    return grader


def test_command_writes_a_page(report_command: Grader, course: Path) -> None:
    """It says where the page is, and leaves nothing else there."""
    code, output, errors = report_command("report", PART)
    assert (code, errors) == (0, "")
    path = course / "reports" / f"{PART}.html"
    assert output == f"Open {path} in a browser.\n"
    assert list(path.parent.iterdir()) == [path]
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_command_writes_elsewhere(report_command: Grader, tmp_path: Path) -> None:
    """`--output` names the file."""
    path = tmp_path / "new" / "page.html"
    assert report_command("report", PART, "--output", path)[0] == 0
    assert path.exists()


def test_command_prints_json(report_command: Grader) -> None:
    """`--json` prints JSON and nothing else, in ASCII, so that no terminal is fooled."""
    code, output, errors = report_command("report", PART, "--json")
    assert (code, errors) == (0, "")
    assert json.loads(output)["part"] == PART
    assert output.isascii()


@pytest.mark.parametrize("option", ["--csv", "--csv-summary"])
def test_command_prints_csv(report_command: Grader, option: str) -> None:
    """Each table by itself."""
    code, output, errors = report_command("report", PART, option)
    assert (code, errors) == (0, "")
    assert len(rows_of(output)) > 5


def test_command_wants_one_form(report_command: Grader) -> None:
    """Two forms at once are refused."""
    assert "choose one of" in report_command.refusal("report", PART, "--json", "--csv")


def test_command_refuses_a_part(report_command: Grader) -> None:
    """What is no part is answered with the parts that there are."""
    sentence = report_command.refusal("report", "nothing")
    assert "choose one of 2-advanced" in sentence

"""The way back: pages and grades for a platform; who is forgotten, what is kept and compared."""

import contextlib
import csv
import io
import json
import shutil
import sqlite3
import zipfile
from pathlib import Path

import pytest
from helpers.again import again
from helpers.course import ROOT
from helpers.outline import Outline, assert_readable, assert_stands_alone, words
from helpers.small_class import LESSON, PART, WEAK, SmallClass, answer, solved

from grader.bank import exercises
from grader.classroom.class_report import class_report
from grader.classroom.compare import compare
from grader.classroom.gradebook import Course
from grader.classroom.handed_in import Mark, known, remember
from grader.classroom.overview import overview, to_page
from grader.classroom.returned import Platform, give_back
from grader.classroom.upkeep import backup, forget_learner, traces
from grader.errors import CourseError

pytestmark = pytest.mark.slow

MOODLE = {
    "ada": Mark("moodle", "Ada Lovelace", "7"),
    "ben": Mark("moodle", "Last, Ben", "8"),
    "cleo": Mark("moodle", "Cleo", "9"),
}
CANVAS = {
    "ada": Mark("canvas", "lovelaceada", "12", "34", f"lovelaceada_12_34_{LESSON}.ipynb"),
    "ben": Mark("canvas", "lastben", "13", "35", "x", late=True),
    "cleo": Mark("canvas", "anon_Xy", "", "36"),
}


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def names(path: Path) -> set[str]:
    with zipfile.ZipFile(path) as archive:
        return set(archive.namelist())


# ------------------------------------------------------------------ grader return


def test_to_moodle(room: SmallClass) -> None:
    """A zip of feedback files and a worksheet; who did not come from there is told."""
    remember(room.root, PART, MOODLE)
    made = give_back(room.root, PART, "moodle")
    assert names(made.pages) == {
        f"Ada Lovelace_7_assignsubmission_file_{PART}.html",
        f"Last, Ben_8_assignsubmission_file_{PART}.html",
        f"Cleo_9_assignsubmission_file_{PART}.html",
    }
    rows = {row["Identifier"]: row for row in table(made.grades)}
    assert {row["Last modified (grade)"] for row in rows.values()} == {""}  # or Moodle takes none
    assert set(rows) == {"Participant 7", "Participant 8", "Participant 9"}
    assert (rows["Participant 7"]["Grade"], rows["Participant 7"]["Maximum Grade"]) == (
        "2.0",
        "2.0",
    )
    assert made.left_out == ("dan: came with no export of Moodle: give the page back by hand.",)


def test_to_canvas(room: SmallClass) -> None:
    """Each page under the numbers of the submission, the grades under those of the person."""
    remember(room.root, PART, CANVAS)
    made = give_back(room.root, PART, "canvas")
    assert names(made.pages) == {
        f"lovelaceada_12_34_{PART}.html",
        f"lastben_LATE_13_35_{PART}.html",
    }
    rows = table(made.grades)
    assert [(row["ID"], row[PART]) for row in rows] == [("12", "2.0"), ("13", "0.0")]
    assert [line.partition(":")[0] for line in made.left_out] == ["cleo", "dan"]


def test_to_a_folder(room: SmallClass) -> None:
    """One page for each learner, which stands alone; the scores are the gradebook's."""
    made = give_back(room.root, PART, "folder")
    with zipfile.ZipFile(made.pages) as archive:
        pages = {name: archive.read(name).decode() for name in archive.namelist()}
    assert set(pages) == {f"{learner}/{PART}.html" for learner in ("ada", "ben", "cleo", "dan")}
    outline = Outline(pages[f"ada/{PART}.html"])
    assert_readable(outline)
    assert_stands_alone(outline)
    assert {row["learner"]: float(row["score"]) for row in table(made.grades)} == room.scores()


def test_what_changed_since(room: SmallClass) -> None:
    """A regrade names who was told something else; the rest is not made again."""
    first = give_back(room.root, PART, "folder")
    assert first.changes == ()
    raw = first.pages.read_bytes()
    assert give_back(room.root, PART, "folder").pages.read_bytes() == raw, "the same, to the byte"
    before = room.scores()["cleo"]
    room.hand_in("cleo", solved())
    summary = again(room)
    assert f"Given back with another score: cleo ({before:g} → 2)." in summary.remarks
    made = give_back(room.root, PART, "folder", only_changed=True)
    assert made.changes == (f"cleo: {before:g} → 2 points",)
    assert names(made.pages) == {f"cleo/{PART}.html"}
    assert [row["learner"] for row in table(made.grades)] == ["cleo"]


def test_points_by_hand_on_an_answer_that_was_replaced(room: SmallClass) -> None:
    """They stand, and somebody has to look: in the summary and in the report."""
    with sqlite3.connect(room.root / "gradebook.db") as book:
        book.execute("update grade set manual_score = 0.5")
    book.close()
    room.hand_in("cleo", solved())
    rows = {row.learner: row for row in again(room).rows}
    assert rows["cleo"].score == 0.5
    assert rows["cleo"].reason == (
        "first-test: the points by hand stand, and the answer has changed since: look at it again."
    )
    assert rows["ada"].reason is None
    concerns = class_report(room.root, PART).concerns
    assert [(one.learner, one.exercise) for one in concerns] == [("cleo", "first-test")]


def test_a_part_counts_with_the_lessons_that_are_missing(room: SmallClass) -> None:
    """On the page and in what goes back; the page says which."""
    more = ROOT / "solutions" / "4-craft" / "10-best-practices.ipynb"
    shutil.copy(more, room.root / "solutions" / PART)
    made = give_back(room.root, PART, "folder")
    points = 2.0 + sum(
        one.points for one in exercises().values() if one.lesson == "10-best-practices"
    )
    assert {float(row["points"]) for row in table(made.grades)} == {points}
    with zipfile.ZipFile(made.pages) as archive:
        said = words(archive.read(f"ada/{PART}.html").decode())
    assert f"2 of {points:g} points" in said
    assert "Lesson 10: Best practices was not handed in" in said


def test_two_with_one_number(room: SmallClass) -> None:
    """Nobody's grade is written twice."""
    remember(room.root, PART, {**MOODLE, "dan": MOODLE["ada"]})
    made = give_back(room.root, PART, "moodle")
    assert [line.partition(":")[0] for line in made.left_out] == ["ada", "dan"]
    assert "Participant 7" not in made.grades.read_text()


def test_who_is_not_in_the_gradebook_is_told_no_score(room: SmallClass) -> None:
    """0 points would be a lie; one whose notebook cannot be read costs nobody else."""
    (room.root / "gradebook.db").unlink()
    (room.root / "autograded" / "ben" / PART / f"{LESSON}.ipynb").write_text("{")
    made = give_back(room.root, PART, "folder")
    assert (made.count, len(made.left_out)) == (0, 4)
    assert f"ada: is not in the gradebook, run `grader grade {PART}` again." in made.left_out
    assert any(one.startswith("ben: ") and "not a notebook" in one for one in made.left_out)
    assert table(made.grades) == []


def test_nobody_to_give_back_to(tmp_path: Path) -> None:
    room = SmallClass(tmp_path)
    with pytest.raises(CourseError, match="Nobody is graded"):
        give_back(room.root, PART, "folder")


@pytest.mark.parametrize("platform", ["moodle", "canvas", "folder"])
def test_the_command(room: SmallClass, platform: Platform) -> None:
    """It names the files; 1 where somebody has to be seen to."""
    remember(room.root, PART, MOODLE if platform == "moodle" else CANVAS)
    made = room.run(command=["grader", "return", PART, "--for", platform])
    assert made.returncode == (platform != "folder"), made.stderr
    assert f"returned/{PART}-{platform}-grades.csv" in made.stdout


# ------------------------------------------------------------------ forget, backup


def test_a_ghost_is_gone_everywhere(room: SmallClass) -> None:
    remember(room.root, PART, MOODLE)
    give_back(room.root, PART, "folder")
    room.run(command=["grader", "report", "--all"])
    assert traces(room.root, "ben") == [
        *("submitted/ben", "autograded/ben", "feedback/ben"),
        *(f"the gradebook ({PART})", f"what exports told ({PART})"),
        *(f"returned/{PART}-folder-grades.csv", f"returned/{PART}-folder.zip", "reports/all.html"),
    ]
    gone = room.run(command=["grader", "forget", "ben", "--yes"])
    assert gone.returncode == 0, gone.stderr
    assert traces(room.root, "ben") == []
    left = [path for path in room.root.rglob("*") if "ben" in path.name]
    assert left == []
    assert "ben" not in known(room.root, PART)
    assert set(room.scores()) == {"ada", "cleo", "dan"}
    assert not list((room.root / "returned").iterdir())
    assert not list((room.root / "reports").iterdir())
    for path in (room.root / ".grader").rglob("*.json"):
        assert '"ben"' not in path.read_text()


def test_who_is_in_an_export_alone_is_forgotten(tmp_path: Path) -> None:
    """Somebody who handed in a page, say, and has no folder."""
    room = SmallClass(tmp_path)
    remember(room.root, PART, {}, {"eva": "Handed in is online text."})
    assert traces(room.root, "eva") == [f"what exports told ({PART})"]
    forget_learner(room.root, "eva")
    assert traces(room.root, "eva") == []


def test_it_asks_first(room: SmallClass) -> None:
    """Without an answer nothing happens."""
    asked = room.run(command=["grader", "forget", "ben"])
    assert asked.returncode != 0
    assert traces(room.root, "ben")


@pytest.mark.parametrize("learner", ["nobody", "../submitted", "*"])
def test_nobody_to_forget(room: SmallClass, learner: str) -> None:
    with pytest.raises(CourseError):
        forget_learner(room.root, learner)
    assert set(room.scores()) == {"ada", "ben", "cleo", "dan"}


def test_backup_of_odd_places(room: SmallClass, tmp_path: Path) -> None:
    """A course in a folder with the signs of addresses, and a private bank outside of it."""
    course, bank = tmp_path / "Kurs #2? %41", tmp_path / "bank" / "deep"
    shutil.copytree(room.root, course)
    bank.mkdir(parents=True)
    (bank / "first_test.py").write_text("mutants")
    config = course / "nbgrader_config.py"
    config.write_text(f"{config.read_text()}c.GradeSuites.bank = {str(bank)!r}\n")
    path = backup(course, tmp_path / "copy.zip")
    assert "private/first_test.py" in names(path)
    with zipfile.ZipFile(path) as archive:
        archive.extract("gradebook.db", tmp_path)
    with contextlib.closing(sqlite3.connect(tmp_path / "gradebook.db")) as book:
        assert book.execute("select count(*) from student").fetchone() == (4,)


def test_backup_holds_what_cannot_be_made_again(room: SmallClass, tmp_path: Path) -> None:
    """Restored by unpacking: the gradebook opens, and says the same."""
    (room.root / "roster.csv").write_text("id\nada\n")
    path = backup(room.root, tmp_path / "there" / "copy.zip")
    other = SmallClass(tmp_path / "other")
    with zipfile.ZipFile(path) as archive:
        archive.extractall(other.root)
        assert not any("cache" in name for name in archive.namelist())
    assert other.gradebook() == room.gradebook()
    assert (other.root / "roster.csv").exists()
    assert {n: r for n, r in other.files().items() if "feedback" in n} == {
        n: r for n, r in room.files().items() if "feedback" in n
    }
    with pytest.raises(CourseError, match="is there already"):
        backup(room.root, path)


# ------------------------------------------------------------------ compare


def test_nothing_would_change(room: SmallClass) -> None:
    before = room.files(), room.gradebook()
    said = room.run(command=["grader", "grade", PART, "--compare", "--sandbox", "off"])
    assert (said.returncode, said.stderr.strip()) == (0, "")
    assert said.stdout == "0 of 4 answers would be graded otherwise; nothing was changed.\n"
    assert (room.files(), room.gradebook()) == before


def test_whose_grade_would_change_and_why(room: SmallClass) -> None:
    """As after an update of the bank: here what was graded before is what differs."""
    path = room.root / "autograded" / "ada" / PART / f"{LESSON}.ipynb"
    path.chmod(0o644)
    nb = json.loads(path.read_text())
    (cell,) = (cell for cell in nb["cells"] if "report" in cell["metadata"].get("grader", {}))
    report = cell["metadata"]["grader"]["report"]
    report["score"], report["mutants"][0]["killed"] = 1.75, False
    report["tests"][0]["verdict"] = "flaky"
    path.write_text(json.dumps(nb))
    (change,), count = compare(room.root, PART, sandbox="off")
    assert (change.learner, change.exercise, change.before, change.after, count) == (
        *("ada", "first-test", 1.75, 2.0),
        4,
    )
    assert "is valid, and was flaky" in change.why
    assert "8 of 8 mutants are killed, and were 7 of 8" in change.why


# ------------------------------------------------------------------ roster and overview


def test_who_handed_in_nothing_has_a_row(room: SmallClass) -> None:
    """In the summary, in formgrader, and in the report on all parts."""
    (room.root / "roster.csv").write_text(
        'id,name,section\nada,Ada Lovelace,A\nzoe,"Young, Zoe",B\n'
    )
    rows = {row.learner: row for row in again(room).rows}
    assert (rows["zoe"].status, rows["zoe"].reason) == (
        "ignored",
        f"Nothing was handed in for {PART}.",
    )
    assert (rows["ada"].name, rows["ada"].section) == ("Ada Lovelace", "A")
    students = {name: (first, last) for name, first, last in room.students()}
    assert students["zoe"] == ("Zoe", "Young")
    assert students["ada"] == ("Ada", "Lovelace")
    found = overview(room.root)
    (part,) = found.parts
    assert part.not_begun == ["ben", "zoe"], "an untouched notebook is no beginning"
    assert (found.total("ada"), found.points) == (2.0, 2.0)
    outline = Outline(to_page(found))
    assert_readable(outline)
    assert_stands_alone(outline)
    assert "zoe Young, Zoe (B) 0 handed in nothing" in words(to_page(found))


def test_before_anything_is_graded(tmp_path: Path) -> None:
    """Who has begun can be told from what was handed in, and makes no gradebook."""
    room = SmallClass(tmp_path)
    with pytest.raises(CourseError, match="nobody is in the class yet"):
        overview(room.root)
    room.hand_in("ada", answer(WEAK))
    room.hand_in("ben", answer(tree="notebooks"))
    (part,) = overview(room.root).parts
    assert {name: one.reason for name, one in part.standings.items()} == {
        "ada": "not graded yet",
        "ben": "not begun",
    }
    assert not (room.root / "gradebook.db").exists()
    said = room.run(command=["grader", "report", "--all", "--json"])
    assert json.loads(said.stdout)["parts"][0]["not_begun"] == ["ben"]


def test_report_has_the_final_scores(room: SmallClass) -> None:
    """One number everywhere: points by hand are in the report, and what they are made of."""
    with sqlite3.connect(Course(room.root).url.removeprefix("sqlite:///")) as book:
        book.execute("update grade set manual_score = 1.5, extra_credit = 0.25")
    book.close()
    again(room)
    said = room.run(command=["grader", "report", PART])
    assert said.returncode == 0, said.stderr
    page = words((room.root / "reports" / f"{PART}.html").read_text())
    assert "ada 1.75 1.75" in page
    assert "tests 2, by hand −0.5, extra credit +0.25" in page
    assert "Mean1.75" in page
    found = json.loads(room.run(command=["grader", "report", PART, "--json"]).stdout)
    assert {one["score"] for one in found["learners"]} == {1.75}

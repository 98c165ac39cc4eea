"""A class graded in one go: what is left behind, what is kept, and what is not done twice."""

import csv
import datetime
import fcntl
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.again import CLASS, again
from helpers.course import ROOT
from helpers.outline import words
from helpers.small_class import (
    LESSON,
    PART,
    WEAK,
    SmallClass,
    answer,
    solved,
    untouched,
)
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from sqlalchemy import text

from grader.bank import exercises
from grader.classroom.cache import FOLDER
from grader.classroom.grade import grade
from grader.classroom.gradebook import Course
from grader.classroom.summary import Summary
from grader.errors import CourseError

pytestmark = pytest.mark.slow


def statuses(found: Summary) -> dict[str, str]:
    return {row.learner: row.status for row in found.rows}


@pytest.fixture
def gradebook(room: SmallClass) -> Iterator[Gradebook]:
    """The gradebook of the copy, as an instructor's tools open it."""
    with Gradebook(f"sqlite:///{room.root / 'gradebook.db'}", "async-testing-patterns") as book:
        yield book


# ------------------------------------------------------------------ what is left behind


def test_scores(graded: SmallClass) -> None:
    """The solution has full marks, the untouched notebook none, a weak suite some."""
    scores = graded.scores()
    assert scores["ada"] == 2.0
    assert scores["ben"] == 0.0
    assert 0 < scores["cleo"] == scores["dan"] < 2


def test_as_nbgrader_would(graded: SmallClass, tmp_path: Path) -> None:
    """`nbgrader autograde` leaves the same notebooks and the same rows, byte for byte."""
    other = SmallClass(tmp_path / "course")
    shutil.copytree(graded.root / "submitted", other.root / "submitted")
    shutil.copytree(graded.root / FOLDER, other.root / FOLDER)
    (other.root / "nbgrader_config.py").write_text(
        (graded.root / "nbgrader_config.py").read_text() + "c.GradeSuites.sandbox = 'off'\n"
    )
    nbgrader = [sys.executable, "-m", "nbgrader"]
    for command in ("generate_assignment", "autograde"):
        result = other.run(command, PART, command=nbgrader)
        assert result.returncode == 0, result.stderr
    assert other.gradebook() == graded.gradebook()
    mine = {name: raw for name, raw in graded.files().items() if name.startswith("autograded")}
    assert other.files() == mine


def test_gradebook_is_of_nbgrader_s_version(gradebook: Gradebook) -> None:
    """The one that nbgrader would have written: its later versions must know what to upgrade."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    ask = "import nbgrader.api; print(nbgrader.api.get_alembic_version())"
    said = subprocess.run(
        [sys.executable, "-c", ask],
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
    )
    found = gradebook.db.execute(text("SELECT version_num FROM alembic_version")).scalar()
    assert found == said.stdout.strip()


def test_nothing_is_done_twice(room: SmallClass) -> None:
    """A class that has not changed is left alone."""
    before = room.files(), room.gradebook(), (room.root / "gradebook.db").stat().st_mtime_ns
    assert set(statuses(again(room)).values()) == {"unchanged"}
    after = room.files(), room.gradebook(), (room.root / "gradebook.db").stat().st_mtime_ns
    assert after == before


def test_only_what_has_changed_is_graded(room: SmallClass) -> None:
    """A better answer is graded, and replaces the old one."""
    room.hand_in("cleo", solved())
    assert statuses(again(room)) == dict.fromkeys(CLASS, "unchanged") | {"cleo": "graded"}
    assert room.scores()["cleo"] == 2.0


def test_notebook_that_was_lost(room: SmallClass) -> None:
    """What is missing in autograded/ is written again, out of the cache."""
    before = room.files()
    shutil.rmtree(room.root / "autograded" / "ada")
    assert statuses(again(room))["ada"] == "graded"
    assert room.files() == before


def test_autograded_notebook_says_what_it_is(graded: SmallClass) -> None:
    """Feedback and reports are made from what stands in it."""
    path = graded.root / "autograded" / "cleo" / PART / f"{LESSON}.ipynb"
    nb = json.loads(path.read_text())
    about = nb["metadata"]["grader"]
    assert about["learner"] == "cleo"
    assert about["lesson"] == LESSON
    assert about["status"] == "graded"
    (report,) = (cell["metadata"]["grader"] for cell in nb["cells"] if "-score" in cell["id"])
    assert report["report"]["tests"][0]["verdict"] == "valid"


def test_feedback(graded: SmallClass) -> None:
    """Every learner has a page, without another command."""
    pages = {name for name in graded.files() if name.startswith("feedback")}
    names = (f"{LESSON}.html", "index.html")
    assert pages == {f"feedback/{learner}/{PART}/{name}" for learner in CLASS for name in names}


# ------------------------------------------------------------------ what instructors have done


def test_marks_by_hand_are_kept(room: SmallClass, gradebook: Gradebook) -> None:
    """A manual score, a comment and extra credit are the instructor's, whatever is handed in."""
    mine = gradebook.find_grade("first-test-score", LESSON, PART, "cleo")
    mine.manual_score, mine.extra_credit, mine.needs_manual_grade = 1.5, 0.5, False
    gradebook.find_comment("first-test", LESSON, PART, "cleo").manual_comment = "Nearly."
    gradebook.db.commit()
    room.hand_in("cleo", solved())
    again(room)
    gradebook.db.expire_all()
    mine = gradebook.find_grade("first-test-score", LESSON, PART, "cleo")
    assert (mine.auto_score, mine.manual_score, mine.extra_credit) == (2.0, 1.5, 0.5)
    assert gradebook.find_comment("first-test", LESSON, PART, "cleo").comment == "Nearly."
    page = (room.root / "feedback" / "cleo" / PART / f"{LESSON}.html").read_text()
    assert "Nearly." in page


def test_nothing_waits_for_a_grader(graded: SmallClass) -> None:
    """formgrader has no work to show."""
    assert not any(row[6] for row in graded.gradebook() if len(row) == 9)


def test_late_penalty(room: SmallClass, gradebook: Gradebook) -> None:
    """The plugin that is configured decides, and an extension counts."""
    with (room.root / "nbgrader_config.py").open("a") as file:
        file.write("c.LateSubmissionPlugin.penalty_method = 'zero'\n")
    gradebook.find_assignment(PART).duedate = datetime.datetime(2026, 1, 31)
    gradebook.find_submission(PART, "dan").extension = datetime.timedelta(days=2)
    gradebook.db.commit()
    for learner in ("cleo", "dan"):
        note = room.root / "submitted" / learner / PART / "timestamp.txt"
        note.write_text("2026-02-01 12:00:00 UTC\n")
    again(room)
    gradebook.db.expire_all()
    penalties = {
        learner: gradebook.find_submission(PART, learner).late_submission_penalty
        for learner in CLASS
    }
    assert penalties == {"ada": 0, "ben": 0, "cleo": room.scores()["cleo"], "dan": 0}


def test_the_score_is_the_one_that_is_exported(room: SmallClass, gradebook: Gradebook) -> None:
    """Manual points, extra credit and penalties included; and it says what it is made of."""
    with (room.root / "nbgrader_config.py").open("a") as file:
        file.write("c.LateSubmissionPlugin.penalty_method = 'zero'\n")
    gradebook.find_assignment(PART).duedate = datetime.datetime(2026, 1, 31)
    mine = gradebook.find_grade("first-test-score", LESSON, PART, "cleo")
    mine.manual_score, mine.extra_credit = 1.25, 0.5
    gradebook.db.commit()
    (room.root / "submitted" / "dan" / PART / "timestamp.txt").write_text("2026-02-01 12:00:00 UTC")
    rows = {row.learner: row for row in again(room).rows}
    exported = room.run("export", command=[sys.executable, "-m", "nbgrader"])
    assert exported.returncode == 0, exported.stderr
    with (room.root / "grades.csv").open() as file:
        scores = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert {learner: row.score for learner, row in rows.items()} == scores
    assert (rows["cleo"].score, rows["cleo"].exercises) == (1.75, {"first-test": 1.75})
    parts = {
        name: (row.tests, row.by_hand, row.extra_credit, row.penalty) for name, row in rows.items()
    }
    earned = mine.auto_score
    assert earned is not None
    assert parts["cleo"] == (earned, 1.25 - earned, 0.5, 0.0)
    assert rows["dan"].score == 0.0
    assert parts["dan"] == (earned, 0.0, 0.0, earned)
    told = {name: words(page(room, name)) for name in ("cleo", "dan")}
    assert "1.75 of 2 points" in told["cleo"]
    assert (
        f"Made of: tests {earned:g}, by hand +{1.25 - earned:g}, extra credit +0.5." in told["cleo"]
    )
    assert "0 of 2 points" in told["dan"]
    assert "due 2026-01-31 00:00 UTC: 1 day late" in told["dan"]


def test_points_given_later_are_on_the_page(room: SmallClass, gradebook: Gradebook) -> None:
    """The page says what the gradebook says, though no test was run again."""
    gradebook.find_grade("first-test-score", LESSON, PART, "cleo").manual_score = 1.75
    gradebook.db.commit()
    assert statuses(again(room))["cleo"] == "graded"
    assert "1.75 of 2 points" in words(page(room, "cleo"))
    assert statuses(again(room))["cleo"] == "unchanged"


def page(room: SmallClass, learner: str) -> str:
    return (room.root / "feedback" / learner / PART / "index.html").read_text(encoding="utf-8")


def test_learner_who_is_excluded(room: SmallClass) -> None:
    """nbgrader's own setting for that holds."""
    with (room.root / "nbgrader_config.py").open("a") as file:
        file.write("c.CourseDirectory.student_id_exclude = 'ada,ben'\n")
    found = statuses(again(room))
    assert {name for name, status in found.items() if status == "ignored"} == {"ada", "ben"}
    assert set(found) == {"ada", "ben", "cleo", "dan"}


# ------------------------------------------------------------------ what is refused


def test_refused_submission_changes_nothing(room: SmallClass) -> None:
    """It is listed with its reason; what was graded before stays, and the others are graded."""
    before = room.gradebook()
    path = room.hand_in("cleo", solved())
    path.unlink()
    path.symlink_to(room.root / "solutions" / PART / f"{LESSON}.ipynb")
    found = again(room)
    assert statuses(found) == dict.fromkeys(CLASS, "unchanged") | {"cleo": "refused"}
    assert not found.clean
    assert room.gradebook() == before


def test_nbgrader_refuses_alike(room: SmallClass) -> None:
    """A link never reaches autograded/, nor does a file beside the notebook."""
    path = room.hand_in("mallory", solved())
    (path.parent / "secret.txt").symlink_to(room.root / "gradebook.db")
    other = room.hand_in("trudy", solved())
    other.unlink()
    other.symlink_to(room.root / "solutions" / PART / f"{LESSON}.ipynb")
    with (room.root / "nbgrader_config.py").open("a") as file:
        file.write("c.GradeSuites.sandbox = 'off'\n")
    result = room.run("autograde", PART, "--force", command=[sys.executable, "-m", "nbgrader"])
    assert result.returncode == 1
    assert f"trudy is refused: {LESSON}.ipynb is a symbolic link" in result.stderr
    folder = room.root / "autograded" / "mallory" / PART
    assert [path.name for path in folder.iterdir()] == [f"{LESSON}.ipynb"]
    assert not (room.root / "autograded" / "trudy").exists()
    assert room.scores()["mallory"] == 2.0
    assert "trudy" not in room.scores()


def test_button_of_formgrader(room: SmallClass) -> None:
    """One learner at a time goes the same way."""
    linked = room.hand_in("ben", untouched())
    linked.unlink()
    linked.symlink_to(room.root / "submitted" / "ada" / PART / f"{LESSON}.ipynb")
    config = Course(room.root).config
    config.CourseDirectory.root = str(room.root)
    config.GradeSuites.sandbox = "off"
    button = NbGraderAPI(config=config)
    assert button.autograde(PART, "ada")["success"]
    refused = button.autograde(PART, "ben")
    assert not refused["success"]
    assert "ben is refused" in refused["log"]
    assert "ada" not in refused["log"]


def test_solution_that_does_not_pass(room: SmallClass) -> None:
    """Where the published solution fails, something is wrong with the machine: nobody is graded."""
    before = room.files(), room.gradebook()
    path = room.root / "solutions" / PART / f"{LESSON}.ipynb"
    path.write_text(json.dumps(answer(WEAK)))
    room.hand_in("cleo", answer(f"{WEAK}\n# another"))
    with pytest.raises(CourseError, match="nothing is graded, because the solution of first-test"):
        again(room)
    assert (room.files(), room.gradebook()) == before


def test_part_that_does_not_exist(room: SmallClass) -> None:
    """The sentence names the parts that there are."""
    with pytest.raises(CourseError, match=f"there is {PART}"):
        grade(room.root, "9-nowhere", sandbox="off")


def test_nobody_has_handed_in(tmp_path: Path) -> None:
    """There is nothing to grade before anything is collected."""
    room = SmallClass(tmp_path / "course")
    with pytest.raises(CourseError, match="collect what learners handed in"):
        again(room)


def test_no_wall(room: SmallClass, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is graded, and the sentence says what going on without one gives up."""
    before = room.gradebook()
    room.hand_in("eve", answer(WEAK + "\n# eve\n"))
    monkeypatch.setattr("grader.sandbox.launch.trial", lambda kind: "refused here")
    with pytest.raises(CourseError, match=r"bubblewrap: refused here.*`--sandbox off` gives"):
        grade(room.root, PART)
    assert room.gradebook() == before


def test_lesson_that_was_not_handed_in(tmp_path: Path) -> None:
    """It scores 0, and the other lesson of the part keeps its points."""
    room = SmallClass(tmp_path / "course")
    shutil.copy(ROOT / "solutions/4-craft/10-best-practices.ipynb", room.root / "solutions" / PART)
    room.hand_in("ada", solved())
    (ada,) = again(room).rows
    others = [one for one in exercises().values() if one.lesson == "10-best-practices"]
    points = 2.0 + sum(one.points for one in others)
    assert (ada.status, ada.score, ada.points) == ("graded", 2.0, points)
    assert ada.exercises == {"first-test": 2.0, **{one.id: 0.0 for one in others}}


def test_interrupted(graded: SmallClass, tmp_path: Path) -> None:
    """A sentence, no traceback; and the next command does what is missing."""
    other = SmallClass(tmp_path / "course")
    shutil.copytree(graded.root / "submitted", other.root / "submitted")
    code = (
        "import os, signal; from grader import cli; from grader.classroom import room;"
        "signal.signal(signal.SIGINT, signal.default_int_handler);"  # a background job ignores it
        "room.write_feedback = lambda *_: os.kill(os.getpid(), signal.SIGINT); cli.main()"
    )
    ended = other.run(command=[sys.executable, "-c", code, "grade", PART, "--sandbox", "off"])
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.strip() == "grader: Interrupted; nothing is lost, run the command again."
    again(other)
    assert other.gradebook() == graded.gradebook()
    assert other.files() == graded.files()


def test_second_at_the_same_time(room: SmallClass) -> None:
    """The second says so; the lock is the kernel's, so that it cannot be left behind."""
    lock = os.open(room.root / FOLDER.parts[0], os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    with pytest.raises(CourseError, match="another `grader grade` is at work"):
        again(room)
    os.close(lock)


def test_locked_gradebook(room: SmallClass) -> None:
    """Another program's lock costs nothing: the next run ends as if there had been none."""
    room.hand_in("cleo", solved())
    database = sqlite3.connect(room.root / "gradebook.db")
    database.execute("begin exclusive")
    with pytest.raises(CourseError, match="the gradebook is locked by another program"):
        again(room)
    database.rollback()
    database.close()
    assert statuses(again(room))["cleo"] == "graded"
    assert room.scores()["cleo"] == 2.0

"""A gradebook in PostgreSQL: all that is in it is what SQLite would have."""

import datetime
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from helpers.again import CLASS, again
from helpers.gradebooks import contents
from helpers.postgresql import PASSWORD, Server
from helpers.processes import wait_until
from helpers.small_class import LESSON, MAIN, PART, SmallClass, solved
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from sqlalchemy import create_engine, text

from grader.classroom.class_report import class_report
from grader.classroom.class_tables import to_json
from grader.classroom.gradebook import Book, Course, try_to_open
from grader.course.notebooks import read_notebook, release
from grader.errors import CourseError

NBGRADER = [sys.executable, "-m", "nbgrader"]


class Room(NamedTuple):
    """A class, and where its gradebook is."""

    course: SmallClass
    url: str

    def run(self, *arguments: str, command: list[str] | None = None) -> str:
        done = self.course.run(*arguments, command=command)
        assert done.returncode in (0, 1), done.stderr  # 1: points by hand want another look
        return done.stdout


def new_room(folder: Path, url: str | None = None) -> Room:
    """A class that has handed in, dan late, and a course whose gradebook is there."""
    course = SmallClass(folder)
    for learner, nb in CLASS.items():
        note = course.hand_in(learner, nb).with_name("timestamp.txt")
        note.write_text(f"2026-02-0{2 if learner == 'dan' else 1} 12:00:00.25 UTC\n")
    course.configure("c.GradeSuites.sandbox = 'off'")
    course.configure("c.LateSubmissionPlugin.penalty_method = 'zero'")
    if url is not None:
        course.configure(f"c.CourseDirectory.db_url = {url!r}")
    return Room(course, url or f"sqlite:///{folder / 'gradebook.db'}")


def lead_through(room: Room) -> None:
    """Everything that an instructor does with a part."""
    room.run()
    with Gradebook(room.url, "async-testing-patterns") as book:
        book.find_assignment(PART).duedate = datetime.datetime(2026, 2, 1, 13)
        book.find_submission(PART, "cleo").extension = datetime.timedelta(days=1, hours=2)
        mine = book.find_grade("first-test-score", LESSON, PART, "cleo")
        mine.manual_score, mine.extra_credit = 1.5, 0.25
        book.find_comment("first-test", LESSON, PART, "cleo").manual_comment = "Nearly, ĝis!"
        book.db.commit()
    room.course.hand_in("cleo", solved())
    room.course.hand_in("eve", solved())
    room.run()
    room.run("generate_feedback", PART, "--force", command=NBGRADER)
    room.run("export", command=NBGRADER)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory, server: Server) -> Room:
    """A class that was led through, in PostgreSQL."""
    room = new_room(tmp_path_factory.mktemp("postgresql"), server.new_database())
    lead_through(room)
    return room


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Room:
    """The same in SQLite."""
    room = new_room(tmp_path_factory.mktemp("sqlite"))
    lead_through(room)
    return room


def one_sentence(words: str) -> str:
    """What the command said: one line, and in it no password."""
    (line,) = words.strip().splitlines()
    assert line.startswith("grader: ")
    assert PASSWORD not in line
    assert "p%40ss" not in line
    return line


# ------------------------------------------------------------------ the same as in SQLite


@pytest.mark.slow
def test_every_row_of_every_table(here: Room, there: Room) -> None:
    """Scores, penalties, comments, what was given by hand, and the version of the tables."""
    found = contents(here.url)
    assert found == contents(there.url)
    rows = found["grade"]
    grades = {row["notebook_id"]["assignment_id"]["student_id"]["id"]: row for row in rows}
    assert grades.keys() == {*CLASS, "eve"}
    assert grades["cleo"]["auto_score"] == 2.0
    assert grades["cleo"]["manual_score"] == 1.5
    assert grades["dan"]["notebook_id"]["late_submission_penalty"] == grades["dan"]["auto_score"]
    assert not (here.course.root / "gradebook.db").exists()


@pytest.mark.slow
def test_what_is_made_from_it(here: Room, there: Room) -> None:
    """Learners' pages and notebooks, the instructor's report, and the exported grades."""
    assert here.course.files() == there.course.files()
    rows, same = ((room.course.root / "grades.csv").read_text() for room in (here, there))
    assert sorted(rows.splitlines()) == sorted(same.splitlines())
    reports = [to_json(class_report(room.course.root, PART)) for room in (here, there)]
    assert reports[0] == reports[1]


@pytest.mark.slow
def test_nothing_is_done_twice(here: Room) -> None:
    """A class that has not changed is left alone."""
    again(here.course)  # `nbgrader generate_feedback` has removed the page on all of the part
    before = contents(here.url), here.course.files()
    assert {row.status for row in again(here.course).rows} == {"unchanged"}
    assert (contents(here.url), here.course.files()) == before


@pytest.mark.slow
def test_nbgrader_leaves_the_same(tmp_path: Path, server: Server) -> None:
    """`nbgrader autograde` and `grader grade` agree there, too."""
    mine = new_room(tmp_path / "mine", server.new_database())
    other = new_room(tmp_path / "other", server.new_database())
    mine.run()
    for command in ("generate_assignment", "autograde"):
        other.run(command, PART, command=NBGRADER)
    assert contents(mine.url) == contents(other.url)


@pytest.mark.slow
def test_formgrader(here: Room, there: Room) -> None:
    """What its pages ask the gradebook for is answered alike."""

    def pages(room: Room) -> list[list[str]]:
        config = Course(room.course.root).config
        config.CourseDirectory.root = str(room.course.root)
        api = NbGraderAPI(config=config)
        found = [api.get_assignments(), api.get_students(), api.get_notebooks(PART)]
        found += [api.get_submissions(PART), api.get_notebook_submissions(PART, LESSON)]
        found.append(api.get_student_submissions("cleo"))
        found.append(api.get_student_notebook_submissions("cleo", PART))
        for row in (row for table in found for row in table):
            row.pop("index", None)  # the rank of its random id
            if "email" not in row:  # what identifies a learner is a name
                row.pop("id")
        return [sorted(map(repr, table)) for table in found]

    assert pages(here) == pages(there)


# ------------------------------------------------------------------ a server of its own


@pytest.fixture
def book(tmp_path: Path, server: Server) -> Room:
    """A class that has not been graded yet."""
    return new_room(tmp_path / "course", server.new_database())


@pytest.mark.slow
def test_nothing_stays_open_while_suites_are_graded(book: Room) -> None:
    """The server is not kept from its housekeeping for as long as a class takes."""
    root = book.course.root
    source = read_notebook(root / "solutions" / PART / f"{LESSON}.ipynb")
    states = "select state from pg_stat_activity where backend_type = 'client backend'"
    own = "datname = current_database() and pid <> pg_backend_pid()"
    others = text(f"{states} and {own}")
    engine = create_engine(book.url)
    with Book(Course(root), PART, {LESSON: release(source)}) as opened, engine.connect() as mine:

        def only_idle() -> bool:
            mine.rollback()  # what it sees is kept for a transaction
            return [*mine.execute(others).scalars()] == ["idle"]

        wait_until(only_idle)  # one that is left takes a moment to end
        opened.record("ada", None, {}, {LESSON: {"first-test-score": 1.0}})
        opened.told("ada")
        wait_until(only_idle)
    engine.dispose()


@pytest.mark.slow
def test_locked_table(book: Room) -> None:
    """Another program's lock is not waited for without end, and costs nothing."""
    book.run()
    book.course.hand_in("cleo", solved())
    engine = create_engine(book.url)
    with engine.connect() as other:
        other.execute(text("lock table grade"))
        with pytest.raises(CourseError, match="the gradebook is locked by another program"):
            again(book.course)
    engine.dispose()
    assert {row.learner for row in again(book.course).rows if row.status == "graded"} == {"cleo"}
    assert len(contents(book.url)["grade"]) == len(CLASS)


@pytest.mark.slow
def test_server_that_is_gone(book: Room, server: Server) -> None:
    """A sentence without the password, from our command and from nbgrader's; then all goes on."""
    server.stop()
    try:
        ended = book.course.run()
        stock = book.course.run("autograde", PART, command=NBGRADER)
    finally:
        server.start()
    assert ended.returncode == 2
    assert "the gradebook postgresql:///gradebook_" in one_sentence(ended.stderr)
    assert "cannot be used (connection" in ended.stderr
    assert stock.returncode == 1
    assert "cannot be used (connection" in stock.stderr
    assert "Traceback" not in stock.stderr
    assert PASSWORD not in stock.stderr
    book.run()


@pytest.mark.slow
def test_wrong_password(book: Room) -> None:
    """It is not printed either."""
    book.course.configure(f"c.CourseDirectory.db_url = {book.url.replace('rd@', 'rong@')!r}")
    said = one_sentence(book.course.run().stderr)
    assert "authentication failed" in said
    assert "rong" not in said


@pytest.mark.slow
def test_no_driver(book: Room) -> None:
    """The sentence says what to install."""
    code = f"import sys; sys.modules['psycopg'] = None; {MAIN[-1]}"
    command = [sys.executable, "-c", code, "grade", PART, "--sandbox", "off"]
    said = one_sentence(book.course.run(command=command).stderr)
    assert "the driver of the gradebook postgresql:///gradebook_" in said
    assert "pip install 'psycopg[binary]'" in said


# ------------------------------------------------------------------ what is no address


@pytest.mark.parametrize(
    "url",
    [
        "gradebook.db",
        "postgres://ada:secret@localhost/grades",
        "postgresql+nothing://ada:secret@localhost/grades",
        "postgresql://ada:secret",
        "postgresql://ada:p@secret@localhost/grades",
        "postgresql://ada:secret@localhost:five/grades",
    ],
)
def test_what_is_no_address(url: str) -> None:
    """The sentence shows one that is, and nothing of this one: it may be half a password."""
    with pytest.raises(CourseError, match="write postgresql://USER:PASSWORD@HOST/NAME") as caught:
        try_to_open(url)
    assert "secret" not in str(caught.value)
    assert caught.value.__context__ is None

"""What an export tells besides the answers: whose they are, when they came, and what was before."""

import json
import os
import time
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from attacks.handing_in import LESSON, LESSONS, PART, SOURCE, hand_in, notebook

from grader.classroom.collect import Collected, Replace, collect
from grader.classroom.handed_in import Mark, forget, known, refused
from grader.classroom.intake import MOST_BYTES
from grader.classroom.roster import FILE, Person, Roster, read_roster
from grader.errors import CourseError

MOODLE = "Ada Lovelace_{}_assignsubmission_file/x.ipynb"
EARLY, LATE = (2026, 1, 31, 20, 0, 0), (2026, 2, 1, 8, 0, 0)


def export(path: Path, name: str, answer: str, at: tuple[int, ...] = EARLY) -> Path:
    """A zip with one notebook, which was packed at a time."""
    entry = zipfile.ZipInfo(name, at)  # type: ignore[arg-type]  # six numbers
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(entry, json.dumps(notebook(f"{SOURCE}  # {answer}")))
    return path


class Course:
    """A course in which somebody hands in again and again."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.submitted = root / "submitted"

    def take(
        self, answer: str, at: tuple[int, ...] = EARLY, replacing: Replace = "newer"
    ) -> Collected:
        origin = export(self.root / "e.zip", MOODLE.format(7), answer, at)
        return collect(origin, self.submitted, PART, LESSONS, replacing=replacing)

    def there(self, file: str = f"{LESSON}.ipynb") -> str:
        return (self.submitted / "Ada Lovelace" / PART / file).read_text()

    def earlier(self) -> list[str]:
        folder = self.root / ".grader" / "earlier" / "Ada Lovelace" / PART
        return [path.read_text() for path in sorted(folder.glob(f"*/{LESSON}.ipynb"))]


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return Course(tmp_path)


# ------------------------------------------------------------------ times


def test_the_time_of_an_entry_is_when_it_was_handed_in(course: Course) -> None:
    """By the clock of this machine, as a zip has it; nbgrader reads it in UTC."""
    course.take("one")
    wanted = datetime(*EARLY).astimezone(UTC)
    assert course.there("timestamp.txt") == f"{wanted:%Y-%m-%d %H:%M:%S} UTC\n"


def test_time_in_utc_goes_first(course: Course) -> None:
    """Most zips hold it beside the clock's."""
    entry = zipfile.ZipInfo(MOODLE.format(7), EARLY)
    entry.extra = b"\x55\x54\x05\x00\x01" + (1_000_000_000).to_bytes(4, "little")
    with zipfile.ZipFile(course.root / "e.zip", "w") as archive:
        archive.writestr(entry, json.dumps(notebook(SOURCE)))
    collect(course.root / "e.zip", course.submitted, PART, LESSONS)
    assert course.there("timestamp.txt") == "2001-09-09 01:46:40 UTC\n"


def test_unpacked_export_keeps_its_times(course: Course) -> None:
    path = course.root / "export" / MOODLE.format(7)
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(notebook(SOURCE)))
    os.utime(path, (1_000_000_000, 1_000_000_000))
    collect(course.root / "export", course.submitted, PART, LESSONS)
    assert course.there("timestamp.txt") == "2001-09-09 01:46:40 UTC\n"


def test_a_copy_says_nothing_of_the_time(course: Course) -> None:
    """A folder for each learner was made by whoever copied them."""
    path = course.root / "export" / "Ada Lovelace" / "x.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(notebook(SOURCE)))
    collect(course.root / "export", course.submitted, PART, LESSONS)
    assert not (course.submitted / "Ada Lovelace" / PART / "timestamp.txt").exists()
    (path.parent / "timestamp.txt").write_text("2026-01-31 20:00:00 UTC")  # nbgrader's own
    path.write_text(json.dumps(notebook(f"{SOURCE}  # again")))
    collect(course.root / "export", course.submitted, PART, LESSONS, replacing="all")
    assert course.there("timestamp.txt") == "2026-01-31 20:00:00 UTC\n"


# ------------------------------------------------------------------ handing in again


def test_the_newer_one_counts_and_the_older_is_kept(course: Course) -> None:
    course.take("one")
    done = course.take("two", LATE)
    assert (done.refusals, done.remarks) == ([], [])
    assert "# two" in course.there()
    (before,) = course.earlier()
    assert "# one" in before
    course.take("three", (2026, 2, 2, 8, 0, 0))
    assert ["# one" in text for text in course.earlier()] == [True, False]


def test_an_older_one_changes_nothing_and_is_told(course: Course) -> None:
    course.take("two", LATE)
    before = course.there(), course.there("timestamp.txt")
    done = course.take("one")
    assert done.refusals == []
    (remark,) = done.remarks
    assert "differs from what is there, which is newer" in remark
    assert (course.there(), course.there("timestamp.txt")) == before


@pytest.mark.parametrize(("replacing", "wins"), [("all", "one"), ("none", "two")])
def test_the_instructor_has_the_last_word(course: Course, replacing: Replace, wins: str) -> None:
    """Whatever the times say; nothing is lost, and what is not taken is told."""
    course.take("two", LATE)
    done = course.take("one", replacing=replacing)
    assert f"# {wins}" in course.there()
    assert len(course.earlier()) == (replacing == "all")
    assert bool(done.remarks) == (replacing == "none")


def test_without_a_time_nobody_guesses(tmp_path: Path) -> None:
    """Both are there still, and the sentence names the choice."""
    path = hand_in(tmp_path / "submitted", "ada")
    before = path.read_bytes()
    origin = export(tmp_path / "e.zip", "ada/a.ipynb", "two")
    (refusal,) = collect(origin, tmp_path / "submitted", PART, LESSONS).refusals
    assert "say --replace all, or --replace none" in refusal.reason
    assert path.read_bytes() == before
    assert collect(origin, tmp_path / "submitted", PART, LESSONS, replacing="all").refusals == []
    assert path.read_bytes() != before


def test_the_same_again_is_nothing(course: Course) -> None:
    course.take("one")
    before = course.there("timestamp.txt")
    done = course.take("one", LATE)
    assert (done.refusals, done.remarks, course.earlier()) == ([], [], [])
    assert course.there("timestamp.txt") == before


def test_canvas_marks_who_is_late(tmp_path: Path) -> None:
    """It exports no times, so that is all that can be told."""
    origin = export(tmp_path / "e.zip", f"lovelaceada_LATE_12_34_{LESSON}.ipynb", "one")
    (remark,) = collect(origin, tmp_path / "submitted", PART, LESSONS).remarks
    assert remark.endswith("lovelaceada_12.")


def test_a_time_that_a_kill_has_cost_is_written_by_the_next_run(course: Course) -> None:
    """And one that belongs to what was replaced goes with it."""
    course.take("one")
    stamp = course.submitted / "Ada Lovelace" / PART / "timestamp.txt"
    before = stamp.read_text()
    stamp.unlink()
    course.take("one")
    assert stamp.read_text() == before
    origin = export(course.root / "e.zip", "Ada Lovelace/x.ipynb", "two")
    collect(origin, course.submitted, PART, LESSONS, replacing="all")
    assert "# two" in course.there()
    assert not stamp.exists()
    course.take("three", LATE, replacing="none")
    assert not stamp.exists()


@pytest.mark.parametrize("written", ["", "notebook"])
def test_killed_while_a_newer_one_is_written(course: Course, written: str) -> None:
    """Before the notebook or after it: the next run has notebook and time."""
    course.take("one")
    folder = course.submitted / "Ada Lovelace" / PART
    before = {name: (folder / name).read_bytes() for name in ("timestamp.txt", f"{LESSON}.ipynb")}
    course.take("two", LATE)
    after = {name: (folder / name).read_bytes() for name in before}
    (folder / "timestamp.txt").rename(folder / ".timestamp.txt.unfinished")
    (folder / "timestamp.txt").write_bytes(before["timestamp.txt"])
    if not written:
        (folder / f"{LESSON}.ipynb").write_bytes(before[f"{LESSON}.ipynb"])
    course.take("two", LATE)
    assert {name: (folder / name).read_bytes() for name in before} == after
    assert not [path for path in folder.iterdir() if "unfinished" in path.name]


def test_an_older_lesson_makes_nobody_earlier(course: Course) -> None:
    """What was handed in last says when."""
    course.take("one", LATE)
    late = course.there("timestamp.txt")
    (course.submitted / "Ada Lovelace" / PART / f"{LESSON}.ipynb").unlink()
    course.take("two", EARLY)
    assert course.there("timestamp.txt") == late


# ------------------------------------------------------------------ who is refused


def test_who_is_refused_stays_so_until_they_hand_in_again(course: Course) -> None:
    """By name, whatever was wrong; a file that is nobody's is told once and not remembered."""
    large = json.dumps(notebook(SOURCE)) + " " * MOST_BYTES
    with zipfile.ZipFile(course.root / "e.zip", "w") as archive:
        archive.writestr(MOODLE.format(7), large)
        archive.writestr("notes.ipynb", json.dumps(notebook(SOURCE)))
    done = collect(course.root / "e.zip", course.submitted, PART, LESSONS)
    assert {one.learner for one in done.refusals} == {"Ada Lovelace", "notes.ipynb"}
    (reason,) = refused(course.root, PART).values()
    assert "larger than 1024 KiB" in reason
    course.take("one")
    assert refused(course.root, PART) == {}


# ------------------------------------------------------------------ whose it is


def test_what_the_platform_calls_them_is_kept(course: Course) -> None:
    """It is needed on the way back."""
    course.take("one")
    assert known(course.root, PART) == {"Ada Lovelace": Mark("moodle", "Ada Lovelace", "7")}
    assert forget(course.root, "Ada Lovelace") == [PART]
    assert known(course.root, PART) == {}


def test_a_namesake_in_a_later_export(course: Course) -> None:
    """The first keeps the name, and is known again by the number."""
    course.take("one")
    origin = export(course.root / "e.zip", MOODLE.format(8), "two")
    collect(origin, course.submitted, PART, LESSONS)
    course.take("three", LATE)
    assert {path.name for path in course.submitted.iterdir()} == {
        "Ada Lovelace",
        "Ada Lovelace_8",
    }
    assert "# three" in course.there()


@pytest.mark.parametrize(
    ("name", "person"),
    [
        (MOODLE.format(7), Person("al", "Ada Lovelace")),
        (MOODLE.format(7), Person("al", "Lovelace, Ada")),
        (f"lovelaceada_12_34_{LESSON}.ipynb", Person("al", "Ada", platform_id="12")),
        (f"al/{LESSON}.ipynb", Person("al")),
    ],
)
def test_the_roster_names_them(tmp_path: Path, name: str, person: Person) -> None:
    origin = export(tmp_path / "e.zip", name, "one")
    roster = Roster([person, Person("other", "Other Name", platform_id="99")])
    collect(origin, tmp_path / "submitted", PART, LESSONS, roster=roster)
    assert [path.name for path in (tmp_path / "submitted").iterdir()] == ["al"]


def test_moodle_s_number_is_no_platform_id(tmp_path: Path) -> None:
    """It is another one for each assignment: whoever has it in the roster is somebody else."""
    origin = export(tmp_path / "e.zip", MOODLE.format(7), "one")
    roster = Roster([Person("bl", "Ben", platform_id="7")])
    collect(origin, tmp_path / "submitted", PART, LESSONS, roster=roster)
    assert [path.name for path in (tmp_path / "submitted").iterdir()] == ["Ada Lovelace"]


def test_two_of_one_name_in_an_export(tmp_path: Path) -> None:
    """One of them is in the roster, and nobody can tell which: both keep apart."""
    for number in (7, 8):
        path = tmp_path / "export" / MOODLE.format(number)
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(notebook(f"{SOURCE}  # {number}")))
    roster = Roster([Person("al", "Ada Lovelace")])
    collect(tmp_path / "export", tmp_path / "submitted", PART, LESSONS, roster=roster)
    origin = export(tmp_path / "e.zip", MOODLE.format(8), "again", LATE)
    collect(origin, tmp_path / "submitted", PART, LESSONS, roster=roster, replacing="all")
    there = sorted(path.name for path in (tmp_path / "submitted").iterdir())
    assert there == ["Ada Lovelace_7", "Ada Lovelace_8"]
    assert "# again" in (tmp_path / "submitted" / there[1] / PART / f"{LESSON}.ipynb").read_text()


def test_a_person_in_two_forms_is_one(tmp_path: Path) -> None:
    """A folder of the platform's, and one that an instructor has made."""
    for name, answer in ((MOODLE.format(7), "one"), ("al/x.ipynb", "one")):
        path = tmp_path / "export" / name
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(notebook(f"{SOURCE}  # {answer}")))
    roster = Roster([Person("al", "Ada Lovelace")])
    collect(tmp_path / "export", tmp_path / "submitted", PART, LESSONS, roster=roster)
    assert [path.name for path in (tmp_path / "submitted").iterdir()] == ["al"]


def test_a_roster_that_comes_later_wins(course: Course) -> None:
    """Whoever was known by name before has their id from then on."""
    course.take("one")
    roster = Roster([Person("12345", "Ada Lovelace")])
    for number in range(2):
        origin = export(course.root / "e.zip", MOODLE.format(7), f"{number}", LATE)
        collect(origin, course.submitted, PART, LESSONS, roster=roster, replacing="all")
    there = (course.submitted / "12345" / PART / f"{LESSON}.ipynb").read_text()
    assert "# 1" in there
    assert "# one" in course.there()


def test_a_refusal_under_a_name_with_an_odd_space_ends(course: Course) -> None:
    """It is told in signs that anybody can print, and is theirs all the same."""
    name = "Ada\u3000Lovelace_7_assignsubmission_file/x.ipynb"
    for text in ("{", json.dumps(notebook(SOURCE))):
        with zipfile.ZipFile(course.root / "e.zip", "w") as archive:
            archive.writestr(name, text)
        collect(course.root / "e.zip", course.submitted, PART, LESSONS)
        assert len(refused(course.root, PART)) == (text == "{")


def test_a_name_with_another_number_is_told(course: Course) -> None:
    """Two people of one name, or another assignment: nobody can tell, so somebody is asked."""
    roster = Roster([Person("al", "Ada Lovelace")])
    for number, answer in ((7, "one"), (8, "two")):
        origin = export(course.root / "e.zip", MOODLE.format(number), answer, LATE)
        done = collect(origin, course.submitted, PART, LESSONS, roster=roster, replacing="all")
    (remark,) = done.remarks
    assert remark.startswith("al had the number 7 in an earlier export and has 8 now")


def test_a_roster_with_a_quotation_mark_that_is_never_closed(tmp_path: Path) -> None:
    """The learners below it are not swallowed."""
    (tmp_path / FILE).write_text('id,name\nal,"Ada\nbl,Ben\n')
    with pytest.raises(CourseError, match="a quotation mark that is never closed"):
        read_roster(tmp_path)


def test_two_of_one_name_in_the_roster(tmp_path: Path) -> None:
    """The name alone does not tell, so nobody is taken for somebody else."""
    origin = export(tmp_path / "e.zip", MOODLE.format(7), "one")
    roster = Roster([Person("a1", "Ada Lovelace"), Person("a2", "Ada Lovelace")])
    collect(origin, tmp_path / "submitted", PART, LESSONS, roster=roster)
    assert [path.name for path in (tmp_path / "submitted").iterdir()] == ["Ada Lovelace"]


@pytest.mark.parametrize("separator", [",", ";"])
def test_roster_is_read(tmp_path: Path, separator: str) -> None:
    """As spreadsheets write it, in another order, with other letters in the header."""
    lines = ["Name,ID,Platform_ID,Section", "Ada Lovelace,al,12,A", ",b,,"]
    text = "\n".join(line.replace(",", separator) for line in lines)
    (tmp_path / FILE).write_text(f"\ufeff{text}\n", encoding="utf-8")
    roster = read_roster(tmp_path)
    assert list(roster) == [Person("al", "Ada Lovelace", "A", "12"), Person("b")]
    assert (roster.name_of("al"), roster.section_of("al"), roster.name_of("x")) == (
        "Ada Lovelace",
        "A",
        "",
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("name\nAda\n", "has no column `id`"),
        ("id,name\n,Ada\n", "learner 1: the name begins or ends with a space"),
        ("id\nada\n../evil\n", "learner 2: the name begins with `.`"),
        ("id\nada\nada\n", "learners 1 and 2 have the id ada"),
        ("id,platform id\nada,1\nben,1\n", "have the platform id 1"),
        ("", "has no column `id`"),
    ],
)
def test_bad_roster(tmp_path: Path, text: str, sentence: str) -> None:
    """One sentence, with the place."""
    (tmp_path / FILE).write_text(text)
    with pytest.raises(CourseError, match=sentence):
        read_roster(tmp_path)


def test_times_are_of_this_machine(monkeypatch: pytest.MonkeyPatch, course: Course) -> None:
    """A zip without UTC is read by the clock of whoever exported it: here, by TZ."""
    monkeypatch.setenv("TZ", "Etc/GMT-2")
    time.tzset()
    try:
        course.take("one")
    finally:
        monkeypatch.undo()
        time.tzset()
    assert course.there("timestamp.txt") == "2026-01-31 18:00:00 UTC\n"

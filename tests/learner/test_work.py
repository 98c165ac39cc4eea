"""A learner's answers: packed, reset, and carried into a newer version of the course."""

import errno
import json
import multiprocessing
import os
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from helpers.command import Grader
from helpers.course import ROOT

from grader import files
from grader.classroom.collect import collect
from grader.errors import CourseError
from grader.learner import update as updating
from grader.learner import work
from grader.learner.update import update
from grader.learner.work import pack, reset

START = "00-start-here"
LESSON = "2-advanced/04-concurrent-operations"
NAME, OTHER = "first-test", "distinct-ids"
ANSWER = "%%ipytest --mutants {}\nasync def test_mine():\n    assert True\n"


class Course:
    """A checkout with the notebooks of two lessons."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.notebooks = root / "notebooks"
        shutil.copytree(ROOT / "lessons", root / "lessons")  # all: the start page lists them
        for lesson in (START, LESSON):
            path = root / "notebooks" / f"{lesson}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / "notebooks" / f"{lesson}.ipynb", path)
        shutil.copy(ROOT / "pyproject.toml", root)
        (root / "grader").mkdir()
        (root / "grader" / "old.py").write_text("old")

    def path(self, lesson: str) -> Path:
        return self.notebooks / f"{lesson}.ipynb"

    def read(self, lesson: str) -> dict[str, Any]:
        nb: dict[str, Any] = json.loads(self.path(lesson).read_text())
        return nb

    def change(self, lesson: str, change: Callable[[dict[str, Any]], object]) -> None:
        nb = self.read(lesson)
        change(nb)
        self.path(lesson).write_text(json.dumps(nb))

    def answer(self, lesson: str, name: str, text: str | None = None) -> None:
        def put(nb: dict[str, Any]) -> None:
            cell_of(nb, name)["source"] = text or ANSWER.format(name)

        self.change(lesson, put)

    def answered(self, lesson: str, name: str) -> str:
        return "".join(cell_of(self.read(lesson), name)["source"])


def cell_of(nb: dict[str, Any], name: str) -> dict[str, Any]:
    (cell,) = [cell for cell in nb["cells"] if cell.get("id") == name]
    found: dict[str, Any] = cell
    return found


@pytest.fixture
def course(tmp_path: Path) -> Course:
    course = Course(tmp_path / "course")
    course.answer(START, NAME)
    course.answer(LESSON, OTHER)
    return course


@pytest.fixture
def newer(tmp_path: Path) -> Course:
    """The next version: another sentence in each lesson, a module more and one less."""
    newer = Course(tmp_path / "newer")
    for lesson in (START, LESSON):
        newer.change(lesson, lambda nb: nb["cells"][0]["source"].append("\n\nNew!"))
    (newer.root / "grader" / "old.py").unlink()
    (newer.root / "grader" / "new.py").write_text("new")
    return newer


# ------------------------------------------------------------------ pack


def test_a_pack_is_what_an_instructor_takes(course: Course, tmp_path: Path) -> None:
    """As it is, or as it comes through a platform; the same work is the same zip."""
    path, count = pack(course.notebooks, None, "ada", None)
    assert (path, count) == (course.root / "work-ada.zip", 2)
    again, _ = pack(course.root, None, "ada", tmp_path / "again.zip")
    assert again.read_bytes() == path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == [f"ada/{START}.ipynb", f"ada/{LESSON}.ipynb"]
        assert json.loads(archive.read(f"ada/{LESSON}.ipynb"))["cells"]
    part, _, lesson = LESSON.partition("/")
    lessons = {lesson: [OTHER]}
    for number, (name, learner) in enumerate(
        [
            ("ada.zip", "ada"),
            ("Ben_101_assignsubmission_file/x.zip", "Ben"),
            ("Cy_102_assignsubmission_file_x.zip", "Cy"),
            ("dan_12_34_x.zip", "dan_12"),
            ("eve/x.zip", "eve"),
        ]
    ):
        export = tmp_path / f"{number}.zip"
        with zipfile.ZipFile(export, "w") as archive:
            archive.writestr(name, path.read_bytes())
        submitted = tmp_path / str(number) / "submitted"
        submitted.parent.mkdir()
        done = collect(export, submitted, part, lessons)
        assert done.refusals == [], name
        assert (submitted / learner / part / f"{lesson}.ipynb").is_file(), name
    direct = tmp_path / "direct" / "submitted"
    direct.parent.mkdir()
    assert collect(path, direct, part, lessons).refusals == []
    assert (direct / "ada" / part / f"{lesson}.ipynb").is_file()


@pytest.mark.parametrize("name", ["", "a/b", "..", ".x", "a:b"])
def test_a_name_that_is_no_folder_s(course: Course, name: str) -> None:
    with pytest.raises(CourseError):
        pack(course.root, None, name or " ", None)


def test_nothing_to_pack(tmp_path: Path) -> None:
    course = Course(tmp_path)
    with pytest.raises(CourseError, match="there is nothing to pack"):
        pack(course.root, None, "ada", None)
    with pytest.raises(CourseError, match="lies in no course"):
        pack(tmp_path.parent, None, "ada", None)


# ------------------------------------------------------------------ reset


def test_reset_keeps_the_answer(course: Course) -> None:
    """As it was released, to the byte of its cell; the old answer lies beside it."""
    released = "".join(
        cell_of(json.loads((ROOT / f"notebooks/{LESSON}.ipynb").read_text()), OTHER)["source"]
    )
    path, kept = reset(course.notebooks, OTHER)
    assert path == course.path(LESSON)
    assert course.answered(LESSON, OTHER) == released
    assert kept is not None
    assert kept.parent == path.parent
    assert kept.read_text() == ANSWER.format(OTHER)
    assert course.answered(START, NAME) == ANSWER.format(NAME), "no other exercise"
    assert reset(course.notebooks, OTHER) == (path, None), "there is nothing to keep any more"
    course.answer(LESSON, OTHER)
    assert reset(course.notebooks, OTHER)[1] == kept, "the same answer is kept once"
    course.answer(LESSON, OTHER, "%%ipytest --mutants distinct-ids\ndef test_b(): assert 1\n")
    assert reset(course.notebooks, OTHER)[1] != kept


def test_reset_of_what_is_not_there(course: Course) -> None:
    with pytest.raises(CourseError, match="there is no exercise"):
        reset(course.root, "nothing")
    course.path(LESSON).unlink()
    with pytest.raises(CourseError, match=r"missing: `grader update`"):
        reset(course.root, OTHER)


def test_reset_on_a_full_disk(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer is where it was."""
    monkeypatch.setattr(work, "write", full)
    with pytest.raises(OSError, match="No space"):
        reset(course.root, OTHER)
    assert course.answered(LESSON, OTHER) == ANSWER.format(OTHER)


def full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


# ------------------------------------------------------------------ update


def assert_up_to_date(course: Course, newer: Course) -> None:
    """The new text, and the old answers."""
    for lesson, name in ((START, NAME), (LESSON, OTHER)):
        assert course.answered(lesson, name) == ANSWER.format(name)
        first = ["".join(one.read(lesson)["cells"][0]["source"]) for one in (course, newer)]
        assert first[0] == first[1]
        assert first[0].endswith("New!")
    assert not (course.root / "grader" / "old.py").exists()
    assert (course.root / "grader" / "new.py").read_text() == "new"


@pytest.mark.parametrize("form", ["folder", "zip"])
def test_update_keeps_every_answer(
    course: Course, newer: Course, tmp_path: Path, form: str
) -> None:
    """From a folder, or from a zip as GitHub makes it; what was there is copied first."""
    before = {path: course.path(path).read_bytes() for path in (START, LESSON)}
    source = newer.root
    if form == "zip":
        shutil.make_archive(str(tmp_path / "new"), "zip", tmp_path, "newer")
        source = tmp_path / "new.zip"
    done = update(course.notebooks, source)
    assert (done.in_place, done.sentences) == (2, [])
    assert_up_to_date(course, newer)
    assert done.copy is not None
    for lesson, raw in before.items():
        assert (done.copy / "notebooks" / f"{lesson}.ipynb").read_bytes() == raw
    assert not (course.root / ".grader" / "update.json").exists()


def test_a_course_in_a_hidden_folder(newer: Course, tmp_path: Path) -> None:
    """Wherever a learner keeps it: only what is hidden inside of it is none of their work."""
    course = Course(tmp_path / ".hidden" / "course")
    course.answer(START, NAME)
    course.answer(LESSON, OTHER)
    assert pack(course.root, None, "ada", None)[1] == 2
    assert update(course.root, newer.root).in_place == 2
    assert_up_to_date(course, newer)


def test_what_has_no_place_is_kept_and_named(course: Course, newer: Course) -> None:
    """An exercise that is gone, and a notebook with notes of one's own."""
    course.change(
        START, lambda nb: nb["cells"].append({**nb["cells"][1], "id": "x", "source": "Mine."})
    )
    shutil.rmtree(newer.notebooks / "2-advanced")
    shutil.rmtree(newer.root / "lessons" / "2-advanced")
    course.path(LESSON).unlink()
    shutil.copy(ROOT / f"notebooks/{LESSON}.ipynb", course.path(LESSON))
    course.answer(LESSON, OTHER)
    done = update(course.root, newer.root)
    sentences = "\n".join(done.sentences)
    assert "besides tests you wrote something else" in sentences
    (whole,) = course.notebooks.glob("*.before-update-1.ipynb")
    assert "Mine." in whole.read_text()
    assert course.answered(START, NAME) == ANSWER.format(NAME)
    assert course.answered(LESSON, OTHER) == ANSWER.format(OTHER), "its notebook is left alone"


def test_an_exercise_that_is_gone(course: Course, newer: Course) -> None:
    """Its answer lies beside the notebook."""
    newer.change(LESSON, lambda nb: nb["cells"].remove(cell_of(nb, OTHER)))
    done = update(course.root, newer.root)
    kept = course.path(LESSON).with_name(f"{OTHER}.kept-1.txt")
    (sentence,) = done.sentences
    assert sentence == (
        f"{OTHER}: the new version has no such exercise; your answer is in "
        f"{kept.relative_to(course.root).as_posix()}."
    )
    assert kept.read_text() == ANSWER.format(OTHER)


def crash_at(course: Course, source: Path, number: int) -> bool:
    """Update in a process that is gone at its write of that number; whether it came so far."""

    def run() -> None:
        count = 0
        original = files.write

        def write(*arguments: Any, **named: Any) -> None:
            nonlocal count
            count += 1
            if count == number:
                os._exit(9)
            original(*arguments, **named)

        vars(updating)["write"] = vars(work)["write"] = write
        update(course.root, source)

    process = multiprocessing.get_context("fork").Process(target=run)
    process.start()
    process.join(60)
    return process.exitcode == 9


@pytest.mark.parametrize("number", [1, 2, 4, 5, 6])
def test_killed_half_way(course: Course, newer: Course, number: int) -> None:
    """The next run does the rest, whatever was written meanwhile."""
    if not crash_at(course, newer.root, number):
        pytest.fail(f"it has fewer than {number} writes: mend the test")
    update(course.root, newer.root)
    assert_up_to_date(course, newer)


@pytest.mark.parametrize("number", [1, 3, 5, 6])
def test_full_disk(
    course: Course, newer: Course, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One sentence of the system's; no answer is lost, and with room again it goes on."""
    count, original = 0, files.write

    def write(*arguments: Any, **named: Any) -> None:
        nonlocal count
        count += 1
        if count >= number:
            full()
        original(*arguments, **named)

    monkeypatch.setattr(updating, "write", write)
    monkeypatch.setattr(work, "write", write)
    with pytest.raises(OSError, match="No space"):
        update(course.root, newer.root)
    monkeypatch.undo()
    everything = "".join(
        path.read_text(errors="replace") for path in course.root.rglob("*") if path.is_file()
    )
    assert everything.count("test_mine") >= 2
    update(course.root, newer.root)
    assert_up_to_date(course, newer)


def test_an_answer_written_after_a_crash(course: Course, newer: Course) -> None:
    """It is the newer one, and stays; the earlier one is kept beside it."""
    assert crash_at(course, newer.root, 6)
    course.answer(START, NAME, "%%ipytest --mutants first-test\ndef test_later(): assert 1\n")
    update(course.root, newer.root)
    assert "test_later" in course.answered(START, NAME)


@pytest.mark.parametrize("what", ["nothing.zip", "no-zip", "empty"])
def test_no_version_of_the_course(course: Course, tmp_path: Path, what: str) -> None:
    """Nothing has changed."""
    (tmp_path / "no-zip").write_text("x")
    (tmp_path / "empty").mkdir()
    before = course.path(START).read_bytes()
    with pytest.raises(CourseError, match="of the course"):
        update(course.root, tmp_path / what)
    assert course.path(START).read_bytes() == before


def git(folder: Path, *command: str) -> None:
    about = ["-c", "user.name=x", "-c", "user.email=x@y.z", "-c", "protocol.file.allow=always"]
    subprocess.run(["git", *about, *command], cwd=folder, check=True, capture_output=True)


def test_git_pull(course: Course, newer: Course) -> None:
    """The answers would be in its way, and are in place again; so they are where it fails."""
    for name in (START, LESSON):
        shutil.copy(ROOT / f"notebooks/{name}.ipynb", course.path(name))
    upstream = course.root.with_name("upstream")
    shutil.copytree(course.root, upstream)
    (upstream / ".gitignore").write_text(".grader/\n")
    git(upstream, "init", "-b", "main")
    git(upstream, "add", ".")
    git(upstream, "commit", "-m", "One")
    shutil.rmtree(course.root)
    git(upstream.parent, "clone", str(upstream), str(course.root))
    course.answer(START, NAME)
    course.answer(LESSON, OTHER)
    shutil.rmtree(upstream / "notebooks")
    shutil.copytree(newer.notebooks, upstream / "notebooks")
    (upstream / "grader" / "old.py").unlink()
    (upstream / "grader" / "new.py").write_text("new")
    git(upstream, "add", ".")
    git(upstream, "commit", "-m", "Two")
    assert update(course.root).in_place == 2
    assert_up_to_date(course, newer)
    before = course.path(START).read_bytes()
    git(course.root, "checkout", "--detach")
    with pytest.raises(CourseError, match=r"\(You are not currently on a branch\): mend that, or"):
        update(course.root)
    assert course.path(START).read_bytes() == before
    git(course.root, "checkout", "main")
    shutil.rmtree(upstream)
    with pytest.raises(CourseError, match="git pull failed, and your notebooks are as they were"):
        update(course.root)
    assert course.path(START).read_bytes() == before


# ------------------------------------------------------------------ the commands


def test_commands(
    grader: Grader, course: Course, newer: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(course.notebooks)
    code, output, errors = grader("pack", "2-advanced", "--name", "ada")
    assert (code, errors) == (0, "")
    assert output == f"{course.root}/2-advanced-ada.zip holds 1 answer.\n"
    code, output, errors = grader("update", str(newer.root))
    assert (code, errors) == (0, "")
    assert "2 answers are in place" in output
    code, output, errors = grader("reset", OTHER)
    assert (code, errors) == (0, "")
    assert f"{OTHER}.kept-1.txt" in output

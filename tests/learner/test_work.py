"""A learner's answers: packed to be handed in, and given back clean."""

import json
import zipfile
from pathlib import Path

import pytest
from helpers.checkout import ANSWER, LESSON, NAME, OTHER, START, Checkout, cell_of, full
from helpers.command import Grader
from helpers.course import ROOT

from grader.classroom.collect import collect
from grader.errors import CourseError
from grader.learner import work
from grader.learner.work import pack, reset

# ------------------------------------------------------------------ pack


def test_a_pack_is_what_an_instructor_takes(course: Checkout, tmp_path: Path) -> None:
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
def test_a_name_that_is_no_folder_s(course: Checkout, name: str) -> None:
    with pytest.raises(CourseError):
        pack(course.root, None, name or " ", None)


def test_nothing_to_pack(tmp_path: Path) -> None:
    course = Checkout(tmp_path)
    with pytest.raises(CourseError, match="there is nothing to pack"):
        pack(course.root, None, "ada", None)
    with pytest.raises(CourseError, match="lies in no course"):
        pack(tmp_path.parent, None, "ada", None)


# ------------------------------------------------------------------ reset


def test_reset_keeps_the_answer(course: Checkout) -> None:
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


def test_reset_of_what_is_not_there(course: Checkout) -> None:
    with pytest.raises(CourseError, match="there is no exercise"):
        reset(course.root, "nothing")
    course.path(LESSON).unlink()
    with pytest.raises(CourseError, match=r"missing: `grader update`"):
        reset(course.root, OTHER)


def test_reset_on_a_full_disk(course: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer is where it was."""
    monkeypatch.setattr(work, "write", full)
    with pytest.raises(OSError, match="No space"):
        reset(course.root, OTHER)
    assert course.answered(LESSON, OTHER) == ANSWER.format(OTHER)


def test_reset_keeps_what_is_no_test(course: Checkout) -> None:
    """A plan in comments is work, too."""
    plan = "%%ipytest --mutants distinct-ids\n# first I look at one task, then at two\n"
    course.answer(LESSON, OTHER, plan)
    _, kept = reset(course.root, OTHER)
    assert kept is not None
    assert kept.read_text() == plan


def test_a_notebook_that_cannot_be_read_is_not_left_out(course: Checkout) -> None:
    """Of a pack: nobody would know that an answer is missing. Another part can be packed."""
    course.path(LESSON).write_text("<<<<<<< HEAD")
    with pytest.raises(CourseError, match=r"04-concurrent-operations\.ipynb is not a notebook"):
        pack(course.root, None, "ada", None)
    with pytest.raises(CourseError, match="nothing is answered in 4-craft"):
        pack(course.root, "4-craft", "ada", None)


# ------------------------------------------------------------------ the commands


def test_commands(
    grader: Grader, course: Checkout, newer: Checkout, monkeypatch: pytest.MonkeyPatch
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

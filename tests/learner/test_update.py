"""A newer version of the course: every answer is carried into it, whatever goes wrong."""

import json
import multiprocessing
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from helpers.checkout import ANSWER, LESSON, NAME, OTHER, START, Checkout, cell_of, full
from helpers.course import ROOT

from grader import files
from grader.errors import CourseError
from grader.learner import update as updating
from grader.learner import work
from grader.learner.update import update
from grader.learner.work import pack

# ------------------------------------------------------------------ update


def assert_up_to_date(course: Checkout, newer: Checkout) -> None:
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
    course: Checkout, newer: Checkout, tmp_path: Path, form: str
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


def test_a_course_in_a_hidden_folder(newer: Checkout, tmp_path: Path) -> None:
    """Wherever a learner keeps it: only what is hidden inside of it is none of their work."""
    course = Checkout(tmp_path / ".hidden" / "course")
    course.answer(START, NAME)
    course.answer(LESSON, OTHER)
    assert pack(course.root, None, "ada", None)[1] == 2
    assert update(course.root, newer.root).in_place == 2
    assert_up_to_date(course, newer)


def test_what_has_no_place_is_kept_and_named(course: Checkout, newer: Checkout) -> None:
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


def test_an_exercise_that_is_gone(course: Checkout, newer: Checkout) -> None:
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


def crash_at(course: Checkout, source: Path, number: int) -> bool:
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
def test_killed_half_way(course: Checkout, newer: Checkout, number: int) -> None:
    """The next run does the rest, whatever was written meanwhile."""
    if not crash_at(course, newer.root, number):
        pytest.fail(f"it has fewer than {number} writes: mend the test")
    update(course.root, newer.root)
    assert_up_to_date(course, newer)


@pytest.mark.parametrize("number", [1, 3, 5, 6])
def test_full_disk(
    course: Checkout, newer: Checkout, number: int, monkeypatch: pytest.MonkeyPatch
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


def test_an_answer_written_after_a_crash(course: Checkout, newer: Checkout) -> None:
    """It is the newer one, and stays; the earlier one is in the copy of the first try."""
    assert crash_at(course, newer.root, 6)
    course.answer(START, NAME, "%%ipytest --mutants first-test\ndef test_later(): assert 1\n")
    update(course.root, newer.root)
    assert "test_later" in course.answered(START, NAME)
    first = course.root / ".grader" / "before-update" / "1" / "notebooks" / f"{START}.ipynb"
    assert "test_mine" in first.read_text()


def test_a_journal_of_an_older_version(course: Checkout, newer: Checkout) -> None:
    """It was killed after its own files were replaced: the next run is another version's."""
    assert crash_at(course, newer.root, 6)
    journal = course.root / ".grader" / "update.json"
    found = json.loads(journal.read_text())
    (found["copy"],) = found.pop("copies")
    journal.write_text(json.dumps(found))
    update(course.root, newer.root)
    assert_up_to_date(course, newer)


@pytest.mark.parametrize("what", ["nothing.zip", "no-zip", "empty"])
def test_no_version_of_the_course(course: Checkout, tmp_path: Path, what: str) -> None:
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


def test_git_pull(course: Checkout, newer: Checkout) -> None:
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


# ------------------------------------------------------------------ a learner's own


def interrupted_pull(course: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    """An update that is interrupted while git waits for the network."""
    original = subprocess.run

    def run(command: list[str], **named: Any) -> subprocess.CompletedProcess[str]:
        if command[:2] == ["git", "pull"]:
            raise KeyboardInterrupt
        return original(command, **named)

    with monkeypatch.context() as patch:
        patch.setattr(subprocess, "run", run)
        with pytest.raises(KeyboardInterrupt):
            update(course.root)


def test_what_is_written_after_an_interrupt_is_not_lost(
    course: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the next update fails, too, the notebooks are as they were then, and not before."""
    git(course.root, "init", "-b", "main")
    git(course.root, "add", ".")
    git(course.root, "commit", "-m", "One")
    interrupted_pull(course, monkeypatch)
    assert course.answered(START, NAME) == ANSWER.format(NAME)
    course.answer(START, NAME, "%%ipytest --mutants first-test\ndef test_friday(): assert 1\n")
    with pytest.raises(CourseError, match="your notebooks are as they were"):
        update(course.root)
    assert "test_friday" in course.answered(START, NAME)


def test_a_killed_pull_and_one_that_fails(
    course: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first one has taken the answers out, so the second one gives them back."""
    git(course.root, "init", "-b", "main")
    answered = {name: course.path(name).read_bytes() for name in (START, LESSON)}
    for name in answered:
        shutil.copy(ROOT / f"notebooks/{name}.ipynb", course.path(name))
    git(course.root, "add", ".")
    git(course.root, "commit", "-m", "One")
    for name, content in answered.items():
        course.path(name).write_bytes(content)
    with monkeypatch.context() as patch:
        patch.setattr(updating, "_undo", lambda *_: None)  # a kill leaves no time for it
        interrupted_pull(course, monkeypatch)
    assert "test_mine" not in course.answered(START, NAME)
    with pytest.raises(CourseError, match="your notebooks are as they were"):
        update(course.root)
    assert course.answered(START, NAME) == ANSWER.format(NAME)
    assert course.answered(LESSON, OTHER) == ANSWER.format(OTHER)
    assert not (course.root / ".grader" / "update.json").exists()


def test_text_written_after_a_crash_is_kept(course: Checkout, newer: Checkout) -> None:
    """The copy of the first try is older than it."""
    assert crash_at(course, newer.root, 4)
    cell = {"cell_type": "markdown", "metadata": {}, "id": "mine", "source": "Friday."}
    course.change(LESSON, lambda nb: nb["cells"].append(cell))
    update(course.root, newer.root)
    assert_up_to_date(course, newer)
    kept = [path.read_text() for path in course.notebooks.rglob("*.before-update-*.ipynb")]
    assert any("Friday." in text for text in kept)


def test_files_of_a_learner_s_own_are_copied_before_they_go(
    course: Checkout, newer: Checkout
) -> None:
    """A new version has not these, or has others of the name."""
    mine = course.root / "grader" / "mine.py"
    mine.write_text("mine")
    (course.root / "grader" / "new.py").write_text("mine, too")
    done = update(course.root, newer.root)
    assert not mine.exists()
    assert done.copy is not None
    assert (done.copy / "grader" / "mine.py").read_text() == "mine"
    assert (done.copy / "grader" / "new.py").read_text() == "mine, too"


@pytest.mark.parametrize("place", ["backup/04-concurrent-operations", "2-advanced/04-x.old"])
def test_a_copy_of_a_notebook_takes_no_answer(
    course: Checkout, newer: Checkout, place: str
) -> None:
    """The lesson's own has its answer afterwards, and the copy is left alone."""
    course.path(place).parent.mkdir(exist_ok=True)
    shutil.copy(ROOT / f"notebooks/{LESSON}.ipynb", course.path(place))
    before = course.path(place).read_bytes()
    update(course.root, newer.root)
    assert_up_to_date(course, newer)
    assert course.path(place).read_bytes() == before


def test_a_notebook_that_cannot_be_read_is_kept(course: Checkout, newer: Checkout) -> None:
    """The next version brings a good one; who merged by hand finds theirs beside it."""
    broken = f"<<<<<<< HEAD\n{course.path(LESSON).read_text()}"
    course.path(LESSON).write_text(broken)
    done = update(course.root, newer.root)
    (sentence,) = done.sentences
    assert "could not be read" in sentence
    (kept,) = course.path(LESSON).parent.glob("*.before-update-1.ipynb")
    assert kept.read_text() == broken


def test_half_a_character_in_an_answer(course: Checkout, newer: Checkout) -> None:
    """JSON can hold one, UTF-8 cannot; the notebook stays one."""
    course.answer(START, NAME, f"{ANSWER.format(NAME)}# \ud83d")
    update(course.root, newer.root)
    assert course.answered(START, NAME).endswith("# \ud83d")
    assert pack(course.root, None, "ada", None)[1] == 2

"""A learner's progress: what is kept, by whom, and what the map says."""

import json
import multiprocessing
import os
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.command import Grader
from helpers.course import ROOT

from grader.bank import exercises
from grader.learner.progress import HOME, Map, Progress, home_of
from grader.report import Report

FIRST, *OTHERS = exercises().values()


def report(name: str, score: float, status: str = "graded") -> Report:
    return Report(name, status, None, exercises()[name].points, score)  # type: ignore[arg-type]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(HOME, str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def mine(home: Path) -> Progress:
    return Progress(ROOT / "notebooks")


# ------------------------------------------------------------------ what is kept


def test_the_last_run_counts_and_the_best_is_known(mine: Progress, home: Path) -> None:
    mine.note(report(FIRST.id, 2))
    mine.note(report(FIRST.id, 1))
    found = Progress(ROOT).scores()[FIRST.id]
    assert (found.score, found.best, found.points) == (1, 2, FIRST.points)
    assert [path.name for path in home.iterdir()] == ["progress.json"], "nothing unfinished"


@pytest.mark.parametrize("status", ["not-attempted", "rejected", "error"])
def test_what_was_not_graded_takes_nothing_away(mine: Progress, status: str) -> None:
    """`Run All` on a fresh copy of a lesson is no step back."""
    mine.note(report(FIRST.id, 2))
    mine.note(report(FIRST.id, 0, status))
    assert mine.scores()[FIRST.id].score == 2


def test_reset(mine: Progress) -> None:
    mine.reset()
    mine.note(report(FIRST.id, 2))
    mine.reset()
    assert mine.scores() == {}


@pytest.mark.parametrize("content", ["", "{", "[]", '{"version": 0}', '{"version": 1}', "null"])
def test_a_file_that_is_none_is_no_progress(mine: Progress, home: Path, content: str) -> None:
    """And the next run is kept."""
    home.mkdir()
    (home / "progress.json").write_text(content)
    assert mine.scores() == {}
    mine.note(report(FIRST.id, 2))
    assert mine.scores()[FIRST.id].score == 2


def note_all(numbers: list[int]) -> None:
    for number in numbers:
        name = OTHERS[number].id
        Progress(ROOT).note(report(name, 1))


def test_several_kernels_at_once(mine: Progress) -> None:
    """Nobody's run is lost."""
    context = multiprocessing.get_context("fork")
    processes = [
        context.Process(target=note_all, args=([*range(number, 36, 4)],)) for number in range(4)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    assert set(mine.scores()) == {exercise.id for exercise in OTHERS[:36]}


def test_where_it_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the course, whichever notebook is open; elsewhere with what else is the user's own."""
    monkeypatch.delenv(HOME)
    for place in ("notebooks", "notebooks/2-advanced", "."):
        assert home_of(ROOT / place) == ROOT / ".grader"
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert home_of(tmp_path) == tmp_path / "data" / "async-testing-patterns"
    (tmp_path / "00-start-here.ipynb").touch()
    (tmp_path / "part").mkdir()
    assert home_of(tmp_path / "part") == tmp_path / ".grader"


# ------------------------------------------------------------------ the map


def test_nothing_done_yet(mine: Progress) -> None:
    """Every lesson with its minutes, and where to begin."""
    found = mine.map()
    assert found.reached == 0
    assert found.what_next == f"Next: begin {FIRST.title} ({FIRST.id}), in Start here."
    assert {lesson.name for lesson in found.lessons} == {one.lesson for one in exercises().values()}
    for lesson in found.lessons:
        assert lesson.minutes > 0
        assert found.minutes_left(lesson) == lesson.minutes
        assert (ROOT / "notebooks" / lesson.link).is_file()


def test_some_of_it_done(mine: Progress) -> None:
    """Points as the exercises count today, minutes as far as points tell."""
    mine.note(report(FIRST.id, FIRST.points))
    second = OTHERS[0]
    mine.note(report(second.id, second.points / 2))
    found = mine.map()
    assert found.reached == FIRST.points + second.points / 2
    assert found.what_next.startswith(f"Next: go on with {second.title}")
    start, lesson, *_ = found.lessons
    assert found.minutes_left(start) == 0
    assert 0 < found.minutes_left(lesson) < lesson.minutes
    said = str(found)
    assert f"✓ {FIRST.title}" in said
    assert f"… {second.title} ({second.id}): {second.points / 2:g} of {second.points}" in said
    page = found._repr_html_()
    assert f'href="{lesson.link}"' in page
    assert "<script" not in page


def test_all_of_it_done(mine: Progress) -> None:
    for one in exercises().values():
        mine.note(report(one.id, one.points))
    found = mine.map()
    assert found.next is None
    assert found.reached == found.whole
    assert "Every exercise has full marks" in found._repr_html_()


def test_an_exercise_that_counts_more_today(mine: Progress, home: Path) -> None:
    """A share of what it was is a share of what it is."""
    mine.note(report(FIRST.id, 1))
    text = (home / "progress.json").read_text()
    (home / "progress.json").write_text(text.replace('"points": 2.0', '"points": 1.0'))
    found = mine.map()
    assert found.reached == FIRST.points


def test_without_the_course(tmp_path: Path, home: Path) -> None:
    """Somebody has the notebooks alone, or the package alone."""
    lone = Progress(tmp_path).map()
    assert [lesson.link for lesson in lone.lessons] == [""] * len(lone.lessons)
    assert FIRST.id in str(lone)
    assert FIRST.id in lone._repr_html_()
    (tmp_path / "1-part").mkdir()
    for name in ("00-start-here", "1-part/01-use-cases"):
        cells = [{"cell_type": "markdown", "source": [f"# {name}!\n", "\n", "**20 minutes.**"]}]
        (tmp_path / f"{name}.ipynb").write_text(json.dumps({"cells": cells}))
    lessons = {lesson.name: lesson for lesson in Progress(tmp_path).map().lessons}
    assert lessons["01-use-cases"].title == "1-part/01-use-cases!"
    assert lessons["01-use-cases"].link == "1-part/01-use-cases.ipynb"
    assert lessons["01-use-cases"].minutes == 20


def test_on_binder_it_says_what_ends(mine: Progress, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the first exercise, and nowhere else."""
    assert "Binder" not in str(mine.map()) + mine.map()._repr_html_()
    monkeypatch.setenv("BINDER_LAUNCH_HOST", "https://mybinder.org/")
    assert str(mine.map()).startswith("This is Binder: the session ends")
    assert "<code>grader pack</code>" in mine.map()._repr_html_()


def test_in_a_notebook(mine: Progress) -> None:
    """`grader.progress()` is the map."""
    import grader

    assert isinstance(grader.progress(), Map)


# ------------------------------------------------------------------ the command


def test_command(grader: Grader, mine: Progress) -> None:
    mine.note(report(FIRST.id, 2))
    code, output, errors = grader("progress")
    assert (code, errors) == (0, "")
    assert output == f"{mine.map()}\n"
    code, output, errors = grader("progress", "--json")
    found = json.loads(output)
    assert (found["score"], found["next"]) == (2, OTHERS[0].id)
    code, output, errors = grader("progress", "--reset")
    assert output.startswith("0 of ")
    assert mine.scores() == {}


def test_a_check_is_a_run_too(grader: Grader, mine: Progress) -> None:
    """`grader check` keeps what it finds."""
    grader("check", str(ROOT / "solutions" / "00-start-here.ipynb"))
    assert mine.scores()[FIRST.id].score == FIRST.points


def test_a_run_in_a_terminal_too(mine: Progress, tmp_path: Path) -> None:
    """`pytest --mutants`."""
    (tmp_path / "test_it.py").write_text("def test_a():\n    assert 1 + 1 == 2\n")
    command = [sys.executable, "-m", "pytest", "-q", "--mutants", FIRST.id, "test_it.py"]
    subprocess.run(command, cwd=tmp_path, env={**os.environ}, capture_output=True, timeout=120)
    assert mine.scores()[FIRST.id].score == 0


# ------------------------------------------------------------------ other versions


def test_what_another_version_has_written_is_kept(mine: Progress, home: Path) -> None:
    """It begins anew here, and the old scores lie beside it."""
    home.mkdir()
    theirs = '{"version": 99, "exercises": {}}'
    (home / "progress.json").write_text(theirs)
    mine.note(report(FIRST.id, 2))
    assert mine.scores()[FIRST.id].score == 2
    assert (home / "progress.other.json").read_text() == theirs


def test_a_file_that_cannot_be_read_is_not_written_over(
    mine: Progress, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next run may find it again."""
    mine.note(report(FIRST.id, 2))
    before = (home / "progress.json").read_bytes()

    def fails(path: Path) -> bytes:
        raise PermissionError

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", fails)
        assert mine.scores() == {}
        with pytest.raises(PermissionError):
            mine.note(report(OTHERS[0].id, 1))
    assert (home / "progress.json").read_bytes() == before

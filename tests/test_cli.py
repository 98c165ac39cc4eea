"""The command `grader`: what it prints, in which form, and how it ends."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pytest
from helpers.command import Grader
from helpers.course import suite_of
from helpers.samples import HEAD

from grader.bank import exercises
from grader.cli import common, course
from grader.report import Report
from grader.sandbox.launch import choose

COMMANDS = sorted(
    command.name or getattr(command.callback, "__name__", "")
    for command in common.app.registered_commands
)

REPORT_KEYS = {
    *("exercise", "status", "reason", "points", "score", "mutation_score"),
    *("tests", "mutants", "probes", "sandbox", "python"),
}


@pytest.fixture
def notebook(tmp_path: Path) -> Any:
    """Writes a notebook whose answer cells hold some suites."""

    def write(**suites: str) -> Path:
        path = tmp_path / f"{'-'.join(suites) or 'empty'}.ipynb"
        cells = [
            nbformat.v4.new_code_cell(f"%%ipytest --mutants {name.replace('_', '-')}\n{suite}")
            for name, suite in suites.items()
        ]
        path.write_text(nbformat.writes(nbformat.v4.new_notebook(cells=cells)))
        return path

    return write


def written(folder: Path) -> Path:
    """The solution of distinct-ids, in a file."""
    file = folder / "test_ids.py"
    file.write_text(suite_of("distinct-ids"), encoding="utf-8")
    return file


# ------------------------------------------------------------------ help


def test_which_commands_there_are() -> None:
    """The commands that the course speaks of."""
    assert {"build", "check", "evaluate", "exercises", "verify"} <= set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example(grader: Grader, command: str) -> None:
    """Each command's help ends with an example of it."""
    code, output, _ = grader(command, "--help")
    assert code == 0
    assert f"Example: grader {command}" in output


def test_help_lists_the_commands(grader: Grader) -> None:
    """The help lists every command, and it is what one gets without an argument."""
    code, output, _ = grader("--help")
    assert code == 0
    assert all(f"\n  {command} " in output for command in COMMANDS)
    message, output, _ = grader()
    assert output == ""
    assert all(f"\n  {command} " in str(message) for command in COMMANDS)


# ------------------------------------------------------------------ what is printed


def test_exercises_as_json(grader: Grader) -> None:
    """Every exercise, with the documented keys and with numbers where there are numbers."""
    code, output, errors = grader("exercises", "--json")
    assert (code, errors) == (0, "")
    rows = json.loads(output)
    assert [row["id"] for row in rows] == list(exercises())
    for row in rows:
        assert list(row) == [
            *("id", "lesson", "title", "points", "clock", "alternatives", "mutants", "probes")
        ]
        assert all(isinstance(row[key], int) for key in ("points", *list(row)[-3:]))


def test_exercises_as_a_table(grader: Grader) -> None:
    """Every exercise is in the table."""
    code, output, _ = grader("exercises")
    assert code == 0
    assert all(name in output for name in exercises())


def test_evaluate_as_json(grader: Grader, tmp_path: Path) -> None:
    """Nothing but JSON on standard output, with the documented keys."""
    file = written(tmp_path)
    code, output, _ = grader("evaluate", file, "--exercise", "distinct-ids", "--json")
    report = json.loads(output)
    assert code == 0
    assert set(report) == REPORT_KEYS
    assert (report["exercise"], report["status"]) == ("distinct-ids", "graded")
    assert {tuple(test) for test in report["tests"]} == {("name", "verdict", "message", "kills")}
    assert {tuple(mutant) for mutant in report["mutants"]} == {("number", "killed", "clause")}
    assert [mutant["number"] for mutant in report["mutants"]] == list(
        range(1, len(exercises()["distinct-ids"].mutants) + 1)
    )
    assert report["sandbox"] == choose("auto")


def test_evaluate_as_text(grader: Grader, tmp_path: Path) -> None:
    """The text names the score, each test, and what survived."""
    file = tmp_path / "test_a.py"
    file.write_text(f"%%ipytest --mutants distinct-ids\n{HEAD}\ndef test_nothing(): pass\n")
    code, output, _ = grader("evaluate", file, "--exercise", "distinct-ids", "--sandbox", "off")
    assert code == 0
    assert output.startswith("distinct-ids: 0 of 5 points, 0 of ")
    assert "\n  test_nothing: valid\n" in output


@pytest.mark.parametrize(
    ("text", "status"),
    [("", "not-attempted"), ("exec('')", "rejected"), ("def test_a(:", "error")],
)
def test_a_suite_that_is_not_graded_is_a_result(
    grader: Grader, tmp_path: Path, text: str, status: str
) -> None:
    """What a learner wrote is never the command's error."""
    file = tmp_path / "test_a.py"
    file.write_text(text)
    code, output, _ = grader("evaluate", file, "--exercise", "distinct-ids", "--json")
    report = json.loads(output)
    assert (code, report["status"], report["score"]) == (0, status, 0.0)
    assert report["reason"].endswith(".")
    assert report["mutation_score"] is None


def test_check(grader: Grader, notebook: Any) -> None:
    """`check` exits 1 below full marks, prints a line for each exercise, and the sum."""
    path = notebook(distinct_ids="def test_a(): pass", really_concurrent="")
    code, output, _ = grader("check", path)
    first, second, total = output.splitlines()
    assert code == 1
    assert first.startswith(f"{path}: distinct-ids: 0 of 5 points")
    assert second.startswith(f"{path}: really-concurrent: not attempted, 0 of 5 points")
    assert total == "0 of 10 points"


def test_check_as_json(grader: Grader, notebook: Any) -> None:
    """A list of reports, each with the notebook it is from."""
    path = notebook(distinct_ids="")
    code, output, _ = grader("check", path, path, "--json")
    reports = json.loads(output)
    assert code == 1
    assert [set(report) for report in reports] == [{"notebook", *REPORT_KEYS}] * 2
    assert {report["notebook"] for report in reports} == {str(path)}


def test_check_at_full_marks(
    grader: Grader, notebook: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`check` exits 0 at full marks, and only then."""
    exercise = exercises()["distinct-ids"]
    full = Report(exercise.id, "graded", None, exercise.points, float(exercise.points))
    monkeypatch.setattr(course, "evaluate_suite", lambda *_: full)
    assert grader("check", notebook(distinct_ids="x = 1"))[0] == 0
    almost = Report(exercise.id, "graded", None, exercise.points, exercise.points - 0.01)
    monkeypatch.setattr(course, "evaluate_suite", lambda *_: almost)
    assert grader("check", notebook(distinct_ids="x = 1"))[0] == 1


# ------------------------------------------------------------------ wrong use


def test_unknown_exercise(grader: Grader, tmp_path: Path) -> None:
    """A name that is nearly right is met with the right one."""
    file = written(tmp_path)
    assert "did you mean distinct-ids?" in grader("evaluate", file, "--exercise", "distinc-ids")[2]
    assert "`grader exercises` lists them." in grader.refusal("evaluate", file, "--exercise", "zzz")


def test_missing_file(grader: Grader, tmp_path: Path) -> None:
    """A file that is not there is named."""
    missing = tmp_path / "missing"
    for command in (["evaluate", missing, "--exercise", "distinct-ids"], ["check", missing]):
        assert str(missing) in grader.refusal(*command)


def test_folder(grader: Grader, tmp_path: Path) -> None:
    """A folder is no file."""
    for command in (["evaluate", tmp_path, "--exercise", "distinct-ids"], ["check", tmp_path]):
        assert "Is a directory" in grader.refusal(*command)


def test_binary_file(grader: Grader, tmp_path: Path) -> None:
    """A binary file is neither a suite nor a notebook."""
    binary = tmp_path / "binary"
    binary.write_bytes(bytes(range(256)))
    assert "is not text in UTF-8" in grader.refusal(
        "evaluate", binary, "--exercise", "distinct-ids"
    )
    assert "is not a notebook" in grader.refusal("check", binary)


@pytest.mark.parametrize("text", ["", "# Text", "{}", "[]", '{"cells": 5}', "null", "[" * 5000])
def test_no_notebook(grader: Grader, tmp_path: Path, text: str) -> None:
    """What is no notebook, or one without an exercise, is refused."""
    file = tmp_path / "file.ipynb"
    file.write_text(text)
    assert "notebook" in grader.refusal("check", file)


def test_notebook_without_exercises(grader: Grader, notebook: Any) -> None:
    """Nothing to grade is not full marks."""
    assert grader.refusal("check", notebook(), "--json") == (
        "there is no exercise in these notebooks; name a lesson's notebook."
    )


def test_notebook_with_an_unknown_exercise(grader: Grader, notebook: Any) -> None:
    """An exercise that the bank does not have is named before anything is graded."""
    path = notebook(distinct_ids="", distinct_idz="")
    assert "distinct-idz; did you mean" in grader("check", path)[2]


def test_file_with_an_odd_name(grader: Grader, tmp_path: Path) -> None:
    """A name that no encoding can write is written all the same."""
    odd = os.fsdecode(os.fsencode(tmp_path) + b"/\xff.py")
    assert r"\udcff" in grader.refusal("evaluate", odd, "--exercise", "distinct-ids")


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("evaluate",),
        ("evaluate", "a.py"),
        ("evaluate", "a.py", "--exercise", "distinct-ids", "--sandbox", "maybe"),
        ("check",),
        ("exercises", "--xml"),
        ("build", "extra"),
    ],
)
def test_wrong_use(grader: Grader, arguments: tuple[str, ...]) -> None:
    """A wrong command, argument or option is one sentence that leads to an example."""
    assert "--help` shows an example." in grader.refusal(*arguments)


def test_outside_of_the_course(
    grader: Grader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What needs the course says so elsewhere."""
    monkeypatch.chdir(tmp_path)
    for command in ("build", "verify"):
        assert "change to a folder that does" in grader.refusal(command)


def test_unknown_exercise_to_verify(grader: Grader) -> None:
    """`verify` knows the same exercises as the others."""
    assert "there is no exercise zzz" in grader.refusal("verify", "zzz")


def test_interrupt() -> None:
    """Interrupted, the command ends with a sentence, and no traceback."""
    code = (
        "import sys, signal, os; from grader.cli import course, main;"
        "sys.argv = ['grader', 'exercises'];"
        "signal.signal(signal.SIGINT, signal.default_int_handler);"  # a background job ignores it
        "course.exercises = lambda: os.kill(os.getpid(), signal.SIGINT) or {}; main()"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == "grader: Interrupted; nothing is lost, run the command again.\n"


def test_long_work_tells_a_log_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where no bar can be drawn: a line now and then, and none of what is soon done."""
    now = iter([0, 59, 61, 62, 125])
    monkeypatch.setattr(common, "time", SimpleNamespace(monotonic=lambda: next(now)))
    with common.progress_bar(quiet=False) as progress:
        for done in (1, 2, 3, 4):
            progress(done, 4)
    assert capsys.readouterr().err == "grading suites: 2 of 4\ngrading suites: 4 of 4\n"

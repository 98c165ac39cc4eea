#!/usr/bin/env python3
"""Say what a learner's notebooks are worth: the step of .github/workflows/submission.yml.

    .venv/bin/python scripts/submission.py [NOTEBOOK...]

Without names it takes the notebooks under notebooks/ that somebody has written in. nbval runs each
in a kernel, in its lax mode, and where that works so does `nbgrader validate`; the grader evaluates
the exercises. The result is a Markdown table in the file that GITHUB_STEP_SUMMARY names, or on
standard output where there is none.

It fails when a notebook does not run from top to bottom, or when an answer could not be graded.
Less than full marks is no failure: somebody in the middle of a lesson would only see red.

What a notebook prints goes no further than here, and the few words of a learner's that do (names
of files, names of exercises, reasons) go through `shown`.
"""

import argparse
import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, get_args
from xml.etree import ElementTree

from grader.bank import exercises
from grader.course.cells import Found, find_answers
from grader.course.notebooks import expected, fingerprint, originals_near, read_notebook
from grader.engine.evaluate import evaluate
from grader.errors import CourseError
from grader.report import Report, Verdict
from grader.sandbox.worker import Worker

MOST_ROWS = 200
"""GitHub takes a summary of at most 1 MiB; a row has fewer than 1,000 characters."""

REPLACEMENTS = str.maketrans({"`": "'", "|": "¦", "<": "‹", ">": "›"})


class Row(NamedTuple):
    """One line of the table: an exercise of a notebook."""

    exercise: str
    score: str = ""
    tests: str = ""


@dataclass
class Checked:
    """What was found out about one notebook."""

    name: str
    runs: str
    valid: str
    rows: list[Row]
    score: float = 0.0
    points: int = 0
    failed: bool = False


def main() -> int:
    """The command; the number to exit with."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("notebooks", nargs="*", type=Path, metavar="NOTEBOOK")
    parser.add_argument("--cell-timeout", type=float, default=60, help="seconds for one cell")
    parser.add_argument("--timeout", type=float, default=900, help="seconds for one notebook")
    options = parser.parse_args()
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    for name in list(os.environ):  # what a learner's code has no use for
        if name.startswith(("ACTIONS_", "GITHUB_", "RUNNER_")):
            del os.environ[name]

    paths = options.notebooks or [path for path in find_notebooks() if written_in(path)]
    checked = []
    with Worker() as worker:
        for number, path in enumerate(paths, start=1):
            print(f"Checking notebook {number} of {len(paths)} ...", file=sys.stderr, flush=True)
            checked.append(check(path, worker, options.cell_timeout, options.timeout))
    failed = sum(notebook.failed for notebook in checked)
    text = "\n".join(markdown(checked))
    if summary:
        Path(summary).write_text(text, encoding="utf-8")  # in the place of what is there by now
    else:
        print(text)
    print(f"{len(checked)} checked, {failed} failed: see the summary.", file=sys.stderr)
    return 1 if failed else 0


# ------------------------------------------------------------------ which notebooks


def find_notebooks() -> list[Path]:
    """The notebooks of the course, without the copies that JupyterLab keeps."""
    return sorted(
        path
        for path in Path("notebooks").rglob("*.ipynb")
        if not any(part.startswith(".") for part in path.parts)
    )


def written_in(path: Path) -> bool:
    """Whether a notebook says anything else than what the course was built with."""
    try:
        nb = read_notebook(path)
        return bool(nb.metadata.get("grader", {}).get("built") != fingerprint(nb))
    except Exception:
        return True


# ------------------------------------------------------------------ one notebook


def check(path: Path, worker: Worker, cell_timeout: float, timeout: float) -> Checked:
    """Everything about one notebook. Never raises for what a learner made of it."""
    name = shown(path.as_posix().removeprefix("notebooks/"))
    try:
        nb = read_notebook(path)
        asked = expected(nb, path)
        answers = find_answers(nb, originals_near(path))
    except CourseError as error:
        return Checked(name, "no", "", [Row("", "", shown(str(error)))], failed=True)
    except Exception as error:
        why = f"it is no notebook ({type(error).__name__})"
        return Checked(name, "no", "", [Row("", "", shown(why))], failed=True)
    with twin(path) as plain:
        problem = why_it_stops(plain, cell_timeout, timeout)
        valid = "" if problem else validate(plain, cell_timeout, timeout)
    runs = f"no: {problem}" if problem else "yes"
    checked = Checked(name, runs, valid, [], failed=bool(problem))
    for exercise_id in dict.fromkeys([*asked, *answers]):
        grade(exercise_id, answers.get(exercise_id), checked, worker)
    if not checked.rows:
        checked.rows.append(Row("none"))
    return checked


def grade(exercise_id: str, found: Found | None, checked: Checked, worker: Worker) -> None:
    """Add the row of one exercise."""
    exercise = exercises().get(exercise_id)
    if exercise is None:
        checked.rows.append(Row(shown(exercise_id), "", "not graded: there is no such exercise"))
        checked.failed = True
        return
    checked.points += exercise.points
    if found is not None and found.problem is None:
        report = evaluate(found.suite, exercise, worker)
        checked.score += report.score
        checked.failed |= report.status not in ("graded", "not-attempted")
        score, tests = f"{report.score:g} of {report.points}", told(report)
    else:
        checked.failed = True
        score = f"0 of {exercise.points}"
        why = "its cell is missing" if found is None else found.problem
        tests = f"not graded: {why}"
    checked.rows.append(Row(exercise_id, score, tests))


def told(report: Report) -> str:
    """How many tests got which verdict, or why there are none."""
    if report.status == "not-attempted":
        return "not attempted"
    if report.status != "graded":
        return f"not graded: {shown(report.reason or report.status)}"
    counts = Counter(test.verdict for test in report.tests)
    tests = ", ".join(
        f"{counts[verdict]} {verdict}" for verdict in get_args(Verdict) if counts[verdict]
    )
    if report.mutants:
        tests = f"{tests or 'none'}; {report.killed} of {len(report.mutants)} mutants killed"
    return tests or "none"


# ------------------------------------------------------------------ in a kernel


@contextlib.contextmanager
def twin(path: Path) -> Iterator[Path]:
    """The same notebook beside itself, with a name that no tool takes for a pattern."""
    plain = path.resolve().with_name(f"submission-{os.getpid()}.ipynb")
    shutil.copyfile(path, plain)
    try:
        yield plain
    finally:
        plain.unlink(missing_ok=True)


def why_it_stops(path: Path, cell_timeout: float, timeout: float) -> str | None:
    """Why a notebook does not run from top to bottom; None when it does."""
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder, "results.xml")
        command = [
            *("pytest", "--nbval-lax", "--nbval-current-env"),
            *("--nbval-cell-timeout", str(cell_timeout), "--junit-xml", str(results)),
            *("-c", os.devnull, "--rootdir", str(path.parent), "--noconftest"),
            *("-p", "nbval.plugin", "-p", "no:cacheprovider", path.name),
        ]
        code, _ = run(command, path.parent, timeout)
        if code is None:
            return f"it takes longer than {timeout:g} s"
        if code in (0, 5):  # 5: there is no cell to run
            return None
        failing = list(failing_cells(results))
    if not failing:
        return "it ends the process that runs it"
    cell, seconds = failing[0]
    happens = f"takes longer than {cell_timeout:g} s" if seconds >= cell_timeout else "fails"
    rest = f", and {len(failing) - 1} more" if len(failing) > 1 else ""
    return f"code cell {cell} {happens}{rest}"


def failing_cells(results: Path) -> Iterator[tuple[int, float]]:
    """The code cells that failed, from 1, and how long they ran, in what nbval has written.

    Those after one that took too long are only expected to fail, and do not count.
    """
    try:
        cases = list(ElementTree.parse(results).iter("testcase"))
    except (OSError, ElementTree.ParseError):
        return
    for case in cases:
        cell = re.fullmatch(r"Cell (\d+)", case.get("name", ""))
        if cell and any(child.tag in ("failure", "error") for child in case):
            yield int(cell[1]) + 1, float(case.get("time", 0))


def validate(path: Path, cell_timeout: float, timeout: float) -> str:
    """What `nbgrader validate` says. Its own lines begin at the margin, a learner's do not."""
    limit = f"--Execute.timeout={max(1, int(cell_timeout))}"
    code, output = run(["nbgrader", "validate", limit, f"./{path.name}"], path.parent, timeout)
    if code != 0:
        return "did not finish"
    said = " ".join(line for line in output.splitlines() if line[:1].isalpha())
    if said.startswith("Success!"):
        return "full marks"
    if count := re.match(r"VALIDATION FAILED ON (\d+) CELL", said):
        return f"{count[1]} below full marks"
    if count := re.match(r"THE (?:CONTENTS|TYPES) OF (\d+) (?:TEST )?CELL", said):
        return f"{count[1]} locked cells changed"
    return "did not finish"


def run(command: list[str], folder: Path, timeout: float) -> tuple[int | None, str]:
    """Run a module of Python, and keep to ourselves what it prints: its exit code, and that.

    The code is None when it took longer than `timeout`. What lies in `folder` is not imported.
    """
    with tempfile.TemporaryFile() as output:  # no pipe: who keeps that open keeps us waiting
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", *command],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
            start_new_session=True,
        )
        code = None
        with contextlib.suppress(subprocess.TimeoutExpired):
            code = process.wait(timeout)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        output.seek(0)
        return code, output.read().decode(errors="replace")


# ------------------------------------------------------------------ the table


def shown(text: str, longest: int = 160) -> str:
    """A learner's words as code in a cell of a Markdown table, and no more than words anywhere.

    No character that controls a terminal or the direction of text, none that ends the code or the
    table or begins a tag, and nothing that a runner would take for a command.
    """
    plain = "".join(
        " " if unicodedata.category(char)[0] in "CZ" else char for char in text[:10_000]
    )
    plain = " ".join(plain.translate(REPLACEMENTS).split())
    plain = re.sub(r":(?=:)", ": ", plain).replace("##[", "## [")
    return f"`{plain if len(plain) <= longest else plain[: longest - 2] + ' …'}`" if plain else ""


def markdown(checked: list[Checked]) -> Iterator[str]:
    """The lines of the summary."""
    yield "## Your notebooks"
    yield ""
    if not checked:
        yield "There is nothing to check yet: every notebook is as the course gave it to you."
        return
    yield "| Notebook | Runs from top to bottom | nbgrader validate | Exercise | Score | Tests |"
    yield "| --- | --- | --- | --- | ---: | --- |"
    rows = [
        ((notebook.name, notebook.runs, notebook.valid) if first == 0 else ("", "", ""), row)
        for notebook in checked
        for first, row in enumerate(notebook.rows)
    ]
    for left, row in rows[:MOST_ROWS]:
        yield f"| {' | '.join((*left, *row))} |"
    yield ""
    if len(rows) > MOST_ROWS:
        yield f"{len(rows) - MOST_ROWS} more exercises are left out."
        yield ""
    total, points = (sum(getattr(n, name) for n in checked) for name in ("score", "points"))
    yield f"**{total:g} of {points} points.** Less than full marks is no failure; a notebook that"
    yield "does not run from top to bottom is one, and so is an answer that could not be graded."


if __name__ == "__main__":
    sys.exit(main())

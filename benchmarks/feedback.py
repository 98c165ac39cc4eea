"""How long a learner waits, and what that costs: `python benchmarks/feedback.py`.

For each exercise, with its published solution and a warm worker: the time of one evaluation, and
how long as many fresh `python -m pytest` would take. Then its CPU time, that of the worker and of
its children included, against the same tests run as often in one warm process.

`--against REVISION` asks an older revision, too, in turn with this one, each with its own code.
Both meet the mutants, the alternatives and the probes that both have, by name, and the same suite:
today's solution, or the old one where today's has not full marks in both. Where none has, each gets
its own, and the row counts in no median.
"""

import contextlib
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from revision import Revision, Task, checkout, in_common
from rich.console import Console
from rich.progress import track
from rich.table import Table

from grader.bank import named
from grader.course.lessons import find_root
from grader.exercise import Exercise
from grader.runner.settings import PYTEST_OPTIONS

ROOT = find_root(Path(__file__).parent)
ENVIRONMENT = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(ROOT)}
APART = ("contract-suite", "round-trip")
"""They wait for a database, and for Hypothesis: in a median they would say nothing."""

BY_NAME = ("-p", "asyncio", "-p", "looptime_plugin")
"""The plugins a suite needs; searching for all that are installed would flatter us."""

AS_EVALUATED = "from grader.runner.settings import load_hypothesis\nload_hypothesis(shrink=False)\n"
"""Makes Hypothesis draw what it draws in an evaluation; without it, four times as many examples."""

IN_ONE_PROCESS = """
import resource, sys
import pytest

def cpu(files):
    before = resource.getrusage(resource.RUSAGE_SELF)
    pytest.main([*options, "-qq", "--import-mode=importlib", *files])
    after = resource.getrusage(resource.RUSAGE_SELF)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

split = sys.argv.index("--")
options, (once, *files) = sys.argv[1:split], sys.argv[split + 1 :]
cpu([once])
first = cpu([once])
print(cpu([once, *files]) - first)
"""

Figures = dict[str, float]


def options(exercise: Exercise) -> list[str]:
    """What pytest is told, by us or by a fresh process."""
    return [*PYTEST_OPTIONS, *BY_NAME, *(["--looptime"] if exercise.clock == "virtual" else [])]


def fresh_pytest(text: str, folder: Path, exercise: Exercise) -> float:
    """Seconds of one fresh pytest on a suite; one that only probes look at has no tests."""
    (folder / "test_solution.py").write_text(text, encoding="utf-8")
    start = time.perf_counter()
    command = [sys.executable, "-m", "pytest", "-q", *options(exercise), "test_solution.py"]
    done = subprocess.run(command, cwd=folder, capture_output=True, env=ENVIRONMENT)
    assert done.returncode in (0, 5), done.stdout
    return time.perf_counter() - start


def in_one_process(text: str, times: int, folder: Path, exercise: Exercise) -> float:
    """CPU seconds of running a suite so many times in one process, its start not counted."""
    files = []
    for number in range(times + 1):
        home = folder / f"copy{number}"
        home.mkdir(exist_ok=True)
        (home / "test_solution.py").write_text(text, encoding="utf-8")
        files.append(f"copy{number}/test_solution.py")
    command = [sys.executable, "-c", IN_ONE_PROCESS, *options(exercise), "--", *files]
    done = subprocess.run(
        command, cwd=folder, check=True, capture_output=True, text=True, env=ENVIRONMENT
    )
    return float(done.stdout.split()[-1])


def measure(task: Task, sides: Sequence[Revision], repeats: int) -> Figures:
    """The figures of one exercise, taken in turn so that a slow moment slows them all."""
    taken = [
        [side.evaluate(task.id, text) for side, text in zip(sides, task.suites, strict=True)]
        for _ in range(repeats)
    ]
    now = [turn[0] for turn in taken]
    cpu, runs = (statistics.fmean(one[key] for one in now) for key in ("cpu", "runs"))
    wall = statistics.median(one["wall"] for one in now)
    figures = {"runs": runs, "wall, s": wall}
    exercise, text = named(task.id), task.suites[0]
    text = AS_EVALUATED + text if "hypothesis" in text else text
    with tempfile.TemporaryDirectory() as name:
        plain, fresh = [], []
        for _ in range(min(3, repeats)):
            fresh.append(fresh_pytest(text, Path(name), exercise))
            plain.append(in_one_process(text, round(runs), Path(name), exercise))
    tests = bool(now[0]["tests"])
    figures["as many pytests"] = runs * statistics.median(fresh) / wall if tests else math.nan
    figures["CPU, s"] = cpu
    figures["of one process"] = cpu / statistics.median(plain) if tests else math.nan
    if len(sides) > 1:
        figures["CPU old, s"] = statistics.fmean(turn[1]["cpu"] for turn in taken)
        figures["new/old"] = cpu / figures["CPU old, s"]
    return figures


def table(rows: Sequence[tuple[Task, Figures]]) -> Table:
    """The figures, a row an exercise; below them the medians, and those that stand apart."""
    drawn = Table("exercise", *rows[0][1], "not the same", title=f"Python {sys.version.split()[0]}")

    def add(name: str, figures: Figures, remarks: str = "", *, last: bool = False) -> None:
        cells = ("" if math.isnan(value) else f"{value:.3g}" for value in figures.values())
        drawn.add_row(name, *cells, remarks, end_section=last)

    apart = [row for row in rows if row[0].id in APART]
    rest = [row for row in rows if row not in apart]
    for number, (task, figures) in enumerate(rest, start=1):
        add(task.id, figures, task.remarks, last=number == len(rest))
    like = [row for row in rest if row[0].alike]
    virtual = [figures for task, figures in like if named(task.id).clock == "virtual"]
    if virtual:
        known = {
            key: [one[key] for one in virtual if not math.isnan(one[key])] for key in virtual[0]
        }
        medians = {key: statistics.median(values or [math.nan]) for key, values in known.items()}
        add(f"median of {len(virtual)}, virtual clock", medians, last=True)
    for task, figures in apart:
        add(task.id, figures, task.remarks)
    return drawn


Only = Annotated[list[str] | None, typer.Option(help="The id of an exercise; all by default.")]
Against = Annotated[str | None, typer.Option(help="An older revision, as git names it.")]


def main(only: Only = None, against: Against = None, repeats: int = 5) -> None:
    """Measure how long a learner waits, and what it costs."""
    with contextlib.ExitStack() as stack:
        sides = [stack.enter_context(Revision(ROOT))]
        if against is not None:
            older = stack.enter_context(checkout(ROOT, against))
            sides.append(stack.enter_context(Revision(older)))
        chosen = [named(name).id for name in only or sides[0].names]
        known = [name for name in chosen if all(name in side.names for side in sides)]
        rows = []
        with contextlib.suppress(KeyboardInterrupt):  # what is measured by then is shown
            for name in track(known, console=Console(stderr=True), transient=True):
                task = in_common(sides, name)
                rows.append((task, measure(task, sides, repeats)))
    console = Console(width=140)
    if rows:
        console.print(table(rows))
    if missing := [name for name in chosen if name not in known]:
        console.print(f"{against} does not have {', '.join(missing)}.")


if __name__ == "__main__":
    typer.run(main)

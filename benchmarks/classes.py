"""What grading a class costs: `python benchmarks/classes.py class|walls|machines [--parts PART …]`.

`class` grades the same submissions with `grader grade` and with nbgrader as it comes, which runs
every notebook in a kernel. `walls` evaluates the same suites without walls, with Landlock, and
with bubblewrap; `machines` with one worker of dask and with two. Start-up counts only for `class`.
Let nothing else run meanwhile: the CPU is that of the whole machine.
"""

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from made_up_class import ROOT, course, suites
from rich.console import Console
from rich.table import Table

from grader.bank import exercises
from grader.course.lessons import lessons
from grader.engine.evaluate import evaluate
from grader.runner.isolation import Wall
from grader.sandbox.worker import Worker

app = typer.Typer(add_completion=False, help=__doc__)
console = Console(width=110)

STOCK = """
c = get_config()
c.CourseDirectory.course_id = "stock"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "notebooks"
"""
"""nbgrader as it comes: it runs what was handed in, in a kernel, one notebook at a time."""

Parts = Annotated[list[str] | None, typer.Option("--parts", help="Some parts; all by default.")]


def busy() -> float:
    """Seconds that all cores have worked: bubblewrap hides from its parent what runs have used."""
    user, nice, system, *_ = Path("/proc/stat").read_text().split()[1:]
    return sum(map(int, (user, nice, system))) / os.sysconf("SC_CLK_TCK")


class Measured:
    """One command: wall clock, CPU of the whole machine, and the most memory a process had."""

    def __init__(self, command: Sequence[str], folder: Path) -> None:
        before = busy()
        start = time.perf_counter()
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, env={**environment, "PATH": path}
        )
        self.wall = time.perf_counter() - start
        self.cpu = busy() - before
        self.memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        assert done.returncode in (0, 1), done.stderr[-2000:]


def run(tool: str, *arguments: str, folder: Path) -> Measured:
    """Run `grader` or `nbgrader` of this environment."""
    entry = {
        "grader": "from grader.cli import main; main()",
        "nbgrader": "from nbgrader.apps.nbgraderapp import main; main()",
    }[tool]
    return Measured([sys.executable, "-c", entry, *arguments], folder)


def grade(size: int, parts: list[str] | None, folder: Path) -> tuple[float, float, float]:
    """Grade a new class with `grader grade`: seconds, CPU seconds, MiB of its largest process."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    taken = [run("grader", "grade", part, folder=folder) for part in course(folder, size, parts)]
    return (
        sum(one.wall for one in taken),
        sum(one.cpu for one in taken),
        max(one.memory for one in taken),
    )


@app.command("class")
def compare(parts: Parts = None, sizes: str = "20,200", stock_size: int = 20) -> None:
    """Side by side with stock nbgrader, measured on one size and carried on by its slope."""
    columns = ("part", "learners", "grader, s", "a second", "CPU s each", "stock, s", "ratio")
    table = Table(*columns)
    totals: dict[int, list[float]] = {size: [0.0, 0.0, 0.0] for size in map(int, sizes.split(","))}
    slopes: dict[str, float] = {}
    every = sorted({lesson.part for lesson in lessons(ROOT) if lesson.part})
    with tempfile.TemporaryDirectory() as name:
        for part in parts or every:
            folder = Path(name, part)
            folder.mkdir()
            one, other = (stock(n, [part], folder / f"stock-{n}") for n in (2, stock_size))
            slopes[part] = (other - one) / (stock_size - 2)
            for size, total in totals.items():
                wall, cpu, _ = grade(size, [part], folder / "ours")
                theirs = other + slopes[part] * (size - stock_size)
                total[:] = (sum(pair) for pair in zip(total, (wall, cpu, theirs), strict=True))
                table.add_row(part, *_compared(size, wall, cpu, theirs, stock_size))
            shutil.rmtree(folder)
    for size, (wall, cpu, theirs) in totals.items():
        table.add_row("all of these", *_compared(size, wall, cpu, theirs, stock_size))
    console.print(table)
    told = ", ".join(f"{slope:.1f} s ({part})" for part, slope in slopes.items())
    console.print(f"Stock nbgrader takes for each learner more: {told}.")


def _compared(
    size: int, wall: float, cpu: float, theirs: float, stock_size: int
) -> tuple[str, ...]:
    """The figures of one row; what was not measured says so."""
    each, rate = f"{cpu / size:.2f}", f"{size / wall:.2f}"
    how = "" if size == stock_size else " (slope)"
    return str(size), f"{wall:.1f}", rate, each, f"{theirs:.0f}{how}", f"{theirs / wall:.1f}"


def stock(size: int, parts: list[str] | None, folder: Path) -> float:
    """Seconds that nbgrader takes as it comes."""
    folder.mkdir()
    taught = course(folder, size, parts)
    (folder / "nbgrader_config.py").write_text(STOCK)
    for part in taught:
        run("nbgrader", "generate_assignment", part, folder=folder)
    return sum(run("nbgrader", "autograde", part, folder=folder).wall for part in taught)


@app.command()
def walls(repeats: int = 5, ids: str = "distinct-ids,really-concurrent,gather-results") -> None:
    """The same suites without walls, with Landlock, with bubblewrap, in turn."""
    chosen = [exercises()[name] for name in ids.split(",")]
    answers = suites(8, chosen)
    kinds: tuple[Wall, ...] = ("none", "landlock", "bubblewrap")
    workers = {kind: Worker(sandbox=kind) for kind in kinds}
    seconds: dict[str, list[float]] = {kind: [] for kind in kinds}
    try:
        for turn in range(repeats + 1):
            for kind, worker in workers.items():
                start = time.perf_counter()
                for learner in answers:
                    for one in chosen:
                        evaluate(learner[one.id], one, worker)
                if turn:  # the first warms up
                    seconds[kind].append(time.perf_counter() - start)
    finally:
        for worker in workers.values():
            worker.close()
    table = Table("wall", "s for 24 suites", "of no wall")
    plain = statistics.median(seconds["none"])
    for kind in kinds:
        median = statistics.median(seconds[kind])
        table.add_row(kind, f"{median:.2f}", f"{100 * median / plain:.0f} %")
    console.print(table)


@app.command()
def machines(
    repeats: int = 3,
    learners: int = 8,
    ids: str = "distinct-ids,really-concurrent,gather-results",
) -> None:
    """The same suites with one worker of dask, and with two, in turn; each worker has one core."""
    from grader.classroom.cluster import Cluster

    chosen = [exercises()[name] for name in ids.split(",")]
    answers = [(one.id, each[one.id]) for each in suites(learners, chosen) for one in chosen]
    seconds: dict[int, list[float]] = {1: [], 2: []}
    with Cluster("local", "on", 1) as one, Cluster("local", "on", 2) as two:
        for pool in (one, two):
            for core, address in enumerate(pool._fit):
                bound = pool._client.submit(
                    os.sched_setaffinity, 0, {core}, workers=[address], pure=False
                )
                bound.result()  # and with it, the processes that its thread will start
        for turn in range(repeats + 1):
            for workers, pool in ((1, one), (2, two)):
                start = time.perf_counter()
                assert all(result.trouble is None for _, result in pool.grade_all(answers))
                if turn:  # the first warms up
                    seconds[workers].append(time.perf_counter() - start)
    table = Table("workers", f"s for {len(answers)} suites", "suites a second", "times as fast")
    medians = {workers: statistics.median(each) for workers, each in seconds.items()}
    for workers, median in medians.items():
        ratio = f"{medians[1] / median:.2f}"
        table.add_row(str(workers), f"{median:.1f}", f"{len(answers) / median:.2f}", ratio)
    console.print(table)
    console.print(f"Load of this machine meanwhile: {os.getloadavg()[1]:.1f}.")


if __name__ == "__main__":
    app()

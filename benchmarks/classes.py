"""What grading a class costs: `python benchmarks/classes.py class|walls|machines [--parts PART …]`.

`class` grades the same submissions with `grader grade`, with nbgrader as it comes, and with
otter-grader; both of these run every notebook in a kernel, where our engine evaluates, too. Each
has a few learners to grade, then more: its slope is what one learner costs, without start-up.
`class --against REVISION` adds an older revision, cut as in `feedback.py`, for those exercises
whose solution has full marks in both; it stays empty where there are none. `walls` evaluates the
same suites without walls, with Landlock, and with bubblewrap; `machines` with one worker of dask
and with two. Let nothing else run meanwhile: the CPU of `machines` is that of the whole machine.
"""

import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from made_up_class import ROOT, course, suites
from revision import Revision, Task, checkout, in_common
from rich.console import Console
from rich.table import Table

from grader.bank import exercises
from grader.course.lessons import lessons
from grader.course.notebooks import solution
from grader.engine.evaluate import evaluate
from grader.runner.isolation import Wall
from grader.sandbox.worker import Worker

app = typer.Typer(add_completion=False, help=__doc__)
console = Console(width=130)

STOCK = """
c = get_config()
c.CourseDirectory.course_id = "stock"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "notebooks"
"""
"""nbgrader as it comes: it runs what was handed in, in a kernel, one notebook at a time."""

Parts = Annotated[list[str] | None, typer.Option("--parts", help="Some parts; all by default.")]


ENTRIES = {
    "grader": "from grader.cli import main; main()",
    "nbgrader": "from nbgrader.apps.nbgraderapp import main; main()",
}


@contextlib.contextmanager
def group() -> Iterator[Path | None]:
    """A control group, where one can be made: it knows what processes have used that are gone.

    No parent does: what ends with the namespace of bubblewrap is waited for by nobody.
    """
    places = [Path("/sys/fs/cgroup"), Path("/sys/fs/cgroup/unified")]
    root = next((one for one in places if (one / "cgroup.controllers").exists()), None)
    folder = root and root / f"benchmark-{os.getpid()}"
    try:
        if folder is not None:
            folder.mkdir()
    except OSError:
        folder = None
    try:
        yield folder
    finally:
        if folder is not None:
            with contextlib.suppress(OSError):  # something in it does not end
                folder.rmdir()


def used(folder: Path | None) -> float:
    """CPU seconds of a control group; without one, those of the whole machine."""
    if folder is not None:
        return int((folder / "cpu.stat").read_text().split()[1]) / 1e6
    user, nice, system, *_ = Path("/proc/stat").read_text().split()[1:]
    return sum(map(int, (user, nice, system))) / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Cost:
    """Seconds of wall clock and of CPU, and of wall clock in cells in which our engine works."""

    wall: float
    cpu: float
    engine: float = 0.0

    def each(self, other: "Cost", more: int) -> "Cost":
        """What a learner costs, where `other` graded so many more."""
        pairs = zip(vars(self).values(), vars(other).values(), strict=True)
        return Cost(*((after - before) / more for before, after in pairs))


def measured(command: Sequence[str], folder: Path, home: Path = ROOT) -> Cost:
    """Run a command there, with the code of a checkout."""
    environment = {**os.environ, "PYTHONPATH": str(home), "PYTHONWARNINGS": "ignore"}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    with group() as mine:
        enter = f"echo $$ > {mine}/cgroup.procs && " if mine else ""
        before, start = used(mine), time.perf_counter()
        done = subprocess.run(
            ["sh", "-c", f'{enter}exec "$@"', "sh", *command],
            cwd=folder,
            capture_output=True,
            text=True,
            env={**environment, "PATH": path},
        )
        cost = Cost(time.perf_counter() - start, used(mine) - before)
        if mine:
            _end(mine)
    assert done.returncode in (0, 1), done.stderr[-2000:]
    return cost


def _end(folder: Path) -> None:
    """Wait until what a command has left behind has ended, too."""
    for _ in range(100):
        if not (folder / "cgroup.procs").read_text():
            return
        time.sleep(0.1)  # nobody tells when a group has become empty


def run(tool: str, *arguments: str, folder: Path, home: Path = ROOT, before: str = "") -> Cost:
    """Run `grader` or `nbgrader` of this environment."""
    command = [sys.executable, "-c", f"{before}{ENTRIES[tool]}", *arguments]
    return measured(command, folder, home)


def total(costs: Sequence[Cost], engine: float = 0.0) -> Cost:
    """What several commands cost together."""
    return Cost(sum(one.wall for one in costs), sum(one.cpu for one in costs), engine)


def grade(
    size: int, parts: list[str] | None, folder: Path, only: Sequence[str] | None = None
) -> Cost:
    """Grade a new class with `grader grade`; it may have handed in some exercises only."""
    solutions = {name: solution(ROOT, name) for name in only} if only else None
    costs = []
    for part in course(folder, size, parts, solutions=solutions):
        costs.append(run("grader", "grade", part, folder=folder))
        assert [*folder.glob(f"autograded/*/{part}/*")], "nothing was graded"
    return total(costs)


def grade_cut(
    size: int, part: str, folder: Path, *, home: Path, side: int, tasks: Sequence[Task]
) -> Cost:
    """Grade with the code of a checkout, and with nothing but what all have in common."""
    course(folder, size, [part], home=home, solutions={one.id: one.suites[side] for one in tasks})
    kept = {one.id: one.kept for one in tasks}
    before = f"import sys; sys.path.append({str(Path(__file__).parent)!r}); import revision; "
    return run(
        "grader",
        "grade",
        part,
        folder=folder,
        home=home,
        before=f"{before}revision.leave({kept!r}); ",
    )


def stock(size: int, part: str, folder: Path) -> Cost:
    """Grade with nbgrader as it comes."""
    course(folder, size, [part])
    (folder / "nbgrader_config.py").write_text(STOCK)
    run("nbgrader", "generate_assignment", part, folder=folder)
    cost = run("nbgrader", "autograde", part, folder=folder)
    done = sorted(folder.glob(f"autograded/*/{part}/*.ipynb"))
    return total([cost], sum(map(in_engine, done)))


def in_engine(path: Path) -> float:
    """Seconds that the exercise cells of an executed notebook took."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    times = [
        [datetime.fromisoformat(cell["metadata"]["execution"][key]) for key in EXECUTED]
        for cell in cells
        if "".join(cell["source"]).startswith("%%ipytest --mutants")
    ]
    return sum((end - begin).total_seconds() for begin, end in times)


EXECUTED = ("iopub.execute_input", "shell.execute_reply")
"""Where nbclient notes the beginning and the end of a cell."""


def otter(size: int, part: str, folder: Path, environment: Path) -> Cost:
    """Grade with otter-grader: a process a notebook, and a test that looks at each score."""
    course(folder, size, [part])
    command = [str(environment / "bin" / "otter")]
    costs = []
    for lesson in (one for one in lessons(ROOT) if one.part == part):
        home = folder / lesson.name
        (home / "tests").mkdir(parents=True)
        for one in (one for one in exercises().values() if one.lesson == lesson.name):
            case = {"code": FULL_MARKS.format(name=one.id, points=one.points)}
            test = {"name": one.id, "points": one.points, "suites": [{"cases": [case]}]}
            text = f"OK_FORMAT = True\ntest = {test!r}\n"
            (home / "tests" / f"{one.id}.py").write_text(text, encoding="utf-8")
        measured([*command, "generate", "-t", "tests", "-o", "autograder.zip"], home)
        for path in sorted(folder.glob(f"submitted/*/{lesson.notebook}")):
            costs.append(measured([*command, "run", "-a", "autograder.zip", str(path)], home))
    return total(costs)


FULL_MARKS = """\
>>> import contextlib, io
>>> with contextlib.redirect_stdout(io.StringIO()):
...     score = grader.score({name!r})
>>> score == {points}
True"""
"""What otter-grader asks a graded notebook, as a doctest; it knows no partial credit."""


def otter_environment(folder: Path) -> Path:
    """An environment with otter-grader, and with the course, which the notebooks import."""
    place = folder / "otter"
    subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
    install = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python"]
    packages = ["otter-grader", "ipykernel", "--editable", str(ROOT)]
    subprocess.run([*install, str(place / "bin" / "python"), *packages], check=True)
    return place


@app.command("class")
def compare(parts: Parts = None, few: int = 2, many: int = 10, against: str | None = None) -> None:
    """Side by side with stock nbgrader, otter-grader, and an older revision: a learner's cost."""
    every = sorted({lesson.part for lesson in lessons(ROOT) if lesson.part})
    with contextlib.ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        environment = otter_environment(scratch)
        older = stack.enter_context(checkout(ROOT, against)) if against else None
        columns = ["grader, s", "CPU", "nbgrader, s", "in our engine", "CPU", "otter, s", "CPU"]
        table = Table("part", *columns, *(["CPU old", "CPU new", "new/old"] if older else []))
        for part in parts or every:

            def slope(tool: Callable[[int, str, Path], Cost], part: str = part) -> Cost:
                costs = []
                for size in (few, many):
                    folder = scratch / "course"
                    folder.mkdir()
                    costs.append(tool(size, part, folder))
                    shutil.rmtree(folder)
                return costs[0].each(costs[1], many - few)

            ours = slope(lambda size, part, folder: grade(size, [part], folder))
            theirs = slope(stock)
            others = slope(partial(otter, environment=environment))
            figures = [ours.wall, ours.cpu, theirs.wall, theirs.engine, theirs.cpu]
            figures += [others.wall, others.cpu]
            homes = (ROOT, older or ROOT)
            if older and (tasks := [task for task in in_part(part, homes) if task.alike]):
                new, old = (
                    slope(partial(grade_cut, home=home, side=side, tasks=tasks)).cpu
                    for side, home in enumerate(homes)
                )
                figures += [old, new, new / old]
            table.add_row(part, *(f"{value:.3g}" for value in figures))
            console.print(part, *(f"{value:.3g}" for value in figures))  # the whole takes an hour
    console.print(f"Seconds for each learner more: the slope from {few} learners to {many}.")
    console.print(table)


def in_part(part: str, homes: Sequence[Path]) -> list[Task]:
    """The exercises of a part that all checkouts have, cut to what they have in common."""
    names = {lesson.name for lesson in lessons(ROOT) if lesson.part == part}
    with contextlib.ExitStack() as stack:
        sides = [stack.enter_context(Revision(home)) for home in homes]
        return [
            in_common(sides, one.id)
            for one in exercises().values()
            if one.lesson in names and all(one.id in side.names for side in sides)
        ]


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

"""How long a learner waits, and what it costs: `python benchmarks/feedback.py`.

For each exercise, with its published solution and a warm worker: the median time of one whole
evaluation, how many runs that is, and how long as many fresh `python -m pytest` would take.
Then the same in CPU time, against the same tests run as often in one process.
"""

import math
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from grader.bank import exercises
from grader.course.lessons import find_root
from grader.course.notebooks import solution
from grader.engine.evaluate import evaluate
from grader.exercise import Exercise
from grader.runner.protocol import Answer, Request
from grader.runner.settings import PYTEST_OPTIONS
from grader.sandbox.worker import Worker

REPEATS = 5
TICKS = os.sysconf("SC_CLK_TCK")
ENVIRONMENT = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}

BY_NAME = ("-p", "asyncio", "-p", "looptime_plugin")
"""The plugins a suite needs; searching for all that are installed would flatter us."""

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


class CountingWorker(Worker):
    """A worker that counts runs, and tells the CPU time of its processes."""

    runs = 0

    def run(
        self, requests: Iterable[Request], progress: Callable[[int], None] = lambda done: None
    ) -> list[Answer]:
        """As always, counted."""
        answers = super().run(requests, progress)
        self.runs += len(answers)
        return answers

    def cpu(self) -> float:
        """Seconds of the warm process and of every child that has ended."""
        assert self._process is not None
        stat = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, stat[11:15])) / TICKS


def options(exercise: Exercise) -> list[str]:
    """What pytest is told, by us or by a fresh process."""
    return [*PYTEST_OPTIONS, *BY_NAME, *(["--looptime"] if exercise.clock == "virtual" else [])]


def fresh_pytest(suite: Path, exercise: Exercise) -> float:
    """Seconds of one fresh pytest on a suite; one that only probes look at has no tests."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "pytest", "-q", *options(exercise), suite.name]
    done = subprocess.run(command, cwd=suite.parent, capture_output=True, env=ENVIRONMENT)
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


def own_cpu() -> float:
    """CPU seconds of this process."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def measure(exercise: Exercise, text: str, worker: CountingWorker) -> Mapping[str, float]:
    """All figures of one exercise, taken in turn so that a slow moment slows them all."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        suite = folder / "test_solution.py"
        suite.write_text(text, encoding="utf-8")
        evaluate(text, exercise, worker)
        walls, fresh = [], []
        worker.runs, before = 0, worker.cpu() + own_cpu()
        for _ in range(REPEATS):
            start = time.perf_counter()
            report = evaluate(text, exercise, worker)
            walls.append(time.perf_counter() - start)
            assert report.full, report
        cpu = (worker.cpu() + own_cpu() - before) / REPEATS
        runs = worker.runs // REPEATS
        for _ in range(REPEATS):
            fresh.append(fresh_pytest(suite, exercise))
        plain = statistics.median(in_one_process(text, runs, folder, exercise) for _ in range(3))
    wall = statistics.median(walls)
    return {
        "runs": runs,
        "seconds": wall,
        "one fresh pytest": statistics.median(fresh),
        "ratio": runs * statistics.median(fresh) / wall,
        "CPU seconds": cpu,
        "in one process": plain,
        "overhead": cpu / plain if report.tests else math.nan,
    }


def table(rows: Sequence[tuple[str, Mapping[str, float]]]) -> Table:
    """The figures, a row an exercise."""
    drawn = Table("exercise", *rows[0][1], title=f"Python {sys.version.split()[0]}")
    for name, figures in rows:
        drawn.add_row(name, *(f"{value:.3g}" for value in figures.values()))
    return drawn


def main() -> None:
    """Measure every exercise that has a solution."""
    root = find_root(Path.cwd())
    rows = []
    worker = CountingWorker()
    with worker:
        for exercise in exercises().values():
            rows.append((exercise.id, measure(exercise, solution(root, exercise.id), worker)))
    Console(width=120).print(table(rows))


if __name__ == "__main__":
    main()

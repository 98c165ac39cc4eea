"""Grades a class with recorded reports in the place of evaluations.

Each kind of answer is graded once for each exercise of a lesson, and timed. Then every answer of a
class gets the report of its kind, at once. So what is measured is the rest: intake, scheduling,
cache, notebooks, gradebook and feedback. With a cluster, two workers of dask hold the reports.
"""

import functools
import json
import multiprocessing
import os
import shutil
import time
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from random import Random
from typing import Any, Self
from unittest.mock import patch

from made_up_class import ROOT, SHARES
from revision import cpu_of
from rich.console import Console

from grader.bank import exercises
from grader.classroom import cluster as clusters
from grader.classroom import grade, gradebook, intake, room
from grader.classroom.cache import Cache, to_entry
from grader.classroom.pool import Answered, Pool, Result
from grader.course.lessons import lessons
from grader.course.notebooks import solution, stub
from grader.engine.evaluate import evaluate
from grader.report import from_json, to_json
from grader.sandbox.worker import Worker

RECORDS = "RECORDS_TO_REPLAY"
"""The variable of the environment that names the file of the recorded reports."""

PART = "replayed"
OWN = "\n# learner "
"""Begins the comment that makes an answer one learner's own."""


def replay(folder: Path, lesson: str, sizes: list[int], console: Console, *, cluster: bool) -> None:
    """Record, then grade a class of each size in a process of its own, and print the figures."""
    file = folder / "records.json"
    seconds = record(lesson, file)
    os.environ[RECORDS] = str(file)
    os.environ["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).parent), str(ROOT)])
    console.print(f"A mean answer took {seconds:.2f} s of CPU when it was recorded.")
    spawn = multiprocessing.get_context("spawn")
    for size in sizes:
        place = folder / "course"
        answers = hand_in(place, lesson, size)
        process = spawn.Process(target=measure, args=(place, size, answers, seconds, cluster))
        process.start()
        process.join()
        if process.exitcode != 0:
            raise SystemExit(f"the replay ended with {process.exitcode}")
        shutil.rmtree(place)


# ------------------------------------------------------------------ recording


def record(lesson: str, file: Path) -> float:
    """Grade each kind of answer, write the reports, return the CPU seconds of a mean answer."""
    reports: dict[str, Any] = {}
    spent = 0.0
    chosen = [one for one in exercises().values() if one.lesson == lesson]
    with Worker(1) as worker:
        evaluate(solution(ROOT, chosen[0].id), chosen[0], worker)  # the first warms up
        for exercise in chosen:
            for text, share in kinds(exercise.id):
                assert worker._process is not None
                before = cpu_of(worker._process.pid)
                reports[text] = to_json(evaluate(text, exercise, worker))
                spent += share / 100 * (cpu_of(worker._process.pid) - before)
    file.write_text(json.dumps(reports))
    return spent / len(chosen)


def kinds(exercise_id: str) -> list[tuple[str, int]]:
    """A text of each kind of answer, and its share of the class in percent."""
    texts = solution(ROOT, exercise_id), stub(ROOT, exercise_id)
    return [(base(kind(*texts, Random(0))), share) for kind, share in SHARES]


def base(text: str) -> str:
    """An answer as it was recorded, whoever hands it in."""
    magic, _, rest = text.partition("\n")
    return (rest if magic.startswith("%%") else text).partition(OWN)[0].strip()


def hand_in(root: Path, lesson: str, size: int) -> int:
    """Make the course and its class; return how many answers differ."""
    (found,) = (one for one in lessons(ROOT) if one.name == lesson)
    name = f"{lesson}.ipynb"
    source = root / "solutions" / PART
    source.mkdir(parents=True)
    shutil.copy(ROOT / "solutions" / found.notebook, source)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    nb = json.loads((ROOT / "notebooks" / found.notebook).read_text(encoding="utf-8"))
    cells = {cell["id"]: cell for cell in nb["cells"] if cell["id"] in exercises()}
    texts = {exercise_id: kinds(exercise_id) for exercise_id in cells}
    random, different = Random(0), 0
    for number in range(size):
        ((kind, (maker, _)),) = random.choices([*enumerate(SHARES)], [share for _, share in SHARES])
        own = "" if maker.__name__ in ("copied", "empty") else f"{OWN}{number}\n"
        different += len(cells) * bool(own)
        for exercise_id, cell in cells.items():
            text = texts[exercise_id][kind][0]
            cell["source"] = f"%%ipytest --mutants {exercise_id}\n{text}\n{own}"
        folder = root / "submitted" / f"learner-{number:06}" / PART
        folder.mkdir(parents=True)
        (folder / name).write_text(json.dumps(nb), encoding="utf-8")
    return different


# ------------------------------------------------------------------ replaying


@functools.cache
def results() -> dict[str, Result]:
    """The recorded results, by the text of the answer."""
    reports = json.loads(Path(os.environ[RECORDS]).read_bytes())
    return {text: Result(from_json(report)) for text, report in reports.items()}


class Replay(Pool):
    """Knows the report on every answer."""

    def __init__(self, *_: object, **__: object) -> None:
        super().__init__()
        self.wall = "none"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def submit(self, answer: Answered) -> Future[Result]:
        """Answer at once."""
        done: Future[Result] = Future()
        done.set_result(results()[base(answer[1])])
        return done

    def room(self) -> int:
        """As two threads would have."""
        return 4


def replay_there(order: str) -> str:
    """Answer at once, in a worker of dask."""
    exercise_id, suite, wall = json.loads(order)
    entry = to_entry(exercise_id, suite, wall, results()[base(suite)].report)
    return json.dumps({"worker": "", "entry": entry, "trouble": None})


class Stopwatch:
    """Sums up the CPU seconds that functions take, by name."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)

    def timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, timed."""

        @functools.wraps(function)
        def run(*args: Any, **kwargs: Any) -> Any:
            start = time.process_time()
            try:
                return function(*args, **kwargs)
            finally:
                self.seconds[name] += time.process_time() - start

        return run


STAGES: tuple[tuple[str, Any, str], ...] = (
    ("intake", intake, "_submission"),
    ("cache", Cache, "get"),
    ("cache", Cache, "put"),
    ("notebooks", room, "rebuild"),
    ("notebooks", room, "mark"),
    ("notebooks", room.Room, "_write_notebooks"),
    ("gradebook", gradebook.Book, "record"),
    ("feedback", room.Room, "_write_feedback"),
)


def measure(root: Path, size: int, answers: int, seconds: float, cluster: bool) -> None:
    """Grade the class, and print a row for each tenth of it: seconds for a thousand, and memory.

    All but the wall clock is CPU time of this process.
    """
    console, watch = Console(width=120), Stopwatch()
    begun, last = time.perf_counter(), (time.perf_counter(), time.process_time())
    names = dict.fromkeys(name for name, *_ in STAGES)
    columns = ("submissions", "MiB", "wall", "CPU", *names, "rest")
    console.print("".join(f"{name:>12}" for name in columns))
    written, before = 0, dict[str, float]()
    tenth = max(1, size // 10)

    def note(*args: Any, **kwargs: Any) -> Any:
        nonlocal written, last, before
        made = original(*args, **kwargs)
        written += 1
        if written % tenth == 0:
            now = time.perf_counter(), time.process_time()
            wall, cpu = now[0] - last[0], now[1] - last[1]
            spent = [watch.seconds[name] - before.get(name, 0.0) for name in names]
            figures = [1000 * each / tenth for each in (wall, cpu, *spent, cpu - sum(spent))]
            row = (str(written), memory(), *(f"{figure:.1f}" for figure in figures))
            console.print("".join(f"{figure:>12}" for figure in row))
            last, before = now, dict(watch.seconds)
        return made

    original = room.Room._row
    for name, place, function in STAGES:
        setattr(place, function, watch.timed(name, getattr(place, function)))
    options: dict[str, Any] = {"cluster": "local", "jobs": 2} if cluster else {}
    options["sandbox"] = "off"  # as when it was recorded
    with (
        patch.object(room.Room, "_row", note),
        patch.object(grade, "WorkerPool", Replay),
        patch.object(clusters, "grade_there", replay_there),
    ):
        found = grade.grade(root, PART, **options)
    total = time.perf_counter() - begun
    assert len(found.rows) == size
    console.print(
        f"{size} submissions, {answers} answers that differ: {total:.0f} s in all, "
        f"{time.process_time():.0f} s of CPU. Evaluating them would take "
        f"{answers * seconds / 3600:.1f} h of CPU."
    )


def memory() -> str:
    """MiB that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return f"{pages * os.sysconf('SC_PAGE_SIZE') / (1 << 20):.0f}"

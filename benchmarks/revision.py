"""Evaluations by the code of one checkout, this one or an older one, and what they cost.

`Revision` starts this file as a program whose `grader` is that of the checkout, and asks it. The
modules lie elsewhere in older checkouts, so the program looks for them by all their names.
"""

import contextlib
import importlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

Names = dict[str, list[str]]
"""The mutants, the alternatives and the probes of an exercise, by kind."""

KINDS = ("mutant", "alternative")
TICKS = os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def checkout(root: Path, revision: str) -> Iterator[Path]:
    """The files of a revision, in a folder that is there until the end of the block."""
    git = ("git", "-C", str(root), "worktree")
    with tempfile.TemporaryDirectory() as name:
        place = Path(name, "checkout")
        subprocess.run([*git, "add", "--quiet", "--detach", str(place), revision], check=True)
        try:
            yield place
        finally:
            subprocess.run([*git, "remove", "--force", str(place)], check=True)


class Revision:
    """A process that evaluates with the code of a checkout, one suite at a time."""

    def __init__(self, root: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            cwd=root,
            env={**os.environ, "PYTHONPATH": str(root)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # an interrupt is not for this process
        )
        assert Path(self._ask("home")) == root
        self.names: dict[str, Names] = self._ask("names")
        """What each exercise has, by its id."""
        self.solutions: dict[str, str] = self._ask("solutions")
        """The published solutions, by exercise."""

    def __enter__(self) -> "Revision":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def cut(self, exercise: str, kept: Names) -> None:
        """Leave an exercise nothing but these, before it is evaluated for the first time."""
        self._ask("cut", exercise, kept)

    def evaluate(self, exercise: str, suite: str) -> dict[str, Any]:
        """Evaluate a suite, and return what `_Program.evaluate` does."""
        found: dict[str, Any] = self._ask("evaluate", exercise, suite)
        return found

    def has_full_marks(self, exercise: str, suite: str) -> bool:
        """Whether a suite has full marks, at once or later: a busy machine makes tests hang."""
        return any(self.evaluate(exercise, suite)["full"] for _ in range(3))

    def _ask(self, *question: object) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(question), file=self._process.stdin, flush=True)
        return json.loads(self._process.stdout.readline())


@dataclass(frozen=True)
class Task:
    """An exercise, cut to what all revisions have; each has full marks with its suite."""

    id: str
    kept: Names
    suites: Sequence[str]
    remarks: str
    """What is not the same for all."""

    @property
    def alike(self) -> bool:
        """Whether all revisions get the same suite."""
        return len({*self.suites}) == 1


def in_common(sides: Sequence[Revision], exercise: str) -> Task:
    """Cut an exercise to what it has in all revisions, and choose its suite; the first come first.

    That is one solution for all, or where none has full marks everywhere, each revision's own.
    """
    every = [side.names[exercise] for side in sides]
    kept = {
        kind: [name for name in mine if all(name in other[kind] for other in every)]
        for kind, mine in every[0].items()
    }
    gone = [name for other in every for kind in kept for name in {*other[kind]} - {*every[0][kind]}]
    for side in sides:
        side.cut(exercise, kept)
    remarks = [f"without {', '.join(sorted(gone))}"] if gone else []
    own = [side.solutions[exercise] for side in sides]
    for number, text in enumerate(dict.fromkeys(own)):
        if all(side.has_full_marks(exercise, text) for side in sides):
            remarks += ["the older solution"] if number else []
            return Task(exercise, kept, [text] * len(sides), "; ".join(remarks))
    for side, text in zip(sides, own, strict=True):
        assert side.has_full_marks(exercise, text), exercise
    return Task(exercise, kept, own, "; ".join([*remarks, "each its own solution"]))


# ------------------------------------------------------------------ in the process


def _first(*names: str) -> Any:
    """The first of these modules that there is."""
    for name in names:
        with contextlib.suppress(ModuleNotFoundError):
            return importlib.import_module(name)
    raise ModuleNotFoundError(f"none of {names}")


class _Program:
    """Answers the questions. Everything of the grader is looked up in its own checkout."""

    def __init__(self) -> None:
        self._exercises: dict[str, Any] = importlib.import_module("grader.bank").exercises()
        self._notebooks = _first("grader.course.notebooks", "grader.notebooks")
        self._evaluate = _first("grader.engine.evaluate", "grader.evaluate").evaluate
        base: Any = _first("grader.sandbox.worker", "grader.worker").Worker

        class CountingWorker(base):  # type: ignore[misc]  # of whichever revision
            """Counts how many tests each variant, or schedule, has called in each process."""

            def run(self, *arguments: Any, **more: Any) -> Any:
                answers = super().run(*arguments, **more)
                counts.extend(count for one in answers for count in _calls(one))
                return answers

        counts: list[int] = []
        self._counts = counts
        self._worker = CountingWorker()

    def home(self) -> str:
        return str(Path(importlib.import_module("grader").__file__ or "").parent.parent)

    def names(self) -> dict[str, Names]:
        found: dict[str, Names] = {}
        for exercise in self._exercises.values():
            kinds = {
                kind: [one[1].__name__ for one in exercise._declared if one[0] == kind]
                for kind in KINDS
            }
            probes = [one[0].__name__ for one in exercise._probes]
            found[exercise.id] = {**kinds, "probe": probes}
        return found

    def cut(self, name: str, kept: Names) -> None:
        leave({name: kept})

    def solutions(self) -> dict[str, str]:
        return {name: self._notebooks.solution(Path.cwd(), name) for name in self._exercises}

    def evaluate(self, name: str, suite: str) -> dict[str, Any]:
        """Seconds of wall clock and of CPU, whether it had full marks, and how much was run.

        `runs` is how often all the tests would have been run: what is called, by what the first
        run has called, which is the reference's.
        """
        with self._worker._lock:
            self._worker.start()
        self._counts.clear()
        process = self._worker._process
        before, start = cpu_of(process.pid), time.perf_counter()
        report = self._evaluate(suite, self._exercises[name], self._worker)
        wall = time.perf_counter() - start
        assert self._worker._process is process, "the worker was lost"
        return {
            "wall": wall,
            "cpu": cpu_of(process.pid) - before,
            "runs": sum(self._counts) / (sum(self._counts[:1]) or 1),
            "tests": len(report.tests),
            "full": report.full,
        }

    def close(self) -> None:
        self._worker.close()


def leave(kept: dict[str, Names]) -> None:
    """Cut these exercises of the bank that this process has, before any is evaluated."""
    exercises = importlib.import_module("grader.bank").exercises()
    for name, names in kept.items():
        exercise = exercises[name]
        exercise._probes = [one for one in exercise._probes if one[0].__name__ in names["probe"]]
        wanted = {**names, "broken": [one[2] for one in exercise._probes]}
        exercise._declared = [
            one
            for one in exercise._declared
            if one[0] not in wanted or one[1].__name__ in wanted[one[0]]
        ]
        for made in ("variants", "probes"):  # from what was declared, when a lesson was read
            vars(exercise).pop(made, None)
        assert {one.name for one in exercise.mutants} == {*names["mutant"]}, "it was not cut"


def _calls(answer: Any) -> list[int]:
    """How many tests were called, run by run: each begins with what is collected."""
    records = answer["records"] if isinstance(answer, dict) else answer.records
    starts = [place for place, record in enumerate(records) if "collected" in record]
    parts = [records[start:end] for start, end in pairwise([*starts, len(records)])]
    return [sum(record.get("phase") == "call" for record in part) for part in parts]


def cpu_of(worker: int) -> float:
    """CPU seconds of this process, of the warm one, and of the children that it has waited for."""
    mine = resource.getrusage(resource.RUSAGE_SELF)
    stat = Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split()
    return mine.ru_utime + mine.ru_stime + sum(map(int, stat[11:15])) / TICKS


def main() -> None:
    """Answer each line of standard input with a line."""
    program = _Program()
    try:
        for line in sys.stdin:
            name, *arguments = json.loads(line)
            ask: Callable[..., Any] = getattr(program, name)
            print(json.dumps(ask(*arguments)), flush=True)
    finally:
        program.close()


if __name__ == "__main__":
    main()

"""What belongs to one live kernel: its warm worker, its last reports, its interrupts."""

import atexit
import contextlib
import os
import shutil
import sys
import tempfile
import threading
import time
import unittest
from collections.abc import Callable, Iterator
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any
from uuid import uuid4

from grader.bank import exercises
from grader.errors import CourseError
from grader.exercise import Exercise
from grader.files import locked
from grader.learner.deadlines import Guard
from grader.learner.progress import Progress
from grader.learner.tab import lacks
from grader.pages.kill_matrix import KillMatrix
from grader.pages.panel import EXPLANATION
from grader.pages.view import headline
from grader.report import Report
from grader.runner.overdue import HAS_THREADS
from grader.runner.patience import monotonic
from grader.runner.settings import PYTEST_OPTIONS, load_hypothesis
from grader.sandbox.workers import new_worker

NOTEBOOK_OPTIONS = (
    *PYTEST_OPTIONS,
    *("-p", "grader.pytest_plugin"),
    *("-W", "ignore:Unclosed socket:ResourceWarning"),  # ZeroMQ's: the kernel's own, of any thread
    "-q",
    "-rN",
    "--color=no",
    "--tb=short",
    *("-o", "console_output_style=classic"),  # a percentage would stand at the far right
)
"""What ipytest passes to pytest besides the options on the cell's first line."""

A_MOMENT = 60.0
"""Seconds in which a kernel that has made its folder has locked it, too."""


class KernelSession:
    """One kernel that has loaded the extension; without IPython, a process that is no kernel."""

    def __init__(self, ipython: Any = None) -> None:
        self._ipython = ipython
        self._streams = sys.stdout, sys.stderr
        self._until_exit = contextlib.ExitStack()
        self._lost: list[threading.Thread] = []
        self._unkept = False
        self.worker = new_worker()
        self.guard = Guard()
        self.reports: dict[str, Report] = {}
        """The last report of each exercise that ran here."""

    @property
    def in_kernel(self) -> bool:
        """True where cells are run."""
        return self._ipython is not None

    def start(self) -> None:
        """Set the kernel up: ipytest, the worker, and what happens around each cell."""
        import ipytest

        atexit.register(self._until_exit.close)
        self._until_exit.callback(self.worker.close)
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # plugins come by name, and fast
        options = (*NOTEBOOK_OPTIONS, f"--basetemp={self._folder / 'pytest'}")
        ipytest.autoconfig(run_in_thread=HAS_THREADS, addopts=options, display_columns=80)
        self.worker.start()
        load_hypothesis(shrink=True)  # a cell's decorators look at the profile before pytest starts
        self._ipython.events.register("pre_run_cell", self._forget_earlier_tests)
        self._ipython.events.register("post_run_cell", self._end_interrupted_run)
        self._ipython.set_custom_exc((KeyboardInterrupt,), self._show_interrupt)
        self._ipython.input_transformers_cleanup.append(_bring_the_magic_up)
        if said := lacks(Path.cwd()):
            self.display(*said)

    @cached_property
    def _folder(self) -> Path:
        """The folder of this kernel's tests; what killed kernels have left is removed on the way.

        What pytest shares in /tmp, a second notebook clears away while a first one looks at it.
        """
        prefix = "async-testing-patterns-kernel-"
        for left in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
            with contextlib.suppress(OSError):  # somebody else's, or in use
                if time.time() - left.stat().st_mtime > A_MOMENT:
                    with locked(left):
                        shutil.rmtree(left)
        folder = Path(self._until_exit.enter_context(tempfile.TemporaryDirectory(prefix=prefix)))
        self._until_exit.enter_context(locked(folder))
        return folder

    # ------------------------------------------------------------------ the cell that runs

    def cell(self) -> str:
        """The source of the cell that runs now, as any front end has sent it."""
        asked = getattr(self._ipython, "get_parent", None)  # a browser's kernel has it itself
        parent = (asked or self._ipython.kernel.get_parent)()
        return str(parent["content"]["code"])

    def is_cell(self, file: str) -> bool:
        """Whether code of a file with this name stands in a cell."""
        return f"ipykernel_{os.getpid()}" in file or file.startswith("<ipython-input-")

    def display(self, html: str, text: str, place: str = "", *, again: bool = False) -> None:
        """Show a panel under the cell; the text is for front ends that draw no HTML.

        What has a `place` may be replaced: `again` with the same one does.
        """
        from IPython.display import publish_display_data

        publish_display_data(  # type: ignore[no-untyped-call]  # IPython does not type it
            {"text/html": html, "text/plain": text},
            transient={"display_id": place} if place else None,
            update=again,
        )

    @contextlib.contextmanager
    def waiting(self, exercise: Exercise) -> Iterator["Waiting"]:
        """While a check runs: where it takes longer, and somebody looks on, the cell says so."""
        waiting = Waiting(self, exercise)
        try:
            yield waiting
        except KeyboardInterrupt:
            waiting.end("The check was interrupted: run the cell again.")
            raise
        except BaseException:
            waiting.say("The check has failed, for the reason below.")
            raise

    def problem_of(self, exercise_id: str) -> str | None:
        """The reason why an answer cannot be told in the notebook as last saved."""
        path = self._notebook()
        if path is None:
            return None
        from grader.course import notebooks  # it loads nbformat, and few need it

        return notebooks.problem_of(path, exercise_id)

    def _notebook(self) -> Path | None:
        """The notebook of this kernel, where its front end tells."""
        path = os.environ.get("JPY_SESSION_NAME")
        if not path and self._ipython is not None:
            path = self._ipython.user_ns.get("__vsc_ipynb_file__")
        return Path(path) if path and Path(path).is_file() else None

    # ------------------------------------------------------------------ what was found

    def found(self, report: Report, seconds: float) -> None:
        """Keep a report for this kernel, and its score for the learner's progress."""
        self.reports[report.exercise] = report
        try:
            Progress(Path.cwd()).note(report, seconds)
        except OSError as error:
            if not self._unkept:
                print(f"Your progress cannot be kept here ({error.strerror}); all else works.")
            self._unkept = True

    def score(self, exercise_id: str) -> float:
        """See `grader.score`."""
        if exercise_id in self.reports:
            print(headline(self.reports[exercise_id]))
            return self.reports[exercise_id].score
        print(_why_no_report(exercise_id, "Run the cell above, then this one."))
        return 0.0

    def kill_matrix(self, exercise_id: str, *, save: bool) -> KillMatrix | None:
        """See `grader.kill_matrix`."""
        report = self.reports.get(exercise_id)
        if report is None:
            print(_why_no_report(exercise_id, "Run its cell, then this one."))
            return None
        if not report.mutants and not report.probes:
            print(headline(report))
            return None
        matrix = KillMatrix(report, exercises()[exercise_id])
        if save:
            notebook = self._notebook() if self.in_kernel else None
            folder = Path.cwd() if notebook is None else notebook.parent
            try:
                print(f"Written beside the notebook: {matrix.save(folder).name}")
            except CourseError as error:
                print(error)
        return matrix

    # ------------------------------------------------------------------ around each cell

    def _forget_earlier_tests(self, info: Any) -> None:
        """Before a cell with tests: a class of unittest is collected under any name, so ipytest,
        which goes by names, would run those of earlier cells again."""
        if "%%ipytest" in (info.raw_cell or ""):
            names = self._ipython.user_ns
            for name, value in list(names.items()):
                is_old = isinstance(value, type) and issubclass(value, unittest.TestCase)
                if is_old and value.__module__ == "__main__":
                    del names[name]

    def _show_interrupt(self, shell: Any, *error: Any, tb_offset: int | None = None) -> None:
        """A cell was interrupted: where tests run, pytest or the check says so, in a line."""
        if not self._running():
            shell.showtraceback(error, tb_offset=tb_offset)

    def _end_interrupted_run(self, result: object = None) -> None:
        """After each cell: if its tests still run, the cell was interrupted; end them."""
        end = monotonic() + 5
        while self._running() and monotonic() < end:
            with contextlib.suppress(KeyboardInterrupt):  # interrupted once more
                self.guard.interrupt()
                _until(lambda: not self._running(), 0.5)
        self.guard.interrupted = False
        if self._running():
            self._lost.extend(self._running())
            sys.stdout, sys.stderr = self._streams
            print("The tests wait outside Python and cannot be interrupted. Restart the kernel.")

    def _running(self) -> list[threading.Thread]:
        """The thread in which ipytest runs tests, while it does; it is named after its function.

        An interrupted `Thread.join` may have declared a running thread dead, so `is_alive` will not
        do.
        """
        threads = threading.enumerate()
        return [t for t in threads if t.name.endswith(" (_thread)") and t not in self._lost]


class Waiting:
    """What stands under a cell until its panel does: what is done now, and about how long it takes.

    The panel takes its place. Nothing is said of a short check, nor where nobody looks on: a replay
    of a notebook shall find what is stored.
    """

    def __init__(self, session: KernelSession, exercise: Exercise) -> None:
        self._session = session
        self._id = exercise.id
        self._seconds = 0.0
        if session.in_kernel and os.environ.get("JPY_SESSION_NAME"):
            before = Progress(Path.cwd()).scores().get(exercise.id)
            self._seconds = (before.seconds if before else 0.0) or _guess(exercise)
        self._place = f"grader-{uuid4().hex}" if self._seconds >= A_WAIT else ""
        self._said = False

    def __call__(self, what: str) -> None:
        """Say what is done now; the engine calls it."""
        whole = max(1, round(self._seconds))
        self.say(f"{self._id}: {what}, about {whole} s in all. Interrupt the kernel to stop it.")

    def say(self, sentence: str) -> None:
        """Say something in the place of what was said before."""
        if self._place:
            html = f'<p role="status" style="opacity: 0.8">{escape(sentence)}</p>'
            self._session.display(html, sentence, self._place, again=self._said)
            self._said = True

    def end(self, sentence: str) -> None:
        """Say something in any case: there will be no panel."""
        if self._place:
            self.say(sentence)
        else:
            print(sentence)

    def show(self, html: str, text: str) -> None:
        """Show the panel, in the place of what was said."""
        self._session.display(html, text, self._place if self._said else "", again=self._said)


A_WAIT = 0.5
"""Seconds of a check from which a learner is told that it runs."""


def _guess(exercise: Exercise) -> float:
    """About how many seconds a first check takes."""
    each = 0.25 if exercise.clock == "real" else 0.05
    return 0.3 + each * (len(exercise.mutants) + len(exercise.probes))


_sessions: list[KernelSession] = []
"""The session of this process, once somebody has asked for it."""


def load(ipython: Any) -> None:
    """`%load_ext grader`: begin the session of this kernel. Loading twice is harmless."""
    if not _sessions or not _sessions[-1].in_kernel:
        _sessions[:] = [KernelSession(ipython)]
        _sessions[-1].start()
    ipython.user_ns["grader"] = sys.modules["grader"]


def current() -> KernelSession:
    """The session of this process."""
    if not _sessions:
        _sessions.append(KernelSession())
    return _sessions[-1]


def explanation() -> str | None:
    """The way from this notebook to the page that explains the panel, if it is there."""
    for way in ("", "../"):
        if Path(f"{way}{EXPLANATION}").is_file():
            return f"{way}{EXPLANATION}"
    return None


def _why_no_report(exercise_id: str, advice: str) -> str:
    if exercise_id in exercises():
        return f"{exercise_id}: not run in this kernel yet. {advice}"
    return f"There is no exercise {exercise_id}. `grader exercises` lists them."


def _bring_the_magic_up(lines: list[str]) -> list[str]:
    """Comments may stand above `%%ipytest`, which IPython knows in the first line only.

    The line that takes its place gives the lines below the numbers that they have in the cell.
    """
    for number, line in enumerate(lines):
        if line.startswith("%%ipytest"):
            return [line, "#\n", *lines[:number], *lines[number + 1 :]]
        if line.strip() and not line.lstrip().startswith("#"):
            break
    return lines


def _until(condition: Callable[[], bool], seconds: float) -> None:
    end = monotonic() + seconds
    while not condition() and monotonic() < end:
        time.sleep(0.01)  # a thread that is declared dead cannot be joined

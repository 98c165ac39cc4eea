"""What happens in a live kernel: the warm worker, the last reports, interrupts."""

import atexit
import contextlib
import ctypes
import os
import shutil
import sys
import tempfile
import threading
import time
import unittest
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

from grader.bank import exercises
from grader.errors import CourseError
from grader.files import locked
from grader.pages.kill_matrix import KillMatrix
from grader.pages.panel import EXPLANATION
from grader.pages.view import headline
from grader.report import Report
from grader.runner.patience import Patience
from grader.runner.settings import PYTEST_OPTIONS, load_hypothesis
from grader.runner.stuck import BUSY, why_stuck
from grader.sandbox.worker import Worker

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

worker = Worker()
reports: dict[str, Report] = {}
"""The last report of each exercise that ran in this kernel."""


class Guard:
    """Ends a test, or a whole run of tests, that would go on for ever.

    It raises an exception in the thread that runs the tests, and wakes the event loops that may
    be asleep there. It does so inside a `Block` alone: what pytest does between two of them, such
    as giving standard output back, is never cut short.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.block: Block | None = None
        self.interrupted = False
        self.struck: tuple[FrameType | None, Any, bool] | None = None
        """What was going on when a block had taken too long: frame, loop, whether it was busy."""

    def within(self, seconds: float | None, error: type[BaseException]) -> "Block":
        """A block that may take so many seconds, or any time until it is interrupted."""
        return Block(self, seconds, error, KeyboardInterrupt)

    def finishing(self, seconds: float, error: type[BaseException]) -> "Block":
        """A block that takes place even after an interrupt, but no longer than it must."""
        return Block(self, seconds, error, error)

    def why(self, is_suite: Callable[[str], bool]) -> str | None:
        """What a block that took too long was doing; told once."""
        struck, self.struck = self.struck, None
        if struck is None:
            return None
        frame, loop, busy = struck
        return why_stuck(frame, loop, is_suite, busy=busy)

    def interrupt(self) -> None:
        """End the block, and enter no other."""
        with self.lock:
            self.interrupted = True
            if self.block is not None:
                self.block.strike(self.block.interruption)


class Block:
    """Strikes when the block takes too long, and once more each second until it ends.

    A strike may come late, when the block is about to end and even inside `__exit__`. So whoever
    enters the next block, or `leave`s, ends this one too.
    """

    def __init__(
        self,
        guard: Guard,
        seconds: float | None,
        error: type[BaseException],
        interruption: type[BaseException],
    ) -> None:
        self.interruption = interruption
        self._guard = guard
        self._seconds = seconds
        self._error = error
        self._thread = threading.get_ident()
        self._ended = threading.Event()

    def __enter__(self) -> None:
        with self._guard.lock:
            if self._guard.interrupted and self.interruption is KeyboardInterrupt:
                raise KeyboardInterrupt
            self._guard.block = self
        if self._seconds is not None:
            threading.Thread(target=self._watch, args=(self._seconds,), daemon=True).start()

    def __exit__(self, *_: object) -> None:
        try:
            self.leave()
        finally:
            self.leave()

    def leave(self) -> None:
        """No strike comes after this, except one that is already on its way."""
        with self._guard.lock:
            self._guard.block = None
        self._ended.set()

    def strike(self, error: type[BaseException]) -> None:
        """Raise an error in the block as soon as its thread runs Python code."""
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(self._thread), ctypes.py_object(error)
        )
        for loop in _loops(self._thread):
            with contextlib.suppress(AttributeError, RuntimeError):  # closed by now
                loop.call_soon_threadsafe(lambda: None)

    def _watch(self, seconds: float) -> None:
        patience = Patience(time.pthread_getcpuclockid(self._thread), seconds)
        while not self._ended.wait(max(0.0, patience.next_look - time.monotonic())):
            if not patience.is_over():
                continue
            with self._guard.lock:
                if self._guard.block is not self:
                    return
                loop = next(iter(_loops(self._thread)), None)
                frame = sys._current_frames().get(self._thread)
                self._guard.struck = frame, loop, patience.used > seconds * BUSY
                self.strike(self._error)
            patience.end_in(1.0)


def _loops(thread: int) -> list[Any]:
    """The event loops that run in a thread: the course's own, or one that a test has made."""
    found = []
    frame = sys._current_frames().get(thread)
    while frame is not None:
        if frame.f_code.co_name == "run_forever":
            found.append(frame.f_locals.get("self"))
        frame = frame.f_back
    return found


guard = Guard()


def in_kernel() -> bool:
    """True where cells are run: in a kernel that has loaded the extension."""
    return _ipython is not None


@cache
def own_folder() -> Path:
    """The folder of this kernel's tests; what killed kernels have left is removed on the way.

    What pytest shares in /tmp, a second notebook clears away while a first one looks at it.
    """
    prefix = "async-testing-patterns-kernel-"
    for left in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        with contextlib.suppress(OSError):  # somebody else's, or in use
            if time.time() - left.stat().st_mtime > A_MOMENT:
                with locked(left):
                    shutil.rmtree(left)
    folder = Path(_until_exit.enter_context(tempfile.TemporaryDirectory(prefix=prefix)))
    _until_exit.enter_context(locked(folder))
    return folder


_until_exit = contextlib.ExitStack()
atexit.register(_until_exit.close)
_ipython: Any = None
_streams: Any = None


def load(ipython: Any) -> None:
    """Set the kernel up. Loading twice is harmless."""
    global _ipython, _streams
    import ipytest

    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # plugins come by name, and fast
    options = (*NOTEBOOK_OPTIONS, f"--basetemp={own_folder() / 'pytest'}")
    ipytest.autoconfig(run_in_thread=True, addopts=options, display_columns=80)
    ipython.user_ns["grader"] = sys.modules["grader"]
    worker.start()
    load_hypothesis(shrink=True)  # a cell's decorators look at the profile before pytest starts
    if _ipython is None:
        atexit.register(worker.close)
        ipython.events.register("pre_run_cell", _forget_earlier_tests)
        ipython.events.register("post_run_cell", _end_interrupted_run)
        ipython.input_transformers_cleanup.append(_bring_the_magic_up)
        _streams = sys.stdout, sys.stderr
    _ipython = ipython


def problem_of(exercise_id: str) -> str | None:
    """Why nobody could tell the answer to an exercise in the notebook, as it was last saved."""
    path = _notebook()
    if path is None:
        return None
    from grader.course import notebooks  # it loads nbformat, and few need it

    return notebooks.problem_of(path, exercise_id)


def _notebook() -> Path | None:
    """The notebook of this kernel, where its front end tells."""
    path = os.environ.get("JPY_SESSION_NAME") or _ipython.user_ns.get("__vsc_ipynb_file__")
    return Path(path) if path and Path(path).is_file() else None


def explanation() -> str | None:
    """The way from this notebook to the page that explains the panel, if it is there."""
    for way in ("", "../"):
        if Path(f"{way}{EXPLANATION}").is_file():
            return f"{way}{EXPLANATION}"
    return None


def is_cell(file: str) -> bool:
    """Whether code of a file with this name stands in a cell."""
    return f"ipykernel_{os.getpid()}" in file


def cell() -> str:
    """The source of the cell that runs now, as any front end has sent it."""
    return str(_ipython.get_parent()["content"]["code"])


def score(exercise_id: str) -> float:
    """See `grader.score`."""
    if exercise_id in reports:
        print(headline(reports[exercise_id]))
        return reports[exercise_id].score
    print(_why_no_report(exercise_id, "Run the cell above, then this one."))
    return 0.0


def kill_matrix(exercise_id: str, *, save: bool) -> KillMatrix | None:
    """See `grader.kill_matrix`."""
    report = reports.get(exercise_id)
    if report is None:
        print(_why_no_report(exercise_id, "Run its cell, then this one."))
        return None
    if not report.mutants and not report.probes:
        print(headline(report))
        return None
    matrix = KillMatrix(report, exercises()[exercise_id])
    if save:
        notebook = None if _ipython is None else _notebook()
        folder = Path.cwd() if notebook is None else notebook.parent
        try:
            print(f"Written beside the notebook: {matrix.save(folder).name}")
        except CourseError as error:
            print(error)
    return matrix


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


def _forget_earlier_tests(info: Any) -> None:
    """Before a cell with tests: a class of unittest is collected under any name, so ipytest, which
    goes by names, would run those of earlier cells again."""
    if "%%ipytest" in (info.raw_cell or ""):
        names = _ipython.user_ns
        for name, value in list(names.items()):
            is_old = isinstance(value, type) and issubclass(value, unittest.TestCase)
            if is_old and value.__module__ == "__main__":
                del names[name]


def _end_interrupted_run(result: object = None) -> None:
    """After each cell: if its tests still run, the cell was interrupted; end them."""
    end = time.monotonic() + 5
    while _running() and time.monotonic() < end:
        with contextlib.suppress(KeyboardInterrupt):  # interrupted once more
            guard.interrupt()
            _until(lambda: not _running(), 0.5)
    guard.interrupted = False
    if _running():
        _lost.extend(_running())
        sys.stdout, sys.stderr = _streams
        print("The tests wait outside Python and cannot be interrupted. Restart the kernel.")


_lost: list[threading.Thread] = []


def _running() -> list[threading.Thread]:
    """The thread in which ipytest runs tests, while it does; it is named after its function.

    An interrupted `Thread.join` may have declared a running thread dead, so `is_alive` will not do.
    """
    threads = threading.enumerate()
    return [t for t in threads if t.name.endswith(" (_thread)") and t not in _lost]


def _until(condition: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)  # a thread that is declared dead cannot be joined


def display(html: str, text: str) -> None:
    """Show a panel under the cell; the text is for front ends that draw no HTML."""
    from IPython.display import publish_display_data

    publish_display_data(  # type: ignore[no-untyped-call]  # IPython does not type it
        {"text/html": html, "text/plain": text}
    )

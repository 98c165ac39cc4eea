"""What happens in a live kernel: the warm worker, the last reports, interrupts."""

import atexit
import contextlib
import ctypes
import os
import sys
import threading
from typing import Any

from grader.bank import exercises
from grader.inside.settings import PYTEST_OPTIONS
from grader.report import Report, headline
from grader.worker import Worker

NOTEBOOK_OPTIONS = (
    *PYTEST_OPTIONS,
    *("-p", "grader.pytest_plugin"),
    "-q",
    "-rN",
    "--color=no",
    "--tb=short",
)
"""What ipytest passes to pytest besides the options on the cell's first line."""

worker = Worker()
reports: dict[str, Report] = {}
"""The last report of each exercise that ran in this kernel."""


class Guard:
    """Ends a test, or a whole run of tests, that would go on for ever.

    It raises an exception in the thread that runs the tests, and wakes the event loop that may
    be asleep there.
    """

    def __init__(self) -> None:
        self.loop: Any = None
        self.thread: threading.Thread | None = None

    def strike(self, error: type[BaseException]) -> None:
        """Raise `error` in the guarded thread, as soon as it runs Python code."""
        thread, loop = self.thread, self.loop
        if thread is None or thread.ident is None:
            return
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(thread.ident), ctypes.py_object(error)
        )
        with contextlib.suppress(AttributeError, RuntimeError):  # no loop yet, or closed by now
            loop.call_soon_threadsafe(lambda: None)

    def within(self, seconds: float, error: type[BaseException]) -> "Deadline":
        """A context manager that strikes when its block takes longer than `seconds`."""
        return Deadline(self, seconds, error)


class Deadline:
    """Strikes when the block takes too long, and once more each second until it ends."""

    def __init__(self, guard: Guard, seconds: float, error: type[BaseException]) -> None:
        self._guard = guard
        self._seconds = seconds
        self._error = error
        self._ended = threading.Event()
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        threading.Thread(target=self._watch, daemon=True).start()

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._ended.set()

    def _watch(self) -> None:
        wait = self._seconds
        while not self._ended.wait(wait):
            with self._lock:
                if not self._ended.is_set():
                    self._guard.strike(self._error)
            wait = 1.0


guard = Guard()


def in_kernel() -> bool:
    """True where cells are run: in a kernel that has loaded the extension."""
    return _ipython is not None


_ipython: Any = None


def load(ipython: Any) -> None:
    """Set the kernel up. Loading twice is harmless."""
    global _ipython
    import ipytest

    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # plugins come by name, and fast
    ipytest.autoconfig(run_in_thread=True, addopts=NOTEBOOK_OPTIONS)
    ipython.user_ns["grader"] = sys.modules["grader"]
    worker.start()
    if _ipython is None:
        atexit.register(worker.close)
        ipython.events.register("post_run_cell", _end_interrupted_run)
    _ipython = ipython


def cell() -> str:
    """The source of the cell that runs now, as any front end has sent it."""
    return str(_ipython.get_parent()["content"]["code"])


def score(exercise_id: str) -> float:
    """See `grader.score`."""
    if exercise_id in reports:
        print(headline(reports[exercise_id]))
        return reports[exercise_id].score
    if exercise_id in exercises():
        print(f"{exercise_id}: not run in this kernel yet. Run the cell above, then this one.")
    else:
        print(f"There is no exercise {exercise_id}. `grader exercises` lists them.")
    return 0.0


def _end_interrupted_run(result: object = None) -> None:
    """After each cell: if its tests still run, the cell was interrupted; end them."""
    thread = guard.thread
    for _ in range(5):
        if thread is None or not thread.is_alive():
            return
        guard.strike(KeyboardInterrupt)
        thread.join(timeout=2)
    print(
        "The interrupted tests do not end, they wait outside Python. Restart the kernel.",
        file=sys.__stdout__,
    )


def display(html: str, text: str) -> None:
    """Show a panel under the cell; the text is for front ends that draw no HTML."""
    from IPython.display import publish_display_data

    publish_display_data(  # type: ignore[no-untyped-call]  # IPython does not type it
        {"text/html": html, "text/plain": text}
    )

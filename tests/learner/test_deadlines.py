"""What ends a test in this process, where something that Linux has is missing, or forbidden."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from grader.learner.deadlines import Guard
from grader.runner import overdue
from grader.runner.guard import watching
from grader.runner.overdue import in_naps


class Late(Exception):
    """Ends a block."""


def endless(guard: Guard, seconds: float | None, begun: threading.Event) -> str:
    """How a block ends that would go on for ever."""
    try:
        with guard.within(seconds, Late):
            begun.set()
            while True:
                pass
    except Late:
        return guard.why(lambda file: file == __file__) or "interrupted"


def test_where_threads_have_no_clock_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows and on a Mac: the deadline is kept all the same."""
    monkeypatch.delattr(time, "pthread_getcpuclockid")
    with ThreadPoolExecutor(1) as other:
        assert "busy" in other.submit(endless, Guard(), 0.2, threading.Event()).result(60)


def test_naps_of_whatever_sleep_is_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tab's is written in Python; a stand-in of a test's is left alone."""

    def sleep(seconds: float) -> None:
        slept.append(seconds)

    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", sleep)
    with in_naps(threading.get_ident(), lambda: None):
        assert time.sleep is sleep
    monkeypatch.setattr(overdue, "_sleep", sleep)
    monkeypatch.setattr(overdue, "monotonic", lambda: sum(slept))
    with in_naps(threading.get_ident(), lambda: None):
        time.sleep(1.0)
    assert len(slept) >= 20
    assert time.sleep is sleep


def test_an_interrupt_looks_where_a_suite_must_not() -> None:
    """At the stack of another thread, which nobody forbids to the grader itself."""
    guard, begun = Guard(), threading.Event()
    with ThreadPoolExecutor(1) as other, watching(__file__):
        ending = other.submit(endless, guard, None, begun)
        assert begun.wait(60)
        guard.interrupt()
        assert ending.result(60) == "interrupted"

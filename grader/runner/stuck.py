"""Why a test is still at work when its time is up: it waits for ever, is busy, or merely slow."""

from collections.abc import Callable
from types import FrameType
from typing import Any

BUSY = 0.1
"""The share of processor time from which a test counts as busy, and not as waiting."""


class Hang(BaseException):
    """A test that would never end. Not an `Exception`, so that no test catches it by accident."""


class Interrupted(KeyboardInterrupt):
    """A person interrupts what runs; what a suite raises by itself is none of this kind."""


def why_stuck(
    frame: FrameType | None, loop: Any, is_suite: Callable[[str], bool], *, busy: bool
) -> str:
    """The reason as a sentence without a subject, from the running frame and event loop.

    `busy` says that a good deal of its time was used, and not waited for.
    """
    lines = []
    waits = frame is not None and frame.f_code.co_filename.endswith("selectors.py")
    while frame is not None:
        if is_suite(frame.f_code.co_filename):
            lines.append(frame.f_lineno)
        frame = frame.f_back
    line = f"line {lines[0]}: " if lines else ""
    if busy and not waits:
        return f"{line}is busy all the time and comes to no end: look for a loop without a wait"
    if loop is None:
        return f"{line}waits where no loop runs: a test must not sleep or block for so long"
    timers = [timer.when() for timer in getattr(loop, "_scheduled", ()) if not timer.cancelled()]
    if timers:
        rest = max(0.0, min(timers) - loop.time())
        return (
            f"{line}is slow: it waits for a timer that is due in {rest:.1f} s of real time; "
            "wait for less, or for an event"
        )
    return f"{line}waits for something that does not come: give the wait a deadline"

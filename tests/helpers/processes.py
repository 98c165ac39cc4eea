"""Waiting for what other processes do."""

import time
from collections.abc import Callable
from pathlib import Path


def is_gone(process: int) -> bool:
    """Whether a process has ended, be it that nobody has asked for its end yet."""
    try:
        return "\nState:\tZ" in Path(f"/proc/{process}/status").read_text()
    except FileNotFoundError:
        return True


def wait_until(condition: Callable[[], bool], what: str = "this") -> None:
    """Returns as soon as something is so; fails when it never is."""
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(0.02)

"""Waiting for what other processes do."""

import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path


def is_gone(process: int) -> bool:
    """Whether a process has ended, be it that nobody has asked for its end yet."""
    return state(process)[0] in ("", "Z")


def wait_until(condition: Callable[[], bool], what: str = "this") -> None:
    """Returns as soon as something is so; fails when it never is."""
    end = time.monotonic() + 180
    while not condition():
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(0.02)


def state(pid: int) -> tuple[str, str]:
    """A process's state, and when it began, which tells it from a later one with its number."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return "", ""
    return fields[0], fields[19]


def descendants(pid: int) -> set[tuple[int, str]]:
    """Every process below one, with its beginning."""
    found: set[tuple[int, str]] = set()
    children: list[int] = []
    tasks = Path(f"/proc/{pid}/task")
    with contextlib.suppress(OSError):  # each may end while it is looked at
        for task in os.listdir(tasks):
            with contextlib.suppress(OSError):
                children += map(int, (tasks / task / "children").read_text().split())
    for child in children:
        found |= {(child, state(child)[1])} | descendants(child)
    return found


def survivors(processes: set[tuple[int, str]], patience: float = 30) -> set[tuple[int, str]]:
    """Which of them still live, as soon as there is none or patience has run out."""
    deadline = time.monotonic() + patience
    while True:
        living = {
            (pid, begun)
            for pid, begun in processes
            if (s := state(pid))[1] == begun and s[0] not in ("", "Z")
        }
        if not living or time.monotonic() > deadline:
            return living
        time.sleep(0.05)

"""What a test leaves behind: running tasks, coroutines nobody awaited, exceptions nobody saw.

pytest stays green on most of these. They are noted for the test that caused them, after its
teardown, and never fail it here: whoever reads the records decides what they mean.
"""

import asyncio
import contextlib
import gc
import sys
import threading
from collections.abc import Iterator
from typing import Any

Left = list[str]
"""Sentences without a subject: "leaves the task `serve` running"."""


@contextlib.contextmanager
def watch() -> Iterator[Left]:
    """Note everything that is left behind until the end of the block."""
    left: Left = []
    close = asyncio.Runner.close
    unraisable, excepthook = sys.unraisablehook, threading.excepthook

    def look_then_close(runner: asyncio.Runner) -> None:
        loop = getattr(runner, "_loop", None)
        if loop is not None and not loop.is_closed():
            gc.collect()  # an exception is lost when the last task that knows it is gone
            left.extend(_left_in(loop))
        close(runner)

    def note_unraisable(args: Any) -> None:
        left.append(_lost(args.exc_value, args.exc_type))

    def note_thread(args: Any) -> None:
        left.append(f"loses an exception in a thread: {args.exc_type.__name__}: {args.exc_value}")

    asyncio.Runner.close = look_then_close  # type: ignore[method-assign,assignment]  # the last look in
    sys.unraisablehook, threading.excepthook = note_unraisable, note_thread
    try:
        yield left
        gc.collect()
    finally:
        asyncio.Runner.close = close  # type: ignore[method-assign]  # as it was
        sys.unraisablehook, threading.excepthook = unraisable, excepthook


def _left_in(loop: asyncio.AbstractEventLoop) -> Left:
    tasks = sorted(filter(None, map(_name, asyncio.all_tasks(loop))))
    left = [f"leaves the task `{name}` running" for name in tasks]
    left += getattr(loop, "noted", [])
    # One that has ended has no frame; the loop forgets it only once nobody refers to it any more.
    known = list(getattr(loop, "_asyncgens", ()))
    open_generators = [agen for agen in known if agen.ag_frame is not None]
    left += [f"leaves the async generator `{agen.__name__}` open" for agen in open_generators]
    return left


def _name(task: asyncio.Task[Any]) -> str:
    """Empty for the loop's own tasks, which close async generators."""
    return str(getattr(task.get_coro(), "__qualname__", ""))


def _lost(value: BaseException | None, kind: type[BaseException]) -> str:
    if isinstance(value, Warning):
        return f"leaves something behind: {value}"
    return f"loses an exception: {kind.__name__}: {value}"

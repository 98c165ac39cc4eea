"""What a test leaves behind: running tasks, coroutines nobody awaited, exceptions nobody saw.

pytest stays green on most of these, or blames the test that comes after. Here they are found for
the test that made them, after its teardown, also while a traceback, a list or a fixture keeps them
alive. They never fail the test: whoever reads the records decides what they mean.
"""

import asyncio
import gc
import inspect
import sys
import threading
import types
import warnings
from collections.abc import Callable, Iterable
from typing import Any

from grader.runner.guard import unguarded
from grader.runner.loops import CourseLoop, asked_for, close_what_was_asked_for, coroutine_of
from grader.runner.stuck import Interrupted

DEPTH = 5
"""Frames that a coroutine remembers of where it was made: each costs every coroutine some time."""

DEPTH_AMONG_STRANGERS = 12
"""As many where they decide whether the suite is to blame."""

_warnings: Any = warnings  # the function that Python calls for such a coroutine has no public name


class LeakDetector:
    """Notes what is left behind between `begin` and `end`.

    `is_suite` tells by its file's name which code is the suite's. Where `strangers` make coroutines
    in the same process, only those are noted that come from the suite. `of_this_thread`: coroutines
    that no thread but this one has made since `begin` are of interest.
    """

    def __init__(
        self,
        is_suite: Callable[[str], bool],
        *,
        strangers: bool = False,
        of_this_thread: bool = False,
    ) -> None:
        self._is_suite = is_suite
        self._strangers = strangers
        self._of_this_thread = of_this_thread
        self._left: dict[str, None] = {}
        self._known: list[Any] = []
        """Tasks that ran before the test."""
        self._told: list[Any] = []
        """Tasks that were told of an earlier test, and are kept by something."""

    def forget(self) -> None:
        """Let go of the tasks of earlier tests, as if in another process."""
        self._told, self._known = [], []

    def begin(self) -> None:
        """Start to listen."""
        self._left = {}
        self._hooks = (
            asyncio.Runner.close,
            sys.unraisablehook,
            threading.excepthook,
            _warnings._warn_unawaited_coroutine,
        )
        close, unraisable, _, warn = self._hooks

        def look_then_close(runner: asyncio.Runner) -> None:
            self._look_at(getattr(runner, "_loop", None))
            close(runner)

        def note_unawaited(coroutine: Any) -> None:
            try:
                warn(coroutine)
            except Warning:  # and not where a test expects it, and catches it
                self._note_unawaited(coroutine)

        def note_unraisable(args: Any) -> None:
            if isinstance(args.exc_value, Interrupted):
                unraisable(args)
            elif not isinstance(args.exc_value, ResourceWarning) or not _of_a_loop(args.exc_value):
                self._note(_lost(args.exc_value, args.exc_type))

        def note_thread(args: Any) -> None:
            what = f"{args.exc_type.__name__}: {args.exc_value}"
            self._note(f"loses an exception in a thread: {what}")

        asyncio.Runner.close = look_then_close  # type: ignore[method-assign,assignment]  # the last look in
        sys.unraisablehook, threading.excepthook = note_unraisable, note_thread
        _warnings._warn_unawaited_coroutine = note_unawaited
        CourseLoop.noted.clear()
        sys.set_coroutine_origin_tracking_depth(DEPTH_AMONG_STRANGERS if self._strangers else DEPTH)

    def spare(self) -> None:
        """What runs now, before a test begins, is not its own, unless it ends with its loop.

        A fixture for several tests may have started it, in a loop for several tests.
        """
        loops = [loop for loop in list(CourseLoop.alive) if not loop.is_closed()]
        self._known = [task for loop in loops for task in asyncio.all_tasks(loop)]

    def look(self) -> list[str]:
        """Sentences on what is left now, without a subject: "leaves the task `serve` running"."""
        self._look_at(asked_for())
        close_what_was_asked_for()
        gc.collect()
        with unguarded():
            # to ask an object itself what it is would call code of the suite
            everything = [one for one in gc.get_objects() if issubclass(type(one), _KINDS)]
        tasks = [one for one in everything if issubclass(type(one), asyncio.Task)]
        tasks = [task for task in tasks if self._is_ours(task)]
        self._look_at_tasks(task for task in tasks if task not in self._known)
        owned = {id(coroutine_of(task)) for task in tasks}
        for one in everything:
            if type(one) is types.CoroutineType and id(one) not in owned:
                self._look_at_coroutine(one)
        for sentence, coroutine in CourseLoop.noted:
            self._note(sentence, coroutine)
        CourseLoop.noted.clear()
        return list(self._left)

    def end(self) -> None:
        """Stop to listen."""
        asyncio.Runner.close = self._hooks[0]  # type: ignore[method-assign]  # as it was
        sys.unraisablehook, threading.excepthook = self._hooks[1:3]
        _warnings._warn_unawaited_coroutine = self._hooks[3]
        sys.set_coroutine_origin_tracking_depth(0)

    def _note(self, sentence: str, coroutine: Any = None) -> None:
        line = self._line(coroutine)
        self._left[sentence if line is None else f"line {line}: {sentence}"] = None

    def _line(self, coroutine: Any) -> int | None:
        """The line in which the suite has made a coroutine."""
        origin = getattr(coroutine, "cr_origin", None) or ()
        return next((line for file, line, _ in origin if self._is_suite(file)), None)

    def _is_own(self, coroutine: Any) -> bool:
        """Whether its code stands in the suite, whoever has called it: unittest, say."""
        code = getattr(coroutine, "cr_code", None)
        return code is not None and self._is_suite(code.co_filename)

    def _is_ours(self, task: asyncio.Task[Any]) -> bool:
        return isinstance(task.get_loop(), CourseLoop)

    def _look_at(self, loop: asyncio.AbstractEventLoop | None) -> None:
        """Look at a loop that is about to be closed."""
        if loop is None or loop.is_closed():
            return
        gc.collect()  # an exception is lost when the last task that knows it is gone
        self._look_at_tasks(asyncio.all_tasks(loop))
        # One that has ended has no frame; the loop forgets it only when nobody refers to it.
        known = list(getattr(loop, "_asyncgens", ()))
        agens = [one for one in known if type(one) is types.AsyncGeneratorType]
        names = sorted(agen.__name__ for agen in agens if agen.ag_frame is not None)
        for name in names:
            self._note(f"leaves the async generator `{name}` open: close it with `aclosing`")

    def _look_at_tasks(self, tasks: Iterable[Any]) -> None:
        for task in sorted(tasks, key=_name):
            if any(task is one for one in self._told):
                continue
            if not task.done() and _name(task):  # the loop's own tasks have no name
                self._told.append(task)
                self._note(f"leaves the task `{_name(task)}` running: await it", coroutine_of(task))
            elif task.done() and task._log_traceback:
                task._log_traceback = False  # or it would be told once more, of another test
                error = task.exception()
                what = f"loses an exception: {type(error).__name__}: {error}"
                self._note(what, coroutine_of(task))

    def _look_at_coroutine(self, coroutine: Any) -> None:
        is_new = inspect.getcoroutinestate(coroutine) == inspect.CORO_CREATED
        if self._of_this_thread and coroutine.cr_origin is None:
            return  # Python keeps where one was made for the thread that has asked for it
        if is_new:
            self._note_unawaited(coroutine)

    def _note_unawaited(self, coroutine: Any) -> None:
        by_others = self._strangers and self._line(coroutine) is None
        if by_others and not self._is_own(coroutine):
            return  # and let it be: it may be about to be awaited
        name = f"`{coroutine.__qualname__}`".replace("<locals>.", "")
        if "AsyncMockMixin._execute_mock_call" in name:
            name = "a call of an AsyncMock"
        cure = "what calls it knows no `async`" if by_others else "write `await` before the call"
        self._note(f"{name} was never awaited: {cure}", coroutine)
        coroutine.close()  # or it would be told once more, of another test


_KINDS = (types.CoroutineType, asyncio.Task)


def _name(task: asyncio.Task[Any]) -> str:
    """The name of a task; empty for the loop's own, which close async generators."""
    return str(getattr(coroutine_of(task), "__qualname__", "")).replace("<locals>.", "")


def _of_a_loop(warning: Warning) -> bool:
    """A loop that nobody has closed harms nobody: it is closed for its test."""
    return "unclosed event loop" in str(warning) or "unclosed <socket" in str(warning)


def _lost(value: BaseException | None, kind: type[BaseException]) -> str:
    if isinstance(value, Warning):
        return f"leaves something behind: {value}"
    return f"loses an exception: {kind.__name__}: {value}"

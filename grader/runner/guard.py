"""Refuses what only looks into a process, or watches the bodies of a subject at work.

The names stand here once. `grader.engine.rules` looks for them in the text of a suite; `watch`
refuses them when they are used, however a name was put together, by a hook of Python's audit, which
cannot be taken out again. A test of behaviour meets none of them.
"""

import contextlib
import sys
import threading
import types
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

ATTRIBUTES = frozenset(
    (
        *("__code__", "__closure__", "__globals__", "__builtins__"),
        *("tb_frame", "tb_lasti", "get_stack"),
        *("gi_frame", "gi_code", "gi_yieldfrom"),
        *("cr_frame", "cr_code", "cr_await"),
        *("ag_frame", "ag_code", "ag_await"),
        *(name for name in dir(types.FrameType) if name.startswith("f_")),
        *(name for name in dir(types.CodeType) if name.startswith("co_")),
        *("_getframe", "_getframemodulename", "_current_frames", "_current_exceptions"),
        *("settrace", "settrace_all_threads", "gettrace", "setprofile", "setprofile_all_threads"),
        *("getprofile", "addaudithook", "call_tracing"),
    )
)
"""Attributes, of whatever object, that show code, frames, or code at work."""

FUNCTIONS = {
    "inspect": frozenset(
        (
            *("currentframe", "stack", "trace", "getsource", "getsourcelines", "getsourcefile"),
            *("findsource", "getouterframes", "getinnerframes", "getframeinfo", "getclosurevars"),
            *("getcoroutinelocals", "getgeneratorlocals", "getasyncgenlocals", "getblock"),
        )
    ),
    "sys": frozenset(("monitoring",)),
    "traceback": frozenset(("walk_stack", "walk_tb", "extract_stack")),
    "gc": frozenset(
        (
            *("get_objects", "get_referrers", "get_referents", "callbacks", "get_debug"),
            *("set_debug", "disable", "freeze", "unfreeze", "set_threshold", "get_stats"),
        )
    ),
}
"""The functions of some modules that do nothing else; the rest of these modules is allowed."""

MODULES = frozenset(("ctypes", "_ctypes", "dis", "bdb", "trace", "profile", "cProfile"))
"""Modules that do nothing else."""

BUILTINS = frozenset(("eval", "exec", "__builtins__"))
"""Builtins that run, or change, what no reader of the suite can see."""

_BY_NOBODY = frozenset(
    (
        *("sys.settrace", "sys.setprofile", "sys.monitoring.register_callback"),
        *("sys._current_frames", "sys._current_exceptions", "sys.addaudithook"),
        *("gc.get_objects", "gc.get_referrers", "gc.get_referents"),
    )
)
"""Events of Python's audit that are refused whichever way they were caused."""

_BY_SUITES = frozenset(("object.__getattr__", "sys._getframe"))
"""Events that all kinds of libraries cause, and that are refused where the suite is behind them."""

_LOOKING: dict[str, frozenset[str]] = {
    "inspect.py": FUNCTIONS["inspect"] | {"<listcomp>", "getmodule", "getfile", "unwrap"},
    "dis.py": frozenset(),
    "base_tasks.py": frozenset(),
    "tasks.py": frozenset(("get_stack",)),
}
"""Files with functions that only look, and which these are; none named means all of them."""


class Refused(BaseException):
    """A test does what is refused. Not an `Exception`, so that no test catches it by accident."""


_busy: set[int] = set()
"""The threads in which the hook itself is at work."""

_unguarded: set[int] = set()
"""The threads in which the grader looks for its own reasons."""


@contextlib.contextmanager
def unguarded() -> Iterator[None]:
    """A block in which the grader itself looks; what it calls of the suite is refused as ever."""
    me = threading.get_ident()
    _unguarded.add(me)
    try:
        yield
    finally:
        _unguarded.discard(me)


def watch(suite_file: str) -> None:
    """From now on, refuse in this process what the code of this file asks for."""
    _empty_ctypes()
    sys.addaudithook(_refusing(lambda: suite_file))


@contextlib.contextmanager
def watching(suite_file: str) -> Iterator[None]:
    """A block in which the same is refused, in a process that goes on.

    ctypes cannot be imported in it; what has imported it before keeps it. A debugger, or a
    measure of coverage, does not follow into the threads that begin in it.
    """
    settings: Any = threading  # None is not in its types
    traces, profiles = threading.gettrace(), threading.getprofile()
    if not _watched:
        _watched.append(None)
        sys.addaudithook(_refusing(lambda: _watched[0]))
    hidden = {name: sys.modules.pop(name) for name in list(sys.modules) if _is_ctypes(name)}
    _watched[0] = suite_file
    settings.settrace(None)  # what it sets, a new thread asks for itself, and is refused
    settings.setprofile(None)
    try:
        yield
    finally:
        settings.settrace(traces)
        settings.setprofile(profiles)
        _watched[0] = None
        sys.modules.update(hidden)


_watched: list[str | None] = []
"""The suite that the hook of `watching` looks for, if any; empty until there is such a hook."""


def _refusing(watched: Callable[[], str | None]) -> Callable[[str, tuple[Any, ...]], None]:
    """A hook for Python's audit: refuses what the suite asks for, while there is one."""
    frame_at, thread = sys._getframe, threading.get_ident
    busy, looking = _busy, _unguarded

    def hook(event: str, args: tuple[Any, ...]) -> None:
        what = event
        if event == "object.__getattr__":
            what = args[1]
            if what not in ATTRIBUTES:
                return
        elif event == "import" or event.startswith("ctypes."):
            if event == "import" and args[0] != "_ctypes":
                return
        elif event != "sys._getframe" and event not in _BY_NOBODY:
            return
        suite_file = watched()
        me = thread()
        if suite_file is None or me in busy:
            return
        busy.add(me)
        try:
            by_nobody = event not in _BY_SUITES and me not in looking
            refused = by_nobody or _asked_by(frame_at(1), suite_file)
        finally:
            busy.discard(me)
        if refused:
            raise Refused(f"`{what}` looks into the process: test what the object does")

    return hook


@cache
def modules_of_ctypes() -> tuple[str, ...]:
    """The names of ctypes' modules, looked for once, in the warm process.

    To look at every module costs a forked process 2 ms: it copies each page that it counts in.
    """
    return tuple(filter(_is_ctypes, sys.modules))


def _is_ctypes(name: str) -> bool:
    return name.partition(".")[0] in ("_ctypes", "ctypes")


def _empty_ctypes() -> None:
    """Empty ctypes, which reads any memory, and so any code. The walls needed it; they stand."""
    for name in modules_of_ctypes():
        vars(sys.modules.pop(name)).clear()


def _asked_by(frame: Any, suite_file: str) -> bool:
    """Whether the suite asks, directly or through functions that do nothing but look."""
    while frame is not None:
        code = frame.f_code
        if code.co_filename == suite_file:
            return True
        looking = _LOOKING.get(code.co_filename.rpartition("/")[2])
        if looking is None or (looking and code.co_name not in looking):
            return False
        frame = frame.f_back
    return False

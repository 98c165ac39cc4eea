"""What a run changes in an interpreter that goes on, and how all of it is put back.

Looked at are the standard library's modules and classes, the packages that suites are about, and
what a process has once: its folder, its environment, its warnings, its randomness, its signals.
What a suite breaks elsewhere stays broken: there is no wall around it.
"""

import asyncio
import contextlib
import decimal
import gc
import locale
import logging
import operator
import os
import random
import signal
import socket
import sys
import tempfile
import threading
import time
import types
from collections.abc import Callable, Collection, Iterator
from functools import partial
from typing import Any
from unittest import mock

ALSO = ("_pytest.assertion.util", "aiosqlite", "httpx", "looptime")
"""Modules and packages that are looked at besides the standard library."""

_HEAP_TYPE, _IMMUTABLE = 1 << 9, 1 << 8
"""Flags of a class that Python code has made, and of one that nobody can change."""

_OF_EVERY_CLASS = frozenset(("__dict__", "__weakref__", "__doc__", "__module__"))


class Snapshot:
    """The state of this interpreter when it is made; `put_back` makes it so again and again.

    `packages` are those whose lists, sets and dictionaries are looked into, too.
    """

    def __init__(self, packages: Collection[str] = ()) -> None:
        self._undo: list[Callable[[], object]] = []
        self._keep_process()
        self._keep_logging()
        self._modules = dict(sys.modules)
        self._names: list[tuple[dict[str, Any], dict[str, Any]]] = []
        self._classes: list[tuple[type, dict[str, Any], tuple[type, ...]]] = []
        self._contents: list[tuple[Any, Any]] = []
        for name, module in self._modules.items():
            if type(module) is types.ModuleType and _is_looked_at(name, packages):
                self._keep_module(name, module, deep=name.partition(".")[0] in packages)

    def new_modules(self) -> list[str]:
        """The names of the modules that were not there."""
        return [name for name in sys.modules if name not in self._modules]

    def put_back(self) -> None:
        """Put everything back that has changed since; an interrupt waits until that is done."""
        interrupt = None
        while True:
            try:
                self._put_back()
                break
            except KeyboardInterrupt as error:
                interrupt = error
        if interrupt is not None:
            raise interrupt

    def _put_back(self) -> None:
        for live, before in self._names:
            if not _same(live, before):
                _put_back_names(live, before)
        for kind, members, bases in self._classes:
            if not _same(vars(kind), members):
                _put_back_members(kind, members)
            if kind.__bases__ != bases:
                kind.__bases__ = bases
        for value, content in self._contents:
            if value != content:
                value.clear()
                (value.extend if isinstance(value, list) else value.update)(content)
        for name in self.new_modules():
            spec = getattr(sys.modules[name], "__spec__", None)
            if getattr(spec, "name", None) != name:  # nothing that was imported
                del sys.modules[name]
        for name, module in self._modules.items():
            if sys.modules.get(name) is not module:
                sys.modules[name] = module
        with contextlib.ExitStack() as all_of_them:  # though one may fail
            for undo in reversed(self._undo):
                all_of_them.callback(undo)

    def _keep_module(self, name: str, module: types.ModuleType, *, deep: bool) -> None:
        names = dict(vars(module))
        self._names.append((vars(module), names))
        kept = list(names.values()) if deep else []
        for value in names.values():
            if not isinstance(value, type) or value.__module__ != name:
                continue
            if value.__flags__ & _HEAP_TYPE and not value.__flags__ & _IMMUTABLE:
                members = dict(vars(value))
                self._classes.append((value, members, value.__bases__))
                kept += members.values() if deep else []
        for value in kept:
            if type(value) in (dict, list, set):
                self._contents.append((value, value.copy()))

    def _keep_process(self) -> None:
        """What a process has once."""
        patches: list[Any] = mock._patch._active_patches  # type: ignore[attr-defined]  # private
        for keep in (sys.path, sys.meta_path, sys.path_hooks, patches):
            self._on_return(_refill, keep, list(keep))
        self._on_return(_put_back_environment, dict(os.environ))
        self._on_return(os.chdir, os.getcwd())
        self._on_return(random.setstate, random.getstate())
        self._on_return(socket.setdefaulttimeout, socket.getdefaulttimeout())
        os.umask(mask := os.umask(0o077))
        self._on_return(os.umask, mask)
        self._on_return(setattr, tempfile, "tempdir", tempfile.tempdir)
        self._on_return(sys.setrecursionlimit, sys.getrecursionlimit())
        self._on_return(sys.setswitchinterval, sys.getswitchinterval())
        self._on_return(gc.set_threshold, *gc.get_threshold())
        self._on_return(gc.enable if gc.isenabled() else gc.disable)
        self._on_return(_put_back_decimals, decimal.getcontext().copy())
        self._on_return(
            sys.set_coroutine_origin_tracking_depth, sys.get_coroutine_origin_tracking_depth()
        )
        with contextlib.suppress(locale.Error):
            self._on_return(locale.setlocale, locale.LC_ALL, locale.setlocale(locale.LC_ALL))
        with contextlib.suppress(ValueError, RuntimeError):  # a system without threads
            size = threading.stack_size()
            self._on_return(threading.stack_size, size)
        if threading.current_thread() is threading.main_thread():
            for number in signal.valid_signals():
                handler = signal.getsignal(number)
                if handler is not None:
                    self._on_return(_put_back_handler, number, handler)

    def _on_return(self, function: Callable[..., object], *arguments: Any) -> None:
        self._undo.append(partial(function, *arguments))

    def _keep_logging(self) -> None:
        """Levels, handlers and filters of every logger; one that is new is as it was made."""
        loggers = [logging.root, *logging.root.manager.loggerDict.values()]
        kept = [
            (one, one.level, one.disabled, one.propagate, list(one.handlers), list(one.filters))
            for one in loggers
            if isinstance(one, logging.Logger)
        ]
        self._on_return(logging.disable, logging.root.manager.disable)

        known = set(logging.root.manager.loggerDict)

        def put_back() -> None:
            for name, new in logging.root.manager.loggerDict.items():
                if name not in known and isinstance(new, logging.Logger):
                    new.setLevel(logging.NOTSET)
                    new.disabled, new.propagate = False, True
                    new.handlers.clear()
                    new.filters.clear()
            for one, level, disabled, propagate, handlers, filters in kept:
                if one.level != level:
                    one.setLevel(level)
                one.disabled, one.propagate = disabled, propagate
                one.handlers[:], one.filters[:] = handlers, filters

        self._on_return(put_back)


@contextlib.contextmanager
def set_aside() -> Iterator[None]:
    """A block without the loop and the task that run in this thread, as if none did."""
    running = asyncio._get_running_loop()
    swap = getattr(asyncio.tasks, "_swap_current_task", None)  # before 3.12 each loop has its own
    task = None if swap is None or running is None else swap(running, None)
    asyncio._set_running_loop(None)
    try:
        yield
    finally:
        asyncio._set_running_loop(running)
        if swap is not None and task is not None:
            swap(running, task)


def in_utc() -> None:
    """As in the processes that grade: it is the same time for everybody."""
    os.environ["TZ"] = "UTC"
    _new_time_zone()


def _new_time_zone() -> None:
    if hasattr(time, "tzset"):
        time.tzset()


def _is_looked_at(name: str, packages: Collection[str]) -> bool:
    first = name.partition(".")[0]
    return first in sys.stdlib_module_names or first in packages or {name, first} & {*ALSO} != set()


def _same(live: Any, before: dict[str, Any]) -> bool:
    """Whether the same names stand for the same objects."""
    return len(live) == len(before) and all(map(operator.is_, live.values(), before.values()))


def _put_back_names(live: dict[str, Any], before: dict[str, Any]) -> None:
    for name in [name for name in live if name not in before]:
        if not isinstance(live[name], types.ModuleType):  # a submodule stays where it was loaded
            del live[name]
    for name, value in before.items():
        if live.get(name, before) is not value:
            live[name] = value


def _put_back_members(kind: type, before: dict[str, Any]) -> None:
    for name in [name for name in vars(kind) if name not in before]:
        with contextlib.suppress(AttributeError, TypeError):
            type.__delattr__(kind, name)
    for name, value in before.items():
        if vars(kind).get(name, before) is not value and name not in _OF_EVERY_CLASS:
            with contextlib.suppress(AttributeError, TypeError):
                type.__setattr__(kind, name, value)


def _refill(live: list[Any], before: list[Any]) -> None:
    if live != before:
        live[:] = before


def _put_back_decimals(before: decimal.Context) -> None:
    decimal.setcontext(before.copy())


def _put_back_environment(before: dict[str, str]) -> None:
    if dict(os.environ) != before:
        zone = os.environ.get("TZ")
        os.environ.clear()
        os.environ.update(before)
        if before.get("TZ") != zone:
            _new_time_zone()


def _put_back_handler(number: int, handler: Callable[..., Any] | int) -> None:
    if signal.getsignal(number) is not handler:
        signal.signal(number, handler)

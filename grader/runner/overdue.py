"""Ends a test that would never end, in an interpreter that has to go on.

Nobody can kill it from outside, so an error is raised in the middle of it, again each second until
the run is over: by a second thread where there are threads, and by a look at the clock at each turn
of a loop and each call of the suite or the application where there are none. What waits inside of
C, and asks Python for nothing, is ended by neither, but where signals reach it.
"""

import asyncio
import atexit
import contextlib
import ctypes
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from types import CodeType, FrameType
from typing import Any, NoReturn

from grader.runner import guard
from grader.runner.loops import CourseLoop
from grader.runner.patience import Patience, monotonic
from grader.runner.stuck import BUSY, Interrupted

AGAIN = 1.0
"""Seconds until a test that has caught the error gets another one."""

NAP = 0.05
"""Seconds of sleep after which an error can be raised in a test that blocks everything."""

_sleep = time.sleep
"""As it is, whatever a test puts in its place; in a browser's tab it is no builtin."""

HAS_THREADS = sys.platform != "emscripten"


class Over(KeyboardInterrupt):
    """Ends a run. pytest and asyncio let it through, as they do an interrupt."""


class Exits(Over):
    """A test ends the process it runs in, or would."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class OutOfTime(Over):
    """A test is still at work when its time is up."""


Say = Callable[[FrameType | None, Any, bool], None]
"""Is told, before the first error is raised, the frame and the loop at work, and if it is busy."""


class Overdue:
    """Watches this thread between `enter` and `leave`; `renew` whenever a test has got on.

    `struck` says that there was no end to it. `is_watched` tells by a file's name which code a loop
    without an end can stand in.
    """

    def __init__(self, seconds: float, say: Say, is_watched: Callable[[str], bool]) -> None:
        self.struck = False
        self._seconds = seconds
        self._say = say
        self._is_watched = is_watched
        self._lock = threading.RLock()
        self._raised = False
        self._over = threading.Event()
        self._thread = threading.get_ident()
        self._patience = Patience(clock_of(self._thread), seconds)
        self._until = contextlib.ExitStack()

    def renew(self) -> None:
        """The test has got on: it has as much time as in the beginning, if it is not over."""
        with self._lock:
            if not self.struck:
                self._patience.renew()

    def enter(self) -> None:
        """Begin to watch."""
        self._until.enter_context(in_naps(self._thread, self.look))
        if not HAS_THREADS:
            self._until.enter_context(at_each_turn(self._is_watched, self.look))
            return
        if _takes_signals(self._thread):
            usual = signal.signal(signal.SIGALRM, _raise)
            self._until.callback(signal.signal, signal.SIGALRM, usual)
        watch = threading.Thread(target=self._watch, daemon=True)
        watch.start()
        CourseLoop.bystanders = (*threading.enumerate(),)
        self._until.callback(setattr, CourseLoop, "bystanders", ())
        self._until.callback(watch.join)

    def leave(self) -> None:
        """No error is raised after this, also not one that is on its way; an interrupt waits."""
        is_left, interrupt = False, None
        while not is_left:
            try:
                with self._lock:
                    self._over.set()
                self._meet_the_last()
                is_left = True
            except OutOfTime:
                pass
            except Interrupted as error:
                interrupt = error
        self._until.close()
        if interrupt is not None:
            raise interrupt

    def _meet_the_last(self) -> None:
        """Let an error that may be on its way arrive.

        To take it back (`None` in the place of an error) would leave a flag of Python's up, which
        makes all that follows slower, and Python 3.11 run in a circle where it is traced.
        """
        if self._raised:
            self._raised = False
            raise_in(self._thread, OutOfTime)
            _nothing()

    def look(self) -> None:
        """Ask the clock, in the thread that is watched. Raises `OutOfTime`."""
        if self._over.is_set() or not self._patience.is_over():
            return
        if not self.struck:
            self._strike(sys._getframe(1), asyncio._get_running_loop())
        self._patience.end_in(AGAIN)
        raise OutOfTime

    def _strike(self, frame: FrameType | None, loop: Any) -> None:
        self.struck = True
        self._say(frame, loop, self._patience.used > self._seconds * BUSY)

    def _watch(self) -> None:
        """Runs in the second thread."""
        while not self._over.wait(max(0.0, self._patience.next_look - monotonic())):
            with self._lock:
                if self._over.is_set() or not self._patience.is_over():
                    continue
                loops = list(loops_in(self._thread))
                if not self.struck:
                    with guard.unguarded():
                        frame = sys._current_frames().get(self._thread)
                    self._strike(frame, next(iter(loops), None))
                self._patience.end_in(AGAIN)
                if _takes_signals(self._thread):
                    signal.pthread_kill(self._thread, signal.SIGALRM)  # also where it waits
                else:
                    self._raised = True
                    raise_in(self._thread, OutOfTime)
                for loop in loops:
                    with contextlib.suppress(RuntimeError):  # closed by now
                        loop.call_soon_threadsafe(lambda: None)


@contextlib.contextmanager
def in_naps(thread: int, look: Callable[[], None]) -> Iterator[None]:
    """A block in which `time.sleep` can be cut short in one thread; without threads it looks.

    A stand-in that somebody has put in its place is left there, and none is taken away.
    """
    usual = getattr(time.sleep, "usual", time.sleep)
    is_over = False
    if usual is not _sleep:
        yield
        return

    def sleep(seconds: float, /) -> None:
        if is_over or threading.get_ident() != thread or not seconds > NAP:
            usual(seconds)
            return
        end = monotonic() + seconds
        while (left := end - monotonic()) > 0:
            usual(min(left, NAP))
            if not HAS_THREADS:
                look()

    sleep.usual = usual  # type: ignore[attr-defined]  # for the next block
    time.sleep = sleep  # type: ignore[assignment]  # an int is a float
    try:
        yield
    finally:
        is_over = True
        if time.sleep is sleep:
            time.sleep = usual


def clock_of(thread: int) -> int:
    """The clock of a thread's processor time; the process's own where threads have none."""
    if HAS_THREADS and hasattr(time, "pthread_getcpuclockid"):
        return time.pthread_getcpuclockid(thread)
    return own_clock()


def own_clock() -> int:
    """The clock of this process's processor time."""
    return getattr(time, "CLOCK_PROCESS_CPUTIME_ID", -1)


def _takes_signals(thread: int) -> bool:
    return thread == threading.main_thread().ident and hasattr(signal, "pthread_kill")


def _raise(*_: object) -> None:
    raise OutOfTime


def raise_in(thread: int, error: type[BaseException]) -> None:
    """Raise an error in a thread as soon as it runs Python code."""
    with guard.unguarded():
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(error))


def _nothing() -> None:
    """Where a call begins, Python looks for errors from other threads."""


def loops_in(thread: int) -> Iterator[asyncio.AbstractEventLoop]:
    """The event loops that run in a thread, the innermost first."""
    with guard.unguarded():
        frame = sys._current_frames().get(thread)
        while frame is not None:
            of_a_loop = frame.f_code.co_name == "run_forever"
            loop: Any = frame.f_locals.get("self") if of_a_loop else None
            if issubclass(type(loop), asyncio.AbstractEventLoop):
                yield loop
            frame = frame.f_back


@contextlib.contextmanager
def at_each_turn(is_watched: Callable[[str], bool], look: Callable[[], None]) -> Iterator[None]:
    """A block in which each turn of a loop, and each call, in the code that is watched looks."""
    monitoring: Any = getattr(sys, "monitoring", None)
    if monitoring is None:  # Python 3.11
        yield
        return
    events, tool = monitoring.events, monitoring.DEBUGGER_ID

    def called(code: CodeType, *_: object) -> object:
        if not is_watched(code.co_filename):
            return monitoring.DISABLE
        look()
        return None

    monitoring.use_tool_id(tool, "grader")
    kinds = (events.JUMP, events.PY_START, events.PY_RESUME)
    with guard.unguarded():
        for kind in kinds:
            monitoring.register_callback(tool, kind, called)
    monitoring.set_events(tool, sum(kinds))  # each is a bit
    try:
        yield
    finally:
        monitoring.set_events(tool, 0)
        with guard.unguarded():
            for kind in kinds:
                monitoring.register_callback(tool, kind, None)
        monitoring.free_tool_id(tool)


def end_nothing() -> None:
    """Until it is put back, what would end the process ends the run.

    A thread of Jupyter's that was there before may end it: on Windows one does when nobody is left
    to talk to. No function is kept for the end of the process, as who leaves by `os._exit` calls
    none.
    """
    others = {one.ident for one in threading.enumerate()} - {threading.get_ident()}
    usual_exit, usual_kill = os._exit, os.kill

    def leave(status: int) -> NoReturn:
        if threading.get_ident() in others:
            usual_exit(status)
        raise Exits(status)

    def kill(process: int, number: int, /) -> None:
        if process == os.getpid() and number and threading.get_ident() not in others:
            raise Exits(-number)
        usual_kill(process, number)

    os._exit, os.abort, os.kill = leave, lambda: leave(-6), kill
    atexit.register = lambda function, *_, **__: function  # type: ignore[assignment]  # it is put back
    raw: Any = sys.modules.get("posix") or sys.modules.get("nt")
    raw._exit, raw.abort = os._exit, os.abort

"""Event loops for tests: in which order they run what is ready, and how long they let a test hang.

A schedule is a permission that asyncio gives and that real machines use rarely: tasks that are
ready at the same time may run in any order, a timer may fire late, and since Python 3.12 a task
may begin before `create_task` returns. A test that is right only under one of them is flaky.
"""

import asyncio
import contextlib
import sys
import threading
import weakref
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from random import Random
from typing import Any, ClassVar, Literal

import looptime

from grader.runner import policy
from grader.runner.stuck import Hang

if sys.platform == "emscripten":
    from grader.runner.socketless import SocketlessEventLoop as PlatformLoop
else:
    from asyncio import SelectorEventLoop as PlatformLoop

HAS_EAGER_TASKS = sys.version_info >= (3, 12)
LATEST = 0.05
"""How late a late timer may be, in seconds."""

MOST_SPINS = 10_000
"""Turns of a loop without a pause for which virtual time stands still: nobody needs so many."""

Clock = Literal["virtual", "real"]
Ordering = Literal["fifo", "shuffled", "late", "eager"]


@dataclass(frozen=True)
class Schedule:
    """How the loop orders what is ready. `seed` tells shuffled and late schedules apart."""

    kind: Ordering = "fifo"
    seed: int = 0

    def __str__(self) -> str:
        names = {
            "fifo": "first-in-first-out",
            "shuffled": f"shuffled by seed {self.seed}",
            "late": f"late timers by seed {self.seed}",
            "eager": "eager tasks",
        }
        return names[self.kind]


class CourseLoop(looptime.LoopTimeEventLoop, PlatformLoop):
    """A loop that follows a schedule, counts virtual time on request, and notices a deadlock.

    Virtual time counts from the first fixture to the end of the teardown. `alone` says that no
    thread but ours could wake the loop, unless a test starts one.
    """

    choices: ClassVar[int] = 0
    """The number of times, in all loops, that another order of tasks was possible.

    That is when two are ready at once. Where real time or a thread decides when that is, any two
    that live at the same time could be.
    """

    bystanders: ClassVar[Collection[threading.Thread]] = ()
    """Threads that were there before any test, and wake no loop of ours, besides the own one."""

    alive: ClassVar[weakref.WeakSet["CourseLoop"]] = weakref.WeakSet()
    """All loops that are there."""

    noted: ClassVar[list[tuple[str, Any]]] = []
    """What went wrong in any loop and nobody saw, with the coroutine it happened in."""

    _ready: Any
    _scheduled: Any
    _selector: Any

    def __init__(self, schedule: Schedule, clock: str, *, alone: bool) -> None:
        super().__init__()
        self._virtual = self._repeatable = clock == "virtual"
        # when nothing is ready, nothing is: looptime would look 42 times before time moves on
        self.setup_looptime(_enabled=self._virtual, noop_cycles=0)
        self.alive.add(self)
        self._schedule = schedule
        self._alone = alone
        self._spins = 0
        self._random = Random(schedule.seed // 2 if schedule.kind == "late" else schedule.seed)
        if schedule.kind == "eager" and sys.version_info >= (3, 12):
            self.set_task_factory(asyncio.eager_task_factory)

    def looptime_enabled(  # type: ignore[override]  # any context manager will do
        self,
    ) -> contextlib.AbstractContextManager[None]:
        """What looptime's plugin asks for around a test that is marked for it."""
        return contextlib.nullcontext() if self._virtual else super().looptime_enabled()

    def call_at(  # type: ignore[override]  # simpler than asyncio's own
        self, when: float, callback: Any, *args: Any, **context: Any
    ) -> asyncio.TimerHandle:
        """As asyncio's. Late schedules come in pairs: one is late where the other is not."""
        if self._schedule.kind == "late":
            late = self._random.random()
            when += LATEST * (1 - late if self._schedule.seed % 2 else late)
        return super().call_at(when, callback, *args, **context)

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """As asyncio's, and noted, unless the test handles what is lost itself."""
        if self.get_exception_handler() is not None:
            super().call_exception_handler(context)
        else:
            task = context.get("task") or context.get("future")
            coroutine = coroutine_of(task) if isinstance(task, asyncio.Task) else None
            CourseLoop.noted.append((_describe(context), coroutine))

    def _asyncgen_finalizer_hook(self, agen: Any) -> None:
        """Called for an async generator that was dropped half-way."""
        name = f"`{agen.__name__}`"
        CourseLoop.noted.append((f"drops the async generator {name} without closing it", None))
        super()._asyncgen_finalizer_hook(agen)  # type: ignore[misc]  # asyncio's own

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:
        """As asyncio's, without a limit: five virtual minutes pass while a thread draws breath."""
        await super().shutdown_default_executor()

    def call_soon_threadsafe(  # type: ignore[override]  # simpler than asyncio's own
        self, callback: Any, *args: Any, **context: Any
    ) -> asyncio.Handle:
        """As asyncio's. When it is called depends on a thread."""
        self._repeatable = False
        return super().call_soon_threadsafe(callback, *args, **context)

    def run_in_executor(  # type: ignore[override]  # simpler than asyncio's own
        self, executor: Any, func: Any, *args: Any
    ) -> asyncio.Future[Any]:
        """As asyncio's. Since Python 3.14 a thread that is done at once calls nothing."""
        self._repeatable = False
        found: asyncio.Future[Any] = super().run_in_executor(executor, func, *args)
        return found

    def _run_once(self) -> None:
        __tracebackhide__ = True
        self._spins = self._spins + 1 if self._virtual and self._ready else 0
        if self._spins > MOST_SPINS and not all(timer.cancelled() for timer in self._scheduled):
            self._let_time_pass()
        if len(self._ready) > 1:
            self._order_tasks()
        elif not self._ready and self._alone and self._nothing_can_happen() and not self._ready:
            # asked twice: a thread may have left something to do just before it ended
            raise Hang("waits for ever: nothing is left that could wake it")
        if not self._repeatable:
            CourseLoop.choices += len(asyncio.all_tasks(self)) > 1
        super()._run_once()  # type: ignore[misc]  # asyncio's own, missing from its stubs

    def _let_time_pass(self) -> None:
        """Somebody polls, and time would never move on: it does so once, as it really would."""
        self._spins = 0
        waiting, before = [*self._ready], self.time()
        self._ready.clear()
        for _ in range(3):  # looptime looks once more before it moves time
            super()._run_once()  # type: ignore[misc]  # asyncio's own, missing from its stubs
            if self._ready or self.time() > before:
                break
        self._ready.extend(waiting)

    def _order_tasks(self) -> None:
        """Permute the handles that step tasks; callbacks and transports keep their places."""
        places = [i for i, handle in enumerate(self._ready) if _steps_a_task(handle)]
        CourseLoop.choices += len(places) > 1
        if self._schedule.kind != "shuffled":
            return
        handles = [self._ready[i] for i in places]
        self._random.shuffle(handles)
        for place, handle in zip(places, handles, strict=True):
            self._ready[place] = handle

    def _nothing_can_happen(self) -> bool:
        """No timer, no file or socket but the loop's own pipe, no thread: nobody will wake us."""
        return (
            not self.is_closed()
            and all(timer.cancelled() for timer in self._scheduled)
            and len(self._selector.get_map()) <= 1
            and self._alone_but_for_bystanders()
        )

    def _alone_but_for_bystanders(self) -> bool:
        if not CourseLoop.bystanders:
            return threading.active_count() == 1
        others = [one for one in threading.enumerate() if one not in CourseLoop.bystanders]
        return others in ([], [threading.current_thread()])


def coroutine_of(task: asyncio.Task[Any]) -> Any:
    """The coroutine of a task. A task that ended at once has none: Python 3.12 crashes if asked."""
    eager = getattr(asyncio, "eager_task_factory", None)
    if task.done() and eager is not None and task.get_loop().get_task_factory() is eager:
        return None
    return task.get_coro()


def _describe(context: dict[str, Any]) -> str:
    error = context.get("exception")
    what = f"{type(error).__name__}: {error}" if error is not None else context.get("message")
    return f"loses an exception: {what}"


def _steps_a_task(handle: asyncio.Handle) -> bool:
    callback = handle._callback  # type: ignore[attr-defined]  # a handle has no public one
    return isinstance(getattr(callback, "__self__", None), asyncio.Task)


def use_for_all(make: Callable[[], CourseLoop]) -> Callable[[], None]:
    """Give these loops, in this thread, also to whoever asks without pytest-asyncio.

    That is unittest, `asyncio.run`, `asyncio.new_event_loop`, and `asyncio.get_event_loop` where
    there is none yet. Returns what takes that back.
    """
    me = threading.get_ident()
    usual = asyncio.events.new_event_loop
    own = policy.current()
    usual_current = own.get_event_loop

    def new() -> asyncio.AbstractEventLoop:
        return make() if threading.get_ident() == me else usual()

    def current() -> asyncio.AbstractEventLoop:
        if threading.get_ident() != me:
            found: asyncio.AbstractEventLoop = usual_current()
            return found
        if own._local._loop is None:
            asking = str(sys._getframe(1).f_globals.get("__name__"))
            if asking.partition(".")[0] in ("looptime", "pytest_asyncio"):
                raise RuntimeError("they only look whether there is one")
            own._local._loop = _asked[me] = make()
        mine: asyncio.AbstractEventLoop = own._local._loop
        return mine

    def take_back() -> None:
        asyncio.events.new_event_loop = asyncio.new_event_loop = usual
        del own.get_event_loop

    own._local._loop = None
    asyncio.events.new_event_loop = asyncio.new_event_loop = new
    own.get_event_loop = current
    return take_back


def let_go(loops: Iterable[CourseLoop]) -> None:
    """Close the loops of a run that is over, and take their tasks out of asyncio's own lists.

    Whatever still knows one keeps it alive. Their tasks, which wait for nothing any more, go
    quietly.
    """
    over = set(loops)
    for loop in over:
        if not loop.is_closed() and not loop.is_running():
            for task in asyncio.all_tasks(loop):
                task._log_destroy_pending = False  # type: ignore[attr-defined]  # asyncio's own
            with contextlib.suppress(Exception):  # a suite may have given it another `close`
                loop.close()
    CourseLoop.alive -= over
    known: Any = asyncio.tasks
    tasks = known._all_tasks if sys.version_info < (3, 12) else known._scheduled_tasks
    for task in [one for one in tasks if one.get_loop() in over]:
        tasks.discard(task)


_asked: dict[int, CourseLoop] = {}
"""By thread, the loop that was made because somebody asked for the current one."""


def asked_for() -> CourseLoop | None:
    """The loop of this thread that was made because somebody asked for the current one."""
    return _asked.get(threading.get_ident())


def close_what_was_asked_for() -> None:
    """Close that loop: nobody else would, and the next test shall have its own."""
    loop = _asked.pop(threading.get_ident(), None)
    if loop is not None:
        local = policy.current()._local
        if local._loop is loop:
            local._loop = None
        if not loop.is_running():
            loop.close()


def schedules(clock: str) -> list[Schedule]:
    """Every schedule that a test must pass under, first-in-first-out first.

    Late timers belong to the real clock: they would turn an exact virtual minute into another one.
    """
    found = [Schedule("fifo"), *(Schedule("shuffled", seed) for seed in range(1, 6))]
    if clock == "real":
        found += [Schedule("late", seed) for seed in (0, 1)]
    if HAS_EAGER_TASKS:
        found.append(Schedule("eager"))
    return found

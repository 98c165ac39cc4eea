"""Grades a class on many machines: a pool whose workers are those of a cluster of dask.

Each process of dask that works has a `WorkerPool` of its own, so a learner's tests run behind the
same walls as here, and never in a process of dask. What travels is text: an answer there, and an
entry of the cache back, which counts only when it is just the one that was asked for.
"""

import asyncio
import atexit
import json
import logging
import platform
import signal
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from concurrent.futures import CancelledError, Future
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from functools import cache, partial
from typing import Any, Self, TypeVar

from distributed import Client, LocalCluster, Security, get_worker
from distributed.comm.core import connect

from grader.classroom.cache import engine, from_entry, libraries, to_entry
from grader.classroom.pool import BEAT, Answered, Pool, Result, WorkerPool, failed
from grader.errors import CourseError
from grader.runner.exact import converter
from grader.runner.isolation import Wall
from grader.runner.patience import processors
from grader.sandbox.launch import WALLS, Choice, trial

HERE = "local"
"""The address that stands for a cluster which is started here, and ends with the grading."""

PATIENCE = 30
"""Seconds without any worker after which grading gives up."""

SOON = 10
"""Seconds that a scheduler has to answer for the first time."""

LATE = 120
"""Seconds after which an answer is given to another worker, too. Most take two, few take twenty."""


# ------------------------------------------------------------------ what travels


@dataclass(frozen=True)
class _About:
    """What a worker says of itself: the hash of all that decides a report, versions, walls."""

    engine: str
    versions: dict[str, str]
    walls: tuple[str, ...]


@dataclass(frozen=True)
class _Reply:
    """What a worker says of an answer: an entry of the cache, or none if it is unable to grade.

    `trouble` says why, or what went wrong that need not be the answer's fault.
    """

    worker: str
    entry: str | None
    trouble: str | None


_Said = TypeVar("_Said", _About, _Reply)
_exactly = converter(forbid_extra_keys=True, detailed_validation=False)


def _read(text: str, kind: type[_Said]) -> _Said:
    """What a worker has said. Raises an exception for anything else."""
    said: _Said = _exactly.structure(json.loads(text), kind)
    return said


# ------------------------------------------------------------------ in a worker of dask


def introduce() -> str:
    """What this worker is: its versions, the hash of all that decides a report, and its walls."""
    walls = tuple(kind for kind in WALLS if trial(kind) is None)
    return json.dumps(asdict(_About(engine(), _versions(), walls)))


def grade_there(order: str) -> str:
    """Grade one answer, behind the walls that the order names."""
    exercise_id, suite, wall = json.loads(order)
    try:
        result = _pool(wall).grade(exercise_id, suite)
    except (CourseError, OSError) as error:  # of this machine; another one may do better
        reply = _Reply(get_worker().address, None, str(error))
    else:
        entry = to_entry(exercise_id, suite, wall, result.report)
        reply = _Reply(get_worker().address, entry, result.trouble)
    return json.dumps(asdict(reply))


@cache
def _pool(wall: Wall) -> WorkerPool:
    """The pool of this process, with a warm process for each of its threads. It is kept."""
    pool = WorkerPool(wall, jobs=1)
    atexit.register(pool.__exit__)
    return pool


@cache
def _versions() -> dict[str, str]:
    return {"Python": platform.python_version(), **libraries()}


# ------------------------------------------------------------------ here


@dataclass(eq=False)
class _Order:
    """An answer that is under way, perhaps twice: the first result counts.

    `workers` are those who may grade it, and `sent` is when they were last asked.
    """

    answer: Answered
    done: Future[Result] = field(default_factory=Future)
    workers: frozenset[str] = frozenset()
    sent: float = 0.0


class Cluster(Pool):
    """The workers of the cluster whose scheduler has this address, or of one that starts here.

    Workers may come and go. One without walls where `sandbox` asks for them, of other versions or
    with another bank gets no work, and a remark says why. Raises `CourseError`, whenever it is, if
    there is no scheduler, or no worker to grade with.
    """

    def __init__(self, address: str, sandbox: Choice, jobs: int | None = None) -> None:
        super().__init__()
        if jobs is not None and address != HERE:
            raise CourseError(
                "--jobs is for this machine and for --cluster local: leave it out, as the workers "
                "of a cluster decide how many suites they grade at once."
            )
        self.wall = "none"
        self._address = address
        self._walled = sandbox != "off"
        self._jobs = jobs or processors()
        self._close = ExitStack()
        self._orders: list[_Order] = []
        self._threads: Mapping[str, int] = {}
        """How many threads each worker had a moment ago, by its address."""
        self._introductions: dict[str, Future[str]] = {}
        self._fit: dict[str, _About] = {}
        """The workers that get work, by their addresses."""
        self._unfit: dict[str, str] = {}
        """Why workers get no work, by their addresses; those that have left, too."""
        self._looked = self._fit_seen = time.monotonic()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.enter_context(_quiet())
            stack.enter_context(self.interruptible())
            self._client = stack.enter_context(self._connected())
            self._meet()
            self._close = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._close.close()

    def submit(self, answer: Answered) -> Future[Result]:
        """Have one answer graded by a worker that is fit for it."""
        order = _Order(answer)
        self._orders.append(order)
        self._send(order)
        return order.done

    def room(self) -> int:
        """One for each thread of the workers that are fit."""
        if time.monotonic() - self._looked > BEAT:
            self._look()
        return sum(self._threads[address] for address in self._fit)

    def remarks(self) -> tuple[str, ...]:
        """Who gets no work, and why."""
        alike = defaultdict(list)
        for address, reason in [*self._unfit.items()]:
            alike[reason].append(address)
        return tuple(
            f"No work for {len(workers)} of the workers, because {reason}: {', '.join(workers)}."
            for reason, workers in alike.items()
        )

    @contextmanager
    def _connected(self) -> Iterator[Client]:
        try:
            with ExitStack() as stack:
                where: str | LocalCluster = self._address
                if self._address != HERE:
                    asyncio.run(_reach(self._address))
                else:
                    where = stack.enter_context(_started(self._jobs))
                client = Client(where, timeout=SOON, set_as_default=False)
                stack.enter_context(client)
                close = stack.pop_all()
        except Exception as error:  # of many kinds: no answer, no such protocol, no certificate
            raise CourseError(
                f"there is no scheduler of dask at {self._address} ({error}): start one, and "
                "give the address that it prints."
            ) from None
        with close:
            yield client

    def _meet(self) -> None:
        """Wait until those who are there have introduced themselves, and choose the wall."""
        begun = time.monotonic()
        while time.monotonic() - begun < (PATIENCE if self._fit or not self._silent() else LATE):
            self.heed()
            self._look()
            said = self._introductions.values()
            if said and all(one.done() for one in said):
                break
            time.sleep(0.05)  # workers join when they like, and are asked then
        if self._walled:  # one for all: a report names its wall
            walls = [kind for about in self._fit.values() for kind in about.walls]
            self.wall = max(WALLS, key=walls.count)
            self._judge()
        if not self._fit:
            raise self._nobody()

    def _silent(self) -> int:
        """How many workers have joined, and not introduced themselves yet."""
        return sum(not one.done() for one in self._introductions.values())

    def _look(self) -> None:
        """See who has come and who has gone, and send again what nobody will answer."""
        now = self._looked = time.monotonic()
        try:
            if self._client.status != "running":
                raise self._lost()
            self._threads = self._client.nthreads()
        except OSError:
            raise self._lost() from None
        self._introductions = {
            address: self._introductions.get(address) or self._ask(address)
            for address in self._threads
        }
        self._judge()
        if self._fit:
            self._fit_seen = now
        elif now - self._fit_seen > (LATE if self._silent() else PATIENCE):
            raise self._nobody()
        self._orders = [order for order in self._orders if not order.done.done()]
        for order in self._orders:
            lost = order.workers.isdisjoint(self._threads)
            if self._fit and (lost or now - order.sent > LATE):
                self._send(order)

    def _ask(self, address: str) -> Future[str]:
        asked: Future[str] = self._executor([address]).submit(introduce)
        return asked

    def _send(self, order: _Order) -> None:
        workers = list(self._fit)
        order.workers, order.sent = frozenset(workers), time.monotonic()
        asked = self._executor(workers).submit(grade_there, json.dumps([*order.answer, self.wall]))
        asked.add_done_callback(partial(self._take, order))

    def _executor(self, workers: list[str]) -> Any:
        return self._client.get_executor(workers=workers, pure=False)

    def _take(self, order: _Order, asked: Future[str]) -> None:
        """Take what has come back for an order. This runs in dask's own thread."""
        if order.done.done():
            return
        if asked.cancelled():
            order.done.set_exception(self._lost())
            return
        exercise_id, suite = order.answer
        try:
            reply = _read(asked.result(), _Reply)
        except Exception as error:  # dask's own, such as a worker that died with it three times
            order.done.set_result(failed(exercise_id, f"the cluster: {type(error).__name__}"))
            return
        if reply.entry is None:
            self._unfit[reply.worker] = f"it says: {reply.trouble}"
            order.workers = frozenset()  # to be sent again
            return
        report = from_entry(reply.entry, exercise_id, suite, self.wall)
        if report is None:
            order.done.set_result(failed(exercise_id, "the cluster: no report came back"))
        else:
            order.done.set_result(Result(report, reply.trouble))

    def _judge(self) -> None:
        """Decide which of the workers that are there and have introduced themselves get work."""
        fit: dict[str, _About] = {}
        for address, said in self._introductions.items():
            if address in self._unfit or not said.done():
                continue
            try:
                about = self._fit.get(address) or _read(said.result(), _About)
                why = self._problem(about)
            except (Exception, CancelledError) as error:
                why = f"this grader does not run there ({type(error).__name__}: {error})"
            if why is None:
                fit[address] = about
            else:
                self._unfit[address] = why
        self._fit = fit

    def _problem(self, about: _About) -> str | None:
        """Why a worker is not fit."""
        for name, version in _versions().items():
            if (there := about.versions.get(name, "none")) != version:
                return f"{name} is {there} there, and {version} here"
        if about.engine != engine():
            return "the bank, the grader or the application there is another one than here"
        if self._walled and not about.walls:
            return "no wall around learners' code works there (`grader doctor` says more)"
        if self._walled and self.wall not in ("none", *about.walls):
            return f"{self.wall} does not work there, with which the others grade"
        return None

    def _nobody(self) -> CourseError:
        said = [*self.remarks()]
        if silent := self._silent():
            said.append(f"{silent} joined, and said nothing within {LATE} s.")
        why = " ".join(said) or f"None has joined within {PATIENCE} s."
        return CourseError(
            f"no worker of the cluster at {self._address} can grade. {why} What is graded so far "
            "is kept: see to the workers, then run the command again."
        )

    def _lost(self) -> CourseError:
        return CourseError(
            f"the scheduler at {self._address} is gone. What is graded so far is kept: start it "
            "and its workers, then run the command again."
        )


def _started(jobs: int) -> LocalCluster:
    """A cluster of processes here. They ignore Ctrl-C, which is for us."""
    usual = None
    if threading.current_thread() is threading.main_thread():
        usual = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return LocalCluster(
            n_workers=jobs,
            threads_per_worker=1,
            processes=True,
            security=True,  # a certificate of its own: nobody else on this machine joins in
            memory_limit=None,
            dashboard_address="127.0.0.1:0",
            silence_logs=logging.CRITICAL,
        )
    finally:
        if usual is not None:
            signal.signal(signal.SIGINT, usual)


async def _reach(address: str) -> None:
    """Try whether there is a scheduler: a client that cannot connect leaves a thread behind."""
    comm = await connect(address, timeout=SOON, **Security().get_connection_args("client"))
    await comm.close()


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep dask from telling in its log what we tell in a sentence."""
    names = [name for name in logging.root.manager.loggerDict if name.startswith("distributed")]
    levels = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)

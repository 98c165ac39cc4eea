"""One process: patch a variant, collect the suite, run its tests, and record all that happens.

The tests run under one schedule after the other, mostly only one.

A pytest plugin. Inside the warm process pytest is configured once; `Recorder.begin` is called in
each forked child, before collection.
"""

import ast
import asyncio
import gc
import importlib.util
import marshal
import os
import random
import re
import signal
import sys
import tempfile
import time
import warnings
from collections.abc import Generator, Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from _pytest.assertion.rewrite import PYC_TAIL, rewrite_asserts
from _pytest.main import pytest_runtestloop as run_all
from hypothesis import configuration

from grader.runner import guard, patch
from grader.runner.comparing import comparison
from grader.runner.isolation import is_a_limit, limit_threads
from grader.runner.leak_detection import LeakDetector
from grader.runner.loops import Clock, CourseLoop, Schedule, use_for_all
from grader.runner.patience import LONGEST, SLACK
from grader.runner.protocol import (
    Broken,
    Collected,
    Ended,
    Next,
    PhaseEnded,
    Ready,
    Record,
    Request,
    Skipped,
    Started,
    Stuck,
    from_line,
    to_line,
)
from grader.runner.settings import MOST_CASES, PYTEST_OPTIONS, register_plugins
from grader.runner.stuck import BUSY, Hang, why_stuck

SUITE_FILE = f"{patch.SUITE_MODULE}.py"
OPTIONS = (
    *PYTEST_OPTIONS,
    *("-p", "no:unraisableexception"),
    *("-p", "no:threadexception"),
    *("-p", "no:terminal"),
    *("-p", "no:faulthandler"),
    "--capture=no",
)
"""Leak detection is our own, and output goes nowhere."""

EARLIER = 0.9
"""The share of its time after which a test that is still at work says why."""


@lru_cache(maxsize=1)
def rewritten(suite: str, config: pytest.Config) -> bytes:
    """The bytecode that pytest would keep of a suite in `__pycache__`; made once for all runs.

    Empty where the suite cannot be compiled; each run then says why by itself.
    """
    source = suite.encode()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what the compiler warns of is no test's failure
            tree = ast.parse(source)
            rewrite_asserts(tree, source, SUITE_FILE, config)
            code = marshal.dumps(compile(tree, SUITE_FILE, "exec", dont_inherit=True))
    except Exception:
        return b""
    checked_by_hash = (3).to_bytes(4, "little")  # PEP 552
    header = importlib.util.MAGIC_NUMBER + checked_by_hash + importlib.util.source_hash(source)
    return header + code


class Recorder:
    """Writes a line of JSON for everything that happens in one run."""

    def __init__(self, output: int) -> None:
        self.output = output
        self.input = -1
        """Where further variants come from, in a process that meets several."""
        self.schedules: Sequence[Schedule] = [Schedule()]
        self.schedule = self.schedules[0]
        self.clock: Clock = "virtual"
        self.tests: frozenset[str] | None = None
        self._folder = Path()
        self._process = os.getpid()
        self._numbers: dict[pytest.Item, int] = {}
        self._number = 0
        self._seeded: object = None
        self._found = Collected(0, ())
        self._noted = b""
        self._watch = LeakDetector(is_suite)
        self._deadline = self._limit = 0.0
        self._used = 0.0
        self._passed = self._later = False

    def begin(self, request: Request, config: Any, folder: Path, bytecode: bytes) -> None:
        """Make this process ready for one request: its variant, its suite, its schedule."""
        folder.mkdir(parents=True)
        os.chdir(folder)
        self._folder, self._process, self._noted = folder, os.getpid(), b""
        tempfile.tempdir = str(folder)
        configuration.set_hypothesis_home_dir(folder / "hypothesis")
        config._tmp_path_factory._given_basetemp = folder / "tmp"
        config._tmp_path_factory._basetemp = None  # it is asked for anew
        sys.dont_write_bytecode = True
        suite = folder / SUITE_FILE
        suite.write_text(request.suite, encoding="utf-8", newline="\n")  # as it was compiled
        compiled = folder / "__pycache__" / (suite.stem + PYC_TAIL)
        compiled.parent.mkdir()
        compiled.write_bytes(bytecode)
        self.clock, self._passed = request.clock, False
        self._later = bool(request.later)
        self.schedules = request.schedules
        self.schedule = self.schedules[0]
        self.tests = None if request.tests is None else frozenset(request.tests)
        self._deadline = request.deadline
        self._limit = time.monotonic() + request.limit
        config.args = [str(suite)]
        config.pluginmanager._confcutdir = folder  # what lies above is not to be looked through
        self._seed()
        use_for_all(self._loop)
        self._close_in(suite if request.guarded else None)
        patch.apply(request.patches)

    def _close_in(self, guarded: Path | None) -> None:
        """Set the limits of this process for good, and refuse what a suite must not ask for."""
        limit_threads()
        if guarded is not None:
            guard.watch(str(guarded))

    def note(self, record: Record | Ready) -> None:
        """One record, to be written with the next: every write wakes the server."""
        self._noted += to_line(record)

    def write(self, record: Record | Ready) -> None:
        """One record, at once: what is not written when the process dies did not happen."""
        self.note(record)
        noted, self._noted = self._noted, b""
        if os.getpid() == self._process:  # and not in a process that a test has forked
            self._send(noted)

    def _send(self, lines: bytes) -> None:
        os.write(self.output, lines)

    def pytest_addoption(self, pluginmanager: pytest.PytestPluginManager) -> None:
        """Bring the plugins in before options are read."""
        register_plugins(pluginmanager)

    def pytest_asyncio_loop_factories(self, config: Any, item: Any) -> Mapping[str, Any]:
        """Every test gets a loop that follows the schedule of this run."""
        return {"course": self._loop}

    def _loop(self) -> CourseLoop:
        return CourseLoop(self.schedule, self.clock, alone=True)

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self, collector: Any) -> Generator[None, Any, Any]:
        """A suite that cannot be imported ends the run; one line says why."""
        report = yield
        if report.failed:
            call = getattr(report, "call", None)
            self.write(Broken(self._clean(str(report.longrepr) if call is None else _why(call))))
        elif report.skipped:
            self.write(Skipped(collector.name))
        return report

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """Announce the cases; keep those that were asked for, or none when they are too many."""
        self._numbers = {item: number for number, item in enumerate(items)}
        names = tuple(_test(item) for item in items[:MOST_CASES])
        self._found = Collected(len(items), names)
        self.write(self._found)
        if len(items) > MOST_CASES:
            items.clear()
        if self.tests is not None:
            items[:] = [item for item in items if _test(item) in self.tests]
        for item in items:  # drawing a traceback costs more than most tests, and can fail
            item.repr_failure = item._repr_failure_py = lambda *_, **__: "not shown"
            item.location = SUITE_FILE, 0, ""  # found by looking at files, for reports nobody reads
        self._freeze()  # what is collected after every test need not look at the suite again

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run all tests under one schedule, and then all of them under the next.

        Between two schedules everything is torn down, the fixtures of the whole session, too. A
        suite that drew at random while it was imported would have to be imported under each. Where
        further variants come in, each has a schedule, and is asked for when its turn comes.
        """
        others = self.schedules[1:] if random.getstate() == self._seeded else []
        run_all(session)
        for self.schedule in others:
            if self._later and not self._met_another():
                break
            self._seed()
            session.testsfailed = 0  # or pytest would stop here
            self.write(self._found)
            run_all(session)
        return True

    def _met_another(self) -> bool:
        """Patch the next variant in; False where no test passes, and so none can kill."""
        if not self._passed:
            return False
        patches = self._ask_for_another()
        if patches is None:
            return False
        patch.apply(patches)
        self._freeze()  # what has been filled by now, caches of SQLAlchemy's say, stays
        return True

    def _ask_for_another(self) -> Iterable[patch.Patch] | None:
        """The patches of the next variant; None where nobody sends one."""
        self.write(Ready())
        line = b""
        while not line.endswith(b"\n"):
            chunk = os.read(self.input, 1 << 16)
            if not chunk:
                return None
            line += chunk
        message = from_line(line)
        assert isinstance(message, Next)
        return message.patches

    def _seed(self) -> None:
        """Draw the same in every run: also the ids that `uuid4` makes, which messages show."""
        random.seed(self.schedule.seed)
        self._seeded = random.getstate()
        os.urandom = random.Random(self.schedule.seed).randbytes

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_protocol(self, item: Any) -> Generator[None, Any, Any]:
        """Say which case begins, and afterwards what it left behind.

        Last means nearest to the test: what is collected as garbage here still meets the test's
        own filters of warnings.
        """
        self._number = self._numbers[item]
        self.write(Started(self._number))
        before = CourseLoop.choices
        self._watch.begin()
        self._set_alarm(self._deadline)
        result = yield
        left = self._watch.look()
        self._watch.end()
        self._set_alarm(0)
        # whether another schedule, or another seed, could have made a difference
        choices = CourseLoop.choices > before or random.getstate() != self._seeded
        sentences = tuple(self._clean(sentence) for sentence in left[:5])
        self.note(Ended(self._number, sentences, choices))
        return result

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_call(self) -> None:
        """Leave alone what fixtures of a wider scope have running."""
        self._watch.spare()

    @pytest.hookimpl(tryfirst=True)
    def pytest_assertrepr_compare(self, op: str, left: object, right: object) -> list[str]:
        """Both values, in the place of pytest's own words."""
        return [comparison(op, left, right)]

    def _freeze(self) -> None:
        """Keep what is there until the process ends."""
        gc.freeze()

    def _set_alarm(self, seconds: float) -> None:
        """Say in time why a test is still at work; the last alarm ends the process."""
        if not self._limit:  # this is the warm process itself
            return
        self._used = time.process_time()
        if seconds:
            signal.signal(signal.SIGALRM, self._say_why)
            signal.setitimer(signal.ITIMER_REAL, seconds * SLACK * EARLIER)
        else:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            left = self._limit - time.monotonic()
            signal.setitimer(signal.ITIMER_REAL, LONGEST * (max(left, 0) + 1))

    def _say_why(self, _: int, frame: FrameType | None) -> None:
        """Runs in the middle of a test that is about to be ended."""
        busy = time.process_time() - self._used > self._deadline * BUSY
        with guard.unguarded():
            loop = asyncio._get_running_loop()
            self.write(Stuck(why_stuck(frame, loop, is_suite, busy=busy)))
        self._set_alarm(0)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: Any, call: Any) -> Generator[None, Any, Any]:
        """How each phase of each case ends."""
        report = yield
        outcome, message = report.outcome, None
        if call.excinfo is not None:
            case = getattr(item, "callspec", None)
            where = f"case [{case.id}], " if case is not None and case.id else ""
            message = where + self._clean(_sentence(call.excinfo))
        if call.excinfo is not None and isinstance(call.excinfo.value, Hang):
            outcome = "hung"
        elif call.excinfo is not None and _is_refused(call.excinfo.value):
            outcome = "refused"
        elif hasattr(report, "wasxfail"):
            outcome = "skipped"
        elif outcome == "failed" and call.excinfo is None:  # a strict xfail
            message = "passes, and its mark says that it fails"
        self._passed |= outcome == "passed" and call.when == "call"
        report.of_the_run = outcome, message
        return report

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Only now is it certain that this is a phase, and no subtest of one."""
        if type(report) is pytest.TestReport:
            self.note(PhaseEnded(self._number, report.when, *report.of_the_run))

    def _clean(self, text: str) -> str:
        """The same sentence in every run: no addresses, no folders, nothing odd, not too long."""
        text = text if len(text) <= 4000 else f"{text[:2000]}...{text[-2000:]}"
        folder = str(self._folder)
        in_root = os.path.join(*self._folder.parts[-2:], "")
        for path in (os.path.join(folder, ""), in_root, f"{SUITE_FILE}::"):
            text = text.replace(path, "")
        text = re.sub(r" \([^()]*\.py\)", "", text.replace(folder, "."))
        text = re.sub(r"0x[0-9a-fA-F]+", "0x...", text.strip())
        text = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
        return text if len(text) <= 1000 else f"{text[:600]}...{text[-397:]}"


def _test(item: pytest.Item) -> str:
    """`folder/test_suite.py::TestA::test_b[1-x]` is a case of the test `TestA::test_b`."""
    return item.nodeid.partition("::")[2].partition("[")[0]


def _why(call: pytest.CallInfo[Any]) -> str:
    """The reason why a suite cannot be collected: its own error, not pytest's."""
    assert call.excinfo is not None
    error = call.excinfo.value
    if isinstance(error, pytest.Collector.CollectError) and error.__cause__ is not None:
        return _sentence(pytest.ExceptionInfo.from_exception(error.__cause__))
    return _sentence(call.excinfo)


def _sentence(excinfo: pytest.ExceptionInfo[BaseException]) -> str:
    """The line of the suite and the error: "line 12: assert 3 == 5"."""
    error = excinfo.value
    if isinstance(error, Hang):
        return str(error)
    if isinstance(error, pytest.FixtureLookupError):
        return f"fixture '{error.argname}' not found"
    frames = excinfo.traceback  # and not `entry.path`, which looks at the file
    lines = [entry.lineno + 1 for entry in frames if is_suite(entry.frame.code.raw.co_filename)]
    if isinstance(error, SyntaxError) and is_suite(error.filename):
        lines.append(error.lineno or 1)
    said = excinfo.exconly(tryshort=True).strip().splitlines() or [excinfo.typename]
    what = said[0]
    if isinstance(error, AssertionError) and not what.startswith(("assert ", "AssertionError: as")):
        values = next((line for line in said[1:] if line.startswith("assert ")), None)
        what += f" (found {values.removeprefix('assert ')})" if values else ""
    if is_a_limit(error):
        what = TOO_MUCH
    if isinstance(error, guard.Refused):
        what = str(error)
    what = re.sub(r"^[\w.]*\b(AssertionError: (?=assert )|(?=[A-Z]\w*: ))", "", what)
    return f"line {lines[-1]}: {what}" if lines else what


TOO_MUCH = "needs more memory or threads than a test gets here: make it smaller"


def _is_refused(error: BaseException) -> bool:
    return isinstance(error, guard.Refused) or is_a_limit(error)


def is_suite(path: Any) -> bool:
    return os.path.basename(str(path)) == SUITE_FILE

"""Tests in a notebook or a terminal: run with a deadline, and then shown what they are worth."""

import contextlib
import gc
import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from _pytest.outcomes import Failed  # as a base class, which `pytest.fail.Exception` is not

from grader.bank import named
from grader.engine.evaluate import evaluate
from grader.engine.suite import read, read_file
from grader.errors import CourseError, Rejected
from grader.exercise import Exercise
from grader.learner.session import current, explanation
from grader.pages.panel import to_html, to_text
from grader.runner import policy
from grader.runner.database import without_thread
from grader.runner.leak_detection import LeakDetector
from grader.runner.loops import CourseLoop, Schedule, use_for_all
from grader.runner.overdue import HAS_THREADS
from grader.runner.restoring import set_aside
from grader.runner.settings import DEADLINES, load_hypothesis
from grader.runner.stuck import Hang, Interrupted


def exercise_named(name: str) -> Exercise:
    """The exercise, or a usage error that says what to type."""
    try:
        return named(name)
    except CourseError as error:
        raise pytest.UsageError(str(error)) from None


class Overdue(Hang, Failed):
    """A hang that pytest takes for a failure, so that it goes on to tear down what is left."""


class LearnerRun:
    """Runs the tests under the exercise's clock with a deadline, then shows the report.

    Loops, warnings and what tests leave behind are those of the process that grades.
    """

    def __init__(self, config: pytest.Config, exercise: Exercise | None) -> None:
        self._exercise = exercise
        self._clock = "real" if exercise is None else exercise.clock
        self._deadline = DEADLINES["virtual"] if exercise is None else DEADLINES[self._clock]
        self._session = current()
        self._in_kernel = self._session.in_kernel
        self._interrupted = False
        load_hypothesis(shrink=True)
        self._text: Callable[[], str] = self._session.cell if self._in_kernel else _file(config)
        self._worker = self._session.worker
        self._is_suite = self._session.is_cell if self._in_kernel else _is_file(config)
        self._watch = LeakDetector(self._is_suite, strangers=True)
        self._failed = False
        gc.collect()  # what earlier cells have left behind is not for a test to answer for
        gc.freeze()
        aside = contextlib.ExitStack()
        if not HAS_THREADS:  # tests run where the kernel's own loop does
            aside.enter_context(set_aside())
            aside.enter_context(policy.replaced())
        self._take_back = (use_for_all(self._loop), without_thread(), aside.close)
        if exercise is not None:
            self._worker.start()  # it warms up while the tests run here

    def _loop(self) -> CourseLoop:
        return CourseLoop(Schedule(), self._clock, alone=False)

    def pytest_asyncio_loop_factories(self, config: Any, item: Any) -> Mapping[str, Any]:
        """One loop a test, under the clock of its exercise."""
        return {"course": self._loop}

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """What the rules refuse is told before anything runs."""
        reporter: Any = session.config.pluginmanager.get_plugin("terminalreporter")
        if self._exercise is None or reporter is None:
            return
        with contextlib.suppress(Rejected):  # the report says so
            for name, why in read(self._text()).refused.items():
                reporter.write_line(f"{name} is refused: {why}")

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self) -> Generator[None, Any, Any]:
        """Look at what each test leaves behind."""
        __tracebackhide__ = True
        self._failed = False
        self._watch.begin()
        try:
            return (yield)
        finally:
            self._watch.end()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self) -> Generator[None, Any, Any]:
        """A fixture has the same deadline as a test."""
        __tracebackhide__ = True
        return (yield from self._guarded())

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self) -> Generator[None, Any, Any]:
        """No test runs for ever."""
        __tracebackhide__ = True
        self._watch.spare()
        return (yield from self._guarded())

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self) -> Generator[None, Any, Any]:
        """Nor does what comes after it; then nothing must be left."""
        result = yield from self._guarded()
        left = self._watch.look()
        if left and not self._failed:
            pytest.fail(f"leaks: {'; '.join(left)}", pytrace=False)
        return result

    def _guarded(self) -> Generator[None, Any, Any]:
        __tracebackhide__ = True
        with self._session.guard.within(self._deadline, Overdue):
            return (yield)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(self) -> Generator[None, Any, Any]:
        """After an interrupt, fixtures are torn down here; that too must end."""
        with contextlib.suppress(Hang), self._session.guard.finishing(self._deadline, Overdue):
            return (yield)
        return None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, call: Any) -> Generator[None, Any, Any]:
        """A hang needs no traceback: it would show where the loop slept."""
        report = yield
        self._failed = self._failed or call.excinfo is not None
        if call.excinfo is not None and isinstance(call.excinfo.value, Hang):
            why = self._session.guard.why(self._is_suite) or "takes too long"
            report.longrepr = f"hangs: {why} ({self._deadline:g} s are over)"
        return report

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """What a person interrupts is not graded; what pytest itself gives up is."""
        self._interrupted = excinfo.type is KeyboardInterrupt

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(self, terminalreporter: Any) -> Generator[None, Any, Any]:
        """In a terminal the report comes after pytest's own summary."""
        yield
        if self._exercise is not None and not self._in_kernel and not self._interrupted:
            begun = time.monotonic()
            report = evaluate(self._text(), self._exercise, self._worker)
            self._session.found(report, time.monotonic() - begun)
            terminalreporter.write_line("")
            terminalreporter.write_line(to_text(report, self._exercise))

    def pytest_unconfigure(self) -> None:
        """In a notebook the panel stands under everything that pytest has printed."""
        for take_back in self._take_back:
            take_back()
        gc.unfreeze()
        if not self._in_kernel:
            self._worker.close()
        elif self._exercise is not None and not self._interrupted:
            begun = time.monotonic()
            try:
                with (
                    self._session.waiting(self._exercise) as waiting,
                    self._session.guard.within(None, Interrupted),
                ):
                    report = evaluate(self._text(), self._exercise, self._worker, waiting)
            except KeyboardInterrupt:
                return
            self._session.found(report, time.monotonic() - begun)
            problem = self._session.problem_of(self._exercise.id)
            if problem is not None:  # the cell is judged, and the notebook would not be
                report = replace(report, reason=" ".join(filter(None, [report.reason, problem])))
            page = to_html(report, self._exercise, explanation())
            waiting.show(page, to_text(report, self._exercise))


def _is_file(config: pytest.Config) -> Callable[[str], bool]:
    """Whether code stands in the one file that is run."""
    path = Path(config.args[0]).resolve()
    return lambda name: Path(name).resolve() == path


def _file(config: pytest.Config) -> Callable[[], str]:
    path = Path(config.args[0])
    if len(config.args) != 1 or path.is_dir():
        raise pytest.UsageError("--mutants grades one file: pytest --mutants ID FILE")
    if not path.is_file():
        raise pytest.UsageError(f"--mutants grades one file, and there is no {path}")
    try:
        read_file(path)
    except (UnicodeDecodeError, SyntaxError):
        raise pytest.UsageError(f"{path} is not text in UTF-8; name a Python file.") from None
    return lambda: read_file(path)

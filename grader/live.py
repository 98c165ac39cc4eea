"""Tests in a notebook or a terminal: run with a deadline, and then shown what they are worth."""

import contextlib
import gc
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import Any

import pytest
from _pytest.outcomes import Failed  # as a base class, which `pytest.fail.Exception` is not

from grader import kernel
from grader.bank import named
from grader.evaluate import evaluate
from grader.exercise import CourseError, Exercise
from grader.inside.loops import CourseLoop, Hang, Schedule
from grader.inside.settings import DEADLINES, load_hypothesis
from grader.report import to_html, to_text
from grader.worker import Worker


def exercise_named(name: str) -> Exercise:
    """The exercise, or a usage error that says what to type."""
    try:
        return named(name)
    except CourseError as error:
        raise pytest.UsageError(str(error)) from None


class Overdue(Hang, Failed):
    """A hang that pytest takes for a failure, so that it goes on to tear down what is left."""


class Course:
    """Runs the tests under the exercise's clock with a deadline, then shows the report."""

    def __init__(self, config: pytest.Config, exercise: Exercise | None) -> None:
        self._exercise = exercise
        self._clock = "real" if exercise is None else exercise.clock
        self._deadline = DEADLINES["virtual"] if exercise is None else DEADLINES[self._clock]
        self._in_kernel = kernel.in_kernel()
        self._interrupted = False
        load_hypothesis(shrink=True)
        self._text: Callable[[], str] = kernel.cell if self._in_kernel else _file(config)
        self._worker = kernel.worker if self._in_kernel else Worker()
        gc.collect()  # what earlier cells have left behind is not for a test to answer for
        if exercise is not None:
            self._worker.start()  # it warms up while the tests run here

    def pytest_asyncio_loop_factories(self, config: Any, item: Any) -> Mapping[str, Any]:
        """One loop a test, under the clock of its exercise."""
        return {"course": lambda: CourseLoop(Schedule(), self._clock, alone=False)}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self) -> Generator[None, Any, Any]:
        """A fixture has the same deadline as a test."""
        return (yield from self._guarded())

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self) -> Generator[None, Any, Any]:
        """No test runs for ever."""
        return (yield from self._guarded())

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self) -> Generator[None, Any, Any]:
        """Nor does what comes after it."""
        return (yield from self._guarded())

    def _guarded(self) -> Generator[None, Any, Any]:
        with kernel.guard.within(self._deadline, Overdue):
            return (yield)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(self) -> Generator[None, Any, Any]:
        """After an interrupt, fixtures are torn down here; that too must end."""
        with contextlib.suppress(Hang), kernel.guard.finishing(self._deadline, Overdue):
            return (yield)
        return None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, call: Any) -> Generator[None, Any, Any]:
        """A hang needs no traceback: it would show where the loop slept."""
        report = yield
        if call.excinfo is not None and isinstance(call.excinfo.value, Hang):
            report.longrepr = (
                f"hangs: it took longer than {self._deadline:g} s. "
                "Give the wait a deadline with asyncio.timeout to see where."
            )
        return report

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """What a person interrupts is not graded; what pytest itself gives up is."""
        self._interrupted = excinfo.type is KeyboardInterrupt

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(self, terminalreporter: Any) -> Generator[None, Any, Any]:
        """In a terminal the report comes after pytest's own summary."""
        yield
        if self._exercise is not None and not self._in_kernel and not self._interrupted:
            report = evaluate(self._text(), self._exercise, self._worker)
            terminalreporter.write_line("")
            terminalreporter.write_line(to_text(report, self._exercise))

    def pytest_unconfigure(self) -> None:
        """In a notebook the panel stands under everything that pytest has printed."""
        if not self._in_kernel:
            self._worker.close()
        elif self._exercise is not None and not self._interrupted:
            try:
                with kernel.guard.within(None, KeyboardInterrupt):
                    report = evaluate(self._text(), self._exercise, self._worker)
            except KeyboardInterrupt:
                return
            kernel.reports[self._exercise.id] = report
            kernel.display(to_html(report, self._exercise), to_text(report, self._exercise))


def _file(config: pytest.Config) -> Callable[[], str]:
    path = Path(config.args[0])
    if len(config.args) != 1 or path.is_dir():
        raise pytest.UsageError("--mutants grades one file: pytest --mutants ID FILE")
    if not path.is_file():
        raise pytest.UsageError(f"--mutants grades one file, and there is no {path}")
    return lambda: path.read_text(encoding="utf-8")

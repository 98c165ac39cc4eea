"""One run: graft a variant, collect the suite, run its tests, and record everything that happens.

A pytest plugin. Inside the warm process pytest is configured once; `Recorder.begin` is called in
each forked child, before collection.
"""

import json
import os
import re
import sys
import tempfile
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

import pytest

from grader.inside import graft, hygiene
from grader.inside.loops import CourseLoop, Hang, Schedule
from grader.inside.settings import MOST_CASES, PYTEST_OPTIONS, register_plugins

SUITE_FILE = "test_suite.py"
OPTIONS = (
    *PYTEST_OPTIONS,
    *("-p", "no:unraisableexception"),
    *("-p", "no:threadexception"),
    *("-p", "no:terminal"),
    *("-p", "no:faulthandler"),
    "--capture=no",
)
"""Hygiene is watched by `hygiene`, and output goes nowhere."""


class Recorder:
    """Writes a line of JSON for everything that happens in one run."""

    def __init__(self, output: int) -> None:
        self.output = output
        self.schedule = Schedule()
        self.clock = "virtual"
        self.tests: frozenset[str] | None = None

    def begin(self, request: Mapping[str, Any], config: pytest.Config, folder: Path) -> None:
        """Make this process ready for one request: its variant, its suite, its schedule."""
        folder.mkdir()
        os.chdir(folder)
        tempfile.tempdir = str(folder)
        sys.dont_write_bytecode = True
        suite = folder / SUITE_FILE
        suite.write_text(request["suite"], encoding="utf-8")
        self.clock = request["clock"]
        self.schedule = Schedule(**request["schedule"])
        self.tests = None if request["tests"] is None else frozenset(request["tests"])
        config.args = [str(suite)]
        config.option.tbstyle = "value"  # drawing a traceback costs more than most tests
        graft.apply(graft.Graft(**source) for source in request["grafts"])

    def write(self, **record: Any) -> None:
        """One record, at once: what is not written when the process dies did not happen."""
        os.write(self.output, json.dumps(record).encode() + b"\n")

    def pytest_addoption(self, pluginmanager: pytest.PytestPluginManager) -> None:
        """Bring the plugins in before options are read."""
        register_plugins(pluginmanager)

    def pytest_asyncio_loop_factories(self, config: Any, item: Any) -> Mapping[str, Any]:
        """Every test gets a loop that follows the schedule of this run."""
        return {"course": lambda: CourseLoop(self.schedule, self.clock, alone=True)}

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self, collector: Any) -> Generator[None, Any, Any]:
        """A suite that cannot be imported ends the run; one line says why."""
        report = yield
        if report.failed:
            call = getattr(report, "call", None)
            why = str(report.longrepr) if call is None else _sentence(call.excinfo)
            self.write(broken=_clean(why))
        return report

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """Announce the cases; keep those that were asked for, or none when they are too many."""
        cases = [_case(item) for item in items]
        self.write(cases=len(cases), collected=cases[:MOST_CASES])
        if self.tests is not None:
            tests = self.tests
            items[:] = [item for item in items if _case(item).partition("[")[0] in tests]
        if len(cases) > MOST_CASES:
            items.clear()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: Any) -> Generator[None, Any, Any]:
        """Say which case begins, and afterwards what it left behind."""
        self.write(start=_case(item))
        with hygiene.watch() as left:
            result = yield
        self.write(end=_case(item), left=[_clean(sentence) for sentence in left[:5]])
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: Any, call: Any) -> Generator[None, Any, Any]:
        """One record for each phase of each case."""
        report = yield
        outcome, message = report.outcome, None
        if call.excinfo is not None:
            message = _clean(_sentence(call.excinfo))
        if call.excinfo is not None and isinstance(call.excinfo.value, Hang):
            outcome = "hung"
        elif hasattr(report, "wasxfail"):
            outcome = "skipped"
        self.write(case=_case(item), phase=report.when, outcome=outcome, message=message)
        return report


def _case(item: pytest.Item) -> str:
    """`folder/test_suite.py::TestA::test_b[1-x]` is the case `TestA::test_b[1-x]`."""
    return item.nodeid.partition("::")[2]


def _sentence(excinfo: pytest.ExceptionInfo[BaseException]) -> str:
    """Where in the suite, and what: "line 12: assert 3 == 5"."""
    error = excinfo.value
    if isinstance(error, Hang):
        return str(error)
    lines = [entry.lineno + 1 for entry in excinfo.traceback if _is_suite(entry.path)]
    if isinstance(error, SyntaxError) and _is_suite(error.filename):
        lines.append(error.lineno or 1)
    what = excinfo.exconly(tryshort=True).strip().splitlines() or [excinfo.typename]
    return f"line {lines[-1]}: {what[0]}" if lines else what[0]


def _is_suite(path: Any) -> bool:
    return os.path.basename(str(path)) == SUITE_FILE


def _clean(text: str) -> str:
    """The same sentence in every run: no addresses, no folders, not too long."""
    text = re.sub(r"0x[0-9a-fA-F]+", "0x...", text.strip())
    text = text.replace(os.getcwd() + os.sep, "")
    return text if len(text) <= 300 else text[:297] + "..."

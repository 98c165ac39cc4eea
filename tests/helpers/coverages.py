"""Line and branch coverage of many suites in one process: `python coverages.py ORDER`.

ORDER is JSON: `clock`, `files` by the name of their suite, and `functions` by suite, each as
`module:qualname`. Prints JSON: by suite, the covered and all lines, the taken and all branches.
"""

import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import coverage
import pytest

from grader.runner.database import without_thread
from grader.runner.loops import CourseLoop, Schedule, use_for_all
from grader.runner.settings import PYTEST_OPTIONS, load_hypothesis, register_plugins

Figures = tuple[int, int, int, int]


class Watch:
    """Runs every test under the exercise's clock, and notes whose lines it executes."""

    def __init__(self, clock: str, measured: coverage.Coverage) -> None:
        self._clock = clock
        self._measured = measured

    def pytest_addoption(self, pluginmanager: pytest.PytestPluginManager) -> None:
        register_plugins(pluginmanager)

    def pytest_asyncio_loop_factories(self, config: Any, item: Any) -> Mapping[str, Any]:
        return {"course": lambda: CourseLoop(Schedule(), self._clock, alone=False)}

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        self._measured.switch_context(item.path.stem)


def main(order: dict[str, Any]) -> dict[str, Figures]:
    """Run the suites, then look at one after the other."""
    use_for_all(lambda: CourseLoop(Schedule(), order["clock"], alone=False))
    without_thread()
    load_hypothesis(shrink=False)
    include = "*/vespera_scriptorium/*"
    measured = coverage.Coverage(data_file=None, branch=True, include=include, config_file=False)
    with tempfile.TemporaryDirectory() as name:
        files = []
        for suite, file in order["files"].items():
            copied = Path(name, suite, f"test_{suite}.py")
            copied.parent.mkdir()
            copied.write_text(Path(file).read_text(encoding="utf-8"), encoding="utf-8")
            files.append(str(copied))
        measured.start()
        options = [*PYTEST_OPTIONS, "--import-mode=importlib", "-p", "no:terminal"]
        status = pytest.main([*options, *files], [Watch(order["clock"], measured)])
        measured.stop()
        assert status == 0, status
        report = Path(name, "report.json")
        found = {}
        for suite, functions in order["functions"].items():
            measured.json_report(outfile=str(report), contexts=[f"^test_{suite}$"])
            found[suite] = _figures(json.loads(report.read_text())["files"], functions)
    return found


def _figures(files: dict[str, Any], functions: list[str]) -> Figures:
    """Summed up over the functions that a variant of the exercise touches."""
    lines = all_lines = taken = branches = 0
    for function in functions:
        module, _, qualname = function.partition(":")
        suffix = f"{module.replace('.', '/')}.py"
        for path, file in files.items():
            for name, region in file["functions"].items():
                # with the functions within it, and with what decorators make of properties
                if path.endswith(suffix) and f"{name}.".startswith(f"{qualname}."):
                    summary = region["summary"]
                    lines += summary["covered_lines"]
                    all_lines += summary["num_statements"]
                    taken += summary["covered_branches"]
                    branches += summary["num_branches"]
    return lines, all_lines, taken, branches


if __name__ == "__main__":
    result = main(json.loads(sys.argv[1]))
    print(json.dumps(result))

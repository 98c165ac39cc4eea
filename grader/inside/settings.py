"""How pytest runs, the same in the notebook, in the terminal and in the worker."""

import importlib
import os

import pytest

WARNINGS = (
    "error",
    # looptime asks for the current loop in synchronous tests too, where newer Pythons warn
    "ignore:There is no current event loop:DeprecationWarning",
)
"""pytest's `filterwarnings`: every warning is an error."""

INI = {
    "asyncio_mode": "auto",
    "asyncio_default_fixture_loop_scope": "function",
    "asyncio_default_test_loop_scope": "function",
}
"""pytest-asyncio: async tests need no mark, and each has a loop of its own."""

PYTEST_OPTIONS = (
    *(option for name, value in INI.items() for option in ("-o", f"{name}={value}")),
    *(option for warning in WARNINGS for option in ("-W", warning)),
    *("-c", os.devnull),
    *("--rootdir", "."),
    *("--confcutdir", "."),
    *("-p", "no:cacheprovider"),
    "--noconftest",
    "--strict-markers",
)
"""As above, no file of the folder takes part, nothing is written to disk."""

PLUGINS = {
    "asyncio": "pytest_asyncio.plugin",
    "looptime_plugin": "looptime._internal.plugin",
    "looptime_timeproxies": "looptime._internal.timeproxies",
    "looptime_chronometers": "looptime._internal.chronometers",
}
"""The plugins that a suite may count on, under the names by which they know each other."""


def register_plugins(manager: pytest.PytestPluginManager) -> None:
    """Load them by name: looking through everything that is installed costs most of a start."""
    for name, module in PLUGINS.items():
        if not manager.has_plugin(name):
            manager.register(importlib.import_module(module), name)


DEADLINES = {"virtual": 5.0, "real": 2.0}
"""Seconds of wall clock that one test may take, by the exercise's clock."""

MOST_TESTS = 30
MOST_CASES = 200

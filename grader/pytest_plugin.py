"""The pytest plugin: `pytest --mutants ID FILE`, and `%%ipytest --mutants ID` in a notebook.

pytest loads it in every run, so it imports next to nothing until an exercise is named or a kernel
has loaded the extension.
"""

import os
import sys

import pytest
from _pytest.config.findpaths import ConfigValue

from grader.inside.settings import INI, WARNINGS, register_plugins


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """The option that names an exercise."""
    if os.environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD"):
        register_plugins(pluginmanager)
    parser.getgroup("mutants").addoption(
        "--mutants",
        metavar="ID",
        help="after the run, show which mutants of the exercise ID the tests kill",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Take part only where an exercise or a kernel asks for it."""
    name = config.getoption("--mutants")
    if name is None and "grader.kernel" not in sys.modules:
        return
    from grader.live import Course, exercise_named

    course = Course(config, None if name is None else exercise_named(name))
    for key, value in INI.items():  # in a terminal the options are read before we are asked
        config._inicfg[key] = ConfigValue(value, origin="override", mode="ini")
    for warning in WARNINGS:
        config.addinivalue_line("filterwarnings", warning)
    config._inicache.clear()
    config.pluginmanager.register(course, "grader-course")

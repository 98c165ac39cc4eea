"""The pytest plugin: `pytest --mutants ID FILE`, and `%%ipytest --mutants ID` in a notebook.

pytest loads it in every run, so it imports next to nothing until an exercise is named or a kernel
has loaded the extension.
"""

import argparse
import os
import sys

import pytest
from _pytest.config.findpaths import ConfigValue

from grader.runner.settings import INI, WARNINGS, register_plugins


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """The option that names an exercise."""
    if os.environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD"):
        register_plugins(pluginmanager)
    parser.getgroup("mutants").addoption(
        "--mutants",
        metavar="ID",
        help="after the run, show which mutants of the exercise ID the tests kill",
    )


def _takes_part(options: argparse.Namespace) -> bool:
    """Only where an exercise or a kernel asks for it."""
    return getattr(options, "mutants", None) is not None or "grader.learner.session" in sys.modules


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Without the plugins that would do what the course does, and blame the wrong test for it."""
    if _takes_part(early_config.known_args_namespace):
        for name in ("unraisableexception", "threadexception", "anyio"):
            if early_config.pluginmanager.has_plugin(name):
                early_config.pluginmanager.unregister(name=name)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Take part only where an exercise or a kernel asks for it."""
    if not _takes_part(config.option):
        return
    name = config.getoption("--mutants")
    from grader.learner.live import LearnerRun, exercise_named

    run = LearnerRun(config, None if name is None else exercise_named(name))
    for key, value in INI.items():  # in a terminal the options are read before we are asked
        config._inicfg[key] = ConfigValue(value, origin="override", mode="ini")
    for warning in WARNINGS:
        config.addinivalue_line("filterwarnings", warning)
    config._inicache.clear()
    config.pluginmanager.register(run, "grader-test-run")

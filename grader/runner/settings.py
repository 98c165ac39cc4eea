"""How pytest runs, the same in the notebook, in the terminal and in the worker."""

import contextlib
import importlib
import os
import warnings
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

WARNINGS = (
    "error",
    # what will change in another version of Python is no fault of a test
    "ignore::DeprecationWarning",
    "ignore::PendingDeprecationWarning",
    "ignore::SyntaxWarning",
    "ignore::pytest.PytestAssertRewriteWarning",
    # marks of plugins that only other projects have; helpers with a name like that of a test class
    "ignore::pytest.PytestUnknownMarkWarning",
    "ignore::pytest.PytestCollectionWarning",
    # the mark of asyncio on a whole module, with plain tests in it
    "ignore:The test <:pytest.PytestWarning",
    # nobody is harmed by a loop that is left open: it is closed for its test
    "ignore:unclosed event loop:ResourceWarning",
    # only Python 3.13 tells, and the same suite is to get the same report everywhere
    "ignore:unclosed database in <sqlite3:ResourceWarning",
)
"""pytest's `filterwarnings`: every warning is an error, but for what an honest suite may meet."""

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
            plugin = importlib.import_module(module)
            manager.register(_lighter(plugin) if name == "looptime_plugin" else plugin, name)


def _lighter(looptime_plugin: ModuleType) -> ModuleType:
    """looptime's plugin without its hook around every fixture.

    The hook makes loops able to count virtual time, which ours are. To find them it looks through
    all names of pytest-asyncio at each fixture: a ninth of a run.
    """
    copy = ModuleType(looptime_plugin.__name__, looptime_plugin.__doc__)
    vars(copy).update(vars(looptime_plugin))
    del copy.pytest_fixture_setup
    return copy


DEADLINES = {"virtual": 5.0, "real": 2.0}
"""Seconds of wall clock that one test may take, by the exercise's clock."""

MOST_TESTS = 30
MOST_CASES = 200

MOST_EXAMPLES = 25
"""How many examples Hypothesis draws for one test, unless the test asks for another number."""


def load_hypothesis(*, shrink: bool) -> None:
    """Make Hypothesis draw the same examples in every run, on every machine.

    `shrink` lets it look for the smallest example that fails: learners need it, and a verdict does
    not. The constants that it would collect from the source of whatever code lies outside of
    site-packages are left out, or the examples would depend on how the course was installed. What
    it stores, which is tables of Unicode that take a second to make, goes to the user's cache.
    """
    from hypothesis import HealthCheck, Phase, configuration, settings
    from hypothesis.internal.conjecture import providers
    from hypothesis.internal.constants_ast import Constants

    providers._get_local_constants = Constants  # called without arguments: none
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    configuration.set_hypothesis_home_dir(os.path.join(cache, "async-testing-patterns"))
    settings.register_profile(
        "course",
        database=None,
        deadline=None,
        derandomize=True,
        max_examples=MOST_EXAMPLES,
        phases=[Phase.explicit, Phase.generate, *([Phase.shrink] if shrink else [])],
        print_blob=False,
        suppress_health_check=list(HealthCheck),
    )
    settings.load_profile("course")


@contextlib.contextmanager
def quick_hypothesis() -> Iterator[None]:
    """A block in which Hypothesis looks for no smallest example: nobody is to read it."""
    from hypothesis import configuration, settings
    from hypothesis.internal.entropy import deterministic_PRNG

    kinds: Any = settings
    profiles, chosen = dict(kinds._profiles), kinds._current_profile
    home = configuration.__hypothesis_home_directory
    try:
        load_hypothesis(shrink=False)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Hypothesis doubts that its own generator will last
            with deterministic_PRNG():  # the first in a thread looks at referrers, as is refused
                pass
        yield
    finally:
        kinds._profiles.clear()
        kinds._profiles.update(profiles)
        settings.load_profile(chosen or "default")
        configuration.set_hypothesis_home_dir(home)

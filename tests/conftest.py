"""What tests share: one warm worker, a way to grade a suite with it, kernels, the command.

What only some tests need is imported by the fixture that they ask for: a unit test starts at once.
"""

import asyncio
import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from grader.runner.policy import current as current_policy

if TYPE_CHECKING:
    from helpers.command import Grader
    from helpers.kernels import Kernel
    from helpers.samples import Grade, Grades

    from grader.exercise import Exercise
    from grader.report import Report
    from grader.sandbox.interface import Worker as Executes
    from grader.sandbox.interpreter import Interpreter
    from grader.sandbox.worker import Worker


def no_loop_by_asking() -> None:
    """Make none for those who only ask, as looptime does in our own tests, too."""
    policy = current_policy()

    def current() -> asyncio.AbstractEventLoop:
        loop: asyncio.AbstractEventLoop | None = policy._local._loop
        if loop is None:
            raise RuntimeError("there is no current event loop")
        return loop

    policy.get_event_loop = current


no_loop_by_asking()

os.environ["GRADER_HOME"] = tempfile.mkdtemp(prefix="grader-home-")  # not the contributor's own
atexit.register(shutil.rmtree, os.environ["GRADER_HOME"], ignore_errors=True)


@pytest.fixture(scope="session")
def worker() -> "Iterator[Worker]":
    """A warm worker. A test that kills it, or makes it die, takes one of its own."""
    from grader.sandbox.worker import Worker

    with Worker() as worker:
        yield worker


@pytest.fixture(scope="module")
def inside() -> "Iterator[Interpreter]":
    """An interpreter that runs share: nothing of one may reach the next."""
    from grader.sandbox.interpreter import Interpreter

    with Interpreter() as inside:
        yield inside


@pytest.fixture(params=["worker", "inside"], ids=["processes", "interpreter"])
def executor(request: pytest.FixtureRequest) -> "Executes":
    """Each of the two that execute runs."""
    found: Executes = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="session")
def grade(worker: "Worker") -> "Grade":
    """Grades a suite against a small exercise."""
    from helpers.samples import creation

    from grader.engine.evaluate import evaluate

    def grade(suite: str, exercise: "Exercise" = creation) -> "Report":
        return evaluate(dedent(suite), exercise, worker)

    return grade


@pytest.fixture(scope="session")
def judged(worker: "Worker", tmp_path_factory: pytest.TempPathFactory) -> "Grades":
    """What the engine says of an answer, whatever its first line says to ipytest.

    It is found out once for all of pytest's workers: for tests that read it, or compare something
    else with it, and for none that tries the same again.
    """
    from grader.bank import exercises
    from grader.classroom.cache import Cache
    from grader.engine.evaluate import evaluate
    from grader.engine.suite import clean

    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:  # each has a folder of its own, side by side
        folder = folder.parent
    cache = Cache(folder / "judged", worker.wall)

    def judged(name: str, suite: str) -> "Report":
        suite = clean(suite)
        report = cache.get(name, suite)
        if report is None:
            report = evaluate(suite, exercises()[name], worker)
            cache.put(name, suite, report)
        return report

    return judged


@pytest.fixture(scope="session")
def answer(worker: "Worker") -> "Grades":
    """Grades an answer to an exercise of the bank."""
    from grader.bank import exercises
    from grader.engine.evaluate import evaluate

    return lambda name, suite: evaluate(dedent(suite), exercises()[name], worker)


@pytest.fixture(scope="module")
def client_loop() -> Iterator[None]:
    """The event loop of jupyter_client, which keeps it for good and so never closes it."""
    from jupyter_core.utils import ensure_event_loop

    loop = ensure_event_loop()
    yield
    loop.close()
    asyncio.set_event_loop(None)


@pytest.fixture(scope="module")
def kernels(client_loop: None) -> "Iterator[list[Kernel]]":
    """The one kernel that most tests share."""
    kernels: list[Kernel] = []
    yield kernels
    for kernel in kernels:
        kernel.close()


@pytest.fixture
def kernel(kernels: "list[Kernel]", tmp_path: Path) -> "Kernel":
    """A kernel that has loaded the extension; a new one where the last test has broken it."""
    from helpers.kernels import Kernel

    if kernels and kernels[0].broken():
        kernels.pop().close()
    if not kernels:
        kernels.append(Kernel(tmp_path))
        assert kernels[0].run("%load_ext grader").error is None
    return kernels[0]


@pytest.fixture
def start_kernel(client_loop: None, tmp_path: Path) -> "Iterator[Callable[[], Kernel]]":
    """Starts kernels of the test's own, which have loaded the extension."""
    from helpers.kernels import Kernel

    kernels: list[Kernel] = []

    def start() -> Kernel:
        kernels.append(Kernel(tmp_path))
        assert kernels[-1].run("%load_ext grader").error is None
        return kernels[-1]

    yield start
    for kernel in kernels:
        kernel.close()


@pytest.fixture
def grader(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> "Grader":
    """Runs the command `grader` in this process."""
    from helpers.command import Grader

    from grader.cli import common

    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(common.errors, "_width", 200)
    monkeypatch.setattr(common.errors, "_file", None)
    return Grader(monkeypatch, capsys)

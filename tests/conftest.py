"""What tests share: one warm worker, a way to grade a suite with it, kernels, and a browser."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from browsing import CHROMIUM, FLAGS, PATIENCE
from jupyter_core.utils import ensure_event_loop
from kernels import Kernel
from playwright.sync_api import Browser, expect, sync_playwright
from samples import Answer, Grade, creation

from grader.bank import exercises
from grader.engine.evaluate import evaluate
from grader.exercise import Exercise
from grader.report import Report
from grader.sandbox.worker import Worker


def no_loop_by_asking() -> None:
    """Make none for those who only ask, as looptime does in our own tests, too."""
    policy: Any = asyncio.get_event_loop_policy()

    def current() -> asyncio.AbstractEventLoop:
        loop: asyncio.AbstractEventLoop | None = policy._local._loop
        if loop is None:
            raise RuntimeError("there is no current event loop")
        return loop

    policy.get_event_loop = current


no_loop_by_asking()


@pytest.fixture(scope="session")
def worker() -> Iterator[Worker]:
    """A warm worker. A test that kills it, or makes it die, takes one of its own."""
    with Worker() as worker:
        yield worker


@pytest.fixture(scope="session")
def grade(worker: Worker) -> Grade:
    """Grades a suite against a small exercise."""

    def grade(suite: str, exercise: Exercise = creation) -> Report:
        return evaluate(dedent(suite), exercise, worker)

    return grade


@pytest.fixture(scope="session")
def answer(worker: Worker) -> Answer:
    """Grades an answer to an exercise of the bank."""
    return lambda name, suite: evaluate(dedent(suite), exercises()[name], worker)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    if not Path(CHROMIUM).exists():
        pytest.fail(f"There is no {CHROMIUM}: install it with `apt-get install chromium`.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        expect.set_options(timeout=PATIENCE * 1000)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def client_loop() -> Iterator[None]:
    """The event loop of jupyter_client, which keeps it for good and so never closes it."""
    loop = ensure_event_loop()
    yield
    loop.close()
    asyncio.set_event_loop(None)


@pytest.fixture(scope="module")
def kernels(client_loop: None) -> Iterator[list[Kernel]]:
    """The one kernel that most tests share."""
    kernels: list[Kernel] = []
    yield kernels
    for kernel in kernels:
        kernel.close()


@pytest.fixture
def kernel(kernels: list[Kernel], tmp_path: Path) -> Kernel:
    """A kernel that has loaded the extension; a new one where the last test has broken it."""
    if kernels and kernels[0].broken():
        kernels.pop().close()
    if not kernels:
        kernels.append(Kernel(tmp_path))
        assert kernels[0].run("%load_ext grader").error is None
    return kernels[0]


@pytest.fixture
def start_kernel(client_loop: None, tmp_path: Path) -> Iterator[Callable[[], Kernel]]:
    """Starts kernels of the test's own, which have loaded the extension."""
    kernels: list[Kernel] = []

    def start() -> Kernel:
        kernels.append(Kernel(tmp_path))
        assert kernels[-1].run("%load_ext grader").error is None
        return kernels[-1]

    yield start
    for kernel in kernels:
        kernel.close()

"""What tests share: one warm worker, a way to grade a suite with it, and a browser."""

from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest
from browsing import CHROMIUM, FLAGS, PATIENCE
from playwright.sync_api import Browser, expect, sync_playwright
from samples import Grade, creation

from grader.evaluate import evaluate
from grader.exercise import Exercise
from grader.inside.loops import make_none_by_asking
from grader.report import Report
from grader.worker import Worker

make_none_by_asking()  # looptime asks in our own tests, too


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

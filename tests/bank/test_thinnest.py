"""The thinnest suites that once had full marks, when a bank held a few bugs and no promises."""

from pathlib import Path

import pytest
from helpers.course import ROOT

from grader.bank import exercises
from grader.engine.evaluate import evaluate
from grader.sandbox.worker import Worker

pytestmark = pytest.mark.slow

THINNEST = sorted((ROOT / "tests" / "data" / "thinnest").glob("*.py"))


@pytest.mark.parametrize("path", THINNEST, ids=lambda path: path.stem)
def test_it_earns_two_thirds_at_most(worker: Worker, path: Path) -> None:
    """Its tests are as valid as ever, and defend a part of the contract."""
    exercise = exercises()[path.stem.replace("_", "-")]
    report = evaluate(path.read_text(encoding="utf-8"), exercise, worker)
    assert {test.verdict for test in report.tests} <= {"valid"}
    assert 0 < report.score <= report.points * 2 / 3

"""Every honest suite gets the verdict that it deserves."""

import pytest
from helpers.honest import Case, cases

from grader.bank import exercises
from grader.engine.evaluate import evaluate
from grader.engine.suite import read_file
from grader.sandbox.interface import Worker

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("case", [*cases("tried"), *cases("blind")], ids=str)
def test_a_suite_gets_what_it_deserves(case: Case, executor: Worker, tmp_path) -> None:
    """Written as its author would, in whatever encoding."""
    case.write(tmp_path / "suite.py")
    report = evaluate(read_file(tmp_path / "suite.py"), exercises()[case.exercise], executor)
    assert case.falls_short(report) == []


@pytest.mark.parametrize("file", ["tried", "blind"])
def test_a_case_names_every_test_that_it_is_about(file: str) -> None:
    """A case that asks for nothing would hold whatever the grader does."""
    assert all(c.verdicts or c.says or c.never_says or c.score is not None for c in cases(file))

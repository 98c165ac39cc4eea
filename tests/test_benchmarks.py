"""Benchmarks measure what is there, and not what was there when they were written."""

import subprocess
import sys

import pytest
from helpers.course import ROOT

SMALL = {
    "growth.py --replay --sizes 20": "20 submissions, ",
    "growth.py --parts 2-advanced --only distinct-ids --sizes 2": "learners",
    "feedback.py --only first-test --repeats 1": "first-test",
}
"""A command, small enough for a test, and what its table says."""


@pytest.mark.slow
@pytest.mark.parametrize(("command", "said"), SMALL.items())
def test_it_runs(command: str, said: str) -> None:
    """To its end, and prints its table."""
    name, *options = command.split()
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / name, *options], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert said in done.stdout

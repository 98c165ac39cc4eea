"""What probes say of the fixtures, helpers and base classes that people really write."""

import re

import pytest
from helpers.component_answers import BASES, HELPERS, LOOKS
from helpers.course import suite_of
from helpers.fixture_answers import CONTAINERS, DATABASES, FACTORIES, NOTHING_SHARED
from helpers.samples import Grades

from grader.report import Report

EVERY = [
    pytest.param(exercise, *answers[name], id=f"{exercise}: {name}")
    for exercise, answers in {
        "db-session": DATABASES,
        "container-with-overrides": CONTAINERS,
        "orchestrator-factory": FACTORIES,
        "wait-for-completion": HELPERS,
        "eventually-in-the-database": LOOKS,
        "test-base": BASES,
    }.items()
    for name in answers
]


def failed(report: Report) -> dict[str, str]:
    """What is said of the probes that failed, by the last words of their names."""
    return {
        one.name.removeprefix("test_probe_"): one.message or ""
        for one in report.probes
        if not one.passed
    }


@pytest.mark.parametrize(("exercise", "text", "fails"), EVERY)
def test_answers(answer: Grades, exercise: str, text: str, fails: dict[str, str]) -> None:
    """Each slip costs the probe it belongs to, in words that lead to it; what is right, nothing."""
    report = answer(exercise, text)
    said = failed(report)
    assert said.keys() == fails.keys()
    for name, words in fails.items():
        assert words in said[name]


def test_points_are_those_of_the_pairs(answer: Grades) -> None:
    """Seven of eight probes, and seven eighths of five points."""
    text, _ = DATABASES["one file for all"]
    assert answer("db-session", text).score == 4.38


def test_a_shared_container_shares_tasks(answer: Grades) -> None:
    """The naive suite's, in which all orchestrators are one."""
    naive = suite_of("orchestrator-factory", "naive")
    assert NOTHING_SHARED in failed(answer("orchestrator-factory", naive))


def test_a_message_names_no_line_of_the_probe(answer: Grades) -> None:
    """Learners do not see the probe: a line of it says nothing to them."""
    text, _ = DATABASES["one file for all"]
    (message,) = failed(answer("db-session", text)).values()
    assert re.fullmatch(
        r"Every test gets a database of its own, which is empty\. \((AssertionError: )?"
        r"a test finds what the test before it has stored: give each one a file in `tmp_path`\)",
        message,
    )

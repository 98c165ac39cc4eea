"""What CONTRIBUTING.md says of each kind of exercise."""

import re

from helpers.course import ROOT

from grader.bank import exercises
from grader.sources import SUITE

KINDS = {
    "contract-suite": "several classes, a database, the real clock",
    "backoff-schedule": "a function",
    "round-trip": "Hypothesis",
    "container-with-overrides": "a fixture, by probes alone",
    "wait-for-completion": "a helper and its tests",
    "test-base": "a class and its tests",
    "exceptions": "tests to repair",
}


# ------------------------------------------------------------------ what authors are told


def test_contributing_shows_what_stands_in_the_files() -> None:
    """Each line of an excerpt stands in the folder of the exercise before it, or in its lesson."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = text.partition("## Every kind of exercise\n")[2].partition("\n## ")[0]
    kinds = re.findall(r"^\*\*.*?`([\w-]+)`(.*?)(?=^\*\*|\Z)", section, re.DOTALL | re.MULTILINE)
    for name, text in kinds:
        (folder,) = (ROOT / "grader" / "bank").glob(f"*/{name.replace('-', '_')}")
        lessons = [ROOT / path for path in re.findall(r"`(lessons/\S+\.py)`", text)]
        files = lessons or [*folder.glob("*.py")]
        held = {line for path in files for line in path.read_text(encoding="utf-8").splitlines()}
        for excerpt in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
            assert {*filter(None, excerpt.splitlines())} <= held, name
    assert len(kinds) >= len(KINDS)


def test_contributing_names_every_kind() -> None:
    """By the exercise that is one of it."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in text for name in KINDS)


def test_what_declares_each_kind_is_there() -> None:
    """A kind of exercise that nothing is an example of would be proven by nobody."""
    bank = exercises().values()
    assert any(isinstance(exercise.subject, tuple) for exercise in bank)
    assert any(not isinstance(e.subject, type | tuple) for e in bank)
    assert {exercise.clock for exercise in bank} == {"virtual", "real"}
    assert any(exercise.probes and not exercise.mutants for exercise in bank)
    assert any(
        exercise.probes and any(target.module == SUITE for target in exercise.reference.sources)
        for exercise in bank
    )

"""A learner's checkout, and the next version of the course."""

from pathlib import Path

import pytest
from helpers.checkout import LESSON, NAME, OTHER, START, Checkout


@pytest.fixture
def course(tmp_path: Path) -> Checkout:
    course = Checkout(tmp_path / "course")
    course.answer(START, NAME)
    course.answer(LESSON, OTHER)
    return course


@pytest.fixture
def newer(tmp_path: Path) -> Checkout:
    """The next version: another sentence in each lesson, a module more and one less."""
    newer = Checkout(tmp_path / "newer")
    for lesson in (START, LESSON):
        newer.change(lesson, lambda nb: nb["cells"][0]["source"].append("\n\nNew!"))
    (newer.root / "grader" / "old.py").unlink()
    (newer.root / "grader" / "new.py").write_text("new")
    return newer

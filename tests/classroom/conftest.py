"""What tests of this folder share."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers import postgresql
from helpers.again import CLASS
from helpers.small_class import (
    PART,
    SmallClass,
)

from grader.classroom.grade import grade


@pytest.fixture(scope="session")
def graded(tmp_path_factory: pytest.TempPathFactory) -> SmallClass:
    """A class that was graded once. Tests that change anything take a copy."""
    room = SmallClass(tmp_path_factory.mktemp("graded"))
    for learner, nb in CLASS.items():
        room.hand_in(learner, nb)
    totals: list[int] = []
    grade(room.root, PART, sandbox="off", progress=lambda done, total: totals.append(total))
    assert totals == [2, 2], "identical suites run once, and a solution when it calibrates"
    return room


@pytest.fixture(scope="session")
def server() -> Iterator[postgresql.Server]:
    """A PostgreSQL server. Tests that write into it take a database of their own."""
    with postgresql.running() as server:
        yield server


@pytest.fixture
def room(graded: SmallClass, tmp_path: Path) -> SmallClass:
    """A copy of the graded class."""
    copy = SmallClass(tmp_path / "course")
    shutil.copytree(graded.root, copy.root, dirs_exist_ok=True)
    return copy

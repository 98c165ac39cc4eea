"""`grader release`: what learners get, what the gradebook holds, and what is refused."""

import json
import shutil
from pathlib import Path

import pytest
from helpers.course import ROOT
from helpers.small_class import LESSON, PART, SmallClass, solved
from nbgrader.api import Gradebook

pytestmark = pytest.mark.slow

COMMAND = ["grader", "release", PART]


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> SmallClass:
    """A course that has released one part, twice."""
    room = SmallClass(tmp_path_factory.mktemp("release"))
    shutil.rmtree(room.root / "notebooks", ignore_errors=True)
    for _ in range(2):
        result = room.run(command=COMMAND)
        assert result.returncode == 0, result.stderr
        assert f"notebooks/{PART}/{LESSON}.ipynb" in result.stdout
    return room


def test_learners_get_what_is_built(room: SmallClass) -> None:
    """To the byte."""
    name = f"notebooks/{PART}/{LESSON}.ipynb"
    built = next((ROOT / "notebooks").rglob(f"{LESSON}.ipynb"))
    assert (room.root / name).read_bytes() == built.read_bytes()


def test_the_part_is_in_the_gradebook(room: SmallClass) -> None:
    """With its lessons and its points, before anybody has handed in."""
    with Gradebook(f"sqlite:///{room.root / 'gradebook.db'}", "async-testing-patterns") as book:
        (part,) = book.assignments
        assert part.name == PART
        assert [notebook.name for notebook in part.notebooks] == [LESSON]
        assert part.max_score == 2.0


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (json.dumps(solved()), f"{PART}/{LESSON}.ipynb holds an answer to first-test"),
        ("{", f"{PART}/{LESSON}.ipynb is no notebook (The notebook is not JSON"),
    ],
)
def test_an_answer_in_its_place_is_neither_released_nor_lost(
    room: SmallClass, content: str, sentence: str
) -> None:
    """The command says where it is, and changes nothing."""
    path: Path = room.root / "notebooks" / PART / f"{LESSON}.ipynb"
    before = path.read_bytes()
    try:
        path.write_text(content)
        result = room.run(command=COMMAND)
        assert result.returncode == 2
        assert sentence in result.stderr
        assert path.read_text() == content
    finally:
        path.write_bytes(before)


def test_a_part_that_is_none(room: SmallClass) -> None:
    """One sentence names those that there are."""
    result = room.run(command=["grader", "release", "9-nothing"])
    assert result.returncode == 2
    assert f"holds no part 9-nothing: there is {PART}" in result.stderr

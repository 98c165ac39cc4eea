"""What an answer cell may begin with, and the lesson's own cells."""

from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.cells import edited, found
from helpers.editing import (
    ANSWER,
    FIRST,
    LESSON,
    SECOND,
    THIRD,
    Notebook,
    at,
    cell_of,
    change_type_and_back,
    copied,
    own_places,
    paste_below,
    solved,
    split,
    without_ids,
    without_marks,
)

from grader.bank import exercises
from grader.course.cells import Found, find_answers, named_exercise
from grader.course.notebooks import originals_near

# ------------------------------------------------------------------ the first line


@pytest.mark.parametrize(
    "above",
    ["# my answer\n", "%%time\n", "\n\n", "\n# a\n\n%%time\n# b\n", "  # a\n", "%%capture out\n"],
)
@pytest.mark.parametrize("bare", [False, True])
def test_what_may_stand_above_the_first_line(above: str, bare: bool) -> None:
    """Blank lines, comments and other magics: the answer is found, and its lines keep numbers."""
    nb = solved()
    cell_of(nb, FIRST)["source"] = above + ANSWER
    told = found(without_marks(nb) if bare else nb)
    assert told == Found("\n" * above.count("\n") + ANSWER)


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("%%ipytest --mutants a", "a"),
        ("%%ipytest -x --mutants=a -q\n", "a"),
        ("%%ipytest --mutants  'a'", "a"),
        ('%%ipytest --mutants="a"', "a"),
        ("\r\n%%ipytest --mutants a\r\n", "a"),
        ("# %%ipytest --mutants a", None),
        ("x = 1\n%%ipytest --mutants a", None),
        ("%%ipytest\n--mutants a", None),
        ("%%ipytest -k x\n%%ipytest --mutants a", None),
        ("%time\n%%ipytest --mutants a", None),
    ],
)
def test_first_line(source: str, name: str | None) -> None:
    """`%%ipytest --mutants ID`, as ipytest reads it."""
    assert named_exercise(source.replace("\r\n", "\n")) == name


# ------------------------------------------------------------------ the lesson's own cells


def test_own_cell_alone() -> None:
    """Where the answer cell was deleted, no cell of the lesson's takes its place."""
    nb = solved()
    assert own_places(nb)
    del nb["cells"][at(nb, FIRST)]
    for written in (nb, without_ids(nb), without_marks(nb)):
        assert found(written) is None


@pytest.mark.parametrize("write", [dict, without_ids, without_marks])
def test_own_cell_that_was_edited(write: Callable[[Notebook], Notebook]) -> None:
    """A lesson is there to be played with: its cells are no answers, whatever becomes of them."""
    nb = solved()
    for place in own_places(nb):
        nb["cells"][place]["source"] += "\n\ndef test_of_mine():\n    assert 1"
    assert found(write(nb)) == Found(ANSWER)


def test_own_cell_that_was_copied() -> None:
    """A copy has an id like any other cell."""
    nb = solved()
    for place in reversed(own_places(nb)):
        nb["cells"].insert(place + 1, copied(nb["cells"][place]))
    assert found(nb) == Found(ANSWER)


def test_own_cell_with_a_new_id() -> None:
    """Its type was changed and changed back, or it was split."""
    nb = solved()
    first, *_ = own_places(nb)
    change_type_and_back(nb, nb["cells"][first]["id"])
    assert found(nb) == Found(ANSWER)
    lines = nb["cells"][first]["source"].split("\n")
    split(nb, nb["cells"][first]["id"], lines[-1])
    assert found(nb) == Found(ANSWER)


def test_answer_in_the_place_of_an_own_cell() -> None:
    """The lesson's own cell above was deleted: the answer's neighbours are the answer's."""
    nb = solved()
    for place in reversed(own_places(nb)):
        del nb["cells"][place]
    assert found(without_marks(nb)) == Found(ANSWER)


def test_answer_whose_type_was_changed() -> None:
    """Back again or not, it is the answer."""
    nb = edited(lambda nb: change_type_and_back(nb, FIRST))
    assert found(nb) == Found(ANSWER)
    for kind in ("raw", "markdown"):
        cell_of(nb := solved(), FIRST)["cell_type"] = kind
        assert found(nb) == Found(ANSWER)


def test_without_the_course_ids_tell() -> None:
    """No course is at hand: the lesson's own cells are known by their ids, copies count once."""
    nb = edited(lambda nb: paste_below(nb, FIRST))
    assert find_answers(nb)[FIRST] == Found(ANSWER)
    assert originals_near(Path("/"))(FIRST) is not None, "this grader's own course is at hand"


def test_lesson_that_is_not_there(tmp_path: Path) -> None:
    """A course that lacks the lesson is no trouble."""
    assert originals_near(tmp_path)("no-such-exercise") is None


def test_exercises_of_the_notebook_here() -> None:
    """The ids in this file are those of the lesson."""
    assert [e.id for e in exercises().values() if e.lesson in LESSON] == [FIRST, SECOND, THIRD]

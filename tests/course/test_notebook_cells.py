"""Cells and copies: what learners do to cells, and what each reader of answers makes of it."""

import copy

import pytest
from helpers.cells import ORIGINALS, edited, found
from helpers.course import ROOT
from helpers.editing import (
    ANSWER,
    FIRST,
    SECOND,
    STUB,
    at,
    cell_of,
    copied,
    lines_of_tests,
    merge_below,
    notebook,
    other,
    paste_below,
    released,
    solved,
    split,
    split_in_vs_code,
    typed,
    without_ids,
    without_marks,
)

from grader.course.cells import Found, find_answers, judged

OTHER = other()
SCORE = f'grader.score("{FIRST}")'


def test_nothing_was_done() -> None:
    """Every lesson, solved and untouched: its answers are the sources of its answer cells."""
    for path in sorted((ROOT / "notebooks").rglob("*.ipynb")):
        lesson = path.relative_to(ROOT / "notebooks").as_posix()
        for nb in (released(lesson), solved(lesson)):
            marked = {
                cell["id"]: Found(cell["source"])
                for cell in nb["cells"]
                if cell["metadata"].get("nbgrader", {}).get("solution")
            }
            if "/" not in lesson and not marked:  # a page has no exercise
                continue
            assert marked
            assert find_answers(nb) == marked
            assert find_answers(nb, ORIGINALS) == marked
            assert find_answers(without_ids(nb), ORIGINALS) == marked
            assert find_answers(without_marks(nb), ORIGINALS) == marked


# ------------------------------------------------------------------ copies


@pytest.mark.parametrize(
    "ending", ["", "\n", "\n\n  \n", "  ", "\t"], ids=["same", "line", "lines", "spaces", "tab"]
)
def test_copy_counts_once(ending: str) -> None:
    """An answer cell that was copied counts once, whatever stands at the end of it."""
    nb = edited(lambda nb: paste_below(nb, FIRST, ANSWER + ending))
    assert found(nb) == Found(ANSWER)


def test_copy_with_other_line_ends_counts_once() -> None:
    """Windows writes other line ends, and an editor spaces at the ends of lines."""
    text = ANSWER.replace("\n", "  \r\n")
    assert found(edited(lambda nb: paste_below(nb, FIRST, text))) == Found(ANSWER)


def test_copy_without_metadata_counts_once() -> None:
    """Typed anew, or pasted as text: it is the same answer."""
    assert found(edited(lambda nb: nb["cells"].append(typed(ANSWER)))) == Found(ANSWER)


def test_copy_with_the_same_id() -> None:
    """Cut and pasted twice, a cell may keep its id."""
    nb = edited(lambda nb: nb["cells"].append(copy.deepcopy(cell_of(nb, FIRST))))
    assert found(nb) == Found(ANSWER)


@pytest.mark.parametrize(
    "rest",
    [
        STUB,
        "",
        "\n\n",
        f"%%ipytest --mutants {FIRST}\n# Write your answer here.",
        f"%%ipytest --mutants {FIRST}\nimport asyncio\n",
        "import asyncio  # I began here",
    ],
    ids=["stub", "empty", "lines", "comment", "imports", "imports alone"],
)
@pytest.mark.parametrize("above", [True, False])
def test_stub_gives_way_to_the_answer(rest: str, above: bool) -> None:
    """What nobody has worked in is no second answer, wherever it stands."""
    nb = solved()
    nb["cells"].insert(at(nb, FIRST) + (not above), copied(cell_of(nb, FIRST), rest))
    assert found(nb) == Found(ANSWER)


def test_stub_gives_way_to_an_answer_that_was_typed() -> None:
    """The answer stands in a new cell, and the answer cell is as it was released."""
    assert found(edited(lambda nb: nb["cells"].append(typed(ANSWER)), of=released)) == Found(ANSWER)


def test_given_tests_give_way_to_repaired_ones() -> None:
    """Where the stub holds tests to repair, the tests as they were given are a stub."""
    lesson = "4-craft/10-best-practices.ipynb"
    given = cell_of(released(lesson), "exceptions")["source"]
    answer = cell_of(solved(lesson), "exceptions")["source"]
    nb = solved(lesson)
    paste_below(nb, "exceptions", f"{given}\n")
    assert found(nb, "exceptions") == Found(answer)
    assert found(notebook(typed(given), typed(given)), "exceptions") == Found(given)


def test_stubs_alone() -> None:
    """Copies of a stub are a stub: not attempted."""
    assert found(edited(lambda nb: paste_below(nb, FIRST, f"{STUB}\n# later"), of=released)) == (
        Found(STUB)
    )


def test_two_answers() -> None:
    """Nobody can tell which of two counts; the cells are numbered as a reader counts them."""
    nb = edited(lambda nb: paste_below(nb, FIRST, OTHER))
    told = found(nb)
    assert told is not None
    assert told.problem == (
        f"The notebook holds two different answers for {FIRST} (cells 11 and 12): keep one of them."
    )
    assert nb["cells"][10]["source"] == told.suite == ANSWER
    assert found(nb, SECOND) == Found(cell_of(nb, SECOND)["source"])


def test_three_answers_in_four_cells() -> None:
    """All the cells are named, the copies too."""
    nb = solved()
    last = len(nb["cells"])
    for source in (OTHER, other("third"), ANSWER):
        nb["cells"].append(typed(source))
    told = found(nb)
    assert told is not None
    where = f"cells 11, {last + 1}, {last + 2} and {last + 3}"
    assert f"three different answers for {FIRST} ({where})" in str(told.problem)


def test_copy_for_another_exercise() -> None:
    """A copy keeps its metadata; when its first line names another exercise, it is that one's."""
    text = OTHER.replace(FIRST, SECOND)
    nb = edited(lambda nb: paste_below(nb, FIRST, text))
    del nb["cells"][at(nb, SECOND)]
    assert found(nb) == Found(ANSWER)
    assert found(nb, SECOND) == Found(text)


def test_answer_that_names_another_exercise() -> None:
    """The only cell of an exercise is its answer, whatever its first line says."""
    nb = solved()
    cell_of(nb, FIRST)["source"] = text = OTHER.replace(FIRST, SECOND)
    assert found(nb) == Found(text)


# ------------------------------------------------------------------ split and merged


def test_split_cell() -> None:
    """Both halves keep the metadata, and the lower one has no first line: merge them again."""
    nb = edited(lambda nb: split(nb, FIRST, lines_of_tests(ANSWER)[1]))
    told = found(nb)
    assert told is not None
    assert told.problem == (
        f"The answer cell of {FIRST} was split: merge cells 11 and 12 again "
        "(Edit, Merge Selected Cells)."
    )
    assert lines_of_tests(ANSWER)[1] in told.suite
    upper = nb["cells"][10]
    merge_below(nb, upper["id"])
    assert found(nb) == Found(nb["cells"][10]["source"])


def test_split_after_the_imports() -> None:
    """The half with the first line holds imports only: it is no stub beside an answer."""
    line = lines_of_tests(ANSWER)[0]
    told = found(edited(lambda nb: split(nb, FIRST, line)))
    assert told is not None
    assert "was split: merge cells 11 and 12 again" in str(told.problem)


def test_split_twice() -> None:
    """Every part is named."""
    first, second, *_ = lines_of_tests(ANSWER)
    nb = edited(lambda nb: split(nb, FIRST, first), lambda nb: split(nb, FIRST, second))
    told = found(nb)
    assert told is not None
    assert "was split: merge cells 11, 12 and 13 again" in str(told.problem)


@pytest.mark.parametrize("ending", ["", "\n", "# that is all"], ids=["empty", "line", "comment"])
def test_split_at_its_end(ending: str) -> None:
    """A part with nothing in it is none."""
    nb = solved()
    nb["cells"].insert(at(nb, FIRST) + 1, {**cell_of(nb, FIRST), "source": ending, "id": "ab"})
    assert found(nb) == Found(ANSWER)


@pytest.mark.parametrize("line", ["# Write your answer here.", "import asyncio"])
def test_split_stub(line: str) -> None:
    """Nobody has worked in either half."""
    told = found(edited(lambda nb: split(nb, FIRST, line), of=released))
    assert told is not None
    assert told.problem is None
    assert told.suite in STUB


@pytest.mark.parametrize("bare", [False, True], ids=["VS Code", "Colab"])
def test_split_half_without_metadata(bare: bool) -> None:
    """Tests below an answer cell that has none are its lower half."""
    line = lines_of_tests(ANSWER)[0]
    nb = edited(lambda nb: split_in_vs_code(nb, FIRST, line))
    told = found(without_marks(nb) if bare else nb)
    assert told is not None
    assert "was split: merge cells 11 and 12 again" in str(told.problem)


def test_own_tests_beside_an_answer_do_no_harm() -> None:
    """Tests in a cell of nobody's, below an answer that has some, are a learner's own trial."""
    nb = solved()
    nb["cells"].insert(at(nb, FIRST) + 1, typed("def test_something():\n    pass"))
    assert found(nb) == Found(ANSWER)


@pytest.mark.parametrize("keep", [FIRST, f"{FIRST}-score"])
@pytest.mark.parametrize("spaces", ["", "\n", "\n\n# my points"])
def test_merged_score_cell(keep: str, spaces: str) -> None:
    """The line of the score cell is taken off, whose metadata are left or not."""
    nb = edited(lambda nb: merge_below(nb, FIRST, keep=keep))
    nb["cells"][10]["source"] += spaces
    assert found(nb) == Found(ANSWER)
    assert found(without_marks(nb)) == Found(ANSWER)


def test_merged_score_cell_beside_a_copy() -> None:
    """It is the same answer."""
    nb = solved()
    paste_below(nb, FIRST)
    merge_below(nb, nb["cells"][at(nb, FIRST) + 1]["id"])
    assert found(nb) == Found(ANSWER)


def test_score_line_elsewhere_stays() -> None:
    """Only a score cell's own line, at the end of the cell, is taken off."""
    for text in (
        f"{OTHER}\n    {SCORE}",
        f"{OTHER}\n{SCORE}\nx = 1",
        f"{OTHER}\ny = {SCORE}",
        f'{OTHER}\nz = """\n{SCORE}\n"""',
    ):
        assert judged(text) == text


def test_score_cell_merged_into_nothing() -> None:
    """Nobody has worked in it."""
    nb = edited(lambda nb: nb["cells"].append(typed(ANSWER)))
    cell_of(nb, FIRST)["source"] = SCORE
    assert found(nb) == Found(ANSWER)


def test_notebook_of_nothing_but_answers() -> None:
    """Thousands of answers take a moment, and the sentence names a few of them."""
    cells = [typed(other(str(number))) for number in range(3000)]
    told = found(notebook(*cells))
    assert told is not None
    assert "(cells 1, 2, 3, 4, 5, 6, 7, 8 and 2992 more)" in str(told.problem)

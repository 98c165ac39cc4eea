"""Directives in a lesson, and the cells that a lesson becomes."""

from pathlib import Path
from typing import Any

import pytest
from helpers.little_course import Adder, adding

from grader.course.directives import expand
from grader.course.lessons import find_root
from grader.course.notebooks import exercise_cells, fingerprint, read_notebook, solution, stub
from grader.errors import CourseError, DirectiveError, DuplicateAnswer
from grader.exercise import Exercise

pytestmark = pytest.mark.usefixtures("bank")


# ------------------------------------------------------------------ directives


def written(markdown: str) -> str:
    return expand(markdown, {"adding": adding}, lambda: "THE MAP")


def test_contract() -> None:
    """`{contract ID}` is the numbered clauses, then the points."""
    assert written("{contract adding}") == ("1. The sum is right.\n2. It is an `int`.\n\n2 points.")


def test_worked_mutant() -> None:
    """`{worked ID}` is a sentence and what the mutant changes."""
    assert written("See:\n\n{worked adding}").splitlines() == [
        "See:",
        "",
        "One of the mutants takes the second number away. It breaks clause 1:",
        "",
        "```diff",
        " def add(self, one: int, other: int) -> int:",
        '     """The sum."""',
        "-    return one + other",
        "+    return one - other",
        "```",
    ]


def test_worked_mutant_that_the_bank_does_not_name() -> None:
    """An exercise that shows no mutant has none to show."""
    other = Exercise("other", "01-adding", "Other", 1, Adder, ("It adds.",), "Add.")
    with pytest.raises(DirectiveError, match="needs the bank to say which mutant"):
        expand("{worked other}", {"other": other}, str)
    assert expand("{contract other}", {"other": other}, str).endswith("\n1 point.")


def test_count() -> None:
    """`{mutants ID}` is a number in a sentence, and in a line of its own."""
    assert written("How many of {mutants adding} mutants\n{mutants adding}") == (
        f"How many of {len(adding.mutants)} mutants\n{len(adding.mutants)}"
    )
    assert written("```\n{mutants adding}\n```") == "```\n{mutants adding}\n```"
    with pytest.raises(DirectiveError, match="names no exercise"):
        written("{mutants nothing}")


def test_hint() -> None:
    """`{hint ID}` is folded, and Markdown inside."""
    assert written("{hint adding}") == (
        "<details>\n<summary>Hint</summary>\n\n"
        "[math](https://docs.python.org/3/library/math.html)\n\n</details>"
    )


def test_code_is_left_alone() -> None:
    """A line in braces inside a code block, or inside a sentence, is no directive."""
    text = "```python\n{value}\n```\nA {set} of `{x}`\n~~~\n{a}\n```\n{b}\n~~~"
    assert written(text) == text
    assert written(f"{text}\n{{map}}") == f"{text}\nTHE MAP"


def test_map_links_to_every_lesson(built_once: Path) -> None:
    """`{map}` is a table of the lessons that there are, with links to their notebooks."""
    nb = read_notebook(built_once / "notebooks" / "00-start-here.ipynb")
    assert nb.cells[0].source.splitlines()[2:] == [
        "| Part | Lesson | Pattern (and the section that has it) | Exercises | Minutes |",
        "| --- | --- | --- | ---: | ---: |",
        "| 1 · Sums | [Adding up](1-sums/01-adding.ipynb) | Sums (*Basics*) | 1 | 5 |",
    ]


# ------------------------------------------------------------------ the cells of a notebook


def cell(source: str, **metadata: object) -> dict[str, Any]:
    return {"cell_type": "code", "source": source, "metadata": metadata}


def answer(source: str) -> dict[str, Any]:
    return cell(source, nbgrader={"solution": True, "grade_id": "adding"})


def test_answer_is_found_by_its_metadata() -> None:
    """Moved, turned into Markdown, without its first line: it is the answer."""
    mine = {**answer("mine"), "cell_type": "markdown"}
    assert exercise_cells({"cells": [cell("1"), mine]}) == {"adding": "mine"}


def test_answer_is_found_by_its_first_line() -> None:
    """A cell that has lost its metadata still says whose answer it is."""
    lines = ["\n%%ipytest -x --mutants=adding\n", "mine"]
    cells = [{**cell(""), "source": lines}, cell("%%ipytest\n--mutants other"), cell("x")]
    assert exercise_cells({"cells": cells}) == {"adding": "".join(lines)}


def test_lesson_shows_tests_of_its_own() -> None:
    """A cell of the lesson that begins like an answer is none, unless it is copied."""
    shown = cell("%%ipytest --mutants adding\nshown")
    assert exercise_cells({"cells": [{**shown, "id": "cell-07"}]}) == {}
    assert exercise_cells({"cells": [{**shown, "id": "0d9a"}]}) == {"adding": shown["source"]}


def test_two_answers_are_none() -> None:
    """Nobody can tell which of two answers counts, wherever the second stands."""
    for other in (answer("other"), cell("%%ipytest --mutants adding\nother")):
        with pytest.raises(DuplicateAnswer, match=r"adding \(cells 1 and 2\): keep one of them"):
            exercise_cells({"cells": [answer("mine"), other]})


def test_odd_cells_are_passed_over() -> None:
    """Metadata that nbgrader would not write does no harm."""
    odd: list[dict[str, Any]] = [cell("x", nbgrader=1), cell("x", nbgrader={"solution": True}), {}]
    assert exercise_cells({"cells": odd}) == {}
    assert exercise_cells({}) == {}


def test_built_answers_are_found(built_once: Path) -> None:
    """The released notebook's answer cell is the stub of the exercise."""
    nb = read_notebook(built_once / "notebooks" / "1-sums" / "01-adding.ipynb")
    magic = "%%ipytest --mutants adding"
    assert exercise_cells(nb)["adding"] == magic + stub(built_once, "adding")


def test_solution_and_stub_keep_their_lines(built_once: Path) -> None:
    """A line has the same number in the suite as in the cell: the magic becomes an empty line."""
    assert solution(built_once, "adding").startswith("\nimport math\n\n### BEGIN SOLUTION\n")
    assert stub(built_once, "adding") == "\nimport math\n\n# Write your answer here."


def test_solution_that_is_not_there(course: Path) -> None:
    """An exercise without a lesson, and an id without an exercise, are named."""
    with pytest.raises(CourseError, match="No exercise has the id sums"):
        solution(course, "sums")
    (course / "lessons" / "1-sums" / "01-adding.py").unlink()
    with pytest.raises(CourseError, match="adding belongs to the lesson 01-adding, which"):
        stub(course, "adding")


def test_unreadable_notebooks(tmp_path: Path) -> None:
    """A file that is no notebook, or is not there, is one sentence."""
    (tmp_path / "text.ipynb").write_text("text")
    with pytest.raises(CourseError, match=r"text.ipynb is not a notebook \("):
        read_notebook(tmp_path / "text.ipynb")
    with pytest.raises(CourseError, match=r"none.ipynb cannot be read \(No such file"):
        read_notebook(tmp_path / "none.ipynb")


def test_fingerprint_is_of_what_was_written(built_once: Path) -> None:
    """Every character of every cell counts, and nothing else."""
    nb = read_notebook(built_once / "solutions" / "1-sums" / "01-adding.ipynb")
    before = fingerprint(nb)
    nb.cells[1].outputs, nb.metadata.grader = [], {}
    assert fingerprint(nb) == before == fingerprint(nb)
    nb.cells[1].source += " "
    assert fingerprint(nb) != before


def test_root_is_found_from_inside(course: Path) -> None:
    """Every folder of a course knows its course; any other folder says so."""
    assert find_root(course / "notebooks" / "1-sums") == course.resolve()
    with pytest.raises(CourseError, match="lies in no checkout of the course"):
        find_root(course.parent)

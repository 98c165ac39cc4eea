"""Notebooks that were edited, and what is found in them."""

from collections.abc import Callable

from grader.course.cells import Found, find_answers
from grader.course.notebooks import originals_near
from helpers.course import ROOT
from helpers.editing import (
    FIRST,
    Notebook,
    solved,
)

ORIGINALS = originals_near(ROOT)


def found(nb: Notebook, name: str = FIRST) -> Found | None:
    return find_answers(nb, ORIGINALS).get(name)


def edited(*steps: Callable[[Notebook], object], of: Callable[[], Notebook] = solved) -> Notebook:
    nb = of()
    for step in steps:
        step(nb)
    return nb

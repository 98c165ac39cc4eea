"""Cells that are copied, split and merged in a real JupyterLab, and what its file then holds."""

import contextlib
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from helpers.browsing import PATIENCE, jupyterlab
from helpers.course import ROOT
from helpers.editing import ANSWER, FIRST, LESSON, lines_of_tests, solved
from nbformat.reader import NotJSONError
from playwright.sync_api import Browser, Locator, Page, expect

from grader.course.cells import Found, find_answers
from grader.course.notebooks import originals_near

pytestmark = pytest.mark.slow

SECOND_TEST = ANSWER.split("\n").index(lines_of_tests(ANSWER)[1])


class Lesson:
    """A solved lesson in a page of the browser."""

    def __init__(self, page: Page, path: Path) -> None:
        self.page, self.path = page, path
        self.cells: list[nbformat.NotebookNode] = nbformat.read(path, as_version=4).cells

    def place(self) -> int:
        """Where the upper cell of the exercise stands."""
        marks = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in self.cells]
        return marks.index(FIRST)

    def cell(self, place: int) -> Locator:
        return self.page.locator(".jp-Notebook .jp-Cell").nth(place)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def select(self, place: int) -> None:
        """In command mode."""
        self.cell(place).locator(".cm-content").click()
        self.expect_mode("edit")
        self.press("Escape")
        self.expect_mode("command")
        expect(self.cell(place)).to_have_class(re.compile("jp-mod-active"))

    def expect_mode(self, mode: str) -> None:
        """Wait for it: a key that comes earlier goes to another cell."""
        expect(self.page.locator(".jp-Notebook")).to_have_class(re.compile(f"jp-mod-{mode}Mode"))

    def edit(self, place: int, line: int) -> None:
        """Put the cursor before a line of a cell; the first has number 0."""
        self.cell(place).locator(".cm-line").nth(line).click()
        self.expect_mode("edit")
        self.press("Home")
        expect(self.page.locator("#jp-main-statusbar")).to_contain_text(
            re.compile(rf"Ln {line + 1}, Col 1(?!\d)")
        )

    def saved(self, cells: int) -> Found:
        """What is found for the exercise, once JupyterLab has written so many cells."""
        expect(self.page.locator(".jp-Notebook .jp-Cell")).to_have_count(cells)
        for number in range(int(10 * PATIENCE)):
            if number % 20 == 0:
                self.press("Control+s")  # one that comes during another is dropped
            with contextlib.suppress(NotJSONError):  # it is about to be written
                self.cells = nbformat.read(self.path, as_version=4).cells
            if len(self.cells) == cells:
                break
            self.page.wait_for_timeout(100)
        return find_answers({"cells": self.cells}, originals_near(ROOT))[FIRST]


@pytest.fixture
def lesson(browser: Browser, tmp_path: Path) -> Iterator[Lesson]:
    path = tmp_path / "course" / "notebooks" / LESSON
    shutil.copytree(ROOT / "notebooks", tmp_path / "course" / "notebooks")
    path.write_text(json.dumps(solved()))
    with jupyterlab(tmp_path / "course", tmp_path / "jupyter") as (server, token):
        page = browser.new_page(viewport={"width": 1200, "height": 1000})
        page.set_default_timeout(PATIENCE * 1000)
        page.goto(f"{server}/lab/tree/notebooks/{LESSON}?token={token}")
        lesson = Lesson(page, path)
        expect(page.locator(".jp-Notebook .jp-Cell")).to_have_count(len(lesson.cells))
        yield lesson
        page.close()


def test_copied_split_and_merged(lesson: Lesson) -> None:
    """A copy counts once; a split cell is merged again as the sentence says; then it is graded."""
    count = len(lesson.cells)
    place = lesson.place()
    lesson.select(place)
    lesson.press("c", "v")
    assert lesson.saved(count + 1) == Found(ANSWER)
    copy = lesson.cells[place + 1]
    assert copy.metadata.nbgrader.grade_id == FIRST
    assert copy.id != FIRST
    lesson.select(place + 1)
    lesson.press("d", "d")
    assert lesson.saved(count) == Found(ANSWER)

    lesson.edit(place, SECOND_TEST)
    lesson.press("Control+Shift+Minus")
    numbers = f"{place + 1} and {place + 2}"
    assert lesson.saved(count + 1).problem == (
        f"The answer cell of {FIRST} was split: merge cells {numbers} again "
        "(Edit, Merge Selected Cells)."
    )
    lesson.select(place)
    lesson.press("Shift+ArrowDown")
    lesson.page.get_by_role("menuitem", name="Edit", exact=True).click()
    lesson.page.get_by_role("menuitem", name="Merge Selected Cells").click()
    merged = lesson.saved(count)
    assert merged.problem is None
    assert [line for line in merged.suite.split("\n") if line] == (
        [line for line in ANSWER.split("\n") if line]
    )

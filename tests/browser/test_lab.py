"""An exercise in JupyterLab, in a browser, with nothing but the keyboard."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from helpers.browsing import EXERCISE, PATIENCE, TYPED, jupyterlab
from helpers.course import ROOT
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect

pytestmark = pytest.mark.slow

LESSON = Path("notebooks", "2-advanced", "04-concurrent-operations.ipynb")
SCORE = 'grader.score("distinct-ids")'
TESTS = (
    TYPED
    + """
async def test_ids_count_up():
orchestrator = Container().get(TaskOrchestrator)
results = await orchestrator.create_many([{"title": "first"}, {"title": "second"}])
assert [result.task_id for result in results] == ["task-1", "task-2"]
"""
)
"""What the learner types; JupyterLab indents."""


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the learner's folder, to work in."""
    folder = tmp_path_factory.mktemp("course")
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    return folder


@pytest.fixture(scope="module")
def address(course: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The lesson's address."""
    with jupyterlab(course, tmp_path_factory.mktemp("jupyter")) as (server, token):
        yield f"{server}/lab/tree/{LESSON.as_posix()}?token={token}"


class Lesson:
    """The lesson in a page of the browser."""

    def __init__(self, page: Page, address: str, course: Path) -> None:
        self.page = page
        self.errors: list[str] = []
        page.on("console", self._note_error)
        page.on("pageerror", lambda error: self._note(str(error)))
        cells = nbformat.read(course / LESSON, as_version=4).cells
        self._sources = [cell.source for cell in cells]
        page.set_default_timeout(PATIENCE * 1000)
        page.goto(address)
        expect(page.locator(".jp-Notebook .jp-Cell")).to_have_count(len(cells))
        page.get_by_role("button", name=re.compile("Kernel status: Idle|Idle")).first.wait_for()

    def _note_error(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._note(message.text)

    def _note(self, error: str) -> None:
        self.errors.append(error)

    def cell(self, begin: str) -> Locator:
        """The last cell that begins so: an exercise comes after the examples."""
        (*_, number) = [n for n, text in enumerate(self._sources) if text.startswith(begin)]
        return self.page.locator(".jp-Notebook .jp-Cell").nth(number)

    def edit(self, cell: Locator) -> None:
        """Puts the cursor into a cell."""
        cell.locator(".cm-content").click()
        expect(cell.locator(".cm-editor")).to_have_class(re.compile("cm-focused"))

    def run(self, cell: Locator) -> None:
        """Runs a cell with Shift+Enter, to its end."""
        self.edit(cell)
        self.page.keyboard.press("Shift+Enter")
        expect(cell.locator(".jp-InputPrompt")).to_have_text(re.compile(r"\[\d+\]:"))


@pytest.fixture(scope="module")
def lesson(browser: Browser, address: str, course: Path) -> Iterator[Lesson]:
    """The open lesson, its kernel ready, with two tests typed into the exercise and run."""
    page = browser.new_page(viewport={"width": 1200, "height": 1000}, device_scale_factor=1.25)
    lesson = Lesson(page, address, course)
    lesson.run(lesson.cell("%load_ext grader"))
    cell = lesson.cell(EXERCISE)
    lesson.edit(cell)
    page.keyboard.press("Control+End")
    for number, line in enumerate(TESTS.splitlines()):
        if number:
            page.keyboard.press("Enter")
        if number > 2 and line.startswith("async def"):
            page.keyboard.press("Backspace")  # out of the test before
        page.keyboard.type(line)
    lesson.run(cell)
    yield lesson
    page.close()


def test_typed_tests_are_graded(lesson: Lesson) -> None:
    """Tests that are typed into the answer cell and run with Shift+Enter are graded below it."""
    panel = lesson.cell(EXERCISE).get_by_role("group", name="Result of distinct-ids")
    expect(panel).to_be_visible()
    expect(panel).to_contain_text("1 of 14 mutants killed")
    row = panel.get_by_role("row").filter(has_text="test_tasks_created_together")
    expect(row).to_contain_text("valid")
    row = panel.get_by_role("row").filter(has_text="test_ids_count_up")
    expect(row).to_contain_text("flaky: passes under one schedule and fails under another")


def test_killed_mutant_opens_by_keyboard(lesson: Lesson) -> None:
    """Tab leads to a killed mutant, Enter opens it, and Tab leads on into its diff."""
    cell = lesson.cell(EXERCISE)
    summary = cell.locator("summary").first
    diff = cell.locator("details pre").first
    expect(diff).to_be_hidden()
    lesson.edit(cell)
    lesson.page.keyboard.press("Escape")  # in the editor, Tab indents
    for _ in range(10):
        lesson.page.keyboard.press("Tab")
        if summary.evaluate("element => element === document.activeElement"):
            break
    expect(summary).to_be_focused()
    lesson.page.keyboard.press("Enter")
    expect(diff).to_be_visible()
    expect(diff).to_contain_text("self._tasks.count()")
    lesson.page.keyboard.press("Tab")
    expect(diff).to_be_focused()


def test_rows_are_not_striped(lesson: Lesson) -> None:
    """JupyterLab's stripes for tables stop at the panel, and text stands at the left."""
    cells = lesson.cell(EXERCISE).locator(".grader-report tr > *")
    look = "element => [getComputedStyle(element.parentElement).backgroundColor, "
    look += "getComputedStyle(element).textAlign]"
    expect(cells.first).to_be_visible()
    for found in cells.all():
        assert found.evaluate(look) == ["rgba(0, 0, 0, 0)", "left"]


def test_score_cell(lesson: Lesson) -> None:
    """The score cell says what the panel says, and ends in a number."""
    cell = lesson.cell(SCORE)
    lesson.run(cell)
    expect(cell).to_contain_text("distinct-ids: 0.32 of 5 points, 1 of 14 mutants killed")
    expect(cell.locator(".jp-OutputArea-executeResult")).to_contain_text("0.32")


def test_a_learner_sees_no_tools_for_instructors(lesson: Lesson) -> None:
    """No menu of nbgrader's, no panel of it, and no question about news."""
    expect(lesson.page.get_by_role("menuitem", name="Kernel")).to_be_visible()
    expect(lesson.page.get_by_role("menuitem", name="Nbgrader")).to_have_count(0)
    expect(lesson.page.get_by_text("Create Assignment")).to_have_count(0)
    expect(lesson.page.get_by_text("Jupyter news")).to_have_count(0)


def test_browser_has_nothing_to_complain_of(lesson: Lesson) -> None:
    """The browser's console holds no error."""
    assert lesson.errors == []


def test_picture(lesson: Lesson, tmp_path: Path) -> None:
    """The exercise and its panel make the README's picture, for which `make screenshot` asks."""
    path = Path(os.environ.get("SCREENSHOT") or tmp_path / "panel.png")
    cell = lesson.cell(EXERCISE)
    lesson.page.set_viewport_size({"width": 1200, "height": 1400})
    cell.scroll_into_view_if_needed()
    cell.screenshot(path=path)
    assert 10_000 < path.stat().st_size < 300_000

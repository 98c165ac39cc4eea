"""A learner's whole way by keyboard: a weak test, a better one, full marks, progress."""

import json
import os
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.browsing import PATIENCE, accessibility, jupyterlab
from helpers.course import ROOT, suite_of
from playwright.sync_api import Browser, Locator, Page, expect

pytestmark = pytest.mark.slow

START = Path("notebooks", "00-start-here.ipynb")
NAME = "first-test"
WEAK = """%%ipytest --mutants first-test
from vespera_scriptorium import Container, TaskOrchestrator

async def test_success():
orchestrator = Container().get(TaskOrchestrator)
created = await orchestrator.create_task({"title": "Write"})
assert (await orchestrator.execute_task(created.task_id)).success
"""


class Learner:
    """Somebody at the start page who has no mouse."""

    def __init__(self, page: Page, address: str, course: Path) -> None:
        self.page = page
        page.set_default_timeout(PATIENCE * 1000)
        expect.set_options(timeout=PATIENCE * 1000)
        page.goto(address)
        cells = json.loads((course / START).read_text())["cells"]
        self.sources = ["".join(cell["source"]) for cell in cells]
        expect(page.locator(".jp-Notebook .jp-Cell")).to_have_count(len(cells))
        page.get_by_role("button", name=re.compile("Idle")).first.wait_for()
        self.number = 0

    def cell(self, number: int) -> Locator:
        return self.page.locator(".jp-Notebook .jp-Cell").nth(number)

    def command(self, words: str) -> None:
        """A command, by the palette of JupyterLab."""
        self.page.keyboard.press("Control+Shift+C")
        palette = self.page.get_by_placeholder("SEARCH", exact=True)
        expect(palette).to_be_focused()
        self.page.keyboard.type(words)
        expect(self.page.locator(".lm-CommandPalette-item.lm-mod-active")).to_contain_text(words)
        self.page.keyboard.press("Enter")

    def go_to(self, number: int) -> None:
        """To a cell, from wherever the notebook stands: to its top, then downwards."""
        self.page.keyboard.press("Escape")
        for _ in range(len(self.sources)):
            self.page.keyboard.press("ArrowUp")
        expect(self.cell(0)).to_have_class(re.compile("jp-mod-selected"))
        for _ in range(number):
            self.page.keyboard.press("ArrowDown")
        expect(self.cell(number)).to_have_class(re.compile("jp-mod-selected"))

    def write(self, number: int, text: str, *, as_it_is: bool = False) -> None:
        """Into a cell, in the place of what it holds; JupyterLab indents."""
        self.go_to(number)
        self.page.keyboard.press("Enter")
        expect(self.cell(number).locator(".cm-editor")).to_have_class(re.compile("cm-focused"))
        self.page.keyboard.press("Control+A")
        if as_it_is:
            self.page.keyboard.insert_text(text)
        else:
            self.page.keyboard.press("Delete")
            self.page.keyboard.type(text)

    def run(self, number: int) -> None:
        """Run the cell that is edited, to its end."""
        before = self.cell(number).locator(".jp-InputPrompt").first.inner_text()
        self.page.keyboard.press("Control+Enter")
        prompt = self.cell(number).locator(".jp-InputPrompt").first
        expect(prompt).to_have_text(re.compile(r"\[\d+\]:"))
        expect(prompt).not_to_have_text(before)
        self.page.keyboard.press("Escape")


def new_course(folder: Path) -> Path:
    """A checkout in which nobody has worked yet."""
    for name in ("lessons", "notebooks"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


@pytest.fixture(scope="module", params=["light", "dark"])
def learner(
    request: pytest.FixtureRequest,
    browser: Browser,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Learner]:
    """At the start page, on a small laptop; the second time in the dark."""
    dark = request.param == "dark"
    course = new_course(tmp_path_factory.mktemp("course"))
    home = tmp_path_factory.mktemp("jupyter")
    kept = tmp_path_factory.mktemp("progress")
    with jupyterlab(course, home, dark=dark, progress=kept) as (server, token):
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        yield Learner(page, f"{server}/lab/tree/{START.as_posix()}?token={token}", course)
        page.close()


def test_from_the_start_page_to_full_marks(learner: Learner) -> None:
    """Run all, a weak test, the panel, a better one, full marks, Validate, progress."""
    page, sources = learner.page, learner.sources
    (answer,) = [n for n, text in enumerate(sources) if "# Write your" in text]
    (progress,) = [n for n, text in enumerate(sources) if text == "grader.progress()"]
    learner.go_to(0)
    learner.command("Run All Cells")
    score = learner.cell(answer + 1)
    expect(score).to_contain_text("not attempted")
    mine = learner.cell(progress).get_by_role("group", name="Your progress")
    expect(mine).to_contain_text("Next: begin")

    learner.write(answer, WEAK)
    begun = time.monotonic()
    learner.run(answer)
    panel = learner.cell(answer).get_by_role("group", name=f"Result of {NAME}")
    expect(panel).to_contain_text("1 of 8 mutants killed")
    print(f"A panel {time.monotonic() - begun:.1f} s after the cell was run.")
    learner.write(answer, f"%%ipytest --mutants {NAME}\n{suite_of(NAME)}", as_it_is=True)
    learner.run(answer)
    expect(panel).to_contain_text("2 of 2 points")
    assert accessibility(page, ".grader-report") == []

    learner.go_to(answer + 1)
    page.keyboard.press("Control+Enter")
    expect(score).to_contain_text("2 of 2 points, 8 of 8 mutants killed")
    learner.go_to(progress)
    page.keyboard.press("Control+Enter")
    expect(mine).to_contain_text("2 of ")
    expect(mine).to_contain_text("in Use cases")
    assert accessibility(page, ".grader-progress") == []
    page.get_by_role("button", name="Validate").focus()
    page.keyboard.press("Enter")  # it saves the notebook, too
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Success")
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    page.set_viewport_size({"width": 640, "height": 360})  # what is left at 200 % of zoom
    narrow = "document.querySelector('.jp-NotebookPanel:not(.lm-mod-hidden)').clientWidth <= 640"
    page.wait_for_function(narrow)  # JupyterLab lays it out in the next frame
    for part in (panel, mine):
        assert part.evaluate("part => part.scrollWidth <= part.clientWidth")
    page.set_viewport_size({"width": 1280, "height": 720})
    path = os.environ.get("SCREENSHOT_OF_THE_MAP")
    if path and page.locator("body[data-jp-theme-light=true]").count():
        page.set_viewport_size({"width": 1280, "height": 1100})
        mine.screenshot(path=path)


def test_every_link_of_the_map_opens_a_lesson(learner: Learner) -> None:
    """In JupyterLab, not in the browser."""
    (progress,) = [n for n, text in enumerate(learner.sources) if text == "grader.progress()"]
    link = learner.cell(progress).get_by_role("link", name="Use cases").first
    link.focus()
    learner.page.keyboard.press("Enter")
    expect(learner.page.get_by_role("tab", name="01-use-cases.ipynb")).to_be_visible()
    assert "/lab/" in learner.page.url

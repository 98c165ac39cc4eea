"""Our pages in a browser, as learners and instructors open them."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from helpers.autograded import FIRST, HOSTILE, PART, hostile_report, new_course, write_autograded
from helpers.browsing import accessibility
from playwright.sync_api import Browser, Page

from grader.classroom.alike import Alike
from grader.classroom.alike import to_page as likeness_page
from grader.classroom.class_report import class_report, to_page
from grader.classroom.feedback import INDEX, write_feedback
from grader.classroom.final import Told
from grader.classroom.likeness import Pair
from grader.classroom.overview import NOTHING, Overview, Part, Standing
from grader.classroom.overview import to_page as overview_page
from grader.classroom.roster import Person, Roster
from grader.files import write

pytestmark = pytest.mark.slow

WIDTHS = (360, 1280)

CONTRAST = """() => {
  const channel = value => {
    value /= 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  const numbers = color => color.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) =>
    0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const behind = element => {
    for (; element; element = element.parentElement) {
      const [r, g, b, alpha = 1] = numbers(getComputedStyle(element).backgroundColor);
      if (alpha > 0) return [r, g, b];
    }
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let worst = 21;
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || element.closest("svg")) continue;
    const [high, low] = [numbers(getComputedStyle(element).color), behind(element)]
      .map(luminance).sort((a, b) => b - a);
    worst = Math.min(worst, (high + 0.05) / (low + 0.05));
  }
  return worst;
}"""
"""The lowest contrast of any text with what is behind it."""


class Opened:
    """A page from a file, and everything that the browser had to say about it."""

    def __init__(self, page: Page, path: Path) -> None:
        self.page = page
        self.path = path
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: self.complaints.append(dialog.message))
        page.goto(path.as_uri())


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Learners' pages and an instructor's, on the most hostile of classes."""
    root = new_course(tmp_path_factory.mktemp("course") / "course")
    answers = {FIRST: (HOSTILE + 300 * "x" + "\n" + HOSTILE, hostile_report())}
    for learner in ("ada", 200 * "n", "<script>alert(4)<"):
        write_autograded(root, learner, answers)
    (feedback,) = write_feedback(root, "ada", PART, Told({FIRST: HOSTILE + 300 * "x"}))
    report = root / "reports" / f"{PART}.html"
    write(report, to_page(class_report(root, PART)).encode())
    learners = ("ada", 200 * "n", "<script>alert(4)<")
    standings = {learner: Standing(1.5) for learner in learners}
    part = Part(PART, 15.0, datetime(2026, 1, 31), {**standings, "ada": Standing(reason=NOTHING)})
    roster = Roster([Person("ada", HOSTILE, 100 * "s")])
    everything, alike = root / "reports" / "all.html", root / "reports" / "likeness.html"
    write(everything, overview_page(Overview((part, part), learners, roster)).encode())
    write(alike, likeness_page(PART, [one_pair(*learners[1:])]).encode())
    return {
        "feedback": feedback,
        "part": feedback.with_name(INDEX),
        "report": report,
        "overview": everything,
        "likeness": alike,
    }


def one_pair(one: str, other: str) -> Alike:
    """Two hostile suites beside each other."""
    suites = {one: f"{HOSTILE}\n{300 * 'x'}", other: HOSTILE}
    return Alike("x", HOSTILE, (Pair(one, other, 1.0, (1,), (1,)),), suites)


@pytest.fixture(params=["feedback", "part", "report", "overview", "likeness"])
def path(request: pytest.FixtureRequest, pages: dict[str, Path]) -> Path:
    return pages[request.param]


@pytest.fixture(params=["light", "dark"])
def opened(request: pytest.FixtureRequest, browser: Browser, path: Path) -> Iterator[Opened]:
    """The page, open in each of the two themes."""
    page = browser.new_page(color_scheme=request.param)
    yield Opened(page, path)
    page.close()


def test_nothing_is_asked_for_and_nothing_runs(opened: Opened) -> None:
    """The browser loads the file and nothing else, runs nothing, and has no complaint."""
    assert opened.requests == [opened.path.as_uri()]
    assert opened.complaints == []


def test_style_is_applied(opened: Opened) -> None:
    """The page's policy lets its own style sheet in."""
    look = "() => getComputedStyle(document.querySelector('.skip')).position"
    assert opened.page.evaluate(look) == "absolute"


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_overflows(opened: Opened, width: int) -> None:
    """However long a name is, the page is no wider than the window."""
    opened.page.set_viewport_size({"width": width, "height": 800})
    opened.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert opened.page.evaluate("document.documentElement.scrollWidth") == width


def test_axe_finds_nothing(opened: Opened) -> None:
    """Names, roles, landmarks, headings, contrast: what a program can find of WCAG's rules."""
    opened.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert accessibility(opened.page) == []


def test_contrast(opened: Opened) -> None:
    """Every text has at least the contrast that WCAG asks for at level AA."""
    opened.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert opened.page.evaluate(CONTRAST) >= 4.5


def test_keyboard(opened: Opened) -> None:
    """Tab leads to the link to the results first, and Enter opens what is folded."""
    opened.page.keyboard.press("Tab")
    assert opened.page.evaluate("document.activeElement.textContent") == "To the results"
    summary = opened.page.locator("summary").first
    if not summary.count():
        return
    summary.focus()
    opened.page.keyboard.press("Enter")
    assert opened.page.locator("details").first.get_attribute("open") is not None

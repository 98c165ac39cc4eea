"""nbgrader's formgrader in JupyterLab, in a browser: its button grades as our command does."""

from collections.abc import Iterator

import pytest
from helpers.browsing import jupyterlab
from helpers.small_class import MAGIC, MAIN, PART, SmallClass, answer, solved
from playwright.sync_api import Browser, Locator, Page, expect

pytestmark = pytest.mark.slow

HOSTILE = f"{MAGIC}\nimport os\n\ndef test_a():\n    os._exit(0)\n"


@pytest.fixture(scope="module")
def small_class(tmp_path_factory: pytest.TempPathFactory) -> SmallClass:
    """One has solved the exercise, one is hostile, one has handed in what is no notebook."""
    made = SmallClass(tmp_path_factory.mktemp("course"))
    made.run(command=["nbgrader", "generate_assignment", PART]).check_returncode()
    made.hand_in("ada", solved())
    made.hand_in("eve", answer(HOSTILE))
    made.hand_in("odd", {}).write_text("{")
    return made


@pytest.fixture(scope="module")
def page(
    browser: Browser,
    small_class: SmallClass,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Page]:
    """Formgrader's list of what was handed in."""
    with jupyterlab(small_class.root, tmp_path_factory.mktemp("jupyter")) as (server, token):
        page = browser.new_page(viewport={"width": 1300, "height": 900})
        page.goto(f"{server}/lab?token={token}")  # which gives the browser its cookie
        page.goto(f"{server}/formgrader/manage_submissions/{PART}")
        yield page
        page.close()


def row(page: Page, learner: str) -> Locator:
    return page.locator("tr").filter(has=page.locator(".student-id", has_text=learner))


def autograde(page: Page, learner: str) -> str:
    """Press the flash in a learner's row, and close what opens; what it said."""
    row(page, learner).locator(".autograde a").click()
    opened = page.locator(".modal.in")
    expect(opened).to_be_visible()
    said = opened.inner_text()
    opened.get_by_role("button").last.click()
    expect(opened).to_have_count(0)
    return said


def test_the_button_grades(page: Page) -> None:
    """What formgrader then shows is what `grader grade` would have written."""
    expect(row(page, "ada").locator(".status")).to_have_text("needs autograding")
    assert "Successfully autograded" in autograde(page, "ada")
    expect(row(page, "ada").locator(".score")).to_have_text("2 / 2")
    expect(row(page, "ada").locator(".status")).to_have_text("graded")


def test_the_button_runs_nothing_of_a_learner_s(page: Page, small_class: SmallClass) -> None:
    """A suite that the rules reject scores 0, and its neighbours keep what they have."""
    autograde(page, "eve")
    expect(row(page, "eve").locator(".score")).to_have_text("0 / 2")
    assert small_class.scores() == {"ada": 2.0, "eve": 0.0}


def test_the_button_refuses_with_the_reason(page: Page) -> None:
    """What is no notebook is refused with a sentence that formgrader shows."""
    said = autograde(page, "odd")
    assert "1 refused: odd" in said
    expect(row(page, "odd").locator(".status")).to_have_text("needs autograding")


def test_our_command_agrees(page: Page, small_class: SmallClass) -> None:
    """It finds the work of the button in the cache, and the same numbers."""
    before = small_class.scores()
    graded = small_class.run(command=[*MAIN, "grade", PART])
    assert graded.returncode == 1, graded.stderr  # one is refused
    assert small_class.scores() == before
    page.reload()
    expect(row(page, "ada").locator(".score")).to_have_text("2 / 2")

"""nbgrader's formgrader in JupyterLab, in a browser: its buttons do what our commands do.

A whole round in order: generate, release, collect, autograde, points by hand, feedback, return.
"""

import json
import re
from collections.abc import Iterator

import pytest
from helpers.browsing import PATIENCE, jupyterlab
from helpers.small_class import LESSON, MAGIC, MAIN, PART, SmallClass, answer, solved
from nbgrader.utils import get_username
from playwright.sync_api import Browser, Locator, Page, expect

pytestmark = pytest.mark.slow

ME = get_username()
"""The only learner whom nbgrader's exchange lets hand in here: it asks the system for the name."""
WORDS = "Ask me about clause 2."
HOSTILE = f"{MAGIC}\nimport os\n\ndef test_a():\n    os._exit(0)\n"


@pytest.fixture(scope="module")
def small_class(tmp_path_factory: pytest.TempPathFactory) -> SmallClass:
    """One has solved the exercise, one is hostile, one has handed in what is no notebook."""
    made = SmallClass(tmp_path_factory.mktemp("course"))
    exchange = tmp_path_factory.mktemp("exchange")
    exchange.chmod(0o777)
    made.configure(f"c.Exchange.root = {str(exchange)!r}")
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
    with jupyterlab(small_class.root, tmp_path_factory.mktemp("jupyter"), instructor=True) as (
        server,
        token,
    ):
        page = browser.new_page(viewport={"width": 1300, "height": 900})
        page.set_default_timeout(PATIENCE * 1000)
        page.goto(f"{server}/lab?token={token}")  # which gives the browser its cookie
        expect(page.get_by_role("menuitem", name="Nbgrader")).to_be_visible()
        expect(page.get_by_text("Create Assignment").first).to_be_visible()
        page.goto(f"{server}/formgrader/manage_assignments")
        yield page
        page.close()


@pytest.fixture(scope="module")
def desk(small_class: SmallClass, tmp_path_factory: pytest.TempPathFactory) -> SmallClass:
    """Where a learner works: another folder, with nothing but the exchange in common."""
    desk = SmallClass(tmp_path_factory.mktemp("desk"))
    (desk.root / "nbgrader_config.py").write_bytes(
        (small_class.root / "nbgrader_config.py").read_bytes()
    )
    return desk


def learner_types(desk: SmallClass, command: str) -> None:
    """One of nbgrader's commands for learners."""
    done = desk.run(command=["nbgrader", command, PART])
    assert done.returncode == 0, done.stderr


def row(page: Page, learner: str) -> Locator:
    return page.locator("tr").filter(has=page.locator(".student-id", has_text=learner))


def autograde(page: Page, learner: str) -> str:
    """Press the flash in a learner's row; what formgrader said."""
    return press(page, row(page, learner).locator(".autograde a"))


def press(page: Page, button: Locator) -> str:
    """Press a button of formgrader, and close what opens; what it said."""
    button.click()
    opened = page.locator(".modal.in")
    expect(opened).to_be_visible()
    said = opened.inner_text()
    opened.get_by_role("button").last.click()
    expect(opened).to_have_count(0)
    return said


def test_the_buttons_hand_out_and_collect(
    page: Page, small_class: SmallClass, desk: SmallClass
) -> None:
    """Generate and release; a learner fetches, solves and submits; collect."""
    assignment = page.locator("tr").filter(has=page.get_by_text(PART, exact=True))
    for button, words in ((".assign a", "created the student"), (".release a", "released")):
        assert f"Successfully {words}" in press(page, assignment.locator(button))
    learner_types(desk, "fetch_assignment")
    (fetched,) = desk.root.glob(f"{PART}/*.ipynb")
    assert json.loads(fetched.read_text()) == json.loads(
        (small_class.root / "notebooks" / PART / fetched.name).read_text()
    )
    fetched.write_text(json.dumps(solved()))
    learner_types(desk, "submit")
    assert "Successfully collected" in press(page, assignment.locator(".collect a"))
    assert (small_class.root / "submitted" / ME / PART / fetched.name).is_file()


def test_the_button_grades(page: Page) -> None:
    """What formgrader then shows is what `grader grade` would have written."""
    page.goto(page.url.replace("manage_assignments", f"manage_submissions/{PART}"))
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
    assert small_class.scores() == {**before, ME: 2.0}
    page.reload()
    expect(row(page, "ada").locator(".score")).to_have_text("2 / 2")
    expect(row(page, ME).locator(".score")).to_have_text("2 / 2")


def test_points_by_hand_reach_the_learner(page: Page, desk: SmallClass) -> None:
    """Points and words typed into formgrader, feedback made and released, and fetched."""
    place = page.url.partition("manage_submissions")[0]
    listed = page.request.get(f"{place}api/submitted_notebooks/{PART}/{LESSON}").json()
    (mine,) = (one["id"] for one in listed if one["student"] == ME)
    page.goto(f"{place}submissions/{mine}/?index=0")
    for field, text, kept in (
        ("input.score", "1.5", "/api/grade/"),
        ("textarea.comment", WORDS, "/api/comment/"),
    ):
        expect(page.locator(field)).to_have_attribute("placeholder", re.compile("."))  # it listens
        with page.expect_response(re.compile(kept)):
            page.locator(field).fill(text)
            page.locator(field).press("Tab")
    page.goto(f"{place}manage_submissions/{PART}")
    for button in (".generate-feedback a", ".release-feedback a"):
        assert "Successfully" in press(page, row(page, ME).locator(button))
    learner_types(desk, "fetch_feedback")
    (fetched,) = desk.root.glob(f"{PART}/feedback/*/*.html")
    page.goto(fetched.as_uri())
    expect(page.get_by_text(WORDS)).to_be_visible()
    expect(page.get_by_role("banner")).to_contain_text("1.5 of 2 points")

"""What stands under a cell while its check runs."""

from pathlib import Path
from typing import Any

import pytest

from grader.bank import exercises
from grader.learner.progress import HOME, Progress
from grader.learner.session import KernelSession
from grader.report import Report

SHORT, LONG = exercises()["first-test"], exercises()["contract-suite"]


class Shown(KernelSession):
    """A session that notes what it shows, as a front end would have it."""

    in_kernel = True

    def __init__(self) -> None:
        self.outputs: dict[str, str] = {}

    def display(self, html: str, text: str, place: str = "", *, again: bool = False) -> None:
        key = place or f"output {len(self.outputs)}"
        assert again is (key in self.outputs), "a place is made once, and then filled again"
        self.outputs[key] = text


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Shown:
    monkeypatch.setenv(HOME, str(tmp_path))
    monkeypatch.setenv("JPY_SESSION_NAME", "a-notebook.ipynb")
    return Shown()


def test_a_long_check_says_so_and_the_panel_takes_its_place(session: Shown) -> None:
    with session.waiting(LONG) as waiting:
        waiting("checking the tests")
        (said,) = session.outputs.values()
        assert said.startswith("contract-suite: checking the tests, about ")
        assert "Interrupt the kernel to stop it." in said
        waiting("looking for mutants")
        waiting.show("<p>Panel</p>", "Panel")
    assert list(session.outputs.values()) == ["Panel"]


def test_a_short_one_says_nothing(session: Shown) -> None:
    """As the last run was short; the panel is an output like any other."""
    Progress(Path.cwd()).note(Report(LONG.id, "graded", None, LONG.points, 1), seconds=0.2)
    with session.waiting(LONG) as waiting:
        waiting("checking the tests")
        assert session.outputs == {}
        waiting.show("<p>Panel</p>", "Panel")
    assert session.outputs == {"output 0": "Panel"}


def test_how_long_it_takes_is_known_from_the_last_run(session: Shown) -> None:
    Progress(Path.cwd()).note(Report(SHORT.id, "graded", None, SHORT.points, 1), seconds=42.4)
    with session.waiting(SHORT) as waiting:
        waiting("checking")
    assert "about 42 s in all" in next(iter(session.outputs.values()))


def test_nothing_is_said_where_nobody_looks_on(
    session: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A replay compares outputs."""
    monkeypatch.delenv("JPY_SESSION_NAME")
    with session.waiting(LONG) as waiting:
        waiting("checking")
    assert session.outputs == {}


def interrupted(session: Shown) -> None:
    with session.waiting(LONG) as waiting:
        waiting("checking")
        raise KeyboardInterrupt


def test_an_interrupt_is_told(session: Shown) -> None:
    with pytest.raises(KeyboardInterrupt):
        interrupted(session)
    assert list(session.outputs.values()) == ["The check was interrupted: run the cell again."]

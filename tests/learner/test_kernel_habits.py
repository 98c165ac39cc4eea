"""What people write in a cell, and what a notebook makes of it: slips, habits, other styles."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.kernels import SCORE, Kernel

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("client_loop")]

DISTINCT = "%%ipytest --mutants distinct-ids\n"
HEAD = """\
import asyncio
from vespera_scriptorium import Container, TaskOrchestrator

def create(title="a"):
    return Container().get(TaskOrchestrator).create_task({"title": title})
"""
RIGHT = """
async def test_right():
    assert (await create()).success
"""


def test_a_forgotten_await(kernel: Kernel) -> None:
    """The panel comes, pytest's output stays readable, and the score cell tells the truth."""
    slips = "\nasync def test_slip():\n    result = create()\n    assert result.success\n"
    quiet = "\nasync def test_quiet_slip():\n    create()\n"
    shown = kernel.run(DISTINCT + HEAD + slips + quiet + RIGHT)
    assert shown.stderr == ""
    assert shown.stdout.count("\n") < 20
    assert "leaks: line 6: `TaskOrchestrator.create_task` was never awaited" in shown.stdout
    assert "Exception in thread" not in shown.stdout
    assert "test_slip: wrong\n" in shown.panel
    assert "test_quiet_slip: leaks\n" in shown.panel
    assert "test_right: valid" in shown.panel
    assert kernel.run(SCORE).stdout.startswith("distinct-ids: 0 of 5 points")
    assert kernel.healthy()


def test_lines_are_those_of_the_cell(kernel: Kernel) -> None:
    """pytest and the panel count alike: the magic is line 1."""
    shown = kernel.run(f"{DISTINCT}def test_a():\n    assert 1 == 2\n")
    assert re.search(r"\.py:3: in test_a", shown.stdout)
    assert "line 3: `assert 1 == 2`" in shown.panel


@pytest.mark.parametrize("above", ["# my tests\n\n", "%%time\n", "\n\n# one\n# two\n"])
def test_what_may_stand_above_the_magic(kernel: Kernel, above: str) -> None:
    """Comments, empty lines, and other magics."""
    shown = kernel.run(above + DISTINCT + HEAD + RIGHT)
    assert (shown.error, shown.stderr) == (None, "")
    assert "test_right: valid" in shown.panel


UNITTEST = """
import unittest

class CreateTask(unittest.TestCase):
    def test_old(self):
        self.fail("an earlier cell")
"""


def test_unittest_of_an_earlier_cell(kernel: Kernel) -> None:
    """A class of unittest under any name runs in its own cell, and in no later one."""
    assert "an earlier cell" in kernel.run(DISTINCT + UNITTEST).stdout
    shown = kernel.run(DISTINCT + HEAD + RIGHT)
    assert "an earlier cell" not in shown.stdout
    assert "1 passed" in shown.stdout


def test_loops_of_a_test_s_own(kernel: Kernel) -> None:
    """They have the exercise's clock, in the notebook as where tests are judged."""
    shown = kernel.run(
        DISTINCT
        + HEAD
        + """
def test_run():
    asyncio.run(asyncio.sleep(3600))

def test_loop():
    asyncio.new_event_loop().run_until_complete(asyncio.sleep(3600))

def test_current_loop():
    asyncio.get_event_loop().run_until_complete(asyncio.sleep(3600))
"""
    )
    assert "3 passed" in shown.stdout
    assert shown.panel.count(": valid") == 3


def test_what_is_refused_is_told_first(kernel: Kernel) -> None:
    """Before the tests run, and again in the panel; the others count."""
    look = "\ndef test_look():\n    import sys\n    assert sys._getframe()\n"
    shown = kernel.run(DISTINCT + HEAD + look + RIGHT)
    said = "test_look is refused: line 10: `._getframe` looks into the process"
    assert shown.stdout.startswith(said)
    assert "test_look: refused" in shown.panel
    assert "test_right: valid" in shown.panel


def test_a_score_cell_that_was_merged_into_the_answer(kernel: Kernel) -> None:
    """It says what it can say, and the answer counts."""
    shown = kernel.run(f"{DISTINCT}{HEAD}{RIGHT}\n{SCORE}\n")
    assert "test_right: valid" in shown.panel


def test_hangs_say_why(kernel: Kernel) -> None:
    """pytest's own line tells waiting from being busy."""
    cell = "\ndef test_busy():\n    while True:\n        pass\n"
    shown = kernel.run(DISTINCT + HEAD + cell, patience=180)
    assert "is busy all the time and comes to no end" in shown.stdout
    assert "is busy all the time and comes to no end" in shown.panel


def test_the_page_that_explains_the_panel(
    start_kernel: Callable[[], Kernel], tmp_path: Path
) -> None:
    """Where it lies beside the notebook, or above it, the panel links to it."""
    kernel = start_kernel()
    assert "what-the-panel-says" not in kernel.run(DISTINCT + HEAD + RIGHT).panels[0]["text/html"]
    (tmp_path / "what-the-panel-says.ipynb").touch()
    shown = kernel.run(DISTINCT + HEAD + RIGHT).panels[0]["text/html"]
    assert '<a href="what-the-panel-says.ipynb">What the panel says</a>' in shown

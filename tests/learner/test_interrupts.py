"""What ends a run in a real kernel: its deadline, an interrupt, the end of the kernel itself."""

import os
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.kernels import EXERCISE, SCORE, Kernel, Shown, assert_usable
from helpers.processes import is_gone, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("client_loop")]

# ------------------------------------------------------------------ deadlines

HANGS = """%%ipytest
import asyncio, pytest

async def test_waiting():
    await asyncio.Event().wait()

def test_busy():
    while True:
        pass

@pytest.fixture
async def hung():
    await asyncio.Event().wait()

async def test_setup(hung):
    pass

@pytest.fixture
async def hung_later():
    yield
    await asyncio.Event().wait()

async def test_teardown(hung_later):
    pass

def test_loop_of_its_own():
    asyncio.run(asyncio.Event().wait())

def test_last():
    assert True
"""


def test_deadlines(kernel: Kernel) -> None:
    """Whatever waits longer than 5 s hangs, in a test, a fixture or a teardown; the rest run."""
    shown = kernel.run(HANGS, patience=120)
    found = dict(re.findall(r"_+ (?:ERROR at \w+ of )?(test_\w+) _+\n(.*)", shown.stdout))
    tests = ["waiting", "busy", "setup", "teardown", "loop_of_its_own"]
    assert set(found) == {f"test_{name}" for name in tests}
    assert all(message.startswith("hangs: ") for message in found.values())
    assert all(message.endswith("(5 s are over)") for message in found.values())
    assert "is busy all the time" in found["test_busy"]
    assert "waits for something that does not come" in found["test_waiting"]
    assert "3 failed, 2 passed, 2 errors" in shown.stdout
    assert_usable(kernel)


# ------------------------------------------------------------------ interrupts

BEGIN = """
from pathlib import Path
import asyncio, contextlib, pytest, threading, time

def begin():
    Path("begun").touch()
"""
INTERRUPTED = {
    "waiting": "async def test_a():\n    begin()\n    await asyncio.Event().wait()\n",
    "sleeping": "async def test_a():\n    begin()\n    await asyncio.sleep(1000)\n",
    "busy": "def test_a():\n    begin()\n    while True:\n        pass\n",
    "setup": (
        "@pytest.fixture\nasync def hung():\n    begin()\n    await asyncio.Event().wait()\n\n"
        "async def test_a(hung):\n    pass\n"
    ),
    "teardown": (
        "@pytest.fixture\nasync def hung():\n    yield\n    begin()\n"
        "    await asyncio.Event().wait()\n\nasync def test_a(hung):\n    pass\n"
    ),
    "swallowing": (
        "async def test_a():\n    begin()\n    while True:\n"
        "        with contextlib.suppress(asyncio.CancelledError):\n"
        "            await asyncio.sleep(1000)\n"
    ),
    "own-loop": "def test_a():\n    begin()\n    asyncio.run(asyncio.Event().wait())\n",
    "in-a-thread": (
        "async def test_a():\n    begin()\n    await asyncio.to_thread(time.sleep, 2)\n"
    ),
    "blocking": "def test_a():\n    begin()\n    time.sleep(2)\n",
}


def interrupted(kernel: Kernel, code: str, times: int = 1) -> Shown:
    """Runs a cell and interrupts it once it has begun to wait."""
    begun = kernel.folder / "begun"
    begun.unlink(missing_ok=True)
    cell = kernel.start(code)
    wait_until(begun.exists, "the test begins")
    for number in range(times):
        time.sleep(0.2 + 0.8 * number)  # let it wait, or handle the interrupt before
        kernel.interrupt()
    return kernel.finish(cell)


@pytest.mark.parametrize("body", INTERRUPTED.values(), ids=INTERRUPTED)
def test_interrupt(kernel: Kernel, body: str) -> None:
    """An interrupt ends the run before its deadline, and the kernel is as good as new."""
    shown = interrupted(kernel, f"%%ipytest{BEGIN}{body}")
    assert "! KeyboardInterrupt !" in shown.stdout
    assert "hangs" not in shown.stdout
    assert shown.error is None
    assert_usable(kernel)


def test_two_interrupts(kernel: Kernel) -> None:
    """Somebody who interrupts once more ends the run all the same."""
    interrupted(kernel, f"%%ipytest{BEGIN}{INTERRUPTED['swallowing']}", times=2)
    assert_usable(kernel)


def test_interrupted_suite_is_not_graded(kernel: Kernel) -> None:
    """An interrupted run shows no panel, and the score remains that of the last full run."""
    kernel.run(EXERCISE)
    shown = interrupted(kernel, f"%%ipytest --mutants distinct-ids{BEGIN}{INTERRUPTED['waiting']}")
    assert shown.panels == []
    assert kernel.run(SCORE).result == "5.0"


@pytest.mark.parametrize("times", [1, 2])
def test_interrupted_evaluation(kernel: Kernel, times: int) -> None:
    """The evaluation can be interrupted too, and the worker answers afterwards."""
    begun = kernel.folder / "begun"
    begun.unlink(missing_ok=True)
    slow = f"""%%ipytest --mutants distinct-ids
import time
from pathlib import Path

def test_a():
    if Path.cwd() != Path({str(kernel.folder)!r}):
        Path({str(begun)!r}).touch()
        time.sleep(3)
"""
    shown = interrupted(kernel, slow, times)
    assert shown.panels == []
    assert shown.stdout.endswith("The check was interrupted: run the cell again.\n")
    assert shown.error is None
    assert_usable(kernel)
    assert kernel.run(EXERCISE).panel.startswith("distinct-ids: 5 of 5 points")


def test_wait_outside_python(start_kernel: Callable[[], Kernel]) -> None:
    """A wait that nothing can end costs the kernel, and one sentence says so; output goes on."""
    kernel = start_kernel()
    waiting = "def test_a():\n    begin()\n    time.sleep(1000)\n"
    shown = interrupted(kernel, f"%%ipytest{BEGIN}{waiting}")
    assert shown.stdout.endswith("cannot be interrupted. Restart the kernel.\n")
    assert kernel.run("print('x')").stdout == "x\n"


def test_interrupt_of_plain_code(kernel: Kernel) -> None:
    """Code outside tests is interrupted as in any kernel."""
    begun = "open('begun', 'w').close()"
    shown = interrupted(kernel, f"{begun}\nimport time\ntime.sleep(1000)\n")
    assert shown.error == "KeyboardInterrupt"
    assert kernel.healthy()


# ------------------------------------------------------------------ the end


@pytest.mark.parametrize("end", ["shutdown", "kill"])
def test_worker_dies_with_the_kernel(start_kernel: Callable[[], Kernel], end: str) -> None:
    """However the kernel ends, no process of ours outlives it."""
    kernel = start_kernel()
    worker = kernel.worker()
    kernel.kill() if end == "kill" else kernel.close()
    wait_until(lambda: is_gone(worker.pid), "the worker ends")


def test_what_a_killed_kernel_leaves_goes_with_the_next(
    start_kernel: Callable[[], Kernel], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The folder of its tests, and not that of a kernel that lives."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))

    def folders() -> set[Path]:
        return set(tmp_path.glob("async-testing-patterns-kernel-*"))

    killed = start_kernel()
    (left,) = folders()
    killed.kill()
    alive = start_kernel()
    (used,) = folders() - {left}
    for folder in (left, used):
        os.utime(folder, (0, 0))
    start_kernel()
    assert left not in folders()
    assert used in folders()
    assert "1 passed" in alive.run("%%ipytest\ndef test_a(tmp_path): pass").stdout


def test_worker_that_died(kernel: Kernel) -> None:
    """A worker that was killed is started again, and nobody notices."""
    kernel.worker().kill()
    assert kernel.run(EXERCISE).panel.startswith("distinct-ids: 5 of 5 points")

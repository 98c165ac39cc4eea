"""The course in a real kernel, as a notebook's front end drives it."""

import asyncio
import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty

import nbformat
import psutil
import pytest
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import KernelManager
from jupyter_core.utils import ensure_event_loop
from nbclient import NotebookClient
from nbgrader.utils import determine_grade

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
SOLUTION = (ROOT / "tests" / "suites" / "distinct_ids.py").read_text(encoding="utf-8")
EXERCISE = f"%%ipytest --mutants distinct-ids\n{SOLUTION}"
STUB = "%%ipytest --mutants distinct-ids\nimport asyncio\n\n# Write your tests here.\n"
WRONG = "async def test_a():\n    assert 1 == 2\n"
SCORE = 'grader.score("distinct-ids")'
PATIENCE = 20.0
"""Seconds after which a cell counts as stuck: far more than nearly all need."""


@dataclass
class Shown:
    """What a cell shows."""

    stdout: str = ""
    stderr: str = ""
    panels: list[dict[str, str]] = field(default_factory=list)
    result: str | None = None
    error: str | None = None

    @property
    def panel(self) -> str:
        """The text of the one panel."""
        (data,) = self.panels
        return data["text/plain"]


class Kernel:
    """A kernel of the running Python in a folder of its own, and a client of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._manager = KernelManager()
        self._manager.start_kernel(cwd=str(folder))
        self._client: BlockingKernelClient = self._manager.client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=PATIENCE)

    def close(self) -> None:
        """Ends the kernel and closes all that leads to it."""
        self._client.stop_channels()
        if self._manager.has_kernel:
            self._manager.shutdown_kernel(now=True)
        self._manager.cleanup_resources()
        self._manager.context.destroy()

    def start(self, code: str) -> str:
        """Begins a cell; the answer is for `finish`."""
        return str(self._client.execute(code))

    def finish(self, cell: str, patience: float = PATIENCE) -> Shown:
        """What the cell has shown when it has ended."""
        shown = Shown()
        end = time.monotonic() + patience
        while True:
            try:
                message = self._client.get_iopub_msg(timeout=end - time.monotonic())
            except (Empty, ValueError):
                pytest.fail(f"the cell has not ended after {patience:g} s: {shown}")
            if message["parent_header"].get("msg_id") != cell:
                continue
            match message["msg_type"], message["content"]:
                case "stream", {"name": "stdout", "text": text}:
                    shown.stdout += text
                case "stream", {"text": text}:
                    shown.stderr += text
                case "display_data", {"data": data}:
                    shown.panels.append(data)
                case "execute_result", {"data": data}:
                    shown.result = data["text/plain"]
                case "error", {"ename": name}:
                    shown.error = name
                case "status", {"execution_state": "idle"}:
                    return shown

    def run(self, code: str, patience: float = PATIENCE) -> Shown:
        """Runs a cell to its end."""
        return self.finish(self.start(code), patience)

    def interrupt(self) -> None:
        """What Jupyter's button does: SIGINT for the kernel's process group."""
        self._manager.interrupt_kernel()

    def kill(self) -> None:
        """What the operating system does when memory runs out."""
        self._manager.provisioner.process.kill()
        self._manager.provisioner.process.wait()

    def worker(self) -> psutil.Process:
        """The process that runs tests for this kernel."""
        pid = self.run("import grader.kernel; grader.kernel.worker._process.pid").result
        return psutil.Process(int(pid or 0))

    def leftovers(self) -> list[str]:
        """The files that ipytest has forgotten in the folder."""
        return [path.name for path in self.folder.glob("t_*.py")]

    def healthy(self) -> bool:
        """True when a cell prints, which it does not inside a run that has not ended."""
        return self.run("print('x')").stdout == "x\n" and not self.leftovers()

    def broken(self) -> bool:
        """True when it does not even answer."""
        try:
            return not self.healthy()
        except pytest.fail.Exception:
            return True


@pytest.fixture(scope="module", autouse=True)
def client_loop() -> Iterator[None]:
    """The event loop of jupyter_client, which keeps it for good and so never closes it."""
    loop = ensure_event_loop()
    yield
    loop.close()
    asyncio.set_event_loop(None)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Kernel]]:
    """The one kernel that most tests share."""
    kernels: list[Kernel] = []
    yield kernels
    for kernel in kernels:
        kernel.close()


@pytest.fixture
def kernel(shared: list[Kernel], tmp_path: Path) -> Kernel:
    """A kernel that has loaded the extension; a new one where the last test has broken it."""
    if shared and shared[0].broken():
        shared.pop().close()
    if not shared:
        shared.append(Kernel(tmp_path))
        assert shared[0].run("%load_ext grader").error is None
    return shared[0]


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Callable[[], Kernel]]:
    """Kernels of the test's own, which have loaded the extension."""
    kernels: list[Kernel] = []

    def start() -> Kernel:
        kernels.append(Kernel(tmp_path))
        assert kernels[-1].run("%load_ext grader").error is None
        return kernels[-1]

    yield start
    for kernel in kernels:
        kernel.close()


def wait_until(condition: Callable[[], bool], what: str) -> None:
    """Returns as soon as something is so; fails when it never is."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(0.02)


def assert_usable(kernel: Kernel) -> None:
    """Output shows, nothing lies about, and an exercise is run and graded."""
    assert kernel.run("print('x')").stdout == "x\n"
    assert kernel.leftovers() == []
    shown = kernel.run(f"%%ipytest --mutants distinct-ids\n{WRONG}")
    assert "1 failed" in shown.stdout
    assert "line 3: assert 1 == 2" in shown.panel


# ------------------------------------------------------------------ what a learner sees


def test_score_before_a_run(fresh: Callable[[], Kernel]) -> None:
    """Before its first run an exercise is worth 0.0, and the score cell says what to do."""
    shown = fresh().run(SCORE)
    assert shown.result == "0.0"
    assert shown.stdout == (
        "distinct-ids: not run in this kernel yet. Run the cell above, then this one.\n"
    )


def test_loading_twice(kernel: Kernel) -> None:
    """Loading the extension again shows nothing, and keeps the worker and the scores."""
    kernel.run(EXERCISE)
    worker = kernel.worker()
    for code in ("%load_ext grader", "%reload_ext grader"):
        assert kernel.run(code).error is None
    assert kernel.worker() == worker
    assert kernel.run(SCORE).result == "5.0"
    assert len(kernel.run(EXERCISE).panels) == 1


def test_panel(kernel: Kernel) -> None:
    """Under pytest's own output stands one panel, as HTML and as text."""
    shown = kernel.run(EXERCISE)
    assert "5 passed" in shown.stdout
    assert shown.stderr == ""
    assert shown.error is None
    assert set(shown.panels[0]) == {"text/html", "text/plain"}
    assert shown.panel.startswith("distinct-ids: 5 of 5 points")
    assert "<section" in shown.panels[0]["text/html"]


def test_score_for_nbgrader(kernel: Kernel) -> None:
    """The score cell prints one sentence, and nbgrader takes its value as the points."""
    kernel.run(EXERCISE.partition("async def test_a_cancelled")[0])
    shown = kernel.run(SCORE)
    assert re.fullmatch(r"distinct-ids: 4\.17 of 5 points, 5 of 6 mutants .*\n", shown.stdout)
    assert shown.stderr == ""
    result = nbformat.v4.new_output("execute_result", {"text/plain": shown.result})
    metadata = {"nbgrader": {"grade": True, "points": 5, "solution": False}}
    cell = nbformat.v4.new_code_cell(SCORE, outputs=[result], metadata=metadata)
    assert determine_grade(cell) == (4.17, 5)
    assert kernel.run(f"type({SCORE}) is float").result == "True"


def test_score_of_an_unknown_exercise(kernel: Kernel) -> None:
    """A score cell with an unknown id says so, and is worth 0.0."""
    shown = kernel.run('grader.score("distinct-id")')
    assert shown.result == "0.0"
    assert "There is no exercise distinct-id" in shown.stdout
    assert shown.error is None


def test_unknown_exercise(kernel: Kernel) -> None:
    """An exercise cell with an unknown id names the nearest one, and raises nothing."""
    shown = kernel.run("%%ipytest --mutants distinct-id\ndef test_a():\n    pass\n")
    assert shown.error is None
    assert "there is no exercise distinct-id; did you mean distinct-ids?" in (
        shown.stdout + shown.stderr
    )
    assert shown.panels == []
    assert kernel.healthy()


def test_untouched_stub(kernel: Kernel) -> None:
    """An untouched exercise is not attempted, and takes the place of an earlier result."""
    kernel.run(EXERCISE)
    assert kernel.run(STUB).panel.startswith("distinct-ids: not attempted, 0 of 5 points.")
    shown = kernel.run(SCORE)
    assert "not attempted" in shown.stdout
    assert shown.result == "0.0"


@pytest.mark.parametrize(
    ("body", "panel"),
    [
        (WRONG, "wrong"),
        ("async def test_a():\n    assert undefined\n", "NameError"),
        ("undefined\nasync def test_a():\n    pass\n", "NameError"),
        ("async def test_a(:\n    pass\n", "nothing could be run"),
        ("1 / 0\ndef test_a():\n    pass\n", "ZeroDivisionError"),
        ("def test_a():\n    pass\nraise SystemExit\n", "distinct-ids: nothing could be run"),
    ],
    ids=["failing", "name", "name-at-import", "syntax", "error-at-import", "exit"],
)
def test_mistakes(kernel: Kernel, body: str, panel: str) -> None:
    """A mistake in the cell is explained in the panel, and the kernel goes on."""
    assert panel in kernel.run(f"%%ipytest --mutants distinct-ids\n{body}").panel
    assert kernel.run(SCORE).result == "0.0"
    assert kernel.healthy()


def test_autouse_fixtures_of_earlier_cells(kernel: Kernel) -> None:
    """An autouse fixture of one cell applies in the next, as everywhere in ipytest; but a suite
    is graded alone."""
    fixture = "@pytest.fixture(autouse=True)\ndef earlier():\n    raise OSError('earlier')\n"
    try:
        kernel.run(f"import pytest\n{fixture}")
        shown = kernel.run(EXERCISE)
        assert "OSError: earlier" in shown.stdout
        assert shown.panel.startswith("distinct-ids: 5 of 5 points")
    finally:
        kernel.run("del earlier")


def test_several_exercises(kernel: Kernel) -> None:
    """Each exercise keeps the result of its own last run."""
    kernel.run(EXERCISE)
    shown = kernel.run(f"%%ipytest --mutants really-concurrent\n{WRONG}")
    assert shown.panel.startswith("really-concurrent: 0 of 5 points")
    assert kernel.run(SCORE).result == "5.0"
    assert kernel.run('grader.score("really-concurrent")').result == "0.0"


def test_tests_without_an_exercise(kernel: Kernel) -> None:
    """A cell that names no exercise runs its tests and shows no panel."""
    shown = kernel.run(f"%%ipytest\n{WRONG}")
    assert "assert 1 == 2" in shown.stdout
    assert shown.panels == []


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
    begin = time.monotonic()
    shown = kernel.run(HANGS, patience=60)
    assert time.monotonic() - begin < 40
    found = dict(re.findall(r"_+ (?:ERROR at \w+ of )?(test_\w+) _+\n(.*)", shown.stdout))
    hung = "hangs: it took longer than 5 s. Give the wait a deadline with asyncio.timeout to see"
    tests = ["waiting", "busy", "setup", "teardown", "loop_of_its_own"]
    assert set(found) == {f"test_{name}" for name in tests}
    assert all(message.startswith(hung) for message in found.values())
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
    for _ in range(times):
        time.sleep(0.2)  # let it wait, or handle the interrupt before
        kernel.interrupt()
    return kernel.finish(cell)


@pytest.mark.parametrize("body", INTERRUPTED.values(), ids=INTERRUPTED)
def test_interrupt(kernel: Kernel, body: str) -> None:
    """An interrupt ends the run before its deadline, and the kernel is as good as new."""
    begin = time.monotonic()
    interrupted(kernel, f"%%ipytest{BEGIN}{body}")
    assert time.monotonic() - begin < 5
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
    begin = time.monotonic()
    shown = interrupted(kernel, slow, times)
    assert time.monotonic() - begin < 10
    assert shown.panels == []
    assert_usable(kernel)
    assert kernel.run(EXERCISE).panel.startswith("distinct-ids: 5 of 5 points")


def test_wait_outside_python(fresh: Callable[[], Kernel]) -> None:
    """A wait that nothing can end costs the kernel, and one sentence says so; output goes on."""
    kernel = fresh()
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
def test_worker_dies_with_the_kernel(fresh: Callable[[], Kernel], end: str) -> None:
    """However the kernel ends, no process of ours outlives it."""
    kernel = fresh()
    worker = kernel.worker()
    kernel.kill() if end == "kill" else kernel.close()
    wait_until(
        lambda: not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE,
        "the worker ends",
    )


def test_what_a_killed_kernel_leaves_goes_with_the_next(
    fresh: Callable[[], Kernel], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The folder of its tests, and not that of a kernel that lives."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))

    def folders() -> set[Path]:
        return set(tmp_path.glob("async-testing-patterns-kernel-*"))

    killed = fresh()
    (left,) = folders()
    killed.kill()
    alive = fresh()
    (used,) = folders() - {left}
    for folder in (left, used):
        os.utime(folder, (0, 0))
    fresh()
    assert left not in folders()
    assert used in folders()
    assert "1 passed" in alive.run("%%ipytest\ndef test_a(tmp_path): pass").stdout


def test_worker_that_died(kernel: Kernel) -> None:
    """A worker that was killed is started again, and nobody notices."""
    kernel.worker().kill()
    assert kernel.run(EXERCISE).panel.startswith("distinct-ids: 5 of 5 points")


RELEASED = sorted((ROOT / "notebooks").glob("**/*.ipynb"))


@pytest.mark.parametrize("path", RELEASED, ids=lambda path: path.stem)
def test_run_all(path: Path, tmp_path: Path) -> None:
    """Run All over a notebook nobody has worked in raises nothing, and every score is 0.0."""
    notebook = nbformat.read(path, as_version=4)
    folder = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, timeout=PATIENCE, resources=folder).execute()
    scores = [cell for cell in notebook.cells if cell.source.startswith("grader.score(")]
    results = [cell.outputs[-1].data["text/plain"] for cell in scores]
    assert results == ["0.0"] * len(scores)
    assert list(tmp_path.iterdir()) == []

"""Runs a lesson in a real kernel, and makes its outputs the same on every machine."""

import asyncio
import contextlib
import copy
import math
import os
import re
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from grader.course.lessons import Lesson
from grader.errors import CourseError
from grader.pages.panel import EXPLANATION

AT_ONCE = 2
"""Lessons that are run at the same time."""

PATIENCE = 120
"""Seconds that one cell may take."""

Sanitisers = list[tuple[re.Pattern[str], str]]


async def run_lessons(
    root: Path, written: Mapping[Lesson, NotebookNode], say: Callable[[str], None]
) -> dict[Lesson, NotebookNode]:
    """Every lesson, run and made the same everywhere. The first that fails stops the others."""
    gate = asyncio.Semaphore(AT_ONCE)
    replacements = _sanitisers(root)

    async def run(lesson: Lesson, nb: NotebookNode) -> NotebookNode:
        async with gate:
            say(f"Running {lesson} ...")
            nb = copy.deepcopy(nb)
            await _run(lesson, nb, root)
            _check_scores(lesson, nb)
            _sanitise(nb, replacements)
            return nb

    try:
        async with asyncio.TaskGroup() as group:
            runs = {lesson: group.create_task(run(lesson, nb)) for lesson, nb in written.items()}
    except* CourseError as errors:
        error = errors.exceptions[0]
    else:
        return {lesson: task.result() for lesson, task in runs.items()}
    raise error


def _check_scores(lesson: Lesson, nb: NotebookNode) -> None:
    """Raise `CourseError` if a solution does not earn full marks."""
    for cell in nb.cells:
        meta = cell.metadata.get("nbgrader", {})
        if meta.get("grade") and not math.isclose(_value(cell), meta["points"]):
            exercise_id = meta["grade_id"].removesuffix("-score")
            raise CourseError(
                f"{lesson}: the solution of {exercise_id} scores {_value(cell):g} instead of "
                f"{meta['points']:g}: see what `grader verify {exercise_id}` says."
            )


def _value(cell: NotebookNode) -> float:
    """The number that a cell evaluates to; None for anything else."""
    for output in cell.outputs:
        if output.output_type == "execute_result":
            with contextlib.suppress(KeyError, ValueError):
                return float(output.data["text/plain"])
    return 0.0


async def _run(lesson: Lesson, nb: NotebookNode, root: Path) -> None:
    """Fill in the outputs of a lesson's notebook. Raises `CourseError` where a cell fails."""
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    async with _kernel(lesson, root) as (manager, channels):
        client = NotebookClient(nb, km=manager, timeout=PATIENCE, record_timing=False)
        client.kc = channels
        client.coalesce_streams = True
        client.reset_execution_trackers()
        for number, cell in enumerate(nb.cells):
            count = client.code_cells_executed + 1
            problem = None
            try:
                await client.async_execute_cell(cell, number, execution_count=count)
            except CellExecutionError as error:
                problem = _error(error.ename, error.evalue)
            except CellTimeoutError:
                problem = f"runs for more than {PATIENCE} s: make it shorter"
            except DeadKernelError:
                task = asyncio.current_task()
                if task is not None and task.cancelling():  # nbclient takes the one for the other
                    raise asyncio.CancelledError from None
                problem = "ends the kernel: mend it"
            problem = problem or _shown_error(cell)
            if problem is not None:
                first_line = cell.source.strip().partition("\n")[0]
                raise CourseError(f"{lesson}, cell {number + 1} (`{first_line}`) {problem}.")


def _shown_error(cell: NotebookNode) -> str | None:
    """An error that a magic or a thread has shown, and not raised, is an error all the same."""
    if "raises-exception" not in cell.metadata.get("tags", ()):
        for output in cell.get("outputs", ()):
            if output.output_type == "error":
                return _error(output.ename, output.evalue)
            if output.get("name") == "stderr" and "Traceback (most recent" in output.text:
                return _error(output.text.strip().rpartition("\n")[2])
    return None


def _error(name: str, message: str = "") -> str:
    what = f"{name}: {message.rstrip('.')}" if message else name
    return f"fails with {what}; mend it, or tag it raises-exception if that is what it shows"


@contextlib.asynccontextmanager
async def _kernel(lesson: Lesson, root: Path) -> AsyncIterator[tuple[Any, Any]]:
    """A kernel of this very Python, whatever kernels the machine has, and a client for it.

    It starts where a learner's notebook lies, in a course where nobody has worked yet.
    """
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager

    with tempfile.TemporaryDirectory(prefix="course-") as folder:
        manager = AsyncKernelManager(
            kernel_name="python3",
            kernel_spec_manager=KernelSpecManager(kernel_dirs=[]),
            connection_file=os.path.join(folder, "kernel.json"),
            transport="ipc" if os.name == "posix" else "tcp",  # a port may be taken meanwhile
        )
        try:
            await manager.start_kernel(
                cwd=str(_copy_of_the_course(lesson, root, Path(folder, "course"))),
                env=_environment(Path(folder, "ipython")),
            )
            channels = manager.client()
            channels.start_channels()
            try:
                await channels.wait_for_ready(timeout=PATIENCE)
                channels.allow_stdin = False
                yield manager, channels
            finally:
                channels.stop_channels()
        finally:
            if manager.has_kernel:  # also when the start was interrupted
                await _shut_down(manager)


async def _shut_down(manager: Any) -> None:
    """End a kernel, also when the build is stopped meanwhile: what is left behind lives on."""
    ending = asyncio.ensure_future(manager.shutdown_kernel(now=True))
    try:
        await asyncio.shield(ending)
    except asyncio.CancelledError:
        await ending
        raise


def _copy_of_the_course(lesson: Lesson, root: Path, course: Path) -> Path:
    """Make the copy, and return the folder of the lesson's notebook in it."""
    shutil.copytree(root / "lessons", course / "lessons")
    shutil.copy(root / "pyproject.toml", course)
    folder = course / "notebooks" / lesson.part
    folder.mkdir(parents=True)
    (course / "notebooks" / EXPLANATION).touch()  # panels link to it where it is
    return folder


def _environment(ipython: Path) -> dict[str, str]:
    """The environment of a kernel, without what of machine or user could show in an output."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("IPYTHON", "JPY_", "PYTEST_"))
    }
    packages = [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]
    return inherited | {
        "COLUMNS": "80",
        "GRADER_HOME": str(ipython.parent),  # nobody has worked here yet
        "IPYTHONDIR": str(ipython),
        "NO_COLOR": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONPATH": os.pathsep.join(filter(None, packages)),
        "TZ": "UTC",
    }


# ------------------------------------------------------------------ the same outputs everywhere


def _sanitisers(root: Path) -> Sanitisers:
    """The replacements for outputs, from the file that nbval reads, read as nbval does."""
    path = root / "nbval_sanitize.cfg"
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:
        raise CourseError(f"{path} is missing: take it back from the repository.") from None
    pairs = re.findall(r"^regex: (.*)$\n^replace: (.*)$", text, flags=re.MULTILINE)
    return [(re.compile(regex), replacement) for regex, replacement in pairs]


def _sanitise(nb: NotebookNode, replacements: Sanitisers) -> None:
    """Make the outputs of a notebook independent of machine, time and version of Python."""
    for cell in nb.cells:
        for output in cell.get("outputs", ()):
            if output.output_type == "error":
                output.traceback = _own_frames(output.traceback)
            for key, value in output.items():
                output[key] = _sanitised(value, replacements)


def _own_frames(traceback: list[str]) -> list[str]:
    """The cell's own frames of a traceback: those of libraries differ between Pythons."""
    entries = [re.sub(r"\x1b\[[\d;]*m", "", entry) for entry in traceback]
    heads = [n for n, entry in enumerate(entries) if "Traceback (most recent call last)" in entry]
    last = heads[-1] if heads else 0
    return [entry for entry in entries[last:] if not entry.startswith("File ")]


def _sanitised(value: Any, replacements: Sanitisers) -> Any:
    match value:
        case str():
            for regex, replacement in replacements:
                value = regex.sub(replacement, value)
        case dict():
            for key in value:
                value[key] = _sanitised(value[key], replacements)
        case list():
            return [_sanitised(item, replacements) for item in value]
    return value

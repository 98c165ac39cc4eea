"""What the commands share: the app, how errors are told, and how a result is printed."""

import contextlib
import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console

from grader.engine.suite import read_file
from grader.errors import CannotDo
from grader.runner.overdue import HAS_THREADS
from grader.sandbox.launch import Choice

app = typer.Typer(
    help="Grade tests of asynchronous code: against correct implementations, and against mutants.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
errors = Console(stderr=True, highlight=False, soft_wrap=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Part = Annotated[str, typer.Argument(help="A part of the course, which is an assignment.")]
Sandbox = Annotated[
    Choice,
    typer.Option(help="Walls around learner code: where there are some, always, never."),
]


def fail(sentence: str) -> NoReturn:
    """End the command with one sentence."""
    errors.print(f"grader: {writable(sentence)}", markup=False)
    sys.exit(2)


def writable(text: str) -> str:
    """A name of a file may hold what no encoding can write."""
    return text.encode(errors="backslashreplace").decode()


def print_json(value: Any) -> None:
    """Print a value for another program."""
    print(writable(json.dumps(value, indent=2, ensure_ascii=False)))


def read(path: Path) -> str:
    """The text of a file of Python. Raises `CannotDo` for what is none."""
    try:
        return read_file(path)
    except (UnicodeDecodeError, SyntaxError):
        raise CannotDo(f"{path} is not text in UTF-8; name a Python file.") from None


@contextlib.contextmanager
def progress_bar(*, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """A bar with an estimate on standard error; what it yields is told how far things are.

    Where standard error is no terminal, a line now and then.
    """
    if not quiet and not errors.is_terminal:
        yield _lines()
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    with Progress(
        "{task.description}",
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=errors,
        transient=True,
        disable=quiet,
        auto_refresh=HAS_THREADS,
    ) as bar:
        task = bar.add_task("getting ready", total=None)
        yield lambda done, total: bar.update(
            task, description="grading suites", completed=done, total=total
        )


SECONDS_BETWEEN_LINES = 60
"""How often work tells where no bar can be drawn, such as in the log of a server."""


def _lines() -> Callable[[int, int], None]:
    """What writes a line now and then, and none about work that is soon done."""
    last = time.monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal last
        if (now := time.monotonic()) - last >= SECONDS_BETWEEN_LINES:
            last = now
            errors.print(f"grading suites: {done} of {total}")

    return tell

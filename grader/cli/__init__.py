"""`grader`, the command. Errors are one sentence and a non-zero exit."""

import sys

import typer

from grader.cli import classroom, course  # noqa: F401 - they hold the commands
from grader.cli.common import app, fail
from grader.errors import CannotDo, CourseError, WorkerLost


def main() -> None:
    """The console script."""
    # jsonschema would compile two grammars with it, for formats of links that nobody uses here
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # None forbids it
    try:
        status = app(standalone_mode=False)
    except (CannotDo, CourseError, WorkerLost) as error:
        fail(str(error))
    except typer.Abort:
        fail("Nothing was changed: answer with y, or say --yes.")
    except ModuleNotFoundError as error:
        fail(
            f"{error.name} is not installed: `make setup` does it, but not in a browser's tab, "
            "where a class cannot be graded."
        )
    except OSError as error:
        fail(f"{error.filename or 'the system'}: {error.strerror or error}.")
    except Exception as error:
        message = getattr(error, "format_message", None)  # of a wrong use of the command
        if message is None:
            raise
        if "\n" in message():  # without any argument it is the help
            sys.exit(message())
        help_of = getattr(getattr(error, "ctx", None), "command_path", "grader")
        fail(f"{message().rstrip('.')}; `{help_of} --help` shows an example.")
    if status == _INTERRUPTED:
        fail("Interrupted; nothing is lost, run the command again.")
    sys.exit(status)


_INTERRUPTED = 130  # typer's own, as the shell's

"""`grader`, the command. Errors are one sentence and a non-zero exit."""

import contextlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from grader.bank import exercises, named
from grader.course.verify import problems, promises_of
from grader.engine.evaluate import evaluate as evaluate_suite
from grader.engine.suite import read_file
from grader.errors import CannotDo, CourseError, WorkerLost
from grader.files import write
from grader.pages.panel import to_text
from grader.pages.view import headline
from grader.report import Report, to_json
from grader.sandbox.launch import Choice
from grader.sandbox.worker import Worker

app = typer.Typer(
    help="Grade tests of asynchronous code: against correct implementations, and against mutants.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
errors = Console(stderr=True, highlight=False, soft_wrap=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Sandbox = Annotated[
    Choice,
    typer.Option(help="Walls around learner code: where there are some, always, never."),
]


def main() -> None:
    """The console script."""
    # jsonschema would compile two grammars with it, for formats of links that nobody uses here
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # None forbids it
    try:
        status = app(standalone_mode=False)
    except (CannotDo, CourseError, WorkerLost) as error:
        _fail(str(error))
    except OSError as error:
        _fail(f"{error.filename or 'the system'}: {error.strerror or error}.")
    except Exception as error:
        message = getattr(error, "format_message", None)  # of a wrong use of the command
        if message is None:
            raise
        if "\n" in message():  # without any argument it is the help
            sys.exit(message())
        help_of = getattr(getattr(error, "ctx", None), "command_path", "grader")
        _fail(f"{message().rstrip('.')}; `{help_of} --help` shows an example.")
    if status == _INTERRUPTED:
        _fail("Interrupted; nothing is lost, run the command again.")
    sys.exit(status)


_INTERRUPTED = 130  # typer's own, as the shell's


def _fail(sentence: str) -> NoReturn:
    errors.print(f"grader: {_writable(sentence)}", markup=False)
    sys.exit(2)


def _writable(text: str) -> str:
    """A name of a file may hold what no encoding can write."""
    return text.encode(errors="backslashreplace").decode()


def _print_json(value: Any) -> None:
    print(_writable(json.dumps(value, indent=2, ensure_ascii=False)))


def _read(path: Path) -> str:
    try:
        return read_file(path)
    except (UnicodeDecodeError, SyntaxError):
        raise CannotDo(f"{path} is not text in UTF-8; name a Python file.") from None


@app.command("exercises", epilog="Example: grader exercises --json")
def list_exercises(as_json: AsJson = False) -> None:
    """List every exercise: id, lesson, points, and what its tests run against."""
    rows = [
        {
            "id": exercise.id,
            "lesson": exercise.lesson,
            "title": exercise.title,
            "points": exercise.points,
            "clock": exercise.clock,
            "alternatives": len(exercise.alternatives),
            "mutants": len(exercise.mutants),
            "probes": len(exercise.probes),
        }
        for exercise in exercises().values()
    ]
    if as_json:
        _print_json(rows)
        return
    table = Table("id", "lesson", "points", "clock", "alternatives", "mutants", "probes", box=None)
    for row in rows:
        number = str(row["lesson"]).partition("-")[0]
        shown = [row[name] for name in ("points", "clock", "alternatives", "mutants", "probes")]
        table.add_row(str(row["id"]), number, *map(str, shown))
    console = Console(width=max(90, Console().width))  # ids are there to be copied
    console.print(table)
    with contextlib.suppress(CourseError):  # outside the course there are no lessons to name
        console.print(_lessons())


def _lessons() -> Table:
    """Each lesson with the pattern that it teaches, and the section of the pattern document."""
    from grader.course.lessons import find_root, lessons

    table = Table("lesson", "title", "minutes", "pattern", "section", box=None, title="")
    for lesson in lessons(find_root(Path.cwd())):
        if lesson.pattern is not None:
            number = lesson.name.partition("-")[0]
            table.add_row(number, lesson.title, str(lesson.minutes), *lesson.pattern)
    return table


@app.command(epilog="Example: grader evaluate test_ids.py --exercise distinct-ids")
def evaluate(
    file: Annotated[Path, typer.Argument(help="A test file, or the text of a cell.")],
    exercise: Annotated[str, typer.Option(help="The exercise's id.")],
    as_json: AsJson = False,
    sandbox: Sandbox = "auto",
) -> None:
    """Grade one suite and print its report."""
    chosen, text = named(exercise), _read(file)
    with errors.status(f"{chosen.id} …") as status, Worker(sandbox=sandbox) as worker:
        report = evaluate_suite(
            text, chosen, worker, lambda what: status.update(f"{chosen.id}: {what} …")
        )
    if as_json:
        _print_json(to_json(report))
    else:
        print(to_text(report, chosen))


@app.command(epilog="Example: grader check notebooks/2-advanced/04-concurrent-operations.ipynb")
def check(
    files: Annotated[list[Path], typer.Argument(metavar="NOTEBOOK...", help="Your notebooks.")],
    as_json: AsJson = False,
) -> None:
    """Grade every exercise of your notebooks; exit 0 only at full marks."""
    from grader.learner import (
        checking,  # it takes a second to import, as everything of Jupyter does
    )

    answers = [one for path in files for one in checking.asked(path)]
    troubles = checking.troubles(answers)
    if len(troubles) == len(answers):
        raise CannotDo(checking.nothing_to_grade(troubles))
    reports: list[Report] = []
    with errors.status("warming up …") as status, Worker() as worker:
        for one in answers:
            status.update(f"{one.name} …")
            report = one.refused or evaluate_suite(one.suite, named(one.name), worker)
            reports.append(report)
    if as_json:
        _print_json([checking.to_json(*each) for each in zip(answers, reports, strict=True)])
    else:
        for one, report in zip(answers, reports, strict=True):
            if one.trouble is None:
                print(_writable(f"{one.notebook}: {headline(report)}"))
        total = sum(report.score for report in reports)
        print(f"{total:g} of {sum(report.points for report in reports)} points")
        for sentence in troubles:
            errors.print(f"grader: {_writable(sentence)}", markup=False)
    full = all(report.full for report in reports)
    raise typer.Exit(2 if troubles else 0 if full else 1)


@app.command(epilog="Example: grader build --check")
def build(
    only_check: Annotated[
        bool, typer.Option("--check", help="Change nothing, fail on a difference.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite notebooks that were changed by hand.")
    ] = False,
) -> None:
    """Build solutions/ and notebooks/ from lessons/."""
    from grader.course import build as course
    from grader.course.lessons import find_root

    root = find_root(Path.cwd())
    if only_check:
        different = course.check(root, say=print)
        if different:
            names = ", ".join(str(path.relative_to(root)) for path in different)
            raise CannotDo(f"a rebuild differs in {names}: run `grader build` and commit.")
        print("A rebuild is the same, byte for byte.")
        return
    changed = course.build(root, force=force, say=print)
    print(f"{len(changed)} {'file' if len(changed) == 1 else 'files'} changed.")


@app.command("release", epilog="Example: grader release 2-advanced")
def release(
    part: Annotated[str, typer.Argument(help="A part of the course, which is an assignment.")],
) -> None:
    """Write the learners' notebooks of a part, and enter the part in the gradebook."""
    from grader.classroom.gradebook import find_course
    from grader.classroom.release import release_part

    root = find_course(Path.cwd())
    for path in release_part(root, part):
        print(_writable(str(path.relative_to(root))))
    print(f"{part} is released: it is in the gradebook, and the notebooks are ready to hand out.")


@app.command(epilog="Example: grader report 2-advanced")
def report(
    part: Annotated[str, typer.Argument(help="A part of the course, which is an assignment.")],
    as_json: AsJson = False,
    as_csv: Annotated[
        bool, typer.Option("--csv", help="Print a row for each learner and exercise, as CSV.")
    ] = False,
    summary: Annotated[
        bool, typer.Option("--csv-summary", help="Print every other number of the page, as CSV.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option(help="Where the page goes; reports/PART.html by default.")
    ] = None,
) -> None:
    """Show an instructor how a graded class did: scores, mutants, clauses, identical suites."""
    if as_json + as_csv + summary + (output is not None) > 1:
        raise CannotDo("choose one of --json, --csv, --csv-summary and --output.")
    from grader.classroom import class_report, class_tables
    from grader.course.lessons import find_root

    root = find_root(Path.cwd())
    found = class_report.class_report(root, part)
    if as_json:
        print(json.dumps(class_tables.to_json(found), indent=2))
    elif as_csv or summary:
        text = class_tables.to_csv(found) if as_csv else class_tables.to_summary_csv(found)
        print(text, end="")
    else:
        path = output or root / "reports" / f"{part}.html"
        write(path, class_report.to_page(found).encode())
        print(f"Open {_writable(str(path))} in a browser.")


@app.command(epilog="Example: grader verify distinct-ids")
def verify(
    ids: Annotated[list[str] | None, typer.Argument(help="Some exercises; all by default.")] = None,
) -> None:
    """Prove that every exercise is fair, and show how long each of its lessons is."""
    from grader.course import notebooks
    from grader.course.lessons import find_root, lessons
    from grader.course.shape import shape

    root = find_root(Path.cwd())
    chosen = [named(name) for name in ids] if ids else list(exercises().values())
    count = 0
    with Worker() as worker:
        for exercise in chosen:
            solution = notebooks.solution(root, exercise.id)
            stub = notebooks.stub(root, exercise.id)
            found = list(problems(exercise, solution, stub, worker))
            count += len(found)
            print(f"{exercise.id}: {'proven' if not found else 'NOT proven'}")
            for line in (*promises_of(exercise), *found):
                print(f"  {line}")
    for lesson in lessons(root):
        if lesson.part and lesson.name in {e.lesson for e in chosen}:
            size = shape(lesson, root)
            count += len(size.problems())
            print(f"{lesson.name}: {size}")
            for problem in size.problems():
                print(f"  {problem}")
    version = ".".join(map(str, sys.version_info[:2]))
    if count:
        raise CannotDo(f"{count} things to mend, on Python {version}.")
    print(f"{len(chosen)} exercises are proven on Python {version}.")


@app.command(epilog="Example: grader doctor")
def doctor(as_json: AsJson = False) -> None:
    """Try each wall around learners' code on this machine, and say what to do; exit 0 with one."""
    from grader.sandbox import doctor as doctors

    found = list(doctors.findings())
    if as_json:
        _print_json([vars(finding) for finding in found])
    else:
        for finding in found:
            print(f"{finding.what}: {'works' if finding.works else 'fails'} ({finding.found})")
            if finding.advice is not None:
                print(f"  {finding.advice}")
        print(doctors.verdict())
    raise typer.Exit(0 if any(f.works for f in found if f.what != "Python") else 1)


@app.command(
    epilog="Example: grader grade 2-advanced, or with many machines: "
    "grader grade 2-advanced --cluster tcp://10.0.0.5:8786"
)
def grade(
    part: Annotated[str, typer.Argument(help="A part of the course, which is an assignment.")],
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Suites at the same time; as many as cores.")
    ] = None,
    origin: Annotated[
        Path | None,
        typer.Option("--from", help="A zip or folder that a learning platform has exported."),
    ] = None,
    sandbox: Annotated[
        Literal["on", "off"], typer.Option(help="Walls around learner code: always, never.")
    ] = "on",
    cluster: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Grade with the workers of this scheduler of dask; `local` starts some here.",
        ),
    ] = None,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV and nothing else.")] = False,
) -> None:
    """Grade what a class handed in: gradebook, feedback, and a summary."""
    if as_json and as_csv:
        raise CannotDo("--json and --csv exclude each other: choose one.")
    from grader.classroom import summary
    from grader.classroom.grade import grade as grade_class
    from grader.classroom.gradebook import find_course

    with _progress(quiet=as_json or as_csv) as progress:
        root = find_course(Path.cwd())
        found = grade_class(
            root,
            part,
            jobs=jobs,
            origin=origin,
            sandbox=sandbox,
            cluster=cluster,
            progress=progress,
        )
    if as_json:
        _print_json(summary.to_json(found))
    elif as_csv:
        print(_writable(summary.to_csv(found)), end="")
        for sentence in found.remarks:
            errors.print(f"grader: {_writable(sentence)}", markup=False)
    else:
        print(_writable(summary.to_text(found)))
    raise typer.Exit(0 if found.clean else 1)


@contextlib.contextmanager
def _progress(*, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """A bar with an estimate on standard error; what it yields is told how far things are."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    with Progress(
        "{task.description}",
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=errors,
        transient=True,
        disable=quiet,
    ) as bar:
        task = bar.add_task("getting ready", total=None)
        yield lambda done, total: bar.update(
            task, description="grading suites", completed=done, total=total
        )

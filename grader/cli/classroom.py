"""The commands of an instructor: a class from release to report."""

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from grader.cli.common import AsJson, Part, app, errors, print_json, progress_bar, writable
from grader.errors import CannotDo, CourseError
from grader.files import write


@app.command("release", epilog="Example: grader release 2-advanced")
def release(
    part: Part,
) -> None:
    """Write the learners' notebooks of a part, and enter the part in the gradebook."""
    from grader.classroom.gradebook import find_course
    from grader.classroom.release import release_part

    root = find_course(Path.cwd())
    for path in release_part(root, part):
        print(writable(str(path.relative_to(root))))
    print(f"{part} is released: it is in the gradebook, and the notebooks are ready to hand out.")


@app.command(
    epilog="Example: grader grade 2-advanced, or with many machines: "
    "grader grade 2-advanced --cluster tcp://10.0.0.5:8786"
)
def grade(
    part: Part,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Suites at the same time; as many as cores.")
    ] = None,
    origin: Annotated[
        Path | None,
        typer.Option("--from", help="A zip or folder that a learning platform has exported."),
    ] = None,
    replacing: Annotated[
        Literal["newer", "all", "none"],
        typer.Option("--replace", help="What an export replaces of what was handed in before."),
    ] = "newer",
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
    bank: Annotated[
        Path | None, typer.Option(help="A folder with private mutants and alternatives.")
    ] = None,
    private_weight: Annotated[
        float | None, typer.Option(min=0, max=1, help="Their share of the mark; none by default.")
    ] = None,
    private_feedback: Annotated[
        bool | None, typer.Option(help="Show learners how many private mutants they killed.")
    ] = None,
    comparing: Annotated[
        bool, typer.Option("--compare", help="Only tell whose grade would change, and why.")
    ] = False,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV and nothing else.")] = False,
) -> None:
    """Grade what a class handed in: gradebook, feedback, and a summary."""
    if as_json and as_csv:
        raise CannotDo("--json and --csv exclude each other: choose one.")
    if comparing:
        if origin or cluster or as_csv:
            raise CannotDo("--compare goes with --jobs, --sandbox and --json alone.")
        _compare(part, jobs, sandbox, as_json=as_json)
        return
    from grader.classroom import summary
    from grader.classroom.grade import grade as grade_class
    from grader.classroom.gradebook import find_course

    with progress_bar(quiet=as_json or as_csv) as progress:
        root = find_course(Path.cwd())
        found = grade_class(
            root,
            part,
            jobs=jobs,
            origin=origin,
            replacing=replacing,
            sandbox=sandbox,
            cluster=cluster,
            bank=bank,
            private_weight=private_weight,
            private_feedback=private_feedback,
            progress=progress,
        )
    if as_json:
        print_json(summary.to_json(found))
    elif as_csv:
        print(writable(summary.to_csv(found)), end="")
        for sentence in found.remarks:
            errors.print(f"grader: {writable(sentence)}", markup=False)
    else:
        print(writable(summary.to_text(found)))
    raise typer.Exit(0 if found.clean else 1)


def _compare(part: str, jobs: int | None, sandbox: Literal["on", "off"], *, as_json: bool) -> None:
    from grader.classroom.compare import compare
    from grader.classroom.grade import alone
    from grader.classroom.gradebook import find_course

    root = find_course(Path.cwd())
    with progress_bar(quiet=as_json) as progress, alone(root):
        changes, count = compare(root, part, jobs=jobs, sandbox=sandbox, progress=progress)
    if as_json:
        print_json([vars(change) for change in changes])
        return
    for one in changes:
        points = f"{one.before:g} → {one.after:g}"
        print(writable(f"{one.learner}, {one.exercise}: {points}: {one.why}"))
    what = "answer" if count == 1 else "answers"
    print(f"{len(changes)} of {count} {what} would be graded otherwise; nothing was changed.")


@app.command(epilog="Example: grader report 2-advanced, or for all parts: grader report --all")
def report(
    part: Annotated[
        str | None, typer.Argument(help="A part of the course, which is an assignment.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="All parts together, and who has not begun.")
    ] = False,
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
    if (part is None) != everything:
        raise CannotDo("name one part, or say --all.")
    if part is None:
        _report_on_all(output, as_json=as_json, tables=as_csv or summary)
        return
    from grader.classroom import class_report, class_tables

    root = _root()
    found = class_report.class_report(root, part)
    if as_json:
        print(json.dumps(class_tables.to_json(found), indent=2))
    elif as_csv or summary:
        text = class_tables.to_csv(found) if as_csv else class_tables.to_summary_csv(found)
        print(text, end="")
    else:
        _page(output or root / "reports" / f"{part}.html", class_report.to_page(found))


def _root() -> Path:
    """The course of an instructor, or a checkout of it."""
    from grader.classroom.gradebook import find_course
    from grader.course.lessons import find_root

    try:
        return find_course(Path.cwd())
    except CourseError:
        return find_root(Path.cwd())


def _report_on_all(output: Path | None, *, as_json: bool, tables: bool) -> None:
    from grader.classroom import overview
    from grader.classroom.gradebook import find_course

    if tables:
        raise CannotDo("--all has no CSV: take `nbgrader export`, or --json.")
    root = find_course(Path.cwd())
    found = overview.overview(root)
    if as_json:
        print_json(overview.to_json(found))
    else:
        _page(output or root / "reports" / "all.html", overview.to_page(found))


def _page(path: Path, page: str) -> None:
    write(path, page.encode())
    print(f"Open {writable(str(path))} in a browser.")


@app.command(epilog="Example: grader likeness 2-advanced --keep autumn.json")
def likeness(
    part: Part,
    earlier: Annotated[
        list[Path] | None, typer.Option(help="Fingerprints of an earlier term; may be repeated.")
    ] = None,
    keep: Annotated[
        Path | None, typer.Option(help="Write this class's fingerprints here, for later terms.")
    ] = None,
    as_json: AsJson = False,
    output: Annotated[
        Path | None, typer.Option(help="The page; reports/PART-likeness.html by default.")
    ] = None,
) -> None:
    """Show which suites are alike though names, order and layout differ, two beside each other."""
    if as_json and output is not None:
        raise CannotDo("--json and --output exclude each other: choose one.")
    from grader.classroom import alike

    root = _root()
    found = alike.alike_in(root, part, earlier or ())
    if keep is not None:
        write(keep, alike.kept(root, part).encode())
    if as_json:
        print_json(alike.to_json(found))
    else:
        path = output or root / "reports" / f"{part}-likeness.html"
        _page(path, alike.to_page(part, found))


@app.command("return", epilog="Example: grader return 2-advanced --for moodle")
def give_back(
    part: Part,
    platform: Annotated[
        Literal["moodle", "canvas", "folder"],
        typer.Option("--for", help="Who takes the pages and the grades."),
    ],
    only_changed: Annotated[
        bool, typer.Option("--changed", help="Only who has another page than last time.")
    ] = False,
) -> None:
    """Make the zip of feedback pages and the file of grades that a learning platform takes."""
    from grader.classroom.grade import alone
    from grader.classroom.gradebook import find_course
    from grader.classroom.returned import give_back as give

    root = find_course(Path.cwd())
    with alone(root):
        made = give(root, part, platform, only_changed=only_changed)
    for sentence in (*made.changes, *made.left_out):
        print(writable(sentence))
    pages, grades = (path.relative_to(root) for path in (made.pages, made.grades))
    what = "page" if made.count == 1 else "pages"
    print(writable(f"{made.count} {what} in {pages}, the grades in {grades}."))
    raise typer.Exit(1 if made.left_out else 0)


@app.command(epilog="Example: grader forget ada --yes")
def forget(
    learner: Annotated[str, typer.Argument(help="The learner's folder in submitted/.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Take a learner out of the course: gradebook, submissions, feedback, everything."""
    from grader.classroom import upkeep
    from grader.classroom.grade import alone
    from grader.classroom.gradebook import find_course

    root = find_course(Path.cwd())
    found = upkeep.traces(root, learner)
    for place in found:
        print(writable(place))
    if found and not yes and not typer.confirm("Delete all of that? It cannot be undone"):
        raise typer.Exit(1)
    with alone(root):
        upkeep.forget_learner(root, learner)
    print(writable(f"{learner} is forgotten. A line in roster.csv is yours to delete."))


@app.command(epilog="Example: grader backup before-the-update.zip")
def backup(
    file: Annotated[Path | None, typer.Argument(help="The zip; named by the time if none.")] = None,
) -> None:
    """Copy gradebook, submissions, feedback and roster into a zip."""
    from grader.classroom import upkeep
    from grader.classroom.grade import alone
    from grader.classroom.gradebook import Course, find_course

    root = find_course(Path.cwd())
    with alone(root):
        path = upkeep.backup(root, file)
    print(writable(f"{path} holds everything that cannot be made again."))
    if Course(root).gradebook_file is None:
        print("The gradebook is on a server: copy it with `pg_dump`.")

"""The commands of learners and authors: exercises, suites, notebooks, the course itself."""

import contextlib
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from grader.bank import exercises, named
from grader.cli.common import AsJson, Sandbox, app, errors, print_json, read, writable
from grader.course.verify import problems, promises_of
from grader.engine.evaluate import evaluate as evaluate_suite
from grader.errors import CannotDo, CourseError
from grader.files import write
from grader.pages.panel import to_text
from grader.pages.view import headline
from grader.report import Report, to_json
from grader.sandbox.workers import new_worker


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
        print_json(rows)
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
    chosen, text = named(exercise), read(file)
    with errors.status(f"{chosen.id} …") as status, new_worker(sandbox=sandbox) as worker:
        report = evaluate_suite(
            text, chosen, worker, lambda what: status.update(f"{chosen.id}: {what} …")
        )
    if as_json:
        print_json(to_json(report))
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
    from grader.learner.progress import Progress

    answers = [one for path in files for one in checking.asked(path)]
    troubles = checking.troubles(answers)
    if len(troubles) == len(answers):
        raise CannotDo(checking.nothing_to_grade(troubles))
    reports: list[Report] = []
    with errors.status("warming up …") as status, new_worker() as worker:
        for one in answers:
            status.update(f"{one.name} …")
            report = one.refused or evaluate_suite(one.suite, named(one.name), worker)
            reports.append(report)
            with contextlib.suppress(OSError):  # the check is what was asked for
                Progress(one.notebook.parent).note(report)
    if as_json:
        print_json([checking.to_json(*each) for each in zip(answers, reports, strict=True)])
    else:
        for one, report in zip(answers, reports, strict=True):
            if one.trouble is None:
                print(writable(f"{one.notebook}: {headline(report)}"))
        total = sum(report.score for report in reports)
        print(f"{total:g} of {sum(report.points for report in reports)} points")
        for sentence in troubles:
            errors.print(f"grader: {writable(sentence)}", markup=False)
    full = all(report.full for report in reports)
    raise typer.Exit(2 if troubles else 0 if full else 1)


@app.command(epilog="Example: grader progress --json")
def progress(
    as_json: AsJson = False,
    reset: Annotated[bool, typer.Option("--reset", help="Forget all scores.")] = False,
) -> None:
    """Show your own progress: scores, minutes left, and what to do next."""
    from grader.learner.progress import Progress

    mine = Progress(Path.cwd())
    if reset:
        mine.reset()
    found = mine.map()
    if as_json:
        print_json(found.to_json())
    else:
        print(found)


@app.command(epilog="Example: grader update async-testing-patterns-main.zip")
def update(
    source: Annotated[
        Path | None, typer.Argument(help="The new version's zip or folder; `git pull` if none.")
    ] = None,
) -> None:
    """Take a newer version of the course, and keep every answer of yours."""
    from grader.course.notebooks import PACKED
    from grader.learner.update import update as take

    done = take(Path.cwd(), source)
    for sentence in done.sentences:
        print(writable(sentence))
    answers = "1 answer is" if done.in_place == 1 else f"{done.in_place} answers are"
    again = "" if PACKED.is_dir() else " Run `make setup` once more."
    print(f"The course is up to date; {answers} in place.{again}")
    print("Reload the notebooks that are open: where JupyterLab says File Changed, choose Revert.")
    print(writable(f"All notebooks as they were, and what was replaced: {done.copy}"))


@app.command(epilog="Example: grader reset distinct-ids")
def reset(
    exercise: Annotated[str, typer.Argument(help="The exercise's id.")],
) -> None:
    """Give an exercise back as it was released, and keep your old answer beside it."""
    from grader.learner.work import reset as clean

    path, kept = clean(Path.cwd(), exercise)
    if kept is not None:
        print(writable(f"Your answer is kept in {kept}."))
    print(writable(f"{exercise} is as it was released: reload {path} where it is open."))


@app.command(epilog="Example: grader pack 2-advanced --name alovelace")
def pack(
    part: Annotated[
        str | None, typer.Argument(help="A part of the course; everything by default.")
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="Your name in the course; your login by default.")
    ] = None,
    output: Annotated[Path | None, typer.Option(help="Where the zip goes.")] = None,
) -> None:
    """Make a zip of your answers, to keep, or to hand in."""
    from grader.learner.work import pack as make

    path, count = make(Path.cwd(), part, name, output)
    answers = "1 answer" if count == 1 else f"{count} answers"
    print(writable(f"{path} holds {answers}."))


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


@app.command(epilog="Example: grader verify distinct-ids, or: grader verify --bank private")
def verify(
    ids: Annotated[list[str] | None, typer.Argument(help="Some exercises; all by default.")] = None,
    bank: Annotated[
        Path | None, typer.Option(help="Prove a private bank instead of the course's.")
    ] = None,
) -> None:
    """Prove that every exercise is fair, and show how long each of its lessons is."""
    from grader.course import notebooks
    from grader.course.lessons import find_root, lessons
    from grader.course.shape import shape

    root = find_root(Path.cwd())
    chosen = [named(name) for name in ids] if ids else list(exercises().values())
    if bank is not None:
        _verify_private(root, bank, {exercise.id for exercise in chosen})
        return
    count = 0
    with new_worker() as worker:
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


def _verify_private(root: Path, folder: Path, chosen: set[str]) -> None:
    from grader.course import notebooks
    from grader.course.private import PrivateBank, private_problems

    bank = PrivateBank(folder)
    count = 0
    with new_worker() as worker:
        for name, exercise in bank.exercises.items():
            if name not in chosen:
                continue
            found = list(private_problems(bank, name, notebooks.solution(root, name), worker))
            count += len(found)
            print(f"{name}: {'proven' if not found else 'NOT proven'}")
            for line in (*(f"{one.clause} {one.name}" for one in exercise.mutants), *found):
                print(f"  {line}")
    if count:
        raise CannotDo(f"{count} things to mend in {folder}.")
    print(f"The private bank in {folder} is proven.")


new = typer.Typer(help="Begin something new.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(new, name="new", epilog="Example: grader new mutant retry --bank private")


@new.command(epilog="Example: grader new mutant retry --bank private")
def mutant(
    exercise: Annotated[str, typer.Argument(help="The exercise's id.")],
    bank: Annotated[Path, typer.Option(help="The folder of your private bank.")],
) -> None:
    """Begin a file of private mutants: the contract, and a copy of what is to be broken."""
    from grader.course.private import skeleton

    path = bank / f"{named(exercise).id.replace('-', '_')}.py"
    if path.exists():
        raise CannotDo(f"{path} is there already: add a mutant to it.")
    write(path, skeleton(exercise).encode())
    print(f"Break one thing in {path}, then run `grader verify --bank {bank}`.")


@app.command(epilog="Example: grader doctor")
def doctor(as_json: AsJson = False) -> None:
    """Try each wall around learners' code on this machine, and say what to do; exit 0 with one."""
    from grader.sandbox import doctor as doctors

    found = list(doctors.findings())
    if as_json:
        print_json([vars(finding) for finding in found])
    else:
        for finding in found:
            print(f"{finding.what}: {'works' if finding.works else 'fails'} ({finding.found})")
            if finding.advice is not None:
                print(f"  {finding.advice}")
        print(doctors.verdict())
    raise typer.Exit(0 if any(f.works for f in found if f.what != "Python") else 1)

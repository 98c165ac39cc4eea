"""What a learner has written: found in notebooks, packed to be handed in, given back clean."""

import getpass
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from grader.bank import exercises, named
from grader.course.build import as_text
from grader.course.cells import Found, find_answers, is_answered
from grader.course.notebooks import PACKED, originals_near, read_notebook, released_cells
from grader.errors import CourseError
from grader.files import write, zipped
from grader.learner.progress import notebooks_near


@dataclass(frozen=True)
class Work:
    """A lesson's notebook, and the answers in it that somebody has worked on."""

    path: Path
    answers: dict[str, Found]


def notebooks_of_course(place: Path) -> Path:
    """The folder of the learner's notebooks. Raises `CourseError` where there is none."""
    home = notebooks_near(place)
    if home is None:
        raise CourseError(f"{place} lies in no course: change to the folder that holds notebooks/.")
    return home


def notebooks_in(home: Path) -> Iterator[Path]:
    """The notebooks of a folder, and of the folders in it; copies in hidden ones are none."""
    for path in sorted(home.rglob("*.ipynb")):
        if not any(part.startswith(".") for part in path.relative_to(home).parts):
            yield path


def work_in(home: Path) -> Iterator[Work]:
    """The lessons' notebooks in a folder with the answers in them; what is none is left out."""
    names = {exercise.lesson for exercise in exercises().values()}
    for path in notebooks_in(home):
        if path.stem not in names:
            continue
        try:
            nb = read_notebook(path)
        except CourseError:
            continue
        given = originals_near(path)
        found = {
            name: one
            for name, one in find_answers(nb, given).items()
            if is_answered(name, one, given)
        }
        yield Work(path, found)


# ------------------------------------------------------------------ grader pack


def pack(place: Path, part: str | None, name: str | None, file: Path | None) -> tuple[Path, int]:
    """Make the zip that an instructor's `grader grade --from` reads: its path, the answers in it.

    It holds the notebooks without their outputs. Raises `CourseError` where there is nothing to
    pack, for a notebook of a lesson that cannot be read, and for a name that is no folder's.
    """
    home = notebooks_of_course(place)
    names = {exercise.lesson for exercise in exercises().values()}
    for path in notebooks_in(home):
        if path.stem in names and part in (None, path.parent.relative_to(home).as_posix()):
            read_notebook(path)  # or an answer would be missing, and nobody would know
    if name is None and PACKED.is_dir():
        raise CourseError("your browser does not know your name: give it with --name.")
    try:
        who = name or getpass.getuser()
    except (KeyError, OSError):  # a container knows the number of its user alone
        raise CourseError("this machine does not know your name: give it with --name.") from None
    if not who.strip() or any(one in who for one in '/\\:*?"<>|') or who.startswith("."):
        raise CourseError(f"{who!r} is no name for a folder: give another one with --name.")
    files: dict[str, bytes] = {}
    count = 0
    for work in work_in(home):
        folder = work.path.parent.relative_to(home).as_posix()
        if work.answers and (part is None or folder == part):
            text = as_text(_without_outputs(read_notebook(work.path)))
            name = f"{who}/{folder}/{work.path.name}".replace("/./", "/")
            files[name] = text.encode(errors="backslashreplace")  # JSON writes halves so, too
            count += len(work.answers)
    if not files:
        where = f"in {part} " if part else ""
        raise CourseError(f"nothing is answered {where}yet: there is nothing to pack.")
    beside = home if PACKED.is_dir() else home.parent  # a tab's storage ends at the notebooks
    path = file or beside / f"{part or 'work'}-{who}.zip"
    write(path, zipped(files))
    return path, count


def _without_outputs(nb: NotebookNode) -> NotebookNode:
    for cell in nb.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return nb


# ------------------------------------------------------------------ grader reset


def reset(place: Path, exercise_id: str) -> tuple[Path, Path | None]:
    """Give an exercise back as it was released; the notebook, and where the old answer is kept.

    Raises `CourseError` where the notebook is not there, or its answer cell cannot be told.
    """
    exercise = named(exercise_id)
    home = notebooks_of_course(place)
    path = next((one for one in notebooks_in(home) if one.stem == exercise.lesson), None)
    if path is None:
        raise CourseError(f"{exercise.lesson}.ipynb is missing: `grader update` brings it back.")
    nb = read_notebook(path)
    released = released_cells(exercise.lesson, path, Path(__file__)) or []
    fresh = next((cell.source for cell in released if cell.id == exercise_id), None)
    cells = [cell for cell in nb.cells if cell.get("id") == exercise_id]
    if len(cells) != 1 or fresh is None:
        raise CourseError(
            f"{path.name} has no cell of {exercise_id} that can be told: copy your answer, delete "
            "the notebook, and run `grader update`."
        )
    kept = None
    if cells[0].source.strip() not in ("", fresh.strip()):
        kept = keep(path.parent, exercise_id, cells[0].source)
    cells[0].source = fresh
    cells[0].outputs, cells[0].execution_count = [], None
    write(path, as_text(nb).encode(errors="backslashreplace"))
    return path, kept


def keep(folder: Path, exercise_id: str, answer: str) -> Path:
    """Write an answer beside its notebook, under a name that is free; return its path."""
    text = answer if answer.endswith("\n") else f"{answer}\n"
    for number in range(1, 10_000):
        path = folder / f"{exercise_id}.kept-{number}.txt"
        if path.exists():
            if path.read_text(encoding="utf-8", errors="replace") == text:
                return path
            continue
        write(path, text.encode(errors="surrogatepass"))
        return path
    raise CourseError(f"{folder} holds thousands of kept answers: delete some.")

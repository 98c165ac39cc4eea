"""Releases a part to learners: their notebooks, and the part in the gradebook."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from nbformat import NotebookNode

from grader.classroom.gradebook import Book, Course
from grader.classroom.intake import read_answers
from grader.course.build import as_text
from grader.course.cells import is_answered, originals
from grader.course.notebooks import release, stamp
from grader.errors import CourseError, Refused
from grader.files import write


def release_part(root: Path, part: str) -> list[Path]:
    """Write the learners' notebooks of a part, and enter it in the gradebook; return the paths.

    Raises `CourseError` for a part that is none, and where a notebook that would be overwritten
    holds an answer, or cannot be read.
    """
    course = Course(root)
    released = {lesson: release(nb) for lesson, nb in course.notebooks(part).items()}
    folder = course.release / part
    if found := list(_answers(folder, released)):
        raise CourseError(
            f"{' and '.join(found)}: move that away, or learners would get it, or lose it."
        )
    with Book(course, part, released):
        pass
    paths = []
    for lesson, nb in released.items():
        paths.append(folder / f"{lesson}.ipynb")
        write(paths[-1], as_text(stamp(nb, lesson)).encode())
    return paths


def _answers(folder: Path, released: Mapping[str, NotebookNode]) -> Iterator[str]:
    """What stands in the place of the release and is none, a phrase for each notebook."""
    given = originals(lambda name: released[name].cells if name in released else None)
    for lesson in released:
        path = folder / f"{lesson}.ipynb"
        if not path.exists():
            continue
        try:
            answers = read_answers(path.read_bytes(), given)
        except (Refused, OSError) as error:
            yield f"{folder.name}/{path.name} is no notebook ({error})"
            continue
        mine = [name for name, found in answers.items() if is_answered(name, found, given)]
        if mine:
            yield f"{folder.name}/{path.name} holds an answer to {', '.join(mine)}"

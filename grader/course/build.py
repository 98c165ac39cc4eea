"""Builds the course: lessons/ → solutions/ (solved, run) → notebooks/ (what a learner opens).

A build gives the same bytes on every machine and every Python, so that its result can be
committed, and a difference means that somebody has changed something.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from grader.course.lessons import Lesson, lesson_notebook, lessons
from grader.course.notebooks import fingerprint, read_notebook, release, stamp
from grader.course.running import run_lessons
from grader.errors import CourseError
from grader.files import only_one, write


def build(
    root: Path, *, force: bool = False, say: Callable[[str], None] = lambda what: None
) -> list[Path]:
    """Build every lesson of the course; the paths of what was written or removed.

    Raises `CourseError` for a lesson that does not run or is not solved, and, unless `force`, for
    a notebook that somebody has changed since it was built.
    """
    with only_one("grader build", root / "lessons"):
        written = _written(root)
        if not force:
            _refuse_to_overwrite(root, written)
        changes = _changes(root, written, say)
        for path, text in changes.items():
            if text is None:
                path.unlink()
                with contextlib.suppress(OSError):  # other things lie there
                    path.parent.rmdir()
            else:
                write(path, text.encode())
        return sorted(changes)


def check(root: Path, *, say: Callable[[str], None] = lambda what: None) -> list[Path]:
    """Build without writing; the paths of what `build` would change. Raises as `build` does."""
    return sorted(_changes(root, _written(root), say))


# ------------------------------------------------------------------ what to write


def _written(root: Path) -> dict[Lesson, NotebookNode]:
    """Every lesson as a notebook that has not been run."""
    return {lesson: lesson_notebook(lesson, root) for lesson in lessons(root)}


def _changes(
    root: Path, written: dict[Lesson, NotebookNode], say: Callable[[str], None]
) -> dict[Path, str | None]:
    """The notebooks that differ from what the lessons make, with their texts; None: remove it."""
    built: dict[Path, str] = {}
    for lesson, nb in asyncio.run(run_lessons(root, written, say)).items():
        built[root / "solutions" / lesson.notebook] = as_text(stamp(nb, lesson.name))
        built[root / "notebooks" / lesson.notebook] = as_text(stamp(release(nb), lesson.name))
    changes: dict[Path, str | None] = {
        path: text for path, text in built.items() if _text_of(path) != text
    }
    return changes | dict.fromkeys(_left_over(root, set(built)))


def _refuse_to_overwrite(root: Path, written: dict[Lesson, NotebookNode]) -> None:
    changed = []
    for lesson, nb in written.items():
        for folder, new in (("solutions", nb), ("notebooks", release(nb))):
            path = root / folder / lesson.notebook
            if path.exists() and _is_changed(path) and not _has_the_same_cells(path, new):
                changed.append(path.relative_to(root).as_posix())
    if changed:
        has, it = ("have", "them") if len(changed) > 1 else ("has", "it")
        raise CourseError(
            f"{', '.join(changed)} {has} been changed since the last build: "
            f"copy what you need, then build with --force to overwrite {it}."
        )


def _is_changed(path: Path) -> bool:
    """Whether somebody has changed what was built, or it was not built at all."""
    try:
        nb = read_notebook(path)
        return bool(nb.metadata["grader"]["built"] != fingerprint(nb))
    except (CourseError, AttributeError, KeyError, TypeError):
        return True


def _has_the_same_cells(path: Path, nb: NotebookNode) -> bool:
    try:
        return fingerprint(read_notebook(path)) == fingerprint(nb)
    except (CourseError, AttributeError):
        return False


def _left_over(root: Path, built: set[Path]) -> Iterator[Path]:
    """Notebooks whose lesson is gone, as they were built. What a learner has added is theirs."""
    for folder in (root / "solutions", root / "notebooks"):
        for path in sorted([*folder.glob("*.ipynb"), *folder.glob("*/*.ipynb")]):
            if path not in built and not _is_changed(path) and _lesson_of(path) == path.stem:
                yield path


def _lesson_of(path: Path) -> str:
    return str(read_notebook(path).metadata["grader"].get("lesson"))


def _text_of(path: Path) -> str | None:
    try:
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError):
        return None


def as_text(nb: NotebookNode) -> str:
    """A notebook as it is written, the same every time."""
    text: str = nbformat.writes(nb, version=4)  # sorted keys, one space a level
    return f"{text}\n"

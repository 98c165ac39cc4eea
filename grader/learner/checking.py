"""What `grader check` grades in a notebook, and what it cannot grade there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader import report
from grader.bank import named
from grader.course.cells import find_answers, missing
from grader.course.notebooks import expected, originals_near, read_notebook
from grader.errors import CourseError
from grader.pages.render import visible
from grader.report import Report

EMPTY = "holds no exercise: name a lesson's notebook."


@dataclass(frozen=True)
class Asked:
    """An answer that is to be graded, or the report that says why it is not.

    With a `trouble` it is no exercise of the course: a notebook that cannot be read or that holds
    none, or an id that nobody knows. That sentence names the file.
    """

    notebook: Path
    name: str
    suite: str = ""
    refused: Report | None = None
    trouble: str | None = None


def asked(path: Path) -> Iterator[Asked]:
    """Every answer of a notebook in its order, then those that its lesson asks for and it lacks.

    Nothing is raised for what a learner wrote or named, so that the next notebook has its turn.
    """
    try:
        nb = read_notebook(path)
        found = find_answers(nb, originals_near(path, Path.cwd()))
        names = dict.fromkeys([*found, *expected(nb, path)])
    except CourseError as error:
        yield _trouble(path, "", str(error))
        return
    if not names:
        yield _trouble(path, "", f"{path} {EMPTY}")
    for name in names:
        problem = found[name].problem if name in found else missing(name)
        try:
            points = named(name).points
        except CourseError as error:
            yield _trouble(path, name, f"{path}: {visible(str(error))}")
            continue
        if problem is None:
            yield Asked(path, name, found[name].suite)
        else:
            yield Asked(path, name, refused=Report(name, "rejected", problem, points))


def troubles(answers: Sequence[Asked]) -> list[str]:
    """What is wrong with notebooks and names, a sentence for each."""
    return [one.trouble for one in answers if one.trouble is not None]


def nothing_to_grade(troubles: Sequence[str]) -> str:
    """What to say where they are all that there is."""
    if all(sentence.endswith(EMPTY) for sentence in troubles):
        return "there is no exercise in these notebooks; name a lesson's notebook."
    return " ".join(troubles)


def to_json(one: Asked, found: Report) -> dict[str, Any]:
    """A report with its notebook; `exercise` is null where the notebook cannot be read."""
    return {"notebook": str(one.notebook), **report.to_json(found), "exercise": one.name or None}


def _trouble(path: Path, name: str, sentence: str) -> Asked:
    return Asked(path, name, refused=Report(name, "rejected", sentence, 0), trouble=sentence)

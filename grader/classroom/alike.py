"""Which suites of a class are alike: as a page with two beside each other, and as fingerprints.

Fingerprints of a term are kept in a file, without a word of anybody's suite, to be compared with in
a later term.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.bank import exercises
from grader.classroom.answers import graded_of, learners_of
from grader.classroom.class_report import shown_code, solutions_of
from grader.classroom.likeness import PUBLISHED, Pair, Prints, alike, fingerprints, ordinary
from grader.errors import CourseError
from grader.pages.render import render

VERSION = 1
"""Of the file of fingerprints: another one is made another way."""


@dataclass(frozen=True)
class Alike:
    """The pairs of one exercise, and the suites that can be shown, by learner."""

    id: str
    title: str
    pairs: tuple[Pair, ...]
    suites: Mapping[str, str]


def alike_in(root: Path, part: str, earlier: Iterable[Path] = ()) -> list[Alike]:
    """The suites of a part that are alike, by exercise.

    Compared within the class, with the published solutions, and with earlier terms. Raises
    `CourseError` where nobody is graded, and for a file that holds no fingerprints.
    """
    solutions, shown = solutions_of(root, part), shown_code(root, part)
    suites = _suites(root, part)
    terms = [(path, _read(path)) for path in earlier]
    found = []
    for name, solution in solutions.items():
        mine = suites.get(name, {})
        own = {learner: fingerprints(suite) for learner, suite in mine.items()}
        others: dict[str, Prints] = {PUBLISHED: fingerprints(solution)}
        for path, term in terms:
            for learner, values in term.get(name, {}).items():
                others[f"{learner} ({path.stem})"] = dict.fromkeys(values, ())
        pairs = alike(own, others, ordinary(own.values(), shown))
        texts = {**mine, PUBLISHED: solution}
        found.append(Alike(name, exercises()[name].title, tuple(pairs), texts))
    return found


def kept(root: Path, part: str) -> str:
    """The fingerprints of a class, as the text of a file for later terms."""
    prints = {
        name: {learner: sorted(fingerprints(suite)) for learner, suite in sorted(mine.items())}
        for name, mine in sorted(_suites(root, part).items())
    }
    return json.dumps({"fingerprints": VERSION, "part": part, "exercises": prints}) + "\n"


def _suites(root: Path, part: str) -> dict[str, dict[str, str]]:
    """What learners have written, by exercise and by learner."""
    found: dict[str, dict[str, str]] = {}
    learners = learners_of(root, part, "autograded")
    for learner in learners:
        for graded in graded_of(root, learner, part):
            for answer in graded.answers:
                if answer.status != "not-attempted" and answer.suite.strip():
                    found.setdefault(answer.exercise_id, {})[learner] = answer.suite
    if not learners:
        raise CourseError(f"Nobody is graded in {part}: run `grader grade {part}` first.")
    return found


def _read(path: Path) -> dict[str, dict[str, list[int]]]:
    try:
        whole = json.loads(path.read_bytes())
        if whole["fingerprints"] != VERSION:
            raise ValueError
        return {
            name: {learner: [int(one) for one in values] for learner, values in learners.items()}
            for name, learners in whole["exercises"].items()
        }
    except OSError as error:
        raise CourseError(f"{path} cannot be read ({error.strerror}): check its name.") from None
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise CourseError(
            f"{path} holds no fingerprints: name a file that `grader likeness --keep` has written."
        ) from None


def to_page(part: str, found: list[Alike]) -> str:
    """One page that stands alone, runs nothing and loads nothing."""
    return render("likeness.html", part=part, exercises=found)


def to_json(found: list[Alike]) -> list[dict[str, Any]]:
    """The pairs for other programs."""
    return [{"exercise": one.id, **vars(pair)} for one in found for pair in one.pairs]

"""Replaces the directives of a lesson by texts of the bank, so that nothing is written twice.

A line of its own in a markdown cell, outside of a code block:

- `{contract ID}`: the numbered clauses, and the points;
- `{worked ID}`: the mutant that the lesson shows, with its diff;
- `{hint ID}`: the hint, folded;
- `{map}`: the table of the lessons;
- `{rules}`: what the static rules refuse.

Within a line: `{mutants ID}`, how many mutants there are.
"""

import re
from collections.abc import Callable, Mapping

from grader.engine.rules import rules_as_text
from grader.errors import DirectiveError
from grader.exercise import Exercise

_DIRECTIVE = re.compile(r"\{([a-z]+)(?: +([^\s{}]+))?\}")
_COUNT = re.compile(r"\{mutants +([^\s{}]+)\}")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")


def expand(markdown: str, exercises: Mapping[str, Exercise], course_map: Callable[[], str]) -> str:
    """Replace every directive. Raises `DirectiveError` for one that nobody knows."""
    lines: list[str] = []
    fence = ""
    for line in markdown.split("\n"):
        if marker := _FENCE.match(line):
            if not fence:
                fence = marker[1]
            elif marker[1].startswith(fence):
                fence = ""
        directive = None if fence else _DIRECTIVE.fullmatch(line.strip())
        if directive and directive[1] != "mutants":
            line = _text(directive, exercises, course_map)
        elif not fence:
            line = _COUNT.sub(
                lambda found: str(len(_named(found[1], found[0], exercises).mutants)), line
            )
        lines.append(line)
    return "\n".join(lines)


def _text(
    directive: re.Match[str], exercises: Mapping[str, Exercise], course_map: Callable[[], str]
) -> str:
    whole, name, exercise_id = directive[0], directive[1], directive[2]
    if name == "map" and exercise_id is None:
        return course_map()
    if name == "rules" and exercise_id is None:
        return rules_as_text()
    write = _WRITERS.get(name)
    if write is None:
        known = ", ".join([*(f"{{{writer} ID}}" for writer in _WRITERS), "{map}", "{rules}"])
        raise DirectiveError(f"`{whole}` is no directive: there are {known}")
    return write(_named(exercise_id, whole, exercises))


def _named(exercise_id: str, whole: str, exercises: Mapping[str, Exercise]) -> Exercise:
    """The exercise that a directive names."""
    exercise = exercises.get(exercise_id)
    if exercise is None:
        known = ", ".join(exercises) or "nothing"
        raise DirectiveError(f"`{whole}` names no exercise of the bank, which holds {known}")
    return exercise


def _contract(exercise: Exercise) -> str:
    clauses = [f"{number}. {clause}" for number, clause in enumerate(exercise.contract, start=1)]
    points = "1 point." if exercise.points == 1 else f"{exercise.points} points."
    return "\n".join([*clauses, "", points])


def _worked(exercise: Exercise) -> str:
    for variant in exercise.mutants:
        if variant.name == exercise.worked:
            sentence = f"One of the mutants {variant.sentence}. It breaks clause {variant.clause}:"
            return "\n".join([sentence, "", "```diff", exercise.diff(variant), "```"])
    raise DirectiveError(f"`{{worked {exercise.id}}}` needs the bank to say which mutant it shows")


def _hint(exercise: Exercise) -> str:
    # Markdown inside HTML is rendered only between blank lines.
    return f"<details>\n<summary>Hint</summary>\n\n{exercise.hint}\n\n</details>"


_WRITERS = {"contract": _contract, "worked": _worked, "hint": _hint}

"""What the records of a run mean: how each test ended in it.

The records come from a process that ran a learner's code, which can write whatever it likes where
they are read. So nothing in them is taken on trust: what is not exactly a record is no record.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Literal

from grader.inside.settings import MOST_CASES

Ending = Literal["passed", "failed", "left", "skipped", "hung", "died"]
SEVERITY: tuple[Ending, ...] = ("passed", "left", "failed", "died", "hung", "skipped")


@dataclass(frozen=True)
class Outcome:
    """How one test ended in one run: the worst of its cases. `kills` when a case failed late."""

    ending: Ending
    message: str | None = None
    kills: bool = False


@dataclass(frozen=True)
class Transcript:
    """How the tests of a run ended; those that it never came to are missing from `outcomes`."""

    outcomes: dict[str, Outcome] = field(default_factory=dict)
    collected: tuple[str, ...] = ()
    """The names of the tests that pytest found, one for each case."""
    broken: str | None = None
    """Why nothing could be collected."""
    rejected: str | None = None


@dataclass
class _Case:
    """What was recorded of one case of a test."""

    phases: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    ended: bool = False


def read_answer(
    answer: dict[str, Any], tests: Collection[str], deadline: float, *, setup_kills: bool = False
) -> Transcript:
    """Read the records of one run of `tests`. `deadline` is what a test may take, in seconds."""
    cases: dict[int, _Case] = {}
    collected: tuple[str, ...] | None = None
    for record in answer["records"]:
        match record:
            case {"broken": str(why)} if collected is None:
                return Transcript(broken=explain(why))
            case {"skipped": str()} if collected is None:
                skipped = Outcome("skipped", "is skipped with the whole cell")
                return Transcript(dict.fromkeys(tests, skipped))
            case {"cases": int(number), "collected": list(names)} if collected is None:
                collected = tuple(map(str, names))
                if number > MOST_CASES:
                    reason = f"{number} cases: at most {MOST_CASES} count, use fewer."
                    return Transcript(rejected=reason)
            case {"start": int(number)}:
                cases.setdefault(number, _Case())
            case {"case": int(number), "phase": str(phase), "outcome": str(outcome)} if (
                number in cases
            ):
                message = record.get("message")
                cases[number].phases[phase] = (outcome, None if message is None else str(message))
            case {"end": int(number), "left": list(left)} if number in cases:
                cases[number].left, cases[number].ended = list(map(str, left)), True
    if collected is None:
        return Transcript(
            broken=(
                f"Importing the cell took longer than {deadline:g} s: "
                "look for a loop outside a test."
                if answer["hung"]
                else "The process ended while the cell was imported: "
                "look for an exit outside a test."
            )
        )
    outcomes = {}
    for name in tests:
        mine = [number for number, test in enumerate(collected) if test == name]
        begun = [cases[number] for number in mine if number in cases]
        if not mine:
            outcomes[name] = Outcome("failed", _NOT_COLLECTED)
        elif any(not case.ended for case in begun):
            outcomes[name] = unfinished(answer, deadline)
        elif len(begun) == len(mine):
            outcomes[name] = _worst([_outcome(case, setup_kills) for case in begun])
    return Transcript(outcomes, collected)


_NOT_COLLECTED = "is not collected by pytest: is its name used again, or is it a fixture?"


def unfinished(answer: dict[str, Any], deadline: float) -> Outcome:
    """How a test has ended that had begun when its process ended."""
    if answer["hung"]:
        return Outcome("hung", f"takes longer than {deadline:g} s")
    return Outcome("died", "ends the process it runs in")


def _outcome(case: _Case, setup_kills: bool) -> Outcome:
    """Skipped before all, then hung, then failed in any phase, then left behind."""
    for ending in ("skipped", "hung", "failed"):
        for phase in ("setup", "call", "teardown"):
            outcome, message = case.phases.get(phase, ("missing", None))
            if outcome == ending:
                kills = ending == "failed" and (phase != "setup" or setup_kills)
                return Outcome(ending, message, kills)
    if "call" not in case.phases or "teardown" not in case.phases:
        return Outcome("died", "ends before its time")
    if case.left:
        return Outcome("left", case.left[0])
    return Outcome("passed")


def _worst(cases: list[Outcome]) -> Outcome:
    """A test is as good as its worst case, and kills when one case does."""
    worst = max(cases, key=lambda outcome: SEVERITY.index(outcome.ending))
    return Outcome(worst.ending, worst.message, any(outcome.kills for outcome in cases))


def explain(message: str) -> str:
    """A message as a sentence of its own."""
    sentence = with_name_hint(message.rstrip("."))
    return f"{sentence[:1].upper()}{sentence[1:]}."


def with_name_hint(message: str) -> str:
    """A name that only another cell defines is the commonest mistake: say what to do."""
    hint = "the cell must import or define everything that its tests use"
    if "name '" in message and "is not defined" in message and hint not in message:
        return f"{message}; {hint}"
    return message

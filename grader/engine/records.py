"""Reads the records of a run: how each test ended in it.

Several runs may share a process, one schedule after the other: `apart` takes their records apart.

The records come from a process that ran a learner's code, which can write whatever it likes where
they are read. So they must follow the grammar to the letter, and one that does not makes the whole
run worthless: neither a pass nor a kill. The test that was at work is to blame, or all of them, and
the others are to run again without it. A process may end in the middle, though, and what was
complete by then counts::

    run   = (broken | skipped)* collected case* finish
    case  = start setup [call] teardown end

A test that is still at work when its time is up may say why: `stuck`, anywhere in its case.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Literal

from grader.runner.protocol import (
    Answer,
    Broken,
    Collected,
    Ended,
    Finished,
    PhaseEnded,
    Skipped,
    Started,
    Stuck,
    is_collected,
    record_from,
)
from grader.runner.settings import MOST_CASES

Ending = Literal["passed", "failed", "left", "skipped", "hung", "died", "refused"]
SEVERITY: tuple[Ending, ...] = ("passed", "left", "failed", "died", "hung", "skipped", "refused")
FAILED = ("failed", "died")
"""The endings that are red."""

LONGEST_MESSAGE = 300

Words = Callable[[str], str]
"""A function that puts a message into words that its reader knows."""


@dataclass(frozen=True)
class Outcome:
    """How one test ended in one run: the worst of its cases. `kills` when a case failed late.

    Without `choices` no other order of its tasks was possible.
    """

    ending: Ending
    message: str | None = None
    kills: bool = False
    choices: bool = True


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
    """The records of one case of a test."""

    phases: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    choices: bool = True
    ended: bool = False

    def expects(self, phase: str) -> bool:
        """Whether a phase comes next: there is a call when the setup has passed, and only then."""
        before = list(self.phases)
        if not before:
            return phase == "setup"
        if before == ["setup"] and self.phases["setup"][0] == "passed":
            return phase == "call"
        return phase == "teardown" and "teardown" not in before


class _Unlawful(Exception):
    """A record that no run of pytest writes where it stands."""


class _Records:
    """Takes the records of one run of `tests`, in order. Raises `_Unlawful`."""

    def __init__(self, tests: Collection[str], words: Words) -> None:
        self.cases: dict[int, _Case] = {}
        self.number = 0
        """The number of cases that pytest found."""
        self.collected: tuple[str, ...] | None = None
        self.broken: str | None = None
        self.skipped = False
        self.finished = False
        self.stuck: str | None = None
        """Why the case that is open is still at work."""
        self._tests = tests
        self._words = words
        self._open: int | None = None
        """The case that has begun and not ended."""

    @property
    def at_work(self) -> list[str]:
        """The test whose case has begun and not ended, if there is one."""
        return [] if self._open is None else [(self.collected or ())[self._open]]

    def take(self, value: object) -> None:
        """One record more."""
        try:
            record = record_from(value)
        except ValueError:
            raise _Unlawful from None
        if self.finished:
            raise _Unlawful
        match record:
            case Broken(why) if self.collected is None:
                self.broken = self.broken or self._words(why)
            case Skipped() if self.collected is None:
                self.skipped = True
            case Collected(number, names) if self.collected is None:
                if len(names) != min(number, MOST_CASES):
                    raise _Unlawful
                self.number, self.collected = number, names
            case Started(number):
                self._start(number)
            case PhaseEnded():
                self._phase(self._of(record.case), record)
            case Ended(number, left, choices):
                case = self._of(number)
                if "teardown" not in case.phases:
                    raise _Unlawful
                case.left, case.choices = list(map(self._words, left)), choices
                case.ended, self._open, self.stuck = True, None, None
            case Stuck(why) if self._open is not None and self.stuck is None:
                self.stuck = self._words(why)
            case Finished():
                self.finished = True
            case _:
                raise _Unlawful

    def _start(self, number: int) -> None:
        known = () if self.collected is None or self.broken is not None else self.collected
        lawful = (
            self._open is None
            and number in range(len(known))
            and number not in self.cases
            and known[number] in self._tests
            and self.number <= MOST_CASES
        )
        if not lawful:
            raise _Unlawful
        self._open = number
        self.cases[number] = _Case()

    def _of(self, number: int) -> _Case:
        if number != self._open:
            raise _Unlawful
        return self.cases[number]

    def _phase(self, case: _Case, ended: PhaseEnded) -> None:
        if not case.expects(ended.phase) or (
            ended.message is not None and ended.outcome == "passed"
        ):
            raise _Unlawful
        message = None if ended.message is None else self._words(ended.message)
        case.phases[ended.phase] = (ended.outcome, message)


def read_answer(
    answer: Answer,
    tests: Collection[str],
    deadline: float,
    *,
    setup_kills: bool = False,
    words: Words = str,
) -> Transcript:
    """Read the records of one run of `tests`. `deadline` is what a test may take, in seconds."""
    records = _Records(tests, words)
    try:
        for record in answer.records:
            records.take(record)
        if answer.overflow or answer.malformed:
            raise _Unlawful
        if records.finished and answer.status not in (0, None):
            raise _Unlawful
    except _Unlawful:
        return Transcript(dict.fromkeys(records.at_work or tests, Outcome("died", _UNLAWFUL)))
    if records.broken is not None:
        return Transcript(broken=explain(records.broken))
    if records.skipped:
        return Transcript(
            dict.fromkeys(tests, Outcome("skipped", "is skipped with the whole cell"))
        )
    if records.collected is None:
        return Transcript(
            broken=(
                f"Importing the cell took longer than {deadline:g} s: "
                "look for a loop outside a test."
                if answer.hung
                else "The process ended while the cell was imported: "
                "look for an exit outside a test."
            )
        )
    if records.number > MOST_CASES:
        reason = f"{records.number} cases: at most {MOST_CASES} count, use fewer."
        return Transcript(rejected=reason)
    outcomes = {}
    for name in tests:
        mine = [number for number, test in enumerate(records.collected) if test == name]
        begun = [records.cases[number] for number in mine if number in records.cases]
        if not mine:
            outcomes[name] = Outcome("failed", _NOT_COLLECTED)
        elif any(not case.ended for case in begun):
            ended = [_outcome(case, setup_kills) for case in begun if case.ended]
            kills = any(one.kills for one in ended)
            outcomes[name] = replace(unfinished(answer, deadline, records.stuck), kills=kills)
        elif len(begun) == len(mine):
            outcomes[name] = _worst([_outcome(case, setup_kills) for case in begun])
    return Transcript(outcomes, records.collected)


def apart(answer: Answer, number: int) -> list[Answer]:
    """Split the answer of a process that several runs have shared: one answer for each.

    Empty where it did not come to its end: then none of them counts.
    """
    parts = _parts(answer)
    return parts if len(parts) == number and answer.records[-1] == _FINISH else []


def completed(answer: Answer, number: int) -> list[Answer]:
    """The answer for each variant that a process has met and come to the end with.

    The first is always among them, however it ended, but where something else wrote among the
    records: then nothing counts.
    """
    parts = _parts(answer)
    if len(parts) < 2:
        return [answer]
    if answer.malformed or answer.overflow or len(parts) > number:
        return []
    ended = parts if answer.records[-1] == _FINISH else parts[:-1]
    return [replace(part, hung=False, status=0) for part in ended]


def _parts(answer: Answer) -> list[Answer]:
    """The answer for each run that has begun; all are finished, the last one, too."""
    records = answer.records[:-1] if answer.records[-1:] == (_FINISH,) else answer.records
    starts = [place for place, one in enumerate(records) if is_collected(one)]
    bounds = [0, *starts[1:], len(records)] if starts else []
    return [
        replace(answer, records=(*records[start:end], _FINISH)) for start, end in pairwise(bounds)
    ]


_FINISH = vars(Finished())


_NOT_COLLECTED = "is not collected by pytest: is its name used again, or is it a fixture?"
_UNLAWFUL = (
    "does not count, because something wrote among the grader's own records: "
    "leave alone what the tests did not open themselves"
)


def unfinished(answer: Answer, deadline: float, stuck: str | None = None) -> Outcome:
    """How a test has ended that had begun when its process ended."""
    if answer.hung:
        why = f"{stuck} ({deadline:g} s are over)" if stuck else f"takes longer than {deadline:g} s"
        return Outcome("hung", why)
    return Outcome("died", "ends the process it runs in")


def _outcome(case: _Case, setup_kills: bool) -> Outcome:
    """The outcome of a case: refused comes first, then skipped, hung, failed, left behind."""
    for ending in ("refused", "skipped", "hung", "failed"):
        for phase in ("setup", "call", "teardown"):
            outcome, message = case.phases.get(phase, ("missing", None))
            if outcome == ending:
                kills = ending == "failed" and (phase != "setup" or setup_kills)
                forgotten = [one for one in case.left if "never awaited" in one]
                if ending == "failed" and forgotten:
                    message = f"{forgotten[0]} (and so: {message})"
                return Outcome(ending, message, kills, case.choices)
    if case.left:
        return Outcome("left", case.left[0], choices=case.choices)
    return Outcome("passed", choices=case.choices)


def _worst(cases: list[Outcome]) -> Outcome:
    """A test is as good as its worst case, and kills when one case does."""
    worst = max(cases, key=lambda outcome: SEVERITY.index(outcome.ending))
    kills, choices = (any(getattr(o, name) for o in cases) for name in ("kills", "choices"))
    return Outcome(worst.ending, worst.message, kills, choices)


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


def shorten(message: str) -> str:
    """A message of bounded length: the beginning and the end of a longer one."""
    if len(message) <= LONGEST_MESSAGE:
        return message
    return f"{message[: LONGEST_MESSAGE - 100]}...{message[-97:]}"

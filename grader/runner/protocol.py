"""What goes over the pipe: requests to the process that runs tests, and its answers.

Each is a line of JSON. An answer holds the records of its run, in the order in which they were
written; these come from a process that ran a learner's code, and may be anything. So they are kept
as they came, and `record_from` takes only what is exactly a record. Nobody else spells the keys.
"""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from cattrs import Converter

from grader.runner.exact import converter
from grader.runner.loops import Clock, Schedule
from grader.runner.patch import Patch

Phase = Literal["setup", "call", "teardown"]
PhaseOutcome = Literal["passed", "failed", "skipped", "hung", "refused"]


@dataclass(frozen=True)
class Request:
    """One process: a variant, a suite, and the schedules under which its tests run in turn.

    `tests` are the names of those to run, all where it is None. `deadline` is what a test may take,
    and `limit` the whole process, in seconds. `id` tells its answer apart from others. `later`
    holds the patches of further variants: then each schedule is that of one variant. They stay
    with the grader, in a `Next` each, until they are due; what is sent in their place is empty.
    """

    suite: str
    tests: tuple[str, ...] | None
    patches: tuple[Patch, ...]
    guarded: bool
    schedules: tuple[Schedule, ...]
    clock: Clock
    deadline: float
    limit: float
    id: int = 0
    later: tuple[tuple[Patch, ...], ...] = ()


@dataclass(frozen=True)
class Due:
    """A process is ready for the next of its later variants; `due` is the id of its request."""

    due: int


@dataclass(frozen=True)
class Next:
    """The next variant for the process that has a request with the id `to`."""

    to: int
    patches: tuple[Patch, ...]


@dataclass(frozen=True)
class Answer:
    """What became of a process.

    `status` is its exit code where it ended by itself, None where it had to be killed. `malformed`:
    a line was no JSON; `overflow`: it wrote too much.
    """

    id: int
    records: tuple[Any, ...]
    hung: bool
    status: int | None
    malformed: bool
    overflow: bool


@dataclass(frozen=True)
class Broken:
    """The suite cannot be collected, and why."""

    broken: str


@dataclass(frozen=True)
class Skipped:
    """The suite skips itself; the name is that of its module."""

    skipped: str


@dataclass(frozen=True)
class Collected:
    """How many cases pytest has found, and the test of each of the first."""

    cases: int
    collected: tuple[str, ...]


@dataclass(frozen=True)
class Started:
    """A case begins, by its place among those collected."""

    start: int


@dataclass(frozen=True)
class PhaseEnded:
    """How a phase of a case ended."""

    case: int
    phase: Phase
    outcome: PhaseOutcome
    message: str | None


@dataclass(frozen=True)
class Ended:
    """A case is over: what it left behind, and whether another order of tasks was possible."""

    end: int
    left: tuple[str, ...]
    choices: bool


@dataclass(frozen=True)
class Stuck:
    """Why the case at work is still at work when its time is nearly up."""

    stuck: str


@dataclass(frozen=True)
class Ready:
    """All tests have met a variant, and the next may come. The server takes it for itself."""

    ready: Literal[True] = True


@dataclass(frozen=True)
class Finished:
    """The run has come to its end."""

    finish: Literal[True] = True


Record = Broken | Skipped | Collected | Started | PhaseEnded | Ended | Stuck | Finished
_RECORDS: tuple[type[Any], ...] = (
    *(Broken, Skipped, Collected, Started, PhaseEnded, Ended, Stuck, Finished),
)
_BY_KEYS = {tuple(kind.__dataclass_fields__): kind for kind in _RECORDS}

Message = Request | Next | Due | Answer
_MESSAGES: tuple[type[Any], ...] = (Request, Next, Due, Answer)
_MESSAGES_BY_KEYS = {tuple(kind.__dataclass_fields__): kind for kind in _MESSAGES}


_dumps = json.dumps
"""As it is, whatever a test puts in its place."""


def to_line(value: Message | Record | Ready) -> bytes:
    """A line of JSON, its end included."""
    return _dumps(vars(value), default=vars, ensure_ascii=False).encode() + b"\n"


def from_line(line: bytes) -> Message:
    """The message in a line. Raises `ValueError` where it holds anything else."""
    value = json.loads(line)
    kind = _MESSAGES_BY_KEYS.get(tuple(value)) if isinstance(value, dict) else None
    if kind is None:
        raise ValueError("no message has these keys")
    message: Message = _exactly(value, kind)
    return message


def record_from(value: object) -> Record:
    """A record, out of what JSON holds. Raises `ValueError` for all that no run writes."""
    kind = _BY_KEYS.get(tuple(value)) if isinstance(value, dict) else None
    if kind is None:
        raise ValueError("no record has these keys")
    record: Record = _exactly(value, kind)
    if isinstance(record, Finished) and record.finish is not True:
        raise ValueError("1 is not True")
    return record


def is_collected(value: object) -> bool:
    """Whether a value may be the record with which a schedule begins."""
    return isinstance(value, dict) and "collected" in value


def _exactly(value: object, kind: type[Any]) -> Any:
    try:
        return _converter().structure(value, kind)
    except Exception as error:  # what is not as it should be fails in as many ways
        raise ValueError(f"this is no {kind.__name__}") from error


@cache
def _converter() -> Converter:
    return converter(forbid_extra_keys=True, detailed_validation=False)

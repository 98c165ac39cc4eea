"""The summary of a grading, for a terminal, as JSON, and as CSV."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from grader.classroom import spreadsheet

RowStatus = Literal["graded", "unchanged", "refused", "ignored"]


@dataclass(frozen=True)
class Row:
    """One learner. `exercises` are the points by exercise; a refused learner has none.

    An ignored one has handed in nothing for this part. `score` is the final one, as nbgrader
    exports it: what `tests` earned, with `by_hand` more or less, and the `extra_credit`, less the
    `penalty` for being late. `name` and `section` are the roster's.
    """

    learner: str
    status: RowStatus
    score: float | None = None
    points: float | None = None
    exercises: Mapping[str, float] = field(default_factory=dict)
    reason: str | None = None
    tests: float | None = None
    by_hand: float | None = None
    extra_credit: float | None = None
    penalty: float | None = None
    name: str | None = None
    section: str | None = None


@dataclass(frozen=True)
class Summary:
    """A class: a row for each learner, the seconds it took, and what stood around their code.

    `remarks` are sentences about the machines that graded.
    """

    part: str
    rows: tuple[Row, ...]
    seconds: float
    sandbox: str
    remarks: tuple[str, ...] = ()

    def count(self, status: RowStatus) -> int:
        """How many learners have this status."""
        return sum(row.status == status for row in self.rows)

    @property
    def clean(self) -> bool:
        """Whether nothing is left for the instructor to see to."""
        return all(row.reason is None or row.status == "ignored" for row in self.rows)


def to_json(summary: Summary) -> dict[str, Any]:
    """The summary as other programs read it; the keys are an interface."""
    return {
        "part": summary.part,
        "graded": summary.count("graded"),
        "unchanged": summary.count("unchanged"),
        "refused": summary.count("refused"),
        "ignored": summary.count("ignored"),
        "seconds": summary.seconds,
        "sandbox": summary.sandbox,
        "remarks": list(summary.remarks),
        "learners": [{**vars(row), "exercises": dict(row.exercises)} for row in summary.rows],
    }


def to_text(summary: Summary) -> str:
    """The learners with a reason, then the remarks, then the counts."""
    lines = [f"{row.learner}: {row.reason}" for row in summary.rows if row.reason is not None]
    counts = [f"{summary.count(status)} {status}" for status in ("graded", "refused", "unchanged")]
    if ignored := summary.count("ignored"):
        counts.append(f"{ignored} ignored")
    walls = "" if summary.sandbox != "none" else ", without a sandbox"
    return "\n".join(
        [*lines, *summary.remarks, f"{', '.join(counts)}, in {summary.seconds:.1f} s{walls}."]
    )


def to_csv(summary: Summary) -> str:
    """A line for each learner. No cell is a formula to a spreadsheet."""
    names = list(dict.fromkeys(name for row in summary.rows for name in row.exercises))
    rows = [{**vars(row), **row.exercises} for row in summary.rows]
    made_of = ["tests", "by_hand", "extra_credit", "penalty"]
    columns = [
        "learner",
        "name",
        "section",
        "status",
        "score",
        "points",
        *names,
        *made_of,
        "reason",
    ]
    return spreadsheet.to_csv(columns, ({name: row.get(name) for name in columns} for row in rows))

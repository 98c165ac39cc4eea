"""The private bank of a class: what share of the mark it has, and whether learners are told.

Settings of nbgrader's, so that every door has them: `c.GradeSuites.bank`, `.private_weight`,
`.private_feedback`. The command's options go first.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.course.private import PrivateBank
from grader.errors import CourseError
from grader.report import Report


@dataclass(frozen=True)
class Private:
    """A private bank, its share of the mark, 0 to 1, and whether feedback shows its figures."""

    bank: PrivateBank
    weight: float = 0.0
    told: bool = False

    def key(self, exercise_id: str) -> str | None:
        """The name under which an exercise's private mutants are graded; None without any."""
        return self.bank.keys.get(exercise_id)


def private_of(
    root: Path,
    settings: Mapping[str, Any],
    folder: Path | None = None,
    weight: float | None = None,
    told: bool | None = None,
) -> Private | None:
    """The private bank that options or settings name; None where neither does.

    `settings` are those of `GradeSuites`. Raises `CourseError` for a weight without a bank, or one
    that is no share.
    """
    named = folder or (Path(settings["bank"]) if settings.get("bank") else None)
    share = float(settings.get("private_weight", 0.0) if weight is None else weight)
    if not 0.0 <= share <= 1.0:
        raise CourseError(f"a private weight of {share:g} is no share: give a number from 0 to 1.")
    if named is None:
        if share:
            raise CourseError("a private weight needs a private bank: name it with --bank.")
        return None
    shown = bool(settings.get("private_feedback", False) if told is None else told)
    where = named if folder is not None or named.is_absolute() else root / named
    return Private(PrivateBank(where), share, shown)


def combined(public: float, private: Report | None, weight: float) -> float:
    """The points of an answer: the public mark, and the private one as far as it counts."""
    if private is None or not weight:
        return public
    return round((1.0 - weight) * public + weight * private.score, 2)

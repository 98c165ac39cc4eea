"""Honest suites, and what each deserves: `tests/cases/*.toml`.

`tried.toml` holds suites that were once judged wrongly, each for its whole kind. `blind.toml` holds
suites in the styles that people really use, written from the contracts alone.
"""

import json
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.report import Report, to_json

CASES = Path(__file__).parents[1] / "cases"


@dataclass(frozen=True)
class Case:
    """A suite for an exercise. Every test deserves one of its verdicts; more may be said of it."""

    name: str
    exercise: str
    suite: str
    verdicts: dict[str, Any] = field(default_factory=dict)
    kills_by: tuple[str, ...] = ()
    none_aside: bool = False
    score: float | None = None
    says: tuple[str, ...] = ()
    never_says: tuple[str, ...] = ()
    encoding: str = "utf-8"
    repeatable: bool = True
    """False where a thread or the speed of the machine decides: verdicts differ from run to run."""

    def __str__(self) -> str:
        return f"{self.exercise}: {self.name}"

    def write(self, path: Path) -> None:
        """Store the suite as its author would."""
        path.write_bytes(self.suite.encode(self.encoding))

    def falls_short(self, report: Report) -> list[str]:
        """What is wrong with a report; nothing if the suite got what it deserves."""
        found = []
        told = json.dumps(to_json(report), ensure_ascii=False)
        tests = {test.name: test for test in report.tests}
        for name, wanted in self.verdicts.items():
            test = tests.get(name)
            if test is None or test.verdict not in ([wanted] if wanted is str(wanted) else wanted):
                found.append(f"{name} deserves {wanted}: {test or report.reason}")
        for name in self.kills_by:
            if name not in tests or not tests[name].kills:
                found.append(f"{name} kills nothing")
        if self.none_aside and any(test.verdict != "valid" for test in report.tests):
            found.append("tests are set aside")
        if self.score is not None and report.score != self.score:
            found.append(f"{report.score} points instead of {self.score}")
        found += [f"does not say {words}" for words in self.says if not re.search(words, told)]
        found += [f"says {words}" for words in self.never_says if re.search(words, told)]
        return found


def cases(name: str) -> list[Case]:
    """The cases of one file."""
    content = tomllib.loads((CASES / f"{name}.toml").read_text(encoding="utf-8"))
    declared: list[dict[str, Any]] = content["case"]
    found = []
    for one in declared:
        fields: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in one.items()
        }
        found.append(Case(**fields))
    return found

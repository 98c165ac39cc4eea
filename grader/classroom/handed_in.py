"""What a platform calls each learner of a part, kept from its export: for the way back.

One small file for each part, `.grader/exports/PART.json`.
"""

import contextlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from grader.files import write

FOLDER = Path(".grader", "exports")


@dataclass(frozen=True)
class Mark:
    """A learner as a platform has them: their name, their numbers, and the file they handed in.

    `number` is Moodle's, of this assignment, or Canvas's, of the person; `submission` is Canvas's.
    """

    platform: str
    name: str
    number: str
    submission: str = ""
    file: str = ""
    late: bool = False


def known(root: Path, part: str) -> dict[str, Mark]:
    """The marks of a part, by learner; none where no export was taken."""
    return _read(root, part)[0]


def refused(root: Path, part: str) -> dict[str, str]:
    """Who was refused in an export of a part, and why, until they hand in something else."""
    return _read(root, part)[1]


def remember(
    root: Path, part: str, marks: Mapping[str, Mark], reasons: Mapping[str, str] | None = None
) -> None:
    """Add what one more export tells; a learner's later mark, or reason, replaces the earlier."""
    if marks or reasons:
        old_marks, old_reasons = _read(root, part)
        still = {name: why for name, why in old_reasons.items() if name not in marks}
        _write(root, part, {**old_marks, **marks}, {**still, **(reasons or {})})


def _read(root: Path, part: str) -> tuple[dict[str, Mark], dict[str, str]]:
    with contextlib.suppress(OSError, ValueError, TypeError, AttributeError, LookupError):
        found = json.loads((root / FOLDER / f"{part}.json").read_bytes())
        marks = {learner: Mark(**mark) for learner, mark in found["marks"].items()}
        return marks, {str(name): str(why) for name, why in found["refused"].items()}
    return {}, {}


def _write(root: Path, part: str, marks: Mapping[str, Mark], reasons: Mapping[str, str]) -> None:
    whole = {
        "marks": {learner: asdict(mark) for learner, mark in sorted(marks.items())},
        "refused": dict(sorted(reasons.items())),
    }
    text = json.dumps(whole, indent=1)
    write(root / FOLDER / f"{part}.json", f"{text}\n".encode(), 0o600)


def parts_of(root: Path, learner: str) -> list[str]:
    """The parts in whose exports a learner was."""
    found = []
    for path in sorted((root / FOLDER).glob("*.json")):
        marks, reasons = _read(root, path.stem)
        if learner in marks or learner in reasons:
            found.append(path.stem)
    return found


def forget(root: Path, learner: str) -> list[str]:
    """Forget one learner in all parts; return these parts."""
    forgotten = parts_of(root, learner)
    for part in forgotten:
        marks, reasons = _read(root, part)
        marks.pop(learner, None)
        reasons.pop(learner, None)
        _write(root, part, marks, reasons)
    return forgotten

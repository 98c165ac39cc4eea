#!/usr/bin/env python3
"""Check the subject of a commit's message: `python scripts/commit_subject.py FILE`.

At most 72 characters, no full stop, an empty line below it.
"""

import sys
from pathlib import Path

LONGEST = 72
"""Characters that every tool shows of a subject."""


def problem(message: str) -> str | None:
    """What is wrong with a message, a sentence; None where nothing is."""
    lines = [line for line in message.splitlines() if not line.startswith("#")]
    subject = lines[0] if lines else ""
    if not subject.strip():
        return "The subject is empty: say what the commit does."
    if len(subject) > LONGEST:
        return f"The subject has {len(subject)} characters, at most {LONGEST} are shown."
    if subject.endswith("."):
        return "The subject ends with a full stop: leave it out."
    if len(lines) > 1 and lines[1].strip():
        return "The second line is not empty: the reasons begin in the third."
    return None


def main() -> None:
    """Read the file that git has written."""
    found = problem(Path(sys.argv[1]).read_text(encoding="utf-8"))
    if found is not None:
        sys.exit(found)


if __name__ == "__main__":
    main()

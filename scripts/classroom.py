#!/usr/bin/env python3
"""Grade every part that somebody has handed in: the step of .github/workflows/classroom.yml.

    .venv/bin/python scripts/classroom.py

It runs in a course's folder: `grader doctor`, then for each part with a folder in submitted/
`grader grade`, `grader report` and `nbgrader export`. A table for each part goes to the file that
GITHUB_STEP_SUMMARY names, or to standard output where there is none; it holds counts, and no name.
It fails when something was refused or could not be graded, after all others were.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

PROGRAMS = Path(sys.executable).parent


def main(folder: Path) -> int:
    """Grade the course in a folder; 0 where nothing is left to be seen to."""
    if run(folder, "grader", "doctor").returncode:
        print("No wall works here: install bubblewrap, or allow user namespaces.", file=sys.stderr)
        return 2
    known = {path.name for path in folder.glob("solutions/*/") if path.is_dir()}
    parts = sorted({path.name for path in folder.glob("submitted/*/*/")} & known)
    if not parts:
        print("submitted/ is empty: there is nothing to grade.")
        return 0
    worst = 0
    for part in parts:
        graded = run(folder, "grader", "grade", part, "--json")
        if graded.returncode not in (0, 1):  # 1 is a summary with something to see to
            print(graded.stderr.strip(), file=sys.stderr)
            worst = 2
            continue
        worst = max(worst, graded.returncode)
        tell(table(json.loads(graded.stdout)))
        run(folder, "grader", "report", part)
    run(folder, "grader", "report", "--all")
    run(folder, "nbgrader", "export")
    return worst


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run one of this environment's commands in the course."""
    path = os.pathsep.join([str(PROGRAMS), os.environ.get("PATH", "")])
    return subprocess.run(
        [PROGRAMS / command[0], *command[1:]],
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
    )


def table(summary: dict[str, object]) -> str:
    """The counts of a part, as Markdown."""
    names: Sequence[str] = ("graded", "unchanged", "refused", "ignored")
    head = " | ".join(names)
    counts = " | ".join(str(summary[name]) for name in names)
    rule = " | ".join("---:" for _ in names)
    return f"### {summary['part']}\n\n| {head} |\n| {rule} |\n| {counts} |\n"


def tell(text: str) -> None:
    """Add a text to the run's summary."""
    where = os.environ.get("GITHUB_STEP_SUMMARY")
    if where is None:
        print(text)
    else:
        with open(where, "a", encoding="utf-8") as file:
            file.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main(Path.cwd()))

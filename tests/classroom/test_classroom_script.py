"""What `.github/workflows/classroom.yml` runs: a class graded by a script, unattended."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from helpers.course import ROOT
from helpers.small_class import PART, WEAK, SmallClass, answer, solved

pytestmark = pytest.mark.slow

SCRIPT = ROOT / "scripts" / "classroom.py"


def run(room: SmallClass, summary: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, SCRIPT],
        cwd=room.root,
        env={**os.environ, "GITHUB_STEP_SUMMARY": str(summary)},
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_a_class_is_graded(tmp_path: Path) -> None:
    """All that the workflow keeps is there; who is refused makes it fail, and stops nobody."""
    room, summary = SmallClass(tmp_path / "course"), tmp_path / "summary"
    assert run(room, summary).stdout == "submitted/ is empty: there is nothing to grade.\n"
    room.hand_in("ada", solved())
    room.hand_in("cleo", answer(WEAK))
    first = run(room, summary)
    assert (first.returncode, first.stdout, first.stderr) == (0, "", "")
    assert room.scores()["ada"] == 2.0
    room.hand_in("dan", {})
    second = run(room, summary)
    assert second.returncode == 1
    assert "| 0 | 2 | 1 | 0 |" in summary.read_text()
    for name in ("ada", "cleo", "dan"):
        assert name not in summary.read_text()
    (job,) = yaml.safe_load((ROOT / ".github/workflows/classroom.yml").read_text())["jobs"].values()
    (kept,) = [step["with"]["path"] for step in job["steps"] if "retention" in str(step)]
    for place in kept.split():
        assert (room.root / place).exists(), place
    assert (room.root / "reports" / "all.html").exists()
    assert (room.root / "reports" / f"{PART}.html").exists()


def test_it_runs_the_script() -> None:
    """In a private repository only, with no right to write."""
    workflow = yaml.safe_load((ROOT / ".github/workflows/classroom.yml").read_text())
    (job,) = workflow["jobs"].values()
    assert job["if"] == "github.event.repository.private"
    assert any(SCRIPT.name in step.get("run", "") for step in job["steps"])

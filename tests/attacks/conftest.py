"""Both walls, and a look from outside at what an attack has left."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
from helpers.samples import creation

from attacks.cases import Attack
from attacks.handing_in import hand_in
from grader.engine.evaluate import evaluate
from grader.engine.execution import Defences
from grader.engine.suite import read
from grader.errors import Rejected
from grader.report import Report
from grader.runner import settings
from grader.sandbox.worker import Worker

HANGS_AFTER = 1.5
"""Seconds for an attack that hangs on purpose; any other has the deadline that learners have."""


@pytest.fixture(scope="session", params=["bubblewrap", "landlock"])
def walled(request: pytest.FixtureRequest) -> Iterator[Worker]:
    """A warm worker behind one kind of wall, for all attacks."""
    with Worker(sandbox=request.param) as worker:
        evaluate("def test_a(): pass", creation, worker)
        yield worker


class Try(Protocol):
    """Evaluates an attack and checks the verdict."""

    def __call__(self, attack: Attack) -> Report: ...


@pytest.fixture
def attempt(walled: Worker, monkeypatch: pytest.MonkeyPatch) -> Iterator[Try]:
    """Runs an attack without the static rules, and with them; then all is as it was before."""
    before = _state(walled)

    def attempt(attack: Attack) -> Report:
        if any("hangs" in verdict for verdict in attack.verdicts):
            monkeypatch.setitem(settings.DEADLINES, "virtual", HANGS_AFTER)
        defences = Defences(rules=False, guard=attack.guard)
        report = evaluate(attack.text, creation, walled, defences=defences)
        assert report.status == attack.status, report
        assert len(report.tests) == len(attack.verdicts), report
        for test, verdict in zip(report.tests, attack.verdicts, strict=True):
            assert test.verdict in verdict.split(" or "), report
        assert report.score == attack.score, report
        assert report.sandbox == walled.wall
        if is_refused(attack.text):
            assert evaluate(attack.text, creation, walled).score <= attack.score
        return report

    yield attempt
    walled.start()
    pause = threading.Event()
    for _ in range(200):  # what was killed takes a moment to be gone
        if _state(walled) == before:
            break
        pause.wait(0.05)
    assert _state(walled) == before


def is_refused(text: str) -> bool:
    """Whether the static rules see something in it: else they make no difference."""
    try:
        return bool(read(text).refused)
    except Rejected:
        return True


def _state(worker: Worker) -> tuple[int, str, set[str]]:
    """How many processes the worker has, the machine's mounts, and what lies about outside."""
    assert worker._process is not None
    places = [Path("/tmp"), Path("/dev/shm"), Path("/var/tmp"), Path.home()]
    files = {str(path) for place in places for path in place.iterdir() if _is_ours(path)}
    return len(_family(worker._process.pid)), Path("/proc/mounts").read_text(), files


def _is_ours(path: Path) -> bool:
    return path.name.startswith("attack")


def _family(first: int) -> set[int]:
    """A process and everything it has started, as the kernel tells it."""
    parents: dict[int, int] = {}
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                stat = Path(entry.path, "stat").read_text()
            except OSError:
                continue
            parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
    found = {first}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


@pytest.fixture
def submitted(tmp_path: Path) -> Path:
    """A class in which Ada has handed in, and nobody is refused."""
    hand_in(tmp_path / "submitted", "ada")
    return tmp_path / "submitted"

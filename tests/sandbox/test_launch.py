"""The walls: which there are, what is said where there are none, and that all ends with its owner.

What gets through them is tried in `tests/attacks/`.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from helpers.course import ROOT, suite_of
from helpers.processes import is_gone, wait_until
from helpers.samples import SOLUTION, creation, request

from grader.engine.evaluate import evaluate
from grader.errors import NoWalls, WorkerLost
from grader.runner import seccomp
from grader.runner.isolation import GUEST, Wall
from grader.sandbox import launch as sandbox
from grader.sandbox.launch import Place, choose, trial
from grader.sandbox.worker import Worker

both = pytest.mark.parametrize("kind", sandbox.WALLS)

WITHOUT_LANDLOCK = """
import ctypes, errno, struct, sys
lines = [(0x20, 0, 0, 0), (0x15, 0, 1, 444), (0x06, 0, 0, 0x50000 | errno.ENOSYS),
         (0x06, 0, 0, 0x7FFF0000)]
program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in lines))
header = struct.pack("HxxxxxxP", len(lines), ctypes.addressof(program))
libc = ctypes.CDLL(None)
assert libc.prctl(38, 1, 0, 0, 0) == 0 and libc.prctl(22, 2, header, 0, 0) == 0
from grader.cli import main
main()
"""
"""`grader` on a kernel without Landlock: the system call fails as one that is not there."""


def bare(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run `grader` where there is neither bubblewrap nor Landlock."""
    environment = {**os.environ, "PATH": str(folder), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", WITHOUT_LANDLOCK, *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment)


@both
def test_a_wall_is_tried_for_real(kind: Wall) -> None:
    """Both stand on this machine; where one does not, this says why."""
    assert trial(kind) is None


def test_the_better_wall_is_taken() -> None:
    """Official marks come from bubblewrap."""
    assert choose("on") == choose("auto") == "bubblewrap"
    assert choose("off") == "none"


def test_landlock_is_taken_where_bubblewrap_is_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the doctor says what to install."""
    environment = {**os.environ, "PATH": str(tmp_path), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", "from grader.cli import main; main()", "doctor"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.returncode == 0
    assert "bubblewrap: fails (bubblewrap is not installed)" in done.stdout
    assert "apt-get install bubblewrap" in done.stdout
    assert "Grading uses landlock" in done.stdout


def test_nothing_is_run_where_no_wall_works(tmp_path: Path) -> None:
    """One sentence says what to install, and what `--sandbox off` gives up."""
    (tmp_path / "suite.py").write_text(suite_of("distinct-ids"))
    arguments = ("evaluate", str(tmp_path / "suite.py"), "--exercise=distinct-ids")
    done = bare(*arguments, "--sandbox=on", folder=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert re.fullmatch(
        r"grader: no wall [^\n]*grader doctor[^\n]*--sandbox off[^\n]*\n", done.stderr
    )


def test_a_learner_may_do_without_walls(tmp_path: Path) -> None:
    """`auto` takes none where there is none, and the report says so."""
    (tmp_path / "suite.py").write_text(suite_of("distinct-ids"))
    done = bare(
        "evaluate", str(tmp_path / "suite.py"), "--exercise=distinct-ids", "--json", folder=tmp_path
    )
    report = json.loads(done.stdout)
    assert (report["status"], report["score"], report["sandbox"]) == ("graded", 5.0, "none")


def test_the_doctor_says_that_grading_will_refuse(tmp_path: Path) -> None:
    """Its exit code says so, too; `--json` prints JSON and nothing else."""
    done = bare("doctor", folder=tmp_path)
    assert done.returncode == 1
    assert "Grading refuses to run here" in done.stdout
    found = json.loads(bare("doctor", "--json", folder=tmp_path).stdout)
    assert [one["what"] for one in found] == ["Python", "bubblewrap", "landlock"]
    assert [one["works"] for one in found] == [True, False, False]


def test_a_named_wall_is_that_wall_or_none() -> None:
    """Nobody gets another wall than the one that was asked for."""
    with Worker(sandbox="landlock") as worker:
        assert worker.wall == "landlock"
        assert evaluate(SOLUTION, creation, worker).sandbox == "landlock"


@both
def test_solution_has_full_marks_behind_a_wall(kind: Wall) -> None:
    """Honest tests notice nothing of the walls."""
    with Worker(sandbox=kind) as worker:
        report = evaluate(SOLUTION, creation, worker)
    assert report.full
    assert report.sandbox == kind


@both
def test_runs_work_below_a_folder_that_only_root_may_enter(
    kind: Wall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A course may lie in root's own home: who runs the tests is another user all the same."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr(tempfile, "tempdir", str(closed))
    suite = f"""
import asyncio
def test_a():
    assert asyncio.base_events.os.getuid() in ({GUEST}, 65534, {os.getuid() or GUEST})
"""
    with Worker(sandbox=kind) as worker:
        (answer,) = worker.run([request(suite)])
    outcomes = {record["outcome"] for record in answer.records if "outcome" in record}
    assert outcomes == {"passed"}
    assert list(closed.iterdir()) == []


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder for everybody, as /tmp is; pytest's own are closed to all others."""
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o1777)
        yield Path(name)


@both
def test_everything_ends_with_its_owner(kind: Wall, open_folder: Path) -> None:
    """Whoever grades may be killed: what was walled in ends, too, and leaves no folder."""
    code = f"""
import tempfile, threading
tempfile.tempdir = {str(open_folder)!r}
from grader.runner.loops import Schedule
from grader.runner.protocol import Request
from grader.sandbox.worker import Worker
worker = Worker(sandbox={kind!r})
worker.run([{request("def test_a(): pass")!r}])
print(worker._process.pid, flush=True)
worker.run([{request("def test_a():" + chr(10) + "    while True: pass")!r}])
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        first = int(owner.stdout.readline())
        wait_until(lambda: bool(_descendants(first)))
        family = _descendants(first)
        owner.kill()
    wait_until(lambda: all(is_gone(process) for process in {first, *family}))
    wait_until(lambda: list(open_folder.iterdir()) == [])


def _descendants(first: int) -> set[int]:
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            children.setdefault(int(stat[1]), []).append(int(entry.name))
    found, pending = set(), [first]
    while pending:
        found.update(more := children.get(pending.pop(), []))
        pending += more
    return found


def test_walls_that_cannot_be_built_are_no_fault_of_the_suite(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing is run, and whoever grades is told so."""
    impossible: tuple[list[str], list[str]] = (["/" + "a" * 5000], [])
    monkeypatch.setattr(sandbox, "_readable", lambda: impossible)
    with Worker(sandbox="landlock") as worker, pytest.raises(WorkerLost, match="walls of a run"):
        worker.run([request("def test_a(): pass")])


def test_no_answer_lies_where_a_run_may_read() -> None:
    """Not even where the grader is installed, and no checkout."""
    readable, listable = sandbox._readable()
    bank = ROOT / "grader" / "bank"
    assert not any(bank.is_relative_to(place) for place in readable)
    assert not any(Path(place).is_relative_to(bank.parent) for place in readable)
    installed = Path(sys.prefix, "lib", "grader")
    around = [str(path) for path in sandbox._around(Path(sys.prefix), installed)]
    assert str(Path(sys.prefix, "bin")) in around
    assert not any(installed.is_relative_to(place) for place in around)
    assert set(listable) >= {"/usr", *sandbox._libraries()}


def test_no_walls_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """The wall that is named and missing is named in it."""
    monkeypatch.setenv("PATH", "/nowhere")
    trial.cache_clear()
    try:
        with pytest.raises(NoWalls, match="bubblewrap: bubblewrap is not installed"):
            choose("bubblewrap")
    finally:
        trial.cache_clear()


@pytest.mark.parametrize("table", [seccomp.DENIED, seccomp.METADATA], ids=["denied", "metadata"])
def test_numbers_of_system_calls(table: dict[str, tuple[int | None, int | None]]) -> None:
    """No number stands twice, or one of them denies something else."""
    for column in (0, 1):
        numbers = [numbers[column] for numbers in table.values() if numbers[column] is not None]
        assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize(("free", "place"), [(1 << 40, "/dev/shm"), (1 << 20, "/tmp")])
def test_files_lie_in_memory_where_there_is_room(
    monkeypatch: pytest.MonkeyPatch, free: int, place: str
) -> None:
    """A database waits for a disk again and again."""
    monkeypatch.setattr(tempfile, "tempdir", "/tmp")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=free))
    with Place(in_memory=True) as runs:
        assert str(runs.path.parent) == place


def test_files_lie_where_somebody_wants_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Who names a folder for temporary files has a reason."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with Place(in_memory=True) as runs:
        assert runs.path.parent == tmp_path

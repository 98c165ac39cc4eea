"""The process that runs tests: how it starts, is lost, is replaced, and ends."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from helpers.processes import is_gone, wait_until
from helpers.samples import HEAD, KILLS_1, SOLUTION, creation, request

from grader.engine.evaluate import evaluate
from grader.errors import WorkerLost
from grader.sandbox.worker import Worker


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Worker]:
    """A worker that a test may kill; its folders lie in `tmp_path`."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with Worker() as worker:
        yield worker


def pid(worker: Worker) -> int:
    """The number of the worker's process."""
    assert worker._process is not None
    return worker._process.pid


REPORTS_ITS_PROCESS = """
import pathlib, asyncio
os = asyncio.base_events.os
def test_a():
    pathlib.Path({file!r}).write_text(str(os.getpid()))
    while {endless}:
        pass
"""


def test_start_is_idempotent(own: Worker) -> None:
    """Starting twice starts one process."""
    first = pid(own)
    own.start()
    assert pid(own) == first


def test_no_requests(own: Worker) -> None:
    """Nothing to run is nothing to wait for."""
    assert own.run([]) == []


def test_answers_come_in_the_order_of_the_requests(own: Worker) -> None:
    """However long each run takes."""
    suites = [f"def test_{number}(): pass" for number in range(10)]
    answers = own.run(request(suite) for suite in suites)
    collected = [answer.records[0]["collected"] for answer in answers]
    assert collected == [[f"test_{number}"] for number in range(10)]


def test_progress(own: Worker) -> None:
    """Whoever waits is told how much is done."""
    done: list[int] = []
    own.run([request("def test_a(): pass")] * 3, done.append)
    assert done == [1, 2, 3]


def test_it_ends_when_its_input_ends(tmp_path: Path) -> None:
    """A worker whose owner is gone ends by itself, with its children and its folder."""
    note = tmp_path / "process"
    suite = REPORTS_ITS_PROCESS.format(file=str(note), endless=True)
    code = f"""
import os, signal, threading, tempfile
tempfile.tempdir = {str(tmp_path)!r}
from grader.runner.loops import Schedule
from grader.runner.protocol import Request
from grader.sandbox.worker import Worker
worker = Worker()
worker.start()
print(worker._process.pid, flush=True)
threading.Thread(target=worker.run, args=([{request(suite)!r}],), daemon=True).start()
threading.Event().wait()
"""
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        server = int(owner.stdout.readline())
        wait_until(lambda: note.exists() and note.read_text() != "")
        child = int(note.read_text())
        assert not is_gone(server)
        assert not is_gone(child)
        owner.kill()
    wait_until(lambda: is_gone(server) and is_gone(child))
    wait_until(lambda: list(tmp_path.glob("suites-*")) == [])


def test_closing_ends_everything(own: Worker, tmp_path: Path) -> None:
    """After `close` there is no process and no folder, whatever was running."""
    own.run([request("def test_a(): pass")])
    server = pid(own)
    (folder,) = tmp_path.glob("suites-*")
    assert list(folder.iterdir()) == []
    own.close()
    own.close()
    assert is_gone(server)
    assert not folder.exists()


def test_nobody_waits_for_what_was_never_needed(own: Worker, tmp_path: Path) -> None:
    """A process that still warms up is killed, and nothing of it stays."""
    process = own._process
    assert process is not None
    own.close()
    assert process.returncode == -signal.SIGKILL
    assert list(tmp_path.iterdir()) == []


def test_a_killed_worker_is_replaced(own: Worker, tmp_path: Path) -> None:
    """An evaluation after the process was killed is as good as any."""
    own.run([])
    before = pid(own)
    os.kill(before, signal.SIGKILL)
    wait_until(lambda: is_gone(before))
    assert evaluate(SOLUTION, creation, own).full
    assert pid(own) != before
    assert len(list(tmp_path.glob("suites-*"))) == 1


def test_a_worker_killed_in_the_middle_is_replaced(own: Worker) -> None:
    """What it had not answered is run again."""
    killed: list[int] = []

    def kill(done: int) -> None:
        if not killed:
            killed.append(pid(own))
            os.kill(pid(own), signal.SIGKILL)

    answers = own.run([request("def test_a(): pass")] * 20, kill)
    assert len(answers) == 20
    assert {answer.records[-1]["finish"] for answer in answers} == {True}
    assert pid(own) not in killed


def test_children_of_a_killed_worker_end(own: Worker, tmp_path: Path) -> None:
    """A run whose server is gone does not go on for ever."""
    note = tmp_path / "process"
    suite = REPORTS_ITS_PROCESS.format(file=str(note), endless=True)

    def run() -> None:
        with contextlib.suppress(WorkerLost):
            own.run([request(suite, limit=1)])

    thread = threading.Thread(target=run)
    thread.start()
    wait_until(lambda: note.exists() and note.read_text() != "")
    child = int(note.read_text())
    os.kill(pid(own), signal.SIGKILL)
    wait_until(lambda: is_gone(child))
    thread.join()


def test_a_worker_that_is_always_lost(own: Worker) -> None:
    """A suite that kills the worker is reported as an error, in one sentence; the next works."""
    suite = HEAD + "def test_a():\n    os = asyncio.base_events.os\n    os.kill(os.getppid(), 9)\n"
    report = evaluate(suite, creation, own)
    assert (report.status, report.score) == ("error", 0.0)
    assert report.reason == "The process that runs tests ended; run the cell again."
    assert evaluate(SOLUTION, creation, own).full


def test_a_worker_that_falls_silent(own: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that answers nothing any more is given up."""
    monkeypatch.setattr("grader.sandbox.worker.PATIENCE", -600)
    with pytest.raises(WorkerLost, match="fell silent"):
        own.run([request(HEAD + "def test_a():\n    while True: pass\n", limit=60)])


def test_a_run_leaves_no_process(own: Worker, tmp_path: Path) -> None:
    """What a test has forked ends with the run."""
    note = tmp_path / "process"
    suite = f"""
import pathlib, asyncio
os = asyncio.base_events.os
def test_a():
    if os.fork() == 0:
        pathlib.Path({str(note)!r}).write_text(str(os.getpid()))
        while True:
            pass
    while not (pathlib.Path({str(note)!r}).exists() and pathlib.Path({str(note)!r}).read_text()):
        pass
"""
    (answer,) = own.run([request(suite)])
    assert not answer.hung
    wait_until(lambda: is_gone(int(note.read_text())))


def test_a_child_that_leaves_its_group_is_ended(own: Worker, tmp_path: Path) -> None:
    """A run can be ended though its process has joined another group."""
    note = tmp_path / "process"
    suite = f"""
import pathlib, asyncio
os = asyncio.base_events.os
def test_a():
    os.setpgid(0, os.getpgid(os.getppid()))
    pathlib.Path({str(note)!r}).write_text(str(os.getpid()))
    while True:
        pass
"""
    (answer,) = own.run([replace(request(suite), deadline=1)])
    assert answer.hung
    assert is_gone(int(note.read_text()))


def test_a_run_has_a_limit(own: Worker) -> None:
    """A suite that is never silent ends all the same."""
    suite = """
import pytest
@pytest.mark.parametrize("number", range(200))
def test_a(number):
    import time
    time.sleep(0.1)
"""
    (answer,) = own.run([replace(request(suite), limit=1)])
    assert answer.hung
    assert answer.records[-1] != {"finish": True}


def test_a_flood_of_records_ends_the_run(own: Worker) -> None:
    """A test that finds the pipe and floods it is ended, and takes nobody with it."""
    suite = """
import asyncio
os = asyncio.base_events.os
def test_a():
    flood = (b"[" * 100_000 + b"\\n") * 100
    for number in range(3, 50):
        try:
            os.write(number, flood)
        except OSError:
            pass
"""
    flooded, other = own.run([request(suite), request("def test_b(): pass")])
    assert not flooded.hung
    assert other.records[-1] == {"finish": True}


def test_two_threads(own: Worker) -> None:
    """Two threads may evaluate with the same worker, and each gets its own report."""
    with ThreadPoolExecutor(2) as threads:
        one = threads.submit(evaluate, SOLUTION, creation, own)
        other = threads.submit(evaluate, HEAD + KILLS_1, creation, own)
    assert (one.result().score, other.result().score) == (4.0, 1.0)


def test_two_threads_start_one_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads that start a worker at the same moment start it once."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with Worker() as worker, ThreadPoolExecutor(8) as threads:
        worker.close()
        for _ in range(8):
            threads.submit(worker.start)
    assert list(tmp_path.glob("suites-*")) == []


def test_an_interrupt_leaves_a_worker_that_works(own: Worker) -> None:
    """What an interrupted evaluation asked for is not answered to the next one."""

    def interrupt(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        own.run([request("def test_old(): pass")] * 5, interrupt)
    (answer,) = own.run([request("def test_new(): pass")])
    assert answer.records[0]["collected"] == ["test_new"]


def test_a_module_beside_the_notebook_is_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A learner's own random.py does not replace Python's in the worker."""
    (tmp_path / "random.py").write_text("raise SystemExit")
    (tmp_path / "conftest.py").write_text("raise SystemExit")
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n")
    monkeypatch.chdir(tmp_path)
    with Worker() as worker:
        (answer,) = worker.run([request("import random\ndef test_a(): random.random()")])
    assert answer.records[-1] == {"finish": True}
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "conftest.py",
        "pytest.ini",
        "random.py",
    ]


def test_nothing_survives_a_run(own: Worker) -> None:
    """What a suite changes in its process is gone in the next run."""
    suite = """
import asyncio, pathlib
def test_a():
    assert not hasattr(asyncio, "spoiled")
    asyncio.spoiled = True
    pathlib.Path("file").write_text("x")
    assert [path.name for path in pathlib.Path().iterdir() if path.name != "tmp"] != []
"""
    for answer in own.run([request(suite)] * 4):
        assert {r["outcome"] for r in answer.records if "outcome" in r} == {"passed"}


def test_pytest_finds_the_suite_rewritten(own: Worker) -> None:
    """Or every run would do it again, which takes a sixth of its time."""
    suite = """
from pathlib import Path
from _pytest.assertion import rewrite

def test_a():
    (compiled,) = Path(__file__).with_name("__pycache__").iterdir()
    assert rewrite._read_pyc(Path(__file__), compiled) is not None
"""
    for answer in own.run([request(suite), request(suite)]):
        assert [r["outcome"] for r in answer.records if r.get("phase") == "call"] == ["passed"]


def test_a_suite_that_cannot_be_compiled_says_why_in_its_own_run(own: Worker) -> None:
    """The process that serves all runs goes on."""
    broken, sound = own.run([request("def test_a(:"), request("def test_a(): pass")])
    assert any("line 1" in str(record.get("broken")) for record in broken.records)
    assert sound.records[-1] == {"finish": True}


def test_what_the_compiler_warns_of_stops_nothing(own: Worker) -> None:
    """An escape that is none, or an assertion that cannot fail, is no failure of a test."""
    suite = "import re\ndef test_a():\n    assert re.match('\\d', '1')\n    assert (1, 'always')\n"
    (answer,) = own.run([request(suite)])
    assert [record["outcome"] for record in answer.records if "phase" in record] == ["passed"] * 3

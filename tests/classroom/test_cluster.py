"""A class that is graded on several machines: as if on one, whatever becomes of them."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from distributed.comm.core import connect
from helpers.machines import Machines
from helpers.processes import descendants, survivors, wait_until
from helpers.small_class import MAIN, PART, WEAK, SmallClass, answer, solved, untouched

from grader.classroom import cluster
from grader.classroom.cache import from_entry, to_entry
from grader.classroom.grade import grade
from grader.classroom.summary import Summary, to_csv
from grader.errors import CourseError
from grader.report import Report

pytestmark = pytest.mark.slow

CLASS = {
    "ada": solved(),
    "ben": untouched(),
    **{name: answer(f"{WEAK}\n# {name}\n") for name in ("cleo", "dan", "eve", "finn", "gil")},
}


def hand_in(folder: Path) -> SmallClass:
    room = SmallClass(folder)
    for learner, nb in CLASS.items():
        room.hand_in(learner, nb)
    return room


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> tuple[SmallClass, Summary]:
    """The class as it is graded without a cluster."""
    room = hand_in(tmp_path_factory.mktemp("here"))
    return room, grade(room.root, PART)


@pytest.fixture
def room(tmp_path: Path) -> SmallClass:
    """The class, not graded yet."""
    return hand_in(tmp_path / "course")


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Machines]:
    """A scheduler without workers."""
    with Machines(tmp_path / "machines") as machines:
        yield machines


def assert_alike(room: SmallClass, here: tuple[SmallClass, Summary]) -> None:
    assert room.gradebook() == here[0].gradebook()
    assert room.files() == here[0].files()


def after(results: int, do: Callable[[], object]) -> Callable[[int, int], None]:
    """A progress that does something after so many results of learners."""

    def progress(done: int, total: int) -> None:
        if done == results:
            do()

    return progress


def kill(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait()


# ------------------------------------------------------------------ as on one machine


def test_two_workers(
    room: SmallClass, machines: Machines, here: tuple[SmallClass, Summary]
) -> None:
    """Rows, pages and gradebook are those of one machine, to the byte."""
    machines.add()
    machines.add()
    found = grade(room.root, PART, cluster=machines.address)
    assert found.rows == here[1].rows
    assert to_csv(found) == to_csv(here[1])
    assert found.sandbox == here[1].sandbox
    assert found.remarks == ()
    assert_alike(room, here)


def test_cluster_of_this_machine(room: SmallClass, here: tuple[SmallClass, Summary]) -> None:
    """`--cluster local` grades alike, says nothing of dask, and leaves no process behind."""
    command = [*MAIN, "grade", PART, "--cluster", "local", "--jobs", "2"]
    below: set[tuple[int, str]] = set()
    with subprocess.Popen(
        command, cwd=room.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        ended = None
        while ended is None:
            below |= descendants(process.pid)
            try:
                ended = process.wait(0.2)
            except subprocess.TimeoutExpired:
                continue
        output, errors = process.communicate()
    told = [line for line in errors.splitlines() if not line.startswith("grading suites: ")]
    assert (ended, told) == (0, [])
    assert output.startswith("7 graded, 0 refused, 0 unchanged, in ")
    assert len(below) > 4
    assert survivors(below) == set()
    assert_alike(room, here)


def test_nobody_else_joins_a_cluster_of_this_machine() -> None:
    """Its address tells who is there; without its certificate nobody gets an answer."""
    with cluster.Cluster("local", "off", jobs=1) as pool:
        address = pool._client.scheduler_info()["address"]
        assert address.startswith("tls://")
        known = pool._client.security.get_connection_args("client")
        asyncio.run(connect(address, timeout=60, **known)).abort()  # it answers who has one
        with pytest.raises(OSError, match=r"closed|Timed out"):
            asyncio.run(connect(address.replace("tls:", "tcp:"), timeout=2))


def test_interrupted(room: SmallClass, here: tuple[SmallClass, Summary]) -> None:
    """Ctrl-C ends a cluster of this machine with a sentence, and it is resumed as ever."""
    code = (
        "import signal; from grader.cli import main;"
        "signal.signal(signal.SIGINT, signal.default_int_handler);"  # a background job ignores it
        "main()"
    )
    options = ["grade", PART, "--cluster", "local", "--jobs", "2"]
    with subprocess.Popen(
        [sys.executable, "-c", code, *options],
        cwd=room.root,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        wait_until((room.root / ".grader" / "cache").exists, "the first report is kept")
        below = descendants(process.pid)
        assert below
        os.killpg(process.pid, signal.SIGINT)
        _, errors = process.communicate()
    told = [line for line in errors.splitlines() if not line.startswith("grading suites: ")]
    assert told == ["grader: Interrupted; nothing is lost, run the command again."]
    assert process.returncode == 2
    assert survivors(below) == set()
    grade(room.root, PART)
    assert_alike(room, here)


def test_command_without_dask(room: SmallClass) -> None:
    """A sentence says what to install."""
    code = "import sys; sys.modules['distributed'] = None; from grader.cli import main; main()"
    options = ["grade", PART, "--cluster", "local"]
    result = room.run(command=[sys.executable, "-c", code, *options])
    assert result.returncode == 2
    assert "pip install 'async-testing-patterns[cluster]'" in result.stderr


# ------------------------------------------------------------------ who gets no work


def test_worker_with_another_bank(
    room: SmallClass, machines: Machines, here: tuple[SmallClass, Summary]
) -> None:
    """It gets no work, and the summary says so."""
    machines.add_with_another_bank()
    (other,) = machines.workers()
    machines.add()
    found = grade(room.root, PART, cluster=machines.address)
    assert found.remarks == (
        "No work for 1 of the workers, because the bank, the grader or the application there is "
        f"another one than here: {other}.",
    )
    assert_alike(room, here)


def test_worker_without_walls(room: SmallClass, machines: Machines) -> None:
    """It gets no work where walls are asked for; with no other worker, nothing is graded."""
    machines.add_without_walls()
    with pytest.raises(CourseError, match="no wall around learners' code works there") as error:
        grade(room.root, PART, cluster=machines.address)
    assert machines.workers()[0] in str(error.value)
    assert not (room.root / "autograded").exists()
    machines.add()
    found = grade(room.root, PART, cluster=machines.address)
    assert "No work for 1 of the workers, because no wall" in found.remarks[0]
    assert found.sandbox != "none"
    without = grade(room.root, PART, cluster=machines.address, sandbox="off")
    assert (without.sandbox, without.remarks) == ("none", ())


def test_no_scheduler(room: SmallClass) -> None:
    """A sentence, and nothing is graded."""
    with pytest.raises(CourseError, match="there is no scheduler of dask at tcp://127"):
        grade(room.root, PART, cluster="tcp://127.0.0.1:9")


# ------------------------------------------------------------------ who dies


def test_worker_that_is_killed(
    room: SmallClass, machines: Machines, here: tuple[SmallClass, Summary]
) -> None:
    """Its suites go to the other one."""
    victim, _ = machines.add(), machines.add()
    progress = after(2, lambda: kill(victim))
    found = grade(room.root, PART, cluster=machines.address, progress=progress)
    assert victim.returncode == -signal.SIGKILL
    assert found.rows == here[1].rows
    assert_alike(room, here)


def test_last_worker_that_is_killed(
    room: SmallClass, machines: Machines, here: tuple[SmallClass, Summary]
) -> None:
    """The one that comes after it does the rest."""
    victim = machines.add()

    def replace() -> None:
        kill(victim)
        machines.add()

    progress = after(2, replace)
    found = grade(room.root, PART, cluster=machines.address, progress=progress)
    assert found.rows == here[1].rows
    assert_alike(room, here)


def test_worker_that_stands_still(
    room: SmallClass,
    machines: Machines,
    here: tuple[SmallClass, Summary],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What it does not answer, another one does."""
    monkeypatch.setattr(cluster, "LATE", 8)
    victim, _ = machines.add(), machines.add()
    progress = after(2, lambda: os.kill(victim.pid, signal.SIGSTOP))
    found = grade(room.root, PART, cluster=machines.address, progress=progress)
    assert found.rows == here[1].rows
    assert_alike(room, here)


def test_scheduler_that_is_killed(
    room: SmallClass, machines: Machines, here: tuple[SmallClass, Summary], tmp_path: Path
) -> None:
    """What was graded is kept, and the next run does the rest."""
    machines.add()
    progress = after(3, lambda: kill(machines.scheduler))
    with pytest.raises(CourseError, match=r"the scheduler at .* is gone\. What is graded so far"):
        grade(room.root, PART, cluster=machines.address, progress=progress)
    rest: list[int] = []
    with Machines(tmp_path / "others") as others:
        others.add()
        found = grade(
            room.root, PART, cluster=others.address, progress=lambda _, total: rest.append(total)
        )
    assert rest
    assert max(rest) <= len(CLASS) - 3
    assert [row.score for row in found.rows] == [row.score for row in here[1].rows]
    assert_alike(room, here)


# ------------------------------------------------------------------ what travels


def test_reply_that_is_no_report() -> None:
    """An entry counts for just the suite, the exercise and the wall that were asked for."""
    report = Report("first-test", "graded", None, 2)
    entry = to_entry("first-test", "suite", "none", report)
    assert from_entry(entry, "first-test", "suite", "none") == report
    for asked in (("first-test", "other", "none"), ("first-test", "suite", "landlock")):
        assert from_entry(entry, *asked) is None
    assert from_entry(entry.replace('"points": 2', '"points": true'), *asked) is None
    assert from_entry("[]", *asked) is None

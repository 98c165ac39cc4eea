"""Grading that is killed, or finds no room, and starts again: it ends as if nothing had been."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from helpers.course import ROOT
from helpers.processes import descendants, survivors
from helpers.small_class import MAIN, PART, WEAK, SmallClass, answer, solved, untouched

pytestmark = pytest.mark.slow

KILLS = 20
COMMAND = [*MAIN, "grade", PART, "--sandbox", "off"]
SENTENCE = f"{sys.executable} -c 'from grader.cli import main; main()' grade {PART} --sandbox off"


def hand_in(room: SmallClass) -> None:
    for learner, nb in {"ada": solved(), "ben": untouched(), "cleo": answer(WEAK)}.items():
        room.hand_in(learner, nb)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[SmallClass, float]:
    """A class that was graded in peace, and how many seconds that took."""
    room = SmallClass(tmp_path_factory.mktemp("undisturbed"))
    hand_in(room)
    begun = time.monotonic()
    assert room.run().returncode == 0
    return room, time.monotonic() - begun


# ------------------------------------------------------------------ killed


def test_killed_at_random_moments(undisturbed: tuple[SmallClass, float], tmp_path: Path) -> None:
    """Up to twenty, each followed by a new start, and nothing is lost, doubled or left alive."""
    untroubled, seconds = undisturbed
    chance, killed = random.Random(20), 0
    for number in range(4):
        room = SmallClass(tmp_path / str(number))
        hand_in(room)
        usual = seconds
        if number % 2:  # all is in the cache: the kills come while the class is written
            shutil.copytree(untroubled.root / ".grader", room.root / ".grader")
            usual *= 0.6
        for _ in range(KILLS // 4):
            with subprocess.Popen(
                COMMAND, cwd=room.root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            ) as process:
                try:
                    process.wait(chance.uniform(0.3, 1) * usual)
                except subprocess.TimeoutExpired:
                    below = descendants(process.pid)
                    process.send_signal(signal.SIGKILL)
                    process.wait()
                    killed += 1
                    assert survivors(below) == set()
        result = room.run()
        assert result.returncode == 0, result.stderr
        assert room.gradebook() == untroubled.gradebook()
        assert room.files() == untroubled.files()
    assert killed >= KILLS // 4


ENTERS = """
import itertools, json, os, sys
from pathlib import Path
from helpers.gradebooks import TABLES, contents
from helpers.small_class import LESSON, PART
from sqlalchemy import create_engine, event, text
from sqlalchemy.orm import Session
from grader.classroom.gradebook import Book, Course
from grader.course.notebooks import read_notebook, release

released = {LESSON: release(read_notebook(Path("solutions", PART, f"{LESSON}.ipynb")))}
url = sys.argv[1]

def enter(left):
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    @event.listens_for(Session, "before_commit")
    def count(session):
        nonlocal left
        left -= 1
        if left < 0:
            os._exit(9)

    with Book(Course(Path.cwd()), PART, released) as book:
        book.record("ada", None, {}, {LESSON: {"first-test-score": 1.5}})
    os._exit(0)

def empty():
    engine = create_engine(url)
    with engine.begin() as connection:
        next(iter(TABLES.values())).metadata.drop_all(connection)
        connection.execute(text("drop table if exists alembic_version"))
    engine.dispose()

for commits in itertools.count():
    empty()
    ends = enter(commits), enter(1000)
    print(json.dumps([ends, contents(url)]))
    if ends[0] != 9:
        break
"""
"""Enters a part and a learner twice, each in a process of its own: the first ends after so many
commits, as if it were killed. Prints how both have ended, and the gradebook, for 0 commits, for 1,
until it ends well."""


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_part_that_was_entered_half_is_entered_whole(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Whichever of nbgrader's commits was the last one before the end."""
    room = SmallClass(tmp_path)
    url = f"sqlite:///{room.root / 'gradebook.db'}"
    if kind == "postgresql":
        url = request.getfixturevalue("server").new_database()
    room.configure(f"c.CourseDirectory.db_url = {url!r}")
    path = os.pathsep.join([str(ROOT / "tests"), str(ROOT)])
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ENTERS, url],
        cwd=room.root,
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        text=True,
    )
    *killed, (ends, whole) = map(json.loads, done.stdout.splitlines())
    assert ends == [0, 0]
    assert len(killed) > 5
    assert killed == [[[9, 0], whole]] * len(killed)


# ------------------------------------------------------------------ no room


def one_sentence(words: str) -> str:
    """What the command said, which is one line and no traceback."""
    (line,) = words.strip().splitlines()
    assert line.startswith("grader: ")
    return line


@pytest.mark.parametrize("left", [0, 24, 80])
def test_full_disk(undisturbed: tuple[SmallClass, float], tmp_path: Path, left: int) -> None:
    """With too few kilobytes left there is a sentence; with room again, all is as it should be."""
    room, kept = SmallClass(tmp_path / "course"), tmp_path / "kept"
    shutil.copytree(undisturbed[0].root, kept)
    for name in ("autograded", "feedback"):
        shutil.rmtree(kept / name, ignore_errors=True)
    for name in os.listdir(kept / ".grader" / "cache"):
        shutil.rmtree(kept / ".grader" / "cache" / name)
    script = f"""
        cp -r {kept}/. {room.root}
        dd if=/dev/zero of={room.root}/room bs=1k count={left} 2>/dev/null
        dd if=/dev/zero of={room.root}/ballast bs=1k 2>/dev/null
        rm {room.root}/room
        {SENTENCE} && exit 9
        rm {room.root}/ballast
        cp -r {room.root}/. {kept}
    """
    walls = ["bwrap", "--dev-bind", "/", "/", "--size", str(2 << 20), "--tmpfs", str(room.root)]
    command = [*walls, "--chdir", str(room.root), "sh", "-c", f"cd {room.root}; {script}"]
    result = room.run(command=command)
    assert result.returncode == 0, result.stderr
    assert "No space left" in one_sentence(result.stderr) or "is full" in result.stderr
    shutil.rmtree(room.root)
    kept.rename(room.root)
    assert room.run().returncode == 0
    assert room.gradebook() == undisturbed[0].gradebook()
    assert room.files() == undisturbed[0].files()


def test_read_only_folder(undisturbed: tuple[SmallClass, float], tmp_path: Path) -> None:
    """Where nothing may be written there is a sentence, and nothing is changed."""
    room = SmallClass(tmp_path / "course")
    shutil.copytree(undisturbed[0].root, room.root, dirs_exist_ok=True)
    room.hand_in("cleo", solved())
    before = room.files(), room.gradebook()
    walls = ["bwrap", "--dev-bind", "/", "/", "--ro-bind", str(room.root), str(room.root)]
    result = room.run(command=[*walls, "--chdir", str(room.root), *COMMAND])
    assert result.returncode == 2
    assert "ead-only" in one_sentence(result.stderr)
    assert (room.files(), room.gradebook()) == before

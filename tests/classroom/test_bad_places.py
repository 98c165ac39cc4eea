"""Commands where they cannot do their work: one sentence, a non-zero exit, and nothing is lost.

The places are real: bubblewrap mounts a folder read-only, or a file system of a few kilobytes.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.course import ROOT

MAIN = [sys.executable, "-c", "from grader.cli import main; main()"]
NOTEBOOK = "notebooks/00-start-here.ipynb"

pytestmark = pytest.mark.slow


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course of one lesson, built, whose lesson has changed since."""
    course = tmp_path / "course"
    for folder in ("lessons", "solutions", "notebooks"):
        (course / folder).mkdir(parents=True)
    for name in ("pyproject.toml", "nbval_sanitize.cfg", "lessons/00-start-here.py"):
        shutil.copy(ROOT / name, course / name)
    assert run(course, "build").returncode == 0
    lesson = course / "lessons" / "00-start-here.py"
    lesson.write_text(lesson.read_text() + "\n# %% [markdown]\n# One cell more.\n")
    return course


def run(
    folder: Path, *arguments: str, inside: tuple[str, ...] = ()
) -> "subprocess.CompletedProcess[str]":
    """`grader` with some arguments, in a folder; `inside` are bubblewrap's mounts."""
    walls = ["bwrap", "--dev-bind", "/", "/", *inside, "--chdir", str(folder)] if inside else []
    return subprocess.run(
        [*walls, *MAIN, *arguments], cwd=folder, capture_output=True, text=True, timeout=300
    )


def one_sentence(result: "subprocess.CompletedProcess[str]") -> str:
    """What the command said, which is one line and no traceback."""
    assert result.returncode != 0
    (line,) = result.stderr.strip().splitlines()
    assert line.startswith("grader: ")
    return line


def files(course: Path) -> dict[str, bytes]:
    """Every file of the built trees."""
    trees = [course / "solutions", course / "notebooks"]
    return {str(path): path.read_bytes() for tree in trees for path in tree.rglob("*.*")}


def test_read_only_folder(course: Path) -> None:
    """A build that may not write says where, and leaves everything as it was."""
    before = files(course)
    result = run(course, "build", inside=("--ro-bind", str(course), str(course)))
    assert "Read-only file system" in one_sentence(result)
    assert files(course) == before


def test_full_disk(course: Path) -> None:
    """A notebook that does not fit is not written half; what stood there stands there."""
    kept = course.parent / "kept"
    shutil.copytree(course, kept)
    script = (
        f"cp -r {kept}/. {course} && dd if=/dev/zero of={course}/ballast bs=1k 2>/dev/null; "
        f'{sys.executable} -c "from grader.cli import main; main()" build; code=$?; '
        f"rm {course}/ballast; cp -r {course}/notebooks {course}/solutions {kept}; exit $code"
    )
    before = files(kept)
    result = subprocess.run(
        [
            *("bwrap", "--dev-bind", "/", "/", "--size", str(1 << 20), "--tmpfs", str(course)),
            *("--chdir", str(course), "sh", "-c", f"cd {course}; {script}"),
        ],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert "No space left on device" in one_sentence(result)
    assert files(kept) == before


def test_second_build_at_the_same_time(course: Path) -> None:
    """The second one says that there is a first, and the first is not disturbed."""
    with subprocess.Popen(
        [*MAIN, "build"], cwd=course, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as first:
        assert first.stdout is not None
        assert "Running" in first.stdout.readline()
        second = run(course, "build")
        assert "another `grader build` is at work" in one_sentence(second)
        first.communicate()
        assert first.returncode == 0
    assert "One cell more." in (course / NOTEBOOK).read_text()


def test_two_checks_at_the_same_time(course: Path) -> None:
    """Commands that write nothing do not mind each other."""
    commands = [
        subprocess.Popen(
            [*MAIN, "check", NOTEBOOK],
            cwd=course,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(2)
    ]
    outputs = [command.communicate()[0] for command in commands]
    assert outputs[0] == outputs[1]
    assert [command.returncode for command in commands] == [1, 1]


@pytest.mark.parametrize(
    "arguments",
    [
        ("evaluate", "lessons/00-start-here.py", "--exercise", "first-test"),
        ("check", NOTEBOOK),
        ("verify", "first-test"),
    ],
)
def test_nowhere_to_put_a_temporary_file(course: Path, arguments: tuple[str, ...]) -> None:
    """Tests need a folder to run in; without one there is a sentence."""
    places = (Path("/tmp"), Path("/var/tmp"), Path("/usr/tmp"), Path("/dev/shm"))
    mounts = [f"--ro-bind {place} {place}" for place in places if place.is_dir()]
    inside = (*" ".join(mounts).split(), "--ro-bind", str(course), str(course))
    result = run(course, *arguments, inside=(*inside, "--unsetenv", "TMPDIR"))
    assert "temporary" in one_sentence(result)


def test_folder_that_may_not_be_read(course: Path) -> None:
    """A file that is there and closed is named, with the reason."""
    closed = course / "closed.py"
    closed.write_text("def test_a(): pass\n")
    closed.chmod(0)
    user: tuple[str, ...] = ("--unshare-user",)
    if os.getuid() == 0:
        user += ("--uid", "1000", "--gid", "1000", "--cap-drop", "ALL")
    result = run(course, "evaluate", "closed.py", "--exercise", "first-test", inside=user)
    assert "path 'closed.py' is not readable" in one_sentence(result)

"""What a lesson says of your own project holds: in an empty folder, with nothing but what it names.

The text names packages, the configuration, some files, and a change to one of them. The tests pass
before the change and fail after it.
"""

import re
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from helpers.course import ROOT

from grader.course.lessons import Lesson, lesson_notebook, lessons
from grader.course.shape import OWN_PROJECT

pytestmark = pytest.mark.slow

MOST_LINES = 10
taught = pytest.mark.parametrize(
    "lesson", [lesson for lesson in lessons(ROOT) if lesson.part], ids=lambda lesson: lesson.name
)


def section(lesson: Lesson) -> str:
    """The cell that is about one's own project."""
    cells = lesson_notebook(lesson, ROOT).cells
    return next(str(cell.source) for cell in cells if cell.source.startswith(f"## {OWN_PROJECT}"))


def blocks(lesson: Lesson, language: str) -> list[str]:
    """The blocks of code in a language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", section(lesson), re.MULTILINE | re.DOTALL)


def packages(lesson: Lesson) -> tuple[str, ...]:
    """What is to be installed."""
    (command,) = blocks(lesson, "sh")
    tool, verb, *names = command.split()
    assert (tool, verb) == ("pip", "install")
    return tuple(names)


def files(lesson: Lesson) -> dict[str, str]:
    """Each file, by the name that its first line gives it."""
    texts = [*blocks(lesson, "ini"), *blocks(lesson, "python")]
    return {text.partition("\n")[0].removeprefix("# "): text for text in texts}


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Callable[[tuple[str, ...]], Path]:
    """The Python of an environment with some packages and nothing else, made once for each set."""

    def run(*command: str | Path) -> None:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    @cache
    def make(names: tuple[str, ...]) -> Path:
        folder = tmp_path_factory.mktemp("environment")
        run(sys.executable, "-m", "venv", folder)
        found = folder / "bin" / "python"
        pinned = ("--quiet", "--constraint", str(ROOT / "constraints.txt"), *names)
        uv = Path(sys.executable).with_name("uv")
        if uv.exists():
            run(uv, "pip", "install", "--python", found, *pinned)
        else:
            run(found, "-m", "pip", "install", "--disable-pip-version-check", *pinned)
        return found

    return make


@taught
def test_it_fits_on_a_page(lesson: Lesson) -> None:
    """Ten lines a file at most, blank ones and its name not counted; nothing of the course."""
    for name, text in files(lesson).items():
        lines = [line for line in text.splitlines()[1:] if line.strip()]
        assert 0 < len(lines) <= MOST_LINES, name
        assert "vespera_scriptorium" not in text
        assert "grader" not in text


@taught
def test_its_tests_pass_and_notice_the_mutant(
    lesson: Lesson, python: Callable[[tuple[str, ...]], Path], tmp_path: Path
) -> None:
    """In an empty folder, as a reader would run them."""
    for name, text in files(lesson).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    command = [
        str(python(packages(lesson))),
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
    ]

    def run() -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    before = run()
    assert before.returncode == 0, before.stdout
    (change,) = blocks(lesson, "diff")
    apply = ["git", "apply", "--recount", "--verbose"]
    patched = subprocess.run(apply, cwd=tmp_path, input=change, capture_output=True, text=True)
    assert patched.returncode == 0, patched.stderr
    assert "offset" not in patched.stderr
    after = run()
    assert after.returncode == 1, after.stdout

"""What tests of this folder share."""

import asyncio
import contextlib
import shutil
import warnings
from pathlib import Path

import pytest
from helpers.little_course import adding, write_course

from grader.course import lessons
from grader.course.build import build
from grader.runner import policy


@pytest.fixture(scope="module")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = write_course(tmp_path_factory.mktemp("course"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lessons, "exercises", lambda: {"adding": adding})
        build(root)
    return root


@pytest.fixture
def course(built_once: Path, tmp_path: Path) -> Path:
    """A course that was built, to do with as a test likes."""
    return Path(shutil.copytree(built_once, tmp_path / "course"))


@pytest.fixture
def bank(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bank that holds one exercise."""
    monkeypatch.setattr(lessons, "exercises", lambda: {"adding": adding})


@pytest.fixture(scope="module")
def no_current_loop() -> None:
    """looptime gives synchronous tests an event loop, which `asyncio.run` would drop unclosed."""
    with contextlib.suppress(RuntimeError), warnings.catch_warnings(action="ignore"):
        policy.current().get_event_loop().close()
    asyncio.set_event_loop(None)

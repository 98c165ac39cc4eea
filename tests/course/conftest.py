"""What tests of this folder share."""

import shutil
from pathlib import Path

import pytest
from helpers.little_course import adding, write_course

from grader.course import lessons
from grader.course.build import build


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

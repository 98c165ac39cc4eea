"""A checkout of the course in which somebody has worked, and what befalls it."""

import errno
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from helpers.course import ROOT

START = "00-start-here"
LESSON = "2-advanced/04-concurrent-operations"
NAME, OTHER = "first-test", "distinct-ids"
ANSWER = "%%ipytest --mutants {}\nasync def test_mine():\n    assert True\n"


class Checkout:
    """A checkout with the notebooks of two lessons."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.notebooks = root / "notebooks"
        shutil.copytree(ROOT / "lessons", root / "lessons")  # all: the start page lists them
        for lesson in (START, LESSON):
            path = root / "notebooks" / f"{lesson}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / "notebooks" / f"{lesson}.ipynb", path)
        shutil.copy(ROOT / "pyproject.toml", root)
        (root / "grader").mkdir()
        (root / "grader" / "old.py").write_text("old")

    def path(self, lesson: str) -> Path:
        return self.notebooks / f"{lesson}.ipynb"

    def read(self, lesson: str) -> dict[str, Any]:
        nb: dict[str, Any] = json.loads(self.path(lesson).read_text())
        return nb

    def change(self, lesson: str, change: Callable[[dict[str, Any]], object]) -> None:
        nb = self.read(lesson)
        change(nb)
        self.path(lesson).write_text(json.dumps(nb))

    def answer(self, lesson: str, name: str, text: str | None = None) -> None:
        def put(nb: dict[str, Any]) -> None:
            cell_of(nb, name)["source"] = text or ANSWER.format(name)

        self.change(lesson, put)

    def answered(self, lesson: str, name: str) -> str:
        return "".join(cell_of(self.read(lesson), name)["source"])


def cell_of(nb: dict[str, Any], name: str) -> dict[str, Any]:
    (cell,) = [cell for cell in nb["cells"] if cell.get("id") == name]
    found: dict[str, Any] = cell
    return found


def full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

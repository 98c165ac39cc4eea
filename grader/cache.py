"""What was graded before, on disk: one small file for each suite, named by all that decides it.

The name is a hash of the suite, the exercise, the wall, and everything that takes part in grading:
our own sources, the bank and the application, Python, and what is installed of pytest and the
like. So no entry is ever out of date, and none has to be removed.
"""

import hashlib
import json
import sys
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import grader
import vespera_scriptorium
from grader.files import write

FOLDER = Path(".grader", "cache")
"""Where it lies in a course."""

_LIBRARIES = (*("aiosqlite", "hypothesis", "looptime", "pytest", "pytest-asyncio", "SQLAlchemy"),)

Entry = dict[str, Any]


@cache
def engine() -> str:
    """A hash of everything, but the suite, that a score depends on."""
    digest = hashlib.sha256(sys.version.encode())
    for name in _LIBRARIES:
        digest.update(f"{name}=={version(name)}\n".encode())
    for package in (grader, vespera_scriptorium):
        folder = Path(package.__path__[0])
        kinds = ("*.py", "*.html", "*.css")
        for path in sorted(path for kind in kinds for path in folder.rglob(kind)):
            content = path.read_bytes()
            digest.update(f"{path.relative_to(folder)} {len(content)}\n".encode() + content)
    return digest.hexdigest()


class Cache:
    """Entries on disk, for any number of threads and processes at once."""

    def __init__(self, folder: Path, wall: str) -> None:
        self._folder = folder
        self._wall = wall

    def get(self, exercise: str, suite: str) -> Entry | None:
        """What was put for this suite; None for nothing, or for what we did not write whole."""
        key = self._key(exercise, suite)
        try:
            stored = json.loads(self._path(key).read_bytes())
            result: Entry = stored["result"]
            sound = stored["key"] == key and stored["digest"] == _digest(result)
        except (OSError, ValueError, LookupError, TypeError, RecursionError):
            return None
        return result if sound else None

    def put(self, exercise: str, suite: str, result: Mapping[str, Any]) -> None:
        """Keep a result, all of it or nothing. Raises `OSError` where it cannot be written."""
        key = self._key(exercise, suite)
        text = json.dumps({"key": key, "digest": _digest(result), "result": result})
        write(self._path(key), text.encode(), 0o600)

    def _path(self, key: Mapping[str, str]) -> Path:
        name = _digest(key)
        return self._folder / name[:2] / f"{name}.json"

    def _key(self, exercise: str, suite: str) -> dict[str, str]:
        suite = hashlib.sha256(suite.encode(errors="surrogatepass")).hexdigest()
        return {"engine": engine(), "exercise": exercise, "suite": suite, "wall": self._wall}


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()

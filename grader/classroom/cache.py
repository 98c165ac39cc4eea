"""Keeps reports on disk: one small file for each suite, named by all that decides its report.

The name is a hash of the suite, the exercise, the wall, and everything that takes part in grading:
the sources that judge, the bank and the application, Python, and what is installed of pytest and
the like. So no entry is ever out of date, and none has to be removed. How a report looks is no part
of an entry: pages may change and nothing has to be graded again.
"""

import hashlib
import json
import sys
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path

import vespera_scriptorium
from grader.files import write
from grader.report import Report, from_json, to_json

FOLDER = Path(".grader", "cache")
"""The folder of the cache, in a course."""

_LIBRARIES = (
    *("aiosqlite", "httpx", "hypothesis", "looptime", "pytest", "pytest-asyncio", "SQLAlchemy"),
)

_JUDGING = (
    *("engine", "sandbox", "runner", "bank"),
    *("exercise.py", "sources.py", "report.py", "errors.py"),
)
"""The parts of the grader that can change a report."""


def libraries() -> dict[str, str]:
    """The versions of the libraries that can change a report, by name."""
    return {name: version(name) for name in _LIBRARIES}


@cache
def engine() -> str:
    """A hash of everything, but the suite, that a score depends on."""
    digest = hashlib.sha256(sys.version.encode())
    for name, installed in libraries().items():
        digest.update(f"{name}=={installed}\n".encode())
    home = Path(__file__).parents[1]
    places = [home / name for name in _JUDGING] + [Path(vespera_scriptorium.__path__[0])]
    for place in places:
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            content = path.read_bytes()
            where = path.relative_to(place.parent)
            digest.update(f"{where} {len(content)}\n".encode() + content)
    return digest.hexdigest()


class Cache:
    """Reports on disk, for any number of threads and processes at once."""

    def __init__(self, folder: Path, wall: str) -> None:
        self._folder = folder
        self._wall = wall

    def get(self, exercise: str, suite: str) -> Report | None:
        """The report on this suite; None for nothing, or for what we did not write whole."""
        try:
            text = self._path(_key(exercise, suite, self._wall)).read_bytes()
        except OSError:
            return None
        return from_entry(text, exercise, suite, self._wall)

    def put(self, exercise: str, suite: str, report: Report) -> None:
        """Keep a report, all of it or nothing. Raises `OSError` where it cannot be written."""
        path = self._path(_key(exercise, suite, self._wall))
        write(path, to_entry(exercise, suite, self._wall, report).encode(), 0o600)

    def _path(self, key: Mapping[str, str]) -> Path:
        name = _digest(key)
        return self._folder / name[:2] / f"{name}.json"


def to_entry(exercise: str, suite: str, wall: str, report: Report) -> str:
    """The text that is kept of a report: with all that decides it, and a digest."""
    key, found = _key(exercise, suite, wall), to_json(report)
    return json.dumps({"key": key, "digest": _digest(found), "report": found})


def from_entry(text: str | bytes, exercise: str, suite: str, wall: str) -> Report | None:
    """The report that `to_entry` wrote for just this; None for any other text."""
    try:
        stored = json.loads(text)
        sound = stored["key"] == _key(exercise, suite, wall)
        sound = sound and stored["digest"] == _digest(stored["report"])
        return from_json(stored["report"]) if sound else None
    except (ValueError, LookupError, TypeError, RecursionError):
        return None


def _key(exercise: str, suite: str, wall: str) -> dict[str, str]:
    suite = hashlib.sha256(suite.encode(errors="surrogatepass")).hexdigest()
    return {"engine": engine(), "exercise": exercise, "suite": suite, "wall": wall}


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()

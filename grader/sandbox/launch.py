"""The walls around the process that runs learners' tests: which there are, and how it is started.

Two kinds do the same for a mark. `bubblewrap` needs the program of that name and a kernel that
lets anybody make namespaces; `landlock` needs Linux 5.13 or newer and nothing else. Each is tried
for real before it is trusted: see `trial`.
"""

import json
import os
import shutil
import site
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal

from grader.errors import NoWalls
from grader.runner.isolation import DISK, GUEST, Isolation, Wall

Choice = Literal["auto", "on", "off"]
WALLS: tuple[Wall, ...] = ("bubblewrap", "landlock")
"""The better one first."""

PATIENCE = 30
"""Seconds that a trial may take."""

ROOM = 1 << 30
"""Bytes that must be free in memory before files are put there."""

_HOME = Path(__file__).resolve().parents[2]
"""The folder of our packages: a checkout, or site-packages."""

_APPLICATION, _WORK = "/app", "/tmp/w"
"""Inside bubblewrap: what the warm process needs of ours, and where runs may write."""

_USER = 65534
"""The uid of every process inside bubblewrap."""


def choose(choice: Choice | Wall) -> Wall:
    """The best wall there is, or the one that is named; `none` where the choice allows it.

    Raises `NoWalls`.
    """
    if choice in ("off", "none"):
        return "none"
    problems = {}
    for kind in [kind for kind in WALLS if choice == kind] or WALLS:
        problem = trial(kind)
        if problem is None:
            return kind
        problems[kind] = problem
    if choice == "auto":
        return "none"
    reasons = ", ".join(f"{kind}: {problem}" for kind, problem in problems.items())
    raise NoWalls(
        f"no wall around learners' code works on this machine ({reasons}): `grader doctor` says "
        "what to install; `--sandbox off` gives learners' code your files, network and rights."
    )


@cache
def trial(kind: Wall) -> str | None:
    """Build a wall for real and try to get through it: what is wrong with it, or `None`."""
    if not sys.platform.startswith("linux"):
        return f"it needs Linux, and this is {sys.platform}"
    if kind == "bubblewrap" and shutil.which("bwrap") is None:
        return "bubblewrap is not installed"
    order = {"secrets": [str(_HOME / "grader" / "bank"), str(Path.home()), "/etc/passwd"]}
    try:
        with Place() as place:
            process = launch(kind, place, "grader.runner.trial", order, errors=subprocess.PIPE)
            try:
                found, errors = process.communicate(timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
                return f"it did not answer within {PATIENCE} s"
    except OSError as error:
        return f"it cannot be started ({error.strerror or error})"
    if (process.returncode, found) == (0, b"walled in\n"):
        return None
    said = (found or errors).decode(errors="replace").strip().splitlines()
    return said[-1] if said else f"it ended with exit code {process.returncode}"


class Place:
    """A folder for one warm process and its runs, gone when it closes.

    It lies on disk, or in memory if that is wanted and the system has a place: a database waits for
    a disk again and again. Behind bubblewrap no folder is needed, and none is made.
    """

    def __init__(self, *, in_memory: bool = False) -> None:
        self._in_memory = in_memory

    @cached_property
    def path(self) -> Path:
        """The folder, made when it is asked for."""
        return Path(tempfile.mkdtemp(prefix="suites-", dir=_memory() if self._in_memory else None))

    def __enter__(self) -> "Place":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Remove the folder, whoever wrote in it."""
        if "path" in vars(self):
            shutil.rmtree(self.path, ignore_errors=True)


def launch(
    kind: Wall,
    place: Place,
    module: str,
    order: Mapping[str, Any],
    errors: int = subprocess.DEVNULL,
) -> subprocess.Popen[bytes]:
    """Start a module of `grader.runner` behind a wall, its standard input and output as pipes.

    It is given the order as JSON, with the folder of its runs and with the walls of a run.
    """
    walls = Isolation(kind)
    if kind != "none":
        walls = Isolation(
            kind, *_readable(), hidden=(_APPLICATION,) if kind == "bubblewrap" else ()
        )
    folder = _WORK if kind == "bubblewrap" else str(place.path)
    whole = {**order, "folder": folder, "walls": asdict(walls)}
    # -P: a learner's random.py beside a notebook is not what tests import as random
    python = [sys.executable, "-P", "-m", module, json.dumps(whole)]
    match kind:
        case "bubblewrap":
            return _Start(errors, _as_guest()).behind_bubblewrap(python)
        case "landlock":
            places = {"PYTHONPATH": str(_HOME), "XDG_CACHE_HOME": str(_tables().parent)}
            return _Start(errors, _as_guest(place.path)).process(python, {**_EMPTY, **places})
    return _Start(errors, []).process(python, _inherited())


def _memory() -> Path | None:
    """Where Linux keeps files in memory, if there is room, and nobody has named another place."""
    place = Path("/dev/shm")
    try:
        roomy = shutil.disk_usage(place).free >= ROOM
    except OSError:
        return None
    usual = tempfile.gettempdir() == "/tmp"
    return place if roomy and usual and os.access(place, os.W_OK | os.X_OK) else None


@dataclass(frozen=True)
class _Start:
    errors: int
    prefix: list[str]
    """What comes before the command, to run it as somebody else."""

    def process(
        self, command: list[str], environment: Mapping[str, str], passed: tuple[int, ...] = ()
    ) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [*self.prefix, *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            env=environment,
            start_new_session=True,  # an interrupt of the kernel is not for this process
            pass_fds=passed,
        )

    def behind_bubblewrap(self, python: list[str]) -> subprocess.Popen[bytes]:
        with tempfile.TemporaryFile() as source:
            source.write(b"\0".join(os.fsencode(part) for part in _bubblewrap()))
            source.seek(0)
            number = source.fileno()
            # through a descriptor: the command's own line can be read from inside
            command = ["bwrap", "--args", str(number), "--", *python]
            return self.process(command, {"PATH": os.environ.get("PATH", "")}, (number,))


def _bubblewrap() -> Iterator[str]:
    """The options of bubblewrap: a system with Python and the runner in it, and no answers."""
    for name in ("user", "ipc", "pid", "net", "uts", "cgroup-try"):
        yield f"--unshare-{name}"
    yield from ("--uid", str(_USER), "--gid", str(_USER), "--hostname", "sandbox")
    yield from ("--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv")
    yield from ("--ro-bind", "/usr", "/usr")
    for name in ("lib", "lib64", "bin"):
        yield from ("--symlink", f"usr/{name}", f"/{name}")
    for place in _libraries():
        yield from ("--ro-bind", place, place)
        if _HOME.is_relative_to(place):  # installed, not a checkout: the answers lie there, too
            yield from ("--tmpfs", str(_HOME / "grader"))
    for name in _OURS:
        yield from ("--ro-bind", str(_HOME / name), f"{_APPLICATION}/{name}")
    tables = _tables()
    yield from ("--ro-bind-try", str(tables), f"{_APPLICATION}/cache/{tables.name}")
    yield from ("--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev")
    yield from ("--perms", "0700", "--size", str(DISK), "--tmpfs", _WORK, "--chdir", _WORK)
    yield from ("--remount-ro", "/")
    places = {"PYTHONPATH": _APPLICATION, "XDG_CACHE_HOME": f"{_APPLICATION}/cache"}
    for name, value in {**_EMPTY, **places}.items():
        yield from ("--setenv", name, value)


_OURS = ("grader/__init__.py", "grader/runner", "vespera_scriptorium")
"""The files of ours that the warm process needs."""

_EMPTY = {
    "HOME": "/nowhere",
    "LANG": "C.UTF-8",
    "MALLOC_ARENA_MAX": "2",  # or each thread takes 64 MiB of addresses, and there is 1 GiB
    "PATH": "/usr/bin",
    "PYTHONHASHSEED": "0",
    "PYTHONUNBUFFERED": "1",
    "PYTHONUTF8": "1",
    "TZ": "UTC",
}
"""The environment behind a wall."""


def _inherited() -> dict[str, str]:
    """The environment without walls: nothing that could change how tests run, fixed hashes."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in ("PYTHONPATH", "PYTHONHOME")
        or (not name.startswith(("PYTHON", "PYTEST_", "JPY_", "HYPOTHESIS_")) and name != "CI")
    }
    same = {name: _EMPTY[name] for name in _EMPTY if name.startswith(("PYTHON", "MALLOC"))}
    return {**kept, **same, "TZ": "UTC"}


@cache
def _libraries() -> list[str]:
    """The folders of Python and of what is installed, outside of /usr and our checkout."""
    found: list[Path] = []
    mine = [site.getusersitepackages()] if site.ENABLE_USER_SITE else []
    for text in (sys.prefix, sys.base_prefix, *site.getsitepackages(), *mine):
        place = Path(text)
        known = any(place.is_relative_to(other) for other in (Path("/usr"), *found))
        if place.exists() and not known:
            found.append(place)
    return list(map(str, found))


@cache
def _readable() -> tuple[list[str], list[str]]:
    """The folders that a run may read, and may list: all libraries, and nothing of ours."""
    libraries = ["/usr", "/lib", "/lib64", *_libraries()]
    inside = [str(part) for place in libraries for part in _around(Path(place), _HOME / "grader")]
    return inside, libraries


def _around(place: Path, hidden: Path) -> Iterable[Path]:
    """The paths that make up a folder without one of those in it, however deep that lies."""
    if not hidden.is_relative_to(place):
        return [place]
    return [
        part
        for inner in place.iterdir()
        if inner not in (hidden, hidden.parent / "vespera_scriptorium")
        for part in _around(inner, hidden)
    ]


def _as_guest(folder: Path | None = None) -> list[str]:
    """The prefix of a command where root grades: a user of its own runs learners' code."""
    needed = [sys.executable, *_libraries(), *(str(_HOME / name) for name in _OURS)]
    if os.getuid() != 0 or not _can_be_guest(tuple(needed)):
        return []
    if folder is not None:
        os.chown(folder, GUEST, GUEST)
        needed.append(str(folder))
    return _step_down([*needed, *map(str, [tables] if (tables := _tables()).is_dir() else [])])


def _step_down(needed: list[str]) -> list[str]:
    script = str(_HOME / "grader" / "runner" / "guest.py")
    return [sys.executable, "-I", "-S", script, str(GUEST), json.dumps(needed)]


@cache
def _can_be_guest(needed: tuple[str, ...]) -> bool:
    """Whether the guest can run Python and read all of these."""
    ask = "import os, sys; sys.exit(not all(os.access(path, os.R_OK) for path in sys.argv[1:]))"
    command = [*_step_down([*needed]), sys.executable, "-I", "-S", "-c", ask, *needed]
    return subprocess.run(command, capture_output=True, cwd="/").returncode == 0


@cache
def _tables() -> Path:
    """Hypothesis's tables of Unicode: a second's work, which nobody behind a wall could keep."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    own = home / "async-testing-patterns"
    if not list(own.glob("unicode_data/*/charmap.json.gz")):
        make = (
            "from grader.runner.settings import load_hypothesis; load_hypothesis(shrink=False); "
            "from hypothesis.internal.charmap import charmap; charmap()"
        )
        environment = {**_inherited(), "PYTHONPATH": str(_HOME)}
        subprocess.run([sys.executable, "-P", "-c", make], env=environment, capture_output=True)
    return own

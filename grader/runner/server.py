"""The warm process: everything is imported, pytest is configured, and every run is a fork of it.

Requests come as lines of JSON on standard input, answers leave as lines of JSON on standard
output, in the order in which runs end. The process lives as long as its standard input is open.

The server waits for requests inside pytest's own collection hook. In a child the hook returns, so
that pytest goes on as always; the parent stays in it.
"""

import contextlib
import gc
import importlib
import json
import os
import pkgutil
import secrets
import selectors
import shutil
import signal
import sys
import time
from collections import deque
from pathlib import Path
from typing import Any

import pytest

from grader.runner import guard
from grader.runner.database import without_thread
from grader.runner.isolation import MOST_OPEN, NO_WALLS, Isolation
from grader.runner.patch import Patch
from grader.runner.patience import SLACK, Patience, clock_of
from grader.runner.protocol import (
    Answer,
    Due,
    Finished,
    Message,
    Next,
    Ready,
    Request,
    from_line,
    to_line,
)
from grader.runner.run import OPTIONS, SUITE_FILE, Recorder, rewritten
from grader.runner.settings import load_hypothesis

MOST_OUTPUT = 1 << 20
"""Bytes of records that one run may write."""

SUITE_FOLDER = "folder-of-the-suite"
"""The last part of each run's own folder: where a message is cut short, its end is the same."""

LAST_BREATH = 1.0
"""Seconds that a run may take to end once it has finished."""

_FINISHED, _READY = vars(Finished()), vars(Ready())

WARM_UP = """
import asyncio
from unittest.mock import AsyncMock

import pytest
from hypothesis import given
from hypothesis import strategies as st


@pytest.fixture
async def number():
    yield 1


@pytest.mark.parametrize("other", [1, "two"])
async def test_warm_up(number, other):
    async with asyncio.timeout(5):
        await asyncio.gather(asyncio.sleep(1), AsyncMock()())
    with pytest.raises(AssertionError):
        assert number == f"{other}"


class TestSync:
    def test_in_a_class(self, tmp_path):
        assert tmp_path


@given(st.text(), st.binary())
def test_examples(text, content):
    assert text.encode() is not content
"""


class Child:
    """A process at work on a request, and what it has written so far."""

    def __init__(self, request: Request, folder: Path, walls: Isolation) -> None:
        self.request: Request | None = request
        self.id = request.id
        self.folder = folder
        self.records: list[Any] = []
        self.malformed = self.overflow = self._finished = False
        self.due = 0
        """How many further variants it is ready for, and has not asked for yet."""
        self.child_input, self.input = os.pipe()  # all have one: nothing tells which run is which
        os.set_blocking(self.input, False)
        self.output, self.child_output = os.pipe()
        self._later = len(request.later)
        self._unread = self._unsent = b""
        self._written = 0
        self.pid = walls.fork()
        limit = time.monotonic() + request.limit * SLACK
        self.patience = Patience(clock_of(self.pid), request.deadline, limit)
        with contextlib.suppress(OSError):
            os.setpgid(self.pid, self.pid)

    def read(self) -> bool:
        """Take what the child wrote. False when it is gone, or wrote too much."""
        chunk = os.read(self.output, 1 << 16)
        self._written += len(chunk)
        self.overflow = self._written > MOST_OUTPUT
        *lines, self._unread = (self._unread + chunk).split(b"\n")
        for line in lines:
            try:
                record = json.loads(line)
            except (ValueError, RecursionError):
                self.malformed = True
                continue
            if not (isinstance(record, dict) and "stuck" in record):  # that is no progress
                self.patience.renew()
            if record == _READY and self._later:
                self._later, self.due, self._written = self._later - 1, self.due + 1, 0
            else:
                self.records.append(record)
        if not self._finished and bool(self.records) and self.records[-1] == _FINISHED:
            # its end is all that is to come; but what a test has forked may hold the pipe open
            self._finished = True
            self.patience.end_in(LAST_BREATH)
        return bool(chunk) and not self.overflow

    def send(self, message: Next | None = None) -> bool:
        """Write what the child is to read, as far as it can be written; False if some is left."""
        self._unsent += b"" if message is None else to_line(message)
        with contextlib.suppress(BlockingIOError, BrokenPipeError):
            self._unsent = self._unsent[os.write(self.input, self._unsent) :]
        return not self._unsent

    def end(self, *, hung: bool) -> Answer:
        """Kill what is left of the child and its process group, and answer."""
        gone, status = 0, 0
        if not hung and not self.overflow:  # the pipe is closed: it ends, if nothing holds it
            gone, status = self._wait_briefly()
        elif self._finished:
            gone, status = os.waitpid(self.pid, os.WNOHANG)
        for kill in (os.killpg, os.kill):  # it may have left its group
            if kill is os.killpg or not gone:
                with contextlib.suppress(OSError):
                    kill(self.pid, signal.SIGKILL)
        if not gone:
            os.waitpid(self.pid, 0)
        os.close(self.output)
        os.close(self.input)
        return Answer(
            id=self.id,
            records=tuple(self.records),
            hung=hung and not self._finished,
            status=os.waitstatus_to_exitcode(status) if gone else None,
            malformed=self.malformed or (bool(self._unread) and not hung),
            overflow=self.overflow,
        )

    def _wait_briefly(self) -> tuple[int, int]:
        """Wait for a process whose pipe has closed: it is at its end, or pretends to be."""
        limit = time.monotonic() + LAST_BREATH
        while time.monotonic() < limit:
            gone, status = os.waitpid(self.pid, os.WNOHANG)
            if gone:
                return gone, status
            time.sleep(0.0005)  # a pipe tells no more than that it is closed
        return 0, 0


class Server:
    """A pytest plugin that forks at most `children` runs at a time and answers for each."""

    def __init__(self, children: int, folder: Path, recorder: Recorder, walls: Isolation) -> None:
        self._children = children
        self._walls = walls
        self._folder = folder
        self._recorder = recorder
        self._answers = os.dup(1)
        self._waiting: deque[Request] = deque()
        self._running: dict[int, Child] = {}
        """By the ids of their requests."""
        self._unread = b""
        self.serves = True
        """False in a run, which may have the same process number."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> None:
        """Serve until standard input closes; come back in the children only."""
        gc.collect()
        gc.freeze()
        self._selector = selectors.DefaultSelector()
        self._selector.register(0, selectors.EVENT_READ)
        while True:
            while self._waiting and len(self._running) < self._children:
                request = self._waiting.popleft()
                bytecode = rewritten(request.suite, session.config)
                child = self._start(request)
                if child.pid == 0:
                    return self._become(child, session.config, bytecode)
            if not self._wait():
                break
        for child in self._running.values():
            child.end(hung=True)
        raise pytest.exit.Exception("standard input has closed", returncode=0)

    def _wait(self) -> bool:
        """Wait until something happens; False when standard input has closed."""
        for key, _ in self._selector.select(self._patience()):
            if key.data is None:
                chunk = os.read(0, 1 << 16)
                if not chunk:
                    return False
                *lines, self._unread = (self._unread + chunk).split(b"\n")
                for line in lines:
                    self._take(from_line(line))
            elif key.data.id not in self._running:
                continue  # it has ended while this was looked at
            elif key.fd == key.data.input:
                if key.data.send():
                    self._selector.unregister(key.fd)
            elif not key.data.read():
                self._end(key.data, hung=False)
            else:
                for _ in range(key.data.due):
                    self._answer(Due(key.data.id))
                key.data.due = 0
        for child in [child for child in self._running.values() if child.patience.is_over()]:
            self._end(child, hung=True)
        return True

    def _take(self, message: Message) -> None:
        """A new request; or what a child has waited for, unless it has ended since."""
        match message:
            case Request():
                self._waiting.append(message)
            case Next(to) if to in self._running:
                child = self._running[to]
                if not child.send(message) and child.input not in self._selector.get_map():
                    self._selector.register(child.input, selectors.EVENT_WRITE, child)

    def _patience(self) -> float | None:
        if not self._running:
            return None
        next_look = min(child.patience.next_look for child in self._running.values())
        return max(0.0, next_look - time.monotonic())

    def _start(self, request: Request) -> Child:
        place = self._folder
        if not self._walls.own_file_system:
            place /= secrets.token_hex(8)  # nothing tells how many there were before
            place.mkdir(mode=0o700)
        child = Child(request, place / SUITE_FOLDER, self._walls)
        if child.pid:
            os.close(child.child_output)
            os.close(child.child_input)
            self._running[child.id] = child
            self._selector.register(child.output, selectors.EVENT_READ, child)
        return child

    def _become(self, child: Child, config: pytest.Config, bytecode: bytes) -> None:
        """In the child: a process group of its own, no channel but its own, and the walls.

        What it could read of other runs, and of its own request, is gone before its suite is
        imported.
        """
        self.serves = False
        os.setpgid(0, 0)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        nothing = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(nothing, standard)
        self._selector.close()
        first = 3
        for kept in sorted((child.child_input, child.child_output)):
            os.closerange(first, kept)
            first = kept + 1
        os.closerange(first, MOST_OPEN)
        request, child.request = child.request, None
        assert request is not None
        self._waiting.clear()
        self._running.clear()
        self._unread = b""
        rewritten.cache_clear()
        seconds = int(request.limit) + 10  # the server, which can say why, comes first, if late
        try:
            self._walls.enter(str(child.folder.parent), seconds)
        except OSError:
            os._exit(NO_WALLS)
        self._recorder.output, self._recorder.input = child.child_output, child.child_input
        self._recorder.begin(request, config, child.folder, bytecode)

    def _end(self, child: Child, *, hung: bool) -> None:
        self._selector.unregister(child.output)
        if child.input in self._selector.get_map():
            self._selector.unregister(child.input)
        del self._running[child.id]
        answer = child.end(hung=hung)
        if not self._walls.own_file_system:
            shutil.rmtree(child.folder.parent, ignore_errors=True)
        self._answer(answer)

    def _answer(self, message: Answer | Due) -> None:
        line = to_line(message)
        while line:
            line = line[os.write(self._answers, line) :]


def _warm_up(folder: Path, recorder: Recorder, more: str) -> None:
    """Let pytest do once, here, what it does only once in a process."""
    folder.mkdir()
    suite = folder / SUITE_FILE
    suite.write_text(WARM_UP + more, encoding="utf-8")
    pytest.main([*OPTIONS, f"--basetemp={folder / 'tmp'}", str(suite)], [recorder])
    sys.modules.pop(suite.stem, None)
    shutil.rmtree(folder)


def main(arguments: list[str]) -> None:
    """`python -m grader.runner ORDER`, which is JSON; the folder is gone in the end."""
    order = json.loads(arguments[0])
    folder, walls = Path(order["folder"]), Isolation(**order["walls"])
    walls.prepare()
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.environ.pop("PYTEST_ADDOPTS", None)
    for module in order["modules"]:
        importlib.import_module(module)
    for name in order["packages"]:
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            importlib.import_module(module.name)
    load_hypothesis(shrink=False)
    without_thread()
    from_line(to_line(Next(0, (Patch("", "", ""),))))  # what reads it is made once, here
    guard.modules_of_ctypes()
    os.chdir(folder)
    recorder = Recorder(os.open(os.devnull, os.O_WRONLY))
    server = Server(order["children"], folder, recorder, walls)
    os.dup2(2, 1)
    try:
        _warm_up(folder / "warm-up", recorder, order["warm_up"])
        pytest.main([*OPTIONS], [server, recorder])
    except BaseException:  # in a child: whatever the suite did to pytest ends here
        if server.serves:
            raise
    finally:
        if server.serves and not walls.own_file_system:
            shutil.rmtree(folder, ignore_errors=True)
    if not server.serves:
        recorder.write(Finished())
        os._exit(0)

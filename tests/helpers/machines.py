"""A cluster of dask on this machine: a scheduler and workers, each a process of its own."""

import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from distributed import Client

from helpers.course import ROOT
from helpers.processes import descendants, survivors, wait_until

DENY_LANDLOCK = (
    *((0x20, 0, 0, 0), (0x15, 0, 1, 444)),  # is it the call that makes a set of rules?
    *((0x06, 0, 0, 0x00050026), (0x06, 0, 0, 0x7FFF0000)),  # there is no such call; allowed
)
"""A filter of system calls as the kernel reads it: code, two jumps, operand."""


class Machines:
    """A scheduler, and the workers that are added; all are gone when it is left."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir()
        self._started: list[subprocess.Popen[bytes]] = []
        file = folder / "scheduler.json"
        self.scheduler = self._start("scheduler", "--port", "0", "--scheduler-file", str(file))
        try:
            wait_until(lambda: file.exists() and file.read_text().endswith("}"), "a scheduler")
        except BaseException:
            self.__exit__()
            raise
        self.address: str = json.loads(file.read_text())["address"]

    def __enter__(self) -> "Machines":
        return self

    def __exit__(self, *_: object) -> None:
        below = {one for process in self._started for one in descendants(process.pid)}
        for process in self._started:
            process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait()
        assert survivors(below) == set()

    def add(
        self,
        *,
        home: Path = ROOT,
        prefix: tuple[str, ...] = (),
        path: str | None = None,
        filter_of_calls: bytes = b"",
    ) -> "subprocess.Popen[bytes]":
        """Start a worker with one thread, with the packages in `home`, and wait until it joins."""
        before = set(self.workers())
        with tempfile.TemporaryFile() as rules:
            rules.write(filter_of_calls)
            rules.seek(0)
            number = str(rules.fileno())
            process = self._start(
                *("worker", self.address, "--no-nanny", "--nthreads", "1", "--memory-limit", "0"),
                *("--local-directory", str(self._folder)),
                prefix=tuple(number if part == "RULES" else part for part in prefix),
                environment={"PYTHONPATH": str(home), **({} if path is None else {"PATH": path})},
                passed=(rules.fileno(),),
            )
        wait_until(lambda: not before.issuperset(self.workers()), "the worker has joined")
        return process

    def add_without_walls(self) -> None:
        """A worker on a machine without bubblewrap, whose kernel has no Landlock."""
        rules = b"".join(struct.pack("HBBI", *line) for line in DENY_LANDLOCK)
        self.add(
            prefix=(str(shutil.which("bwrap")), "--dev-bind", "/", "/", "--seccomp", "RULES"),
            path=str(Path(sys.executable).parent),
            filter_of_calls=rules,
        )

    def add_with_another_bank(self) -> None:
        """A worker whose bank has a mutant that is not quite ours."""
        home = self._folder / "other"
        for name in ("grader", "vespera_scriptorium"):
            shutil.copytree(ROOT / name, home / name)
        (mutants, *_) = sorted((home / "grader" / "bank").glob("*/*/mutants.py"))
        mutants.write_text(f"{mutants.read_text()}\n# other\n")
        self.add(home=home)

    def workers(self) -> list[str]:
        """The addresses of those that the scheduler knows."""
        with Client(self.address, set_as_default=False) as client:
            return list(client.nthreads())

    def _start(
        self,
        kind: str,
        *options: str,
        prefix: tuple[str, ...] = (),
        environment: Mapping[str, str] | None = None,
        passed: tuple[int, ...] = (),
    ) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", *options]
        with open(self._folder / f"{len(self._started)}.log", "wb") as log:
            process = subprocess.Popen(
                [*prefix, *command, "--host", "127.0.0.1", "--no-dashboard"],
                cwd=self._folder,
                env={**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})},
                stdout=log,
                stderr=log,
                pass_fds=passed,
            )
        self._started.append(process)
        return process

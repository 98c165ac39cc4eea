"""The walls around one run: built in its own process, just before any code of a learner's.

The kinds are those of `grader.sandbox.launch`. Under `bubblewrap` every run has namespaces of its
own besides; under `landlock` it has not. Both end in the same three layers: no capabilities,
Landlock, seccomp. What is not there is an error: a wall is whole, or there is none.
"""

import ctypes
import os
import signal
import struct
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, NoReturn

from grader.runner import landlock
from grader.runner.seccomp import Filter

if sys.platform == "linux":
    import resource

Wall = Literal["bubblewrap", "landlock", "none"]

MEMORY = 1 << 30
"""Bytes of address space of one run."""

STACK = 1 << 20
"""Bytes of the stack of a thread: eight MiB each would make many of them too many."""

MOST_THREADS = 500
"""Threads at once. With as many as the memory holds, the C library would end the process."""

NO_THREAD = "can't start new thread"
"""What Python says when the system refuses one."""

DISK = 32 << 20
"""Bytes that one run may keep in files; without namespaces, bytes in each file."""

MOST_FILES = 4096
"""Files and folders of one run, where it has a file system of its own."""

MOST_OPEN = 256
"""Files that one run may hold open."""

NO_WALLS = 78
"""The exit code of a run whose walls could not be built, so that nothing was run."""

DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom")

GUEST = 64_861
"""The uid of runs where the grader is root: no other user has it, no file belongs to it."""

_NEWNS, _NEWIPC, _NEWUSER, _NEWPID, _NEWNET = 1 << 17, 1 << 27, 1 << 28, 1 << 29, 1 << 30
_NOSUID, _NODEV, _NOEXEC = 2, 4, 8
_PR_SET_PDEATHSIG, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 1, 24, 38
_CAPABILITIES = struct.pack("Ii", 0x20080522, 0), bytes(24)
"""Version 3 of the header, for this process, and three empty sets of 64."""


@dataclass(frozen=True)
class Isolation:
    """The walls of a run, and the files and folders that it may read; no answers are in them.

    `listable` are folders whose names may be read, too. `hidden` are those that the warm process
    needed, and a run does not.
    """

    kind: Wall = "none"
    readable: Sequence[str] = ()
    listable: Sequence[str] = ()
    hidden: Sequence[str] = ()

    @property
    def own_file_system(self) -> bool:
        """Whether a run has a folder that no other run ever sees, under the same name."""
        return self.kind == "bubblewrap"

    def prepare(self) -> None:
        """Make this process able to fork runs. To be called early: it may go on as a child.

        Whoever called then waits for it and ends as it ends. Under bubblewrap it gets a user
        namespace in which it may make others, and nothing else that it had not before.
        """
        if self.kind != "none":
            _filter(self.kind)
        if self.kind != "bubblewrap":
            return
        libc = _libc()
        _own_user(libc, _NEWPID)
        child = os.fork()
        if child:
            _end_as(child)

    def fork(self) -> int:
        """As `os.fork`. Where a run has namespaces, the child is the first process of its own."""
        if self.kind == "bubblewrap":
            libc = _libc()
            with open("/proc/self/ns/pid", "rb") as own:
                _check(libc.setns(own.fileno(), _NEWPID), "the own process namespace is refused")
            _check(libc.unshare(_NEWPID), "process namespaces within namespaces are refused")
        return os.fork()

    def enter(self, folder: str, seconds: int) -> None:
        """Wall this process in, with `folder` as the only place to write, for so many seconds.

        It was forked by `fork`.
        """
        if self.kind == "none":
            return
        libc = _libc()
        deny = _filter(self.kind)
        if self.kind == "bubblewrap":
            _own_user(libc, _NEWNS | _NEWIPC | _NEWNET)
            for place in ("/proc", *self.hidden):
                _mount(libc, place, "size=4k,nr_inodes=2,mode=000")
            _mount(libc, folder, f"size={DISK},nr_inodes={MOST_FILES},mode=700")
        _check(
            libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0), "no signal at a parent's end"
        )
        _limit(seconds)
        _drop_capabilities(libc)
        _check(libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs is refused")
        if self.kind == "landlock" or landlock.version(libc):
            landlock.restrict(libc, self.readable, self.listable, DEVICES, folder)
        deny.install(libc)


@cache
def _filter(kind: Wall) -> Filter:
    return Filter(keep_metadata=kind == "landlock")


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _own_user(libc: ctypes.CDLL, kinds: int) -> None:
    """Give this process namespaces, those of users among them; in these it is who it was."""
    user, group = os.getuid(), os.getgid()
    _check(libc.unshare(_NEWUSER | kinds), "namespaces within namespaces are refused")
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def _mount(libc: ctypes.CDLL, place: str, options: str) -> None:
    done = libc.mount(
        b"tmpfs", place.encode(), b"tmpfs", _NOSUID | _NODEV | _NOEXEC, options.encode()
    )
    _check(done, f"{place} cannot be covered")


def _end_as(child: int) -> NoReturn:
    """Wait for a child, and end as it has ended."""
    os.closerange(0, MOST_OPEN)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os._exit(status if status >= 0 else 1)


def _limit(seconds: int) -> None:
    assert sys.platform == "linux"
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, DISK),
        (resource.RLIMIT_NOFILE, MOST_OPEN),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))


def _drop_capabilities(libc: ctypes.CDLL) -> None:
    for number in range(64):
        libc.prctl(_PR_CAPBSET_DROP, number, 0, 0, 0)  # refused to those who have none
    _check(libc.capset(*_CAPABILITIES), "capabilities cannot be dropped")


def _check(result: int, what: str) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), what)


def limit_threads() -> None:
    """Give threads small stacks, and refuse one too many, as a system without memory would."""
    threading.stack_size(STACK)
    start = threading.Thread.start

    def limited(self: threading.Thread) -> None:
        if threading.active_count() >= MOST_THREADS:
            raise RuntimeError(NO_THREAD)
        start(self)

    threading.Thread.start = limited  # type: ignore[method-assign]  # whoever starts one


def is_a_limit(error: BaseException) -> bool:
    """True for an error of the grader's own limits."""
    return isinstance(error, MemoryError) or (
        isinstance(error, RuntimeError) and error.args == (NO_THREAD,)
    )

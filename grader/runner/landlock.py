"""Landlock: which files a process may still open, decided by itself, for ever.

See https://docs.kernel.org/userspace-api/landlock.html, from which all numbers are.
"""

import ctypes
import os
import stat
import struct
from collections.abc import Iterable

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION = 1
_PATH_BENEATH = 1

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
MAKE_CHAR, MAKE_SOCK, MAKE_FIFO, MAKE_BLOCK = 1 << 6, 1 << 9, 1 << 10, 1 << 11
TRUNCATE, IOCTL_DEV = 1 << 14, 1 << 15
READ = EXECUTE | READ_FILE | READ_DIR
DEVICE = READ_FILE | WRITE_FILE
_OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
_NEVER = EXECUTE | MAKE_CHAR | MAKE_SOCK | MAKE_FIFO | MAKE_BLOCK | IOCTL_DEV

_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""The number of rights in each version of the interface."""


def version(libc: ctypes.CDLL) -> int:
    """The version of the kernel's interface; 0 where there is none."""
    return max(0, int(libc.syscall(_CREATE_RULESET, None, 0, _ASK_VERSION)))


def restrict(
    libc: ctypes.CDLL,
    readable: Iterable[str],
    listable: Iterable[str],
    devices: Iterable[str],
    own: str,
) -> None:
    """Open from now on only what is below `readable`, the `devices`, and the folder `own`.

    `own` may be written, and the folders below `listable` may be listed.
    `no_new_privs` must be set. Raises `OSError` where Landlock is refused.
    """
    known = version(libc)
    if not known:
        raise OSError(ctypes.get_errno(), "the kernel has no Landlock")
    rights = (1 << _RIGHTS[min(known, max(_RIGHTS))]) - 1
    # from version 4 no TCP, from version 6 no signal and no abstract socket towards the outside
    attributes = struct.pack("QQQ", rights, 3, 3)[: 8 if known < 4 else 16 if known < 6 else 24]
    ruleset = int(libc.syscall(_CREATE_RULESET, attributes, len(attributes), 0))
    _check(ruleset, "Landlock is refused")
    try:
        for path in readable:
            _allow(libc, ruleset, path, READ & rights)
        for path in listable:
            _allow(libc, ruleset, path, READ_DIR & rights)
        for path in devices:
            _allow(libc, ruleset, path, DEVICE & rights)
        _allow(libc, ruleset, own, rights & ~_NEVER)
        _check(int(libc.syscall(_RESTRICT_SELF, ruleset, 0)), "Landlock is refused")
    finally:
        os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(place).st_mode):
            rights &= _OF_FILES
        rule = struct.pack("=Qi", rights, place)
        _check(int(libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0)), path)
    finally:
        os.close(place)


def _check(result: int, what: str) -> None:
    if result < 0:
        raise OSError(ctypes.get_errno(), what)

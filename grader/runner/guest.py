"""Root steps down before it starts anything: `python guest.py USER NEEDED COMMAND…`.

NEEDED is JSON, the paths that the command must be able to read. Where one of them lies below a
folder that only root may enter, as a Python in root's home does, that folder is covered in a mount
namespace of the command's own, and holds nothing there but what is needed.
"""

import ctypes
import json
import os
import stat
import sys
from collections.abc import Iterable
from pathlib import Path

_NEWNS, _BIND, _RECURSIVE, _PRIVATE = 1 << 17, 1 << 12, 1 << 14, 1 << 18


def main(arguments: list[str]) -> None:
    """Become the user and execute the command."""
    user, needed, *command = arguments
    _open_the_way(int(user), [Path(path) for path in json.loads(needed)])
    os.setgroups([])
    os.setresgid(int(user), int(user), int(user))
    os.setresuid(int(user), int(user), int(user))
    os.execvp(command[0], command)


def _open_the_way(user: int, needed: Iterable[Path]) -> None:
    closed: dict[Path, list[Path]] = {}
    for path in needed:
        folder = next((f for f in reversed(path.parents) if not _is_open(f, user)), None)
        if folder is not None:
            closed.setdefault(folder, []).append(path)
    if not closed:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_NEWNS) or libc.mount(None, b"/", None, _RECURSIVE | _PRIVATE, None):
        return  # no right to: what follows fails, and says so
    for folder, paths in closed.items():
        kept = [(path, os.open(path, os.O_PATH)) for path in paths]
        libc.mount(b"tmpfs", bytes(folder), b"tmpfs", 0, b"mode=755")
        for path, place in kept:
            if stat.S_ISDIR(os.fstat(place).st_mode):
                path.mkdir(parents=True, exist_ok=True)
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.touch()
            source = f"/proc/self/fd/{place}".encode()
            libc.mount(source, bytes(path), None, _BIND | _RECURSIVE, None)
            os.close(place)


def _is_open(folder: Path, user: int) -> bool:
    status = folder.stat()
    return bool(status.st_mode & stat.S_IXOTH) or status.st_uid == user


if __name__ == "__main__":
    main(sys.argv[1:])

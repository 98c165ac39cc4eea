"""Writing files so that nobody ever sees half of one."""

import os
from pathlib import Path


def write(path: Path, content: bytes, mode: int | None = None, *, suffix: str = "") -> None:
    """Write a file, all of it or nothing, and its folder where there is none.

    Without `mode` it may be read and written by whom the process lets. A process that is killed
    leaves a hidden file with this suffix, by default its own number; who writes with the same
    suffix later overwrites it. Raises `OSError` where it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{suffix or os.getpid()}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    descriptor = os.open(unfinished, flags, 0o666 if mode is None else 0o600)
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
            if mode is not None:
                os.fchmod(descriptor, mode)
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise

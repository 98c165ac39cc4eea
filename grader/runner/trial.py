"""Build the walls of one run and try to get through them: `python -m grader.runner.trial ORDER`.

Prints `walled in`, or one sentence about what is missing.
"""

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from functools import partial

from grader.runner.isolation import Isolation


def main(order_text: str) -> None:
    """Wall a child in, and let it try."""
    order = json.loads(order_text)
    folder = os.path.join(order["folder"], "" if order["walls"]["kind"] == "bubblewrap" else "run")
    os.makedirs(folder, exist_ok=True)
    walls = Isolation(**order["walls"])
    try:
        walls.prepare()
        child = walls.fork()
        if child:
            sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        walls.enter(folder, 10)
    except OSError as error:
        print(f"{error.filename or ''} {error}".strip(), flush=True)
        os._exit(1)
    print(_weakness(folder, order["secrets"]) or "walled in", flush=True)
    os._exit(0)


def _weakness(folder: str, secrets: Sequence[str]) -> str | None:
    """The first thing that works and should not, or the reverse; None if all is well."""
    for secret in secrets:
        if not _is_refused(partial(os.listdir if os.path.isdir(secret) else _open, secret)):
            return f"{secret} can be read behind it"
    forbidden: dict[str, Callable[[], object]] = {
        "a process can be made": os.fork,
        "a program can be started": lambda: subprocess.run(["/usr/bin/true"]),
        "a socket can be made": socket.socket,
        "a process outside can be killed": lambda: os.kill(os.getppid() or -1, 0),
        "a file can be written outside": lambda: _open("/tmp/outside", os.O_CREAT | os.O_WRONLY),
    }
    for what, attempt in forbidden.items():
        if not _is_refused(attempt):
            return f"{what} behind it"
    try:
        with open(os.path.join(folder, "file"), "w") as file:
            file.write("text")
        socket.socketpair()[0].close()
        thread = threading.Thread(target=int)
        thread.start()
        thread.join()
    except (OSError, RuntimeError) as error:
        return f"tests could not work behind it ({error})"
    return None


def _open(path: str, flags: int = os.O_RDONLY) -> None:
    os.close(os.open(path, flags))


def _is_refused(attempt: Callable[[], object]) -> bool:
    home = os.getpid()
    try:
        attempt()
    except OSError:
        return True
    finally:
        if os.getpid() != home:
            os._exit(0)
    return False


if __name__ == "__main__":
    main(sys.argv[1])

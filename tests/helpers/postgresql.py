"""A PostgreSQL server of one's own, which is there as long as it is needed."""

import contextlib
import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL

PASSWORD = "p@ss:w/rd"
"""It has what must be escaped in a URL."""


class Server:
    """A server that listens on a socket in its folder, which belongs to `user` (None: this one)."""

    def __init__(self, folder: Path, user: str | None) -> None:
        self.folder = folder
        self._user = user
        self._numbers = itertools.count(1)
        secret = folder / "password"
        secret.write_text(PASSWORD)
        secret.chmod(0o644)
        access = ["--username=grader", "--auth=scram-sha-256", f"--pwfile={secret}"]
        self._run("initdb", *access, "--encoding=UTF8", "--locale=C", "--no-sync")
        self.start()

    def start(self) -> None:
        """Return when it listens."""
        flags = f"-c listen_addresses= -c unix_socket_directories={self.folder} -c fsync=off"
        self._run("pg_ctl", "start", "--wait", f"--options={flags}", f"--log={self.folder}/log")

    def stop(self) -> None:
        """Return when it has ended."""
        self._run("pg_ctl", "stop", "--wait", "--mode=fast")

    def new_database(self) -> str:
        """The URL of an empty database."""
        name = f"gradebook_{next(self._numbers)}"
        engine = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"create database {name}"))
        engine.dispose()
        return self.url(name)

    def url(self, database: str) -> str:
        """A database's address, password included."""
        where = {"host": str(self.folder)}
        url = URL.create("postgresql", "grader", PASSWORD, database=database, query=where)
        return url.render_as_string(hide_password=False)

    def _run(self, program: str, *arguments: str) -> None:
        command = [_program(program), f"--pgdata={self.folder}/data", *arguments]
        done = subprocess.run(
            command,
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            timeout=120,
            user=self._user,
            group=self._user,
            extra_groups=None if self._user is None else [],
        )
        assert done.returncode == 0, done.stderr


def _program(name: str) -> str:
    """Debian keeps the server's programs out of PATH."""
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    found = shutil.which(name) or (str(debian[-1]) if debian else None)
    assert found is not None, "install PostgreSQL: `apt-get install postgresql`"
    return found


@contextlib.contextmanager
def running() -> Iterator[Server]:
    """A server until the end of the block. It refuses root, so root starts it as `postgres`."""
    user = "postgres" if os.geteuid() == 0 else None
    # pytest's own folders are closed to others, and too deep for a socket
    with tempfile.TemporaryDirectory(prefix="postgresql-") as name:
        if user is not None:
            shutil.chown(name, user)
        server = Server(Path(name), user)
        try:
            yield server
        finally:
            server.stop()

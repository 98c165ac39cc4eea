"""Adapters that work on the files of this machine."""

import asyncio
from pathlib import Path
from typing import TextIO

from vespera_scriptorium.domain.errors import noted_on


class LocalFileSystem:
    """A `FileSystem` that reads in a thread, so that the event loop goes on meanwhile."""

    async def read(self, file_path: str) -> bytes | None:
        """The content of a file; None when there is none. Raises `OSError`."""
        try:
            return await asyncio.to_thread(Path(file_path).read_bytes)
        except FileNotFoundError:
            return None


class FileJournal:
    """A `Journal` that is a text file. A line is in the file once `write` has returned."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: TextIO | None = None

    async def open(self) -> None:
        """Get ready to write, after the lines that are there."""
        if self._file is None:
            opening = asyncio.ensure_future(
                asyncio.to_thread(self._path.open, "a", encoding="utf-8")
            )
            try:
                self._file = await asyncio.shield(opening)
            except asyncio.CancelledError as cancellation:  # the thread goes on
                with noted_on(cancellation, "opening failed"):
                    (await opening).close()
                raise

    async def write(self, line: str) -> None:
        """Append a line."""
        if self._file is None:
            raise RuntimeError("the journal is closed: open it first")
        self._file.write(f"{line}\n")
        self._file.flush()

    async def close(self) -> None:
        """Give the journal back; closing twice is harmless."""
        if self._file is not None:
            self._file.close()
            self._file = None

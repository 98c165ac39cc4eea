"""What the application needs from the outside. The adapters stand in `infrastructure`."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from vespera_scriptorium.domain.file_operation import FileOperation
from vespera_scriptorium.domain.results import Resource
from vespera_scriptorium.domain.task import Task


class TaskRepository(Protocol):
    """Keeps tasks. Every method may take a while, and others may run meanwhile.

    What is stored is a copy, and so is what `get` answers: changing one changes nothing stored.
    """

    async def next_id(self) -> str:
        """Reserve an id that nobody had before and nobody gets again."""
        ...

    async def add(self, task: Task) -> None:
        """Store a new task. Raises `DuplicateTaskError` when its id is taken."""
        ...

    async def save(self, task: Task) -> None:
        """Store a task in the place of the one with its id. Raises `UnknownTaskError`."""
        ...

    async def get(self, task_id: str) -> Task | None:
        """The task with this id, or None."""
        ...

    async def count(self) -> int:
        """How many tasks are stored at this moment."""
        ...


class Specialist(Protocol):
    """Does the work of a task and returns its output. Any exception means that the work failed."""

    async def run(self, task: Task) -> str:
        """Do the work; however long it takes, it can be cancelled."""
        ...


class FileOperationUnit(Protocol):
    """One unit of work on the tracked operations: others see its changes once it has committed.

    What it gives out are copies: changing one changes nothing that is stored.
    """

    async def add(self, operation: FileOperation) -> None:
        """Store a new operation, after all others.

        Raises `DuplicateOperationError` when its id is taken, or when it is a creation and its
        path has one already. Then all that the unit has not committed is rolled back.
        """
        ...

    async def get(self, operation_id: str) -> FileOperation | None:
        """The operation with this id, or None."""
        ...

    async def all(self) -> list[FileOperation]:
        """Every operation, in the order in which they were added."""
        ...

    async def remove(self, operation_id: str) -> None:
        """Forget an operation. Raises `UnknownOperationError`."""
        ...

    async def commit(self) -> None:
        """Make the changes last. May raise `DuplicateOperationError`, as `add` does."""
        ...


class FileOperationStore(Protocol):
    """Keeps the tracked operations, and gives units of work on them."""

    def unit(self) -> AbstractAsyncContextManager[FileOperationUnit]:
        """Open a unit of work; what it has not committed at its end is rolled back."""
        ...


class FileSystem(Protocol):
    """Reads the files that tasks touch."""

    async def read(self, file_path: str) -> bytes | None:
        """The content of a file; None when there is none. Raises `OSError`."""
        ...


class ExternalService(Protocol):
    """A service somewhere else. Its methods raise `ExternalServiceError`."""

    async def call_api(self, endpoint: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Send a payload; answers `{"status": "success", "data": {…}}` when all went well."""
        ...

    async def upload_file(self, file_name: str, content: bytes) -> dict[str, Any]:
        """Store a file there; answers `{"file_id": "…"}`."""
        ...


class ResourceProvider(Protocol):
    """Opens and closes resources."""

    async def open(self, resource_type: str, configuration: Mapping[str, Any]) -> Resource:
        """Acquire a resource, under an id of its own."""
        ...

    async def execute(self, resource_id: str, operation: str, parameters: Mapping[str, Any]) -> str:
        """Use an open resource; answers with the output."""
        ...

    async def close(self, resource_id: str) -> None:
        """Give a resource back."""
        ...

    async def is_open(self, resource_id: str) -> bool | None:
        """Whether a resource is open; None when nobody opened it ever."""
        ...


class Journal(Protocol):
    """A list of lines that is open while somebody writes to it."""

    async def open(self) -> None:
        """Get ready to write, after the lines that are there."""
        ...

    async def write(self, line: str) -> None:
        """Append a line."""
        ...

    async def close(self) -> None:
        """Give the journal back; closing twice is harmless."""
        ...


class StartsAndStops(Protocol):
    """A service that the container opens and closes."""

    async def start(self) -> None:
        """Open what the service needs."""
        ...

    async def stop(self) -> None:
        """Close it again; stopping twice is harmless."""
        ...

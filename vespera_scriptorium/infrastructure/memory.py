"""Adapters that need only memory. They wait where a database would, so that others can run."""

import asyncio
import copy
import itertools
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from vespera_scriptorium.application.ports import FileOperationUnit
from vespera_scriptorium.domain.errors import (
    DuplicateOperationError,
    DuplicateTaskError,
    UnknownOperationError,
    UnknownTaskError,
)
from vespera_scriptorium.domain.file_operation import FileOperation, OperationKind
from vespera_scriptorium.domain.results import Resource
from vespera_scriptorium.domain.task import Task


class InMemoryTaskRepository:
    """A `TaskRepository` that forgets everything when the process ends."""

    def __init__(self) -> None:
        self._tasks: dict[str, Task] = {}
        self._numbers = itertools.count(1)

    async def next_id(self) -> str:
        """Reserve an id that nobody had before and nobody gets again."""
        await asyncio.sleep(0)
        ids = (f"task-{number}" for number in self._numbers)
        return next(task_id for task_id in ids if task_id not in self._tasks)

    async def add(self, task: Task) -> None:
        """Store a new task. Raises `DuplicateTaskError` when its id is taken."""
        await asyncio.sleep(0)
        if task.id in self._tasks:
            raise DuplicateTaskError(f"there is a task {task.id} already")
        self._tasks[task.id] = _copied(task)

    async def save(self, task: Task) -> None:
        """Store a task in the place of the one with its id. Raises `UnknownTaskError`."""
        await asyncio.sleep(0)
        if task.id not in self._tasks:
            raise UnknownTaskError(f"there is no task {task.id}")
        self._tasks[task.id] = _copied(task)

    async def get(self, task_id: str) -> Task | None:
        """The task with this id, or None."""
        await asyncio.sleep(0)
        task = self._tasks.get(task_id)
        return None if task is None else _copied(task)

    async def count(self) -> int:
        """How many tasks are stored at this moment."""
        await asyncio.sleep(0)
        return len(self._tasks)


def _copied(task: Task) -> Task:
    """A copy of a task that nobody else holds."""
    return replace(task, outputs=copy.deepcopy(dict(task.outputs)), artifacts=tuple(task.artifacts))


class InstantSpecialist:
    """A `Specialist` whose work is done as soon as the loop comes round to it."""

    async def run(self, task: Task) -> str:
        """Answer with a sentence about the task."""
        await asyncio.sleep(0)
        return f"{task.title}: done"


class InMemoryFileOperationStore:
    """A `FileOperationStore` that forgets everything when the process ends."""

    def __init__(self) -> None:
        self._stored: dict[str, FileOperation] = {}

    @asynccontextmanager
    async def unit(self) -> AsyncIterator[FileOperationUnit]:
        """Open a unit of work; what it has not committed at its end is rolled back."""
        yield InMemoryFileOperationUnit(self._stored)


class InMemoryFileOperationUnit:
    """One unit of work: it notes its changes, and makes them when it commits."""

    def __init__(self, stored: dict[str, FileOperation]) -> None:
        self._stored = stored
        self._added: dict[str, FileOperation] = {}
        self._removed: set[str] = set()

    async def add(self, operation: FileOperation) -> None:
        """Store a new operation, after all others. Raises `DuplicateOperationError`."""
        await asyncio.sleep(0)
        self._refuse_duplicate(operation, self._visible())
        self._added[operation.id] = copy.deepcopy(operation)

    async def get(self, operation_id: str) -> FileOperation | None:
        """The operation with this id, or None."""
        await asyncio.sleep(0)
        return copy.deepcopy(self._visible().get(operation_id))

    async def all(self) -> list[FileOperation]:
        """Every operation, in the order in which they were added."""
        await asyncio.sleep(0)
        return copy.deepcopy(list(self._visible().values()))

    async def remove(self, operation_id: str) -> None:
        """Forget an operation. Raises `UnknownOperationError`."""
        await asyncio.sleep(0)
        if operation_id not in self._visible():
            raise UnknownOperationError(f"there is no operation {operation_id}")
        if self._added.pop(operation_id, None) is None:
            self._removed.add(operation_id)

    async def commit(self) -> None:
        """Make the changes last. Raises `DuplicateOperationError`."""
        await asyncio.sleep(0)
        for operation in self._added.values():
            self._refuse_duplicate(operation, self._kept())
        visible = self._visible()
        self._stored.clear()
        self._stored.update(visible)
        self._added, self._removed = {}, set()

    def _kept(self) -> dict[str, FileOperation]:
        """What is stored at this moment, without what this unit has removed."""
        return {key: value for key, value in self._stored.items() if key not in self._removed}

    def _visible(self) -> dict[str, FileOperation]:
        """What this unit sees."""
        return self._kept() | self._added

    def _refuse_duplicate(self, new: FileOperation, others: dict[str, FileOperation]) -> None:
        """Roll back and raise, if one of the others has the id or is the same creation."""
        for other in others.values():
            same_path = new.file_path == other.file_path
            same_creation = same_path and new.kind is other.kind is OperationKind.CREATION
            if new.id == other.id or same_creation:
                self._added, self._removed = {}, set()
                raise DuplicateOperationError(
                    f"the operation {new.id}, or the creation of {new.file_path}, "
                    "is tracked already"
                )


class InMemoryExternalService:
    """An `ExternalService` that answers with what it is sent, and keeps what it is given."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    async def call_api(self, endpoint: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Answer with the payload."""
        await asyncio.sleep(0)
        return {"status": "success", "data": copy.deepcopy(dict(payload))}

    async def upload_file(self, file_name: str, content: bytes) -> dict[str, Any]:
        """Keep a file in `files`, under its name and a number."""
        await asyncio.sleep(0)
        file_id = f"{file_name}-{len(self.files) + 1}"
        self.files[file_id] = content
        return {"file_id": file_id}


class InMemoryResourceProvider:
    """A `ResourceProvider` whose resources are notes about what was done."""

    def __init__(self) -> None:
        self._open: dict[str, bool] = {}

    async def open(self, resource_type: str, configuration: Mapping[str, Any]) -> Resource:
        """Acquire a resource, under an id of its own."""
        await asyncio.sleep(0)
        resource_id = f"{resource_type}-{len(self._open) + 1}"
        self._open[resource_id] = True
        return Resource(resource_id, resource_type, dict(configuration))

    async def execute(self, resource_id: str, operation: str, parameters: Mapping[str, Any]) -> str:
        """Answer with a sentence about the operation."""
        await asyncio.sleep(0)
        return f"{operation} on {resource_id}: done"

    async def close(self, resource_id: str) -> None:
        """Give a resource back."""
        await asyncio.sleep(0)
        self._open[resource_id] = False

    async def is_open(self, resource_id: str) -> bool | None:
        """Whether a resource is open; None when nobody opened it ever."""
        await asyncio.sleep(0)
        return self._open.get(resource_id)


class InMemoryJournal:
    """A `Journal` whose `lines` anyone can read."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.is_open = False

    async def open(self) -> None:
        """Get ready to write, after the lines that are there."""
        await asyncio.sleep(0)
        self.is_open = True

    async def write(self, line: str) -> None:
        """Append a line."""
        await asyncio.sleep(0)
        if not self.is_open:
            raise RuntimeError("the journal is closed: open it first")
        self.lines.append(line)

    async def close(self) -> None:
        """Give the journal back; closing twice is harmless."""
        await asyncio.sleep(0)
        self.is_open = False

"""Correct implementations for `contract-suite`, built differently."""

from collections.abc import Iterator

from vespera_scriptorium.domain.errors import (
    DuplicateTaskError,
    UnknownTaskError,
)
from vespera_scriptorium.domain.task import Task
from vespera_scriptorium.infrastructure.memory import InMemoryTaskRepository, _copied

from .exercise import contract_suite


@contract_suite.alternative()
class KeepsAList(InMemoryTaskRepository):
    """Keeps its tasks in a list, and looks through it."""

    def __init__(self) -> None:
        self._list: list[Task] = []
        self._given: Iterator[int] = iter(range(1, 1_000_000))

    async def next_id(self) -> str:
        taken = {task.id for task in self._list}
        return next(name for n in self._given if (name := f"{n:06}") not in taken)

    async def add(self, task: Task) -> None:
        if await self.get(task.id) is not None:
            raise DuplicateTaskError(task.id)
        self._list.append(_copied(task))

    async def save(self, task: Task) -> None:
        if await self.get(task.id) is None:
            raise UnknownTaskError(task.id)
        self._list = [_copied(task) if one.id == task.id else one for one in self._list]

    async def get(self, task_id: str) -> Task | None:
        return next((_copied(task) for task in self._list if task.id == task_id), None)

    async def count(self) -> int:
        return len(self._list)

"""Correct implementations for `whole-application`, built differently."""

import asyncio
from collections.abc import Sequence

from grader.bank.lesson_07_fixtures.container_with_overrides.alternatives import (
    KeepsOverridesByName,
)
from grader.bank.lesson_08_mocks.awaited_once.alternatives import WritesCompactJson
from vespera_scriptorium.application.task_orchestrator import TaskOrchestrator
from vespera_scriptorium.domain.task import TaskResult
from vespera_scriptorium.infrastructure.memory import (
    InMemoryTaskRepository,
)

from .exercise import whole_application

whole_application.alternative()(KeepsOverridesByName)


whole_application.alternative()(WritesCompactJson)


@whole_application.alternative()
class GivesRandomIds(InMemoryTaskRepository):
    """Gives ids that cannot be guessed."""

    async def next_id(self) -> str:
        from uuid import uuid4

        await asyncio.sleep(0)
        return uuid4().hex


@whole_application.alternative()
class WorksThroughAPile(TaskOrchestrator):
    """Begins with the last task."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        pile = list(enumerate(task_ids))
        results: dict[int, TaskResult] = {}

        async def worker() -> None:
            while pile:
                place, task_id = pile.pop()
                results[place] = await self.execute_task(task_id)

        async with asyncio.TaskGroup() as group:
            for _ in range(min(limit, len(task_ids))):
                group.create_task(worker())
        return [results[place] for place in range(len(task_ids))]

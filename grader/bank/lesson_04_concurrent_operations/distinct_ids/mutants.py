"""The mutants of `distinct-ids`: each has one bug, and breaks one clause."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from vespera_scriptorium.application.task_orchestrator import TaskOrchestrator
from vespera_scriptorium.domain.errors import reason
from vespera_scriptorium.domain.task import Task, TaskResult

from .exercise import distinct_ids


@distinct_ids.mutant(clause=1)
class IdFromLength(TaskOrchestrator):
    """Takes the next id from the number of tasks stored, before the store has finished."""

    async def _store(self, task_data: Mapping[str, Any]) -> Task:
        task = Task(
            id=f"task-{await self._tasks.count() + 1}",
            title=task_data["title"],
            description=task_data.get("description", ""),
            specialist_type=task_data.get("specialist_type", "generic"),
        )
        await self._tasks.add(task)
        return task


@distinct_ids.mutant(clause=2)
class StoredLater(TaskOrchestrator):
    """Hands the write to a background task and reports success before it has happened."""

    async def _store(self, task_data: Mapping[str, Any]) -> Task:
        task = Task(
            id=await self._tasks.next_id(),
            title=task_data["title"],
            description=task_data.get("description", ""),
            specialist_type=task_data.get("specialist_type", "generic"),
        )
        writing = asyncio.create_task(self._tasks.add(task))
        await asyncio.wait([writing], timeout=0.1)
        if writing.done():
            writing.result()
        return task


@distinct_ids.mutant(clause=3)
class CompletionOrder(TaskOrchestrator):
    """Answers in the order in which the tasks were stored."""

    async def create_many(self, task_data_list: Sequence[Mapping[str, Any]]) -> list[TaskResult]:
        results = []

        async def create(task_data: Mapping[str, Any]) -> None:
            try:
                task = await self._store(task_data)
            except asyncio.CancelledError:
                results.append(TaskResult(success=False, error="cancelled"))
            except Exception as error:
                results.append(TaskResult(success=False, error=reason(error)))
            else:
                results.append(TaskResult(success=True, task_id=task.id))

        await asyncio.gather(*(create(task_data) for task_data in task_data_list))
        return results


@distinct_ids.mutant(clause=4)
class FirstErrorAborts(TaskOrchestrator):
    """Lets the first error out of `gather`, so that one bad task costs the caller all results."""

    async def create_many(self, task_data_list: Sequence[Mapping[str, Any]]) -> list[TaskResult]:
        tasks = await asyncio.gather(*(self._store(task_data) for task_data in task_data_list))
        return [TaskResult(success=True, task_id=task.id) for task in tasks]


@distinct_ids.mutant(clause=4)
class FailuresDropped(TaskOrchestrator):
    """Leaves failed tasks out of the results, so that nothing says which of them failed."""

    async def create_many(self, task_data_list: Sequence[Mapping[str, Any]]) -> list[TaskResult]:
        outcomes = await asyncio.gather(
            *(self._store(task_data) for task_data in task_data_list), return_exceptions=True
        )
        results = []
        for outcome in outcomes:
            if isinstance(outcome, asyncio.CancelledError):
                results.append(TaskResult(success=False, error="cancelled"))
            elif not isinstance(outcome, BaseException):
                results.append(TaskResult(success=True, task_id=outcome.id))
        return results


@distinct_ids.mutant(clause=5)
class CancelledIsSuccess(TaskOrchestrator):
    """Looks for `Exception` only, and takes a cancelled creation for a success."""

    async def create_many(self, task_data_list: Sequence[Mapping[str, Any]]) -> list[TaskResult]:
        outcomes = await asyncio.gather(
            *(self._store(task_data) for task_data in task_data_list), return_exceptions=True
        )
        results = []
        for outcome in outcomes:
            if isinstance(outcome, Exception):
                results.append(TaskResult(success=False, error=reason(outcome)))
            else:
                results.append(TaskResult(success=True, task_id=getattr(outcome, "id", None)))
        return results

"""Many tasks at once: created together, executed together, none of them lost."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from vespera_scriptorium.application.ports import Specialist, TaskRepository
from vespera_scriptorium.domain.errors import UnknownTaskError, noted_on, reason
from vespera_scriptorium.domain.task import (
    BatchOutcome,
    Task,
    TaskResult,
    TaskState,
    TaskStatus,
)


class TaskOrchestrator:
    """Creates and executes tasks, one or many at a time.

    The contract:

    1. `create_task` and `execute_task` never raise an `Exception`: what goes wrong is a result
       with `success` False and the reason in `error`.
    2. A success means that the new state is stored by then.
    3. `create_many` and `execute_many` answer with one result for each task, in the order of
       their input, and one failure hides no other result.
    4. `execute_many` has at most `limit` tasks at work, and as many as that while enough wait.
    5. `execute_all` waits for every task, and tells apart those that succeeded, failed and
       were cancelled.
    6. Cancelled themselves, the methods for many tasks cancel what they started, wait until it
       has ended, and raise `CancelledError`.
    """

    def __init__(self, tasks: TaskRepository, specialist: Specialist) -> None:
        self._tasks = tasks
        self._specialist = specialist

    async def create_task(self, task_data: Mapping[str, Any]) -> TaskResult:
        """Create one task from `title`, `description` and `specialist_type`."""
        try:
            task = await self._store(task_data)
        except Exception as error:
            return TaskResult(success=False, error=reason(error))
        return TaskResult(success=True, task_id=task.id)

    async def create_many(self, task_data_list: Sequence[Mapping[str, Any]]) -> list[TaskResult]:
        """Create tasks together; one result each, in the order of the input."""
        outcomes = await asyncio.gather(
            *(self._store(task_data) for task_data in task_data_list), return_exceptions=True
        )
        results = []
        for outcome in outcomes:
            if isinstance(outcome, asyncio.CancelledError):
                results.append(TaskResult(success=False, error="cancelled"))
            elif isinstance(outcome, BaseException):
                results.append(TaskResult(success=False, error=reason(outcome)))
            else:
                results.append(TaskResult(success=True, task_id=outcome.id))
        return results

    async def execute_task(self, task_id: str) -> TaskResult:
        """Execute one task."""
        try:
            output = await self._run(task_id)
        except asyncio.CancelledError:
            if _are_we_cancelled():
                raise
            return TaskResult(success=False, task_id=task_id, error="cancelled")
        except Exception as error:
            return TaskResult(success=False, task_id=task_id, error=reason(error))
        return TaskResult(success=True, task_id=task_id, output=output)

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        """Execute tasks, at most `limit` at a time; one result each, in the order of the input."""
        slots = asyncio.Semaphore(limit)

        async def execute(task_id: str) -> TaskResult:
            async with slots:
                return await self.execute_task(task_id)

        async with asyncio.TaskGroup() as group:
            executions = [group.create_task(execute(task_id)) for task_id in task_ids]
        return [execution.result() for execution in executions]

    async def execute_all(self, task_ids: Sequence[str]) -> BatchOutcome:
        """Execute tasks, all at the same time, and tell their outcomes apart."""
        outcomes = await asyncio.gather(
            *(self._run(task_id) for task_id in task_ids), return_exceptions=True
        )
        batch = BatchOutcome()
        for task_id, outcome in zip(task_ids, outcomes, strict=True):
            if isinstance(outcome, asyncio.CancelledError):
                batch.cancelled.append(task_id)
            elif isinstance(outcome, Exception):
                batch.failed[task_id] = outcome
            elif isinstance(outcome, BaseException):
                raise outcome
            else:
                batch.succeeded[task_id] = outcome
        return batch

    async def get_task_status(self, task_id: str) -> TaskState:
        """Where a task stands, as it is stored now."""
        task = await self._tasks.get(task_id)
        if task is None:
            return TaskState(task_id, title=None, status=None)
        return TaskState(task_id, title=task.title, status=task.status)

    async def _store(self, task_data: Mapping[str, Any]) -> Task:
        """Store a new task under an id of its own; raises what the repository raises."""
        task = Task(
            id=await self._tasks.next_id(),
            title=task_data["title"],
            description=task_data.get("description", ""),
            specialist_type=task_data.get("specialist_type", "generic"),
        )
        await self._tasks.add(task)
        return task

    async def _run(self, task_id: str) -> str:
        """Execute a task and store how it ended; raises what the specialist raises."""
        task = await self._tasks.get(task_id)
        if task is None:
            raise UnknownTaskError(f"there is no task {task_id}")
        await self._tasks.save(replace(task, status=TaskStatus.RUNNING))
        try:
            output = await self._specialist.run(task)
        except asyncio.CancelledError as cancellation:
            with noted_on(cancellation, "storing the cancellation failed"):
                await self._tasks.save(replace(task, status=TaskStatus.CANCELLED))
            raise
        except Exception as error:
            with noted_on(error, "storing the failure failed"):
                await self._tasks.save(replace(task, status=TaskStatus.FAILED))
            raise
        await self._tasks.save(replace(task, status=TaskStatus.COMPLETED))
        return output


def _are_we_cancelled() -> bool:
    """Tell our own cancellation from that of a specialist, which is only one failure more."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


AsyncTaskOrchestrator = TaskOrchestrator

"""Correct implementations for `concurrency`, built differently."""

import asyncio

from vespera_scriptorium.application.task_orchestrator import TaskOrchestrator, _are_we_cancelled
from vespera_scriptorium.domain.errors import reason
from vespera_scriptorium.domain.task import TaskResult

from .exercise import concurrency


@concurrency.alternative()
class WorksInATask(TaskOrchestrator):
    """Gives each execution a task of its own, and yields once more than it must.

    `error`: words its errors in its own way.
    """

    async def execute_task(self, task_id: str) -> TaskResult:
        await asyncio.sleep(0)
        work = asyncio.ensure_future(self._run(task_id))
        try:
            output = await work
        except asyncio.CancelledError:
            if _are_we_cancelled():
                raise
            return TaskResult(success=False, task_id=task_id, error="cancelled")
        except Exception as error:
            told = f"task {task_id} failed: {reason(error)}"
            return TaskResult(success=False, task_id=task_id, error=told)
        await asyncio.sleep(0)
        return TaskResult(success=True, task_id=task_id, output=output)

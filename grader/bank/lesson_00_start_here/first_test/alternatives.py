"""Correct implementations for `first-test`, built differently."""

import asyncio

from vespera_scriptorium.application.task_orchestrator import TaskOrchestrator, _are_we_cancelled
from vespera_scriptorium.domain.errors import reason
from vespera_scriptorium.domain.task import TaskResult

from .exercise import first_test


@first_test.alternative()
class LooksFirst(TaskOrchestrator):
    """Looks the task up before it starts.

    `error`: words its errors in its own way.
    """

    async def execute_task(self, task_id: str) -> TaskResult:
        if await self._tasks.get(task_id) is None:
            return TaskResult(success=False, task_id=task_id, error=f"{task_id} is not stored")
        try:
            output = await self._run(task_id)
        except asyncio.CancelledError:
            if _are_we_cancelled():
                raise
            return TaskResult(success=False, task_id=task_id, error="cancelled")
        except Exception as error:
            return TaskResult(success=False, task_id=task_id, error=reason(error))
        return TaskResult(success=True, task_id=task_id, output=output)

"""The mutants of `first-test`: each has one bug, and breaks one promise."""

import asyncio
from dataclasses import replace

from vespera_scriptorium.application.task_orchestrator import TaskOrchestrator, _are_we_cancelled
from vespera_scriptorium.domain.errors import UnknownTaskError, noted_on, reason
from vespera_scriptorium.domain.task import TaskResult, TaskStatus

from .exercise import first_test


@first_test.mutant(promise="task-id")
class IdForgotten(TaskOrchestrator):
    """Leaves the task's id out of the result."""

    async def execute_task(self, task_id: str) -> TaskResult:
        try:
            output = await self._run(task_id)
        except asyncio.CancelledError:
            if _are_we_cancelled():
                raise
            return TaskResult(success=False, task_id=task_id, error="cancelled")
        except Exception as error:
            return TaskResult(success=False, task_id=task_id, error=reason(error))
        return TaskResult(success=True, output=output)


@first_test.mutant(promise="output")
class OutputDropped(TaskOrchestrator):
    """Executes the task and throws away what it returned."""

    async def execute_task(self, task_id: str) -> TaskResult:
        try:
            await self._run(task_id)
        except asyncio.CancelledError:
            if _are_we_cancelled():
                raise
            return TaskResult(success=False, task_id=task_id, error="cancelled")
        except Exception as error:
            return TaskResult(success=False, task_id=task_id, error=reason(error))
        return TaskResult(success=True, task_id=task_id)


@first_test.mutant(promise="stored")
class NeverCompleted(TaskOrchestrator):
    """Reports a success, and never stores that the task is completed."""

    async def _run(self, task_id: str) -> str:
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
        return output


@first_test.mutant(promise="result")
class UnknownRaises(TaskOrchestrator):
    """Lets the error for an unknown id out, where a failed result was promised."""

    async def execute_task(self, task_id: str) -> TaskResult:
        output = await self._run(task_id)
        return TaskResult(success=True, task_id=task_id, output=output)


@first_test.mutant(promise="names-id")
class ReasonDropped(TaskOrchestrator):
    """Says that the task failed, and not why."""

    async def execute_task(self, task_id: str) -> TaskResult:
        try:
            output = await self._run(task_id)
        except asyncio.CancelledError:
            if _are_we_cancelled():
                raise
            return TaskResult(success=False, task_id=task_id, error="cancelled")
        except Exception:
            return TaskResult(success=False, task_id=task_id, error="the task failed")
        return TaskResult(success=True, task_id=task_id, output=output)


@first_test.mutant(promise="success")
class NeverASuccess(TaskOrchestrator):
    """Executes the task, and forgets to say that it went well."""

    async def execute_task(self, task_id: str) -> TaskResult:
        try:
            output = await self._run(task_id)
        except asyncio.CancelledError:
            if _are_we_cancelled():
                raise
            return TaskResult(success=False, task_id=task_id, error="cancelled")
        except Exception as error:
            return TaskResult(success=False, task_id=task_id, error=reason(error))
        return TaskResult(success=False, task_id=task_id, output=output)


@first_test.mutant(promise="output")
class TitleForgotten(TaskOrchestrator):
    """Says that something is done, and not what."""

    async def execute_task(self, task_id: str) -> TaskResult:
        try:
            output = await self._run(task_id)
        except asyncio.CancelledError:
            if _are_we_cancelled():
                raise
            return TaskResult(success=False, task_id=task_id, error="cancelled")
        except Exception as error:
            return TaskResult(success=False, task_id=task_id, error=reason(error))
        return TaskResult(success=True, task_id=task_id, output=output.rpartition(": ")[2])


@first_test.mutant(promise="unknown")
class UnknownIsASuccess(TaskOrchestrator):
    """Calls it a success when there is nothing to execute."""

    async def execute_task(self, task_id: str) -> TaskResult:
        try:
            output = await self._run(task_id)
        except asyncio.CancelledError:
            if _are_we_cancelled():
                raise
            return TaskResult(success=False, task_id=task_id, error="cancelled")
        except UnknownTaskError as error:
            return TaskResult(success=True, task_id=task_id, error=reason(error))
        except Exception as error:
            return TaskResult(success=False, task_id=task_id, error=reason(error))
        return TaskResult(success=True, task_id=task_id, output=output)

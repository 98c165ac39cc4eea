"""The start page: one exercise of two minutes, to see what a test is worth here."""

import asyncio
from dataclasses import replace

from grader.exercise import Exercise
from vespera_scriptorium.application.task_orchestrator import TaskOrchestrator, _are_we_cancelled
from vespera_scriptorium.domain.errors import UnknownTaskError, noted_on, reason
from vespera_scriptorium.domain.task import TaskResult, TaskStatus

# --------------------------------------------------------------------------------------------
first_test = Exercise(
    id="first-test",
    lesson="00-start-here",
    title="Your first test",
    points=2,
    subject=TaskOrchestrator,
    contract=(
        "`execute_task(task_id)` answers for a stored task with `success` True "
        "and with the same `task_id`.",
        "Its `output` is what the specialist returned; the one that the container starts with "
        'returns `"<title>: done"`.',
        "A success is stored: `get_task_status(task_id)` then answers with `completed` True.",
        "For an id that nobody stored, the result has `success` False and an `error` "
        "that names the id; nothing is raised.",
    ),
    hint="[Assertions in pytest](https://docs.pytest.org/en/stable/how-to/assert.html) are plain "
    "`assert` statements. One `assert` a line: then the failure says which clause is broken.",
    worked="NeverCompleted",
)


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


@first_test.mutant(clause=1)
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


@first_test.mutant(clause=2)
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


@first_test.mutant(clause=3)
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


@first_test.mutant(clause=4)
class UnknownRaises(TaskOrchestrator):
    """Lets the error for an unknown id out, where a failed result was promised."""

    async def execute_task(self, task_id: str) -> TaskResult:
        output = await self._run(task_id)
        return TaskResult(success=True, task_id=task_id, output=output)


@first_test.mutant(clause=4)
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

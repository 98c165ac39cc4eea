"""Own variants of first-test, written from the contract and the application alone."""

from collections.abc import Mapping
from typing import Any

from grader.bank import first_test
from vespera_scriptorium.application.task_orchestrator import *  # noqa: F403
from vespera_scriptorium.application.task_orchestrator import TaskOrchestrator
from vespera_scriptorium.domain.task import Task, TaskResult, TaskState


@first_test.mutant(clause=1)
class NoTaskIdInTheResult(TaskOrchestrator):
    """A success does not say which task it is about."""

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
        return TaskResult(success=True, output=output)


@first_test.mutant(clause=2)
class OutputIsTheTitle(TaskOrchestrator):
    """The output is the title alone, not what the specialist answered."""

    async def execute_task(self, task_id: str) -> TaskResult:
        """Execute one task."""
        try:
            await self._run(task_id)
        except asyncio.CancelledError:
            if _are_we_cancelled():
                raise
            return TaskResult(success=False, task_id=task_id, error="cancelled")
        except Exception as error:
            return TaskResult(success=False, task_id=task_id, error=reason(error))
        state = await self.get_task_status(task_id)
        return TaskResult(success=True, task_id=task_id, output=state.title)


@first_test.mutant(clause=2)
class OutputIsLost(TaskOrchestrator):
    """The output is not passed on."""

    async def execute_task(self, task_id: str) -> TaskResult:
        """Execute one task."""
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
class StoredAsExecuted(TaskOrchestrator):
    """The task is stored as executed, which is not completed."""

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
        await self._tasks.save(replace(task, status=TaskStatus.EXECUTED))
        return output


@first_test.mutant(clause=4)
class UnknownIdIsRaised(TaskOrchestrator):
    """The error about an unknown id comes out as an exception."""

    async def execute_task(self, task_id: str) -> TaskResult:
        """Execute one task."""
        try:
            output = await self._run(task_id)
        except asyncio.CancelledError:
            if _are_we_cancelled():
                raise
            return TaskResult(success=False, task_id=task_id, error="cancelled")
        except UnknownTaskError:
            raise
        except Exception as error:
            return TaskResult(success=False, task_id=task_id, error=reason(error))
        return TaskResult(success=True, task_id=task_id, output=output)


@first_test.mutant(clause=4)
class ErrorDoesNotNameTheId(TaskOrchestrator):
    """The error is the type alone: nobody reads which id was wrong."""

    async def execute_task(self, task_id: str) -> TaskResult:
        """Execute one task."""
        try:
            output = await self._run(task_id)
        except asyncio.CancelledError:
            if _are_we_cancelled():
                raise
            return TaskResult(success=False, task_id=task_id, error="cancelled")
        except Exception as error:
            return TaskResult(success=False, task_id=task_id, error=type(error).__name__)
        return TaskResult(success=True, task_id=task_id, output=output)


@first_test.alternative()
class OtherWords(TaskOrchestrator):
    """Says other words around the id."""

    async def execute_task(self, task_id: str) -> TaskResult:
        """Execute one task."""
        if await self._tasks.get(task_id) is None:
            return TaskResult(success=False, error=f"nobody knows <{task_id}>")
        try:
            output = await self._run(task_id)
        except asyncio.CancelledError:
            if _are_we_cancelled():
                raise
            return TaskResult(success=False, task_id=task_id, error="cancelled")
        except Exception as error:
            return TaskResult(success=False, task_id=task_id, error=repr(error))
        return TaskResult(success=True, task_id=task_id, output=output)


@first_test.alternative()
class RandomIds(TaskOrchestrator):
    """Gives ids that are random."""

    async def _store(self, task_data: Mapping[str, Any]) -> Task:
        """Store a new task under an id of its own; raises what the repository raises."""
        from uuid import uuid4

        task = Task(
            id=uuid4().hex,
            title=task_data["title"],
            description=task_data.get("description", ""),
            specialist_type=task_data.get("specialist_type", "generic"),
        )
        await self._tasks.add(task)
        return task


@first_test.alternative()
class StateInAnExpression(TaskOrchestrator):
    """Looks twice before it answers with a state."""

    async def get_task_status(self, task_id: str) -> TaskState:
        """Where a task stands, as it is stored now."""
        await self._tasks.count()
        task = await self._tasks.get(task_id)
        return TaskState(task_id, task.title if task else None, task.status if task else None)

"""Own variants of first-test, written from the contract and the application alone."""

from grader.bank import FIRST_TEST
from vespera_scriptorium.application.task_orchestrator import *  # noqa: F403


@FIRST_TEST.mutant(clause=1)
class SuccessWithoutItsId(TaskOrchestrator):
    """A success does not say which task it belongs to."""

    async def execute_task(self, task_id: str) -> TaskResult:
        """Execute one task."""
        try:
            output = await self._run(task_id)
        except Exception as error:
            return TaskResult(success=False, task_id=task_id, error=reason(error))
        return TaskResult(success=True, output=output)


@FIRST_TEST.mutant(clause=2)
class OutputOfTheFirstTask(TaskOrchestrator):
    """The output of the first task is remembered and answered for every later one."""

    async def execute_task(self, task_id: str) -> TaskResult:
        """Execute one task."""
        try:
            output = self.__dict__.setdefault("_output", await self._run(task_id))
        except Exception as error:
            return TaskResult(success=False, task_id=task_id, error=reason(error))
        return TaskResult(success=True, task_id=task_id, output=output)


@FIRST_TEST.mutant(clause=3)
class StoredAsExecuted(TaskOrchestrator):
    """A success is stored under the status executed, which is not completed."""

    async def _run(self, task_id: str) -> str:
        """Execute a task and store how it ended; raises what the specialist raises."""
        task = await self._tasks.get(task_id)
        if task is None:
            raise UnknownTaskError(f"there is no task {task_id}")
        output = await self._specialist.run(task)
        await self._tasks.save(replace(task, status=TaskStatus.EXECUTED))
        return output


@FIRST_TEST.mutant(clause=3)
class StoredAMomentLater(TaskOrchestrator):
    """The success is stored in the background, some time after the answer."""

    async def _run(self, task_id: str) -> str:
        """Execute a task and store how it ended; raises what the specialist raises."""
        task = await self._tasks.get(task_id)
        if task is None:
            raise UnknownTaskError(f"there is no task {task_id}")
        await self._tasks.save(replace(task, status=TaskStatus.RUNNING))
        output = await self._specialist.run(task)
        done = replace(task, status=TaskStatus.COMPLETED)
        self._saving = asyncio.create_task(self._tasks.save(done))
        return output


@FIRST_TEST.mutant(clause=4)
class UnknownTaskRaises(TaskOrchestrator):
    """For an id that nobody stored, the error comes out instead of a result."""

    async def execute_task(self, task_id: str) -> TaskResult:
        """Execute one task."""
        try:
            output = await self._run(task_id)
        except UnknownTaskError:
            raise
        except Exception as error:
            return TaskResult(success=False, task_id=task_id, error=reason(error))
        return TaskResult(success=True, task_id=task_id, output=output)


@FIRST_TEST.mutant(clause=4)
class ErrorWithoutTheId(TaskOrchestrator):
    """The error about an unknown task does not say which one."""

    async def _run(self, task_id: str) -> str:
        """Execute a task and store how it ended; raises what the specialist raises."""
        task = await self._tasks.get(task_id)
        if task is None:
            raise UnknownTaskError("there is no such task")
        await self._tasks.save(replace(task, status=TaskStatus.RUNNING))
        output = await self._specialist.run(task)
        await self._tasks.save(replace(task, status=TaskStatus.COMPLETED))
        return output


@FIRST_TEST.alternative()
class OtherWords(TaskOrchestrator):
    """Says in other words that a task is unknown, and leaves out its id elsewhere in the result."""

    async def execute_task(self, task_id: str) -> TaskResult:
        """Execute one task."""
        try:
            output = await self._run(task_id)
        except UnknownTaskError:
            return TaskResult(success=False, error=f"Nobody has stored {task_id!r}, sorry!")
        except Exception as error:
            return TaskResult(success=False, task_id=task_id, error=repr(error))
        return TaskResult(success=True, task_id=task_id, output=output)


@FIRST_TEST.alternative()
class NeverRunning(TaskOrchestrator):
    """Stores no status before the work."""

    async def _run(self, task_id: str) -> str:
        """Execute a task and store how it ended; raises what the specialist raises."""
        task = await self._tasks.get(task_id)
        if task is None:
            raise UnknownTaskError(f"there is no task {task_id}")
        output = await self._specialist.run(task)
        await self._tasks.save(replace(task, status=TaskStatus.COMPLETED))
        return output


@FIRST_TEST.alternative()
class AsABatch(TaskOrchestrator):
    """Executes a task as a batch of one."""

    async def execute_task(self, task_id: str) -> TaskResult:
        """Execute one task."""
        batch = await self.execute_all([task_id])
        if task_id in batch.succeeded:
            output = batch.succeeded[task_id]
            return TaskResult(success=True, task_id=task_id, output=output)
        error = batch.failed.get(task_id, "cancelled")
        return TaskResult(success=False, task_id=task_id, error=f"{task_id}: {error}")

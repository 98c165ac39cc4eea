"""Own variants of concurrency, written from the contract and the application alone."""

from grader.bank import concurrency
from vespera_scriptorium.application.task_orchestrator import *  # noqa: F403


@concurrency.mutant(clause=1)
class FiveAtATime(TaskOrchestrator):
    """A sixth call waits until one of five has ended."""

    async def execute_task(self, task_id: str) -> TaskResult:
        """Execute one task."""
        try:
            places = self.__dict__.setdefault("_places", asyncio.Semaphore(5))
            async with places:
                output = await self._run(task_id)
        except asyncio.CancelledError:
            if _are_we_cancelled():
                raise
            return TaskResult(success=False, task_id=task_id, error="cancelled")
        except Exception as error:
            return TaskResult(success=False, task_id=task_id, error=reason(error))
        return TaskResult(success=True, task_id=task_id, output=output)


@concurrency.mutant(clause=2)
class TheLatestTask(TaskOrchestrator):
    """Keeps the task of a call on the service, where the next call puts its own."""

    async def execute_task(self, task_id: str) -> TaskResult:
        """Execute one task."""
        self._task_id = task_id
        try:
            output = await self._run(self._task_id)
        except asyncio.CancelledError:
            if _are_we_cancelled():
                raise
            return TaskResult(success=False, task_id=task_id, error="cancelled")
        except Exception as error:
            return TaskResult(success=False, task_id=task_id, error=reason(error))
        return TaskResult(success=True, task_id=self._task_id, output=output)


@concurrency.mutant(clause=3)
class CompletedLater(TaskOrchestrator):
    """Stores the success in the background, some time after the call has returned."""

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
        saving = self._tasks.save(replace(task, status=TaskStatus.COMPLETED))
        self._saving = asyncio.create_task(saving)
        return output


@concurrency.mutant(clause=4)
class TheFirstError(TaskOrchestrator):
    """Every failure tells the message of the first one."""

    async def execute_task(self, task_id: str) -> TaskResult:
        """Execute one task."""
        try:
            output = await self._run(task_id)
        except asyncio.CancelledError:
            if _are_we_cancelled():
                raise
            return TaskResult(success=False, task_id=task_id, error="cancelled")
        except Exception as error:
            error = self.__dict__.setdefault("_first_error", error)
            return TaskResult(success=False, task_id=task_id, error=reason(error))
        return TaskResult(success=True, task_id=task_id, output=output)


@concurrency.mutant(clause=5)
class OneForAll(TaskOrchestrator):
    """A task that fails takes all the others with it."""

    async def execute_task(self, task_id: str) -> TaskResult:
        """Execute one task."""
        calls = self.__dict__.setdefault("_calls", set())
        call = asyncio.current_task()
        calls.add(call)
        try:
            output = await self._run(task_id)
        except asyncio.CancelledError:
            if _are_we_cancelled():
                raise
            return TaskResult(success=False, task_id=task_id, error="cancelled")
        except Exception as error:
            for other in calls - {call}:
                other.cancel()
            return TaskResult(success=False, task_id=task_id, error=reason(error))
        finally:
            calls.discard(call)
        return TaskResult(success=True, task_id=task_id, output=output)


@concurrency.mutant(clause=6)
class AnswersItsCancellation(TaskOrchestrator):
    """A call that is cancelled answers with a result."""

    async def execute_task(self, task_id: str) -> TaskResult:
        """Execute one task."""
        try:
            output = await self._run(task_id)
        except asyncio.CancelledError:
            return TaskResult(success=False, task_id=task_id, error="cancelled")
        except Exception as error:
            return TaskResult(success=False, task_id=task_id, error=reason(error))
        return TaskResult(success=True, task_id=task_id, output=output)


@concurrency.alternative()
class ATaskOfItsOwn(TaskOrchestrator):
    """Runs each in a task of its own."""

    async def execute_task(self, task_id: str) -> TaskResult:
        """Execute one task."""
        try:
            output = await asyncio.create_task(self._run(task_id))
        except asyncio.CancelledError:
            if _are_we_cancelled():
                raise
            return TaskResult(success=False, task_id=task_id, error="cancelled")
        except Exception as error:
            return TaskResult(success=False, task_id=task_id, error=reason(error))
        return TaskResult(success=True, task_id=task_id, output=output)


@concurrency.alternative()
class OtherWords(TaskOrchestrator):
    """Says more about the exception."""

    async def execute_task(self, task_id: str) -> TaskResult:
        """Execute one task."""
        try:
            output = await self._run(task_id)
        except asyncio.CancelledError:
            if _are_we_cancelled():
                raise
            return TaskResult(success=False, task_id=task_id, error="cancelled")
        except Exception as error:
            return TaskResult(success=False, task_id=task_id, error=f"task {task_id}: {type(error).__name__}: {error}")
        return TaskResult(success=True, task_id=task_id, output=output)


@concurrency.alternative()
class ReadsAgain(TaskOrchestrator):
    """Reads the task again before it stores the success."""

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
        now = await self._tasks.get(task_id)
        await self._tasks.save(replace(now or task, status=TaskStatus.COMPLETED))
        return output

"""Own variants of first-test, written from the contract and the application alone."""

from grader.bank import FIRST_TEST
from vespera_scriptorium.application.task_orchestrator import *  # noqa: F403


@FIRST_TEST.mutant(clause=1)
class ForgetsTheId(TaskOrchestrator):
    """A success does not say of which task it is: `task_id` is None."""

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


@FIRST_TEST.mutant(clause=2)
class CapitalisesTheTitle(TaskOrchestrator):
    """Begins the output with a capital letter, and writes the rest of it small."""

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
        return TaskResult(success=True, task_id=task_id, output=output.capitalize())


@FIRST_TEST.mutant(clause=3)
class StopsAtExecuted(TaskOrchestrator):
    """Stores a task that has succeeded as executed instead of completed."""

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


@FIRST_TEST.mutant(clause=3)
class StoresLater(TaskOrchestrator):
    """Answers before the success is stored: the save is begun, and not awaited."""

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

        async def store() -> None:
            await asyncio.sleep(0.01)
            await self._tasks.save(replace(task, status=TaskStatus.COMPLETED))

        self._storing = asyncio.create_task(store())
        return output


@FIRST_TEST.mutant(clause=4)
class RaisesForTheUnknown(TaskOrchestrator):
    """An id that nobody stored raises `UnknownTaskError`."""

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


@FIRST_TEST.mutant(clause=4)
class SaysNotWhich(TaskOrchestrator):
    """The error for an id that nobody stored does not name the id."""

    async def execute_task(self, task_id: str) -> TaskResult:
        """Execute one task."""
        try:
            output = await self._run(task_id)
        except asyncio.CancelledError:
            if _are_we_cancelled():
                raise
            return TaskResult(success=False, task_id=task_id, error="cancelled")
        except UnknownTaskError:
            return TaskResult(success=False, task_id=task_id, error="there is no such task")
        except Exception as error:
            return TaskResult(success=False, task_id=task_id, error=reason(error))
        return TaskResult(success=True, task_id=task_id, output=output)


@FIRST_TEST.alternative()
class OtherWords(TaskOrchestrator):
    """Says in other words that there is no such task, and gives no `task_id` then."""

    async def execute_task(self, task_id: str) -> TaskResult:
        """Execute one task."""
        try:
            output = await self._run(task_id)
        except asyncio.CancelledError:
            if _are_we_cancelled():
                raise
            return TaskResult(success=False, task_id=task_id, error="cancelled")
        except UnknownTaskError:
            return TaskResult(success=False, error=f"{task_id!r} is unknown here")
        except Exception as error:
            return TaskResult(success=False, task_id=task_id, error=reason(error))
        return TaskResult(success=True, task_id=task_id, output=output)


@FIRST_TEST.alternative()
class SkipsRunning(TaskOrchestrator):
    """Does not store that the task is running, only how it ended, and takes its time."""

    async def _run(self, task_id: str) -> str:
        """Execute a task and store how it ended; raises what the specialist raises."""
        task = await self._tasks.get(task_id)
        if task is None:
            raise UnknownTaskError(f"there is no task {task_id}")
        await asyncio.sleep(0.1)
        status = TaskStatus.CANCELLED
        try:
            output = await self._specialist.run(task)
            status = TaskStatus.COMPLETED
        except Exception:
            status = TaskStatus.FAILED
            raise
        finally:
            await self._tasks.save(replace(task, status=status))
        return output


@FIRST_TEST.alternative()
class AnswersFromATask(TaskOrchestrator):
    """Runs the work in a task of its own."""

    async def execute_task(self, task_id: str) -> TaskResult:
        """Execute one task."""
        work = asyncio.create_task(self._run(task_id))
        try:
            await asyncio.wait([work])
        except asyncio.CancelledError:
            work.cancel()
            await asyncio.wait([work])
            raise
        if work.cancelled():
            return TaskResult(success=False, task_id=task_id, error="cancelled")
        error = work.exception()
        if error is not None:
            return TaskResult(success=False, task_id=task_id, error=f"failed: {reason(error)}")
        return TaskResult(success=True, task_id=task_id, output=work.result())

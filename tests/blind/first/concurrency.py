"""Own variants of concurrency, written from the contract and the application alone."""

from grader.bank import THE_CONCURRENCY
from vespera_scriptorium.application.task_orchestrator import *  # noqa: F403


@THE_CONCURRENCY.mutant(clause=1)
class FourAtATime(TaskOrchestrator):
    """A fifth call waits until one of four has ended."""

    async def execute_task(self, task_id: str) -> TaskResult:
        """Execute one task."""
        slots = self.__dict__.setdefault("_slots", asyncio.Semaphore(4))
        try:
            async with slots:
                output = await self._run(task_id)
        except asyncio.CancelledError:
            if _are_we_cancelled():
                raise
            return TaskResult(success=False, task_id=task_id, error="cancelled")
        except Exception as error:
            return TaskResult(success=False, task_id=task_id, error=reason(error))
        return TaskResult(success=True, task_id=task_id, output=output)


@THE_CONCURRENCY.mutant(clause=2)
class SharedOutput(TaskOrchestrator):
    """The output waits in the orchestrator while the state is stored; another call may replace it."""

    async def _run(self, task_id: str) -> str:
        """Execute a task and store how it ended; raises what the specialist raises."""
        task = await self._tasks.get(task_id)
        if task is None:
            raise UnknownTaskError(f"there is no task {task_id}")
        await self._tasks.save(replace(task, status=TaskStatus.RUNNING))
        try:
            self._output = await self._specialist.run(task)
        except asyncio.CancelledError as cancellation:
            with noted_on(cancellation, "storing the cancellation failed"):
                await self._tasks.save(replace(task, status=TaskStatus.CANCELLED))
            raise
        except Exception as error:
            with noted_on(error, "storing the failure failed"):
                await self._tasks.save(replace(task, status=TaskStatus.FAILED))
            raise
        await self._tasks.save(replace(task, status=TaskStatus.COMPLETED))
        return self._output


@THE_CONCURRENCY.mutant(clause=3)
class StoresWhenIdle(TaskOrchestrator):
    """Completed tasks are stored as such only when no other call is at work."""

    async def _run(self, task_id: str) -> str:
        """Execute a task and store how it ended; raises what the specialist raises."""
        task = await self._tasks.get(task_id)
        if task is None:
            raise UnknownTaskError(f"there is no task {task_id}")
        at_work = self.__dict__.setdefault("_at_work", set())
        done = self.__dict__.setdefault("_done", [])
        await self._tasks.save(replace(task, status=TaskStatus.RUNNING))
        at_work.add(task_id)
        try:
            output = await self._specialist.run(task)
            done.append(task)
        except asyncio.CancelledError as cancellation:
            with noted_on(cancellation, "storing the cancellation failed"):
                await self._tasks.save(replace(task, status=TaskStatus.CANCELLED))
            raise
        except Exception as error:
            with noted_on(error, "storing the failure failed"):
                await self._tasks.save(replace(task, status=TaskStatus.FAILED))
            raise
        finally:
            at_work.discard(task_id)
            while done and not at_work:
                await self._tasks.save(replace(done.pop(), status=TaskStatus.COMPLETED))
        return output


@THE_CONCURRENCY.mutant(clause=4)
class FirstErrorForAll(TaskOrchestrator):
    """Every failure is told with the message of the first."""

    async def execute_task(self, task_id: str) -> TaskResult:
        """Execute one task."""
        try:
            output = await self._run(task_id)
        except asyncio.CancelledError:
            if _are_we_cancelled():
                raise
            return TaskResult(success=False, task_id=task_id, error="cancelled")
        except Exception as error:
            first = self.__dict__.setdefault("_error", error)
            return TaskResult(success=False, task_id=task_id, error=reason(first))
        return TaskResult(success=True, task_id=task_id, output=output)


@THE_CONCURRENCY.mutant(clause=5)
class FailsTogether(TaskOrchestrator):
    """A failure cancels the specialists of all other calls."""

    async def execute_task(self, task_id: str) -> TaskResult:
        """Execute one task."""
        works = self.__dict__.setdefault("_works", set())
        work = asyncio.create_task(self._run(task_id))
        works.add(work)
        try:
            output = await work
        except asyncio.CancelledError:
            if _are_we_cancelled():
                raise
            return TaskResult(success=False, task_id=task_id, error="cancelled")
        except Exception as error:
            for other in works - {work}:
                other.cancel()
            return TaskResult(success=False, task_id=task_id, error=reason(error))
        finally:
            works.discard(work)
        return TaskResult(success=True, task_id=task_id, output=output)


@THE_CONCURRENCY.mutant(clause=6)
class CancellationIsAResult(TaskOrchestrator):
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


@THE_CONCURRENCY.alternative()
class OtherWords(TaskOrchestrator):
    """Puts other words around an error."""

    async def execute_task(self, task_id: str) -> TaskResult:
        """Execute one task."""
        try:
            output = await self._run(task_id)
        except asyncio.CancelledError:
            if _are_we_cancelled():
                raise
            return TaskResult(success=False, task_id=task_id, error="cancelled")
        except Exception as error:
            message = f"{task_id} failed ({type(error).__name__}): {error}"
            return TaskResult(success=False, task_id=task_id, error=message)
        return TaskResult(success=True, task_id=task_id, output=output)


@THE_CONCURRENCY.alternative()
class WorksInATask(TaskOrchestrator):
    """Gives each execution a task of its own."""

    async def execute_task(self, task_id: str) -> TaskResult:
        """Execute one task."""
        work = asyncio.create_task(self._run(task_id))
        try:
            output = await work
        except asyncio.CancelledError:
            if _are_we_cancelled():
                raise
            return TaskResult(success=False, task_id=task_id, error="cancelled")
        except Exception as error:
            return TaskResult(success=False, task_id=task_id, error=reason(error))
        return TaskResult(success=True, task_id=task_id, output=output)


@THE_CONCURRENCY.alternative()
class StoresAfresh(TaskOrchestrator):
    """Reads the task again before it stores how it ended, and leaves a failure as running."""

    async def _run(self, task_id: str) -> str:
        """Execute a task and store how it ended; raises what the specialist raises."""
        task = await self._tasks.get(task_id)
        if task is None:
            raise UnknownTaskError(f"there is no task {task_id}")
        running = replace(task, status=TaskStatus.RUNNING, attempts=task.attempts + 1)
        await self._tasks.save(running)
        await asyncio.sleep(0)
        output = await self._specialist.run(running)
        latest = await self._tasks.get(task_id) or running
        await self._tasks.save(replace(latest, status=TaskStatus.COMPLETED))
        return output

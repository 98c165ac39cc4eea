"""Own variants of concurrency, written from the contract and the application alone."""

from grader.bank import CONCURRENCY
from vespera_scriptorium.application.task_orchestrator import *  # noqa: F403


@CONCURRENCY.mutant(clause=1)
class AFewAtATime(TaskOrchestrator):
    """Lets ten calls work at a time; the eleventh waits."""

    async def execute_task(self, task_id: str) -> TaskResult:
        """Execute one task."""
        slots = self.__dict__.setdefault("_slots", asyncio.Semaphore(10))
        async with slots:
            try:
                output = await self._run(task_id)
            except asyncio.CancelledError:
                if _are_we_cancelled():
                    raise
                return TaskResult(success=False, task_id=task_id, error="cancelled")
            except Exception as error:
                return TaskResult(success=False, task_id=task_id, error=reason(error))
        return TaskResult(success=True, task_id=task_id, output=output)


@CONCURRENCY.mutant(clause=2)
class TheIdOfTheLast(TaskOrchestrator):
    """Keeps the id in the service, where that of a later call replaces it."""

    async def execute_task(self, task_id: str) -> TaskResult:
        """Execute one task."""
        self._task_id = task_id
        try:
            output = await self._run(task_id)
        except asyncio.CancelledError:
            if _are_we_cancelled():
                raise
            return TaskResult(success=False, task_id=task_id, error="cancelled")
        except Exception as error:
            return TaskResult(success=False, task_id=task_id, error=reason(error))
        return TaskResult(success=True, task_id=self._task_id, output=output)


@CONCURRENCY.mutant(clause=3)
class CompletedWhenAllAre(TaskOrchestrator):
    """Stores `completed` only when no other call is at work any more."""

    async def _run(self, task_id: str) -> str:
        """Execute a task and store how it ended; raises what the specialist raises."""
        task = await self._tasks.get(task_id)
        if task is None:
            raise UnknownTaskError(f"there is no task {task_id}")
        at_work = self.__dict__.setdefault("_at_work", set())
        ended = self.__dict__.setdefault("_ended", [])
        at_work.add(task_id)
        await self._tasks.save(replace(task, status=TaskStatus.RUNNING))
        try:
            output = await self._specialist.run(task)
        except asyncio.CancelledError as cancellation:
            at_work.discard(task_id)
            with noted_on(cancellation, "storing the cancellation failed"):
                await self._tasks.save(replace(task, status=TaskStatus.CANCELLED))
            raise
        except Exception as error:
            at_work.discard(task_id)
            with noted_on(error, "storing the failure failed"):
                await self._tasks.save(replace(task, status=TaskStatus.FAILED))
            raise
        at_work.discard(task_id)
        ended.append(replace(task, status=TaskStatus.COMPLETED))
        while ended and not at_work:
            await self._tasks.save(ended.pop())
        return output


@CONCURRENCY.mutant(clause=4)
class TheFirstErrorForAll(TaskOrchestrator):
    """Keeps the first error, and tells it in every result that is no success."""

    async def execute_task(self, task_id: str) -> TaskResult:
        """Execute one task."""
        try:
            output = await self._run(task_id)
        except asyncio.CancelledError:
            if _are_we_cancelled():
                raise
            return TaskResult(success=False, task_id=task_id, error="cancelled")
        except Exception as error:
            first = self.__dict__.setdefault("_error", reason(error))
            return TaskResult(success=False, task_id=task_id, error=first)
        return TaskResult(success=True, task_id=task_id, output=output)


@CONCURRENCY.mutant(clause=5)
class OneFailureEndsAll(TaskOrchestrator):
    """When one specialist fails, those of the other calls are cancelled, as in a task group."""

    async def execute_task(self, task_id: str) -> TaskResult:
        """Execute one task."""
        running = self.__dict__.setdefault("_running", set())
        me = asyncio.ensure_future(self._run(task_id))
        running.add(me)
        try:
            output = await me
        except asyncio.CancelledError:
            if _are_we_cancelled():
                raise
            return TaskResult(success=False, task_id=task_id, error="cancelled")
        except Exception as error:
            for other in running - {me}:
                other.cancel()
            return TaskResult(success=False, task_id=task_id, error=reason(error))
        finally:
            running.discard(me)
        return TaskResult(success=True, task_id=task_id, output=output)


@CONCURRENCY.mutant(clause=6)
class ACancellationIsAResult(TaskOrchestrator):
    """A call that is cancelled answers with a result in the place of `CancelledError`."""

    async def execute_task(self, task_id: str) -> TaskResult:
        """Execute one task."""
        try:
            output = await self._run(task_id)
        except asyncio.CancelledError:
            return TaskResult(success=False, task_id=task_id, error="cancelled")
        except Exception as error:
            return TaskResult(success=False, task_id=task_id, error=reason(error))
        return TaskResult(success=True, task_id=task_id, output=output)


@CONCURRENCY.alternative()
class InATask(TaskOrchestrator):
    """Runs each task in an asyncio task of its own."""

    async def execute_task(self, task_id: str) -> TaskResult:
        """Execute one task."""
        work = asyncio.create_task(self._run(task_id))
        try:
            await asyncio.wait([work])
        except asyncio.CancelledError:
            work.cancel()
            await asyncio.wait([work])
            if not work.cancelled():
                work.exception()
            raise
        if work.cancelled():
            return TaskResult(success=False, task_id=task_id, error="cancelled")
        if (error := work.exception()) is not None:
            return TaskResult(success=False, task_id=task_id, error=reason(error))
        return TaskResult(success=True, task_id=task_id, output=work.result())


@CONCURRENCY.alternative()
class OtherWords(TaskOrchestrator):
    """Tells the task and the type of the error, too."""

    async def execute_task(self, task_id: str) -> TaskResult:
        """Execute one task."""
        try:
            return TaskResult(True, task_id, await self._run(task_id))
        except asyncio.CancelledError:
            if _are_we_cancelled():
                raise
            return TaskResult(success=False, task_id=task_id, error="cancelled")
        except Exception as error:
            message = f"the specialist of {task_id} failed: {error!r} {error}"
            return TaskResult(success=False, task_id=task_id, error=message)


@CONCURRENCY.alternative()
class LeavesAFailureRunning(TaskOrchestrator):
    """Stores a failed task as created again, so that it can be tried again."""

    async def _run(self, task_id: str) -> str:
        """Execute a task and store how it ended; raises what the specialist raises."""
        task = await self._tasks.get(task_id)
        if task is None:
            raise UnknownTaskError(f"there is no task {task_id}")
        running = replace(task, status=TaskStatus.RUNNING)
        await self._tasks.save(running)
        try:
            output = await self._specialist.run(running)
        except BaseException as error:
            with noted_on(error, "storing the failure failed"):
                await self._tasks.save(replace(task, status=TaskStatus.CREATED))
            raise
        await self._tasks.save(replace(running, status=TaskStatus.COMPLETED))
        return output

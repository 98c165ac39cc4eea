"""The mutants of `concurrency`: each has one bug, and breaks one clause."""

import asyncio
from dataclasses import replace
from typing import Any

from vespera_scriptorium.application.task_orchestrator import TaskOrchestrator, _are_we_cancelled
from vespera_scriptorium.domain.errors import UnknownTaskError, noted_on, reason
from vespera_scriptorium.domain.task import TaskResult, TaskStatus

from .exercise import concurrency


@concurrency.mutant(promise="at-once")
class OneAfterTheOther(TaskOrchestrator):
    """Holds a lock while the specialist is at work, "to be safe"."""

    async def execute_task(self, task_id: str) -> TaskResult:
        lock = vars(self).setdefault("_lock", asyncio.Lock())
        try:
            async with lock:
                output = await self._run(task_id)
        except asyncio.CancelledError:
            if _are_we_cancelled():
                raise
            return TaskResult(success=False, task_id=task_id, error="cancelled")
        except Exception as error:
            return TaskResult(success=False, task_id=task_id, error=reason(error))
        return TaskResult(success=True, task_id=task_id, output=output)


@concurrency.mutant(promise="many")
class AFewAtATime(TaskOrchestrator):
    """Lets three calls work, and all others wait."""

    async def execute_task(self, task_id: str) -> TaskResult:
        places = vars(self).setdefault("_places", asyncio.Semaphore(3))
        try:
            async with places:
                output = await self._run(task_id)
        except asyncio.CancelledError:
            if _are_we_cancelled():
                raise
            return TaskResult(success=False, task_id=task_id, error="cancelled")
        except Exception as error:
            return TaskResult(success=False, task_id=task_id, error=reason(error))
        return TaskResult(success=True, task_id=task_id, output=output)


@concurrency.mutant(promise="own-id")
class NamesTheLatest(TaskOrchestrator):
    """Keeps the id of the task at work in an attribute, which the next call overwrites."""

    async def execute_task(self, task_id: str) -> TaskResult:
        shared: Any = vars(self)
        shared["_current"] = task_id
        try:
            output = await self._run(task_id)
        except asyncio.CancelledError:
            if _are_we_cancelled():
                raise
            return TaskResult(success=False, task_id=task_id, error="cancelled")
        except Exception as error:
            return TaskResult(success=False, task_id=task_id, error=reason(error))
        return TaskResult(success=True, task_id=shared["_current"], output=output)


@concurrency.mutant(promise="own-output")
class AnswersForAnother(TaskOrchestrator):
    """Waits for the tasks that began later, and gives out what the last of them has left."""

    async def execute_task(self, task_id: str) -> TaskResult:
        shared: Any = vars(self)
        begun = shared["_begun"] = shared.get("_begun", 0) + 1
        try:
            output = await self._run(task_id)
        except asyncio.CancelledError:
            if _are_we_cancelled():
                raise
            return TaskResult(success=False, task_id=task_id, error="cancelled")
        except Exception as error:
            return TaskResult(success=False, task_id=task_id, error=reason(error))
        if begun == shared["_begun"] or "_output" not in shared:
            shared["_output"] = output
        return TaskResult(success=True, task_id=task_id, output=shared["_output"])


@concurrency.mutant(promise="running")
class RunningOneAtATime(TaskOrchestrator):
    """Marks a task as running only while no other one is at work."""

    async def _run(self, task_id: str) -> str:
        task = await self._tasks.get(task_id)
        if task is None:
            raise UnknownTaskError(f"there is no task {task_id}")
        shared: Any = vars(self)
        shared["_busy"] = shared.get("_busy", 0) + 1
        try:
            if shared["_busy"] == 1:
                await self._tasks.save(replace(task, status=TaskStatus.RUNNING))
            output = await self._specialist.run(task)
        except asyncio.CancelledError as cancellation:
            with noted_on(cancellation, "storing the cancellation failed"):
                await self._tasks.save(replace(task, status=TaskStatus.CANCELLED))
            raise
        except Exception as error:
            with noted_on(error, "storing the failure failed"):
                await self._tasks.save(replace(task, status=TaskStatus.FAILED))
            raise
        finally:
            shared["_busy"] -= 1
        await self._tasks.save(replace(task, status=TaskStatus.COMPLETED))
        return output


@concurrency.mutant(promise="completed")
class CompletedByTheLast(TaskOrchestrator):
    """Leaves it to the last call of those at work to mark its task as completed."""

    async def _run(self, task_id: str) -> str:
        task = await self._tasks.get(task_id)
        if task is None:
            raise UnknownTaskError(f"there is no task {task_id}")
        shared: Any = vars(self)
        shared["_busy"] = shared.get("_busy", 0) + 1
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
        finally:
            shared["_busy"] -= 1
        if not shared["_busy"]:
            await self._tasks.save(replace(task, status=TaskStatus.COMPLETED))
        return output


@concurrency.mutant(promise="failed")
class RaisesAmongOthers(TaskOrchestrator):
    """Lets an exception out when other calls are at work, as a task group would."""

    async def execute_task(self, task_id: str) -> TaskResult:
        shared: Any = vars(self)
        shared["_busy"] = shared.get("_busy", 0) + 1
        try:
            output = await self._run(task_id)
        except asyncio.CancelledError:
            if _are_we_cancelled():
                raise
            return TaskResult(success=False, task_id=task_id, error="cancelled")
        except Exception as error:
            if shared["_busy"] > 1:
                raise
            return TaskResult(success=False, task_id=task_id, error=reason(error))
        finally:
            shared["_busy"] -= 1
        return TaskResult(success=True, task_id=task_id, output=output)


@concurrency.mutant(promise="own-error")
class OneErrorForAll(TaskOrchestrator):
    """Keeps the first error in an attribute, and tells it to everybody who fails later."""

    async def execute_task(self, task_id: str) -> TaskResult:
        try:
            output = await self._run(task_id)
        except asyncio.CancelledError:
            if _are_we_cancelled():
                raise
            return TaskResult(success=False, task_id=task_id, error="cancelled")
        except Exception as error:
            told = vars(self).setdefault("_error", reason(error))
            return TaskResult(success=False, task_id=task_id, error=told)
        return TaskResult(success=True, task_id=task_id, output=output)


@concurrency.mutant(promise="others-go-on")
class FailsTogether(TaskOrchestrator):
    """Gives up every task that is at work as soon as one of them fails."""

    async def execute_task(self, task_id: str) -> TaskResult:
        at_work: Any = vars(self).setdefault("_at_work", set())
        work = asyncio.ensure_future(self._run(task_id))
        at_work.add(work)
        try:
            output = await work
        except asyncio.CancelledError:
            if _are_we_cancelled():
                raise
            return TaskResult(success=False, task_id=task_id, error="cancelled")
        except Exception as error:
            for other in at_work - {work}:
                other.cancel()
            return TaskResult(success=False, task_id=task_id, error=reason(error))
        finally:
            at_work.discard(work)
        return TaskResult(success=True, task_id=task_id, output=output)


@concurrency.mutant(promise="cancelled")
class CancelledIsAResult(TaskOrchestrator):
    """Turns its own cancellation into a result, and so swallows it."""

    async def execute_task(self, task_id: str) -> TaskResult:
        try:
            output = await self._run(task_id)
        except asyncio.CancelledError:
            return TaskResult(success=False, task_id=task_id, error="cancelled")
        except Exception as error:
            return TaskResult(success=False, task_id=task_id, error=reason(error))
        return TaskResult(success=True, task_id=task_id, output=output)


@concurrency.mutant(promise="others-not-cancelled")
class CancelledTogether(TaskOrchestrator):
    """Cancels every task that is at work when one call is cancelled."""

    async def execute_task(self, task_id: str) -> TaskResult:
        at_work: Any = vars(self).setdefault("_at_work", set())
        work = asyncio.ensure_future(self._run(task_id))
        at_work.add(work)
        try:
            output = await work
        except asyncio.CancelledError:
            if _are_we_cancelled():
                for other in at_work - {work}:
                    other.cancel()
                raise
            return TaskResult(success=False, task_id=task_id, error="cancelled")
        except Exception as error:
            return TaskResult(success=False, task_id=task_id, error=reason(error))
        finally:
            at_work.discard(work)
        return TaskResult(success=True, task_id=task_id, output=output)


@concurrency.mutant(promise="own-output")
class OutputOfTheMoment(TaskOrchestrator):
    """Keeps the output in an attribute while it stores the state: calls that end together mix."""

    async def _run(self, task_id: str) -> str:
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

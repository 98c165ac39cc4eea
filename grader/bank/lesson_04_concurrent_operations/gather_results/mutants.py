"""The mutants of `gather-results`: each has one bug, and breaks one promise."""

import asyncio
from collections.abc import Sequence

from vespera_scriptorium.application.task_orchestrator import TaskOrchestrator
from vespera_scriptorium.domain.errors import UnknownTaskError
from vespera_scriptorium.domain.task import BatchOutcome

from .exercise import gather_results


@gather_results.mutant(promise="others")
class ErrorStopsTheOthers(TaskOrchestrator):
    """Lets the task group cancel everything else at the first error."""

    async def execute_all(self, task_ids: Sequence[str]) -> BatchOutcome:
        batch = BatchOutcome()

        async def execute(task_id: str) -> None:
            try:
                batch.succeeded[task_id] = await self._run(task_id)
            except asyncio.CancelledError:
                batch.cancelled.append(task_id)
            except Exception as error:
                batch.failed[task_id] = error
                raise

        try:
            async with asyncio.TaskGroup() as group:
                for task_id in task_ids:
                    group.create_task(execute(task_id))
        except* Exception:
            pass
        return batch


@gather_results.mutant(promise="failed")
class FailuresAreOutputs(TaskOrchestrator):
    """Takes what `gather` returned for an output, also where it is an exception."""

    async def execute_all(self, task_ids: Sequence[str]) -> BatchOutcome:
        outcomes = await asyncio.gather(
            *(self._run(task_id) for task_id in task_ids), return_exceptions=True
        )
        batch = BatchOutcome()
        for task_id, outcome in zip(task_ids, outcomes, strict=True):
            if isinstance(outcome, asyncio.CancelledError):
                batch.cancelled.append(task_id)
            else:
                batch.succeeded[task_id] = str(outcome)
        return batch


@gather_results.mutant(promise="own")
class BlamesTheWrongTask(TaskOrchestrator):
    """Pairs the ids with the outcomes in the order in which the tasks happened to end."""

    async def execute_all(self, task_ids: Sequence[str]) -> BatchOutcome:
        outcomes: list[str | BaseException] = []

        async def execute(task_id: str) -> None:
            try:
                outcomes.append(await self._run(task_id))
            except (Exception, asyncio.CancelledError) as error:
                outcomes.append(error)

        await asyncio.gather(*(execute(task_id) for task_id in task_ids))
        batch = BatchOutcome()
        for task_id, outcome in zip(task_ids, outcomes, strict=True):
            if isinstance(outcome, asyncio.CancelledError):
                batch.cancelled.append(task_id)
            elif isinstance(outcome, Exception):
                batch.failed[task_id] = outcome
            elif isinstance(outcome, str):
                batch.succeeded[task_id] = outcome
        return batch


@gather_results.mutant(promise="exception")
class ErrorsWrapped(TaskOrchestrator):
    """Replaces the specialist's exception by one of its own, so that the reason is lost."""

    async def execute_all(self, task_ids: Sequence[str]) -> BatchOutcome:
        outcomes = await asyncio.gather(
            *(self._run(task_id) for task_id in task_ids), return_exceptions=True
        )
        batch = BatchOutcome()
        for task_id, outcome in zip(task_ids, outcomes, strict=True):
            if isinstance(outcome, asyncio.CancelledError):
                batch.cancelled.append(task_id)
            elif isinstance(outcome, Exception):
                batch.failed[task_id] = RuntimeError(f"{task_id} failed")
            elif isinstance(outcome, BaseException):
                raise outcome
            else:
                batch.succeeded[task_id] = outcome
        return batch


@gather_results.mutant(promise="cancelled")
class CancelledIsFailed(TaskOrchestrator):
    """Forgets that `CancelledError` is no `Exception`: one cancelled task ends the whole batch."""

    async def execute_all(self, task_ids: Sequence[str]) -> BatchOutcome:
        batch = BatchOutcome()

        async def execute(task_id: str) -> None:
            try:
                batch.succeeded[task_id] = await self._run(task_id)
            except Exception as error:
                batch.failed[task_id] = error

        await asyncio.gather(*(execute(task_id) for task_id in task_ids))
        return batch


@gather_results.mutant(promise="cancels")
class LeftRunning(TaskOrchestrator):
    """Waits with `asyncio.wait`, which leaves the tasks alone when the waiting is cancelled."""

    async def execute_all(self, task_ids: Sequence[str]) -> BatchOutcome:
        batch = BatchOutcome()
        if not task_ids:
            return batch
        tasks = {task_id: asyncio.create_task(self._run(task_id)) for task_id in task_ids}
        await asyncio.wait(tasks.values())
        for task_id, task in tasks.items():
            if task.cancelled():
                batch.cancelled.append(task_id)
            elif isinstance(error := task.exception(), Exception):
                batch.failed[task_id] = error
            else:
                batch.succeeded[task_id] = task.result()
        return batch


@gather_results.mutant(promise="comes-out")
class CancellationSwallowed(TaskOrchestrator):
    """Answers its own cancellation with a batch of cancelled tasks, so that the caller goes on."""

    async def execute_all(self, task_ids: Sequence[str]) -> BatchOutcome:
        tasks = {task_id: asyncio.create_task(self._run(task_id)) for task_id in task_ids}
        try:
            await asyncio.gather(*tasks.values(), return_exceptions=True)
        except asyncio.CancelledError:
            pass
        batch = BatchOutcome()
        for task_id, task in tasks.items():
            if task.cancelled():
                batch.cancelled.append(task_id)
            elif isinstance(error := task.exception(), Exception):
                batch.failed[task_id] = error
            else:
                batch.succeeded[task_id] = task.result()
        return batch


@gather_results.mutant(promise="once")
class FailuresListedTwice(TaskOrchestrator):
    """Lists as cancelled whatever did not succeed, the failures too."""

    async def execute_all(self, task_ids: Sequence[str]) -> BatchOutcome:
        batch = BatchOutcome()

        async def execute(task_id: str) -> None:
            try:
                batch.succeeded[task_id] = await self._run(task_id)
            except Exception as error:
                batch.failed[task_id] = error
            except asyncio.CancelledError:
                pass
            if task_id not in batch.succeeded:
                batch.cancelled.append(task_id)

        async with asyncio.TaskGroup() as group:
            for task_id in task_ids:
                group.create_task(execute(task_id))
        return batch


@gather_results.mutant(promise="every")
class EmptyOutputsDropped(TaskOrchestrator):
    """Asks whether there is an output, and takes an empty one for none."""

    async def execute_all(self, task_ids: Sequence[str]) -> BatchOutcome:
        outcomes = await asyncio.gather(
            *(self._run(task_id) for task_id in task_ids), return_exceptions=True
        )
        batch = BatchOutcome()
        for task_id, outcome in zip(task_ids, outcomes, strict=True):
            if isinstance(outcome, asyncio.CancelledError):
                batch.cancelled.append(task_id)
            elif isinstance(outcome, Exception):
                batch.failed[task_id] = outcome
            elif isinstance(outcome, str) and outcome:
                batch.succeeded[task_id] = outcome
        return batch


@gather_results.mutant(promise="any-error")
class ExpectsOSErrors(TaskOrchestrator):
    """Expects `OSError` of a specialist, and raises everything else."""

    async def execute_all(self, task_ids: Sequence[str]) -> BatchOutcome:
        outcomes = await asyncio.gather(
            *(self._run(task_id) for task_id in task_ids), return_exceptions=True
        )
        batch = BatchOutcome()
        for task_id, outcome in zip(task_ids, outcomes, strict=True):
            if isinstance(outcome, asyncio.CancelledError):
                batch.cancelled.append(task_id)
            elif isinstance(outcome, OSError | UnknownTaskError):
                batch.failed[task_id] = outcome
            elif isinstance(outcome, BaseException):
                raise outcome
            else:
                batch.succeeded[task_id] = outcome
        return batch


@gather_results.mutant(promise="unknown")
class UnknownIdEndsTheBatch(TaskOrchestrator):
    """Looks all tasks up first, and an id without a task ends the whole batch."""

    async def execute_all(self, task_ids: Sequence[str]) -> BatchOutcome:
        for task_id in task_ids:
            if await self._tasks.get(task_id) is None:
                raise UnknownTaskError(f"there is no task {task_id}")
        outcomes = await asyncio.gather(
            *(self._run(task_id) for task_id in task_ids), return_exceptions=True
        )
        batch = BatchOutcome()
        for task_id, outcome in zip(task_ids, outcomes, strict=True):
            if isinstance(outcome, asyncio.CancelledError):
                batch.cancelled.append(task_id)
            elif isinstance(outcome, Exception):
                batch.failed[task_id] = outcome
            elif isinstance(outcome, BaseException):
                raise outcome
            else:
                batch.succeeded[task_id] = outcome
        return batch


@gather_results.mutant(promise="cancelled-others")
class CancelledStopsTheOthers(TaskOrchestrator):
    """Takes cancelled work for the end of the batch, and cancels the rest."""

    async def execute_all(self, task_ids: Sequence[str]) -> BatchOutcome:
        batch = BatchOutcome()
        tasks: dict[str, asyncio.Task[None]] = {}

        async def execute(task_id: str) -> None:
            try:
                batch.succeeded[task_id] = await self._run(task_id)
            except asyncio.CancelledError:
                batch.cancelled.append(task_id)
                for other in tasks.values():
                    other.cancel()
            except Exception as error:
                batch.failed[task_id] = error

        async with asyncio.TaskGroup() as group:
            for task_id in task_ids:
                tasks[task_id] = group.create_task(execute(task_id))
        return batch


@gather_results.mutant(promise="cancelled")
class CancelledIsAnError(TaskOrchestrator):
    """Turns cancelled work into a failure that says so."""

    async def execute_all(self, task_ids: Sequence[str]) -> BatchOutcome:
        outcomes = await asyncio.gather(
            *(self._run(task_id) for task_id in task_ids), return_exceptions=True
        )
        batch = BatchOutcome()
        for task_id, outcome in zip(task_ids, outcomes, strict=True):
            if isinstance(outcome, asyncio.CancelledError):
                batch.failed[task_id] = RuntimeError(f"{task_id} was cancelled")
            elif isinstance(outcome, Exception):
                batch.failed[task_id] = outcome
            elif isinstance(outcome, BaseException):
                raise outcome
            else:
                batch.succeeded[task_id] = outcome
        return batch


@gather_results.mutant(promise="clean-up")
class DoesNotWaitForCleanUp(TaskOrchestrator):
    """Tells its work to end, and is gone before it has."""

    async def execute_all(self, task_ids: Sequence[str]) -> BatchOutcome:
        batch = BatchOutcome()
        if not task_ids:
            return batch
        tasks = {task_id: asyncio.create_task(self._run(task_id)) for task_id in task_ids}
        try:
            await asyncio.wait(tasks.values())
        except asyncio.CancelledError:
            for task in tasks.values():
                task.cancel()
            raise
        for task_id, task in tasks.items():
            if task.cancelled():
                batch.cancelled.append(task_id)
            elif isinstance(error := task.exception(), Exception):
                batch.failed[task_id] = error
            else:
                batch.succeeded[task_id] = task.result()
        return batch


@gather_results.mutant(promise="comes-out")
class CancellationIsAnError(TaskOrchestrator):
    """Raises a `RuntimeError` in the place of its own cancellation."""

    async def execute_all(self, task_ids: Sequence[str]) -> BatchOutcome:
        try:
            outcomes = await asyncio.gather(
                *(self._run(task_id) for task_id in task_ids), return_exceptions=True
            )
        except asyncio.CancelledError as cancellation:
            raise RuntimeError("the batch was cancelled") from cancellation
        batch = BatchOutcome()
        for task_id, outcome in zip(task_ids, outcomes, strict=True):
            if isinstance(outcome, asyncio.CancelledError):
                batch.cancelled.append(task_id)
            elif isinstance(outcome, Exception):
                batch.failed[task_id] = outcome
            elif isinstance(outcome, BaseException):
                raise outcome
            else:
                batch.succeeded[task_id] = outcome
        return batch


@gather_results.mutant(promise="stubborn")
class BelievesItsWork(TaskOrchestrator):
    """Takes itself for cancelled only if its work says so."""

    async def execute_all(self, task_ids: Sequence[str]) -> BatchOutcome:
        batch = BatchOutcome()
        tasks = {task_id: asyncio.create_task(self._run(task_id)) for task_id in task_ids}
        try:
            await asyncio.gather(*tasks.values(), return_exceptions=True)
        except asyncio.CancelledError:
            if not tasks or any(task.cancelled() for task in tasks.values()):
                raise
        for task_id, task in tasks.items():
            if task.cancelled():
                batch.cancelled.append(task_id)
            elif isinstance(error := task.exception(), Exception):
                batch.failed[task_id] = error
            else:
                batch.succeeded[task_id] = task.result()
        return batch


@gather_results.mutant(promise="nothing")
class CannotWaitForNothing(TaskOrchestrator):
    """Waits with `asyncio.wait`, which refuses to wait for no task at all."""

    async def execute_all(self, task_ids: Sequence[str]) -> BatchOutcome:
        batch = BatchOutcome()
        tasks = {task_id: asyncio.create_task(self._run(task_id)) for task_id in task_ids}
        try:
            await asyncio.wait(tasks.values())
        except asyncio.CancelledError:
            for task in tasks.values():
                task.cancel()
            await asyncio.wait(tasks.values())
            raise
        for task_id, task in tasks.items():
            if task.cancelled():
                batch.cancelled.append(task_id)
            elif isinstance(error := task.exception(), Exception):
                batch.failed[task_id] = error
            else:
                batch.succeeded[task_id] = task.result()
        return batch

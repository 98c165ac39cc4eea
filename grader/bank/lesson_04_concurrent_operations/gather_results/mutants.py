"""The mutants of `gather-results`: each has one bug, and breaks one clause."""

import asyncio
from collections.abc import Sequence

from vespera_scriptorium.application.task_orchestrator import TaskOrchestrator
from vespera_scriptorium.domain.task import BatchOutcome

from .exercise import gather_results


@gather_results.mutant(clause=3)
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


@gather_results.mutant(clause=1)
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


@gather_results.mutant(clause=1)
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


@gather_results.mutant(clause=2)
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


@gather_results.mutant(clause=4)
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


@gather_results.mutant(clause=5)
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


@gather_results.mutant(clause=5)
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

"""Own variants of gather-results, written from the contract and the application alone."""

from grader.bank import gather_results
from vespera_scriptorium.application.task_orchestrator import *  # noqa: F403


@gather_results.mutant(clause=1)
class EmptyOutputIsNone(TaskOrchestrator):
    """A task with an empty output stands nowhere."""

    async def execute_all(self, task_ids: Sequence[str]) -> BatchOutcome:
        """Execute tasks, all at the same time, and tell their outcomes apart."""
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
            elif outcome:
                batch.succeeded[task_id] = outcome
        return batch


@gather_results.mutant(clause=2)
class WrappedErrors(TaskOrchestrator):
    """The exception in `failed` is another one with the same message."""

    async def execute_all(self, task_ids: Sequence[str]) -> BatchOutcome:
        """Execute tasks, all at the same time, and tell their outcomes apart."""
        outcomes = await asyncio.gather(
            *(self._run(task_id) for task_id in task_ids), return_exceptions=True
        )
        batch = BatchOutcome()
        for task_id, outcome in zip(task_ids, outcomes, strict=True):
            if isinstance(outcome, asyncio.CancelledError):
                batch.cancelled.append(task_id)
            elif isinstance(outcome, Exception):
                batch.failed[task_id] = RuntimeError(reason(outcome))
            elif isinstance(outcome, BaseException):
                raise outcome
            else:
                batch.succeeded[task_id] = outcome
        return batch


@gather_results.mutant(clause=2)
class UnknownIsLeftOut(TaskOrchestrator):
    """The id of no task stands nowhere."""

    async def execute_all(self, task_ids: Sequence[str]) -> BatchOutcome:
        """Execute tasks, all at the same time, and tell their outcomes apart."""
        outcomes = await asyncio.gather(
            *(self._run(task_id) for task_id in task_ids), return_exceptions=True
        )
        batch = BatchOutcome()
        for task_id, outcome in zip(task_ids, outcomes, strict=True):
            if isinstance(outcome, asyncio.CancelledError):
                batch.cancelled.append(task_id)
            elif isinstance(outcome, UnknownTaskError):
                continue
            elif isinstance(outcome, Exception):
                batch.failed[task_id] = outcome
            elif isinstance(outcome, BaseException):
                raise outcome
            else:
                batch.succeeded[task_id] = outcome
        return batch


@gather_results.mutant(clause=3)
class TheFirstFailureEndsIt(TaskOrchestrator):
    """Once a task has failed, the ones at work are cancelled."""

    async def execute_all(self, task_ids: Sequence[str]) -> BatchOutcome:
        """Execute tasks, all at the same time, and tell their outcomes apart."""
        works = [asyncio.ensure_future(self._run(task_id)) for task_id in task_ids]
        try:
            if works:
                await asyncio.wait(works, return_when=asyncio.FIRST_EXCEPTION)
        finally:
            for work in works:
                work.cancel()
            await asyncio.gather(*works, return_exceptions=True)
        outcomes = await asyncio.gather(*works, return_exceptions=True)
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


@gather_results.mutant(clause=4)
class CancelledAmongTheFailed(TaskOrchestrator):
    """A task whose work is cancelled counts as failed."""

    async def execute_all(self, task_ids: Sequence[str]) -> BatchOutcome:
        """Execute tasks, all at the same time, and tell their outcomes apart."""
        outcomes = await asyncio.gather(
            *(self._run(task_id) for task_id in task_ids), return_exceptions=True
        )
        batch = BatchOutcome()
        for task_id, outcome in zip(task_ids, outcomes, strict=True):
            if isinstance(outcome, asyncio.CancelledError):
                batch.failed[task_id] = outcome
            elif isinstance(outcome, Exception):
                batch.failed[task_id] = outcome
            elif isinstance(outcome, BaseException):
                raise outcome
            else:
                batch.succeeded[task_id] = outcome
        return batch


@gather_results.mutant(clause=5)
class LeavesThemRunning(TaskOrchestrator):
    """Cancelled itself, it leaves the work to itself."""

    async def execute_all(self, task_ids: Sequence[str]) -> BatchOutcome:
        """Execute tasks, all at the same time, and tell their outcomes apart."""
        works = [asyncio.ensure_future(self._run(task_id)) for task_id in task_ids]
        if works:
            await asyncio.wait(works)
        outcomes = await asyncio.gather(*works, return_exceptions=True)
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


@gather_results.alternative()
class InTurn(TaskOrchestrator):
    """Executes one after the other."""

    async def execute_all(self, task_ids: Sequence[str]) -> BatchOutcome:
        """Execute tasks, all at the same time, and tell their outcomes apart."""
        batch = BatchOutcome()
        for task_id in task_ids:
            try:
                output = await self._run(task_id)
            except asyncio.CancelledError:
                if _are_we_cancelled():
                    raise
                batch.cancelled.append(task_id)
                continue
            except Exception as error:
                if _are_we_cancelled():
                    raise asyncio.CancelledError from error
                batch.failed[task_id] = error
                continue
            if _are_we_cancelled():
                raise asyncio.CancelledError
            batch.succeeded[task_id] = output
        return batch


@gather_results.alternative()
class Backwards(TaskOrchestrator):
    """Lists the last one first."""

    async def execute_all(self, task_ids: Sequence[str]) -> BatchOutcome:
        """Execute tasks, all at the same time, and tell their outcomes apart."""
        outcomes = await asyncio.gather(
            *(self._run(task_id) for task_id in task_ids), return_exceptions=True
        )
        batch = BatchOutcome()
        for task_id, outcome in reversed(list(zip(task_ids, outcomes, strict=True))):
            if isinstance(outcome, asyncio.CancelledError):
                batch.cancelled.append(task_id)
            elif isinstance(outcome, Exception):
                batch.failed[task_id] = outcome
            elif isinstance(outcome, BaseException):
                raise outcome
            else:
                batch.succeeded[task_id] = outcome
        return batch


@gather_results.alternative()
class TasksFirst(TaskOrchestrator):
    """Makes the tasks before it gathers them."""

    async def execute_all(self, task_ids: Sequence[str]) -> BatchOutcome:
        """Execute tasks, all at the same time, and tell their outcomes apart."""
        outcomes = await asyncio.gather(
            *[asyncio.create_task(self._run(task_id), name=task_id) for task_id in task_ids],
            return_exceptions=True,
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

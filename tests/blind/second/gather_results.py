"""Own variants of gather-results, written from the contract and the application alone."""

from grader.bank import GATHER_RESULTS
from vespera_scriptorium.application.task_orchestrator import *  # noqa: F403


@GATHER_RESULTS.mutant(clause=1)
class EmptyOutputIsAFailure(TaskOrchestrator):
    """A task that answered with an empty output is listed as failed."""

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
            elif outcome:
                batch.succeeded[task_id] = outcome
            else:
                batch.failed[task_id] = ValueError("the task has no output")
        return batch


@GATHER_RESULTS.mutant(clause=2)
class UnknownIdsLeftOut(TaskOrchestrator):
    """The id of no task is skipped, and stands nowhere in the outcome."""

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
            else:
                batch.succeeded[task_id] = outcome
        return batch


@GATHER_RESULTS.mutant(clause=3)
class FirstFailureCancelsTheRest(TaskOrchestrator):
    """When a task fails, those that are still at work are cancelled."""

    async def execute_all(self, task_ids: Sequence[str]) -> BatchOutcome:
        """Execute tasks, all at the same time, and tell their outcomes apart."""
        works = [asyncio.ensure_future(self._run(task_id)) for task_id in task_ids]
        together = asyncio.gather(*works)
        try:
            await together
        except Exception:
            for work in works:
                work.cancel()
        except asyncio.CancelledError:
            if _are_we_cancelled():
                await asyncio.gather(*works, return_exceptions=True)
                raise
        outcomes = await asyncio.gather(*works, return_exceptions=True)
        if _are_we_cancelled():
            raise asyncio.CancelledError
        batch = BatchOutcome()
        for task_id, outcome in zip(task_ids, outcomes, strict=True):
            if isinstance(outcome, asyncio.CancelledError):
                batch.cancelled.append(task_id)
            elif isinstance(outcome, Exception):
                batch.failed[task_id] = outcome
            else:
                batch.succeeded[task_id] = outcome
        return batch


@GATHER_RESULTS.mutant(clause=4)
class CancelledWorkComesOut(TaskOrchestrator):
    """Work that raises `CancelledError` makes `execute_all` raise it, too, after the rest."""

    async def execute_all(self, task_ids: Sequence[str]) -> BatchOutcome:
        """Execute tasks, all at the same time, and tell their outcomes apart."""
        outcomes = await asyncio.gather(
            *(self._run(task_id) for task_id in task_ids), return_exceptions=True
        )
        batch = BatchOutcome()
        for task_id, outcome in zip(task_ids, outcomes, strict=True):
            if isinstance(outcome, Exception):
                batch.failed[task_id] = outcome
            elif isinstance(outcome, BaseException):
                raise outcome
            else:
                batch.succeeded[task_id] = outcome
        return batch


@GATHER_RESULTS.mutant(clause=5)
class DoesNotWaitForTheCleanUp(TaskOrchestrator):
    """Cancelled, it cancels the work, but does not wait until it has ended."""

    async def execute_all(self, task_ids: Sequence[str]) -> BatchOutcome:
        """Execute tasks, all at the same time, and tell their outcomes apart."""
        works = [asyncio.ensure_future(self._run(task_id)) for task_id in task_ids]
        try:
            if works:
                await asyncio.wait(works)
        except asyncio.CancelledError:
            for work in works:
                work.cancel()
            raise
        batch = BatchOutcome()
        for task_id, work in zip(task_ids, works, strict=True):
            if work.cancelled():
                batch.cancelled.append(task_id)
            elif error := work.exception():
                batch.failed[task_id] = error
            else:
                batch.succeeded[task_id] = work.result()
        return batch


@GATHER_RESULTS.mutant(clause=5)
class AnswerInPlaceOfTheCancellation(TaskOrchestrator):
    """Cancelled, it answers with an outcome when no work of its own was cancelled in the end."""

    async def execute_all(self, task_ids: Sequence[str]) -> BatchOutcome:
        """Execute tasks, all at the same time, and tell their outcomes apart."""
        works = [asyncio.ensure_future(self._run(task_id)) for task_id in task_ids]
        cancellation = None
        while not all(work.done() for work in works):
            try:
                await asyncio.wait(works)
            except asyncio.CancelledError as error:
                cancellation = error
                for work in works:
                    work.cancel()
        batch = BatchOutcome()
        for task_id, work in zip(task_ids, works, strict=True):
            if work.cancelled():
                batch.cancelled.append(task_id)
            elif error := work.exception():
                batch.failed[task_id] = error
            else:
                batch.succeeded[task_id] = work.result()
        if cancellation is not None and batch.cancelled:
            raise cancellation
        return batch


@GATHER_RESULTS.alternative()
class InTurnFromTheEnd(TaskOrchestrator):
    """Executes the tasks one after the other, the last one first."""

    async def execute_all(self, task_ids: Sequence[str]) -> BatchOutcome:
        """Execute tasks, all at the same time, and tell their outcomes apart."""
        batch = BatchOutcome()
        for task_id in reversed(task_ids):
            try:
                output = await self._run(task_id)
            except asyncio.CancelledError:
                if _are_we_cancelled():
                    raise
                batch.cancelled.append(task_id)
            except Exception as error:
                if _are_we_cancelled():
                    raise asyncio.CancelledError from error
                batch.failed[task_id] = error
            else:
                if _are_we_cancelled():
                    raise asyncio.CancelledError
                batch.succeeded[task_id] = output
        return batch


@GATHER_RESULTS.alternative()
class OutcomesAsTheyCome(TaskOrchestrator):
    """Notes each outcome when its task ends, in a group."""

    async def execute_all(self, task_ids: Sequence[str]) -> BatchOutcome:
        """Execute tasks, all at the same time, and tell their outcomes apart."""
        batch = BatchOutcome()

        async def execute(task_id: str) -> None:
            try:
                batch.succeeded[task_id] = await self._run(task_id)
            except asyncio.CancelledError:
                if _are_we_cancelled():
                    raise
                batch.cancelled.append(task_id)
            except Exception as error:
                batch.failed[task_id] = error

        async with asyncio.TaskGroup() as group:
            for task_id in task_ids:
                group.create_task(execute(task_id))
        return batch


@GATHER_RESULTS.alternative()
class WaitsAndCancelsByHand(TaskOrchestrator):
    """Waits for its own tasks, and cancels them by hand."""

    async def execute_all(self, task_ids: Sequence[str]) -> BatchOutcome:
        """Execute tasks, all at the same time, and tell their outcomes apart."""
        works = {task_id: asyncio.create_task(self._run(task_id)) for task_id in task_ids}
        cancelled = False
        while not all(work.done() for work in works.values()):
            try:
                await asyncio.wait(works.values())
            except asyncio.CancelledError:
                cancelled = True
                for work in works.values():
                    work.cancel()
        outcomes = await asyncio.gather(*works.values(), return_exceptions=True)
        if cancelled:
            raise asyncio.CancelledError("the batch was cancelled")
        batch = BatchOutcome()
        for task_id, outcome in sorted(zip(works, outcomes, strict=True), key=lambda one: one[0]):
            if isinstance(outcome, asyncio.CancelledError):
                batch.cancelled.append(task_id)
            elif isinstance(outcome, Exception):
                batch.failed[task_id] = outcome
            else:
                batch.succeeded[task_id] = outcome
        return batch

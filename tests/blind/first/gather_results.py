"""Own variants of gather-results, written from the contract and the application alone."""

from grader.bank import GATHER_RESULTS
from vespera_scriptorium.application.task_orchestrator import *  # noqa: F403


@GATHER_RESULTS.mutant(clause=1)
class SortsOutputsByArrival(TaskOrchestrator):
    """Pairs the outcomes with the ids in the order in which the tasks ended."""

    async def execute_all(self, task_ids: Sequence[str]) -> BatchOutcome:
        """Execute tasks, all at the same time, and tell their outcomes apart."""
        arrived = []

        async def note(task_id):
            try:
                arrived.append(await self._run(task_id))
            except (asyncio.CancelledError, Exception) as error:
                arrived.append(error)

        async with asyncio.TaskGroup() as group:
            for task_id in task_ids:
                group.create_task(note(task_id))
        batch = BatchOutcome()
        for task_id, outcome in zip(task_ids, arrived, strict=True):
            if isinstance(outcome, asyncio.CancelledError):
                batch.cancelled.append(task_id)
            elif isinstance(outcome, Exception):
                batch.failed[task_id] = outcome
            else:
                batch.succeeded[task_id] = outcome
        return batch


@GATHER_RESULTS.mutant(clause=2)
class WrapsTheError(TaskOrchestrator):
    """Reports a RuntimeError made from the specialist's exception instead of that exception."""

    async def _run(self, task_id: str) -> str:
        """Execute a task and store how it ended; raises what the specialist raises."""
        task = await self._tasks.get(task_id)
        if task is None:
            raise UnknownTaskError(f"there is no task {task_id}")
        await self._tasks.save(replace(task, status=TaskStatus.RUNNING))
        try:
            output = await self._specialist.run(task)
        except asyncio.CancelledError:
            await self._tasks.save(replace(task, status=TaskStatus.CANCELLED))
            raise
        except Exception as error:
            await self._tasks.save(replace(task, status=TaskStatus.FAILED))
            raise RuntimeError(reason(error)) from error
        await self._tasks.save(replace(task, status=TaskStatus.COMPLETED))
        return output


@GATHER_RESULTS.mutant(clause=2)
class ForgetsTheUnknownTask(TaskOrchestrator):
    """Leaves the id of no task out of the outcome altogether."""

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


@GATHER_RESULTS.mutant(clause=3)
class TimeoutStopsTheRest(TaskOrchestrator):
    """Works in turn and gives up on the later ones after a TimeoutError, as if all were late."""

    async def execute_all(self, task_ids: Sequence[str]) -> BatchOutcome:
        """Execute tasks, all at the same time, and tell their outcomes apart."""
        batch = BatchOutcome()
        late = None
        for task_id in task_ids:
            try:
                if late is not None:
                    raise late
                batch.succeeded[task_id] = await self._run(task_id)
            except asyncio.CancelledError:
                batch.cancelled.append(task_id)
            except TimeoutError as error:
                late = error
                batch.failed[task_id] = error
            except Exception as error:
                batch.failed[task_id] = error
            if _are_we_cancelled():
                raise asyncio.CancelledError
        return batch


@GATHER_RESULTS.mutant(clause=4)
class CountsCancelledAsFailed(TaskOrchestrator):
    """Lists a task that was cancelled in `failed`, with a RuntimeError."""

    async def execute_all(self, task_ids: Sequence[str]) -> BatchOutcome:
        """Execute tasks, all at the same time, and tell their outcomes apart."""
        outcomes = await asyncio.gather(
            *(self._run(task_id) for task_id in task_ids), return_exceptions=True
        )
        batch = BatchOutcome()
        for task_id, outcome in zip(task_ids, outcomes, strict=True):
            if isinstance(outcome, asyncio.CancelledError):
                batch.failed[task_id] = RuntimeError("cancelled")
            elif isinstance(outcome, Exception):
                batch.failed[task_id] = outcome
            elif isinstance(outcome, BaseException):
                raise outcome
            else:
                batch.succeeded[task_id] = outcome
        return batch


@GATHER_RESULTS.mutant(clause=5)
class LeavesBeforeTheCleanup(TaskOrchestrator):
    """Cancelled, it cancels the work but does not wait for its clean-up."""

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
            elif isinstance(work.exception(), Exception):
                batch.failed[task_id] = work.exception()
            else:
                batch.succeeded[task_id] = work.result()
        return batch


@GATHER_RESULTS.alternative()
class OneAfterTheOther(TaskOrchestrator):
    """Works in turn."""

    async def execute_all(self, task_ids: Sequence[str]) -> BatchOutcome:
        """Execute tasks, all at the same time, and tell their outcomes apart."""
        batch = BatchOutcome()
        for task_id in task_ids:
            before = asyncio.current_task().cancelling()
            try:
                batch.succeeded[task_id] = await self._run(task_id)
            except asyncio.CancelledError:
                batch.cancelled.append(task_id)
            except Exception as error:
                batch.failed[task_id] = error
            if asyncio.current_task().cancelling() > before:
                raise asyncio.CancelledError
        return batch


@GATHER_RESULTS.alternative()
class InATaskGroup(TaskOrchestrator):
    """Works in a task group, and notes the outcomes as they come in."""

    async def execute_all(self, task_ids: Sequence[str]) -> BatchOutcome:
        """Execute tasks, all at the same time, and tell their outcomes apart."""
        batch = BatchOutcome()

        async def note(task_id):
            try:
                batch.succeeded[task_id] = await self._run(task_id)
            except asyncio.CancelledError:
                batch.cancelled.append(task_id)
            except Exception as error:
                batch.failed[task_id] = error

        async with asyncio.TaskGroup() as group:
            for task_id in task_ids:
                group.create_task(note(task_id))
        return batch


@GATHER_RESULTS.alternative()
class ListsThemBackwards(TaskOrchestrator):
    """Starts and lists the tasks in reverse order, and names the unknown one in other words."""

    async def execute_all(self, task_ids: Sequence[str]) -> BatchOutcome:
        """Execute tasks, all at the same time, and tell their outcomes apart."""
        backwards = list(reversed(task_ids))
        outcomes = await asyncio.gather(
            *(self._run(task_id) for task_id in backwards), return_exceptions=True
        )
        batch = BatchOutcome()
        for task_id, outcome in zip(backwards, outcomes, strict=True):
            if isinstance(outcome, asyncio.CancelledError):
                batch.cancelled.append(task_id)
            elif isinstance(outcome, UnknownTaskError):
                batch.failed[task_id] = LookupError(f"unknown: {task_id}")
            elif isinstance(outcome, Exception):
                batch.failed[task_id] = outcome
            elif isinstance(outcome, BaseException):
                raise outcome
            else:
                batch.succeeded[task_id] = outcome
        return batch

"""The mutants of `distinct-ids`: each has one bug, and breaks one promise."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from vespera_scriptorium.application.task_orchestrator import TaskOrchestrator
from vespera_scriptorium.domain.errors import reason
from vespera_scriptorium.domain.task import Task, TaskResult

from .exercise import distinct_ids


@distinct_ids.mutant(promise="distinct")
class IdFromLength(TaskOrchestrator):
    """Takes the next id from the number of tasks stored, before the store has finished."""

    async def _store(self, task_data: Mapping[str, Any]) -> Task:
        task = Task(
            id=f"task-{await self._tasks.count() + 1}",
            title=task_data["title"],
            description=task_data.get("description", ""),
            specialist_type=task_data.get("specialist_type", "generic"),
        )
        await self._tasks.add(task)
        return task


@distinct_ids.mutant(promise="stored")
class StoredLater(TaskOrchestrator):
    """Hands the write to a background task and reports success before it has happened."""

    async def _store(self, task_data: Mapping[str, Any]) -> Task:
        task = Task(
            id=await self._tasks.next_id(),
            title=task_data["title"],
            description=task_data.get("description", ""),
            specialist_type=task_data.get("specialist_type", "generic"),
        )
        writing = asyncio.create_task(self._tasks.add(task))
        await asyncio.wait([writing], timeout=0.1)
        if writing.done():
            writing.result()
        return task


@distinct_ids.mutant(promise="order")
class CompletionOrder(TaskOrchestrator):
    """Answers in the order in which the tasks were stored."""

    async def create_many(self, task_data_list: Sequence[Mapping[str, Any]]) -> list[TaskResult]:
        results = []

        async def create(task_data: Mapping[str, Any]) -> None:
            try:
                task = await self._store(task_data)
            except asyncio.CancelledError:
                results.append(TaskResult(success=False, error="cancelled"))
            except Exception as error:
                results.append(TaskResult(success=False, error=reason(error)))
            else:
                results.append(TaskResult(success=True, task_id=task.id))

        await asyncio.gather(*(create(task_data) for task_data in task_data_list))
        return results


@distinct_ids.mutant(promise="no-raise")
class FirstErrorAborts(TaskOrchestrator):
    """Lets the first error out of `gather`, so that one bad task costs the caller all results."""

    async def create_many(self, task_data_list: Sequence[Mapping[str, Any]]) -> list[TaskResult]:
        tasks = await asyncio.gather(*(self._store(task_data) for task_data in task_data_list))
        return [TaskResult(success=True, task_id=task.id) for task in tasks]


@distinct_ids.mutant(promise="a-result")
class FailuresDropped(TaskOrchestrator):
    """Leaves failed tasks out of the results, so that nothing says which of them failed."""

    async def create_many(self, task_data_list: Sequence[Mapping[str, Any]]) -> list[TaskResult]:
        outcomes = await asyncio.gather(
            *(self._store(task_data) for task_data in task_data_list), return_exceptions=True
        )
        results = []
        for outcome in outcomes:
            if isinstance(outcome, asyncio.CancelledError):
                results.append(TaskResult(success=False, error="cancelled"))
            elif not isinstance(outcome, BaseException):
                results.append(TaskResult(success=True, task_id=outcome.id))
        return results


@distinct_ids.mutant(promise="cancelled")
class CancelledIsSuccess(TaskOrchestrator):
    """Looks for `Exception` only, and takes a cancelled creation for a success."""

    async def create_many(self, task_data_list: Sequence[Mapping[str, Any]]) -> list[TaskResult]:
        outcomes = await asyncio.gather(
            *(self._store(task_data) for task_data in task_data_list), return_exceptions=True
        )
        results = []
        for outcome in outcomes:
            if isinstance(outcome, Exception):
                results.append(TaskResult(success=False, error=reason(outcome)))
            else:
                results.append(TaskResult(success=True, task_id=getattr(outcome, "id", None)))
        return results


@distinct_ids.mutant(promise="alike")
class IdFromTitle(TaskOrchestrator):
    """Makes the id out of the title, so that two tasks of one title get one id."""

    async def _store(self, task_data: Mapping[str, Any]) -> Task:
        task = Task(
            id=f"task-{task_data['title']}",
            title=task_data["title"],
            description=task_data.get("description", ""),
            specialist_type=task_data.get("specialist_type", "generic"),
        )
        await self._tasks.add(task)
        return task


@distinct_ids.mutant(promise="batches")
class NumbersItsBatch(TaskOrchestrator):
    """Numbers the tasks of a batch from what is stored, as if no other batch were on its way."""

    async def create_many(self, task_data_list: Sequence[Mapping[str, Any]]) -> list[TaskResult]:
        number = await self._tasks.count()
        tasks = []
        for task_data in task_data_list:
            number += 1
            tasks.append(
                Task(
                    id=f"task-{number}",
                    title=task_data["title"],
                    description=task_data.get("description", ""),
                    specialist_type=task_data.get("specialist_type", "generic"),
                )
            )
        outcomes = await asyncio.gather(*map(self._tasks.add, tasks), return_exceptions=True)
        results = []
        for task, outcome in zip(tasks, outcomes, strict=True):
            if isinstance(outcome, BaseException):
                results.append(TaskResult(success=False, error=reason(outcome)))
            else:
                results.append(TaskResult(success=True, task_id=task.id))
        return results


@distinct_ids.mutant(promise="failures-too")
class FailuresFirst(TaskOrchestrator):
    """Puts the failed results before the others."""

    async def create_many(self, task_data_list: Sequence[Mapping[str, Any]]) -> list[TaskResult]:
        outcomes = await asyncio.gather(
            *(self._store(task_data) for task_data in task_data_list), return_exceptions=True
        )
        results = []
        for outcome in outcomes:
            if isinstance(outcome, asyncio.CancelledError):
                results.append(TaskResult(success=False, error="cancelled"))
            elif isinstance(outcome, BaseException):
                results.append(TaskResult(success=False, error=reason(outcome)))
            else:
                results.append(TaskResult(success=True, task_id=outcome.id))
        return sorted(results, key=lambda result: result.success)


@distinct_ids.mutant(promise="own")
class SharesAVariable(TaskOrchestrator):
    """Lets all creations read one variable, which the loop has moved on by then."""

    async def create_many(self, task_data_list: Sequence[Mapping[str, Any]]) -> list[TaskResult]:
        current: Mapping[str, Any] = {}

        async def store() -> Task:
            await asyncio.sleep(0)
            return await self._store(current)

        storing = []
        for task_data in task_data_list:
            current = task_data
            storing.append(asyncio.ensure_future(store()))
        outcomes = await asyncio.gather(*storing, return_exceptions=True)
        results = []
        for outcome in outcomes:
            if isinstance(outcome, asyncio.CancelledError):
                results.append(TaskResult(success=False, error="cancelled"))
            elif isinstance(outcome, BaseException):
                results.append(TaskResult(success=False, error=reason(outcome)))
            else:
                results.append(TaskResult(success=True, task_id=outcome.id))
        return results


@distinct_ids.mutant(promise="any-error")
class ExpectsOSErrors(TaskOrchestrator):
    """Takes an `OSError` for a failed result, and raises every other error."""

    async def create_many(self, task_data_list: Sequence[Mapping[str, Any]]) -> list[TaskResult]:
        outcomes = await asyncio.gather(
            *(self._store(task_data) for task_data in task_data_list), return_exceptions=True
        )
        results = []
        for outcome in outcomes:
            if isinstance(outcome, asyncio.CancelledError):
                results.append(TaskResult(success=False, error="cancelled"))
            elif isinstance(outcome, BaseException) and not isinstance(outcome, OSError):
                raise outcome
            elif isinstance(outcome, OSError):
                results.append(TaskResult(success=False, error=reason(outcome)))
            else:
                results.append(TaskResult(success=True, task_id=outcome.id))
        return results


@distinct_ids.mutant(promise="message")
class SaysThatItFailed(TaskOrchestrator):
    """Says which kind of error it was, and not what the error said."""

    async def create_many(self, task_data_list: Sequence[Mapping[str, Any]]) -> list[TaskResult]:
        outcomes = await asyncio.gather(
            *(self._store(task_data) for task_data in task_data_list), return_exceptions=True
        )
        results = []
        for outcome in outcomes:
            if isinstance(outcome, asyncio.CancelledError):
                results.append(TaskResult(success=False, error="cancelled"))
            elif isinstance(outcome, BaseException):
                results.append(TaskResult(success=False, error=type(outcome).__name__))
            else:
                results.append(TaskResult(success=True, task_id=outcome.id))
        return results


@distinct_ids.mutant(promise="others")
class AllOrNothing(TaskOrchestrator):
    """Calls the whole batch failed when one of its tasks is."""

    async def create_many(self, task_data_list: Sequence[Mapping[str, Any]]) -> list[TaskResult]:
        outcomes = await asyncio.gather(
            *(self._store(task_data) for task_data in task_data_list), return_exceptions=True
        )
        results = []
        for outcome in outcomes:
            if isinstance(outcome, asyncio.CancelledError):
                results.append(TaskResult(success=False, error="cancelled"))
            elif isinstance(outcome, BaseException):
                results.append(TaskResult(success=False, error=reason(outcome)))
            else:
                results.append(TaskResult(success=True, task_id=outcome.id))
        for result in results:
            if not result.success and result.error != "cancelled":
                return [TaskResult(success=False, error=result.error) for _ in results]
        return results


@distinct_ids.mutant(promise="cancelled-others")
class CancellationComesOut(TaskOrchestrator):
    """Takes the cancellation of one creation for its own, and raises it."""

    async def create_many(self, task_data_list: Sequence[Mapping[str, Any]]) -> list[TaskResult]:
        outcomes = await asyncio.gather(
            *(self._store(task_data) for task_data in task_data_list), return_exceptions=True
        )
        results = []
        for outcome in outcomes:
            if isinstance(outcome, asyncio.CancelledError):
                raise outcome
            elif isinstance(outcome, BaseException):
                results.append(TaskResult(success=False, error=reason(outcome)))
            else:
                results.append(TaskResult(success=True, task_id=outcome.id))
        return results

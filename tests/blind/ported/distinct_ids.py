"""Variants of distinct-ids, written from the contract and the source alone."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from grader.bank.lesson_04_concurrent_operations.distinct_ids.exercise import distinct_ids
from vespera_scriptorium.application.task_orchestrator import (
    TaskOrchestrator,
    _are_we_cancelled,
)
from vespera_scriptorium.domain.task import Task, TaskResult


@distinct_ids.mutant(clause=1)
class IdFromTitle(TaskOrchestrator):
    """makes the id out of the title: two tasks of one title get one id"""

    async def _store(self, task_data: Mapping[str, Any]) -> Task:
        title = task_data["title"]
        task = Task(
            id="task-" + title.strip().lower().replace(" ", "-"),
            title=title,
            description=task_data.get("description", ""),
            specialist_type=task_data.get("specialist_type", "generic"),
        )
        await self._tasks.add(task)
        return task


@distinct_ids.mutant(clause=1)
class NumbersTheBatch(TaskOrchestrator):
    """numbers its batch from what is stored: a second batch at the same time gets the same ids"""

    async def create_many(self, task_data_list: Sequence[Mapping[str, Any]]) -> list[TaskResult]:
        stored = await self._tasks.count()

        async def store(number: int, task_data: Mapping[str, Any]) -> TaskResult:
            task = Task(
                id=f"task-{number}",
                title=task_data["title"],
                description=task_data.get("description", ""),
                specialist_type=task_data.get("specialist_type", "generic"),
            )
            try:
                await self._tasks.add(task)
            except asyncio.CancelledError:
                if _are_we_cancelled():
                    raise
                return TaskResult(success=False, error="cancelled")
            except Exception as error:
                return TaskResult(success=False, error=str(error))
            return TaskResult(success=True, task_id=task.id)

        return list(
            await asyncio.gather(
                *(store(number, data) for number, data in enumerate(task_data_list, stored + 1))
            )
        )


@distinct_ids.mutant(clause=2)
class LosesPatience(TaskOrchestrator):
    """waits a minute for the store, and then answers as if it had stored"""

    async def _store(self, task_data: Mapping[str, Any]) -> Task:
        task = Task(
            id=await self._tasks.next_id(),
            title=task_data["title"],
            description=task_data.get("description", ""),
            specialist_type=task_data.get("specialist_type", "generic"),
        )
        adding = asyncio.ensure_future(self._tasks.add(task))
        done, _ = await asyncio.wait([adding], timeout=60)
        if done:
            adding.result()
        return task


@distinct_ids.mutant(clause=3)
class FailuresLast(TaskOrchestrator):
    """puts the failed results behind the others"""

    async def create_many(self, task_data_list: Sequence[Mapping[str, Any]]) -> list[TaskResult]:
        outcomes = await asyncio.gather(
            *(self._store(task_data) for task_data in task_data_list), return_exceptions=True
        )
        created, failed = [], []
        for outcome in outcomes:
            if isinstance(outcome, asyncio.CancelledError):
                failed.append(TaskResult(success=False, error="cancelled"))
            elif isinstance(outcome, BaseException):
                failed.append(TaskResult(success=False, error=str(outcome)))
            else:
                created.append(TaskResult(success=True, task_id=outcome.id))
        return created + failed


@distinct_ids.mutant(clause=4)
class ExpectsOSErrorsOnly(TaskOrchestrator):
    """takes an OSError for a failed result, and raises every other error"""

    async def create_many(self, task_data_list: Sequence[Mapping[str, Any]]) -> list[TaskResult]:
        outcomes = await asyncio.gather(
            *(self._store(task_data) for task_data in task_data_list), return_exceptions=True
        )
        results = []
        for outcome in outcomes:
            if isinstance(outcome, asyncio.CancelledError):
                results.append(TaskResult(success=False, error="cancelled"))
            elif isinstance(outcome, OSError):
                results.append(TaskResult(success=False, error=str(outcome)))
            elif isinstance(outcome, BaseException):
                raise outcome
            else:
                results.append(TaskResult(success=True, task_id=outcome.id))
        return results


@distinct_ids.mutant(clause=5)
class SkipsTheCancelled(TaskOrchestrator):
    """leaves out the tasks whose add was cancelled"""

    async def create_many(self, task_data_list: Sequence[Mapping[str, Any]]) -> list[TaskResult]:
        outcomes = await asyncio.gather(
            *(self._store(task_data) for task_data in task_data_list), return_exceptions=True
        )
        results = []
        for outcome in outcomes:
            if isinstance(outcome, asyncio.CancelledError):
                continue
            if isinstance(outcome, BaseException):
                results.append(TaskResult(success=False, error=str(outcome)))
            else:
                results.append(TaskResult(success=True, task_id=outcome.id))
        return results


@distinct_ids.alternative()
class StoresInTurn(TaskOrchestrator):
    """stores one task after the other"""

    async def create_many(self, task_data_list: Sequence[Mapping[str, Any]]) -> list[TaskResult]:
        results = []
        for task_data in task_data_list:
            try:
                task = await self._store(task_data)
            except asyncio.CancelledError:
                if _are_we_cancelled():
                    raise
                results.append(TaskResult(success=False, error="was cancelled"))
            except Exception as error:
                results.append(TaskResult(success=False, error=str(error)))
            else:
                results.append(TaskResult(success=True, task_id=task.id))
        return results


@distinct_ids.alternative()
class ReservesThenStoresBackwards(TaskOrchestrator):
    """reserves all ids first, and begins to store with the last task"""

    async def create_many(self, task_data_list: Sequence[Mapping[str, Any]]) -> list[TaskResult]:
        tasks = [
            Task(
                id=await self._tasks.next_id(),
                title=task_data["title"],
                description=task_data.get("description", ""),
                specialist_type=task_data.get("specialist_type", "generic"),
            )
            for task_data in task_data_list
        ]
        outcomes = await asyncio.gather(
            *(self._tasks.add(task) for task in reversed(tasks)), return_exceptions=True
        )
        results = []
        for task, outcome in zip(reversed(tasks), outcomes, strict=True):
            if isinstance(outcome, BaseException):
                reason = str(outcome) or type(outcome).__name__
                results.append(TaskResult(success=False, error=f"{task.title}: {reason}"))
            else:
                results.append(TaskResult(success=True, task_id=task.id))
        return results[::-1]


@distinct_ids.alternative()
class OneReservationForAll(TaskOrchestrator):
    """reserves one id for the whole batch and counts within it"""

    async def create_many(self, task_data_list: Sequence[Mapping[str, Any]]) -> list[TaskResult]:
        batch = await self._tasks.next_id()
        results: dict[int, TaskResult] = {}

        async def store(number: int, task_data: Mapping[str, Any]) -> None:
            task = Task(
                id=f"{batch}-{number}",
                title=task_data["title"],
                description=task_data.get("description", ""),
                specialist_type=task_data.get("specialist_type", "generic"),
            )
            try:
                await self._tasks.add(task)
            except asyncio.CancelledError:
                results[number] = TaskResult(success=False, error="gave up")
                if _are_we_cancelled():
                    raise
            except Exception as error:
                results[number] = TaskResult(success=False, error=f"not stored: {error}")
            else:
                results[number] = TaskResult(success=True, task_id=task.id)

        async with asyncio.TaskGroup() as group:
            for number, task_data in enumerate(task_data_list):
                group.create_task(store(number, task_data))
        return [results[number] for number in sorted(results)]

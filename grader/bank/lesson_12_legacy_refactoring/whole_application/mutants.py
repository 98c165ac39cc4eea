"""The mutants of `whole-application`: each has one bug, and breaks one clause."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, TypeVar
from uuid import uuid4

from vespera_scriptorium.application.async_operation_service import AsyncOperationService
from vespera_scriptorium.application.async_resource_manager import (
    AsyncResourceManager,
    ResourceSession,
)
from vespera_scriptorium.application.async_service import AsyncService
from vespera_scriptorium.application.background_service import BackgroundService
from vespera_scriptorium.application.cancellation import cancellations
from vespera_scriptorium.application.task_execution_workflow import (
    TaskExecutionWorkflow,
    WorkflowStep,
)
from vespera_scriptorium.application.task_orchestrator import TaskOrchestrator
from vespera_scriptorium.application.timeout_aware_service import TimeoutAwareService
from vespera_scriptorium.application.usecases.process_data import (
    ENDPOINT,
    FILE_NAME,
    ExternalServiceUseCase,
)
from vespera_scriptorium.application.usecases.track_file_operations import (
    TrackFileOperationsUseCase,
)
from vespera_scriptorium.domain.errors import (
    DeadlineExceededError,
    DuplicateOperationError,
    ExternalServiceError,
    noted_on,
    raise_one,
    raise_together,
    reason,
)
from vespera_scriptorium.domain.file_operation import FileOperation, OperationKind, OperationResult
from vespera_scriptorium.domain.results import ProcessingResult, ServiceResult
from vespera_scriptorium.domain.task import Task, TaskResult, TaskState, TaskStatus
from vespera_scriptorium.infrastructure.di.container import Container, Override
from vespera_scriptorium.infrastructure.memory import (
    InMemoryFileOperationUnit,
    InMemoryTaskRepository,
)

from .exercise import whole_application

T = TypeVar("T")


@whole_application.mutant(promise="completed")
class CompletesTheFailed(TaskState):
    """Says that a task is completed as soon as it is over, however it ended."""

    @property
    def completed(self) -> bool:
        return self.status in (TaskStatus.COMPLETED, TaskStatus.FAILED)


@whole_application.mutant(promise="tracked")
class CommitsNoOperation(TrackFileOperationsUseCase):
    """Forgets to commit."""

    async def _track(
        self,
        kind: OperationKind,
        file_path: str,
        context: Mapping[str, Any] | None,
        metadata: Mapping[str, Any] | None,
        operation_id: str | None,
    ) -> OperationResult:
        path = self._normalise(file_path)
        try:
            operation = FileOperation(
                id=operation_id or uuid4().hex,
                kind=kind,
                file_path=path,
                context=dict(context or {}),
                metadata=dict(metadata or {}),
                checksum_before=await self._checksum(path),
            )
            async with self._store.unit() as unit:
                await unit.add(operation)
        except Exception as error:
            return OperationResult(success=False, file_path=path, error=reason(error))
        return OperationResult(success=True, operation_id=operation.id, file_path=path)


@whole_application.mutant(promise="compensated")
class CompensatesForwards(TaskExecutionWorkflow):
    """Compensates the step first that was done first."""

    async def _compensate(
        self, task: Task, steps: Sequence[WorkflowStep]
    ) -> tuple[Task, list[str]]:
        problems = []
        for step in steps:
            if step.compensate is None or step.name not in task.outputs:
                continue
            try:
                await step.compensate()
                outputs = {name: o for name, o in task.outputs.items() if name != step.name}
                task = replace(task, outputs=outputs)
                await self._tasks.save(task)
            except Exception as problem:
                problems.append(f"compensation of {step.name} failed: {reason(problem)}")
        return task, problems


@whole_application.mutant(promise="legal")
class CompletesWhatNeverRan(TaskExecutionWorkflow):
    """Completes a task that was only created."""

    async def complete_task(self, task_id: str, completion_data: Mapping[str, Any]) -> TaskResult:
        try:
            legal = {TaskStatus.CREATED, TaskStatus.EXECUTED}
            async with self._claim(task_id, legal) as task:
                await self._store_completed(task, completion_data)
        except Exception as error:
            return TaskResult(success=False, task_id=task_id, error=reason(error))
        return TaskResult(success=True, task_id=task_id)


@whole_application.mutant(promise="every")
class ClosesTheLastOnly(ResourceSession):
    """Closes the resource that was created last, and no other."""

    async def close(self) -> None:
        if self._ended:
            return
        self._ended = True
        errors: list[BaseException] = []
        for resource_id in self._created[-1:]:
            try:
                await self._provider.close(resource_id)
            except BaseException as error:
                errors.append(error)
        raise_one(errors)


@whole_application.mutant(promise="failed")
class ClosesAfterSuccessOnly(AsyncResourceManager):
    """Closes nothing when the block ends by an error, unless it was cancelled."""

    @asynccontextmanager
    async def create_session(self) -> AsyncIterator["ResourceSession"]:
        session = ResourceSession(self._provider)
        try:
            yield session
        except Exception:
            raise
        except BaseException as error:
            with noted_on(error, "closing failed"):
                await session.close()
            raise
        await session.close()


@whole_application.mutant(promise="cancelled")
class MissesCancellation(AsyncResourceManager):
    """Catches `Exception`, which a cancellation is not."""

    @asynccontextmanager
    async def create_session(self) -> AsyncIterator["ResourceSession"]:
        session = ResourceSession(self._provider)
        try:
            yield session
        except Exception as error:
            with noted_on(error, "closing failed"):
                await session.close()
            raise
        await session.close()


@whole_application.mutant(promise="order")
class FirstEndedFirst(TaskOrchestrator):
    """Puts the results in the order in which the tasks ended."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        slots = asyncio.Semaphore(limit)
        results: list[TaskResult] = []

        async def execute(task_id: str) -> None:
            async with slots:
                results.append(await self.execute_task(task_id))

        async with asyncio.TaskGroup() as group:
            for task_id in task_ids:
                group.create_task(execute(task_id))
        return results


@whole_application.mutant(promise="limit")
class KnowsNoLimit(TaskOrchestrator):
    """Has all tasks at work at once."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        async with asyncio.TaskGroup() as group:
            executions = [group.create_task(self.execute_task(task_id)) for task_id in task_ids]
        return [execution.result() for execution in executions]


@whole_application.mutant(promise="cause")
class LosesTheCause(AsyncService):
    """Says what has failed, and drops the error that was the cause."""

    async def run_with_retry(
        self,
        operation: str,
        work: Callable[[], Awaitable[T]],
        attempts: int = 3,
        delay: float = 0.0,
    ) -> T:
        if attempts < 1:
            raise ValueError("attempts must be 1 or more")
        self._refuse_if_failed(operation)
        try:
            return await self._attempt(work, attempts, delay)
        except OSError as error:
            raise self._failed(operation, error) from None


@whole_application.mutant(promise="recovers")
class OnlySaysItRecovered(AsyncService):
    """Answers that it has recovered, and stays as it was."""

    async def recover_from_error(self) -> ServiceResult:
        await asyncio.sleep(0)
        return ServiceResult(success=True)


@whole_application.mutant(promise="work-cancelled")
class LetsWorkGoOn(TimeoutAwareService):
    """Raises at the deadline, and lets the work go on behind its back."""

    async def _run(self, work: Callable[[], Awaitable[T]], deadline: asyncio.Timeout) -> T:
        cause: Exception | None = None
        before = cancellations()
        self.busy += 1
        try:
            async with deadline:
                result = await asyncio.shield(work())
        except Exception as error:
            cause = error
        finally:
            self.busy -= 1
        # Also when the work made an answer or an error of its cancellation.
        if cancellations() > before:
            raise asyncio.CancelledError from cause
        if deadline.expired():
            raise DeadlineExceededError("the work did not end by its deadline") from cause
        if cause is not None:
            raise cause
        return result


@whole_application.mutant(promise="awaited")
class UploadsWithoutWaiting(ExternalServiceUseCase):
    """Calls `upload_file` and does not await it."""

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        try:
            answers = [await self._process(item) for item in items]
            content = json.dumps(answers).encode()
            self._external_service.upload_file(FILE_NAME, content)  # type: ignore[unused-coroutine]  # that is the bug
        except Exception as error:
            return ProcessingResult(success=False, error=reason(error))
        return ProcessingResult(success=True, file_id=FILE_NAME)


@whole_application.mutant(promise="no-upload")
class UploadsFailures(ExternalServiceUseCase):
    """Does not look at the status of an answer."""

    async def _process(self, item: Mapping[str, Any]) -> Any:
        answer = await self._external_service.call_api(ENDPOINT, item)
        return answer.get("data")


@whole_application.mutant(promise="durations")
class SlowIsMedium(AsyncOperationService):
    """Works for a slow operation only as long as for a medium one."""

    async def _work(self, operation_type: str) -> tuple[float, float]:
        clock = asyncio.get_running_loop().time
        asked = clock()
        async with self._slots:
            started = clock()
            kind = "quick" if operation_type == "quick" else "medium"
            await asyncio.sleep(self._durations[kind])
            return round(clock() - started, 3), round(started - asked, 3)


@whole_application.mutant(promise="journal")
class LeavesTheJournalOpen(BackgroundService):
    """Closes the journal after a crash, and not when it is stopped."""

    async def _run(self) -> None:
        await self._journal.open()
        try:
            while True:
                await self._journal.write(await self._work())
                await asyncio.sleep(self._interval)
        except Exception as error:
            self._ending = True
            with noted_on(error, "closing the journal failed"):
                await self._journal.close()
            raise


@whole_application.mutant(promise="duplicate")
class KnowsIdsOnly(InMemoryFileOperationUnit):
    """Refuses an id that is taken, and no second creation of a path."""

    def _refuse_duplicate(self, new: FileOperation, others: dict[str, FileOperation]) -> None:
        for other in others.values():
            if new.id == other.id:
                self._added, self._removed = {}, set()
                raise DuplicateOperationError(f"the operation {new.id} is tracked already")


@whole_application.mutant(promise="ids")
class IdFromLength(InMemoryTaskRepository):
    """Takes the next id from the number of tasks that are stored."""

    async def next_id(self) -> str:
        await asyncio.sleep(0)
        return f"task-{len(self._tasks) + 1}"


@whole_application.mutant(promise="reverse")
class StopsInTheOrderOfStarts(Container):
    """Stops the service first that was started first."""

    async def cleanup_async_services(self) -> None:
        database = self._built.get("async_database_manager")  # it opens itself when it is used
        if database is not None and database not in self._started:
            self._started.insert(0, database)
        errors: list[BaseException] = []
        while self._started:
            try:
                await self._started.pop(0).stop()
            except BaseException as error:
                errors.append(error)
        raise_together("services that did not stop", errors)


@whole_application.mutant(promise="to-the-end")
class StopsAtTheFirstError(Container):
    """Leaves the rest running when a stop fails."""

    async def cleanup_async_services(self) -> None:
        database = self._built.get("async_database_manager")  # it opens itself when it is used
        if database is not None and database not in self._started:
            self._started.insert(0, database)
        errors: list[BaseException] = []
        while self._started and not errors:
            try:
                await self._started.pop().stop()
            except BaseException as error:
                errors.append(error)
        raise_together("services that did not stop", errors)


@whole_application.mutant(promise="withdrawn")
class KeepsWhatItHasBuilt(Container):
    """Withdraws an override, and keeps the use case that was built with it."""

    def withdraw(self, override: "Override") -> None:
        if override in self._overrides:
            self._overrides.remove(override)


@whole_application.mutant(promise="no-upload")
class TheLastDecides(ExternalServiceUseCase):
    """Looks at the status of the last answer only."""

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        try:
            answers = [await self._external_service.call_api(ENDPOINT, item) for item in items]
            if answers and answers[-1].get("status") != "success":
                raise ExternalServiceError(f"the service answered {answers[-1].get('status')}")
            content = json.dumps([answer.get("data") for answer in answers]).encode()
            uploaded = await self._external_service.upload_file(FILE_NAME, content)
            file_id = uploaded["file_id"]
        except Exception as error:
            return ProcessingResult(success=False, error=reason(error))
        return ProcessingResult(success=True, file_id=file_id)

"""Own variants of whole-application, written from the contract and the application alone."""

from grader.bank import whole_application
from vespera_scriptorium.application.usecases.track_file_operations import *  # noqa: F403
from vespera_scriptorium.application.task_execution_workflow import *  # noqa: F403
from vespera_scriptorium.application.task_orchestrator import *  # noqa: F403
from vespera_scriptorium.application.async_service import *  # noqa: F403
from vespera_scriptorium.infrastructure.di.container import *  # noqa: F403
from vespera_scriptorium.domain.task import *  # noqa: F403
from vespera_scriptorium.application.usecases.process_data import *  # noqa: F403
from vespera_scriptorium.infrastructure.memory import *  # noqa: F403


@whole_application.mutant(clause=2)
class CompensatesForwards(TaskExecutionWorkflow):
    """The steps are compensated in the order in which they ran."""

    async def _compensate(
        self, task: Task, steps: Sequence[WorkflowStep]
    ) -> tuple[Task, list[str]]:
        """Undo what is done, the last step first; answers with what is left and what went wrong."""
        problems = []
        for step in list(steps):
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


@whole_application.mutant(clause=4)
class AsTheyEnd(TaskOrchestrator):
    """`execute_many` answers in the order in which the tasks ended."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        """Execute tasks, at most `limit` at a time; one result each, in the order of the input."""
        slots = asyncio.Semaphore(limit)
        results: list[TaskResult] = []

        async def execute(task_id: str) -> TaskResult:
            async with slots:
                result = await self.execute_task(task_id)
                results.append(result)
                return result

        async with asyncio.TaskGroup() as group:
            for task_id in task_ids:
                group.create_task(execute(task_id))
        return results


@whole_application.mutant(clause=5)
class FailedIsCompleted(TaskState):
    """A task that has failed is completed, too."""

    @property
    def completed(self) -> bool:
        """True once the task ran to its end."""
        return self.status in (TaskStatus.COMPLETED, TaskStatus.FAILED)


@whole_application.mutant(clause=8)
class UploadsWhatIsThere(ExternalServiceUseCase):
    """A failure does not prevent the upload of the other answers."""

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        """Process items, and store the answers together."""
        try:
            answers, failures = [], []
            for item in items:
                try:
                    answers.append(await self._process(item))
                except ExternalServiceError as error:
                    failures.append(error)
            content = json.dumps(answers).encode()
            uploaded = await self._external_service.upload_file(FILE_NAME, content)
            file_id = uploaded["file_id"]
            if failures:
                raise failures[0]
        except Exception as error:
            return ProcessingResult(success=False, error=reason(error))
        return ProcessingResult(success=True, file_id=file_id)


@whole_application.mutant(clause=11)
class OneStopEndsAll(Container):
    """The first stop that fails ends the clean-up."""

    async def cleanup_async_services(self) -> None:
        """Stop what was started, the last one first."""
        database = self._built.get("async_database_manager")  # it opens itself when it is used
        if database is not None and database not in self._started:
            self._started.insert(0, database)
        errors: list[BaseException] = []
        while self._started:
            try:
                await self._started.pop().stop()
            except BaseException as error:
                errors.append(error)
                break
        raise_together("services that did not stop", errors)


@whole_application.mutant(clause=12)
class WhatNeedsItStays(Container):
    """After `withdraw` a use case keeps the replacement."""

    def withdraw(self, override: "Override") -> None:
        """End an override. To withdraw it twice is harmless."""
        if override in self._overrides:
            self._overrides.remove(override)


@whole_application.alternative()
class LongIds(InMemoryTaskRepository):
    """Gives ids that nobody can guess."""

    async def next_id(self) -> str:
        """Reserve an id that nobody had before and nobody gets again."""
        import uuid

        await asyncio.sleep(0)
        return uuid.uuid4().hex


@whole_application.alternative()
class StopErrorsAreSilent(Container):
    """The clean-up raises nothing when a stop fails."""

    async def cleanup_async_services(self) -> None:
        """Stop what was started, the last one first."""
        database = self._built.get("async_database_manager")  # it opens itself when it is used
        if database is not None and database not in self._started:
            self._started.insert(0, database)
        errors: list[BaseException] = []
        while self._started:
            try:
                await self._started.pop().stop()
            except BaseException as error:
                errors.append(error)
        raise_together("cancelled", [e for e in errors if not isinstance(e, Exception)])


@whole_application.alternative()
class OtherWords(AsyncService):
    """Fails in other words."""

    def _failed(self, operation: str, error: OSError) -> AsyncServiceError:
        """The error for the caller. From now on the service has failed."""
        self._status = ServiceStatus(False, operation, reason(error))
        return AsyncServiceError(f"sorry: {error!r} in {operation}")

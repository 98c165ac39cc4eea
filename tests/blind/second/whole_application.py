"""Own variants of whole-application, written from the contract and the application alone."""

from grader.bank import WHOLE_APPLICATION
from vespera_scriptorium.application.async_service import *  # noqa: F403
from vespera_scriptorium.application.background_service import *  # noqa: F403
from vespera_scriptorium.application.task_execution_workflow import *  # noqa: F403
from vespera_scriptorium.application.task_orchestrator import *  # noqa: F403
from vespera_scriptorium.application.timeout_aware_service import *  # noqa: F403
from vespera_scriptorium.application.usecases.process_data import *  # noqa: F403
from vespera_scriptorium.infrastructure.di.container import *  # noqa: F403


@WHOLE_APPLICATION.mutant(clause=2)
class CompensatesForwards(TaskExecutionWorkflow):
    """Compensates the first step first."""

    async def _compensate(
        self, task: Task, steps: Sequence[WorkflowStep]
    ) -> tuple[Task, list[str]]:
        """Undo what is done, the last step first; answers with what is left and what went wrong."""
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


@WHOLE_APPLICATION.mutant(clause=4)
class AnswersAsTheyEnd(TaskOrchestrator):
    """`execute_many` answers in the order in which the tasks end."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        """Execute tasks, at most `limit` at a time; one result each, in the order of the input."""
        slots = asyncio.Semaphore(limit)
        results: list[TaskResult] = []

        async def execute(task_id: str) -> None:
            async with slots:
                results.append(await self.execute_task(task_id))

        async with asyncio.TaskGroup() as group:
            for task_id in task_ids:
                group.create_task(execute(task_id))
        return results


@WHOLE_APPLICATION.mutant(clause=7)
class LateWorkGoesOn(TimeoutAwareService):
    """Raises at the deadline, but lets the late work go on."""

    async def run(self, work: Callable[[], Awaitable[T]], timeout: float) -> T:
        """Await the work, for `timeout` seconds at most."""
        going_on = asyncio.ensure_future(work())

        async def shielded() -> T:
            return await asyncio.shield(going_on)

        return await self._run(shielded, asyncio.timeout(timeout))


@WHOLE_APPLICATION.mutant(clause=8)
class UploadsWhatThereIs(ExternalServiceUseCase):
    """Leaves the failed answers out, and uploads the others, if there are any."""

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        """Process items, and store the answers together."""
        try:
            answers, problems = [], []
            for item in items:
                try:
                    answers.append(await self._process(item))
                except ExternalServiceError as problem:
                    problems.append(reason(problem))
            if problems and not answers:
                return ProcessingResult(success=False, error=problems[0])
            content = json.dumps(answers).encode()
            uploaded = await self._external_service.upload_file(FILE_NAME, content)
            file_id = uploaded["file_id"]
        except Exception as error:
            return ProcessingResult(success=False, error=reason(error))
        error = problems[0] if problems else None
        return ProcessingResult(success=not problems, file_id=file_id, error=error)


@WHOLE_APPLICATION.mutant(clause=10)
class StopsWithoutWaiting(BackgroundService):
    """`stop` cancels the rounds, and does not wait until the journal is closed."""

    async def stop(self) -> None:
        """End the work."""
        rounds = self._rounds
        if rounds is None:
            return
        if not self._ending:
            rounds.cancel()
        self._ending = True
        self._rounds = None
        if rounds.done() and not rounds.cancelled():
            rounds.result()


@WHOLE_APPLICATION.mutant(clause=11)
class OneFailureEndsTheCleanUp(Container):
    """A stop that fails ends the clean-up: the services after it are not stopped."""

    async def cleanup_async_services(self) -> None:
        """Stop what was started, the last one first."""
        database = self._built.get("async_database_manager")
        if database is not None and database not in self._started:
            self._started.insert(0, database)
        errors: list[BaseException] = []
        while self._started:
            try:
                await self._started.pop().stop()
            except BaseException as error:
                errors.append(error)
                break
        self._started.clear()
        raise_together("services that did not stop", errors)


@WHOLE_APPLICATION.alternative()
class CleansUpInSilence(Container):
    """`cleanup_async_services` raises nothing but a cancellation when stops fail."""

    async def cleanup_async_services(self) -> None:
        """Stop what was started, the last one first."""
        database = self._built.get("async_database_manager")
        if database is not None and database not in self._started:
            self._started.insert(0, database)
        ends: list[BaseException] = []
        for service in list(reversed(self._started)):
            try:
                await service.stop()
            except Exception:
                pass
            except BaseException as error:
                ends.append(error)
        self._started.clear()
        if ends:
            raise ends[0]


@WHOLE_APPLICATION.alternative()
class AFewWorkers(TaskOrchestrator):
    """`execute_many` has `limit` workers that take one task after the other."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        """Execute tasks, at most `limit` at a time; one result each, in the order of the input."""
        results: list[TaskResult | None] = [None] * len(task_ids)
        left = iter(enumerate(task_ids))

        async def work() -> None:
            for place, task_id in left:
                results[place] = await self.execute_task(task_id)

        async with asyncio.TaskGroup() as group:
            for _ in range(min(limit, len(task_ids))):
                group.create_task(work())
        return [result for result in results if result is not None]


@WHOLE_APPLICATION.alternative()
class OtherWords(AsyncService):
    """Tells the error in other words, and takes its time to recover."""

    def _failed(self, operation: str, error: OSError) -> AsyncServiceError:
        """The error for the caller. From now on the service has failed."""
        self._status = ServiceStatus(False, operation, reason(error))
        return AsyncServiceError(f"{error!r} ended {operation} ({error})")

    async def recover_from_error(self) -> ServiceResult:
        """Make the service work again."""
        self._status = ServiceStatus(healthy=True)
        await asyncio.sleep(1)
        return ServiceResult(success=True, output="recovered")

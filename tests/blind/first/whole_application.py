"""Own variants of whole-application, written from the contract and the application alone."""

from grader.bank import THE_WHOLE_APPLICATION
from vespera_scriptorium.application.async_resource_manager import *  # noqa: F403
from vespera_scriptorium.application.task_orchestrator import *  # noqa: F403
from vespera_scriptorium.application.timeout_aware_service import *  # noqa: F403
from vespera_scriptorium.application.usecases.process_data import *  # noqa: F403
from vespera_scriptorium.infrastructure.di.container import *  # noqa: F403


@THE_WHOLE_APPLICATION.mutant(clause=3)
class CancellationLeavesOpen(AsyncResourceManager):
    """A cancellation ends the block without closing anything."""

    @asynccontextmanager
    async def create_session(self) -> AsyncIterator["ResourceSession"]:
        """Open a session: `async with manager.create_session() as session`."""
        session = ResourceSession(self._provider)
        try:
            yield session
        except Exception as error:
            with noted_on(error, "closing failed"):
                await session.close()
            raise
        await session.close()


@THE_WHOLE_APPLICATION.mutant(clause=4)
class AsTheyEnd(TaskOrchestrator):
    """The results come in the order in which the tasks end."""

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


@THE_WHOLE_APPLICATION.mutant(clause=7)
class WorkGoesOn(TimeoutAwareService):
    """After the timeout the work goes on in the background."""

    async def run(self, work: Callable[[], Awaitable[T]], timeout: float) -> T:
        """Await the work, for `timeout` seconds at most."""
        going_on = asyncio.ensure_future(work())
        return await self._run(lambda: asyncio.shield(going_on), asyncio.timeout(timeout))


@THE_WHOLE_APPLICATION.mutant(clause=8)
class LooksAtTheLastAnswer(ExternalServiceUseCase):
    """Only the status of the last answer decides on the upload."""

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        """Process items, and store the answers together."""
        try:
            answers = [await self._external_service.call_api(ENDPOINT, item) for item in items]
            if answers and answers[-1].get("status") != "success":
                status = answers[-1].get("status")
                raise ExternalServiceError(f"the service answered {status}")
            content = json.dumps([answer.get("data") for answer in answers]).encode()
            uploaded = await self._external_service.upload_file(FILE_NAME, content)
            file_id = uploaded["file_id"]
        except Exception as error:
            return ProcessingResult(success=False, error=reason(error))
        return ProcessingResult(success=True, file_id=file_id)


@THE_WHOLE_APPLICATION.mutant(clause=11)
class FirstStartedFirstStopped(Container):
    """Stops in the order of the starts, a service after those that it needs."""

    async def cleanup_async_services(self) -> None:
        """Stop what was started, the last one first."""
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


@THE_WHOLE_APPLICATION.mutant(clause=12)
class KeepsTheUseCase(Container):
    """After a withdrawal, what was built with the replacement is given out still."""

    def withdraw(self, override: "Override") -> None:
        """End an override. To withdraw it twice is harmless."""
        if override in self._overrides:
            self._overrides.remove(override)
            self._built.pop(override.name, None)


@THE_WHOLE_APPLICATION.alternative()
class Workers(TaskOrchestrator):
    """Executes with as many workers as the limit allows, the last task first."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        """Execute tasks, at most `limit` at a time; one result each, in the order of the input."""
        waiting = list(enumerate(task_ids))
        results: dict[int, TaskResult] = {}

        async def worker() -> None:
            while waiting:
                number, task_id = waiting.pop()
                results[number] = await self.execute_task(task_id)

        async with asyncio.TaskGroup() as group:
            for _ in range(limit):
                group.create_task(worker())
        return [results[number] for number in range(len(task_ids))]


@THE_WHOLE_APPLICATION.alternative()
class QuietEnd(Container):
    """Says nothing of services that did not stop."""

    async def cleanup_async_services(self) -> None:
        """Stop what was started, the last one first."""
        database = self._built.get("async_database_manager")  # it opens itself when it is used
        if database is not None and database not in self._started:
            self._started.insert(0, database)
        cancellations: list[BaseException] = []
        while self._started:
            try:
                await self._started.pop().stop()
            except Exception:
                continue
            except BaseException as error:
                cancellations.append(error)
        raise_together("services that did not stop", cancellations)


@THE_WHOLE_APPLICATION.alternative()
class CallsAll(ExternalServiceUseCase):
    """Makes every call, whatever the others answer, and looks at the answers afterwards."""

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        """Process items, and store the answers together."""
        try:
            answers = [await self._external_service.call_api(ENDPOINT, item) for item in items]
            statuses = [answer.get("status") for answer in answers]
            if any(status != "success" for status in statuses):
                raise ExternalServiceError(f"the service answered {statuses}")
            content = json.dumps([answer.get("data") for answer in answers]).encode()
            uploaded = await self._external_service.upload_file(FILE_NAME, content)
            file_id = uploaded["file_id"]
        except Exception as error:
            return ProcessingResult(success=False, error=reason(error))
        return ProcessingResult(success=True, file_id=file_id)

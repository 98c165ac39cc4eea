"""Own variants of distinct-ids, written from the contract and the application alone."""

from grader.bank import distinct_ids
from vespera_scriptorium.application.task_orchestrator import *  # noqa: F403


@distinct_ids.mutant(clause=1)
class CountsTheTasks(TaskOrchestrator):
    """An id is one more than the number of tasks, so two at once get the same."""

    async def _store(self, task_data: Mapping[str, Any]) -> Task:
        """Store a new task under an id of its own; raises what the repository raises."""
        task = Task(
            id=f"task-{await self._tasks.count() + 1}",
            title=task_data["title"],
            description=task_data.get("description", ""),
            specialist_type=task_data.get("specialist_type", "generic"),
        )
        await self._tasks.add(task)
        return task


@distinct_ids.mutant(clause=2)
class StoresInTheBackground(TaskOrchestrator):
    """Answers before the task is stored."""

    async def _store(self, task_data: Mapping[str, Any]) -> Task:
        """Store a new task under an id of its own; raises what the repository raises."""
        task = Task(
            id=await self._tasks.next_id(),
            title=task_data["title"],
            description=task_data.get("description", ""),
            specialist_type=task_data.get("specialist_type", "generic"),
        )
        adding = asyncio.create_task(self._tasks.add(task))
        await asyncio.wait([adding], timeout=1.0)
        if adding.done():
            adding.result()
        return task


@distinct_ids.mutant(clause=3)
class AsTheyCome(TaskOrchestrator):
    """The results come in the order in which the tasks were stored."""

    async def create_many(self, task_data_list: Sequence[Mapping[str, Any]]) -> list[TaskResult]:
        """Create tasks together; one result each, in the order of the input."""
        results: list[TaskResult] = []

        async def store(task_data: Mapping[str, Any]) -> None:
            try:
                task = await self._store(task_data)
            except asyncio.CancelledError:
                if _are_we_cancelled():
                    raise
                results.append(TaskResult(success=False, error="cancelled"))
            except Exception as error:
                results.append(TaskResult(success=False, error=reason(error)))
            else:
                results.append(TaskResult(success=True, task_id=task.id))

        await asyncio.gather(*(store(task_data) for task_data in task_data_list))
        return results


@distinct_ids.mutant(clause=3)
class FailuresLast(TaskOrchestrator):
    """The failed results come after the others."""

    async def create_many(self, task_data_list: Sequence[Mapping[str, Any]]) -> list[TaskResult]:
        """Create tasks together; one result each, in the order of the input."""
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
        return sorted(results, key=lambda result: not result.success)


@distinct_ids.mutant(clause=4)
class OnlyKnownErrors(TaskOrchestrator):
    """Only what the repository documents is a result; any other error is raised."""

    async def create_many(self, task_data_list: Sequence[Mapping[str, Any]]) -> list[TaskResult]:
        """Create tasks together; one result each, in the order of the input."""
        outcomes = await asyncio.gather(
            *(self._store(task_data) for task_data in task_data_list), return_exceptions=True
        )
        results = []
        for outcome in outcomes:
            if isinstance(outcome, asyncio.CancelledError):
                results.append(TaskResult(success=False, error="cancelled"))
            elif isinstance(outcome, Exception) and not isinstance(outcome, LookupError | ValueError):
                results.append(TaskResult(success=False, error=reason(outcome)))
            elif isinstance(outcome, BaseException):
                raise outcome
            else:
                results.append(TaskResult(success=True, task_id=outcome.id))
        return results


@distinct_ids.mutant(clause=5)
class CancelledIsRaised(TaskOrchestrator):
    """A task whose `add` is cancelled cancels all of it."""

    async def create_many(self, task_data_list: Sequence[Mapping[str, Any]]) -> list[TaskResult]:
        """Create tasks together; one result each, in the order of the input."""
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


@distinct_ids.alternative()
class OneAfterTheOther(TaskOrchestrator):
    """Stores the tasks in turn."""

    async def create_many(self, task_data_list: Sequence[Mapping[str, Any]]) -> list[TaskResult]:
        """Create tasks together; one result each, in the order of the input."""
        results = []
        for task_data in task_data_list:
            try:
                task = await self._store(task_data)
            except asyncio.CancelledError:
                if _are_we_cancelled():
                    raise
                results.append(TaskResult(success=False, error="it was cancelled"))
            except Exception as error:
                results.append(TaskResult(success=False, error=f"not stored: {error!r}"))
            else:
                results.append(TaskResult(success=True, task_id=task.id))
        return results


@distinct_ids.alternative()
class LongIds(TaskOrchestrator):
    """Gives ids that nobody can guess."""

    async def _store(self, task_data: Mapping[str, Any]) -> Task:
        """Store a new task under an id of its own; raises what the repository raises."""
        task = Task(
            id=__import__("uuid").uuid4().hex,
            title=task_data["title"],
            description=task_data.get("description", ""),
            specialist_type=task_data.get("specialist_type", "generic"),
        )
        await self._tasks.add(task)
        return task


@distinct_ids.alternative()
class IdOnAFailure(TaskOrchestrator):
    """Says the status of a failure in other words."""

    async def create_many(self, task_data_list: Sequence[Mapping[str, Any]]) -> list[TaskResult]:
        """Create tasks together; one result each, in the order of the input."""
        outcomes = await asyncio.gather(
            *(self._store(task_data) for task_data in task_data_list), return_exceptions=True
        )
        results = []
        for outcome in outcomes:
            if isinstance(outcome, asyncio.CancelledError):
                results.append(TaskResult(success=False, error="CancelledError"))
            elif isinstance(outcome, BaseException):
                results.append(TaskResult(success=False, error=f"{type(outcome).__name__}: {outcome}"))
            else:
                results.append(TaskResult(success=True, task_id=outcome.id))
        return results

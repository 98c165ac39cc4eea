"""Own variants of distinct-ids, written from the contract and the application alone."""

from grader.bank import DISTINCT_IDS
from vespera_scriptorium.application.task_orchestrator import *  # noqa: F403


@DISTINCT_IDS.mutant(clause=1)
class IdFromTheTitle(TaskOrchestrator):
    """Makes the id from the title, so that two tasks of one title collide."""

    async def _store(self, task_data: Mapping[str, Any]) -> Task:
        """Store a new task under an id of its own; raises what the repository raises."""
        task = Task(
            id="task-" + task_data["title"].lower().replace(" ", "-"),
            title=task_data["title"],
            description=task_data.get("description", ""),
            specialist_type=task_data.get("specialist_type", "generic"),
        )
        await self._tasks.add(task)
        return task


@DISTINCT_IDS.mutant(clause=1)
class CountsOnFromTheStored(TaskOrchestrator):
    """Numbers a batch from what is stored at its beginning: two batches at once collide."""

    async def create_many(self, task_data_list: Sequence[Mapping[str, Any]]) -> list[TaskResult]:
        """Create tasks together; one result each, in the order of the input."""
        first = await self._tasks.count() + 1

        async def store(number, task_data):
            task = Task(
                id=f"task-{number}",
                title=task_data["title"],
                description=task_data.get("description", ""),
                specialist_type=task_data.get("specialist_type", "generic"),
            )
            await self._tasks.add(task)
            return task

        outcomes = await asyncio.gather(
            *(store(first + n, task_data) for n, task_data in enumerate(task_data_list)),
            return_exceptions=True,
        )
        results = []
        for outcome in outcomes:
            if isinstance(outcome, asyncio.CancelledError):
                results.append(TaskResult(success=False, error="cancelled"))
            elif isinstance(outcome, BaseException):
                results.append(TaskResult(success=False, error=reason(outcome)))
            else:
                results.append(TaskResult(success=True, task_id=outcome.id))
        return results


@DISTINCT_IDS.mutant(clause=2)
class AnswersBeforeASlowAdd(TaskOrchestrator):
    """Answers with a success for an add that takes more than two seconds, and lets it go on."""

    async def _store(self, task_data: Mapping[str, Any]) -> Task:
        """Store a new task under an id of its own; raises what the repository raises."""
        task = Task(
            id=await self._tasks.next_id(),
            title=task_data["title"],
            description=task_data.get("description", ""),
            specialist_type=task_data.get("specialist_type", "generic"),
        )
        adding = asyncio.ensure_future(self._tasks.add(task))
        done, _ = await asyncio.wait([adding], timeout=2.0)
        if done:
            adding.result()
        return task


@DISTINCT_IDS.mutant(clause=3)
class FailuresAtTheEnd(TaskOrchestrator):
    """Puts the failed results after all successes, whatever their place in the input."""

    async def create_many(self, task_data_list: Sequence[Mapping[str, Any]]) -> list[TaskResult]:
        """Create tasks together; one result each, in the order of the input."""
        outcomes = await asyncio.gather(
            *(self._store(task_data) for task_data in task_data_list), return_exceptions=True
        )
        results = []
        failures = []
        for outcome in outcomes:
            if isinstance(outcome, asyncio.CancelledError):
                failures.append(TaskResult(success=False, error="cancelled"))
            elif isinstance(outcome, BaseException):
                failures.append(TaskResult(success=False, error=reason(outcome)))
            else:
                results.append(TaskResult(success=True, task_id=outcome.id))
        return results + failures


@DISTINCT_IDS.mutant(clause=4)
class RaisesTheUnexpected(TaskOrchestrator):
    """Only a DuplicateTaskError becomes a failed result; any other exception comes out."""

    async def create_many(self, task_data_list: Sequence[Mapping[str, Any]]) -> list[TaskResult]:
        """Create tasks together; one result each, in the order of the input."""
        from vespera_scriptorium.domain.errors import DuplicateTaskError

        outcomes = await asyncio.gather(
            *(self._store(task_data) for task_data in task_data_list), return_exceptions=True
        )
        results = []
        for outcome in outcomes:
            if isinstance(outcome, asyncio.CancelledError):
                results.append(TaskResult(success=False, error="cancelled"))
            elif isinstance(outcome, DuplicateTaskError):
                results.append(TaskResult(success=False, error=reason(outcome)))
            elif isinstance(outcome, BaseException):
                raise outcome
            else:
                results.append(TaskResult(success=True, task_id=outcome.id))
        return results


@DISTINCT_IDS.mutant(clause=5)
class SkipsTheCancelled(TaskOrchestrator):
    """Gives no result at all for a task whose add was cancelled."""

    async def create_many(self, task_data_list: Sequence[Mapping[str, Any]]) -> list[TaskResult]:
        """Create tasks together; one result each, in the order of the input."""
        outcomes = await asyncio.gather(
            *(self._store(task_data) for task_data in task_data_list), return_exceptions=True
        )
        results = []
        for outcome in outcomes:
            if isinstance(outcome, asyncio.CancelledError):
                continue
            elif isinstance(outcome, BaseException):
                results.append(TaskResult(success=False, error=reason(outcome)))
            else:
                results.append(TaskResult(success=True, task_id=outcome.id))
        return results


@DISTINCT_IDS.alternative()
class CreatesInTurn(TaskOrchestrator):
    """Stores one task after the other."""

    async def create_many(self, task_data_list: Sequence[Mapping[str, Any]]) -> list[TaskResult]:
        """Create tasks together; one result each, in the order of the input."""
        results = []
        for task_data in task_data_list:
            try:
                task = await self._store(task_data)
            except asyncio.CancelledError:
                if _are_we_cancelled():
                    raise
                results.append(TaskResult(success=False, error="was cancelled"))
            except Exception as error:
                results.append(TaskResult(success=False, error=f"not stored: {reason(error)}"))
            else:
                results.append(TaskResult(success=True, task_id=task.id))
        return results


@DISTINCT_IDS.alternative()
class RandomIds(TaskOrchestrator):
    """Gives random ids of its own instead of the repository's."""

    async def _store(self, task_data: Mapping[str, Any]) -> Task:
        """Store a new task under an id of its own; raises what the repository raises."""
        from uuid import uuid4

        task = Task(
            id=str(uuid4()),
            title=task_data["title"],
            description=task_data.get("description", ""),
            specialist_type=task_data.get("specialist_type", "generic"),
        )
        await self._tasks.add(task)
        return task


@DISTINCT_IDS.alternative()
class LastOneFirst(TaskOrchestrator):
    """Stores the tasks together, beginning with the last one; the results are in order."""

    async def create_many(self, task_data_list: Sequence[Mapping[str, Any]]) -> list[TaskResult]:
        """Create tasks together; one result each, in the order of the input."""
        outcomes = await asyncio.gather(
            *(self._store(task_data) for task_data in reversed(task_data_list)),
            return_exceptions=True,
        )
        results = []
        for outcome in reversed(outcomes):
            if isinstance(outcome, BaseException):
                results.append(TaskResult(success=False, error=repr(outcome)))
            else:
                results.append(TaskResult(success=True, task_id=outcome.id))
        return results

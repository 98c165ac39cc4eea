"""Own variants of distinct-ids, written from the contract and the application alone."""

from grader.bank import DISTINCT_IDS
from vespera_scriptorium.application.task_orchestrator import *  # noqa: F403


@DISTINCT_IDS.mutant(clause=1)
class IdsFromTheCount(TaskOrchestrator):
    """The ids go on from how many tasks are stored: two batches at once get the same ones."""

    async def create_many(self, task_data_list: Sequence[Mapping[str, Any]]) -> list[TaskResult]:
        """Create tasks together; one result each, in the order of the input."""
        first = await self._tasks.count() + 1
        results = []
        for number, data in enumerate(task_data_list, first):
            task = Task(
                id=f"number-{number}",
                title=data["title"],
                description=data.get("description", ""),
                specialist_type=data.get("specialist_type", "generic"),
            )
            try:
                await self._tasks.add(task)
            except (Exception, asyncio.CancelledError) as error:
                results.append(TaskResult(success=False, error=reason(error)))
            else:
                results.append(TaskResult(success=True, task_id=task.id))
        return results


@DISTINCT_IDS.mutant(clause=1)
class OneTaskForEachTitle(TaskOrchestrator):
    """The id is made of the title: a second task of that title is refused."""

    async def _store(self, task_data: Mapping[str, Any]) -> Task:
        """Store a new task under an id of its own; raises what the repository raises."""
        title = task_data["title"]
        task = Task(
            id="task-" + title.lower().replace(" ", "-"),
            title=title,
            description=task_data.get("description", ""),
            specialist_type=task_data.get("specialist_type", "generic"),
        )
        await self._tasks.add(task)
        return task


@DISTINCT_IDS.mutant(clause=2)
class WaitsFiveSecondsAtMost(TaskOrchestrator):
    """Answers with a success after five seconds, though the repository is still at it."""

    async def _store(self, task_data: Mapping[str, Any]) -> Task:
        """Store a new task under an id of its own; raises what the repository raises."""
        task = Task(
            id=await self._tasks.next_id(),
            title=task_data["title"],
            description=task_data.get("description", ""),
            specialist_type=task_data.get("specialist_type", "generic"),
        )
        adding = asyncio.ensure_future(self._tasks.add(task))
        await asyncio.wait([adding], timeout=5)
        if adding.done():
            adding.result()
        return task


@DISTINCT_IDS.mutant(clause=3)
class FailuresLast(TaskOrchestrator):
    """The results of the tasks that failed stand after all the others."""

    async def create_many(self, task_data_list: Sequence[Mapping[str, Any]]) -> list[TaskResult]:
        """Create tasks together; one result each, in the order of the input."""
        outcomes = await asyncio.gather(
            *(self._store(task_data) for task_data in task_data_list), return_exceptions=True
        )
        created = [outcome for outcome in outcomes if isinstance(outcome, Task)]
        failed = [outcome for outcome in outcomes if not isinstance(outcome, Task)]
        return [
            *(TaskResult(success=True, task_id=task.id) for task in created),
            *(TaskResult(success=False, error=reason(error)) for error in failed),
        ]


@DISTINCT_IDS.mutant(clause=4)
class OneFailureEndsTheRest(TaskOrchestrator):
    """The first task that fails cancels those that are not stored yet."""

    async def create_many(self, task_data_list: Sequence[Mapping[str, Any]]) -> list[TaskResult]:
        """Create tasks together; one result each, in the order of the input."""
        stores = [asyncio.ensure_future(self._store(data)) for data in task_data_list]
        if stores:
            await asyncio.wait(stores, return_when=asyncio.FIRST_EXCEPTION)
        for store in stores:
            store.cancel()
        results = []
        for outcome in await asyncio.gather(*stores, return_exceptions=True):
            if isinstance(outcome, BaseException):
                results.append(TaskResult(success=False, error=reason(outcome)))
            else:
                results.append(TaskResult(success=True, task_id=outcome.id))
        return results


@DISTINCT_IDS.mutant(clause=5)
class CancelledAddComesOut(TaskOrchestrator):
    """A task whose `add` is cancelled cancels the whole `create_many`."""

    async def create_many(self, task_data_list: Sequence[Mapping[str, Any]]) -> list[TaskResult]:
        """Create tasks together; one result each, in the order of the input."""
        outcomes = await asyncio.gather(
            *(self._store(task_data) for task_data in task_data_list), return_exceptions=True
        )
        results = []
        for outcome in outcomes:
            if isinstance(outcome, Exception):
                results.append(TaskResult(success=False, error=reason(outcome)))
            elif isinstance(outcome, BaseException):
                raise outcome
            else:
                results.append(TaskResult(success=True, task_id=outcome.id))
        return results


@DISTINCT_IDS.alternative()
class InTurn(TaskOrchestrator):
    """Stores the tasks one after the other, the last one first."""

    async def create_many(self, task_data_list: Sequence[Mapping[str, Any]]) -> list[TaskResult]:
        """Create tasks together; one result each, in the order of the input."""
        results = []
        for data in reversed(task_data_list):
            try:
                task = await self._store(data)
            except asyncio.CancelledError:
                if _are_we_cancelled():
                    raise
                results.append(TaskResult(success=False, error="it was cancelled"))
            except Exception as error:
                results.append(TaskResult(success=False, error=f"not stored: {error!r}, {error}"))
            else:
                results.append(TaskResult(success=True, task_id=task.id))
        return results[::-1]


@DISTINCT_IDS.alternative()
class RandomIds(TaskOrchestrator):
    """Takes random ids and does not ask the repository for one."""

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
class InAGroup(TaskOrchestrator):
    """Uses a task group, each of whose tasks answers with a result."""

    async def create_many(self, task_data_list: Sequence[Mapping[str, Any]]) -> list[TaskResult]:
        """Create tasks together; one result each, in the order of the input."""

        async def create(data: Mapping[str, Any]) -> TaskResult:
            try:
                task = await self._store(data)
            except asyncio.CancelledError:
                if _are_we_cancelled():
                    raise
                return TaskResult(success=False, error="CancelledError")
            except Exception as error:
                return TaskResult(success=False, error=f"{type(error).__name__}: {error}")
            return TaskResult(success=True, task_id=task.id)

        async with asyncio.TaskGroup() as group:
            creations = [group.create_task(create(data)) for data in task_data_list]
        return [creation.result() for creation in creations]

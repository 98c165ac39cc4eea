"""Lesson 04, concurrent operations: really concurrent, bounded, and one failure hides nothing."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from grader.exercise import Exercise
from vespera_scriptorium.application.task_orchestrator import TaskOrchestrator
from vespera_scriptorium.domain.errors import reason
from vespera_scriptorium.domain.task import BatchOutcome, Task, TaskResult

# --------------------------------------------------------------------------------------------
distinct_ids = Exercise(
    id="distinct-ids",
    lesson="04-concurrent-operations",
    title="Tasks created together",
    points=5,
    subject=TaskOrchestrator,
    contract=(
        "Tasks that are created at the same time get distinct ids, and every one of them succeeds.",
        "A success means stored: when `create_many` returns, `get_task_status` knows the task, "
        "however long the repository took to add it.",
        "The results stand in the order of the input, whichever task was stored first.",
        "A task whose `add` raises is one failed result with the error's message in `error`; "
        "the others succeed and `create_many` itself does not raise.",
        "A task whose `add` is cancelled (it raises `CancelledError`) is a failed result, too.",
    ),
    hint="[asyncio.gather](https://docs.python.org/3/library/asyncio-task.html#asyncio.gather) "
    "and its `return_exceptions`. A repository of your own, put in the container's place, decides "
    "how long each `add` takes and how it ends.",
    worked="IdFromLength",
)


@distinct_ids.alternative()
class OneTaskGroup(TaskOrchestrator):
    """Starts every creation in a task group, where each catches its own errors."""

    async def create_many(self, task_data_list: Sequence[Mapping[str, Any]]) -> list[TaskResult]:
        results: dict[int, TaskResult] = {}

        async def create(place: int, task_data: Mapping[str, Any]) -> None:
            try:
                task = await self._store(task_data)
            except asyncio.CancelledError:
                results[place] = TaskResult(success=False, error="cancelled")
            except Exception as error:
                results[place] = TaskResult(success=False, error=reason(error))
            else:
                results[place] = TaskResult(success=True, task_id=task.id)

        async with asyncio.TaskGroup() as group:
            for place, task_data in reversed(list(enumerate(task_data_list))):
                group.create_task(create(place, task_data))
        return [results[place] for place in range(len(task_data_list))]


@distinct_ids.mutant(clause=1)
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


@distinct_ids.mutant(clause=2)
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


@distinct_ids.mutant(clause=3)
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


@distinct_ids.mutant(clause=4)
class FirstErrorAborts(TaskOrchestrator):
    """Lets the first error out of `gather`, so that one bad task costs the caller all results."""

    async def create_many(self, task_data_list: Sequence[Mapping[str, Any]]) -> list[TaskResult]:
        tasks = await asyncio.gather(*(self._store(task_data) for task_data in task_data_list))
        return [TaskResult(success=True, task_id=task.id) for task in tasks]


@distinct_ids.mutant(clause=4)
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


@distinct_ids.mutant(clause=5)
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


# --------------------------------------------------------------------------------------------
really_concurrent = Exercise(
    id="really-concurrent",
    lesson="04-concurrent-operations",
    title="As many as allowed, and no more",
    points=5,
    subject=TaskOrchestrator,
    contract=(
        "`execute_many(task_ids, limit)` never has more than `limit` tasks at work.",
        "It has `limit` tasks at work at the same time while that many are left to do.",
        "A slot is free as soon as its task has ended: the next task starts then, "
        "also while others of the same batch are still at work.",
        "A task that fails frees its slot, too, and every task is executed.",
        "There is one result for each task id, in the order of the input.",
        "No task ids: an empty list, at once.",
    ),
    hint="[asyncio.Event](https://docs.python.org/3/library/asyncio-sync.html#asyncio.Event) "
    "holds a specialist at its work for as long as you want to look, and "
    "[asyncio.timeout](https://docs.python.org/3/library/asyncio-task.html#asyncio.timeout) "
    "turns a test that hangs into one that fails.",
    worked="OneAfterTheOther",
)


@really_concurrent.alternative()
class PoolOfWorkers(TaskOrchestrator):
    """Lets `limit` workers take the waiting tasks from the end of the list."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        waiting = list(enumerate(task_ids))
        results: dict[int, TaskResult] = {}

        async def work() -> None:
            while waiting:
                place, task_id = waiting.pop()
                results[place] = await self.execute_task(task_id)

        async with asyncio.TaskGroup() as group:
            for _ in range(min(limit, len(task_ids))):
                group.create_task(work())
        return [results[place] for place in range(len(task_ids))]


@really_concurrent.mutant(clause=2)
class OneAfterTheOther(TaskOrchestrator):
    """Awaits each task before it starts the next: correct results, no concurrency."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        return [await self.execute_task(task_id) for task_id in task_ids]


@really_concurrent.mutant(clause=1)
class AllAtOnce(TaskOrchestrator):
    """Forgets the limit and starts everything."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        return await asyncio.gather(*(self.execute_task(task_id) for task_id in task_ids))


@really_concurrent.mutant(clause=1)
class LimitIsAlwaysThree(TaskOrchestrator):
    """Bounds the work by a constant, and ignores the limit that it was given."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        slots = asyncio.Semaphore(3)

        async def execute(task_id: str) -> TaskResult:
            async with slots:
                return await self.execute_task(task_id)

        async with asyncio.TaskGroup() as group:
            executions = [group.create_task(execute(task_id)) for task_id in task_ids]
        return [execution.result() for execution in executions]


@really_concurrent.mutant(clause=3)
class BatchAfterBatch(TaskOrchestrator):
    """Works in batches of `limit`: one slow task holds up a whole batch of free slots."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        results: list[TaskResult] = []
        for start in range(0, len(task_ids), limit):
            batch = task_ids[start : start + limit]
            results += await asyncio.gather(*(self.execute_task(task_id) for task_id in batch))
        return results


@really_concurrent.mutant(clause=4)
class SlotLostAfterFailure(TaskOrchestrator):
    """Returns early when a task has failed, and never gives its slot back."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        slots = asyncio.Semaphore(limit)

        async def execute(task_id: str) -> TaskResult:
            await slots.acquire()
            result = await self.execute_task(task_id)
            if not result.success:
                return result
            slots.release()
            return result

        async with asyncio.TaskGroup() as group:
            executions = [group.create_task(execute(task_id)) for task_id in task_ids]
        return [execution.result() for execution in executions]


@really_concurrent.mutant(clause=5)
class InOrderOfCompletion(TaskOrchestrator):
    """Collects results as tasks end, so that the fastest task comes first."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        slots = asyncio.Semaphore(limit)
        results = []

        async def execute(task_id: str) -> None:
            async with slots:
                results.append(await self.execute_task(task_id))

        await asyncio.gather(*(execute(task_id) for task_id in task_ids))
        return results


@really_concurrent.mutant(clause=6)
class HangsOnNothing(TaskOrchestrator):
    """Waits for the last task to say that it is done, and there is no last task."""

    async def execute_many(self, task_ids: Sequence[str], limit: int) -> list[TaskResult]:
        slots = asyncio.Semaphore(limit)
        all_done = asyncio.Event()
        results: dict[int, TaskResult] = {}

        async def execute(place: int, task_id: str) -> None:
            async with slots:
                results[place] = await self.execute_task(task_id)
            if len(results) == len(task_ids):
                all_done.set()

        async with asyncio.TaskGroup() as group:
            for place, task_id in enumerate(task_ids):
                group.create_task(execute(place, task_id))
            await all_done.wait()
        return [results[place] for place in range(len(task_ids))]


# --------------------------------------------------------------------------------------------
gather_results = Exercise(
    id="gather-results",
    lesson="04-concurrent-operations",
    title="Every outcome told apart",
    points=5,
    subject=TaskOrchestrator,
    contract=(
        "`execute_all` puts every task id into exactly one of `succeeded`, `failed` and "
        "`cancelled`, by what became of that very task; `succeeded` maps it to the output.",
        "`failed` maps the id to the exception that the specialist raised.",
        "A failing task does not stop the others: they work to their end.",
        "A task whose work raises `CancelledError` is listed in `cancelled` "
        "and does not stop the others either.",
        "Cancelled itself, `execute_all` cancels the work it started, waits until that work has "
        "ended, clean-up included, and raises `CancelledError`: nothing is left running.",
    ),
    hint="[Task cancellation]"
    "(https://docs.python.org/3/library/asyncio-task.html#task-cancellation). "
    "Start `execute_all` with `asyncio.create_task`, let your specialist report when its work "
    "begins and how it ends, and cancel the task in between.",
    worked="ErrorsWrapped",
)


@gather_results.alternative()
class AsTheyComplete(TaskOrchestrator):
    """Notes each outcome at the moment in which its task ends."""

    async def execute_all(self, task_ids: Sequence[str]) -> BatchOutcome:
        batch = BatchOutcome()

        async def execute(task_id: str) -> None:
            try:
                batch.succeeded[task_id] = await self._run(task_id)
            except asyncio.CancelledError:
                batch.cancelled.append(task_id)
            except Exception as error:
                batch.failed[task_id] = error

        async with asyncio.TaskGroup() as group:
            for task_id in reversed(task_ids):
                group.create_task(execute(task_id))
        return batch


@gather_results.mutant(clause=3)
class ErrorStopsTheOthers(TaskOrchestrator):
    """Lets the task group cancel everything else at the first error."""

    async def execute_all(self, task_ids: Sequence[str]) -> BatchOutcome:
        batch = BatchOutcome()

        async def execute(task_id: str) -> None:
            try:
                batch.succeeded[task_id] = await self._run(task_id)
            except asyncio.CancelledError:
                batch.cancelled.append(task_id)
            except Exception as error:
                batch.failed[task_id] = error
                raise

        try:
            async with asyncio.TaskGroup() as group:
                for task_id in task_ids:
                    group.create_task(execute(task_id))
        except* Exception:
            pass
        return batch


@gather_results.mutant(clause=1)
class FailuresAreOutputs(TaskOrchestrator):
    """Takes what `gather` returned for an output, also where it is an exception."""

    async def execute_all(self, task_ids: Sequence[str]) -> BatchOutcome:
        outcomes = await asyncio.gather(
            *(self._run(task_id) for task_id in task_ids), return_exceptions=True
        )
        batch = BatchOutcome()
        for task_id, outcome in zip(task_ids, outcomes, strict=True):
            if isinstance(outcome, asyncio.CancelledError):
                batch.cancelled.append(task_id)
            else:
                batch.succeeded[task_id] = str(outcome)
        return batch


@gather_results.mutant(clause=1)
class BlamesTheWrongTask(TaskOrchestrator):
    """Pairs the ids with the outcomes in the order in which the tasks happened to end."""

    async def execute_all(self, task_ids: Sequence[str]) -> BatchOutcome:
        outcomes: list[str | BaseException] = []

        async def execute(task_id: str) -> None:
            try:
                outcomes.append(await self._run(task_id))
            except (Exception, asyncio.CancelledError) as error:
                outcomes.append(error)

        await asyncio.gather(*(execute(task_id) for task_id in task_ids))
        batch = BatchOutcome()
        for task_id, outcome in zip(task_ids, outcomes, strict=True):
            if isinstance(outcome, asyncio.CancelledError):
                batch.cancelled.append(task_id)
            elif isinstance(outcome, Exception):
                batch.failed[task_id] = outcome
            elif isinstance(outcome, str):
                batch.succeeded[task_id] = outcome
        return batch


@gather_results.mutant(clause=2)
class ErrorsWrapped(TaskOrchestrator):
    """Replaces the specialist's exception by one of its own, so that the reason is lost."""

    async def execute_all(self, task_ids: Sequence[str]) -> BatchOutcome:
        outcomes = await asyncio.gather(
            *(self._run(task_id) for task_id in task_ids), return_exceptions=True
        )
        batch = BatchOutcome()
        for task_id, outcome in zip(task_ids, outcomes, strict=True):
            if isinstance(outcome, asyncio.CancelledError):
                batch.cancelled.append(task_id)
            elif isinstance(outcome, Exception):
                batch.failed[task_id] = RuntimeError(f"{task_id} failed")
            elif isinstance(outcome, BaseException):
                raise outcome
            else:
                batch.succeeded[task_id] = outcome
        return batch


@gather_results.mutant(clause=4)
class CancelledIsFailed(TaskOrchestrator):
    """Forgets that `CancelledError` is no `Exception`: one cancelled task ends the whole batch."""

    async def execute_all(self, task_ids: Sequence[str]) -> BatchOutcome:
        batch = BatchOutcome()

        async def execute(task_id: str) -> None:
            try:
                batch.succeeded[task_id] = await self._run(task_id)
            except Exception as error:
                batch.failed[task_id] = error

        await asyncio.gather(*(execute(task_id) for task_id in task_ids))
        return batch


@gather_results.mutant(clause=5)
class LeftRunning(TaskOrchestrator):
    """Waits with `asyncio.wait`, which leaves the tasks alone when the waiting is cancelled."""

    async def execute_all(self, task_ids: Sequence[str]) -> BatchOutcome:
        batch = BatchOutcome()
        if not task_ids:
            return batch
        tasks = {task_id: asyncio.create_task(self._run(task_id)) for task_id in task_ids}
        await asyncio.wait(tasks.values())
        for task_id, task in tasks.items():
            if task.cancelled():
                batch.cancelled.append(task_id)
            elif isinstance(error := task.exception(), Exception):
                batch.failed[task_id] = error
            else:
                batch.succeeded[task_id] = task.result()
        return batch


@gather_results.mutant(clause=5)
class CancellationSwallowed(TaskOrchestrator):
    """Answers its own cancellation with a batch of cancelled tasks, so that the caller goes on."""

    async def execute_all(self, task_ids: Sequence[str]) -> BatchOutcome:
        tasks = {task_id: asyncio.create_task(self._run(task_id)) for task_id in task_ids}
        try:
            await asyncio.gather(*tasks.values(), return_exceptions=True)
        except asyncio.CancelledError:
            pass
        batch = BatchOutcome()
        for task_id, task in tasks.items():
            if task.cancelled():
                batch.cancelled.append(task_id)
            elif isinstance(error := task.exception(), Exception):
                batch.failed[task_id] = error
            else:
                batch.succeeded[task_id] = task.result()
        return batch

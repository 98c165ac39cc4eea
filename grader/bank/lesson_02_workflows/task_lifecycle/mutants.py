"""The mutants of `task-lifecycle`: each has one bug, and breaks one promise."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from vespera_scriptorium.application.task_execution_workflow import (
    OnFailure,
    TaskExecutionWorkflow,
    WorkflowStep,
)
from vespera_scriptorium.domain.errors import IllegalTransitionError, UnknownTaskError, reason
from vespera_scriptorium.domain.task import Task, TaskResult, TaskStatus

from .exercise import task_lifecycle


@task_lifecycle.mutant(promise="running")
class RunningTooLate(TaskExecutionWorkflow):
    """Stores a task as running once its first step is done; until then it stands as created."""

    async def _run_steps(
        self, task: Task, steps: Sequence[WorkflowStep], on_failure: OnFailure | None
    ) -> TaskResult:
        task = replace(task, status=TaskStatus.RUNNING, attempts=task.attempts + 1)
        for step in steps:
            if step.name in task.outputs:
                continue
            try:
                output = await step.run(task.outputs)
            except Exception as error:
                return await self._fail(task, steps, step, error, on_failure)
            task = replace(task, outputs={**task.outputs, step.name: output})
            await self._tasks.save(task)
        return await self._succeed(task, steps)


@task_lifecycle.mutant(promise="summary")
class DropsTheSummary(TaskExecutionWorkflow):
    """Forgets that `replace` returns a new task, and saves the old one: the summary is lost."""

    async def _store_completed(self, task: Task, completion_data: Mapping[str, Any]) -> None:
        task = replace(task, status=TaskStatus.COMPLETED)
        replace(
            task,
            summary=completion_data.get("summary", ""),
            artifacts=tuple(completion_data.get("artifacts", ())),
            next_action=completion_data.get("next_action", ""),
        )
        await self._tasks.save(task)


@task_lifecycle.mutant(promise="never-empty")
class CompletedTooEarly(TaskExecutionWorkflow):
    """Stores the status first and the artifacts after it: between the two stands an empty task."""

    async def _store_completed(self, task: Task, completion_data: Mapping[str, Any]) -> None:
        task = replace(task, status=TaskStatus.COMPLETED)
        await self._tasks.save(task)
        task = replace(
            task,
            summary=completion_data.get("summary", ""),
            artifacts=tuple(completion_data.get("artifacts", ())),
            next_action=completion_data.get("next_action", ""),
        )
        await self._tasks.save(task)


@task_lifecycle.mutant(promise="complete-only-executed")
class CompletesWhatNeverRan(TaskExecutionWorkflow):
    """Refuses what is completed already, and lets everything else through, also what never ran."""

    async def complete_task(self, task_id: str, completion_data: Mapping[str, Any]) -> TaskResult:
        try:
            open_ones = set(TaskStatus) - {TaskStatus.COMPLETED}
            async with self._claim(task_id, open_ones) as task:
                await self._store_completed(task, completion_data)
        except Exception as error:
            return TaskResult(success=False, task_id=task_id, error=reason(error))
        return TaskResult(success=True, task_id=task_id)


@task_lifecycle.mutant(promise="complete-once")
class SecondCompletionOverwrites(TaskExecutionWorkflow):
    """Takes a second completion for a correction, and writes over the first one's summary."""

    async def complete_task(self, task_id: str, completion_data: Mapping[str, Any]) -> TaskResult:
        try:
            async with self._claim(task_id, {TaskStatus.EXECUTED, TaskStatus.COMPLETED}) as task:
                await self._store_completed(task, completion_data)
        except Exception as error:
            return TaskResult(success=False, task_id=task_id, error=reason(error))
        return TaskResult(success=True, task_id=task_id)


@task_lifecycle.mutant(promise="untouched")
class RefusalIsFailure(TaskExecutionWorkflow):
    """Refuses an execution that is not legal, and marks the task as failed while it is at it."""

    async def execute_task(
        self,
        task_id: str,
        steps: Sequence[WorkflowStep] | None = None,
        on_failure: OnFailure | None = None,
    ) -> TaskResult:
        result = await self._execute(task_id, {TaskStatus.CREATED}, steps, on_failure)
        if not result.success and task_id not in self._at_work:
            task = await self._tasks.get(task_id)
            if task is not None:
                await self._tasks.save(replace(task, status=TaskStatus.FAILED))
        return result


@task_lifecycle.mutant(promise="no-other")
class CompletesTheLastExecuted(TaskExecutionWorkflow):
    """Remembers which task was executed last, and completes that one, whichever was asked for."""

    async def execute_task(
        self,
        task_id: str,
        steps: Sequence[WorkflowStep] | None = None,
        on_failure: OnFailure | None = None,
    ) -> TaskResult:
        result = await self._execute(task_id, {TaskStatus.CREATED}, steps, on_failure)
        if result.success:
            self._last_executed = task_id
        return result

    async def complete_task(self, task_id: str, completion_data: Mapping[str, Any]) -> TaskResult:
        try:
            async with self._claim(self._last_executed, {TaskStatus.EXECUTED}) as task:
                await self._store_completed(task, completion_data)
        except Exception as error:
            return TaskResult(success=False, task_id=task_id, error=reason(error))
        return TaskResult(success=True, task_id=task_id)


@task_lifecycle.mutant(promise="once")
class ChecksThenActs(TaskExecutionWorkflow):
    """Reads the status, and changes it later: two executions both read `created` and both work."""

    @asynccontextmanager
    async def _claim(self, task_id: str, legal: set[TaskStatus]) -> AsyncIterator[Task]:
        task = await self._tasks.get(task_id)
        if task is None:
            raise UnknownTaskError(f"there is no task {task_id}")
        if task.status not in legal:
            wanted = " or ".join(sorted(legal))
            raise IllegalTransitionError(f"task {task_id} is {task.status}, not {wanted}")
        yield task


@task_lifecycle.mutant(promise="executed")
class ExecutedTooEarly(TaskExecutionWorkflow):
    """Stores a task as executed when its work begins."""

    async def _run_steps(
        self, task: Task, steps: Sequence[WorkflowStep], on_failure: OnFailure | None
    ) -> TaskResult:
        task = replace(task, status=TaskStatus.RUNNING, attempts=task.attempts + 1)
        await self._tasks.save(task)
        await self._tasks.save(replace(task, status=TaskStatus.EXECUTED))
        for step in steps:
            if step.name in task.outputs:
                continue
            try:
                output = await step.run(task.outputs)
            except Exception as error:
                return await self._fail(task, steps, step, error, on_failure)
            task = replace(task, outputs={**task.outputs, step.name: output})
            await self._tasks.save(task)
        return await self._succeed(task, steps)


@task_lifecycle.mutant(promise="artifacts")
class SortsTheArtifacts(TaskExecutionWorkflow):
    """Keeps each artifact once, in the order of the alphabet."""

    async def _store_completed(self, task: Task, completion_data: Mapping[str, Any]) -> None:
        await self._tasks.save(
            replace(
                task,
                status=TaskStatus.COMPLETED,
                summary=completion_data.get("summary", ""),
                artifacts=tuple(sorted(set(completion_data.get("artifacts", ())))),
                next_action=completion_data.get("next_action", ""),
            )
        )


@task_lifecycle.mutant(promise="next-action")
class ForgetsTheNextAction(TaskExecutionWorkflow):
    """Keeps the summary and the artifacts, and forgets what comes next."""

    async def _store_completed(self, task: Task, completion_data: Mapping[str, Any]) -> None:
        await self._tasks.save(
            replace(
                task,
                status=TaskStatus.COMPLETED,
                summary=completion_data.get("summary", ""),
                artifacts=tuple(completion_data.get("artifacts", ())),
            )
        )


@task_lifecycle.mutant(promise="the-rest")
class BuildsANewTask(TaskExecutionWorkflow):
    """Builds a new task, and does not take over what the steps have answered."""

    async def _store_completed(self, task: Task, completion_data: Mapping[str, Any]) -> None:
        await self._tasks.save(
            replace(
                task,
                status=TaskStatus.COMPLETED,
                outputs={},
                summary=completion_data.get("summary", ""),
                artifacts=tuple(completion_data.get("artifacts", ())),
                next_action=completion_data.get("next_action", ""),
            )
        )


@task_lifecycle.mutant(promise="never-empty")
class ArtifactsLater(TaskExecutionWorkflow):
    """Stores the status with the summary, and the artifacts a moment later."""

    async def _store_completed(self, task: Task, completion_data: Mapping[str, Any]) -> None:
        task = replace(
            task,
            status=TaskStatus.COMPLETED,
            summary=completion_data.get("summary", ""),
            next_action=completion_data.get("next_action", ""),
        )
        await self._tasks.save(task)
        artifacts = tuple(completion_data.get("artifacts", ()))
        await self._tasks.save(replace(task, artifacts=artifacts))


@task_lifecycle.mutant(promise="execute-only-created")
class ExecutesAgain(TaskExecutionWorkflow):
    """Executes a task again that was executed before."""

    async def execute_task(
        self,
        task_id: str,
        steps: Sequence[WorkflowStep] | None = None,
        on_failure: OnFailure | None = None,
    ) -> TaskResult:
        legal = {TaskStatus.CREATED, TaskStatus.EXECUTED}
        return await self._execute(task_id, legal, steps, on_failure)


@task_lifecycle.mutant(promise="complete-only-executed")
class CompletesWhatFailed(TaskExecutionWorkflow):
    """Completes a task when its work has ended, well or not."""

    async def complete_task(self, task_id: str, completion_data: Mapping[str, Any]) -> TaskResult:
        try:
            async with self._claim(task_id, {TaskStatus.EXECUTED, TaskStatus.FAILED}) as task:
                await self._store_completed(task, completion_data)
        except Exception as error:
            return TaskResult(success=False, task_id=task_id, error=reason(error))
        return TaskResult(success=True, task_id=task_id)


@task_lifecycle.mutant(promise="unknown")
class UnknownIsComplete(TaskExecutionWorkflow):
    """Takes a task that nobody knows for one that needs no completion."""

    async def complete_task(self, task_id: str, completion_data: Mapping[str, Any]) -> TaskResult:
        try:
            async with self._claim(task_id, {TaskStatus.EXECUTED}) as task:
                await self._store_completed(task, completion_data)
        except UnknownTaskError:
            return TaskResult(success=True, task_id=task_id)
        except Exception as error:
            return TaskResult(success=False, task_id=task_id, error=reason(error))
        return TaskResult(success=True, task_id=task_id)


@task_lifecycle.mutant(promise="result")
class RefusalComesOut(TaskExecutionWorkflow):
    """Raises what is wrong with a completion."""

    async def complete_task(self, task_id: str, completion_data: Mapping[str, Any]) -> TaskResult:
        async with self._claim(task_id, {TaskStatus.EXECUTED}) as task:
            await self._store_completed(task, completion_data)
        return TaskResult(success=True, task_id=task_id)


@task_lifecycle.mutant(promise="reason")
class SilentRefusal(TaskExecutionWorkflow):
    """Refuses a completion, and does not say why."""

    async def complete_task(self, task_id: str, completion_data: Mapping[str, Any]) -> TaskResult:
        try:
            async with self._claim(task_id, {TaskStatus.EXECUTED}) as task:
                await self._store_completed(task, completion_data)
        except Exception:
            return TaskResult(success=False, task_id=task_id)
        return TaskResult(success=True, task_id=task_id)


@task_lifecycle.mutant(promise="one-succeeds")
class JoinsTheFirst(TaskExecutionWorkflow):
    """Lets a second execution wait for the first, and calls it a success, too."""

    async def execute_task(
        self,
        task_id: str,
        steps: Sequence[WorkflowStep] | None = None,
        on_failure: OnFailure | None = None,
    ) -> TaskResult:
        if task_id in self._at_work:
            while task_id in self._at_work:
                await asyncio.sleep(1)
            return TaskResult(success=True, task_id=task_id)
        return await self._execute(task_id, {TaskStatus.CREATED}, steps, on_failure)


@task_lifecycle.mutant(promise="two-tasks")
class OneTaskAtATime(TaskExecutionWorkflow):
    """Refuses to execute a task while any other is at work."""

    async def execute_task(
        self,
        task_id: str,
        steps: Sequence[WorkflowStep] | None = None,
        on_failure: OnFailure | None = None,
    ) -> TaskResult:
        if self._at_work:
            return TaskResult(success=False, task_id=task_id, error="something is at work already")
        return await self._execute(task_id, {TaskStatus.CREATED}, steps, on_failure)

"""More mutants of `failing-step`: what is stored, said and told after the way back."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from vespera_scriptorium.application.task_execution_workflow import (
    OnFailure,
    TaskExecutionWorkflow,
    WorkflowStep,
)
from vespera_scriptorium.domain.errors import reason
from vespera_scriptorium.domain.task import Task, TaskResult, TaskStatus

from .exercise import failing_step


@failing_step.mutant(promise="failed")
class StoredForTheHook(TaskExecutionWorkflow):
    """Stores the failure for the hook, and leaves the task running where there is none."""

    async def _fail(
        self,
        task: Task,
        steps: Sequence[WorkflowStep],
        failed: WorkflowStep,
        error: Exception,
        on_failure: OnFailure | None,
    ) -> TaskResult:
        task, problems = await self._compensate(task, steps)
        errors = [f"step {failed.name} failed: {reason(error)}", *problems]
        task = replace(task, status=TaskStatus.FAILED)
        try:
            if on_failure is not None:
                await self._tasks.save(task)
        except Exception as problem:
            errors.append(f"storing the failure failed: {reason(problem)}")
        if on_failure is not None:
            try:
                await on_failure(task, error)
            except Exception as problem:
                errors.append(f"on_failure failed: {reason(problem)}")
        return TaskResult(success=False, task_id=task.id, error="; ".join(errors))


@failing_step.mutant(promise="names")
class NamesNoStep(TaskExecutionWorkflow):
    """Says what went wrong, and not in which step."""

    async def _fail(
        self,
        task: Task,
        steps: Sequence[WorkflowStep],
        failed: WorkflowStep,
        error: Exception,
        on_failure: OnFailure | None,
    ) -> TaskResult:
        task, problems = await self._compensate(task, steps)
        errors = [reason(error), *problems]
        task = replace(task, status=TaskStatus.FAILED)
        try:
            await self._tasks.save(task)
        except Exception as problem:
            errors.append(f"storing the failure failed: {reason(problem)}")
        if on_failure is not None:
            try:
                await on_failure(task, error)
            except Exception as problem:
                errors.append(f"on_failure failed: {reason(problem)}")
        return TaskResult(success=False, task_id=task.id, error="; ".join(errors))


@failing_step.mutant(promise="message")
class SaysThatItFailed(TaskExecutionWorkflow):
    """Says which step failed, and not why."""

    async def _fail(
        self,
        task: Task,
        steps: Sequence[WorkflowStep],
        failed: WorkflowStep,
        error: Exception,
        on_failure: OnFailure | None,
    ) -> TaskResult:
        task, problems = await self._compensate(task, steps)
        errors = [f"step {failed.name} failed", *problems]
        task = replace(task, status=TaskStatus.FAILED)
        try:
            await self._tasks.save(task)
        except Exception as problem:
            errors.append(f"storing the failure failed: {reason(problem)}")
        if on_failure is not None:
            try:
                await on_failure(task, error)
            except Exception as problem:
                errors.append(f"on_failure failed: {reason(problem)}")
        return TaskResult(success=False, task_id=task.id, error="; ".join(errors))


@failing_step.mutant(promise="hook-once")
class HookForEveryError(TaskExecutionWorkflow):
    """Awaits the hook again for each compensation that failed."""

    async def _fail(
        self,
        task: Task,
        steps: Sequence[WorkflowStep],
        failed: WorkflowStep,
        error: Exception,
        on_failure: OnFailure | None,
    ) -> TaskResult:
        task, problems = await self._compensate(task, steps)
        errors = [f"step {failed.name} failed: {reason(error)}", *problems]
        task = replace(task, status=TaskStatus.FAILED)
        try:
            await self._tasks.save(task)
        except Exception as problem:
            errors.append(f"storing the failure failed: {reason(problem)}")
        if on_failure is not None:
            try:
                for _ in [error, *problems]:
                    await on_failure(task, error)
            except Exception as problem:
                errors.append(f"on_failure failed: {reason(problem)}")
        return TaskResult(success=False, task_id=task.id, error="; ".join(errors))


@failing_step.mutant(promise="hook-end")
class HookInTheBackground(TaskExecutionWorkflow):
    """Gives the hook to a task of its own, and waits a tenth of a second for it."""

    async def _fail(
        self,
        task: Task,
        steps: Sequence[WorkflowStep],
        failed: WorkflowStep,
        error: Exception,
        on_failure: OnFailure | None,
    ) -> TaskResult:
        task, problems = await self._compensate(task, steps)
        errors = [f"step {failed.name} failed: {reason(error)}", *problems]
        task = replace(task, status=TaskStatus.FAILED)
        try:
            await self._tasks.save(task)
        except Exception as problem:
            errors.append(f"storing the failure failed: {reason(problem)}")
        if on_failure is not None:
            try:
                hook = asyncio.ensure_future(on_failure(task, error))
                await asyncio.wait([hook], timeout=0.1)
                if hook.done():
                    hook.result()
            except Exception as problem:
                errors.append(f"on_failure failed: {reason(problem)}")
        return TaskResult(success=False, task_id=task.id, error="; ".join(errors))


@failing_step.mutant(promise="hook-last")
class HookBeforeTheWayBack(TaskExecutionWorkflow):
    """Stores the failure and awaits the hook first, and undoes the steps afterwards."""

    async def _fail(
        self,
        task: Task,
        steps: Sequence[WorkflowStep],
        failed: WorkflowStep,
        error: Exception,
        on_failure: OnFailure | None,
    ) -> TaskResult:
        errors = [f"step {failed.name} failed: {reason(error)}"]
        task = replace(task, status=TaskStatus.FAILED)
        try:
            await self._tasks.save(task)
        except Exception as problem:
            errors.append(f"storing the failure failed: {reason(problem)}")
        if on_failure is not None:
            try:
                await on_failure(task, error)
            except Exception as problem:
                errors.append(f"on_failure failed: {reason(problem)}")
        task, problems = await self._compensate(task, steps)
        errors += problems
        return TaskResult(success=False, task_id=task.id, error="; ".join(errors))


@failing_step.mutant(promise="hook-stored")
class HookBeforeItIsStored(TaskExecutionWorkflow):
    """Awaits the hook while the task is still stored as running."""

    async def _fail(
        self,
        task: Task,
        steps: Sequence[WorkflowStep],
        failed: WorkflowStep,
        error: Exception,
        on_failure: OnFailure | None,
    ) -> TaskResult:
        task, problems = await self._compensate(task, steps)
        errors = [f"step {failed.name} failed: {reason(error)}", *problems]
        if on_failure is not None:
            try:
                await on_failure(task, error)
            except Exception as problem:
                errors.append(f"on_failure failed: {reason(problem)}")
        task = replace(task, status=TaskStatus.FAILED)
        try:
            await self._tasks.save(task)
        except Exception as problem:
            errors.append(f"storing the failure failed: {reason(problem)}")
        return TaskResult(success=False, task_id=task.id, error="; ".join(errors))


@failing_step.mutant(promise="hook-message")
class HookErrorsForgotten(TaskExecutionWorkflow):
    """Goes on after a hook that failed, and tells nobody."""

    async def _fail(
        self,
        task: Task,
        steps: Sequence[WorkflowStep],
        failed: WorkflowStep,
        error: Exception,
        on_failure: OnFailure | None,
    ) -> TaskResult:
        task, problems = await self._compensate(task, steps)
        errors = [f"step {failed.name} failed: {reason(error)}", *problems]
        task = replace(task, status=TaskStatus.FAILED)
        try:
            await self._tasks.save(task)
        except Exception as problem:
            errors.append(f"storing the failure failed: {reason(problem)}")
        if on_failure is not None:
            try:
                await on_failure(task, error)
            except Exception:
                pass
        return TaskResult(success=False, task_id=task.id, error="; ".join(errors))


@failing_step.mutant(promise="any-error")
class OnlySomeErrors(TaskExecutionWorkflow):
    """Only a `RuntimeError`, a `ValueError` or an `OSError` makes a step fail as it should."""

    async def _run_steps(
        self, task: Task, steps: Sequence[WorkflowStep], on_failure: OnFailure | None
    ) -> TaskResult:
        task = replace(task, status=TaskStatus.RUNNING, attempts=task.attempts + 1)
        await self._tasks.save(task)
        for step in steps:
            if step.name in task.outputs:
                continue
            try:
                output = await step.run(task.outputs)
            except (RuntimeError, ValueError, OSError) as error:
                return await self._fail(task, steps, step, error, on_failure)
            task = replace(task, outputs={**task.outputs, step.name: output})
            await self._tasks.save(task)
        return await self._succeed(task, steps)

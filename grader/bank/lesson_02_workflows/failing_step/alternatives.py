"""Correct implementations for `failing-step`, built differently."""

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


@failing_step.alternative()
class ExitStack(TaskExecutionWorkflow):
    """Pushes each compensation on an `AsyncExitStack`.

    `error`: words its errors in its own way.
    """

    async def _run_steps(
        self, task: Task, steps: Sequence[WorkflowStep], on_failure: OnFailure | None
    ) -> TaskResult:
        from contextlib import AsyncExitStack

        task = replace(task, status=TaskStatus.RUNNING, attempts=task.attempts + 1)
        await self._tasks.save(task)
        errors: list[str] = []
        outputs = dict(task.outputs)

        async def undo(step: WorkflowStep) -> None:
            assert step.compensate is not None
            try:
                await step.compensate()
                del outputs[step.name]
            except Exception as problem:
                errors.append(f"{reason(problem)} (compensating {step.name})")

        failure: Exception | None = None
        async with AsyncExitStack() as stack:
            for step in steps:
                try:
                    if step.name not in outputs:
                        outputs[step.name] = await step.run(dict(outputs))
                        await self._tasks.save(replace(task, outputs=dict(outputs)))
                except asyncio.CancelledError:
                    stack.pop_all()
                    raise
                except Exception as error:
                    failure = error
                    errors.append(f"{reason(error)} ({step.name})")
                    break
                if step.compensate is not None:
                    stack.push_async_callback(undo, step)
            else:
                stack.pop_all()
        if failure is None:
            await self._tasks.save(replace(task, status=TaskStatus.EXECUTED, outputs=outputs))
            output = outputs[steps[-1].name] if steps else ""
            return TaskResult(success=True, task_id=task.id, output=output)
        task = replace(task, status=TaskStatus.FAILED, outputs=outputs)
        try:
            await self._tasks.save(task)
        except Exception as problem:
            errors.append(f"{reason(problem)} (status)")
        if on_failure is not None:
            try:
                await on_failure(task, failure)
            except Exception as problem:
                errors.append(f"{reason(problem)} (on_failure)")
        return TaskResult(success=False, task_id=task.id, error=", ".join(errors))


@failing_step.alternative()
class StoresTheFailureFirst(TaskExecutionWorkflow):
    """Stores the failure before it goes back, and once more when it has gone back.

    `error`: words its errors in its own way.
    """

    async def _fail(
        self,
        task: Task,
        steps: Sequence[WorkflowStep],
        failed: WorkflowStep,
        error: Exception,
        on_failure: OnFailure | None,
    ) -> TaskResult:
        told = [f"{failed.name}: {error!r}"]
        left = dict(task.outputs)
        await self._tasks.save(replace(task, status=TaskStatus.FAILED))
        for step in [step for step in reversed(steps) if step.name in left and step.compensate]:
            try:
                await asyncio.ensure_future(step.compensate())  # type: ignore[misc]
            except Exception as problem:
                told.append(f"undoing {step.name}: {problem!r}")
            else:
                del left[step.name]
        task = replace(task, status=TaskStatus.FAILED, outputs=left)
        await self._tasks.save(task)
        try:
            if on_failure is not None:
                await on_failure(task, error)
        except Exception as problem:
            told.append(f"telling: {problem!r}")
        return TaskResult(success=False, task_id=task.id, error=" / ".join(told))

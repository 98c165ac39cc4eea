"""The mutants of `failing-step`: each has one bug, and breaks one promise."""

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


@failing_step.mutant(promise="later")
class LaterStepsRun(TaskExecutionWorkflow):
    """Notes the error and goes on with the next step; only in the end does it fail the task."""

    async def _run_steps(
        self, task: Task, steps: Sequence[WorkflowStep], on_failure: OnFailure | None
    ) -> TaskResult:
        task = replace(task, status=TaskStatus.RUNNING, attempts=task.attempts + 1)
        await self._tasks.save(task)
        failures = []
        for step in steps:
            if step.name in task.outputs:
                continue
            try:
                output = await step.run(task.outputs)
            except Exception as error:
                failures.append((step, error))
                continue
            task = replace(task, outputs={**task.outputs, step.name: output})
            await self._tasks.save(task)
        if failures:
            return await self._fail(task, steps, *failures[0], on_failure)
        return await self._succeed(task, steps)


@failing_step.mutant(promise="reverse")
class CompensatesForwards(TaskExecutionWorkflow):
    """Undoes the steps in the order in which they were done."""

    async def _compensate(
        self, task: Task, steps: Sequence[WorkflowStep]
    ) -> tuple[Task, list[str]]:
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


@failing_step.mutant(promise="to-its-end")
class CompensatesTogether(TaskExecutionWorkflow):
    """Starts all compensations at once, in reverse order, and lets them overlap."""

    async def _compensate(
        self, task: Task, steps: Sequence[WorkflowStep]
    ) -> tuple[Task, list[str]]:
        problems = []
        done = [step for step in reversed(steps) if step.name in task.outputs]

        async def undo(step: WorkflowStep) -> str | None:
            if step.compensate is None:
                return None
            try:
                await step.compensate()
            except Exception as problem:
                problems.append(f"compensation of {step.name} failed: {reason(problem)}")
                return None
            return step.name

        undone = await asyncio.gather(*(undo(step) for step in done))
        outputs = {name: o for name, o in task.outputs.items() if name not in undone}
        task = replace(task, outputs=outputs)
        await self._tasks.save(task)
        return task, problems


@failing_step.mutant(promise="undo-all")
class StopsAtItsFirstError(TaskExecutionWorkflow):
    """Wraps one `try` around the whole loop: one compensation that fails, and the rest is left."""

    async def _compensate(
        self, task: Task, steps: Sequence[WorkflowStep]
    ) -> tuple[Task, list[str]]:
        problems = []
        try:
            for step in reversed(steps):
                if step.compensate is None or step.name not in task.outputs:
                    continue
                await step.compensate()
                outputs = {name: o for name, o in task.outputs.items() if name != step.name}
                task = replace(task, outputs=outputs)
                await self._tasks.save(task)
        except Exception as problem:
            problems.append(f"compensation of {step.name} failed: {reason(problem)}")
        return task, problems


@failing_step.mutant(promise="awaited")
class HookNotAwaited(TaskExecutionWorkflow):
    """Calls the hook and forgets `await`: a coroutine is made, and nothing of it runs."""

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
                on_failure(task, error)
            except Exception as problem:
                errors.append(f"on_failure failed: {reason(problem)}")
        return TaskResult(success=False, task_id=task.id, error="; ".join(errors))


@failing_step.mutant(promise="own-error")
class WrapsTheError(TaskExecutionWorkflow):
    """Makes one error of all the messages for the hook, and the step's own exception is lost."""

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
                await on_failure(task, RuntimeError("; ".join(errors)))
            except Exception as problem:
                errors.append(f"on_failure failed: {reason(problem)}")
        return TaskResult(success=False, task_id=task.id, error="; ".join(errors))


@failing_step.mutant(promise="nothing-undone")
class UnwindsAfterSuccess(TaskExecutionWorkflow):
    """Unwinds its exit stack in any case, and undoes the work of a task that succeeded."""

    async def _run_steps(
        self, task: Task, steps: Sequence[WorkflowStep], on_failure: OnFailure | None
    ) -> TaskResult:
        from contextlib import AsyncExitStack

        task = replace(task, status=TaskStatus.RUNNING, attempts=task.attempts + 1)
        await self._tasks.save(task)
        async with AsyncExitStack() as stack:
            for step in steps:
                if step.name in task.outputs:
                    continue
                try:
                    output = await step.run(task.outputs)
                except Exception as error:
                    stack.pop_all()
                    return await self._fail(task, steps, step, error, on_failure)
                if step.compensate is not None:
                    stack.push_async_callback(step.compensate)
                task = replace(task, outputs={**task.outputs, step.name: output})
                await self._tasks.save(task)
        return await self._succeed(task, steps)


@failing_step.mutant(promise="any-error")
class ExpectsOSErrors(TaskExecutionWorkflow):
    """Expects `OSError` of a step; after any other error nothing is undone or stored."""

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
            except OSError as error:
                return await self._fail(task, steps, step, error, on_failure)
            task = replace(task, outputs={**task.outputs, step.name: output})
            await self._tasks.save(task)
        return await self._succeed(task, steps)


@failing_step.mutant(promise="undo-done")
class UndoesTheFailedStep(TaskExecutionWorkflow):
    """Undoes the step that failed as well, although it was never done."""

    async def _compensate(
        self, task: Task, steps: Sequence[WorkflowStep]
    ) -> tuple[Task, list[str]]:
        problems = []
        begun = [step for step in steps if step.name in task.outputs]
        for step in reversed(steps[: len(begun) + 1]):
            if step.compensate is None:
                continue
            try:
                await step.compensate()
                outputs = {name: o for name, o in task.outputs.items() if name != step.name}
                task = replace(task, outputs=outputs)
                await self._tasks.save(task)
            except Exception as problem:
                problems.append(f"compensation of {step.name} failed: {reason(problem)}")
        return task, problems


@failing_step.mutant(promise="undo-each")
class StopsWhereThereIsNoWayBack(TaskExecutionWorkflow):
    """Ends the way back at the first step that has no compensation."""

    async def _compensate(
        self, task: Task, steps: Sequence[WorkflowStep]
    ) -> tuple[Task, list[str]]:
        problems = []
        for step in reversed(steps):
            if step.name not in task.outputs:
                continue
            if step.compensate is None:
                break
            try:
                await step.compensate()
                outputs = {name: o for name, o in task.outputs.items() if name != step.name}
                task = replace(task, outputs=outputs)
                await self._tasks.save(task)
            except Exception as problem:
                problems.append(f"compensation of {step.name} failed: {reason(problem)}")
        return task, problems


@failing_step.mutant(promise="undo-message")
class FailedCompensationsForgotten(TaskExecutionWorkflow):
    """Goes on after a compensation that failed, and tells nobody."""

    async def _compensate(
        self, task: Task, steps: Sequence[WorkflowStep]
    ) -> tuple[Task, list[str]]:
        for step in reversed(steps):
            if step.compensate is None or step.name not in task.outputs:
                continue
            try:
                await step.compensate()
                outputs = {name: o for name, o in task.outputs.items() if name != step.name}
                task = replace(task, outputs=outputs)
                await self._tasks.save(task)
            except Exception:
                continue
        return task, []


@failing_step.mutant(promise="no-hook")
class HookAfterEverything(TaskExecutionWorkflow):
    """Calls the hook whenever a task has ended, also when nothing failed."""

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
            except Exception as error:
                return await self._fail(task, steps, step, error, on_failure)
            task = replace(task, outputs={**task.outputs, step.name: output})
            await self._tasks.save(task)
        result = await self._succeed(task, steps)
        if on_failure is not None:
            await on_failure(task, Exception("nothing failed"))
        return result


@failing_step.mutant(promise="any-error")
class GoesOnAfterATimeout(TaskExecutionWorkflow):
    """Takes a step that timed out for one that is done, with an empty output."""

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
            except TimeoutError:
                output = ""
            except Exception as error:
                return await self._fail(task, steps, step, error, on_failure)
            task = replace(task, outputs={**task.outputs, step.name: output})
            await self._tasks.save(task)
        return await self._succeed(task, steps)

"""The mutants of `resume`: each has one bug, and breaks one clause."""

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

from .exercise import resume


@resume.mutant(clause=1)
class RunsEverything(TaskExecutionWorkflow):
    """Starts from the first step again, and does for a second time what was done already."""

    async def _run_steps(
        self, task: Task, steps: Sequence[WorkflowStep], on_failure: OnFailure | None
    ) -> TaskResult:
        task = replace(task, status=TaskStatus.RUNNING, attempts=task.attempts + 1)
        await self._tasks.save(task)
        for step in steps:
            try:
                output = await step.run(task.outputs)
            except Exception as error:
                return await self._fail(task, steps, step, error, on_failure)
            task = replace(task, outputs={**task.outputs, step.name: output})
            await self._tasks.save(task)
        return await self._succeed(task, steps)


@resume.mutant(clause=1)
class MarkedBeforeDone(TaskExecutionWorkflow):
    """Writes its checkpoint before the work: a step that failed counts as done."""

    async def _run_steps(
        self, task: Task, steps: Sequence[WorkflowStep], on_failure: OnFailure | None
    ) -> TaskResult:
        task = replace(task, status=TaskStatus.RUNNING, attempts=task.attempts + 1)
        await self._tasks.save(task)
        for step in steps:
            if step.name in task.outputs:
                continue
            done = task.outputs
            task = replace(task, outputs={**done, step.name: ""})
            await self._tasks.save(task)
            try:
                output = await step.run(done)
            except Exception as error:
                return await self._fail(task, steps, step, error, on_failure)
            task = replace(task, outputs={**done, step.name: output})
            await self._tasks.save(task)
        return await self._succeed(task, steps)


@resume.mutant(clause=2)
class OnlyItsOwnOutputs(TaskExecutionWorkflow):
    """Hands on the outputs of this attempt, and not those that an earlier one has stored."""

    async def _run_steps(
        self, task: Task, steps: Sequence[WorkflowStep], on_failure: OnFailure | None
    ) -> TaskResult:
        task = replace(task, status=TaskStatus.RUNNING, attempts=task.attempts + 1)
        await self._tasks.save(task)
        outputs: dict[str, str] = {}
        for step in steps:
            if step.name in task.outputs:
                continue
            try:
                outputs[step.name] = await step.run(dict(outputs))
            except Exception as error:
                return await self._fail(task, steps, step, error, on_failure)
            task = replace(task, outputs={**task.outputs, **outputs})
            await self._tasks.save(task)
        return await self._succeed(task, steps)


@resume.mutant(clause=3)
class StoresInTheEnd(TaskExecutionWorkflow):
    """Keeps the outputs in memory until the attempt ends: a crash in between loses them."""

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
            except asyncio.CancelledError:
                await self._tasks.save(task)
                raise
            except Exception as error:
                return await self._fail(task, steps, step, error, on_failure)
            task = replace(task, outputs={**task.outputs, step.name: output})
        return await self._succeed(task, steps)


@resume.mutant(clause=4)
class CountsAfterwards(TaskExecutionWorkflow):
    """Counts an attempt when it has ended: the one that crashes is never counted."""

    async def _run_steps(
        self, task: Task, steps: Sequence[WorkflowStep], on_failure: OnFailure | None
    ) -> TaskResult:
        task = replace(task, status=TaskStatus.RUNNING)
        await self._tasks.save(task)
        for step in steps:
            if step.name in task.outputs:
                continue
            try:
                output = await step.run(task.outputs)
            except Exception as error:
                task = replace(task, attempts=task.attempts + 1)
                return await self._fail(task, steps, step, error, on_failure)
            task = replace(task, outputs={**task.outputs, step.name: output})
            await self._tasks.save(task)
        task = replace(task, status=TaskStatus.EXECUTED, attempts=task.attempts + 1)
        await self._tasks.save(task)
        output = task.outputs[steps[-1].name] if steps else ""
        return TaskResult(success=True, task_id=task.id, output=output)


@resume.mutant(clause=5)
class UndoneIsDone(TaskExecutionWorkflow):
    """Keeps the output of a step that it has compensated: to resume skips work that is undone."""

    async def _compensate(
        self, task: Task, steps: Sequence[WorkflowStep]
    ) -> tuple[Task, list[str]]:
        problems = []
        for step in reversed(steps):
            if step.compensate is None or step.name not in task.outputs:
                continue
            try:
                await step.compensate()
            except Exception as problem:
                problems.append(f"compensation of {step.name} failed: {reason(problem)}")
        return task, problems


@resume.mutant(clause=6)
class CancelledIsFailed(TaskExecutionWorkflow):
    """Compensates when it is cancelled, as if a step had failed: a restart undoes good work."""

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
            except asyncio.CancelledError:
                await self._fail(task, steps, step, RuntimeError("cancelled"), on_failure)
                raise
            except Exception as error:
                return await self._fail(task, steps, step, error, on_failure)
            task = replace(task, outputs={**task.outputs, step.name: output})
            await self._tasks.save(task)
        return await self._succeed(task, steps)

"""Correct implementations for `resume`, built differently."""

from collections.abc import Sequence
from dataclasses import replace

from vespera_scriptorium.application.task_execution_workflow import (
    OnFailure,
    TaskExecutionWorkflow,
    WorkflowStep,
)
from vespera_scriptorium.domain.task import Task, TaskResult, TaskStatus

from .exercise import resume


@resume.alternative()
class WorksThroughAList(TaskExecutionWorkflow):
    """Makes a list of what is left first, and stores the last output together with the status."""

    async def _run_steps(
        self, task: Task, steps: Sequence[WorkflowStep], on_failure: OnFailure | None
    ) -> TaskResult:
        left = [step for step in reversed(steps) if step.name not in task.outputs]
        outputs = dict(task.outputs)
        task = replace(task, attempts=task.attempts + 1, status=TaskStatus.RUNNING)
        await self._tasks.save(task)
        while left:
            step = left.pop()
            try:
                outputs[step.name] = await step.run(dict(outputs))
            except Exception as error:
                return await self._fail(task, steps, step, error, on_failure)
            status = TaskStatus.RUNNING if left else TaskStatus.EXECUTED
            task = replace(task, status=status, outputs=dict(outputs))
            await self._tasks.save(task)
        if task.status is TaskStatus.RUNNING:
            await self._tasks.save(replace(task, status=TaskStatus.EXECUTED))
        last = outputs[steps[-1].name] if steps else ""
        return TaskResult(success=True, task_id=task.id, output=last)


@resume.alternative()
class ReadsBeforeEachStep(TaskExecutionWorkflow):
    """Reads the task before each step, saves it twice at the beginning, and hands out copies."""

    async def _run_steps(
        self, task: Task, steps: Sequence[WorkflowStep], on_failure: OnFailure | None
    ) -> TaskResult:
        await self._tasks.save(replace(task, attempts=task.attempts + 1))
        task = await self._tasks.get(task.id) or task
        await self._tasks.save(replace(task, status=TaskStatus.RUNNING))
        for step in steps:
            task = await self._tasks.get(task.id) or task
            if step.name in task.outputs:
                continue
            try:
                output = await step.run(dict(sorted(task.outputs.items())))
            except Exception as error:
                return await self._fail(task, steps, step, error, on_failure)
            await self._tasks.save(replace(task, outputs={**task.outputs, step.name: output}))
        task = await self._tasks.get(task.id) or task
        return await self._succeed(task, steps)

"""More mutants of `resume`: what a step has answered is taken for what it is not."""

from collections.abc import Sequence
from dataclasses import replace

from vespera_scriptorium.application.task_execution_workflow import (
    OnFailure,
    TaskExecutionWorkflow,
    WorkflowStep,
)
from vespera_scriptorium.domain.task import Task, TaskResult, TaskStatus

from .exercise import resume


@resume.mutant(promise="not-again")
class AnEmptyAnswerIsNone(TaskExecutionWorkflow):
    """A step that has answered with nothing is run again."""

    async def _run_steps(
        self, task: Task, steps: Sequence[WorkflowStep], on_failure: OnFailure | None
    ) -> TaskResult:
        task = replace(task, status=TaskStatus.RUNNING, attempts=task.attempts + 1)
        await self._tasks.save(task)
        for step in steps:
            if task.outputs.get(step.name):
                continue
            try:
                output = await step.run(task.outputs)
            except Exception as error:
                return await self._fail(task, steps, step, error, on_failure)
            task = replace(task, outputs={**task.outputs, step.name: output})
            await self._tasks.save(task)
        return await self._succeed(task, steps)

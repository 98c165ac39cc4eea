"""Own variants of resume, written from the contract and the application alone."""

from grader.bank import resume
from vespera_scriptorium.application.task_execution_workflow import *  # noqa: F403


@resume.mutant(clause=1)
class AnEmptyAnswerIsNone(TaskExecutionWorkflow):
    """A step that has answered with nothing is run again."""

    async def _run_steps(
        self, task: Task, steps: Sequence[WorkflowStep], on_failure: OnFailure | None
    ) -> TaskResult:
        """Run what is not done yet, and store each output."""
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


@resume.mutant(clause=2)
class OnlyThisAttempt(TaskExecutionWorkflow):
    """A step gets the outputs of this attempt alone."""

    async def _run_steps(
        self, task: Task, steps: Sequence[WorkflowStep], on_failure: OnFailure | None
    ) -> TaskResult:
        """Run what is not done yet, and store each output."""
        task = replace(task, status=TaskStatus.RUNNING, attempts=task.attempts + 1)
        await self._tasks.save(task)
        before = set(task.outputs)
        for step in steps:
            if step.name in task.outputs:
                continue
            try:
                output = await step.run({n: o for n, o in task.outputs.items() if n not in before})
            except Exception as error:
                return await self._fail(task, steps, step, error, on_failure)
            task = replace(task, outputs={**task.outputs, step.name: output})
            await self._tasks.save(task)
        return await self._succeed(task, steps)


@resume.mutant(clause=3)
class SavesAtTheEnd(TaskExecutionWorkflow):
    """The outputs are stored when the last step has ended, not before."""

    async def _run_steps(
        self, task: Task, steps: Sequence[WorkflowStep], on_failure: OnFailure | None
    ) -> TaskResult:
        """Run what is not done yet, and store each output."""
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
        return await self._succeed(task, steps)


@resume.mutant(clause=4)
class CountsExecutionsOnly(TaskExecutionWorkflow):
    """A resumption does not count as an attempt."""

    async def _run_steps(
        self, task: Task, steps: Sequence[WorkflowStep], on_failure: OnFailure | None
    ) -> TaskResult:
        """Run what is not done yet, and store each output."""
        task = replace(task, status=TaskStatus.RUNNING, attempts=max(task.attempts, 1))
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
        return await self._succeed(task, steps)


@resume.mutant(clause=5)
class AttemptedIsUndone(TaskExecutionWorkflow):
    """A step whose compensation raised is not done any more."""

    async def _compensate(
        self, task: Task, steps: Sequence[WorkflowStep]
    ) -> tuple[Task, list[str]]:
        """Undo what is done, the last step first; answers with what is left and what went wrong."""
        problems = []
        for step in reversed(steps):
            if step.compensate is None or step.name not in task.outputs:
                continue
            try:
                outputs = {name: o for name, o in task.outputs.items() if name != step.name}
                task = replace(task, outputs=outputs)
                await self._tasks.save(task)
                await step.compensate()
            except Exception as problem:
                problems.append(f"compensation of {step.name} failed: {reason(problem)}")
        return task, problems


@resume.mutant(clause=6)
class TheStepDecides(TaskExecutionWorkflow):
    """A step that answers its cancellation hides it."""

    async def _execute(
        self,
        task_id: str,
        legal: set[TaskStatus],
        steps: Sequence[WorkflowStep] | None,
        on_failure: OnFailure | None,
    ) -> TaskResult:
        """Claim the task and run its steps."""
        try:
            async with self._claim(task_id, legal) as task:
                if steps is None:
                    steps = [WorkflowStep("work", lambda outputs: self._specialist.run(task))]
                try:
                    return await self._run_steps(task, steps, on_failure)
                except asyncio.CancelledError as cancellation:
                    with noted_on(cancellation, "storing the cancellation failed"):
                        await self._store_cancelled(task)
                    raise
        except Exception as error:
            return TaskResult(success=False, task_id=task_id, error=reason(error))


@resume.alternative()
class SavesTwice(TaskExecutionWorkflow):
    """Saves more often than it must, and reads in between."""

    async def _run_steps(
        self, task: Task, steps: Sequence[WorkflowStep], on_failure: OnFailure | None
    ) -> TaskResult:
        """Run what is not done yet, and store each output."""
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
            await self._tasks.get(task.id)
            await self._tasks.save(task)
        return await self._succeed(task, steps)


@resume.alternative()
class WhatIsLeft(TaskExecutionWorkflow):
    """Makes a list of what is left before it begins."""

    async def _run_steps(
        self, task: Task, steps: Sequence[WorkflowStep], on_failure: OnFailure | None
    ) -> TaskResult:
        """Run what is not done yet, and store each output."""
        task = replace(task, status=TaskStatus.RUNNING, attempts=task.attempts + 1)
        await self._tasks.save(task)
        left = [step for step in steps if step.name not in task.outputs]
        for step in left:
            try:
                output = await step.run(task.outputs)
            except Exception as error:
                return await self._fail(task, steps, step, error, on_failure)
            task = replace(task, outputs={**task.outputs, step.name: output})
            await self._tasks.save(task)
        return await self._succeed(task, steps)


@resume.alternative()
class GivesACopy(TaskExecutionWorkflow):
    """Gives each step a copy of the outputs."""

    async def _run_steps(
        self, task: Task, steps: Sequence[WorkflowStep], on_failure: OnFailure | None
    ) -> TaskResult:
        """Run what is not done yet, and store each output."""
        task = replace(task, status=TaskStatus.RUNNING, attempts=task.attempts + 1)
        await self._tasks.save(task)
        for step in steps:
            if step.name in task.outputs:
                continue
            try:
                output = await step.run(dict(task.outputs))
            except Exception as error:
                return await self._fail(task, steps, step, error, on_failure)
            task = replace(task, outputs={**task.outputs, step.name: output})
            await self._tasks.save(task)
        return await self._succeed(task, steps)

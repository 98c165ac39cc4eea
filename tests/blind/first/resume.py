"""Own variants of resume, written from the contract and the application alone."""

from grader.bank import RESUME
from vespera_scriptorium.application.task_execution_workflow import *  # noqa: F403


@RESUME.mutant(clause=1)
class CountsTheDoneSteps(TaskExecutionWorkflow):
    """Skips as many steps as are done, from the first on, without a look at their names."""

    async def _run_steps(
        self, task: Task, steps: Sequence[WorkflowStep], on_failure: OnFailure | None
    ) -> TaskResult:
        """Run what is not done yet, and store each output."""
        task = replace(task, status=TaskStatus.RUNNING, attempts=task.attempts + 1)
        await self._tasks.save(task)
        for step in steps[len(task.outputs) :]:
            try:
                output = await step.run(task.outputs)
            except Exception as error:
                return await self._fail(task, steps, step, error, on_failure)
            task = replace(task, outputs={**task.outputs, step.name: output})
            await self._tasks.save(task)
        await self._tasks.save(replace(task, status=TaskStatus.EXECUTED))
        output = task.outputs.get(steps[-1].name, "") if steps else ""
        return TaskResult(success=True, task_id=task.id, output=output)


@RESUME.mutant(clause=2)
class GivesOnlyTheNewOutputs(TaskExecutionWorkflow):
    """A step gets the outputs of this attempt only."""

    async def _run_steps(
        self, task: Task, steps: Sequence[WorkflowStep], on_failure: OnFailure | None
    ) -> TaskResult:
        """Run what is not done yet, and store each output."""
        task = replace(task, status=TaskStatus.RUNNING, attempts=task.attempts + 1)
        await self._tasks.save(task)
        new = {}
        for step in steps:
            if step.name in task.outputs:
                continue
            try:
                output = await step.run(dict(new))
            except Exception as error:
                return await self._fail(task, steps, step, error, on_failure)
            new[step.name] = output
            task = replace(task, outputs={**task.outputs, step.name: output})
            await self._tasks.save(task)
        return await self._succeed(task, steps)


@RESUME.mutant(clause=3)
class SavesMeanwhile(TaskExecutionWorkflow):
    """Stores the output of a step while the next one is already at work."""

    async def _run_steps(
        self, task: Task, steps: Sequence[WorkflowStep], on_failure: OnFailure | None
    ) -> TaskResult:
        """Run what is not done yet, and store each output."""
        task = replace(task, status=TaskStatus.RUNNING, attempts=task.attempts + 1)
        await self._tasks.save(task)
        saving = None
        try:
            for step in steps:
                if step.name in task.outputs:
                    continue
                try:
                    output = await step.run(task.outputs)
                except Exception as error:
                    if saving is not None:
                        await saving
                    return await self._fail(task, steps, step, error, on_failure)
                task = replace(task, outputs={**task.outputs, step.name: output})
                if saving is not None:
                    await saving
                saving = asyncio.create_task(self._tasks.save(task))
        finally:
            if saving is not None:
                await saving
        return await self._succeed(task, steps)


@RESUME.mutant(clause=4)
class CountsOnlyExecutions(TaskExecutionWorkflow):
    """`attempts` is left as it was by a resumption that follows a cancellation."""

    async def _run_steps(
        self, task: Task, steps: Sequence[WorkflowStep], on_failure: OnFailure | None
    ) -> TaskResult:
        """Run what is not done yet, and store each output."""
        more = 0 if task.status is TaskStatus.CANCELLED else 1
        task = replace(task, status=TaskStatus.RUNNING, attempts=task.attempts + more)
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


@RESUME.mutant(clause=5)
class ForgetsWhatCouldNotBeUndone(TaskExecutionWorkflow):
    """A step whose compensation raised is not done any more, as if it were undone."""

    async def _compensate(
        self, task: Task, steps: Sequence[WorkflowStep]
    ) -> tuple[Task, list[str]]:
        """Undo what is done, the last step first; answers with what is left and what went wrong."""
        problems = []
        for step in reversed(steps):
            if step.compensate is None or step.name not in task.outputs:
                continue
            outputs = {name: o for name, o in task.outputs.items() if name != step.name}
            task = replace(task, outputs=outputs)
            try:
                await step.compensate()
                await self._tasks.save(task)
            except Exception as problem:
                problems.append(f"compensation of {step.name} failed: {reason(problem)}")
        return task, problems


@RESUME.mutant(clause=6)
class BelievesTheStep(TaskExecutionWorkflow):
    """A step that makes an answer or an error of its cancellation hides it."""

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


@RESUME.alternative()
class SavesOftener(TaskExecutionWorkflow):
    """Saves the task before each step, too."""

    async def _run_steps(
        self, task: Task, steps: Sequence[WorkflowStep], on_failure: OnFailure | None
    ) -> TaskResult:
        """Run what is not done yet, and store each output."""
        task = replace(task, status=TaskStatus.RUNNING, attempts=task.attempts + 1)
        await self._tasks.save(task)
        for step in [step for step in steps if step.name not in task.outputs]:
            await self._tasks.save(task)
            try:
                output = await step.run(dict(task.outputs))
            except Exception as error:
                return await self._fail(task, steps, step, error, on_failure)
            task = replace(task, outputs={**task.outputs, step.name: output})
            await self._tasks.save(task)
        return await self._succeed(task, steps)


@RESUME.alternative()
class SavesWhatIsUndoneAtOnce(TaskExecutionWorkflow):
    """Stores what is left only once all compensations have ended, together with the failure."""

    async def _compensate(
        self, task: Task, steps: Sequence[WorkflowStep]
    ) -> tuple[Task, list[str]]:
        """Undo what is done, the last step first; answers with what is left and what went wrong."""
        problems = []
        outputs = dict(task.outputs)
        for step in reversed(steps):
            if step.compensate is None or step.name not in outputs:
                continue
            try:
                await step.compensate()
            except Exception as problem:
                problems.append(f"{step.name} is not undone: {reason(problem)}")
            else:
                del outputs[step.name]
        return replace(task, outputs=outputs), problems


@RESUME.alternative()
class ReadsBeforeEachStep(TaskExecutionWorkflow):
    """Reads the stored task again before each step."""

    async def _run_steps(
        self, task: Task, steps: Sequence[WorkflowStep], on_failure: OnFailure | None
    ) -> TaskResult:
        """Run what is not done yet, and store each output."""
        await self._tasks.save(
            replace(task, status=TaskStatus.RUNNING, attempts=task.attempts + 1)
        )
        for step in steps:
            task = await self._tasks.get(task.id)
            if step.name in task.outputs:
                continue
            try:
                output = await step.run(task.outputs)
            except Exception as error:
                return await self._fail(task, steps, step, error, on_failure)
            await self._tasks.save(replace(task, outputs=dict(task.outputs) | {step.name: output}))
        return await self._succeed(await self._tasks.get(task.id), steps)

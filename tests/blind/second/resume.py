"""Own variants of resume, written from the contract and the application alone."""

from grader.bank import RESUME
from vespera_scriptorium.application.task_execution_workflow import *  # noqa: F403


@RESUME.mutant(clause=1)
class SkipsAsManyAsAreDone(TaskExecutionWorkflow):
    """Skips as many steps as are done, from the first on, whatever their names are."""

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
        return await self._succeed(task, steps)


@RESUME.mutant(clause=2)
class OutputsOfThisAttemptOnly(TaskExecutionWorkflow):
    """A step gets only the outputs of the steps that this attempt has run."""

    async def _run_steps(
        self, task: Task, steps: Sequence[WorkflowStep], on_failure: OnFailure | None
    ) -> TaskResult:
        """Run what is not done yet, and store each output."""
        task = replace(task, status=TaskStatus.RUNNING, attempts=task.attempts + 1)
        await self._tasks.save(task)
        outputs: dict[str, str] = {}
        for step in steps:
            if step.name in task.outputs:
                continue
            try:
                output = await step.run(outputs)
            except Exception as error:
                return await self._fail(task, steps, step, error, on_failure)
            outputs = {**outputs, step.name: output}
            task = replace(task, outputs={**task.outputs, step.name: output})
            await self._tasks.save(task)
        return await self._succeed(task, steps)


@RESUME.mutant(clause=3)
class StoredMeanwhile(TaskExecutionWorkflow):
    """The next step begins while the output of the last one is still on its way to the store."""

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
class ResumptionsDoNotCount(TaskExecutionWorkflow):
    """Only an execution raises `attempts`, a resumption does not."""

    async def _run_steps(
        self, task: Task, steps: Sequence[WorkflowStep], on_failure: OnFailure | None
    ) -> TaskResult:
        """Run what is not done yet, and store each output."""
        first = task.status is TaskStatus.CREATED
        task = replace(task, status=TaskStatus.RUNNING, attempts=task.attempts + first)
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
class FailureForgetsEverything(TaskExecutionWorkflow):
    """After a failure no step is done any more, one without a `compensate` neither."""

    async def _compensate(
        self, task: Task, steps: Sequence[WorkflowStep]
    ) -> tuple[Task, list[str]]:
        """Undo what is done, the last step first; answers with what is left and what went wrong."""
        problems = []
        left = {}
        for step in reversed(steps):
            if step.compensate is None or step.name not in task.outputs:
                continue
            try:
                await step.compensate()
            except Exception as problem:
                left[step.name] = task.outputs[step.name]
                problems.append(f"compensation of {step.name} failed: {reason(problem)}")
        task = replace(task, outputs=left)
        await self._tasks.save(task)
        return task, problems


@RESUME.mutant(clause=6)
class CancelledWithoutItsProgress(TaskExecutionWorkflow):
    """Cancelled, it stores the task as it was at the begin: what was done is lost."""

    async def _store_cancelled(self, task: Task) -> None:
        """Keep the progress that is stored, under the status cancelled."""
        await self._tasks.save(
            replace(task, status=TaskStatus.CANCELLED, attempts=task.attempts + 1)
        )


@RESUME.alternative()
class CountsFirst(TaskExecutionWorkflow):
    """Stores the number of the attempt before the status, and hands out copies of the outputs."""

    async def _run_steps(
        self, task: Task, steps: Sequence[WorkflowStep], on_failure: OnFailure | None
    ) -> TaskResult:
        """Run what is not done yet, and store each output."""
        task = replace(task, attempts=task.attempts + 1)
        await self._tasks.save(task)
        task = replace(task, status=TaskStatus.RUNNING)
        await self._tasks.save(task)
        outputs = dict(task.outputs)
        left = [step for step in steps if step.name not in outputs]
        for step in left:
            try:
                outputs[step.name] = await step.run(dict(outputs))
            except Exception as error:
                return await self._fail(task, steps, step, error, on_failure)
            task = replace(task, outputs=dict(outputs))
            await self._tasks.save(task)
        return await self._succeed(task, steps)


@RESUME.alternative()
class ReadsBeforeEachStep(TaskExecutionWorkflow):
    """Reads the task anew before each step and after it."""

    async def _run_steps(
        self, task: Task, steps: Sequence[WorkflowStep], on_failure: OnFailure | None
    ) -> TaskResult:
        """Run what is not done yet, and store each output."""
        await self._tasks.save(replace(task, status=TaskStatus.RUNNING, attempts=task.attempts + 1))
        for step in steps:
            task = await self._tasks.get(task.id) or task
            if step.name not in task.outputs:
                try:
                    output = await step.run(task.outputs)
                except Exception as error:
                    return await self._fail(task, steps, step, error, on_failure)
                task = await self._tasks.get(task.id) or task
                await self._tasks.save(replace(task, outputs={**task.outputs, step.name: output}))
        return await self._succeed(await self._tasks.get(task.id) or task, steps)


@RESUME.alternative()
class SavesWhatIsLeftOnce(TaskExecutionWorkflow):
    """Stores what the compensations have left together, and a cancellation behind a shield."""

    async def _compensate(
        self, task: Task, steps: Sequence[WorkflowStep]
    ) -> tuple[Task, list[str]]:
        """Undo what is done, the last step first; answers with what is left and what went wrong."""
        problems = []
        outputs = dict(task.outputs)
        for step in reversed(steps):
            if step.compensate is not None and step.name in outputs:
                try:
                    await step.compensate()
                except Exception as problem:
                    problems.append(f"{step.name} is not undone: {reason(problem)}")
                else:
                    del outputs[step.name]
        return replace(task, outputs=outputs), problems

    async def _store_cancelled(self, task: Task) -> None:
        """Keep the progress that is stored, under the status cancelled."""

        async def store() -> None:
            stored = await self._tasks.get(task.id)
            await self._tasks.save(replace(stored or task, status=TaskStatus.CANCELLED))

        await asyncio.shield(asyncio.create_task(store()))

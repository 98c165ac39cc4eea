"""Own variants of failing-step, written from the contract and the application alone."""

from grader.bank import FAILING_STEP
from vespera_scriptorium.application.task_execution_workflow import *  # noqa: F403


@FAILING_STEP.mutant(clause=1)
class TimeoutGoesOn(TaskExecutionWorkflow):
    """A step that times out counts as done with an empty output, and the next ones run."""

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
            except TimeoutError:
                output = ""
            except Exception as error:
                return await self._fail(task, steps, step, error, on_failure)
            task = replace(task, outputs={**task.outputs, step.name: output})
            await self._tasks.save(task)
        return await self._succeed(task, steps)


@FAILING_STEP.mutant(clause=2)
class CompensatesTheFailedStep(TaskExecutionWorkflow):
    """Compensates the step that failed, too, as if it were done."""

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
                begun = replace(task, outputs={**task.outputs, step.name: ""})
                return await self._fail(begun, steps, step, error, on_failure)
            task = replace(task, outputs={**task.outputs, step.name: output})
            await self._tasks.save(task)
        return await self._succeed(task, steps)


@FAILING_STEP.mutant(clause=2)
class CompensatesTogether(TaskExecutionWorkflow):
    """Starts the compensations in reverse order, but does not wait for one before the next."""

    async def _compensate(
        self, task: Task, steps: Sequence[WorkflowStep]
    ) -> tuple[Task, list[str]]:
        """Undo what is done, the last step first; answers with what is left and what went wrong."""
        done = [s for s in reversed(steps) if s.compensate is not None and s.name in task.outputs]
        outcomes = await asyncio.gather(*(s.compensate() for s in done), return_exceptions=True)
        problems = []
        outputs = dict(task.outputs)
        for step, outcome in zip(done, outcomes, strict=True):
            if isinstance(outcome, BaseException):
                problems.append(f"compensation of {step.name} failed: {reason(outcome)}")
            else:
                outputs.pop(step.name)
        task = replace(task, outputs=outputs)
        try:
            await self._tasks.save(task)
        except Exception as problem:
            problems.append(reason(problem))
        return task, problems


@FAILING_STEP.mutant(clause=3)
class ReportsOnlyOneProblem(TaskExecutionWorkflow):
    """Keeps only the last failed compensation for the error: the messages of others are lost."""

    async def _compensate(
        self, task: Task, steps: Sequence[WorkflowStep]
    ) -> tuple[Task, list[str]]:
        """Undo what is done, the last step first; answers with what is left and what went wrong."""
        problems = []
        for step in reversed(steps):
            if step.compensate is None or step.name not in task.outputs:
                continue
            try:
                await step.compensate()
                outputs = {name: o for name, o in task.outputs.items() if name != step.name}
                task = replace(task, outputs=outputs)
                await self._tasks.save(task)
            except Exception as problem:
                problems = [f"compensation of {step.name} failed: {reason(problem)}"]
        return task, problems


@FAILING_STEP.mutant(clause=4)
class TellsTheHookTooEarly(TaskExecutionWorkflow):
    """Awaits the hook after the compensations, but before the failure is stored."""

    async def _fail(
        self,
        task: Task,
        steps: Sequence[WorkflowStep],
        failed: WorkflowStep,
        error: Exception,
        on_failure: OnFailure | None,
    ) -> TaskResult:
        """Compensate what is done, store the failure, tell `on_failure`."""
        task, problems = await self._compensate(task, steps)
        errors = [f"step {failed.name} failed: {reason(error)}", *problems]
        task = replace(task, status=TaskStatus.FAILED)
        if on_failure is not None:
            try:
                await on_failure(task, error)
            except Exception as problem:
                errors.append(f"on_failure failed: {reason(problem)}")
        try:
            await self._tasks.save(task)
        except Exception as problem:
            errors.append(f"storing the failure failed: {reason(problem)}")
        return TaskResult(success=False, task_id=task.id, error="; ".join(errors))


@FAILING_STEP.mutant(clause=4)
class DoesNotWaitForTheHook(TaskExecutionWorkflow):
    """Gives the hook only a second, then answers without it."""

    async def _fail(
        self,
        task: Task,
        steps: Sequence[WorkflowStep],
        failed: WorkflowStep,
        error: Exception,
        on_failure: OnFailure | None,
    ) -> TaskResult:
        """Compensate what is done, store the failure, tell `on_failure`."""
        task, problems = await self._compensate(task, steps)
        errors = [f"step {failed.name} failed: {reason(error)}", *problems]
        task = replace(task, status=TaskStatus.FAILED)
        try:
            await self._tasks.save(task)
        except Exception as problem:
            errors.append(f"storing the failure failed: {reason(problem)}")
        if on_failure is not None:
            try:
                await asyncio.wait_for(on_failure(task, error), 1.0)
            except Exception as problem:
                errors.append(f"on_failure failed: {reason(problem)}")
        return TaskResult(success=False, task_id=task.id, error="; ".join(errors))


@FAILING_STEP.alternative()
class StoresTheFailureFirst(TaskExecutionWorkflow):
    """Stores the task as failed before the compensations, and again after them."""

    async def _fail(
        self,
        task: Task,
        steps: Sequence[WorkflowStep],
        failed: WorkflowStep,
        error: Exception,
        on_failure: OnFailure | None,
    ) -> TaskResult:
        """Compensate what is done, store the failure, tell `on_failure`."""
        errors = [f"{reason(error)} in {failed.name}"]
        task = replace(task, status=TaskStatus.FAILED)
        try:
            await self._tasks.save(task)
        except Exception as problem:
            errors.append(reason(problem))
        task, problems = await self._compensate(task, steps)
        errors.extend(problems)
        try:
            await self._tasks.save(task)
        except Exception as problem:
            errors.append(reason(problem))
        if on_failure is not None:
            try:
                await on_failure(task, error)
            except Exception as problem:
                errors.append(f"the hook: {reason(problem)}")
        return TaskResult(success=False, task_id=task.id, error="\n".join(errors))


@FAILING_STEP.alternative()
class SavesTheCompensationsAtOnce(TaskExecutionWorkflow):
    """Stores what is left only once all compensations have ended."""

    async def _compensate(
        self, task: Task, steps: Sequence[WorkflowStep]
    ) -> tuple[Task, list[str]]:
        """Undo what is done, the last step first; answers with what is left and what went wrong."""
        problems = []
        outputs = dict(task.outputs)
        done = [s for s in steps if s.compensate is not None and s.name in outputs]
        while done:
            step = done.pop()
            try:
                await step.compensate()
            except Exception as problem:
                problems.append(f"could not undo: {reason(problem)}")
            else:
                del outputs[step.name]
        return replace(task, outputs=outputs), problems


@FAILING_STEP.alternative()
class HooksInATask(TaskExecutionWorkflow):
    """Runs the hook in a task of its own with the stored task, and puts the errors the other way round."""

    async def _fail(
        self,
        task: Task,
        steps: Sequence[WorkflowStep],
        failed: WorkflowStep,
        error: Exception,
        on_failure: OnFailure | None,
    ) -> TaskResult:
        """Compensate what is done, store the failure, tell `on_failure`."""
        task, problems = await self._compensate(task, steps)
        errors = [*problems, f"{failed.name}: {reason(error)}"]
        try:
            await self._tasks.save(replace(task, status=TaskStatus.FAILED))
        except Exception as problem:
            errors.insert(0, reason(problem))
        if on_failure is not None:
            failed_task = replace(task, status=TaskStatus.FAILED)
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(on_failure(failed_task, error))
            except ExceptionGroup as problems:
                errors.insert(0, " ".join(reason(problem) for problem in problems.exceptions))
        return TaskResult(success=False, task_id=task.id, error=" / ".join(errors))

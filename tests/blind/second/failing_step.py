"""Own variants of failing-step, written from the contract and the application alone."""

from grader.bank import FAILING_STEP
from vespera_scriptorium.application.task_execution_workflow import *  # noqa: F403


@FAILING_STEP.mutant(clause=1)
class OnlySomeErrors(TaskExecutionWorkflow):
    """Only a `RuntimeError`, a `ValueError` or an `OSError` makes a step fail as it should."""

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
            except (RuntimeError, ValueError, OSError) as error:
                return await self._fail(task, steps, step, error, on_failure)
            task = replace(task, outputs={**task.outputs, step.name: output})
            await self._tasks.save(task)
        return await self._succeed(task, steps)


@FAILING_STEP.mutant(clause=2)
class CompensatesAllAtOnce(TaskExecutionWorkflow):
    """A compensation begins before the one of the step after it has ended."""

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
                del outputs[step.name]
        return replace(task, outputs=outputs), problems


@FAILING_STEP.mutant(clause=2)
class CompensatesTheFailedOne(TaskExecutionWorkflow):
    """The step that failed is compensated as well."""

    async def _fail(
        self,
        task: Task,
        steps: Sequence[WorkflowStep],
        failed: WorkflowStep,
        error: Exception,
        on_failure: OnFailure | None,
    ) -> TaskResult:
        """Compensate what is done, store the failure, tell `on_failure`."""
        begun = replace(task, outputs={**task.outputs, failed.name: ""})
        task, problems = await self._compensate(begun, steps)
        outputs = {name: output for name, output in task.outputs.items() if name != failed.name}
        errors = [f"step {failed.name} failed: {reason(error)}", *problems]
        task = replace(task, status=TaskStatus.FAILED, outputs=outputs)
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


@FAILING_STEP.mutant(clause=3)
class FirstProblemEndsTheCompensation(TaskExecutionWorkflow):
    """A compensation that raises stops those that are left."""

    async def _compensate(
        self, task: Task, steps: Sequence[WorkflowStep]
    ) -> tuple[Task, list[str]]:
        """Undo what is done, the last step first; answers with what is left and what went wrong."""
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


@FAILING_STEP.mutant(clause=4)
class HookBeforeItIsStored(TaskExecutionWorkflow):
    """The hook is awaited when the task is not stored as failed yet."""

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
class HookFailsInSilence(TaskExecutionWorkflow):
    """What the hook raises is said nowhere."""

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
            with noted_on(error, "on_failure failed"):
                await on_failure(task, error)
        return TaskResult(success=False, task_id=task.id, error="; ".join(errors))


@FAILING_STEP.alternative()
class OtherWords(TaskExecutionWorkflow):
    """Tells the problems in other words, each on a line, that of the hook first."""

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
        lines = [*problems, f"{reason(error)}, said {failed.name}"]
        task = replace(task, status=TaskStatus.FAILED)
        try:
            await self._tasks.save(task)
        except Exception as problem:
            lines.append(reason(problem))
        if on_failure is not None:
            try:
                await asyncio.create_task(on_failure(task, error))
            except Exception as problem:
                lines.insert(0, f"{type(problem).__name__}: {problem}")
        return TaskResult(success=False, task_id=task.id, error="\n".join(lines))


@FAILING_STEP.alternative()
class SavesOnce(TaskExecutionWorkflow):
    """Stores what the compensations have left only together with the failure."""

    async def _compensate(
        self, task: Task, steps: Sequence[WorkflowStep]
    ) -> tuple[Task, list[str]]:
        """Undo what is done, the last step first; answers with what is left and what went wrong."""
        outputs = dict(task.outputs)
        problems = []
        done = [step for step in steps if step.compensate and step.name in outputs]
        while done:
            step = done.pop()
            try:
                await step.compensate()
            except Exception as problem:
                problems.append(f"could not undo {step.name}: {reason(problem)}")
            else:
                outputs.pop(step.name)
        return replace(task, outputs=outputs), problems


@FAILING_STEP.alternative()
class FailedBeforeTheCompensation(TaskExecutionWorkflow):
    """Stores the task as failed before the compensations already, and once more after them."""

    async def _fail(
        self,
        task: Task,
        steps: Sequence[WorkflowStep],
        failed: WorkflowStep,
        error: Exception,
        on_failure: OnFailure | None,
    ) -> TaskResult:
        """Compensate what is done, store the failure, tell `on_failure`."""
        task = replace(task, status=TaskStatus.FAILED)
        errors = [f"step {failed.name} failed: {reason(error)}"]
        try:
            await self._tasks.save(task)
            task, problems = await self._compensate(task, steps)
            errors += problems
            await self._tasks.save(task)
        except Exception as problem:
            errors.append(f"storing the failure failed: {reason(problem)}")
        if on_failure is not None:
            try:
                await on_failure(task, error)
            except Exception as problem:
                errors.append(f"on_failure failed: {reason(problem)}")
        return TaskResult(success=False, task_id=task.id, error="; ".join(errors))

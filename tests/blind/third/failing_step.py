"""Own variants of failing-step, written from the contract and the application alone."""

from grader.bank import failing_step
from vespera_scriptorium.application.task_execution_workflow import *  # noqa: F403


@failing_step.mutant(clause=1)
class OnlySomeErrors(TaskExecutionWorkflow):
    """Only a `RuntimeError`, a `ValueError` or an `OSError` of a step is a failure of it."""

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


@failing_step.mutant(clause=2)
class AllAtOnce(TaskExecutionWorkflow):
    """The compensations run at the same time."""

    async def _compensate(
        self, task: Task, steps: Sequence[WorkflowStep]
    ) -> tuple[Task, list[str]]:
        """Undo what is done, the last step first; answers with what is left and what went wrong."""
        problems = []
        done = [step for step in reversed(steps) if step.compensate and step.name in task.outputs]
        outcomes = await asyncio.gather(*(step.compensate() for step in done), return_exceptions=True)
        for step, outcome in zip(done, outcomes):
            if isinstance(outcome, Exception):
                problems.append(f"compensation of {step.name} failed: {reason(outcome)}")
            else:
                outputs = {name: o for name, o in task.outputs.items() if name != step.name}
                task = replace(task, outputs=outputs)
        await self._tasks.save(task)
        return task, problems


@failing_step.mutant(clause=2)
class TheFailedOneToo(TaskExecutionWorkflow):
    """The step that failed is compensated, too."""

    async def _compensate(
        self, task: Task, steps: Sequence[WorkflowStep]
    ) -> tuple[Task, list[str]]:
        """Undo what is done, the last step first; answers with what is left and what went wrong."""
        problems = []
        begun = list(steps)[: len(task.outputs) + 1]
        for step in reversed(begun):
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


@failing_step.mutant(clause=3)
class OneProblemIsEnough(TaskExecutionWorkflow):
    """A compensation that raises ends the compensations."""

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
                problems.append(f"compensation of {step.name} failed: {reason(problem)}")
                break
        return task, problems


@failing_step.mutant(clause=4)
class TellsTooEarly(TaskExecutionWorkflow):
    """The hook is awaited before the failure is stored."""

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


@failing_step.mutant(clause=4)
class TheHookFailsInSilence(TaskExecutionWorkflow):
    """What the hook raises is lost."""

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
                await on_failure(task, error)
            except Exception:
                pass
        return TaskResult(success=False, task_id=task.id, error="; ".join(errors))


@failing_step.alternative()
class LineByLine(TaskExecutionWorkflow):
    """Says every error on a line of its own."""

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
        errors = [f"{reason(error)} ({failed.name})", *problems]
        task = replace(task, status=TaskStatus.FAILED)
        try:
            await self._tasks.save(task)
        except Exception as problem:
            errors.append(f"storing the failure failed: {reason(problem)}")
        if on_failure is not None:
            try:
                await on_failure(task, error)
            except Exception as problem:
                errors.append(f"on_failure failed: {reason(problem)}")
        return TaskResult(success=False, task_id=task.id, error="\n- ".join(["it failed:", *errors]))


@failing_step.alternative()
class SavesAtTheEnd(TaskExecutionWorkflow):
    """Saves once, after all compensations."""

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
            except Exception as problem:
                problems.append(f"compensation of {step.name} failed: {reason(problem)}")
        return task, problems


@failing_step.alternative()
class CountsBackwards(TaskExecutionWorkflow):
    """Goes through the steps by their numbers."""

    async def _compensate(
        self, task: Task, steps: Sequence[WorkflowStep]
    ) -> tuple[Task, list[str]]:
        """Undo what is done, the last step first; answers with what is left and what went wrong."""
        problems = []
        for number in range(len(steps) - 1, -1, -1):
            step = steps[number]
            if step.name in task.outputs and step.compensate is not None:
                try:
                    await step.compensate()
                except Exception as problem:
                    problems.append(f"{step.name} could not be undone: {problem!r}")
                else:
                    outputs = dict(task.outputs)
                    del outputs[step.name]
                    task = replace(task, outputs=outputs)
                    await self._tasks.save(task)
        return task, problems

"""The mutants of `resume`: each has one bug, and breaks one promise."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from vespera_scriptorium.application.task_execution_workflow import (
    OnFailure,
    Run,
    TaskExecutionWorkflow,
    WorkflowStep,
)
from vespera_scriptorium.domain.errors import reason
from vespera_scriptorium.domain.task import Task, TaskResult, TaskStatus

from .exercise import resume


@resume.mutant(promise="not-again")
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


@resume.mutant(promise="failed-too")
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


@resume.mutant(promise="earlier")
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


@resume.mutant(promise="stored")
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


@resume.mutant(promise="counted")
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


@resume.mutant(promise="undone")
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


@resume.mutant(promise="nothing-undone")
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


@resume.mutant(promise="by-name")
class CountsWhatIsDone(TaskExecutionWorkflow):
    """Leaves out as many steps as have an output, whichever they are."""

    async def _run_steps(
        self, task: Task, steps: Sequence[WorkflowStep], on_failure: OnFailure | None
    ) -> TaskResult:
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


@resume.mutant(promise="order")
class SortsTheSteps(TaskExecutionWorkflow):
    """Runs the steps in the order of their names."""

    async def _run_steps(
        self, task: Task, steps: Sequence[WorkflowStep], on_failure: OnFailure | None
    ) -> TaskResult:
        task = replace(task, status=TaskStatus.RUNNING, attempts=task.attempts + 1)
        await self._tasks.save(task)
        for step in sorted(steps, key=lambda step: step.name):
            if step.name in task.outputs:
                continue
            try:
                output = await step.run(task.outputs)
            except Exception as error:
                return await self._fail(task, steps, step, error, on_failure)
            task = replace(task, outputs={**task.outputs, step.name: output})
            await self._tasks.save(task)
        return await self._succeed(task, steps)


@resume.mutant(promise="this")
class OutputsOfTheBeginning(TaskExecutionWorkflow):
    """Gives every step the outputs with which the attempt began."""

    async def _run_steps(
        self, task: Task, steps: Sequence[WorkflowStep], on_failure: OnFailure | None
    ) -> TaskResult:
        task = replace(task, status=TaskStatus.RUNNING, attempts=task.attempts + 1)
        await self._tasks.save(task)
        done = task.outputs
        for step in steps:
            if step.name in task.outputs:
                continue
            try:
                output = await step.run(done)
            except Exception as error:
                return await self._fail(task, steps, step, error, on_failure)
            task = replace(task, outputs={**task.outputs, step.name: output})
            await self._tasks.save(task)
        return await self._succeed(task, steps)


@resume.mutant(promise="before-next")
class StoresMeanwhile(TaskExecutionWorkflow):
    """Begins the next step while the output of the last is still being stored."""

    async def _run_steps(
        self, task: Task, steps: Sequence[WorkflowStep], on_failure: OnFailure | None
    ) -> TaskResult:
        task = replace(task, status=TaskStatus.RUNNING, attempts=task.attempts + 1)
        await self._tasks.save(task)
        saving = []
        for step in steps:
            if step.name in task.outputs:
                continue
            try:
                output = await step.run(task.outputs)
            except Exception as error:
                return await self._fail(task, steps, step, error, on_failure)
            task = replace(task, outputs={**task.outputs, step.name: output})
            saving.append(asyncio.ensure_future(self._tasks.save(task)))
        await asyncio.gather(*saving)
        return await self._succeed(task, steps)


@resume.mutant(promise="first-step")
class CountsWithTheFirstOutput(TaskExecutionWorkflow):
    """Stores the new number together with the first output."""

    async def _run_steps(
        self, task: Task, steps: Sequence[WorkflowStep], on_failure: OnFailure | None
    ) -> TaskResult:
        task = replace(task, status=TaskStatus.RUNNING)
        await self._tasks.save(task)
        task = replace(task, attempts=task.attempts + 1)
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


@resume.mutant(promise="each")
class FirstOrSecond(TaskExecutionWorkflow):
    """Knows a first attempt and a second one, and takes every further one for the second."""

    async def _run_steps(
        self, task: Task, steps: Sequence[WorkflowStep], on_failure: OnFailure | None
    ) -> TaskResult:
        task = replace(task, status=TaskStatus.RUNNING, attempts=2 if task.attempts else 1)
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


@resume.mutant(promise="still-done")
class FailedCompensationsCount(TaskExecutionWorkflow):
    """Takes a step for undone, also when its compensation has failed."""

    async def _compensate(
        self, task: Task, steps: Sequence[WorkflowStep]
    ) -> tuple[Task, list[str]]:
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


@resume.mutant(promise="kept")
class BeginsAllOver(TaskExecutionWorkflow):
    """Forgets every output after a failure, also of a step that nobody can undo."""

    async def _compensate(
        self, task: Task, steps: Sequence[WorkflowStep]
    ) -> tuple[Task, list[str]]:
        problems, failed = [], set()
        for step in reversed(steps):
            if step.compensate is None or step.name not in task.outputs:
                continue
            try:
                await step.compensate()
            except Exception as problem:
                failed.add(step.name)
                problems.append(f"compensation of {step.name} failed: {reason(problem)}")
        task = replace(task, outputs={name: task.outputs[name] for name in failed})
        await self._tasks.save(task)
        return task, problems


@resume.mutant(promise="cancelled")
class StaysRunning(TaskExecutionWorkflow):
    """Leaves a cancelled task as it is, under the status running."""

    async def _store_cancelled(self, task: Task) -> None:
        pass


@resume.mutant(promise="progress")
class CancelledAsItBegan(TaskExecutionWorkflow):
    """Stores a cancelled task as it was when the attempt began."""

    async def _store_cancelled(self, task: Task) -> None:
        await self._tasks.save(replace(task, status=TaskStatus.CANCELLED))


@resume.mutant(promise="comes-out")
class CancellationIsAResult(TaskExecutionWorkflow):
    """Makes an error result of its own cancellation, so that the caller goes on."""

    async def execute_task(
        self,
        task_id: str,
        steps: Sequence[WorkflowStep] | None = None,
        on_failure: OnFailure | None = None,
    ) -> TaskResult:
        try:
            return await self._execute(task_id, {TaskStatus.CREATED}, steps, on_failure)
        except asyncio.CancelledError:
            return TaskResult(success=False, task_id=task_id, error="cancelled")


@resume.mutant(
    promise="stubborn", replaces="vespera_scriptorium.application.task_execution_workflow:_heeding"
)
def believes_the_step(run: Run) -> Run:
    """Takes what a step makes of a cancellation for the outcome of the step."""
    return run

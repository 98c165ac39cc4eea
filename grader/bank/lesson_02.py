"""Lesson 02, workflows: legal transitions, steps that fail, and work that is resumed."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from grader.exercise import Exercise
from vespera_scriptorium.application.ports import Specialist, TaskRepository
from vespera_scriptorium.application.task_execution_workflow import (
    OnFailure,
    TaskExecutionWorkflow,
    WorkflowStep,
)
from vespera_scriptorium.domain.errors import IllegalTransitionError, UnknownTaskError, reason
from vespera_scriptorium.domain.task import Task, TaskResult, TaskStatus

# --------------------------------------------------------------------------------------------
task_lifecycle = Exercise(
    id="task-lifecycle",
    lesson="02-workflows",
    title="One task, all the way",
    points=6,
    subject=TaskExecutionWorkflow,
    contract=(
        "`create_task` stores a task as `created`. `execute_task` makes it `running` before the "
        "work begins, then `executed`; `complete_task` makes it, and no other, `completed`.",
        "A completed task keeps what it was completed with: "
        "`get_task_status(task_id).task` has its `summary`, `artifacts` (a tuple) "
        "and `next_action`.",
        "Whoever reads a task as `completed`, at any moment, finds these on it.",
        "Only a created task can be executed, and only an executed one completed. Anything else "
        "is an error result, with the reason in `error`, and changes nothing that is stored.",
        "Of two executions at once, one succeeds; the other, whether it waits or not, ends as an "
        "error result. The work is done once.",
    ),
    hint="A repository of your own, derived from `InMemoryTaskRepository`, sees every task that is "
    "saved; a specialist of your own can look at what is stored while it works. "
    "[pytest.mark.parametrize]"
    "(https://docs.pytest.org/en/stable/how-to/parametrize.html) "
    "runs one test from several starting points.",
    worked="DropsTheSummary",
)


@task_lifecycle.alternative()
class WaitsForItsTurn(TaskExecutionWorkflow):
    """Lets the second of two calls wait for the first.

    `error`: words its refusals in its own way.
    """

    def __init__(self, tasks: TaskRepository, specialist: Specialist) -> None:
        self._tasks = tasks
        self._specialist = specialist
        self._at_work: set[str] = set()
        self._turns: dict[str, asyncio.Lock] = {}

    @asynccontextmanager
    async def _claim(self, task_id: str, legal: set[TaskStatus]) -> AsyncIterator[Task]:
        async def legal_task() -> Task:
            task = await self._tasks.get(task_id)
            if task is None:
                raise UnknownTaskError(f"unknown task: {task_id}")
            if task.status not in legal:
                raise IllegalTransitionError(f"{task_id} ({task.status}): the time is not right")
            return task

        await legal_task()
        async with self._turns.setdefault(task_id, asyncio.Lock()):
            yield await legal_task()


@task_lifecycle.mutant(clause=1)
class RunningTooLate(TaskExecutionWorkflow):
    """Stores a task as running once its first step is done; until then it stands as created."""

    async def _run_steps(
        self, task: Task, steps: Sequence[WorkflowStep], on_failure: OnFailure | None
    ) -> TaskResult:
        task = replace(task, status=TaskStatus.RUNNING, attempts=task.attempts + 1)
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


@task_lifecycle.mutant(clause=2)
class DropsTheSummary(TaskExecutionWorkflow):
    """Forgets that `replace` returns a new task, and saves the old one: the summary is lost."""

    async def _store_completed(self, task: Task, completion_data: Mapping[str, Any]) -> None:
        task = replace(task, status=TaskStatus.COMPLETED)
        replace(
            task,
            summary=completion_data.get("summary", ""),
            artifacts=tuple(completion_data.get("artifacts", ())),
            next_action=completion_data.get("next_action", ""),
        )
        await self._tasks.save(task)


@task_lifecycle.mutant(clause=3)
class CompletedTooEarly(TaskExecutionWorkflow):
    """Stores the status first and the artifacts after it: between the two stands an empty task."""

    async def _store_completed(self, task: Task, completion_data: Mapping[str, Any]) -> None:
        task = replace(task, status=TaskStatus.COMPLETED)
        await self._tasks.save(task)
        task = replace(
            task,
            summary=completion_data.get("summary", ""),
            artifacts=tuple(completion_data.get("artifacts", ())),
            next_action=completion_data.get("next_action", ""),
        )
        await self._tasks.save(task)


@task_lifecycle.mutant(clause=4)
class CompletesWhatNeverRan(TaskExecutionWorkflow):
    """Refuses what is completed already, and lets everything else through, also what never ran."""

    async def complete_task(self, task_id: str, completion_data: Mapping[str, Any]) -> TaskResult:
        try:
            open_ones = set(TaskStatus) - {TaskStatus.COMPLETED}
            async with self._claim(task_id, open_ones) as task:
                await self._store_completed(task, completion_data)
        except Exception as error:
            return TaskResult(success=False, task_id=task_id, error=reason(error))
        return TaskResult(success=True, task_id=task_id)


@task_lifecycle.mutant(clause=4)
class SecondCompletionOverwrites(TaskExecutionWorkflow):
    """Takes a second completion for a correction, and writes over the first one's summary."""

    async def complete_task(self, task_id: str, completion_data: Mapping[str, Any]) -> TaskResult:
        try:
            async with self._claim(task_id, {TaskStatus.EXECUTED, TaskStatus.COMPLETED}) as task:
                await self._store_completed(task, completion_data)
        except Exception as error:
            return TaskResult(success=False, task_id=task_id, error=reason(error))
        return TaskResult(success=True, task_id=task_id)


@task_lifecycle.mutant(clause=4)
class RefusalIsFailure(TaskExecutionWorkflow):
    """Refuses an execution that is not legal, and marks the task as failed while it is at it."""

    async def execute_task(
        self,
        task_id: str,
        steps: Sequence[WorkflowStep] | None = None,
        on_failure: OnFailure | None = None,
    ) -> TaskResult:
        result = await self._execute(task_id, {TaskStatus.CREATED}, steps, on_failure)
        if not result.success and task_id not in self._at_work:
            task = await self._tasks.get(task_id)
            if task is not None:
                await self._tasks.save(replace(task, status=TaskStatus.FAILED))
        return result


@task_lifecycle.mutant(clause=1)
class CompletesTheLastExecuted(TaskExecutionWorkflow):
    """Remembers which task was executed last, and completes that one, whichever was asked for."""

    async def execute_task(
        self,
        task_id: str,
        steps: Sequence[WorkflowStep] | None = None,
        on_failure: OnFailure | None = None,
    ) -> TaskResult:
        result = await self._execute(task_id, {TaskStatus.CREATED}, steps, on_failure)
        if result.success:
            self._last_executed = task_id
        return result

    async def complete_task(self, task_id: str, completion_data: Mapping[str, Any]) -> TaskResult:
        try:
            async with self._claim(self._last_executed, {TaskStatus.EXECUTED}) as task:
                await self._store_completed(task, completion_data)
        except Exception as error:
            return TaskResult(success=False, task_id=task_id, error=reason(error))
        return TaskResult(success=True, task_id=task_id)


@task_lifecycle.mutant(clause=5)
class ChecksThenActs(TaskExecutionWorkflow):
    """Reads the status, and changes it later: two executions both read `created` and both work."""

    @asynccontextmanager
    async def _claim(self, task_id: str, legal: set[TaskStatus]) -> AsyncIterator[Task]:
        task = await self._tasks.get(task_id)
        if task is None:
            raise UnknownTaskError(f"there is no task {task_id}")
        if task.status not in legal:
            wanted = " or ".join(sorted(legal))
            raise IllegalTransitionError(f"task {task_id} is {task.status}, not {wanted}")
        yield task


# --------------------------------------------------------------------------------------------
failing_step = Exercise(
    id="failing-step",
    lesson="02-workflows",
    title="A step fails",
    points=6,
    subject=TaskExecutionWorkflow,
    contract=(
        "`execute_task(task_id, steps)` runs the steps one after the other. When one raises, no "
        "later step runs, the task is `failed`, and `error` has the name of the step and the "
        "message of what it raised.",
        "The steps that are done and have a `compensate` are compensated in reverse order, each "
        "to its end before the next one begins.",
        "A compensation that raises does not stop the others; its message stands in `error`, too.",
        "`on_failure(task, error)` is awaited once, to its end, after all that, with the "
        "exception of the step. The task is stored as `failed` by then. "
        "What the hook raises is not raised, and stands in `error`.",
        "When all steps succeed, nothing is compensated and the hook is not called.",
    ),
    hint="[AsyncMock]"
    "(https://docs.python.org/3/library/unittest.mock.html#unittest.mock.AsyncMock) "
    "tells a call from an await. A list that every step and every compensation writes to keeps "
    "their order; a step that takes an hour writes when it begins and when it ends.",
    worked="CompensatesForwards",
)


@failing_step.alternative()
class ExitStack(TaskExecutionWorkflow):
    """Pushes each compensation on an `AsyncExitStack`.

    `error`: words its errors in its own way.
    """

    async def _run_steps(
        self, task: Task, steps: Sequence[WorkflowStep], on_failure: OnFailure | None
    ) -> TaskResult:
        from contextlib import AsyncExitStack

        task = replace(task, status=TaskStatus.RUNNING, attempts=task.attempts + 1)
        await self._tasks.save(task)
        errors: list[str] = []
        outputs = dict(task.outputs)

        async def undo(step: WorkflowStep) -> None:
            assert step.compensate is not None
            try:
                await step.compensate()
                del outputs[step.name]
            except Exception as problem:
                errors.append(f"{reason(problem)} (compensating {step.name})")

        failure: Exception | None = None
        async with AsyncExitStack() as stack:
            for step in steps:
                try:
                    if step.name not in outputs:
                        outputs[step.name] = await step.run(dict(outputs))
                        await self._tasks.save(replace(task, outputs=dict(outputs)))
                except asyncio.CancelledError:
                    stack.pop_all()
                    raise
                except Exception as error:
                    failure = error
                    errors.append(f"{reason(error)} ({step.name})")
                    break
                if step.compensate is not None:
                    stack.push_async_callback(undo, step)
            else:
                stack.pop_all()
        if failure is None:
            await self._tasks.save(replace(task, status=TaskStatus.EXECUTED, outputs=outputs))
            output = outputs[steps[-1].name] if steps else ""
            return TaskResult(success=True, task_id=task.id, output=output)
        task = replace(task, status=TaskStatus.FAILED, outputs=outputs)
        try:
            await self._tasks.save(task)
        except Exception as problem:
            errors.append(f"{reason(problem)} (status)")
        if on_failure is not None:
            try:
                await on_failure(task, failure)
            except Exception as problem:
                errors.append(f"{reason(problem)} (on_failure)")
        return TaskResult(success=False, task_id=task.id, error=", ".join(errors))


@failing_step.mutant(clause=1)
class LaterStepsRun(TaskExecutionWorkflow):
    """Notes the error and goes on with the next step; only in the end does it fail the task."""

    async def _run_steps(
        self, task: Task, steps: Sequence[WorkflowStep], on_failure: OnFailure | None
    ) -> TaskResult:
        task = replace(task, status=TaskStatus.RUNNING, attempts=task.attempts + 1)
        await self._tasks.save(task)
        failures = []
        for step in steps:
            if step.name in task.outputs:
                continue
            try:
                output = await step.run(task.outputs)
            except Exception as error:
                failures.append((step, error))
                continue
            task = replace(task, outputs={**task.outputs, step.name: output})
            await self._tasks.save(task)
        if failures:
            return await self._fail(task, steps, *failures[0], on_failure)
        return await self._succeed(task, steps)


@failing_step.mutant(clause=2)
class CompensatesForwards(TaskExecutionWorkflow):
    """Undoes the steps in the order in which they were done."""

    async def _compensate(
        self, task: Task, steps: Sequence[WorkflowStep]
    ) -> tuple[Task, list[str]]:
        problems = []
        for step in steps:
            if step.compensate is None or step.name not in task.outputs:
                continue
            try:
                await step.compensate()
                outputs = {name: o for name, o in task.outputs.items() if name != step.name}
                task = replace(task, outputs=outputs)
                await self._tasks.save(task)
            except Exception as problem:
                problems.append(f"compensation of {step.name} failed: {reason(problem)}")
        return task, problems


@failing_step.mutant(clause=2)
class CompensatesTogether(TaskExecutionWorkflow):
    """Starts all compensations at once, in reverse order, and lets them overlap."""

    async def _compensate(
        self, task: Task, steps: Sequence[WorkflowStep]
    ) -> tuple[Task, list[str]]:
        problems = []
        done = [step for step in reversed(steps) if step.name in task.outputs]

        async def undo(step: WorkflowStep) -> str | None:
            if step.compensate is None:
                return None
            try:
                await step.compensate()
            except Exception as problem:
                problems.append(f"compensation of {step.name} failed: {reason(problem)}")
                return None
            return step.name

        undone = await asyncio.gather(*(undo(step) for step in done))
        outputs = {name: o for name, o in task.outputs.items() if name not in undone}
        task = replace(task, outputs=outputs)
        await self._tasks.save(task)
        return task, problems


@failing_step.mutant(clause=3)
class StopsAtItsFirstError(TaskExecutionWorkflow):
    """Wraps one `try` around the whole loop: one compensation that fails, and the rest is left."""

    async def _compensate(
        self, task: Task, steps: Sequence[WorkflowStep]
    ) -> tuple[Task, list[str]]:
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


@failing_step.mutant(clause=4)
class HookNotAwaited(TaskExecutionWorkflow):
    """Calls the hook and forgets `await`: a coroutine is made, and nothing of it runs."""

    async def _fail(
        self,
        task: Task,
        steps: Sequence[WorkflowStep],
        failed: WorkflowStep,
        error: Exception,
        on_failure: OnFailure | None,
    ) -> TaskResult:
        task, problems = await self._compensate(task, steps)
        errors = [f"step {failed.name} failed: {reason(error)}", *problems]
        task = replace(task, status=TaskStatus.FAILED)
        try:
            await self._tasks.save(task)
        except Exception as problem:
            errors.append(f"storing the failure failed: {reason(problem)}")
        if on_failure is not None:
            try:
                on_failure(task, error)
            except Exception as problem:
                errors.append(f"on_failure failed: {reason(problem)}")
        return TaskResult(success=False, task_id=task.id, error="; ".join(errors))


@failing_step.mutant(clause=4)
class WrapsTheError(TaskExecutionWorkflow):
    """Makes one error of all the messages for the hook, and the step's own exception is lost."""

    async def _fail(
        self,
        task: Task,
        steps: Sequence[WorkflowStep],
        failed: WorkflowStep,
        error: Exception,
        on_failure: OnFailure | None,
    ) -> TaskResult:
        task, problems = await self._compensate(task, steps)
        errors = [f"step {failed.name} failed: {reason(error)}", *problems]
        task = replace(task, status=TaskStatus.FAILED)
        try:
            await self._tasks.save(task)
        except Exception as problem:
            errors.append(f"storing the failure failed: {reason(problem)}")
        if on_failure is not None:
            try:
                await on_failure(task, RuntimeError("; ".join(errors)))
            except Exception as problem:
                errors.append(f"on_failure failed: {reason(problem)}")
        return TaskResult(success=False, task_id=task.id, error="; ".join(errors))


@failing_step.mutant(clause=5)
class UnwindsAfterSuccess(TaskExecutionWorkflow):
    """Unwinds its exit stack in any case, and undoes the work of a task that succeeded."""

    async def _run_steps(
        self, task: Task, steps: Sequence[WorkflowStep], on_failure: OnFailure | None
    ) -> TaskResult:
        from contextlib import AsyncExitStack

        task = replace(task, status=TaskStatus.RUNNING, attempts=task.attempts + 1)
        await self._tasks.save(task)
        async with AsyncExitStack() as stack:
            for step in steps:
                if step.name in task.outputs:
                    continue
                try:
                    output = await step.run(task.outputs)
                except Exception as error:
                    stack.pop_all()
                    return await self._fail(task, steps, step, error, on_failure)
                if step.compensate is not None:
                    stack.push_async_callback(step.compensate)
                task = replace(task, outputs={**task.outputs, step.name: output})
                await self._tasks.save(task)
        return await self._succeed(task, steps)


# --------------------------------------------------------------------------------------------
resume = Exercise(
    id="resume",
    lesson="02-workflows",
    title="Resume after a crash",
    points=6,
    subject=TaskExecutionWorkflow,
    contract=(
        "`resume_task(task_id, steps)` runs the steps that are not done, in order, once each, the "
        "failed one included, and no others.",
        "`run` gets the outputs of all steps that are done, by name, whichever attempt did them.",
        "The output of a step is stored before the next step begins: on the same repository, "
        "another workflow can resume the task whatever became of the first.",
        "The stored `attempts` counts executions and resumptions, the one at work included: "
        "a step reads the new number.",
        "A step that was compensated after a failure is not done any more.",
        "Cancelled while a step is at work, `execute_task` compensates nothing, leaves the task "
        "`cancelled`, and raises `CancelledError`. The task can be resumed.",
    ),
    hint="Two workflows, `TaskExecutionWorkflow(repository, specialist)`, on one repository are a "
    "process and its successor. [Task.cancel]"
    "(https://docs.python.org/3/library/asyncio-task.html#asyncio.Task.cancel) "
    "stops the first in the middle of a step; a step may ask `get_task_status` what is stored.",
    worked="MarkedBeforeDone",
)


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

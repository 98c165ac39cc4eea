"""One task from its creation to its completion, step by step, with a way back."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from vespera_scriptorium.application.cancellation import heed
from vespera_scriptorium.application.ports import Specialist, TaskRepository
from vespera_scriptorium.domain.errors import (
    IllegalTransitionError,
    UnknownTaskError,
    noted_on,
    reason,
)
from vespera_scriptorium.domain.task import Task, TaskResult, TaskStatus, WorkflowState

Run = Callable[[Mapping[str, str]], Awaitable[str]]
OnFailure = Callable[[Task, Exception], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class WorkflowStep:
    """A named piece of a task's work.

    `run` gets the outputs of the steps that are done, by name, and answers with its own output.
    `compensate` undoes it.
    """

    name: str
    run: Run
    compensate: Callable[[], Awaitable[None]] | None = None


class TaskExecutionWorkflow:
    """Leads a task from created over running and executed to completed.

    The contract:

    1. No method raises an `Exception`: what goes wrong is a result with `success` False and the
       reason in `error`. A success means that the new state is stored by then.
    2. `execute_task` needs a created task, `resume_task` one that is running, failed or cancelled,
       and `complete_task` one that is executed. Anything else is an error result and changes
       nothing; so is a task that this workflow is at work on already.
    3. A completed task has its summary, its artifacts and its next action: never is it stored as
       completed without them.
    4. The steps run one after the other; each gets the outputs of those that are done. Every output
       is stored before the next step starts. Without steps, the specialist does the whole task.
    5. When a step fails, no later step runs. The steps that are done and can be compensated are
       compensated in reverse order, to the end even if one compensation fails; then the task is
       stored as failed, and `on_failure` is awaited once with the task and the step's error. The
       result names the step and every error, one of the repository, too.
    6. `resume_task` runs the steps that are not done, and only those. A step that was compensated
       is not done any more; one whose compensation raised still is.
    7. `attempts` counts how often the task was executed or resumed, and is stored before any step.
    8. Cancelled while it executes, the workflow stores the task as cancelled, compensates nothing,
       and raises `CancelledError`: also when that cannot be stored, or a step makes an answer or
       an error of it.
    """

    def __init__(self, tasks: TaskRepository, specialist: Specialist) -> None:
        self._tasks = tasks
        self._specialist = specialist
        self._at_work: set[str] = set()

    async def create_task(self, task_data: Mapping[str, Any]) -> TaskResult:
        """Create a task from `title`, `description` and `specialist_type`."""
        try:
            if not task_data.get("title"):
                raise ValueError("a task needs a title")
            task = Task(
                id=await self._tasks.next_id(),
                title=task_data["title"],
                description=task_data.get("description", ""),
                specialist_type=task_data.get("specialist_type", "generic"),
            )
            await self._tasks.add(task)
        except Exception as error:
            return TaskResult(success=False, error=reason(error))
        return TaskResult(success=True, task_id=task.id)

    async def execute_task(
        self,
        task_id: str,
        steps: Sequence[WorkflowStep] | None = None,
        on_failure: OnFailure | None = None,
    ) -> TaskResult:
        """Run the steps of a created task; the result's output is that of the last step."""
        return await self._execute(task_id, {TaskStatus.CREATED}, steps, on_failure)

    async def resume_task(
        self,
        task_id: str,
        steps: Sequence[WorkflowStep] | None = None,
        on_failure: OnFailure | None = None,
    ) -> TaskResult:
        """Run what is left of a task that did not get to its end."""
        unfinished = {TaskStatus.RUNNING, TaskStatus.FAILED, TaskStatus.CANCELLED}
        return await self._execute(task_id, unfinished, steps, on_failure)

    async def complete_task(self, task_id: str, completion_data: Mapping[str, Any]) -> TaskResult:
        """Complete an executed task with its `summary`, `artifacts` and `next_action`."""
        try:
            async with self._claim(task_id, {TaskStatus.EXECUTED}) as task:
                await self._store_completed(task, completion_data)
        except Exception as error:
            return TaskResult(success=False, task_id=task_id, error=reason(error))
        return TaskResult(success=True, task_id=task_id)

    async def get_task_status(self, task_id: str) -> WorkflowState:
        """Where a task stands, as it is stored now."""
        task = await self._tasks.get(task_id)
        return WorkflowState(task_id, status=task.status if task else None, task=task)

    @asynccontextmanager
    async def _claim(self, task_id: str, legal: set[TaskStatus]) -> AsyncIterator[Task]:
        """The stored task, for nobody else of this workflow, if its status is a legal one."""
        if task_id in self._at_work:
            raise IllegalTransitionError(f"task {task_id} is at work already")
        self._at_work.add(task_id)
        try:
            task = await self._tasks.get(task_id)
            if task is None:
                raise UnknownTaskError(f"there is no task {task_id}")
            if task.status not in legal:
                wanted = " or ".join(sorted(legal))
                raise IllegalTransitionError(f"task {task_id} is {task.status}, not {wanted}")
            yield task
        finally:
            self._at_work.discard(task_id)

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
                steps = [replace(step, run=_heeding(step.run)) for step in steps]
                try:
                    return await self._run_steps(task, steps, on_failure)
                except asyncio.CancelledError as cancellation:
                    with noted_on(cancellation, "storing the cancellation failed"):
                        await self._store_cancelled(task)
                    raise
        except Exception as error:
            return TaskResult(success=False, task_id=task_id, error=reason(error))

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
        return await self._succeed(task, steps)

    async def _succeed(self, task: Task, steps: Sequence[WorkflowStep]) -> TaskResult:
        """Store the success, and answer with the output of the last step."""
        await self._tasks.save(replace(task, status=TaskStatus.EXECUTED))
        output = task.outputs[steps[-1].name] if steps else ""
        return TaskResult(success=True, task_id=task.id, output=output)

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
            except Exception as problem:
                errors.append(f"on_failure failed: {reason(problem)}")
        return TaskResult(success=False, task_id=task.id, error="; ".join(errors))

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
        return task, problems

    async def _store_completed(self, task: Task, completion_data: Mapping[str, Any]) -> None:
        """Store the new status together with what the task is completed with."""
        await self._tasks.save(
            replace(
                task,
                status=TaskStatus.COMPLETED,
                summary=completion_data.get("summary", ""),
                artifacts=tuple(completion_data.get("artifacts", ())),
                next_action=completion_data.get("next_action", ""),
            )
        )

    async def _store_cancelled(self, task: Task) -> None:
        """Keep the progress that is stored, under the status cancelled."""
        stored = await self._tasks.get(task.id)
        await self._tasks.save(replace(stored or task, status=TaskStatus.CANCELLED))


def _heeding(run: Run) -> Run:
    """The same, from which a cancellation comes out whatever is made of it."""

    async def heeding(outputs: Mapping[str, str]) -> str:
        return await heed(run(outputs))

    return heeding

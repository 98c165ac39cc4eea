"""Own variants of task-lifecycle, written from the contract and the application alone."""

from grader.bank import TASK_LIFECYCLE
from vespera_scriptorium.application.task_execution_workflow import *  # noqa: F403


@TASK_LIFECYCLE.mutant(clause=1)
class RunsBeforeItSaysSo(TaskExecutionWorkflow):
    """Stores the task as running only once the first step has answered."""

    async def _run_steps(
        self, task: Task, steps: Sequence[WorkflowStep], on_failure: OnFailure | None
    ) -> TaskResult:
        """Run what is not done yet, and store each output."""
        await self._tasks.save(replace(task, attempts=task.attempts + 1))
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


@TASK_LIFECYCLE.mutant(clause=2)
class SortsTheArtifacts(TaskExecutionWorkflow):
    """Keeps each artifact once, in alphabetical order."""

    async def _store_completed(self, task: Task, completion_data: Mapping[str, Any]) -> None:
        """Store the new status together with what the task is completed with."""
        await self._tasks.save(
            replace(
                task,
                status=TaskStatus.COMPLETED,
                summary=completion_data.get("summary", ""),
                artifacts=tuple(sorted(set(completion_data.get("artifacts", ())))),
                next_action=completion_data.get("next_action", ""),
            )
        )


@TASK_LIFECYCLE.mutant(clause=2)
class BuildsTheTaskAnew(TaskExecutionWorkflow):
    """Stores a new task with the old id and title: the other fields are lost."""

    async def _store_completed(self, task: Task, completion_data: Mapping[str, Any]) -> None:
        """Store the new status together with what the task is completed with."""
        await self._tasks.save(
            Task(
                id=task.id,
                title=task.title,
                status=TaskStatus.COMPLETED,
                attempts=task.attempts,
                outputs=task.outputs,
                summary=completion_data.get("summary", ""),
                artifacts=tuple(completion_data.get("artifacts", ())),
                next_action=completion_data.get("next_action", ""),
            )
        )


@TASK_LIFECYCLE.mutant(clause=3)
class TheNextActionFollows(TaskExecutionWorkflow):
    """Stores the next action only after the task is stored as completed."""

    async def _store_completed(self, task: Task, completion_data: Mapping[str, Any]) -> None:
        """Store the new status together with what the task is completed with."""
        task = replace(
            task,
            status=TaskStatus.COMPLETED,
            summary=completion_data.get("summary", ""),
            artifacts=tuple(completion_data.get("artifacts", ())),
        )
        await self._tasks.save(task)
        await self._tasks.save(replace(task, next_action=completion_data.get("next_action", "")))


@TASK_LIFECYCLE.mutant(clause=4)
class CompletesAgain(TaskExecutionWorkflow):
    """A task that is completed can be completed again, with something else."""

    async def complete_task(self, task_id: str, completion_data: Mapping[str, Any]) -> TaskResult:
        """Complete an executed task with its `summary`, `artifacts` and `next_action`."""
        try:
            async with self._claim(task_id, {TaskStatus.EXECUTED, TaskStatus.COMPLETED}) as task:
                await self._store_completed(task, completion_data)
        except Exception as error:
            return TaskResult(success=False, task_id=task_id, error=reason(error))
        return TaskResult(success=True, task_id=task_id)


@TASK_LIFECYCLE.mutant(clause=5)
class OneTaskAtATime(TaskExecutionWorkflow):
    """A workflow that is at work refuses every other task, too."""

    @asynccontextmanager
    async def _claim(self, task_id: str, legal: set[TaskStatus]) -> AsyncIterator[Task]:
        """The stored task, for nobody else of this workflow, if its status is a legal one."""
        if self._at_work:
            raise IllegalTransitionError(f"task {task_id} has to wait: another one is at work")
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


@TASK_LIFECYCLE.alternative()
class WaitsForTheOther(TaskExecutionWorkflow):
    """An execution of a task that is at work waits until that has ended, and fails then."""

    async def execute_task(
        self,
        task_id: str,
        steps: Sequence[WorkflowStep] | None = None,
        on_failure: OnFailure | None = None,
    ) -> TaskResult:
        """Run the steps of a created task; the result's output is that of the last step."""
        while task_id in self._at_work:
            await asyncio.sleep(0.5)
        return await self._execute(task_id, {TaskStatus.CREATED}, steps, on_failure)


@TASK_LIFECYCLE.alternative()
class FieldsFirst(TaskExecutionWorkflow):
    """Stores the three fields on the executed task first, and then the status."""

    async def _store_completed(self, task: Task, completion_data: Mapping[str, Any]) -> None:
        """Store the new status together with what the task is completed with."""
        task = replace(
            task,
            summary=completion_data.get("summary", ""),
            artifacts=tuple(completion_data.get("artifacts", ())),
            next_action=completion_data.get("next_action", ""),
        )
        await self._tasks.save(task)
        await self._tasks.save(replace(task, status=TaskStatus.COMPLETED))


@TASK_LIFECYCLE.alternative()
class SaysItOtherwise(TaskExecutionWorkflow):
    """Refuses in other words, and hands the specialist the task as it is stored."""

    async def _execute(
        self,
        task_id: str,
        legal: set[TaskStatus],
        steps: Sequence[WorkflowStep] | None,
        on_failure: OnFailure | None,
    ) -> TaskResult:
        """Claim the task and run its steps."""

        async def work(outputs: Mapping[str, str]) -> str:
            return await self._specialist.run(await self._tasks.get(task_id))

        try:
            async with self._claim(task_id, legal) as task:
                if steps is None:
                    steps = [WorkflowStep("work", work)]
                steps = [replace(step, run=_heeding(step.run)) for step in steps]
                try:
                    return await self._run_steps(task, steps, on_failure)
                except asyncio.CancelledError as cancellation:
                    with noted_on(cancellation, "storing the cancellation failed"):
                        await self._store_cancelled(task)
                    raise
        except Exception as error:
            return TaskResult(success=False, task_id=task_id, error=f"not now: {reason(error)}")

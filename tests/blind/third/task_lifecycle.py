"""Own variants of task-lifecycle, written from the contract and the application alone."""

from grader.bank import task_lifecycle
from vespera_scriptorium.application.task_execution_workflow import *  # noqa: F403


@task_lifecycle.mutant(clause=1)
class NobodySeesItRun(TaskExecutionWorkflow):
    """The task is not stored as running before the work."""

    async def _run_steps(
        self, task: Task, steps: Sequence[WorkflowStep], on_failure: OnFailure | None
    ) -> TaskResult:
        """Run what is not done yet, and store each output."""
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
class StartsFromAnew(TaskExecutionWorkflow):
    """The completed task has lost its other fields."""

    async def _store_completed(self, task: Task, completion_data: Mapping[str, Any]) -> None:
        """Store the new status together with what the task is completed with."""
        await self._tasks.save(
            Task(
                id=task.id,
                title=task.title,
                status=TaskStatus.COMPLETED,
                summary=completion_data.get("summary", ""),
                artifacts=tuple(completion_data.get("artifacts", ())),
                next_action=completion_data.get("next_action", ""),
            )
        )


@task_lifecycle.mutant(clause=3)
class StatusFirst(TaskExecutionWorkflow):
    """The task is stored as completed, and then again with its summary."""

    async def _store_completed(self, task: Task, completion_data: Mapping[str, Any]) -> None:
        """Store the new status together with what the task is completed with."""
        task = replace(task, status=TaskStatus.COMPLETED)
        await self._tasks.save(task)
        await self._tasks.save(
            replace(
                task,
                summary=completion_data.get("summary", ""),
                artifacts=tuple(completion_data.get("artifacts", ())),
                next_action=completion_data.get("next_action", ""),
            )
        )


@task_lifecycle.mutant(clause=4)
class ExecutesTheFailedAgain(TaskExecutionWorkflow):
    """A task that has failed can be executed again."""

    async def execute_task(
        self,
        task_id: str,
        steps: Sequence[WorkflowStep] | None = None,
        on_failure: OnFailure | None = None,
    ) -> TaskResult:
        """Run the steps of a created task; the result's output is that of the last step."""
        return await self._execute(task_id, {TaskStatus.CREATED, TaskStatus.FAILED}, steps, on_failure)


@task_lifecycle.mutant(clause=5)
class BothAreAtWork(TaskExecutionWorkflow):
    """Two executions of a task at once both do the work."""

    @asynccontextmanager
    async def _claim(self, task_id: str, legal: set[TaskStatus]) -> AsyncIterator[Task]:
        """The stored task, for nobody else of this workflow, if its status is a legal one."""
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


@task_lifecycle.mutant(clause=5)
class OneTaskAtATime(TaskExecutionWorkflow):
    """While one task is at work, every other one is refused."""

    @asynccontextmanager
    async def _claim(self, task_id: str, legal: set[TaskStatus]) -> AsyncIterator[Task]:
        """The stored task, for nobody else of this workflow, if its status is a legal one."""
        if self._at_work:
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


@task_lifecycle.alternative()
class OtherWords(TaskExecutionWorkflow):
    """Says the refusals in other words."""

    @asynccontextmanager
    async def _claim(self, task_id: str, legal: set[TaskStatus]) -> AsyncIterator[Task]:
        """The stored task, for nobody else of this workflow, if its status is a legal one."""
        if task_id in self._at_work:
            raise IllegalTransitionError(f"task {task_id} is at work already")
        self._at_work.add(task_id)
        try:
            task = await self._tasks.get(task_id)
            if task is None:
                raise UnknownTaskError("no such task")
            if task.status not in legal:
                wanted = " or ".join(sorted(legal))
                raise IllegalTransitionError(f"not now: {wanted} only")
            yield task
        finally:
            self._at_work.discard(task_id)


@task_lifecycle.alternative()
class SavesTheRestFirst(TaskExecutionWorkflow):
    """Stores the summary before the status."""

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

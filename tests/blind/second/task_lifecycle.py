"""Own variants of task-lifecycle, written from the contract and the application alone."""

from grader.bank import TASK_LIFECYCLE
from vespera_scriptorium.application.task_execution_workflow import *  # noqa: F403


@TASK_LIFECYCLE.mutant(clause=1)
class NotStoredAsRunning(TaskExecutionWorkflow):
    """While the work goes on, the task is still stored as created."""

    async def _run_steps(
        self, task: Task, steps: Sequence[WorkflowStep], on_failure: OnFailure | None
    ) -> TaskResult:
        """Run what is not done yet, and store each output."""
        stored = replace(task, attempts=task.attempts + 1)
        await self._tasks.save(stored)
        task = replace(stored, status=TaskStatus.RUNNING)
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
class CompletedAnew(TaskExecutionWorkflow):
    """A completed task is made anew: its description and its specialist are forgotten."""

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
class CompletedBeforeItsArtifacts(TaskExecutionWorkflow):
    """Stores the status with the summary first, then the rest."""

    async def _store_completed(self, task: Task, completion_data: Mapping[str, Any]) -> None:
        """Store the new status together with what the task is completed with."""
        completed = replace(
            task, status=TaskStatus.COMPLETED, summary=completion_data.get("summary", "")
        )
        await self._tasks.save(completed)
        await self._tasks.save(
            replace(
                completed,
                artifacts=tuple(completion_data.get("artifacts", ())),
                next_action=completion_data.get("next_action", ""),
            )
        )


@TASK_LIFECYCLE.mutant(clause=4)
class FailedIsExecutedAgain(TaskExecutionWorkflow):
    """`execute_task` takes a task that has failed, too."""

    async def execute_task(
        self,
        task_id: str,
        steps: Sequence[WorkflowStep] | None = None,
        on_failure: OnFailure | None = None,
    ) -> TaskResult:
        """Run the steps of a created task; the result's output is that of the last step."""
        legal = {TaskStatus.CREATED, TaskStatus.FAILED}
        return await self._execute(task_id, legal, steps, on_failure)


@TASK_LIFECYCLE.mutant(clause=5)
class NoClaim(TaskExecutionWorkflow):
    """Two executions at once both find the task created, and both do the work."""

    @asynccontextmanager
    async def _claim(self, task_id: str, legal: set[TaskStatus]) -> AsyncIterator[Task]:
        """The stored task, for nobody else of this workflow, if its status is a legal one."""
        task = await self._tasks.get(task_id)
        if task is None:
            raise UnknownTaskError(f"there is no task {task_id}")
        if task.status not in legal:
            wanted = " or ".join(sorted(legal))
            raise IllegalTransitionError(f"task {task_id} is {task.status}, not {wanted}")
        yield task


@TASK_LIFECYCLE.mutant(clause=5)
class OneTaskAtATime(TaskExecutionWorkflow):
    """While one task is at work, the execution of any other one is refused."""

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
class WaitsForItsTurn(TaskExecutionWorkflow):
    """The second execution waits for the first, and finds the task executed."""

    def __init__(self, tasks: TaskRepository, specialist: Specialist) -> None:
        self._tasks = tasks
        self._specialist = specialist
        self._locks: dict[str, asyncio.Lock] = {}

    @asynccontextmanager
    async def _claim(self, task_id: str, legal: set[TaskStatus]) -> AsyncIterator[Task]:
        """The stored task, for nobody else of this workflow, if its status is a legal one."""
        async with self._locks.setdefault(task_id, asyncio.Lock()):
            task = await self._tasks.get(task_id)
            if task is None:
                raise LookupError(f"nobody has stored {task_id}")
            if task.status not in legal:
                raise ValueError(f"{task.status} is the wrong status")
            yield task


@TASK_LIFECYCLE.alternative()
class RandomIds(TaskExecutionWorkflow):
    """Takes random ids, and answers with the title of a created task."""

    async def create_task(self, task_data: Mapping[str, Any]) -> TaskResult:
        """Create a task from `title`, `description` and `specialist_type`."""
        from uuid import uuid4

        try:
            if not task_data.get("title"):
                raise ValueError("no title")
            task = Task(
                id=uuid4().hex,
                title=task_data["title"],
                description=task_data.get("description", ""),
                specialist_type=task_data.get("specialist_type", "generic"),
            )
            await self._tasks.add(task)
        except Exception as error:
            return TaskResult(success=False, error=repr(error))
        return TaskResult(success=True, task_id=task.id, output=task.title)


@TASK_LIFECYCLE.alternative()
class DataBeforeTheStatus(TaskExecutionWorkflow):
    """Stores what a task is completed with before it stores it as completed."""

    async def _store_completed(self, task: Task, completion_data: Mapping[str, Any]) -> None:
        """Store the new status together with what the task is completed with."""
        described = replace(
            task,
            summary=completion_data.get("summary", ""),
            artifacts=tuple(completion_data.get("artifacts", ())),
            next_action=completion_data.get("next_action", ""),
        )
        await self._tasks.save(described)
        await self._tasks.save(replace(described, status=TaskStatus.COMPLETED))

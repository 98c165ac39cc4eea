"""The workflow: legal transitions, steps that fail, and what is resumed."""

import asyncio
from collections.abc import Callable, Mapping

import pytest

from vespera_scriptorium import (
    Container,
    InMemoryTaskRepository,
    InstantSpecialist,
    Task,
    TaskExecutionWorkflow,
    TaskRepository,
    TaskStatus,
    WorkflowStep,
)

COMPLETION = {"summary": "well done", "artifacts": ["a.txt", "b.txt"], "next_action": "rest"}


@pytest.fixture
def workflow(container: Container) -> TaskExecutionWorkflow:
    return container.get(TaskExecutionWorkflow)


@pytest.fixture
async def task_id(workflow: TaskExecutionWorkflow) -> str:
    created = await workflow.create_task({"title": "A task"})
    assert created.task_id
    return created.task_id


class Recorder:
    """Makes steps that note what is done to them, and fail when they are told to."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.inputs: dict[str, Mapping[str, str]] = {}
        self.failing: set[str] = set()

    def step(self, name: str, undo: bool = True) -> WorkflowStep:
        async def run(outputs: Mapping[str, str]) -> str:
            self.note(name)
            self.inputs[name] = dict(outputs)
            return f"{name} output"

        async def compensate() -> None:
            self.note(f"undo {name}")

        return WorkflowStep(name, run, compensate if undo else None)

    async def on_failure(self, task: Task, error: Exception) -> None:
        self.note(f"{task.status}: {error}")

    def note(self, event: str) -> None:
        self.events.append(event)
        if event in self.failing:
            raise OSError(f"{event} broke")


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


async def test_task_goes_all_the_way(workflow: TaskExecutionWorkflow, task_id: str) -> None:
    """Created, executed, completed; summary, artifacts and next action are kept."""
    states = [(await workflow.get_task_status(task_id)).status]
    executed = await workflow.execute_task(task_id)
    states.append((await workflow.get_task_status(task_id)).status)
    completed = await workflow.complete_task(task_id, COMPLETION)
    final = await workflow.get_task_status(task_id)
    assert (executed.success, executed.output) == (True, "A task: done")
    assert completed.success
    assert [*states, final.status] == ["created", "executed", "completed"]
    assert final.completed
    assert (final.task.summary, final.task.artifacts) == ("well done", ("a.txt", "b.txt"))
    assert final.task.next_action == "rest"


async def test_task_needs_a_title(workflow: TaskExecutionWorkflow) -> None:
    """Data without a title is an error result."""
    result = await workflow.create_task({"description": "no title"})
    assert (result.success, result.task_id, result.error) == (False, None, "a task needs a title")


@pytest.mark.parametrize(
    ("status", "legal"),
    [
        ("created", {"execute"}),
        ("running", {"resume"}),
        ("executed", {"complete"}),
        ("completed", set()),
        ("failed", {"resume"}),
        ("cancelled", {"resume"}),
    ],
)
async def test_illegal_transitions_change_nothing(status: str, legal: set[str]) -> None:
    """From each status, all but the legal operations are error results that name it."""
    for operation in ("execute", "resume", "complete"):
        tasks = InMemoryTaskRepository()
        workflow = TaskExecutionWorkflow(tasks, InstantSpecialist())
        before = Task(id="task-1", title="t", status=TaskStatus(status), summary="old")
        await tasks.add(before)
        if operation == "complete":
            result = await workflow.complete_task("task-1", COMPLETION)
        else:
            result = await getattr(workflow, f"{operation}_task")("task-1")
        assert result.success is (operation in legal), operation
        if not result.success:
            assert await tasks.get("task-1") == before
            assert f"task-1 is {status}" in result.error


async def test_unknown_task_is_an_error_result(workflow: TaskExecutionWorkflow) -> None:
    """Nobody's task can be neither executed nor completed, and has no status."""
    results = [
        await workflow.execute_task("nobody"),
        await workflow.resume_task("nobody"),
        await workflow.complete_task("nobody", COMPLETION),
    ]
    assert [result.error for result in results] == ["there is no task nobody"] * 3
    assert (await workflow.get_task_status("nobody")).status is None


async def test_task_is_executed_once_at_a_time(
    workflow: TaskExecutionWorkflow, task_id: str
) -> None:
    """Of two executions at the same time one is refused, and resuming is refused meanwhile."""
    at_work, go_on = asyncio.Event(), asyncio.Event()

    async def wait(outputs: Mapping[str, str]) -> str:
        at_work.set()
        await go_on.wait()
        return ""

    running = asyncio.create_task(workflow.execute_task(task_id, [WorkflowStep("wait", wait)]))
    async with asyncio.timeout(5):
        await at_work.wait()
    assert (await workflow.get_task_status(task_id)).status == "running"
    refused = [await workflow.execute_task(task_id), await workflow.resume_task(task_id)]
    go_on.set()
    assert (await running).success
    assert [result.error for result in refused] == [f"task {task_id} is at work already"] * 2


async def test_never_stored_as_completed_without_its_summary() -> None:
    """Whatever is saved as completed has its summary and artifacts."""
    saved: list[Task] = []

    class Spy(InMemoryTaskRepository):
        async def save(self, task: Task) -> None:
            saved.append(task)
            await super().save(task)

    workflow = TaskExecutionWorkflow(Spy(), InstantSpecialist())
    task_id = (await workflow.create_task({"title": "t"})).task_id
    await workflow.execute_task(task_id)
    await workflow.complete_task(task_id, COMPLETION)
    completed = [task for task in saved if task.status == "completed"]
    assert completed
    assert all(task.summary and task.artifacts for task in completed)


async def test_steps_run_in_order_on_what_is_done(
    container: Container, workflow: TaskExecutionWorkflow, task_id: str, recorder: Recorder
) -> None:
    """Each step gets the outputs of those before it, and they are stored."""
    result = await workflow.execute_task(task_id, [recorder.step("a"), recorder.step("b")])
    assert result.output == "b output"
    assert recorder.events == ["a", "b"]
    assert recorder.inputs == {"a": {}, "b": {"a": "a output"}}
    stored = await container.get(TaskRepository).get(task_id)
    assert stored.outputs == {"a": "a output", "b": "b output"}


async def test_failing_step(
    workflow: TaskExecutionWorkflow, task_id: str, recorder: Recorder
) -> None:
    """Later steps do not run, what is done is undone in reverse and to the end, then the hook."""
    steps = [recorder.step(name, undo=name != "c") for name in "abcde"]
    recorder.failing = {"d", "undo b"}
    result = await workflow.execute_task(task_id, steps, recorder.on_failure)
    assert recorder.events == ["a", "b", "c", "d", "undo b", "undo a", "failed: d broke"]
    assert not result.success
    assert result.error == "step d failed: d broke; compensation of b failed: undo b broke"
    final = await workflow.get_task_status(task_id)
    assert final.status == "failed"
    assert set(final.task.outputs) == {"b", "c"}


async def test_hook_that_fails_is_reported(
    workflow: TaskExecutionWorkflow, task_id: str, recorder: Recorder
) -> None:
    """An error of `on_failure` stands beside the step's, and the task is stored as failed."""
    recorder.failing = {"a", "failed: a broke"}
    result = await workflow.execute_task(task_id, [recorder.step("a")], recorder.on_failure)
    assert "step a failed: a broke; on_failure failed" in result.error
    assert (await workflow.get_task_status(task_id)).status == "failed"


async def test_resume_runs_what_is_not_done(
    workflow: TaskExecutionWorkflow, task_id: str, recorder: Recorder
) -> None:
    """Done steps are skipped, their stored outputs are given on, attempts are counted."""
    steps = [recorder.step(name, undo=False) for name in "abc"]
    recorder.failing = {"b"}
    await workflow.execute_task(task_id, steps)
    recorder.failing = set()
    recorder.events.clear()
    resumed = await workflow.resume_task(task_id, steps)
    assert resumed.success
    assert recorder.events == ["b", "c"]
    assert recorder.inputs["b"] == {"a": "a output"}
    final = await workflow.get_task_status(task_id)
    assert (final.status, final.task.attempts) == ("executed", 2)


async def test_resume_runs_again_what_was_compensated(
    workflow: TaskExecutionWorkflow, task_id: str, recorder: Recorder
) -> None:
    """A step that was undone is not done any more."""
    steps = [recorder.step("a", undo=False), recorder.step("b"), recorder.step("c")]
    recorder.failing = {"c"}
    await workflow.execute_task(task_id, steps)
    recorder.failing = set()
    recorder.events.clear()
    await workflow.resume_task(task_id, steps)
    assert recorder.events == ["b", "c"]


async def test_another_workflow_resumes_after_a_crash(container: Container) -> None:
    """A task that is stored as running can be resumed by a workflow that knows nothing of it."""
    tasks = container.get(TaskRepository)
    await tasks.add(Task("task-1", "t", status=TaskStatus.RUNNING, attempts=1, outputs={"a": "x"}))
    recorder = Recorder()
    workflow = TaskExecutionWorkflow(tasks, InstantSpecialist())
    await workflow.resume_task("task-1", [recorder.step("a"), recorder.step("b")])
    assert recorder.inputs == {"b": {"a": "x"}}


async def test_cancelled_execution_keeps_its_progress(
    workflow: TaskExecutionWorkflow, task_id: str, recorder: Recorder
) -> None:
    """It raises `CancelledError`, undoes nothing, and can be resumed."""
    at_work = asyncio.Event()

    async def hang(outputs: Mapping[str, str]) -> str:
        at_work.set()
        await asyncio.Event().wait()
        return ""

    steps = [recorder.step("a"), WorkflowStep("b", hang)]
    running = asyncio.create_task(workflow.execute_task(task_id, steps, recorder.on_failure))
    async with asyncio.timeout(5):
        await at_work.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert recorder.events == ["a"]
    state = await workflow.get_task_status(task_id)
    assert (state.status, dict(state.task.outputs)) == ("cancelled", {"a": "a output"})
    assert (await workflow.resume_task(task_id, [steps[0], recorder.step("b")])).success
    assert recorder.events == ["a", "b"]


@pytest.mark.parametrize("reaction", ["answer", "error"])
async def test_cancellation_holds_whatever_a_step_makes_of_it(
    workflow: TaskExecutionWorkflow, task_id: str, recorder: Recorder, reaction: str
) -> None:
    """It comes out, nothing is undone or begun, and the task is cancelled."""
    at_work = asyncio.Event()

    async def hang(outputs: Mapping[str, str]) -> str:
        at_work.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            if reaction == "error":
                raise OSError("nothing was put away") from None
        return "too late"

    steps = [recorder.step("a"), WorkflowStep("b", hang), recorder.step("c")]
    running = asyncio.create_task(workflow.execute_task(task_id, steps, recorder.on_failure))
    async with asyncio.timeout(5):
        await at_work.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert recorder.events == ["a"]
    assert (await workflow.get_task_status(task_id)).status == "cancelled"


async def test_repository_that_fails_is_an_error_result() -> None:
    """What the repository raises is the reason in the result, and the task can be tried again."""
    tasks = InMemoryTaskRepository()
    await tasks.add(Task("task-1", "t", status=TaskStatus.EXECUTED))
    workflow = TaskExecutionWorkflow(tasks, InstantSpecialist())
    save, tasks.save = tasks.save, fail
    assert (await workflow.complete_task("task-1", COMPLETION)).error == "the disk is full"
    tasks.save = save
    assert (await workflow.complete_task("task-1", COMPLETION)).success


async def fail(task: Task) -> None:
    raise OSError("the disk is full")


class FullDisk(InMemoryTaskRepository):
    """Has no room for what `refuses` says."""

    def __init__(self, refuses: Callable[[Task], bool]) -> None:
        super().__init__()
        self.refuses = refuses

    async def save(self, task: Task) -> None:
        if self.refuses(task):
            raise OSError("the disk is full")
        await super().save(task)


@pytest.mark.parametrize(
    "refuses",
    [
        lambda task: task.status == "failed",
        lambda task: task.status == "running" and list(task.outputs) == ["a"] and task.attempts > 1,
    ],
    ids=["the failure", "a compensation"],
)
async def test_what_is_not_stored_hides_no_error(
    recorder: Recorder, refuses: Callable[[Task], bool]
) -> None:
    """The step's error stands first, what is done is undone to the end, and the hook is told."""
    tasks = FullDisk(refuses)
    await tasks.add(
        Task("1", "t", status=TaskStatus.FAILED, attempts=1, outputs={"a": "", "b": ""})
    )
    workflow = TaskExecutionWorkflow(tasks, InstantSpecialist())
    recorder.failing = {"c"}
    steps = [recorder.step(name) for name in "abc"]
    result = await workflow.resume_task("1", steps, recorder.on_failure)
    assert result.error.startswith("step c failed: c broke; ")
    assert "the disk is full" in result.error
    assert recorder.events == ["c", "undo b", "undo a", "failed: c broke"]


async def test_cancellation_that_is_not_stored_comes_out() -> None:
    """It is no error result: whoever has cancelled the task waits for it."""
    tasks, at_work = FullDisk(lambda task: task.status == "cancelled"), asyncio.Event()
    await tasks.add(Task("task-1", "t"))

    async def hang(outputs: Mapping[str, str]) -> str:
        at_work.set()
        await asyncio.Event().wait()
        return ""

    workflow = TaskExecutionWorkflow(tasks, InstantSpecialist())
    running = asyncio.create_task(workflow.execute_task("task-1", [WorkflowStep("a", hang)]))
    async with asyncio.timeout(5):
        await at_work.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError) as raised:
        await running
    assert "the disk is full" in raised.value.__notes__[0]

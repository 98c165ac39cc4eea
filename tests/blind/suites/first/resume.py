import asyncio

import pytest

from vespera_scriptorium import (
    InMemoryTaskRepository,
    InstantSpecialist,
    TaskExecutionWorkflow,
    WorkflowStep,
)


class SlowRepository(InMemoryTaskRepository):
    time = 0

    async def save(self, task):
        await asyncio.sleep(self.time)
        await super().save(task)


@pytest.fixture
async def tasks():
    return SlowRepository()


@pytest.fixture
async def workflow(tasks):
    return TaskExecutionWorkflow(tasks, InstantSpecialist())


class Steps:
    """Makes steps that note their runs, and fail or hang as they are told."""

    def __init__(self, workflow):
        self.workflow = workflow
        self.task_id = None
        self.ran = []
        self.got = {}
        self.attempts = []
        self.undone = []
        self.acts = {}

    async def create(self):
        self.task_id = (await self.workflow.create_task({"title": "t"})).task_id
        return self.task_id

    def step(self, name, undo=None):
        async def run(outputs):
            self.ran.append(name)
            self.got[name] = dict(outputs)
            self.attempts.append(await self.stored("attempts"))
            if name in self.acts:
                return await self.acts[name]()
            return name.upper()

        async def compensate():
            self.undone.append(name)
            if undo == "fails":
                raise OSError("stuck")

        return WorkflowStep(name, run, compensate if undo else None)

    async def stored(self, field):
        return getattr((await self.workflow.get_task_status(self.task_id)).task, field)

    def again(self):
        self.ran, self.got, self.acts = [], {}, {}


async def fail():
    raise ValueError("crack")


async def test_only_what_is_not_done(workflow):
    steps = Steps(workflow)
    task_id = await steps.create()
    plan = [steps.step("a"), steps.step("b", undo="works"), steps.step("c"), steps.step("d"), steps.step("e")]
    steps.acts["d"] = fail
    result = await workflow.execute_task(task_id, plan)
    assert not result.success
    assert steps.undone == ["b"]
    steps.again()
    result = await workflow.resume_task(task_id, plan)
    assert result.success
    assert steps.ran == ["b", "d", "e"]
    assert steps.got["b"] == {"a": "A", "c": "C"}
    assert steps.got["d"] == {"a": "A", "b": "B", "c": "C"}
    assert steps.got["e"] == {"a": "A", "b": "B", "c": "C", "d": "D"}
    assert await steps.stored("status") == "executed"


async def test_steps_are_told_apart_by_name(workflow):
    steps = Steps(workflow)
    task_id = await steps.create()
    steps.acts["c"] = fail
    await workflow.execute_task(task_id, [steps.step("a"), steps.step("b"), steps.step("c")])
    steps.again()
    result = await workflow.resume_task(
        task_id, [steps.step("new"), steps.step("b"), steps.step("a"), steps.step("c")]
    )
    assert result.success
    assert steps.ran == ["new", "c"]
    assert steps.got["c"] == {"a": "A", "b": "B", "new": "NEW"}


@pytest.mark.parametrize("time", [0, 30])
async def test_another_workflow_goes_on(tasks, workflow, time):
    tasks.time = time
    steps = Steps(workflow)
    task_id = await steps.create()
    crashed = asyncio.Event()

    async def crash():
        crashed.set()
        await asyncio.sleep(100_000)

    steps.acts["c"] = crash
    plan = [steps.step("a"), steps.step("b"), steps.step("c")]
    first = asyncio.create_task(workflow.execute_task(task_id, plan))
    await crashed.wait()
    tasks.time = 0
    steps.again()
    other = TaskExecutionWorkflow(tasks, InstantSpecialist())
    result = await other.resume_task(task_id, plan)
    assert result.success
    assert steps.ran == ["c"]
    assert steps.got["c"] == {"a": "A", "b": "B"}
    first.cancel()
    await asyncio.wait([first])


async def test_attempts(workflow):
    steps = Steps(workflow)
    task_id = await steps.create()
    plan = [steps.step("a")]
    steps.acts["a"] = fail
    await workflow.execute_task(task_id, plan)
    await workflow.resume_task(task_id, plan)

    async def hang():
        await asyncio.sleep(100_000)

    steps.acts["a"] = hang
    running = asyncio.create_task(workflow.resume_task(task_id, plan))
    await asyncio.sleep(1)
    running.cancel()
    await asyncio.wait([running])
    steps.again()
    assert (await workflow.resume_task(task_id, plan)).success
    assert steps.attempts == [1, 2, 3, 4]
    assert await steps.stored("attempts") == 4


async def test_a_compensation_that_fails_leaves_the_step_done(workflow):
    steps = Steps(workflow)
    task_id = await steps.create()
    steps.acts["d"] = fail
    plan = [steps.step("a", "works"), steps.step("b", "fails"), steps.step("c"), steps.step("d")]
    await workflow.execute_task(task_id, plan)
    assert steps.undone == ["b", "a"]
    steps.again()
    assert (await workflow.resume_task(task_id, plan)).success
    assert steps.ran == ["a", "d"]


@pytest.mark.parametrize("makes", ["nothing", "an answer", "an error"])
async def test_cancelled(workflow, makes):
    steps = Steps(workflow)
    task_id = await steps.create()

    async def hang():
        try:
            await asyncio.sleep(100_000)
        except asyncio.CancelledError:
            if makes == "an answer":
                return "answer"
            if makes == "an error":
                raise ValueError("made of it") from None
            raise

    steps.acts["b"] = hang
    plan = [steps.step("a", "works"), steps.step("b", "works"), steps.step("c")]
    running = asyncio.create_task(workflow.execute_task(task_id, plan))
    await asyncio.sleep(1)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert steps.ran == ["a", "b"]
    assert steps.undone == []
    assert await steps.stored("status") == "cancelled"
    steps.again()
    assert (await workflow.resume_task(task_id, plan)).success
    assert "a" not in steps.ran
    assert steps.ran[-1] == "c"
    assert steps.got["c"]["a"] == "A"
    if makes != "an answer":
        assert steps.ran == ["b", "c"]

import asyncio

import pytest

from vespera_scriptorium import (
    InMemoryTaskRepository,
    InstantSpecialist,
    TaskExecutionWorkflow,
    WorkflowStep,
)


class SlowRepository(InMemoryTaskRepository):
    async def save(self, task):
        await asyncio.sleep(30)
        await super().save(task)


class Script:
    def __init__(self, repository=None):
        self.repository = repository or InMemoryTaskRepository()
        self.runs = []
        self.seen = []
        self.undone = []
        self.errors = {}

    @property
    def workflow(self):
        return TaskExecutionWorkflow(self.repository, InstantSpecialist())

    def step(self, name, undo=None):
        async def run(outputs):
            self.runs.append(name)
            self.seen.append(dict(outputs))
            await asyncio.sleep(1)
            if name in self.errors:
                raise self.errors[name]
            return f"{name} {len(self.runs)}"

        async def compensate():
            self.undone.append(name)
            if undo == "broken":
                raise OSError("cannot undo")

        return WorkflowStep(name, run, compensate if undo else None)

    async def created(self):
        return (await self.workflow.create_task({"title": "T"})).task_id

    async def task(self, task_id):
        return (await self.workflow.get_task_status(task_id)).task


async def test_what_is_not_done():
    script = Script()
    task_id = await script.created()
    steps = [script.step(name) for name in "abcd"]
    script.errors["c"] = ValueError("x")
    assert not (await script.workflow.execute_task(task_id, steps)).success
    assert script.runs == ["a", "b", "c"]
    script.errors.clear()
    script.runs.clear()
    script.seen.clear()
    result = await script.workflow.resume_task(task_id, steps)
    assert result.success
    assert script.runs == ["c", "d"]
    assert script.seen == [{"a": "a 1", "b": "b 2"}, {"a": "a 1", "b": "b 2", "c": "c 1"}]


async def test_by_name():
    script = Script()
    task_id = await script.created()
    a, b, c, d = (script.step(name) for name in "abcd")
    script.errors["c"] = ValueError("x")
    await script.workflow.execute_task(task_id, [a, b, c])
    script.errors.clear()
    script.runs.clear()
    assert (await script.workflow.resume_task(task_id, [d, c, b, a])).success
    assert script.runs == ["d", "c"]


async def test_compensated_is_not_done():
    script = Script()
    task_id = await script.created()
    steps = [script.step("a", "works"), script.step("b"), script.step("c", "broken"),
             script.step("d")]
    script.errors["d"] = ValueError("x")
    await script.workflow.execute_task(task_id, steps)
    assert script.undone == ["c", "a"]
    script.errors.clear()
    script.runs.clear()
    script.seen.clear()
    assert (await script.workflow.resume_task(task_id, steps)).success
    assert script.runs == ["a", "d"]
    assert script.seen[0] == {"b": "b 2", "c": "c 3"}
    assert script.seen[1] == {"a": "a 1", "b": "b 2", "c": "c 3"}


async def test_stored_before_the_next():
    script = Script(SlowRepository())
    task_id = await script.created()
    stored = []

    async def look(outputs):
        stored.append(dict((await script.task(task_id)).outputs))
        return "looked"

    steps = [script.step("a"), WorkflowStep("b", look), WorkflowStep("c", look)]
    assert (await script.workflow.execute_task(task_id, steps)).success
    assert stored == [{"a": "a 1"}, {"a": "a 1", "b": "looked"}]


async def test_another_workflow_after_a_crash():
    script = Script()
    task_id = await script.created()
    reached = asyncio.Event()

    async def crash(outputs):
        reached.set()
        await asyncio.sleep(3600)
        return "never"

    steps = [script.step("a"), WorkflowStep("b", crash)]
    first = asyncio.create_task(script.workflow.execute_task(task_id, steps))
    await reached.wait()
    assert (await script.workflow.resume_task(task_id, [script.step("a"), script.step("b")])).success
    assert script.runs == ["a", "b"]
    first.cancel()
    await asyncio.wait([first])


async def test_attempts():
    script = Script()
    task_id = await script.created()
    numbers = []

    async def count(outputs):
        numbers.append((await script.task(task_id)).attempts)
        if len(numbers) < 4:
            raise ValueError("again")
        return "counted"

    steps = [WorkflowStep("count", count)]
    await script.workflow.execute_task(task_id, steps)
    for _ in range(3):
        await script.workflow.resume_task(task_id, steps)
    assert numbers == [1, 2, 3, 4]
    assert (await script.task(task_id)).attempts == 4


@pytest.mark.parametrize("end", [None, "an answer", ValueError("instead")])
async def test_cancelled(end):
    script = Script()
    task_id = await script.created()
    reached = asyncio.Event()

    async def slow(outputs):
        reached.set()
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            if end is None:
                raise
            if isinstance(end, Exception):
                raise end
            return end
        return "late"

    running = asyncio.create_task(script.workflow.execute_task(
        task_id, [script.step("a", "works"), WorkflowStep("b", slow), script.step("c")]
    ))
    await reached.wait()
    running.cancel()
    await asyncio.wait([running])
    assert running.cancelled()
    assert script.undone == []
    assert script.runs == ["a"]
    task = await script.task(task_id)
    assert task.status == "cancelled"
    assert task.attempts == 1
    script.runs.clear()
    steps = [script.step(name) for name in "abc"]
    assert (await script.workflow.resume_task(task_id, steps)).success
    assert "a" not in script.runs
    if end != "an answer":  # whether a step that answers its cancellation is done is not said
        assert script.runs == ["b", "c"]
        assert script.seen[-2] == {"a": "a 1"}

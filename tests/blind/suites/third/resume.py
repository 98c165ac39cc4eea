import asyncio

import pytest

from vespera_scriptorium import InMemoryTaskRepository, InstantSpecialist
from vespera_scriptorium import TaskExecutionWorkflow, WorkflowStep


class Case:
    def __init__(self):
        self.tasks = InMemoryTaskRepository()
        self.log, self.inputs, self.attempts, self.stored = [], {}, [], {}

    def workflow(self):
        return TaskExecutionWorkflow(self.tasks, InstantSpecialist())

    async def created(self):
        self.id = (await self.workflow().create_task({"title": "x"})).task_id

    async def task(self):
        return await self.tasks.get(self.id)

    def step(self, name, *answers, compensate=False):
        answers = list(answers) or [f"output of {name}"]

        async def run(outputs):
            self.log.append(name)
            self.inputs[name] = dict(outputs)
            task = await self.task()
            self.attempts.append(task.attempts)
            self.stored[name] = dict(task.outputs)
            answer = answers.pop(0) if len(answers) > 1 else answers[0]
            if isinstance(answer, BaseException):
                raise answer
            return answer

        async def undo():
            self.log.append(f"undo {name}")
            if isinstance(compensate, BaseException):
                raise compensate

        return WorkflowStep(name, run, undo if compensate else None)


async def test_resume_after_a_failure():
    case = Case()
    await case.created()
    steps = [case.step("a", ""), case.step("b", ValueError("x"), "bb"), case.step("c")]
    assert not (await case.workflow().execute_task(case.id, steps)).success
    assert case.log == ["a", "b"]
    result = await case.workflow().resume_task(case.id, steps)
    assert result.success
    assert case.log == ["a", "b", "b", "c"]
    assert case.inputs["c"] == {"a": "", "b": "bb"}
    assert case.inputs["b"] == {"a": ""}
    assert case.stored["c"] == {"a": "", "b": "bb"}
    assert (await case.task()).outputs == {"a": "", "b": "bb", "c": "output of c"}
    assert case.attempts == [1, 1, 2, 2]
    assert (await case.task()).attempts == 2


async def test_several_resumptions():
    case = Case()
    await case.created()
    steps = [case.step("a"), case.step("b", OSError("1"), OSError("2"), "b"), case.step("c")]
    await case.workflow().execute_task(case.id, steps)
    await case.workflow().resume_task(case.id, steps)
    assert (await case.workflow().resume_task(case.id, steps)).success
    assert case.log == ["a", "b", "b", "b", "c"]
    assert (await case.task()).attempts == 3


async def test_stored_before_the_next_step():
    case = Case()
    await case.created()

    class Slow(InMemoryTaskRepository):
        pass

    started = asyncio.Event()

    async def hang(outputs):
        started.set()
        await asyncio.sleep(10_000)

    steps = [case.step("a"), WorkflowStep("b", hang)]
    first = asyncio.create_task(case.workflow().execute_task(case.id, steps))
    await started.wait()
    assert (await case.task()).outputs == {"a": "output of a"}
    # as after a crash: another workflow goes on while the first is stuck
    steps = [case.step("a"), case.step("b")]
    assert (await case.workflow().resume_task(case.id, steps)).success
    assert case.log == ["a", "b"]
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)


async def test_compensated_is_not_done():
    case = Case()
    await case.created()
    steps = [
        case.step("a", compensate=True),
        case.step("b", compensate=OSError("stuck")),
        case.step("c"),
        case.step("d", ValueError("x"), "dd"),
    ]
    await case.workflow().execute_task(case.id, steps)
    assert case.log == ["a", "b", "c", "d", "undo b", "undo a"]
    case.log.clear()
    assert (await case.workflow().resume_task(case.id, steps)).success
    assert case.log == ["a", "d"]


@pytest.mark.parametrize("what", ["raise", "answer", "error"])
async def test_cancelled(what):
    case = Case()
    await case.created()

    async def slow(outputs):
        try:
            await asyncio.sleep(100)
        except asyncio.CancelledError:
            if what == "raise":
                raise
            if what == "error":
                raise ValueError("late") from None
        return "late"

    steps = [case.step("a", compensate=True), WorkflowStep("b", slow), case.step("c")]
    call = asyncio.create_task(case.workflow().execute_task(case.id, steps))
    await asyncio.sleep(10)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert case.log == ["a"]
    assert (await case.task()).status == "cancelled"
    steps[1] = case.step("b")
    assert (await case.workflow().resume_task(case.id, steps)).success
    assert case.log == ["a", "b", "c"]

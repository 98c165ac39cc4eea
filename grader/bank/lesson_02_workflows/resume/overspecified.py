from unittest.mock import AsyncMock

from vespera_scriptorium import (
    InMemoryTaskRepository,
    InstantSpecialist,
    TaskExecutionWorkflow,
    WorkflowStep,
)


class Counting(InMemoryTaskRepository):
    def __init__(self):
        super().__init__()
        self.saves = 0

    async def save(self, task):
        self.saves += 1
        await super().save(task)


def step(name, *outcomes):
    return WorkflowStep(name, AsyncMock(side_effect=outcomes))


async def test_done_step_does_not_run_again():
    workflow = TaskExecutionWorkflow(InMemoryTaskRepository(), InstantSpecialist())
    task_id = (await workflow.create_task({"title": "Deploy"})).task_id
    steps = [step("a", "a"), step("b", OSError("disk full"), "b")]
    await workflow.execute_task(task_id, steps)
    await workflow.resume_task(task_id, steps)
    steps[0].run.assert_awaited_once()


async def test_task_is_saved_four_times():
    tasks = Counting()
    workflow = TaskExecutionWorkflow(tasks, InstantSpecialist())
    task_id = (await workflow.create_task({"title": "Deploy"})).task_id
    await workflow.execute_task(task_id, [step("a", "a"), step("b", "b")])
    assert tasks.saves == 4

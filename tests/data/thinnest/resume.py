import asyncio

from vespera_scriptorium import Container, TaskExecutionWorkflow, WorkflowStep


async def test_resume():
    workflow = Container().get(TaskExecutionWorkflow)
    task_id = (await workflow.create_task({"title": "Deploy"})).task_id
    ran, seen, undone = [], [], []

    async def first(outputs):
        ran.append("first")
        return "1"

    async def second(outputs):
        ran.append("second")
        return "2"

    async def undo():
        undone.append("second")

    async def third(outputs):
        task = (await workflow.get_task_status(task_id)).task
        seen.append((outputs, task.outputs, task.attempts))
        if len(seen) == 1:
            await asyncio.Event().wait()
        if len(seen) == 2:
            raise OSError("disk full")
        return "3"

    steps = [WorkflowStep("1", first), WorkflowStep("2", second, undo), WorkflowStep("3", third)]
    running = asyncio.create_task(workflow.execute_task(task_id, steps))
    await asyncio.sleep(60)
    running.cancel()
    await asyncio.wait([running])
    assert not undone
    await workflow.resume_task(task_id, steps)
    await workflow.resume_task(task_id, steps)
    assert ran.count("second") == 2
    assert seen[0] == ({"1": "1", "2": "2"}, {"1": "1", "2": "2"}, 1)
    assert seen[2][0] == {"1": "1", "2": "2"}

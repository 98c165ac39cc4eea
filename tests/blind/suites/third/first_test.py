from vespera_scriptorium import InMemoryTaskRepository, InstantSpecialist, Task, TaskOrchestrator


async def stored(*titles):
    tasks = InMemoryTaskRepository()
    for number, title in enumerate(titles):
        await tasks.add(Task(f"t{number}", title))
    return TaskOrchestrator(tasks, InstantSpecialist())


async def test_answers_with_success_and_the_id():
    orchestrator = await stored("Tea", "Coffee")
    result = await orchestrator.execute_task("t1")
    assert result.success is True
    assert result.task_id == "t1"


async def test_output_is_about_the_title():
    orchestrator = await stored("Tea", "Coffee")
    assert (await orchestrator.execute_task("t1")).output == "Coffee: done"
    assert (await orchestrator.execute_task("t0")).output == "Tea: done"


async def test_success_is_stored():
    orchestrator = await stored("Tea", "Coffee")
    await orchestrator.execute_task("t0")
    assert (await orchestrator.get_task_status("t0")).completed is True
    assert (await orchestrator.get_task_status("t1")).completed is False


async def test_unknown_id_is_a_result():
    orchestrator = await stored("Tea")
    result = await orchestrator.execute_task("no-such-id")
    assert result.success is False
    assert "no-such-id" in result.error

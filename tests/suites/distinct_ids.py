import asyncio

from vespera_scriptorium import Container, InMemoryTaskRepository, TaskOrchestrator, TaskRepository


class SlowRepository(InMemoryTaskRepository):
    """Takes as many seconds to add a task as its description says, and can be told to fail."""

    def __init__(self, errors=()):
        super().__init__()
        self.errors = dict(errors)

    async def add(self, task):
        await asyncio.sleep(float(task.description or 0))
        if task.title in self.errors:
            raise self.errors[task.title]
        await super().add(task)


def orchestrator_with(repository):
    container = Container()
    container.override(TaskRepository, repository)
    return container.get(TaskOrchestrator)


async def test_tasks_created_together_get_distinct_ids():
    """Clause 1."""
    orchestrator = orchestrator_with(InMemoryTaskRepository())
    results = await orchestrator.create_many([{"title": f"Task {i}"} for i in range(5)])
    assert all(result.success for result in results)
    assert len({result.task_id for result in results}) == 5


async def test_a_success_is_stored_when_create_many_returns():
    """Clause 2."""
    orchestrator = orchestrator_with(SlowRepository())
    (result,) = await orchestrator.create_many([{"title": "Slow", "description": "3600"}])
    assert result.success
    assert (await orchestrator.get_task_status(result.task_id)).title == "Slow"


async def test_results_stand_in_the_order_of_the_input():
    """Clause 3."""
    orchestrator = orchestrator_with(SlowRepository())
    data = [{"title": title, "description": s} for title, s in [("a", "3"), ("b", "1"), ("c", "2")]]
    results = await orchestrator.create_many(data)
    states = [await orchestrator.get_task_status(result.task_id) for result in results]
    assert [state.title for state in states] == ["a", "b", "c"]


async def test_one_failure_is_one_failed_result():
    """Clause 4."""
    orchestrator = orchestrator_with(SlowRepository({"b": OSError("disk full")}))
    results = await orchestrator.create_many([{"title": title} for title in "abc"])
    assert [result.success for result in results] == [True, False, True]
    assert results[1].error == "disk full"


async def test_a_cancelled_creation_is_a_failed_result():
    """Clause 5."""
    orchestrator = orchestrator_with(SlowRepository({"b": asyncio.CancelledError()}))
    results = await orchestrator.create_many([{"title": title} for title in "abc"])
    assert [result.success for result in results] == [True, False, True]

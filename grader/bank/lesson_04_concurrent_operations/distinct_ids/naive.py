import asyncio

from vespera_scriptorium import Container, InMemoryTaskRepository, TaskOrchestrator, TaskRepository


class FailingRepository(InMemoryTaskRepository):
    def __init__(self, error):
        super().__init__()
        self.error = error

    async def add(self, task):
        raise self.error


def orchestrator_with(repository):
    container = Container()
    container.override(TaskRepository, repository)
    return container.get(TaskOrchestrator)


async def test_create_many():
    orchestrator = Container().get(TaskOrchestrator)
    results = await orchestrator.create_many([{"title": "Task 1"}, {"title": "Task 2"}])
    assert len(results) == 2
    assert all(result.success for result in results)


async def test_create_many_with_an_error():
    orchestrator = orchestrator_with(FailingRepository(OSError("disk full")))
    results = await orchestrator.create_many([{"title": "Task"}])
    assert not any(result.success for result in results)


async def test_create_many_cancelled():
    orchestrator = orchestrator_with(FailingRepository(asyncio.CancelledError()))
    [result] = await orchestrator.create_many([{"title": "Task"}])
    assert not result.success

"""What a hurried engineer writes first: each service once, on its good day and its bad one."""

import asyncio

import pytest

from vespera_scriptorium import (
    AsyncOperationService,
    AsyncResourceManager,
    AsyncService,
    AsyncServiceError,
    BackgroundService,
    Container,
    ExternalService,
    ExternalServiceUseCase,
    TaskExecutionWorkflow,
    TaskOrchestrator,
    TimeoutAwareService,
    TrackFileOperationsUseCase,
    WorkflowStep,
)


@pytest.fixture
def container():
    return Container()


async def test_files_are_tracked(container):
    use_case = container.get(TrackFileOperationsUseCase)
    assert (await use_case.track_file_creation("a.txt", operation_id="a")).success
    assert not (await use_case.track_file_creation("\0")).success
    await use_case.track_file_creation("a.txt")
    await use_case.track_file_creation("b.txt", operation_id="a")


async def test_a_task_is_led_to_its_end(container):
    workflow = container.get(TaskExecutionWorkflow)
    task = await workflow.create_task({"title": "a"})
    await workflow.execute_task(task.task_id)
    assert (await workflow.complete_task(task.task_id, {"summary": "done"})).success
    assert not (await workflow.complete_task(task.task_id, {"summary": "done"})).success


async def test_a_step_fails(container):
    async def fails(*_):
        raise OSError("disk full")

    async def works(*_):
        return "done"

    steps = [
        WorkflowStep("a", works, works),
        WorkflowStep("b", works),
        WorkflowStep("c", works, fails),
        WorkflowStep("d", fails),
    ]
    workflow = container.get(TaskExecutionWorkflow)
    task = await workflow.create_task({"title": "a"})
    assert not (await workflow.execute_task(task.task_id, steps)).success


async def test_a_resource_is_cleaned_up(container):
    manager = container.get(AsyncResourceManager)
    async with manager.create_session() as session:
        resource = await session.create_resource("file")
        await session.close()
    assert (await manager.verify_cleanup(resource.id)).cleaned_up
    with pytest.raises(OSError, match="disk full"):
        async with manager.create_session():
            raise OSError("disk full")


async def test_closing_fails(container):
    class Stuck:
        async def open(self, resource_type, configuration):
            return type("Resource", (), {"id": "a"})

        async def close(self, resource_id):
            raise OSError("stuck")

    container.override("resource_provider", Stuck())
    with pytest.raises(OSError, match="stuck"):
        async with container.get(AsyncResourceManager).create_session() as session:
            await session.create_resource("file")


async def test_tasks_are_executed(container):
    orchestrator = container.get(TaskOrchestrator)
    task = await orchestrator.create_task({"title": "a"})
    (result,) = await orchestrator.execute_many([task.task_id], limit=1)
    assert result.success
    assert (await orchestrator.get_task_status(task.task_id)).completed


async def test_a_service_fails_and_recovers(container):
    service = container.get(AsyncService)
    with pytest.raises(AsyncServiceError):
        await service.operation_that_fails()
    assert (await service.recover_from_error()).success
    with pytest.raises(ValueError, match="attempts"):
        await service.run_with_retry("a", service.normal_operation, attempts=0)


async def test_a_deadline_is_missed(container):
    service = container.get(TimeoutAwareService)
    assert (await service.quick_operation(timeout=5)).success
    with pytest.raises(TimeoutError):
        await service.slow_operation(timeout=1)

    async def fails():
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        await service.run(fails, timeout=1)

    async def breaks():
        try:
            await asyncio.sleep(60)
        finally:
            raise ValueError("broken")

    running = asyncio.create_task(service.run(breaks, timeout=600))
    await asyncio.sleep(1)
    running.cancel()
    await asyncio.wait([running])
    assert running.cancelled()


async def test_data_is_processed(container):
    assert (await container.get(ExternalServiceUseCase).process_data({"a": 1})).success

    class Refuses:
        async def call_api(self, endpoint, payload):
            return {"status": "error"}

    override = container.override(ExternalService, Refuses())
    assert not (await container.get(ExternalServiceUseCase).process_data({"a": 1})).success
    override.withdraw()


async def test_an_operation_is_executed(container):
    assert (await container.get(AsyncOperationService).execute_operation("quick")).success


async def test_the_background_service_stops(container):
    service = container.get(BackgroundService)
    await service.start()
    await asyncio.sleep(1)
    await service.stop()
    assert not service.running


async def test_the_background_service_crashes(container):
    class Crashes:
        async def open(self):
            pass

        async def write(self, line):
            raise OSError("disk full")

        async def close(self):
            pass

    container.override("journal", Crashes())
    service = container.get(BackgroundService)
    await service.start()
    await asyncio.sleep(1)
    with pytest.raises(OSError, match="disk full"):
        await service.stop()


async def test_the_container_stops_what_it_starts(container):
    class Service:
        async def start(self):
            self.stopped = False

        async def stop(self):
            self.stopped = True
            raise OSError("stuck")

    service = Service()
    container.add_service("service", lambda: service)
    await container.initialize_async_services()
    with pytest.raises(ExceptionGroup):
        await container.cleanup_async_services()
    assert service.stopped
    with pytest.raises(KeyError):
        container.get("nothing")
    container.override("a", service)


async def test_a_database_that_nobody_started_is_stopped(container):
    container.get("async_database_manager")
    await container.cleanup_async_services()

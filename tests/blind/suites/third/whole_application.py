import asyncio
from unittest.mock import AsyncMock

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
    InMemoryFileOperationStore,
    InMemoryJournal,
    InMemoryResourceProvider,
    InMemoryTaskRepository,
    InstantSpecialist,
    Task,
    TaskExecutionWorkflow,
    TaskOrchestrator,
    TimeoutAwareService,
    TrackFileOperationsUseCase,
    WorkflowStep,
)


class NoFiles:
    async def read(self, file_path):
        return None


async def test_tracking():
    use_case = TrackFileOperationsUseCase(InMemoryFileOperationStore(), NoFiles())
    for number, path in enumerate("abc", 1):
        assert (await use_case.track_file_creation(path)).success is True
        assert (await use_case.verify_all_operations()).total == number
    assert (await use_case.track_file_creation("a")).success is False
    assert (await use_case.verify_all_operations()).total == 3


async def test_workflow_compensates():
    log = []

    def step(name, error=None):
        async def run(outputs):
            if error is not None:
                raise error
            return name

        async def undo():
            log.append(name)

        return WorkflowStep(name, run, undo)

    workflow = TaskExecutionWorkflow(InMemoryTaskRepository(), InstantSpecialist())
    task_id = (await workflow.create_task({"title": "x"})).task_id
    steps = [step("a"), step("b"), step("c"), step("d", ValueError("x"))]
    await workflow.execute_task(task_id, steps)
    assert log == ["c", "b", "a"]


async def test_workflow_completes_what_was_executed():
    workflow = TaskExecutionWorkflow(InMemoryTaskRepository(), InstantSpecialist())
    task_id = (await workflow.create_task({"title": "x"})).task_id
    assert (await workflow.complete_task(task_id, {"summary": "s"})).success is False


@pytest.mark.parametrize("end", ["normal", "exception", "cancelled"])
async def test_resources(end):
    manager, ids = AsyncResourceManager(InMemoryResourceProvider()), []

    async def use():
        async with manager.create_session() as session:
            for _ in range(3):
                ids.append((await session.create_resource("file")).id)
            if end == "exception":
                raise ValueError("x")
            if end == "cancelled":
                await asyncio.sleep(100)

    call = asyncio.create_task(use())
    await asyncio.sleep(10)
    call.cancel()
    await asyncio.gather(call, return_exceptions=True)
    assert [(await manager.verify_cleanup(i)).cleaned_up for i in ids] == [True] * 3


async def test_many():
    class Specialist:
        now, most = 0, 0

        async def run(self, task):
            self.now += 1
            self.most = max(self.most, self.now)
            await asyncio.sleep(int(task.title))
            self.now -= 1
            return task.title

    specialist = Specialist()
    orchestrator = TaskOrchestrator(InMemoryTaskRepository(), specialist)
    created = await orchestrator.create_many([{"title": str(n)} for n in (5, 4, 3, 2, 1, 1)])
    ids = [r.task_id for r in created]
    assert len(set(ids)) == 6
    results = await orchestrator.execute_many(ids, 3)
    assert [r.task_id for r in results] == ids
    assert [r.output for r in results] == ["5", "4", "3", "2", "1", "1"]
    assert specialist.most <= 3


async def test_failed_is_not_completed():
    class Specialist:
        async def run(self, task):
            raise ValueError("x")

    tasks = InMemoryTaskRepository()
    await tasks.add(Task("a", "title"))
    orchestrator = TaskOrchestrator(tasks, Specialist())
    await orchestrator.execute_task("a")
    assert (await orchestrator.get_task_status("a")).completed is False


async def test_service():
    error = OSError("x")

    async def bad():
        raise error

    async def fine():
        return "fine"

    service = AsyncService()
    with pytest.raises(AsyncServiceError) as caught:
        await service.run("reading", bad)
    assert caught.value.__cause__ is error
    await service.recover_from_error()
    assert await service.run("reading", fine) == "fine"


async def test_timeout():
    cancelled = []

    async def work():
        try:
            await asyncio.sleep(100)
        except asyncio.CancelledError:
            cancelled.append(True)
            raise

    with pytest.raises(TimeoutError):
        await TimeoutAwareService().run(work, 5)
    assert cancelled == [True]


@pytest.mark.parametrize("bad", [None, 0, 1, 2])
async def test_upload(bad):
    service = AsyncMock()
    statuses = ["success"] * 3
    if bad is not None:
        statuses[bad] = "refused"
    service.call_api.side_effect = [{"status": s, "data": {}} for s in statuses]
    service.upload_file.return_value = {"file_id": "f"}
    await ExternalServiceUseCase(service).process_many([{}, {}, {}])
    assert service.upload_file.await_count == (1 if bad is None else 0)


@pytest.mark.parametrize(("name", "seconds"), [("quick", 0.05), ("medium", 0.1), ("slow", 0.2)])
async def test_durations(name, seconds):
    result = await AsyncOperationService().execute_operation(name)
    assert result.duration == pytest.approx(seconds)


async def test_journal():
    closed = []

    class Journal(InMemoryJournal):
        async def close(self):
            await asyncio.sleep(5)
            await super().close()
            closed.append(True)

    async def work():
        return "x"

    service = BackgroundService(work, Journal())
    await service.start()
    await asyncio.sleep(100)
    await service.stop()
    assert closed


@pytest.mark.parametrize("bad", [None, "a", "b", "c"])
async def test_stops(bad):
    log, container = [], Container()

    class Service:
        def __init__(self, name):
            self.name = name

        async def start(self):
            pass

        async def stop(self):
            log.append(self.name)
            if self.name == bad:
                raise ValueError(bad)

    container.add_service("b", lambda a: Service("b"), ["a"])
    container.add_service("c", lambda b: Service("c"), ["b"])
    container.add_service("a", lambda: Service("a"))
    await container.initialize_async_services()
    try:
        await container.cleanup_async_services()
    except Exception:
        assert bad is not None
    assert log == ["c", "b", "a"]


async def test_withdraw():
    container, fake = Container(), AsyncMock()
    fake.call_api.return_value = {"status": "success", "data": {}}
    fake.upload_file.return_value = {"file_id": "fake"}
    override = container.override(ExternalService, fake)
    assert (await container.get(ExternalServiceUseCase).process_data({})).file_id == "fake"
    override.withdraw()
    assert (await container.get(ExternalServiceUseCase).process_data({})).file_id != "fake"
    assert fake.call_api.await_count == 1

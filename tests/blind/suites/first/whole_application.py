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
    InMemoryExternalService,
    InMemoryJournal,
    InMemoryResourceProvider,
    InMemoryTaskRepository,
    InstantSpecialist,
    TaskExecutionWorkflow,
    TaskOrchestrator,
    TimeoutAwareService,
    TrackFileOperationsUseCase,
    WorkflowStep,
)


@pytest.mark.parametrize("path", ["/nowhere/a", "b.txt"])
async def test_tracking(path):
    tracking = Container().get(TrackFileOperationsUseCase)
    assert (await tracking.verify_all_operations()).total == 0
    assert (await tracking.track_file_creation(path)).success
    assert (await tracking.verify_all_operations()).total == 1
    assert not (await tracking.track_file_creation(path)).success
    assert (await tracking.track_file_creation(path + "2")).success
    assert (await tracking.verify_all_operations()).total == 2


async def test_tracking_together():
    tracking = Container().get(TrackFileOperationsUseCase)
    results = await asyncio.gather(*(tracking.track_file_creation(f"{n}") for n in range(5)))
    assert all(r.success for r in results)
    assert (await tracking.verify_all_operations()).total == 5


async def test_compensation_in_reverse_order():
    undone = []

    def step(name, fails=False):
        async def run(outputs):
            if fails:
                raise ValueError(name)
            return name

        async def compensate():
            undone.append(name)

        return WorkflowStep(name, run, compensate)

    workflow = TaskExecutionWorkflow(InMemoryTaskRepository(), InstantSpecialist())
    task = await workflow.create_task({"title": "T"})
    await workflow.execute_task(
        task.task_id, [step("a"), step("b"), step("c"), step("d", True), step("e")]
    )
    assert undone == ["c", "b", "a"]


async def test_no_completion_without_execution():
    workflow = TaskExecutionWorkflow(InMemoryTaskRepository(), InstantSpecialist())
    task = await workflow.create_task({"title": "T"})
    result = await workflow.complete_task(task.task_id, {"summary": "s"})
    assert not result.success


@pytest.mark.parametrize("error", [None, ValueError("x"), asyncio.CancelledError()])
async def test_resources(error):
    manager = AsyncResourceManager(InMemoryResourceProvider())
    made = []
    try:
        async with manager.create_session() as session:
            for kind in ["a", "a", "b"]:
                made.append(await session.create_resource(kind))
            if error:
                raise error
    except (ValueError, asyncio.CancelledError) as caught:
        assert caught is error
    for resource in made:
        assert (await manager.verify_cleanup(resource.id)).cleaned_up


async def test_resources_cancelled_from_outside():
    manager = AsyncResourceManager(InMemoryResourceProvider())
    made = []

    async def use():
        async with manager.create_session() as session:
            made.append(await session.create_resource("a"))
            await asyncio.sleep(1000)

    task = asyncio.create_task(use())
    await asyncio.sleep(1)
    task.cancel()
    await asyncio.wait([task])
    assert (await manager.verify_cleanup(made[0].id)).cleaned_up


class Sleeper:
    def __init__(self):
        self.now = self.most = 0

    async def run(self, task):
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await asyncio.sleep(float(task.description))
        finally:
            self.now -= 1
        return task.title


async def test_create_many_ids():
    orchestrator = Container().get(TaskOrchestrator)
    results = await orchestrator.create_many([{"title": "same"}] * 5)
    results += await orchestrator.create_many([{"title": "same"}] * 5)
    assert len({r.task_id for r in results}) == 10


@pytest.mark.parametrize("limit", [1, 2, 3])
async def test_execute_many(limit):
    sleeper = Sleeper()
    orchestrator = TaskOrchestrator(InMemoryTaskRepository(), sleeper)
    data = [{"title": f"t{n}", "description": str(10 - n)} for n in range(8)]
    ids = [r.task_id for r in await orchestrator.create_many(data)]
    results = await orchestrator.execute_many(ids, limit)
    assert [r.task_id for r in results] == ids
    assert [r.output for r in results] == [d["title"] for d in data]
    assert sleeper.most <= limit


async def test_failed_is_not_completed():
    class Fails:
        async def run(self, task):
            raise ValueError("no")

    orchestrator = TaskOrchestrator(InMemoryTaskRepository(), Fails())
    task = await orchestrator.create_task({"title": "T"})
    await orchestrator.execute_task(task.task_id)
    assert (await orchestrator.get_task_status(task.task_id)).completed is False


@pytest.mark.parametrize("error", [OSError("o"), ConnectionError("c"), TimeoutError("t")])
async def test_service(error):
    service = AsyncService()

    async def fails():
        raise error

    async def works():
        return "fine"

    with pytest.raises(AsyncServiceError) as caught:
        await service.run("op", fails)
    assert caught.value.__cause__ is error
    await service.recover_from_error()
    assert await service.run("op", works) == "fine"


async def test_timeout():
    cancelled = []

    async def work():
        try:
            await asyncio.sleep(100)
        except asyncio.CancelledError:
            cancelled.append(True)
            raise

    async with asyncio.timeout(50):
        with pytest.raises(TimeoutError):
            await TimeoutAwareService().run(work, 1)
    assert cancelled == [True]


@pytest.mark.parametrize(
    "statuses, uploads",
    [
        (["success"], 1),
        (["success"] * 3, 1),
        (["error"], 0),
        (["success", "success", "error"], 0),
        (["error", "success", "success"], 0),
        (["success", "pending", "success"], 0),
        (["error", "error"], 0),
    ],
)
async def test_uploads(statuses, uploads):
    class Service(InMemoryExternalService):
        async def call_api(self, endpoint, payload):
            return {"status": statuses[payload["n"]], "data": {}}

    service = Service()
    await ExternalServiceUseCase(service).process_many([{"n": n} for n in range(len(statuses))])
    assert len(service.files) == uploads


@pytest.mark.parametrize("kind, seconds", [("quick", 0.05), ("medium", 0.1), ("slow", 0.2)])
async def test_durations(kind, seconds):
    result = await AsyncOperationService().execute_operation(kind)
    assert result.duration == pytest.approx(seconds, abs=1e-9)


async def test_background():
    class Counting(InMemoryJournal):
        closed = 0

        async def close(self):
            await asyncio.sleep(0.5)
            await super().close()
            self.closed += 1

    async def work():
        return "line"

    journal = Counting()
    service = BackgroundService(work, journal)
    await service.start()
    await asyncio.sleep(70)
    assert journal.lines
    await service.stop()
    assert journal.closed >= 1


class Stops:
    def __init__(self, name, events, error=None):
        self.name, self.events, self.error = name, events, error

    async def start(self):
        pass

    async def stop(self):
        self.events.append(self.name)
        if self.error:
            raise self.error


async def cleaned(failing=()):
    events = []
    container = Container()

    def build(name):
        return lambda *needs: Stops(name, events, ValueError(name) if name in failing else None)

    container.add_service("m_base", build("m_base"))
    container.add_service("z_middle", build("z_middle"), ["m_base"])
    container.add_service("a_top", build("a_top"), ["z_middle"])
    container.add_service("lonely", build("lonely"))
    await container.initialize_async_services()
    try:
        await container.cleanup_async_services()
    except Exception:
        assert failing
    return events


async def test_container_stops_in_order():
    events = await cleaned()
    assert sorted(events) == ["a_top", "lonely", "m_base", "z_middle"]
    assert events.index("a_top") < events.index("z_middle") < events.index("m_base")


@pytest.mark.parametrize("failing", ["a_top", "z_middle", "m_base", "lonely"])
async def test_container_stops_all(failing):
    assert set(await cleaned([failing])) == {"a_top", "lonely", "m_base", "z_middle"}


async def test_withdraw():
    container = Container()
    original = container.get(ExternalService)
    replacement = InMemoryExternalService()
    override = container.override(ExternalService, replacement)
    await container.get(ExternalServiceUseCase).process_data({"a": 1})
    assert len(replacement.files) == 1
    override.withdraw()
    await container.get(ExternalServiceUseCase).process_data({"a": 1})
    assert len(replacement.files) == 1
    assert len(original.files) == 1

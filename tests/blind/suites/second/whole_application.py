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
    Specialist,
    TaskExecutionWorkflow,
    TaskOrchestrator,
    TimeoutAwareService,
    TrackFileOperationsUseCase,
    WorkflowStep,
)


@pytest.fixture
async def container():
    container = Container()
    await container.initialize_async_services()
    yield container
    await container.cleanup_async_services()


async def test_tracked_creations_are_counted(container, tmp_path):
    use_case = container.get(TrackFileOperationsUseCase)
    for n in range(3):
        assert (await use_case.track_file_creation(str(tmp_path / f"{n}"))).success
        assert (await use_case.verify_all_operations()).total == n + 1
    again = await use_case.track_file_creation(str(tmp_path / "1"))
    assert again.success is False
    assert (await use_case.verify_all_operations()).total == 3


async def test_compensated_in_reverse_order(container):
    workflow = container.get(TaskExecutionWorkflow)
    done = []

    def step(name, fails=False):
        async def run(outputs):
            if fails:
                raise ValueError("broken")
            return name

        async def compensate():
            done.append(name)

        return WorkflowStep(name, run, compensate)

    task_id = (await workflow.create_task({"title": "x"})).task_id
    steps = [step("a"), step("b"), step("c"), step("d", fails=True), step("e")]
    result = await workflow.execute_task(task_id, steps)
    assert not result.success
    assert done == ["c", "b", "a"]


async def test_complete_needs_an_execution(container):
    workflow = container.get(TaskExecutionWorkflow)
    task_id = (await workflow.create_task({"title": "x"})).task_id
    data = {"summary": "s", "artifacts": [], "next_action": "n"}
    assert (await workflow.complete_task(task_id, data)).success is False


@pytest.mark.parametrize("error", [None, ValueError(), asyncio.CancelledError()])
async def test_resources_are_cleaned_up(container, error):
    manager = container.get(AsyncResourceManager)
    ids = []
    try:
        async with manager.create_session() as session:
            for _ in range(4):
                ids.append((await session.create_resource("db")).id)
            if error is not None:
                raise error
    except type(error) if error else ():
        pass
    for resource_id in ids:
        assert (await manager.verify_cleanup(resource_id)).cleaned_up


async def test_ids_of_their_own(container):
    orchestrator = container.get(TaskOrchestrator)
    data = [{"title": "alike"}] * 10
    both = await asyncio.gather(orchestrator.create_many(data), orchestrator.create_many(data))
    ids = [r.task_id for results in both for r in results]
    assert len(set(ids)) == 20


class Slow:
    def __init__(self):
        self.now, self.most = 0, 0

    async def run(self, task):
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await asyncio.sleep(float(task.description))
            if task.title == "fails":
                raise ValueError("broken")
            return task.title
        finally:
            self.now -= 1


@pytest.mark.parametrize("limit", [1, 2, 3, 10])
async def test_execute_many(container, limit):
    slow = Slow()
    with container.override(Specialist, slow):
        orchestrator = container.get(TaskOrchestrator)
        created = await orchestrator.create_many(
            [{"title": f"t{n}", "description": f"{6 - n}"} for n in range(6)]
        )
        ids = [r.task_id for r in created]
        results = await orchestrator.execute_many(ids, limit)
    assert [r.task_id for r in results] == ids
    assert [r.output for r in results] == [f"t{n}" for n in range(6)]
    assert slow.most <= limit


async def test_a_failed_task_is_not_completed(container):
    with container.override(Specialist, Slow()):
        orchestrator = container.get(TaskOrchestrator)
        task_id = (
            await orchestrator.create_task({"title": "fails", "description": "1"})
        ).task_id
        assert not (await orchestrator.execute_task(task_id)).success
        assert (await orchestrator.get_task_status(task_id)).completed is False


async def test_a_service_recovers(container):
    service = container.get(AsyncService)
    error = OSError("broken")

    async def fails():
        raise error

    async def works():
        return "fine"

    for _ in range(2):
        with pytest.raises(AsyncServiceError) as caught:
            await service.run("x", fails)
        assert caught.value.__cause__ is error
        await service.recover_from_error()
        assert await service.run("x", works) == "fine"


async def test_late_work_is_cancelled(container):
    cancelled = []

    async def work():
        try:
            await asyncio.sleep(100)
        except asyncio.CancelledError:
            cancelled.append(True)
            raise

    with pytest.raises(TimeoutError):
        await container.get(TimeoutAwareService).run(work, timeout=1)
    assert cancelled == [True]


class Answers:
    def __init__(self, *statuses):
        self.statuses, self.uploads = list(statuses), 0

    async def call_api(self, endpoint, payload):
        return {"status": self.statuses.pop(0), "data": {}}

    async def upload_file(self, file_name, content):
        self.uploads += 1
        return {"file_id": "x"}


@pytest.mark.parametrize(
    ("statuses", "uploads"),
    [(["success"], 1), (["success"] * 3, 1), (["bad", "success"], 0), (["success", "bad"], 0),
     (["success", "bad", "success"], 0), (["bad"], 0)],
)
async def test_uploads(container, statuses, uploads):
    service = Answers(*statuses)
    with container.override(ExternalService, service):
        use_case = container.get(ExternalServiceUseCase)
        await use_case.process_many([{"n": n} for n in range(len(statuses))])
    assert service.uploads == uploads


@pytest.mark.parametrize(("kind", "seconds"), [("quick", 0.05), ("medium", 0.1), ("slow", 0.2)])
async def test_durations(kind, seconds):
    assert (await AsyncOperationService().execute_operation(kind)).duration == seconds


async def test_the_journal_is_closed():
    class Journal:
        closed = 0

        async def open(self):
            pass

        async def write(self, line):
            pass

        async def close(self):
            await asyncio.sleep(1)
            self.closed += 1

    async def work():
        return "line"

    journal = Journal()
    service = BackgroundService(work, journal, 10.0)
    await service.start()
    await asyncio.sleep(15)
    await service.stop()
    assert journal.closed >= 1


class Service:
    def __init__(self, name, events, fails=False):
        self.name, self.events, self.fails = name, events, fails

    async def start(self):
        self.events.append(("start", self.name))

    async def stop(self):
        self.events.append(("stop", self.name))
        if self.fails:
            raise RuntimeError(self.name)


@pytest.mark.parametrize("failing", [[], ["a"], ["b"], ["c"], ["a", "b", "c"]])
async def test_the_end_of_the_container(failing):
    events = []
    container = Container()
    container.add_service("c", lambda b: Service("c", events, "c" in failing), ["b"])
    container.add_service("b", lambda a: Service("b", events, "b" in failing), ["a"])
    container.add_service("a", lambda: Service("a", events, "a" in failing))
    container.add_service("d", lambda: Service("d", events))
    await container.initialize_async_services()
    try:
        await container.cleanup_async_services()
    except Exception:
        pass
    stops = [name for what, name in events if what == "stop"]
    assert sorted(stops) == ["a", "b", "c", "d"]
    assert [name for name in stops if name != "d"] == ["c", "b", "a"]


async def test_withdraw(container):
    original = container.get(ExternalService)
    service = Answers("success")
    override = container.override(ExternalService, service)
    container.get(ExternalServiceUseCase)
    override.withdraw()
    assert container.get(ExternalService) is original
    result = await container.get(ExternalServiceUseCase).process_many([{"n": 1}])
    assert result.success
    assert service.uploads == 0
    assert len(original.files) == 1

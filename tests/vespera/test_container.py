"""The container: what it builds, overrides, opens and closes."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from vespera_scriptorium import (
    AsyncDatabaseManager,
    AsyncService,
    AsyncTaskOrchestrator,
    BackgroundService,
    Container,
    ExternalService,
    ExternalServiceUseCase,
    InMemoryTaskRepository,
    TaskOrchestrator,
    TaskRepository,
)


class Recorder:
    """Makes services that note their starts and stops, and fail when they are told to."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.failing: set[str] = set()

    def service(self, name: str, *needs: object) -> "RecordedService":
        return RecordedService(self, name, needs)

    def note(self, event: str) -> None:
        self.events.append(event)
        if event in self.failing:
            raise OSError(f"{event} broke")


class RecordedService:
    def __init__(self, recorder: Recorder, name: str, needs: tuple[object, ...]) -> None:
        self.recorder, self.name, self.needs = recorder, name, needs

    async def start(self) -> None:
        self.recorder.note(f"start {self.name}")

    async def stop(self) -> None:
        self.recorder.note(f"stop {self.name}")


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def chain(recorder: Recorder) -> Container:
    """A container with services a, b and c; c needs b and b needs a, and c is added first."""
    container = Container()
    container.add_service("c", lambda b: recorder.service("c", b), needs=["b"])
    container.add_service("b", lambda a: recorder.service("b", a), needs=["a"])
    container.add_service("a", lambda: recorder.service("a"))
    return container


def test_same_object_each_time() -> None:
    """A service is built once, is found by class and by name, and belongs to one container."""
    container = Container()
    service = container.get(TaskOrchestrator)
    assert container.get(AsyncTaskOrchestrator) is container.get("task_orchestrator") is service
    assert Container().get(TaskOrchestrator) is not service


def test_unknown_key_is_named() -> None:
    """What the container does not know is a `KeyError` with its name."""
    with pytest.raises(KeyError, match="the container knows no nothing_of_ours"):
        Container().get("nothing_of_ours")


@pytest.mark.parametrize("key", [TaskRepository, "task_repository"], ids=["class", "name"])
async def test_override_reaches_what_needs_it(key: str | type[object]) -> None:
    """A service that was built before the override gets the replacement, too."""
    container, replacement = Container(), InMemoryTaskRepository()
    container.get(TaskOrchestrator)
    container.override(key, replacement)
    await container.get(TaskOrchestrator).create_task({"title": "t"})
    assert container.get(TaskRepository) is replacement
    assert await replacement.count() == 1


async def test_override_reaches_what_is_nested(recorder: Recorder, chain: Container) -> None:
    """What needs something that needs the overridden object is built anew."""
    before = chain.get("c")
    other = recorder.service("other")
    chain.override("a", other)
    assert chain.get("c") is not before
    assert chain.get("c").needs[0].needs == (other,)


def test_override_leaves_the_rest_alone() -> None:
    """What does not need the overridden object stays the same object."""
    container = Container()
    service = container.get(AsyncService)
    container.override(TaskRepository, InMemoryTaskRepository())
    assert container.get(AsyncService) is service


def test_override_is_withdrawn() -> None:
    """At the end of its block the original is back, in nested places too, as it was."""
    container = Container()
    original = container.get(ExternalService)
    with container.override("external_service", "other"):
        assert container.get(ExternalServiceUseCase)._external_service == "other"
    assert container.get(ExternalService) is original
    assert container.get(ExternalServiceUseCase)._external_service is original


def test_overrides_are_withdrawn_in_any_order() -> None:
    """The last override that is left holds; to withdraw one twice is harmless."""
    container = Container()
    first = container.override("external_service", "first")
    second = container.override("external_service", "second")
    first.withdraw()
    assert container.get("external_service") == "second"
    second.withdraw()
    second.withdraw()
    assert container.get("external_service") not in ("first", "second")


def test_override_is_withdrawn_when_the_block_fails() -> None:
    """An exception ends the override as well."""
    container = Container()
    override = container.override("new_name", 1)
    with pytest.raises(ZeroDivisionError), override:
        1 / container.get("new_name") / 0
    with pytest.raises(KeyError):
        container.get("new_name")


async def test_opens_in_order_of_needs_and_closes_in_reverse(
    recorder: Recorder, chain: Container
) -> None:
    """Each service starts after those that it needs; closing twice stops nothing twice."""
    await chain.initialize_async_services()
    await chain.initialize_async_services()
    assert recorder.events == ["start a", "start b", "start c"]
    recorder.events.clear()
    await chain.cleanup_async_services()
    await chain.cleanup_async_services()
    assert recorder.events == ["stop c", "stop b", "stop a"]


async def test_failed_start_closes_what_was_opened(recorder: Recorder, chain: Container) -> None:
    """The error of the start comes out, and with it what went wrong on the way back."""
    recorder.failing = {"start c", "stop b"}
    with pytest.raises(OSError, match="start c broke") as raised:
        await chain.initialize_async_services()
    assert recorder.events == ["start a", "start b", "start c", "stop b", "stop a"]
    assert "stop b broke" in raised.value.__notes__[0]


async def test_cancelled_start_closes_what_was_opened(recorder: Recorder, chain: Container) -> None:
    """A cancellation during a start is no reason to leave anything open."""
    starting = asyncio.Event()

    async def hang() -> None:
        starting.set()
        await asyncio.Event().wait()

    chain.get("b").start = hang
    task = asyncio.create_task(chain.initialize_async_services())
    async with asyncio.timeout(5):
        await starting.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert recorder.events == ["start a", "stop a"]


async def test_stop_that_fails_stops_no_other(recorder: Recorder, chain: Container) -> None:
    """All errors come out together, after the last stop; a second cleanup has nothing to do."""
    await chain.initialize_async_services()
    recorder.events.clear()
    recorder.failing = {"stop c", "stop a"}
    with pytest.raises(ExceptionGroup) as raised:
        await chain.cleanup_async_services()
    assert [str(error) for error in raised.value.exceptions] == ["stop c broke", "stop a broke"]
    assert recorder.events == ["stop c", "stop b", "stop a"]
    await chain.cleanup_async_services()


@pytest.mark.parametrize("failing", [set(), {"start c"}])
async def test_cancelled_cleanup_stops_the_rest(
    recorder: Recorder, chain: Container, failing: set[str]
) -> None:
    """Also on the way back from a failed start; the cancellation comes out, whatever else fails."""
    recorder.failing = {*failing, "stop a"}
    stopping = asyncio.Event()

    async def hang() -> None:
        stopping.set()
        await asyncio.Event().wait()

    async def start_and_stop() -> None:
        await chain.initialize_async_services()
        await chain.cleanup_async_services()

    chain.get("b").stop = hang
    task = asyncio.create_task(start_and_stop())
    async with asyncio.timeout(5):
        await stopping.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError) as raised:
        await task
    assert recorder.events[-1] == "stop a"
    assert "stop a broke" in raised.value.__notes__[0]


async def test_override_belongs_to_those_who_made_it(recorder: Recorder, chain: Container) -> None:
    """The container neither starts nor stops it."""
    chain.override("b", recorder.service("other"))
    await chain.initialize_async_services()
    await chain.cleanup_async_services()
    assert recorder.events == ["start a", "start c", "stop c", "stop a"]


async def test_tasks_stay_in_the_database(tmp_path: Path) -> None:
    """What one container stores under a URL, another one finds."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'tasks.db'}"
    first, second = Container(database_url=url), Container(database_url=url)
    await first.initialize_async_services()
    task_id = (await first.get(TaskOrchestrator).create_task({"title": "kept"})).task_id
    await first.cleanup_async_services()
    await second.initialize_async_services()
    state = await second.get(TaskOrchestrator).get_task_status(task_id)
    await second.cleanup_async_services()
    assert state.title == "kept"


async def test_cleanup_closes_a_database_that_nobody_started() -> None:
    """A database that opened itself on its first use is removed all the same."""
    container = Container()
    async with container.get(AsyncDatabaseManager).session() as session:
        rows = await session.execute(text("PRAGMA database_list"))
        path = Path(rows.first().file)
    assert path.exists()
    await container.cleanup_async_services()
    assert not path.parent.exists()


async def test_background_service_verifies_what_is_tracked() -> None:
    """The container's own background service writes a summary of the tracked operations."""
    container = Container()
    service = container.get(BackgroundService)
    await service.start()
    async with asyncio.timeout(5):
        while not (lines := container.get("journal").lines):
            await asyncio.sleep(0)
    await service.stop()
    assert lines == ["0 of 0 operations verified"]

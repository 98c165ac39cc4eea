"""The probes of `container-with-overrides`, and the broken variants that each must fail with."""

from typing import TYPE_CHECKING, Any

import pytest

import vespera_scriptorium as vespera
from grader.bank.lesson_07_fixtures.db_session.probes import probed_databases
from vespera_scriptorium.infrastructure.di.container import Container, Override, _name, _recipes

from .exercise import (
    container_with_overrides,
)

if TYPE_CHECKING:
    pass


@container_with_overrides.broken()
class InitialisesNothing(Container):
    """Forgets to start its services."""

    async def initialize_async_services(self) -> None:
        return None


@container_with_overrides.broken()
class CleansUpNothing(Container):
    """Forgets to stop its services."""

    async def cleanup_async_services(self) -> None:
        return None


@container_with_overrides.broken()
class IgnoresOverrides(Container):
    """Takes an override and does not use it."""

    def override(self, key: str | type[Any], replacement: Any) -> "Override":
        return Override(self, _name(key), replacement)


@container_with_overrides.broken()
class SharesEverything(Container):
    """Shares what it has built with every other container."""

    def __init__(self, database_url: str | None = None, service_url: str | None = None) -> None:
        self._recipes = _recipes(database_url, service_url)
        self._built = vars(type(self)).get("_everything", {})
        type(self)._everything = self._built  # type: ignore[attr-defined]  # the bug
        self._overrides: list[Override] = []
        self._started = []


@container_with_overrides.broken()
class SharesOverrides(Container):
    """Shares its overrides with every other container."""

    def __init__(self, database_url: str | None = None, service_url: str | None = None) -> None:
        self._recipes = _recipes(database_url, service_url)
        self._built = {}
        self._overrides = vars(type(self)).get("_of_everybody", [])
        type(self)._of_everybody = self._overrides  # type: ignore[attr-defined]  # the bug
        self._started = []


container_with_overrides.probe_helper()(probed_databases)


@pytest.fixture
@container_with_overrides.probe_helper()
def probed_services(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What becomes of a service that every container has, numbered in the order of the starts."""
    from types import SimpleNamespace

    async def start() -> None:  # where that is forgotten, another probe tells
        for container in containers:
            await container.initialize_async_services()

    class Probed:
        async def start(self) -> None:
            self.number = len(services.started) + 1
            services.started.append(self.number)

        async def stop(self) -> None:
            services.stopped.append(self.number)
            if self.number in services.failing:
                raise OSError("stuck")

    def add_to(container: vespera.Container) -> None:
        container.add_service("probed", Probed)
        containers.append(container)

    def create_with_it(self: vespera.Container, *arguments: Any, **keywords: Any) -> None:
        create(self, *arguments, **keywords)
        add_to(self)

    async def initialize_with_it(self: vespera.Container) -> None:
        if self not in containers:  # it was created when the module was imported
            add_to(self)
        await initialize(self)

    containers: list[vespera.Container] = []
    services = SimpleNamespace(started=[], stopped=[], failing=[], start=start, afterwards=[])
    create = vespera.Container.__init__
    initialize = vespera.Container.initialize_async_services
    monkeypatch.setattr(vespera.Container, "__init__", create_with_it)
    monkeypatch.setattr(vespera.Container, "initialize_async_services", initialize_with_it)
    yield services
    for check in services.afterwards:  # the learner's fixtures are over
        check()


@container_with_overrides.probe(promise="started", broken="InitialisesNothing")
def test_probe_services_are_started_before_the_test(
    request: pytest.FixtureRequest, probed_services: Any
) -> None:
    request.getfixturevalue("container")
    assert probed_services.started, (
        "the services are not started: await `initialize_async_services` before the `yield`"
    )
    assert not probed_services.stopped, "the services are stopped before the test begins"


@container_with_overrides.probe(promise="stopped", broken="CleansUpNothing")
async def test_probe_services_are_stopped_after_the_test(
    probed_services: Any, container: vespera.Container
) -> None:
    def stopped() -> None:
        assert probed_services.stopped == probed_services.started, (
            "the services still run after the test: await `cleanup_async_services` behind the "
            "`yield`"
        )

    probed_services.afterwards.append(stopped)
    await probed_services.start()
    assert not probed_services.stopped, "the services are stopped while the test still runs"


@container_with_overrides.probe(promise="overridden", broken="IgnoresOverrides")
async def test_probe_the_external_service_is_overridden(
    container: vespera.Container, external_service: Any
) -> None:
    result = await container.get(vespera.ExternalServiceUseCase).process_data({"a": 1})
    assert external_service.call_api.await_count == 1, (
        "the container does not use `external_service`: override `ExternalService` with it"
    )
    assert result.success, f"`call_api` gives no answer that is a success: {result.error}"


@container_with_overrides.probe(promise="own", broken="SharesEverything")
@pytest.mark.parametrize("turn", [1, 2])
async def test_probe_every_test_gets_its_own(container: vespera.Container, turn: int) -> None:
    assert await container.get(vespera.TaskRepository).count() == 0, (
        "a test finds what the test before it has stored: make a container for each"
    )
    await container.get(vespera.TaskOrchestrator).create_task({"title": "left behind"})


@container_with_overrides.probe(promise="answers", broken="IgnoresOverrides")
async def test_probe_the_mock_answers_with_a_success(
    container: vespera.Container, external_service: Any
) -> None:
    from unittest.mock import AsyncMock

    assert isinstance(external_service, AsyncMock), "`external_service` gives no `AsyncMock`"
    service = container.get(vespera.ExternalService)
    answer = await service.call_api("process", {"a": 1})
    assert answer == {"status": "success", "data": {}}, f"`call_api` answers {answer}"


@container_with_overrides.probe(promise="no-overrides", broken="SharesOverrides")
@pytest.mark.parametrize("turn", [1, 2])
async def test_probe_no_override_is_left(container: vespera.Container, turn: int) -> None:
    left_behind = vespera.InstantSpecialist()
    assert not hasattr(container.get(vespera.Specialist), "left_behind"), (
        "a test finds what the test before it has overridden: make a container for each"
    )
    left_behind.left_behind = True  # type: ignore[attr-defined]  # to know it again
    container.override(vespera.Specialist, left_behind)


@container_with_overrides.probe(promise="own-mock", broken="IgnoresOverrides")
@pytest.mark.parametrize("turn", [1, 2])
async def test_probe_every_test_gets_its_own_mock(
    container: vespera.Container, external_service: Any, turn: int
) -> None:
    service: Any = container.get(vespera.ExternalService)
    assert service is external_service, "the container does not use `external_service`"
    assert external_service.call_api.await_count == 0, (
        "a test finds the calls of the test before it: make a mock for each"
    )
    await external_service.call_api("process", {"a": 1})

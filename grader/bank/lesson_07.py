"""Lesson 07, fixtures: the learner writes them, and probes look at how well they isolate."""

from typing import Any

import pytest

import vespera_scriptorium as application
from grader.exercise import Exercise
from vespera_scriptorium.infrastructure.di.container import Container, Override, _name, _recipes

container_with_overrides = Exercise(
    id="container-with-overrides",
    lesson="07-fixtures",
    title="A container for each test",
    points=4,
    subject=Container,
    contract=(
        "The async fixture `container` gives the test a `Container` whose async services are "
        "initialised.",
        "After the test it is cleaned up.",
        "While the test runs, `ExternalService` is overridden by what the fixture "
        "`external_service` gives: an `AsyncMock` whose `call_api` answers "
        '`{"status": "success", "data": {}}`.',
        "Every test gets a container of its own, in its initial state.",
    ),
    hint="[Async fixtures](https://docs.pytest.org/en/stable/how-to/fixtures.html"
    "#yield-fixtures-recommended): what stands behind `yield` runs after the test, also when the "
    "test has failed.",
)


@container_with_overrides.alternative()
class KeepsOverridesByName(Container):
    """Finds the override in force by walking through all of them."""

    def get(self, key: str | type[Any]) -> Any:
        name = _name(key)
        found = [override for override in self._overrides if override.name == name]
        if found:
            return found[-1].replacement
        if name not in self._recipes:
            raise KeyError(f"the container knows no {name}")
        if name not in self._built:
            recipe = self._recipes[name]
            needs = [self.get(need) for need in recipe.needs]
            self._built[name] = recipe.build(*needs)
        return self._built[name]


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


@container_with_overrides.probe(clause=1, broken="InitialisesNothing")
def test_probe_services_are_started_before_the_test(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[str] = []

    class Recorded:
        async def start(self) -> None:
            events.append("started")

        async def stop(self) -> None:
            events.append("stopped")

    def with_recorded_service(self: application.Container, *arguments: Any) -> None:
        create(self, *arguments)
        self.add_service("recorded", Recorded)

    create = application.Container.__init__
    monkeypatch.setattr(application.Container, "__init__", with_recorded_service)
    request.getfixturevalue("container")
    assert events == ["started"]


@container_with_overrides.probe(clause=2, broken="CleansUpNothing")
def test_probe_services_are_stopped_after_the_test(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[str] = []

    class Recorded:
        async def start(self) -> None:
            events.append("started")

        async def stop(self) -> None:
            events.append("stopped")

    def with_recorded_service(self: application.Container, *arguments: Any) -> None:
        create(self, *arguments)
        self.add_service("recorded", Recorded)

    def after_the_fixture() -> None:
        assert events[-1:] == ["stopped"]

    create = application.Container.__init__
    monkeypatch.setattr(application.Container, "__init__", with_recorded_service)
    request.addfinalizer(after_the_fixture)  # it runs after the learner's fixture
    request.getfixturevalue("container")


@container_with_overrides.probe(clause=3, broken="IgnoresOverrides")
async def test_probe_the_external_service_is_overridden(
    container: application.Container, external_service: Any
) -> None:
    result = await container.get(application.ExternalServiceUseCase).process_data({"a": 1})
    assert result.success
    external_service.call_api.assert_awaited_once()


@container_with_overrides.probe(clause=4, broken="SharesEverything")
@pytest.mark.parametrize("turn", [1, 2])
async def test_probe_every_test_gets_its_own(container: application.Container, turn: int) -> None:
    assert await container.get(application.TaskRepository).count() == 0
    await container.get(application.TaskOrchestrator).create_task({"title": "left behind"})

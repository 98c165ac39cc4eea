import pytest

from vespera_scriptorium import (
    AsyncService,
    BackgroundService,
    Container,
    ExternalService,
    ExternalServiceUseCase,
    FileSystem,
    InMemoryExternalService,
    InMemoryTaskRepository,
    TaskOrchestrator,
    TaskRepository,
    TrackFileOperationsUseCase,
)


@pytest.mark.parametrize("key", [TaskRepository, "task_repository"])
@pytest.mark.parametrize("replacement", [InMemoryTaskRepository(), [], {}, 0, None, False])
@pytest.mark.parametrize("before", [True, False])
def test_by_class_and_name(key, replacement, before):
    container = Container()
    if before:
        container.get(TaskRepository)
    container.override(key, replacement)
    assert container.get(TaskRepository) is replacement
    assert container.get("task_repository") is replacement


class Service:
    def __init__(self, *needs):
        self.needs = needs

    async def start(self):
        pass

    async def stop(self):
        pass


def chain():
    container = Container()
    container.add_service("c", Service, ["b"])
    container.add_service("b", Service, ["a"])
    container.add_service("a", Service, ["file_system"])
    return container


def test_dependents_are_built_anew():
    container = chain()
    old = {n: container.get(n) for n in "abc"}
    others = {key: container.get(key) for key in (AsyncService, TaskOrchestrator, ExternalService)}
    background, tracking = container.get(BackgroundService), container.get(TrackFileOperationsUseCase)
    files = object()
    override = container.override(FileSystem, files)
    a, b, c = (container.get(n) for n in "abc")
    assert a.needs == (files,) and b.needs == (a,) and c.needs == (b,)
    assert container.get(BackgroundService) is not background
    assert container.get(TrackFileOperationsUseCase) is not tracking
    assert all(container.get(key) is value for key, value in others.items())
    override.withdraw()
    a, b, c = (container.get(n) for n in "abc")
    assert a.needs == (container.get(FileSystem),) and b.needs == (a,) and c.needs == (b,)
    assert container.get(FileSystem) is not files
    assert all(container.get(key) is value for key, value in others.items())
    assert old["c"].needs[0] is old["b"]


def test_block():
    container = Container()
    original, fake = container.get(ExternalService), InMemoryExternalService()
    with container.override(ExternalService, fake):
        inside = container.get(ExternalServiceUseCase)
        assert container.get(ExternalService) is fake
    assert container.get(ExternalService) is original
    assert container.get(ExternalServiceUseCase) is not inside


def test_block_with_an_exception():
    container = Container()
    original, error = container.get(ExternalService), ValueError("x")
    with pytest.raises(ValueError) as caught:
        with container.override(ExternalService, InMemoryExternalService()):
            raise error
    assert caught.value is error
    assert container.get(ExternalService) is original


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (1, 2, 0), (2, 0, 1)])
def test_several(order):
    container = chain()
    original = container.get(FileSystem)
    fakes = [object() for _ in range(3)]
    overrides = [container.override(FileSystem, fake) for fake in fakes]
    left = list(fakes)
    assert container.get(FileSystem) is fakes[2]
    for number in order:
        overrides[number].withdraw()
        overrides[number].withdraw()
        left.remove(fakes[number])
        holds = left[-1] if left else original
        assert container.get(FileSystem) is holds
        assert container.get("a").needs == (holds,)

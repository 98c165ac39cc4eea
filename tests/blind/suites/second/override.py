import itertools

import pytest

from vespera_scriptorium.application.background_service import BackgroundService
from vespera_scriptorium.application.ports import FileSystem, Specialist
from vespera_scriptorium.application.task_execution_workflow import TaskExecutionWorkflow
from vespera_scriptorium.application.task_orchestrator import TaskOrchestrator
from vespera_scriptorium.application.timeout_aware_service import TimeoutAwareService
from vespera_scriptorium.application.usecases.process_data import ExternalServiceUseCase
from vespera_scriptorium.application.usecases.track_file_operations import (
    TrackFileOperationsUseCase,
)
from vespera_scriptorium.infrastructure.di.container import Container

NAMES = {
    "task_repository", "specialist", "external_service", "file_system", "file_operation_store",
    "journal", "resource_provider", "async_database_manager", "task_orchestrator",
    "task_execution_workflow", "track_file_operations_use_case", "external_service_use_case",
    "async_resource_manager", "async_service", "timeout_aware_service",
    "async_operation_service", "background_service",
}  # fmt: skip


class Named:
    def __init__(self, name):
        self.name = name

    async def run(self, task):
        return self.name

    async def read(self, path):
        return self.name.encode()


@pytest.fixture
def container():
    return Container()


def everything(container):
    return {name: container.get(name) for name in NAMES}


@pytest.mark.parametrize("key", [Specialist, "specialist"])
@pytest.mark.parametrize("replacement", [Named("x"), None, [], {}, "", 0, False])
@pytest.mark.parametrize("before", [True, False])
def test_the_replacement(container, key, replacement, before):
    if before:
        container.get(Specialist)
    container.override(key, replacement)
    assert container.get(Specialist) is replacement
    assert container.get("specialist") is replacement


async def output(container):
    orchestrator = container.get(TaskOrchestrator)
    task_id = (await orchestrator.create_task({"title": "x"})).task_id
    return (await orchestrator.execute_task(task_id)).output


async def test_what_needs_it_is_built_anew(container):
    before = everything(container)
    container.override(Specialist, Named("new"))
    after = everything(container)
    changed = {name for name in NAMES if after[name] is not before[name]}
    assert changed == {"specialist", "task_orchestrator", "task_execution_workflow"}
    assert await output(container) == "new"


def test_through_others(container):
    before = everything(container)
    container.override(FileSystem, Named("new"))
    after = everything(container)
    changed = {name for name in NAMES if after[name] is not before[name]}
    assert changed == {"file_system", "track_file_operations_use_case", "background_service"}


def test_through_a_long_chain(container):
    container.add_service("one", lambda files: [files], ["file_system"])
    container.add_service("two", lambda one: [one], ["one"])
    container.add_service("three", lambda two: [two], ["two"])
    container.get("three")
    container.override("file_system", "new")
    assert container.get("three") == [[["new"]]]


@pytest.mark.parametrize("how", ["withdraw", "block", "exception"])
async def test_the_end(container, how):
    before = everything(container)
    override = container.override(Specialist, Named("new"))
    during = everything(container)
    if how == "withdraw":
        override.withdraw()
    elif how == "block":
        with override:
            assert container.get(Specialist).name == "new"
    else:
        error = ValueError()
        with pytest.raises(ValueError) as caught, override:
            raise error
        assert caught.value is error
    after = everything(container)
    assert after["specialist"] is before["specialist"]
    for name in ("task_orchestrator", "task_execution_workflow"):
        assert after[name] is not during[name]
    for name in NAMES - {"specialist", "task_orchestrator", "task_execution_workflow"}:
        assert after[name] is before[name]
    assert await output(container) == "x: done"


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_the_last_one_holds(container, order):
    original = container.get(Specialist)
    keys = [Specialist, "specialist", Specialist]
    overrides = [container.override(key, Named(f"n{n}")) for n, key in enumerate(keys)]
    left = [0, 1, 2]
    assert await output(container) == "n2"
    for n in order:
        overrides[n].withdraw()
        left.remove(n)
        if left:
            assert container.get(Specialist).name == f"n{left[-1]}"
            assert await output(container) == f"n{left[-1]}"
        overrides[n].withdraw()
        if left:
            assert container.get(Specialist).name == f"n{left[-1]}"
    assert container.get(Specialist) is original
    assert await output(container) == "x: done"


def test_other_keys_stay_overridden(container):
    first = container.override(Specialist, "s")
    container.override(FileSystem, "f")
    first.withdraw()
    assert container.get(FileSystem) == "f"


def test_unneeded_services_stay(container):
    kept = [TimeoutAwareService, ExternalServiceUseCase, TrackFileOperationsUseCase]
    before = [container.get(key) for key in kept]
    with container.override(Specialist, None):
        assert [container.get(key) for key in kept] == before
    assert [container.get(key) for key in kept] == before
    assert container.get(BackgroundService) is container.get(BackgroundService)
    assert container.get(TaskExecutionWorkflow) is container.get(TaskExecutionWorkflow)

"""The probes of `test-base`, and the broken variants that each must fail with."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

import vespera_scriptorium as vespera
from vespera_scriptorium.application.ports import StartsAndStops
from vespera_scriptorium.application.task_orchestrator import TaskOrchestrator
from vespera_scriptorium.domain.task import Task
from vespera_scriptorium.infrastructure.di.container import Container, Recipe

from .exercise import AsyncTestBase, test_base


@test_base.broken()
class ForgetsServices(Container):
    """Neither starts nor stops the services that are added."""

    def add_service(
        self, name: str, build: Callable[..., StartsAndStops], needs: Sequence[str] = ()
    ) -> None:
        self._recipes[name] = Recipe(build, tuple(needs))


@test_base.broken()
class KnowsOneTitle(TaskOrchestrator):
    """Gives every task the same title."""

    async def _store(self, task_data: Mapping[str, Any]) -> Task:
        task = Task(
            id=await self._tasks.next_id(),
            title="Untitled",
            description=task_data.get("description", ""),
            specialist_type=task_data.get("specialist_type", "generic"),
        )
        await self._tasks.add(task)
        return task


@test_base.probe_helper()
def probe_notes(log: list[str]) -> Any:
    """An object of a subclass of the learner's, whose container has a service that notes."""

    class Service:
        async def start(self) -> None:
            log.append("start")

        async def stop(self) -> None:
            log.append("stop")

    class Noting(AsyncTestBase):
        def make_container(self) -> vespera.Container:
            container = vespera.Container()
            container.add_service("service", Service)
            return container

        async def set_up(self) -> None:
            log.append("set up")

            async def clean_up() -> None:
                log.append("clean up")

            self.add_cleanup(clean_up)

    return Noting()


@test_base.probe(promise="open", broken="ForgetsServices")
async def test_probe_the_container_is_open_in_the_block() -> None:

    log: list[str] = []
    async with probe_notes(log).environment():
        assert log == ["start", "set up"], f"before the block came: {', '.join(log)}"
    assert log == ["start", "set up", "clean up", "stop"], f"in the end came: {', '.join(log)}"


@test_base.probe(promise="closed-after-error", broken="ForgetsServices")
async def test_probe_the_container_is_cleaned_up_after_an_error() -> None:

    log: list[str] = []
    with pytest.raises(ValueError, match="in the block"):
        async with probe_notes(log).environment():
            raise ValueError("in the block")
    assert log[-1] == "stop", "the container is not cleaned up after a block that fails"


@test_base.probe(promise="closed-after-cancel", broken="ForgetsServices")
async def test_probe_the_container_is_cleaned_up_after_a_cancellation() -> None:

    log: list[str] = []

    async def block() -> None:
        async with probe_notes(log).environment():
            await asyncio.sleep(1000)

    task = asyncio.create_task(block())
    await asyncio.sleep(1)
    task.cancel()
    await asyncio.wait({task})
    assert task.cancelled(), "the cancellation does not come out"
    assert log[-1] == "stop", "the container is not cleaned up after a cancellation"


@test_base.probe(promise="others", broken="ForgetsServices")
async def test_probe_a_clean_up_that_fails_stops_nothing() -> None:

    log: list[str] = []

    async def fail() -> None:
        raise ValueError("in a clean-up")

    base = probe_notes(log)
    with pytest.raises(ValueError, match="in a clean-up"):
        async with base.environment():
            base.add_cleanup(fail)
    assert log[-2:] == ["clean up", "stop"], f"in the end came: {', '.join(log)}"


@test_base.probe(promise="own-data", broken="KnowsOneTitle")
async def test_probe_a_task_has_what_the_test_says() -> None:

    base = AsyncTestBase()
    async with base.environment():
        result = await base.create_test_task(title="mine", description="also mine")
        assert result.success, f"the task is not created: {result.error}"
        tasks = base.container.get(vespera.TaskRepository)
        task = await tasks.get(result.task_id)
    assert task.title == "mine", f"the title is {task.title!r}"
    assert task.description == "also mine", f"the description is {task.description!r}"


@test_base.probe(promise="entered", broken="KnowsOneTitle")
class TestProbeATestNeedsToAskForNothing(AsyncTestBase):
    async def test_it(self) -> None:
        assert hasattr(self, "container"), "a test that asks for nothing has no container"
        result = await self.create_test_task(title="mine")
        orchestrator = self.container.get(vespera.TaskOrchestrator)
        state = await orchestrator.get_task_status(result.task_id)
        assert state.title == "mine", f"the title is {state.title!r}"

"""Lesson 11, the third exercise: a base class for tests, and the tests that it needs itself."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

import vespera_scriptorium as application
from grader.exercise import Exercise
from vespera_scriptorium.application.ports import StartsAndStops
from vespera_scriptorium.application.task_orchestrator import TaskOrchestrator
from vespera_scriptorium.domain.task import Task
from vespera_scriptorium.infrastructure.di.container import Container, Recipe

BASE = "suite:AsyncTestBase"

test_base = Exercise(
    id="test-base",
    lesson="11-reusable-components",
    title="A base class for tests",
    points=10,
    subject=(Container, TaskOrchestrator),
    contract=(
        "`environment()` is an async context manager. In its block, `self.container` is a new "
        "container, made by `self.make_container()`, and its `initialize_async_services()` has "
        "been awaited. `make_container()` returns a `Container()`; a subclass may return another. "
        "(Nothing is promised for a container that cannot be initialised.)",
        "After the block `cleanup_async_services()` of the container is awaited: when the block "
        "ends well, by an exception, or by a cancellation. The exception or the cancellation comes "
        "out, unchanged, if nothing else fails.",
        "`await self.set_up()` happens before the block, when the container is initialised. Here "
        "it does nothing; subclasses add their own. When it fails, there is no block: its error "
        "comes out, and everything is cleaned up as after a block that fails.",
        "`self.add_cleanup(function)` registers a clean-up, in `set_up` or in the block. After the "
        "block, however it ends, `await function()` happens for each, last in, first out. "
        "Then comes the container.",
        "A clean-up that fails stops neither the other clean-ups nor that of the container. Its "
        "error comes out, unchanged. When several things fail, it is free which error comes out, "
        "or whether a group of them does.",
        "`await create_test_task(**task_data)` has the container's `TaskOrchestrator` create a "
        'task, and returns its result. Without arguments, `title` is "Test Task", `description` '
        'is "Test task description", `specialist_type` is "generic". An argument takes the place '
        "of one of these.",
        "Two objects share nothing, even while both are in an environment: neither clean-ups nor "
        "the data of `create_test_task`.",
        "A test class that derives from it need not ask for any fixture: each of its async tests "
        "runs in the block of an environment.",
    ),
    promises={
        1: {
            "new": "Each environment has a new container.",
            "made": "The container is the one that `make_container()` returns.",
            "open": "The container is initialised.",
        },
        2: {
            "closed-after-error": "After a block that fails the container is cleaned up.",
            "closed-after-cancel": "After a block that is cancelled the container is cleaned up.",
            "comes-out": "What ends the block comes out.",
        },
        3: {
            "set-up-late": "The container is initialised when `set_up` is called.",
            "set-up-fails": "After a `set_up` that fails everything is cleaned up.",
        },
        4: {
            "order": "The clean-up that was registered last comes first.",
            "after-error": "Clean-ups happen after a block that fails, too.",
            "before-container": "All clean-ups come before that of the container.",
        },
        5: {
            "others": "A clean-up that fails does not stop the others.",
            "container-anyway": "A clean-up that fails does not stop that of the container.",
            "cleanup-error": "The error of a clean-up comes out.",
        },
        6: {
            "defaults": "What no argument says is as written.",
            "own-data": "Every argument takes the place of its default.",
        },
        7: {
            "own-cleanups": "Two objects do not share clean-ups.",
            "own-defaults": "Two objects do not share task data.",
        },
        8: {
            "entered": "A test runs with an environment.",
            "inside": "A test runs before its environment ends.",
        },
    },
    hint="[AsyncExitStack](https://docs.python.org/3/library/contextlib.html"
    "#contextlib.AsyncExitStack) keeps most of this contract by itself. In your tests, make an "
    "object of the class, or of a subclass, and enter `environment()`. A stand-in for the "
    "container needs two methods.",
    worked="CleansTheContainerFirst",
)


@test_base.reference_for_suite(replaces=BASE)
class AsyncTestBase:
    """The base class of the course."""

    container: Any
    _registered: Any

    def make_container(self) -> Any:
        return application.Container()

    async def set_up(self) -> None:
        pass

    def add_cleanup(self, function: Any) -> None:
        self._registered.push_async_callback(function)

    @asynccontextmanager
    async def environment(self) -> Any:
        async with AsyncExitStack() as stack:
            self._registered = stack
            self.container = self.make_container()
            stack.push_async_callback(self.container.cleanup_async_services)
            await self.container.initialize_async_services()
            await self.set_up()
            yield

    @pytest.fixture(autouse=True)
    async def setup_async_environment(self) -> Any:
        async with self.environment():
            yield

    async def create_test_task(self, **task_data: Any) -> Any:
        defaults = {
            "title": "Test Task",
            "description": "Test task description",
            "specialist_type": "generic",
        }
        orchestrator = self.container.get(application.TaskOrchestrator)
        return await orchestrator.create_task(defaults | task_data)


@test_base.alternative(replaces=BASE)
class CollectsErrors(AsyncTestBase):
    """Goes through a list of clean-ups, and raises a group when several things have failed."""

    def add_cleanup(self, function: Any) -> None:
        self._registered.append(function)

    @asynccontextmanager
    async def environment(self) -> Any:
        registered = self._registered = []
        errors: list[BaseException] = []
        container = self.container = self.make_container()
        try:
            await container.initialize_async_services()
            await self.set_up()
            yield None
        except BaseException as error:
            errors.append(error)
        while registered:
            try:
                await registered.pop()()
            except BaseException as error:
                errors.append(error)
        try:
            await container.cleanup_async_services()
        except BaseException as error:
            errors.append(error)
        if len(errors) > 1:
            raise BaseExceptionGroup("several things failed", errors)
        if errors:
            raise errors[0]

    async def create_test_task(self, **task_data: Any) -> Any:
        task_data.setdefault("specialist_type", "generic")
        task_data.setdefault("description", "Test task description")
        task_data.setdefault("title", "Test Task")
        return await self.container.get(application.TaskOrchestrator).create_task(task_data)


@test_base.alternative(replaces=BASE)
class TakesTwoStacks(AsyncTestBase):
    """Has a stack for the clean-ups inside another one, and yields to other tasks."""

    def add_cleanup(self, function: Any) -> None:
        async def clean_up() -> None:
            await asyncio.sleep(0)
            await function()

        self._registered.push_async_callback(clean_up)

    @asynccontextmanager
    async def environment(self) -> Any:
        async with AsyncExitStack() as outer:
            self.container = self.make_container()
            await self.container.initialize_async_services()
            outer.push_async_callback(self.container.cleanup_async_services)
            async with AsyncExitStack() as inner:
                self._registered = inner
                await asyncio.sleep(0)
                await self.set_up()
                yield self

    @pytest.fixture(autouse=True)
    async def setup_async_environment(self) -> Any:
        async with AsyncExitStack() as stack:
            yield await stack.enter_async_context(self.environment())


# ------------------------------------------------------------------ probes


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
def noting(log: list[str]) -> Any:
    """An object of a subclass of the learner's, whose container has a service that notes."""

    class Service:
        async def start(self) -> None:
            log.append("start")

        async def stop(self) -> None:
            log.append("stop")

    class Noting(AsyncTestBase):
        def make_container(self) -> application.Container:
            container = application.Container()
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
    async with noting(log).environment():
        assert log == ["start", "set up"], f"before the block came: {', '.join(log)}"
    assert log == ["start", "set up", "clean up", "stop"], f"in the end came: {', '.join(log)}"


@test_base.probe(promise="closed-after-error", broken="ForgetsServices")
async def test_probe_the_container_is_cleaned_up_after_an_error() -> None:

    log: list[str] = []
    with pytest.raises(ValueError, match="in the block"):
        async with noting(log).environment():
            raise ValueError("in the block")
    assert log[-1] == "stop", "the container is not cleaned up after a block that fails"


@test_base.probe(promise="closed-after-cancel", broken="ForgetsServices")
async def test_probe_the_container_is_cleaned_up_after_a_cancellation() -> None:

    log: list[str] = []

    async def block() -> None:
        async with noting(log).environment():
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

    base = noting(log)
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
        tasks = base.container.get(application.TaskRepository)
        task = await tasks.get(result.task_id)
    assert task.title == "mine", f"the title is {task.title!r}"
    assert task.description == "also mine", f"the description is {task.description!r}"


@test_base.probe(promise="entered", broken="KnowsOneTitle")
class TestProbeATestNeedsToAskForNothing(AsyncTestBase):
    async def test_it(self) -> None:
        assert hasattr(self, "container"), "a test that asks for nothing has no container"
        result = await self.create_test_task(title="mine")
        orchestrator = self.container.get(application.TaskOrchestrator)
        state = await orchestrator.get_task_status(result.task_id)
        assert state.title == "mine", f"the title is {state.title!r}"

"""The exercise `test-base`, and its contract."""

from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

import vespera_scriptorium as application
from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.application.task_orchestrator import TaskOrchestrator
from vespera_scriptorium.infrastructure.di.container import Container

BASE = "suite:AsyncTestBase"


test_base = Exercise(
    id="test-base",
    lesson=lesson_of(__name__),
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
        "error comes out, unchanged. When several things fail, any one of the errors may "
        "come out, or a group.",
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
    kinds="too early, too late, in the wrong order, only the first time, only without an error, "
    "one failure that costs all others, what objects share, an error that is lost, a "
    "cancellation that meets clean-up",
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

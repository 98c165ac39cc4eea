"""The mutants of `test-base`: each has one bug, and breaks one clause."""

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

import vespera_scriptorium as application

from .exercise import (
    BASE,
    AsyncTestBase,
    test_base,
)


@test_base.mutant(promise="new", replaces=BASE)
class KeepsItsContainer(AsyncTestBase):
    """Makes a container the first time, and opens the same one again."""

    @asynccontextmanager
    async def environment(self) -> Any:
        async with AsyncExitStack() as stack:
            self._registered = stack
            if not hasattr(self, "container"):
                self.container = self.make_container()
            stack.push_async_callback(self.container.cleanup_async_services)
            await self.container.initialize_async_services()
            await self.set_up()
            yield


@test_base.mutant(promise="made", replaces=BASE)
class MakesItItself(AsyncTestBase):
    """Makes the container itself, and goes round what a subclass says."""

    @asynccontextmanager
    async def environment(self) -> Any:
        async with AsyncExitStack() as stack:
            self._registered = stack
            self.container = application.Container()
            stack.push_async_callback(self.container.cleanup_async_services)
            await self.container.initialize_async_services()
            await self.set_up()
            yield


@test_base.mutant(promise="open", replaces=BASE)
class OpensNothing(AsyncTestBase):
    """Makes the container, and does not initialise it."""

    @asynccontextmanager
    async def environment(self) -> Any:
        async with AsyncExitStack() as stack:
            self._registered = stack
            self.container = self.make_container()
            stack.push_async_callback(self.container.cleanup_async_services)
            await self.set_up()
            yield


@test_base.mutant(promise="closed-after-error", replaces=BASE)
class LeavesTheScene(AsyncTestBase):
    """Leaves the container open when the block has failed, for somebody to look at."""

    @asynccontextmanager
    async def environment(self) -> Any:
        failed = False

        async def close() -> None:
            if not failed:
                await self.container.cleanup_async_services()

        async with AsyncExitStack() as stack:
            self._registered = stack
            self.container = self.make_container()
            stack.push_async_callback(close)
            await self.container.initialize_async_services()
            await self.set_up()
            try:
                yield
            except Exception:
                failed = True
                raise


@test_base.mutant(promise="closed-after-cancel", replaces=BASE)
class LeavesInAHurry(AsyncTestBase):
    """Leaves the container open when it is cancelled."""

    @asynccontextmanager
    async def environment(self) -> Any:
        cancelled = False

        async def close() -> None:
            if not cancelled:
                await self.container.cleanup_async_services()

        async with AsyncExitStack() as stack:
            self._registered = stack
            self.container = self.make_container()
            stack.push_async_callback(close)
            await self.container.initialize_async_services()
            await self.set_up()
            try:
                yield
            except asyncio.CancelledError:
                cancelled = True
                raise


@test_base.mutant(promise="comes-out", replaces=BASE)
class SwallowsErrors(AsyncTestBase):
    """Cleans up after an error in the block, and does not pass it on."""

    @asynccontextmanager
    async def environment(self) -> Any:
        async with AsyncExitStack() as stack:
            self._registered = stack
            self.container = self.make_container()
            stack.push_async_callback(self.container.cleanup_async_services)
            await self.container.initialize_async_services()
            await self.set_up()
            try:
                yield
            except Exception:
                return


@test_base.mutant(promise="set-up-late", replaces=BASE)
class SetsUpTooEarly(AsyncTestBase):
    """Calls `set_up` before the container is initialised."""

    @asynccontextmanager
    async def environment(self) -> Any:
        async with AsyncExitStack() as stack:
            self._registered = stack
            self.container = self.make_container()
            stack.push_async_callback(self.container.cleanup_async_services)
            await self.set_up()
            await self.container.initialize_async_services()
            yield


@test_base.mutant(promise="set-up-fails", replaces=BASE)
class SetsUpOutside(AsyncTestBase):
    """Calls `set_up` before it enters its stack, and cleans up nothing when that fails."""

    @asynccontextmanager
    async def environment(self) -> Any:
        stack = self._registered = AsyncExitStack()
        self.container = self.make_container()
        stack.push_async_callback(self.container.cleanup_async_services)
        await self.container.initialize_async_services()
        await self.set_up()
        async with stack:
            yield


@test_base.mutant(promise="order", replaces=BASE)
class FirstInFirstOut(AsyncTestBase):
    """Cleans up in the order in which the clean-ups were registered."""

    def add_cleanup(self, function: Any) -> None:
        self._registered.append(function)

    @asynccontextmanager
    async def environment(self) -> Any:
        async with AsyncExitStack() as stack:
            registered = self._registered = []
            self.container = self.make_container()
            stack.push_async_callback(self.container.cleanup_async_services)
            await self.container.initialize_async_services()
            try:
                await self.set_up()
                yield
            finally:
                for function in reversed(registered):
                    stack.push_async_callback(function)


@test_base.mutant(promise="after-error", replaces=BASE)
class CleansUpAfterSuccess(AsyncTestBase):
    """Forgets the clean-ups when the block fails, and cleans up the container only."""

    @asynccontextmanager
    async def environment(self) -> Any:
        async with AsyncExitStack() as stack:
            self.container = self.make_container()
            stack.push_async_callback(self.container.cleanup_async_services)
            await self.container.initialize_async_services()
            async with AsyncExitStack() as registered:
                self._registered = registered
                await self.set_up()
                try:
                    yield
                except Exception:
                    registered.pop_all()
                    raise


@test_base.mutant(promise="before-container", replaces=BASE)
class CleansTheContainerFirst(AsyncTestBase):
    """Cleans up the container before the clean-ups, which may need it."""

    @asynccontextmanager
    async def environment(self) -> Any:
        async with AsyncExitStack() as stack:
            self._registered = stack
            self.container = self.make_container()
            try:
                await self.container.initialize_async_services()
                await self.set_up()
                yield
            finally:
                await self.container.cleanup_async_services()


@test_base.mutant(promise="others", replaces=BASE)
class StopsAtAFailure(AsyncTestBase):
    """Goes through the clean-ups, and not on when one fails; the container comes anyway."""

    def add_cleanup(self, function: Any) -> None:
        self._registered.append(function)

    @asynccontextmanager
    async def environment(self) -> Any:
        async with AsyncExitStack() as stack:
            registered = self._registered = []
            self.container = self.make_container()
            stack.push_async_callback(self.container.cleanup_async_services)
            await self.container.initialize_async_services()
            try:
                await self.set_up()
                yield
            finally:
                for function in reversed(registered):
                    await function()


@test_base.mutant(promise="container-anyway", replaces=BASE)
class ForgetsTheContainer(AsyncTestBase):
    """Does not come to the container when a clean-up fails."""

    @asynccontextmanager
    async def environment(self) -> Any:
        stack = self._registered = AsyncExitStack()
        self.container = self.make_container()
        try:
            await self.container.initialize_async_services()
            await self.set_up()
            yield
        finally:
            await stack.aclose()
            await self.container.cleanup_async_services()


@test_base.mutant(promise="cleanup-error", replaces=BASE)
class LosesErrors(AsyncTestBase):
    """Keeps it to itself when a clean-up fails."""

    def add_cleanup(self, function: Any) -> None:
        async def clean_up() -> None:
            try:
                await function()
            except Exception:
                return

        self._registered.push_async_callback(clean_up)


@test_base.mutant(promise="defaults", replaces=BASE)
class ForgetsTheDescription(AsyncTestBase):
    """Has a title for a task, and no description."""

    async def create_test_task(self, **task_data: Any) -> Any:
        defaults = {"title": "Test Task", "specialist_type": "generic"}
        orchestrator = self.container.get(application.TaskOrchestrator)
        return await orchestrator.create_task(defaults | task_data)


@test_base.mutant(promise="own-data", replaces=BASE)
class TakesTitlesOnly(AsyncTestBase):
    """Takes the title from the arguments, and nothing else."""

    async def create_test_task(self, **task_data: Any) -> Any:
        orchestrator = self.container.get(application.TaskOrchestrator)
        return await orchestrator.create_task(
            {
                "title": task_data.get("title", "Test Task"),
                "description": "Test task description",
                "specialist_type": "generic",
            }
        )


@test_base.mutant(promise="own-cleanups", replaces=BASE)
class SharesCleanUps(AsyncTestBase):
    """Keeps the clean-ups in the class, where all its objects find them."""

    def add_cleanup(self, function: Any) -> None:
        shared: Any = type(self)
        shared.registered = [*getattr(shared, "registered", []), function]

    @asynccontextmanager
    async def environment(self) -> Any:
        shared: Any = type(self)
        async with AsyncExitStack() as stack:
            self.container = self.make_container()
            stack.push_async_callback(self.container.cleanup_async_services)
            await self.container.initialize_async_services()
            try:
                await self.set_up()
                yield
            finally:
                for function in getattr(shared, "registered", []):
                    stack.push_async_callback(function)
                shared.registered = []


@test_base.mutant(promise="own-defaults", replaces=BASE)
class SharesDefaults(AsyncTestBase):
    """Changes its defaults, which all objects share, when a test has an argument."""

    async def create_test_task(self, **task_data: Any) -> Any:
        shared: Any = type(self)
        if not hasattr(shared, "defaults"):
            shared.defaults = {
                "title": "Test Task",
                "description": "Test task description",
                "specialist_type": "generic",
            }
        shared.defaults.update(task_data)
        orchestrator = self.container.get(application.TaskOrchestrator)
        return await orchestrator.create_task(shared.defaults)


@test_base.mutant(promise="entered", replaces=BASE)
class EntersNothing(AsyncTestBase):
    """Has a fixture that makes an environment, and does not enter it."""

    @pytest.fixture(autouse=True)
    async def setup_async_environment(self) -> Any:
        self.environment()
        yield


@test_base.mutant(promise="inside", replaces=BASE)
class LeavesBeforeTheTest(AsyncTestBase):
    """Has a fixture that leaves the environment before the test begins."""

    @pytest.fixture(autouse=True)
    async def setup_async_environment(self) -> Any:
        async with self.environment():
            pass
        yield


@test_base.mutant(promise="defaults", replaces=BASE)
class AllOrNothing(AsyncTestBase):
    """Takes the default data only when there is no argument at all."""

    async def create_test_task(self, **task_data: Any) -> Any:
        defaults = {
            "title": "Test Task",
            "description": "Test task description",
            "specialist_type": "generic",
        }
        orchestrator = self.container.get(application.TaskOrchestrator)
        return await orchestrator.create_task(task_data or defaults)

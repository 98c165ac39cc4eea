"""Own variants of test-base, written from the contract and the application alone."""

from contextlib import asynccontextmanager
from typing import Any

import pytest

from grader.bank import TEST_BASE


@TEST_BASE.mutant(clause=2, replaces="suite:AsyncTestBase")
class NotAfterACancellation:
    """Cleans nothing up when a cancellation ends the block."""

    def add_cleanup(self, function: Any) -> None:
        self._registered.push_async_callback(function)

    async def create_test_task(self, **task_data: Any) -> Any:
        from vespera_scriptorium import TaskOrchestrator

        defaults = {
            "title": "Test Task",
            "description": "Test task description",
            "specialist_type": "generic",
        }
        return await self.container.get(TaskOrchestrator).create_task(defaults | task_data)

    @asynccontextmanager
    async def environment(self) -> Any:
        from contextlib import AsyncExitStack

        stack = AsyncExitStack()
        self._registered = stack
        self.container = self.make_container()
        stack.push_async_callback(self.container.cleanup_async_services)
        try:
            await self.container.initialize_async_services()
            await self.set_up()
            yield
        except Exception:
            await stack.aclose()
            raise
        await stack.aclose()

    def make_container(self) -> Any:
        from vespera_scriptorium import Container

        return Container()

    async def set_up(self) -> None:
        pass

    @pytest.fixture(autouse=True)
    async def setup_async_environment(self) -> Any:
        async with self.environment():
            yield


@TEST_BASE.mutant(clause=3, replaces="suite:AsyncTestBase")
class AFailedSetUpLeavesTheContainer:
    """Leaves everything as it is when `set_up` fails."""

    def add_cleanup(self, function: Any) -> None:
        self._registered.push_async_callback(function)

    async def create_test_task(self, **task_data: Any) -> Any:
        from vespera_scriptorium import TaskOrchestrator

        defaults = {
            "title": "Test Task",
            "description": "Test task description",
            "specialist_type": "generic",
        }
        return await self.container.get(TaskOrchestrator).create_task(defaults | task_data)

    @asynccontextmanager
    async def environment(self) -> Any:
        from contextlib import AsyncExitStack

        stack = AsyncExitStack()
        self._registered = stack
        self.container = self.make_container()
        stack.push_async_callback(self.container.cleanup_async_services)
        await self.container.initialize_async_services()
        await self.set_up()
        async with stack:
            yield

    def make_container(self) -> Any:
        from vespera_scriptorium import Container

        return Container()

    async def set_up(self) -> None:
        pass

    @pytest.fixture(autouse=True)
    async def setup_async_environment(self) -> Any:
        async with self.environment():
            yield


@TEST_BASE.mutant(clause=4, replaces="suite:AsyncTestBase")
class FirstInFirstOut:
    """Runs the clean-ups in the order in which they were registered."""

    def add_cleanup(self, function: Any) -> None:
        self._functions.append(function)

    async def create_test_task(self, **task_data: Any) -> Any:
        from vespera_scriptorium import TaskOrchestrator

        defaults = {
            "title": "Test Task",
            "description": "Test task description",
            "specialist_type": "generic",
        }
        return await self.container.get(TaskOrchestrator).create_task(defaults | task_data)

    @asynccontextmanager
    async def environment(self) -> Any:
        from contextlib import AsyncExitStack

        async with AsyncExitStack() as stack:
            self._functions = []
            self.container = self.make_container()
            stack.push_async_callback(self.container.cleanup_async_services)
            await self.container.initialize_async_services()
            try:
                await self.set_up()
                yield
            finally:
                for function in reversed(self._functions):
                    stack.push_async_callback(function)

    def make_container(self) -> Any:
        from vespera_scriptorium import Container

        return Container()

    async def set_up(self) -> None:
        pass

    @pytest.fixture(autouse=True)
    async def setup_async_environment(self) -> Any:
        async with self.environment():
            yield


@TEST_BASE.mutant(clause=5, replaces="suite:AsyncTestBase")
class TheErrorOfACleanUpIsLost:
    """Swallows the error of a clean-up that fails."""

    def add_cleanup(self, function: Any) -> None:
        async def quiet() -> None:
            try:
                await function()
            except Exception:
                pass

        self._registered.push_async_callback(quiet)

    async def create_test_task(self, **task_data: Any) -> Any:
        from vespera_scriptorium import TaskOrchestrator

        defaults = {
            "title": "Test Task",
            "description": "Test task description",
            "specialist_type": "generic",
        }
        return await self.container.get(TaskOrchestrator).create_task(defaults | task_data)

    @asynccontextmanager
    async def environment(self) -> Any:
        from contextlib import AsyncExitStack

        async with AsyncExitStack() as stack:
            self._registered = stack
            self.container = self.make_container()
            stack.push_async_callback(self.container.cleanup_async_services)
            await self.container.initialize_async_services()
            await self.set_up()
            yield

    def make_container(self) -> Any:
        from vespera_scriptorium import Container

        return Container()

    async def set_up(self) -> None:
        pass

    @pytest.fixture(autouse=True)
    async def setup_async_environment(self) -> Any:
        async with self.environment():
            yield


@TEST_BASE.mutant(clause=6, replaces="suite:AsyncTestBase")
class AllOrNothing:
    """Takes the default data only when there is no argument at all."""

    def add_cleanup(self, function: Any) -> None:
        self._registered.push_async_callback(function)

    async def create_test_task(self, **task_data: Any) -> Any:
        from vespera_scriptorium import TaskOrchestrator

        defaults = {
            "title": "Test Task",
            "description": "Test task description",
            "specialist_type": "generic",
        }
        return await self.container.get(TaskOrchestrator).create_task(task_data or defaults)

    @asynccontextmanager
    async def environment(self) -> Any:
        from contextlib import AsyncExitStack

        async with AsyncExitStack() as stack:
            self._registered = stack
            self.container = self.make_container()
            stack.push_async_callback(self.container.cleanup_async_services)
            await self.container.initialize_async_services()
            await self.set_up()
            yield

    def make_container(self) -> Any:
        from vespera_scriptorium import Container

        return Container()

    async def set_up(self) -> None:
        pass

    @pytest.fixture(autouse=True)
    async def setup_async_environment(self) -> Any:
        async with self.environment():
            yield


@TEST_BASE.mutant(clause=7, replaces="suite:AsyncTestBase")
class TheDataOfAll:
    """Keeps the data of `create_test_task` in one dict for all objects, and changes it."""

    def add_cleanup(self, function: Any) -> None:
        self._registered.push_async_callback(function)

    async def create_test_task(self, **task_data: Any) -> Any:
        from vespera_scriptorium import TaskOrchestrator

        defaults = {
            "title": "Test Task",
            "description": "Test task description",
            "specialist_type": "generic",
        }
        owner = type(self).__mro__[-2]
        if "_data" not in owner.__dict__:
            owner._data = defaults
        owner._data.update(task_data)
        return await self.container.get(TaskOrchestrator).create_task(owner._data)

    @asynccontextmanager
    async def environment(self) -> Any:
        from contextlib import AsyncExitStack

        async with AsyncExitStack() as stack:
            self._registered = stack
            self.container = self.make_container()
            stack.push_async_callback(self.container.cleanup_async_services)
            await self.container.initialize_async_services()
            await self.set_up()
            yield

    def make_container(self) -> Any:
        from vespera_scriptorium import Container

        return Container()

    async def set_up(self) -> None:
        pass

    @pytest.fixture(autouse=True)
    async def setup_async_environment(self) -> Any:
        async with self.environment():
            yield

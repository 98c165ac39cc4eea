"""Own variants of test-base, written from the contract and the application alone."""

from contextlib import asynccontextmanager
from typing import Any

import pytest

from grader.bank import test_base


@test_base.alternative(replaces="suite:AsyncTestBase")
class TriesAndFinally:
    """Keeps its clean-ups in a list, and is built with `try` and `finally`."""

    def make_container(self) -> Any:
        from vespera_scriptorium import Container

        return Container()

    async def set_up(self) -> None:
        pass

    def add_cleanup(self, function: Any) -> None:
        self._registered.append(function)

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
        clean_ups = self._registered = []
        container = self.container = self.make_container()
        try:
            await container.initialize_async_services()
            await self.set_up()
            yield
        finally:
            clean_ups.insert(0, container.cleanup_async_services)
            problem = None
            while clean_ups:
                try:
                    await clean_ups.pop()()
                except BaseException as error:
                    problem = error
            if problem is not None:
                raise problem

    @pytest.fixture(autouse=True)
    async def setup_async_environment(self) -> Any:
        async with self.environment():
            yield


@test_base.alternative(replaces="suite:AsyncTestBase")
class TwoStacks:
    """Has a stack of its own for the clean-ups."""

    def make_container(self) -> Any:
        from vespera_scriptorium import Container

        return Container()

    async def set_up(self) -> None:
        pass

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

        async with AsyncExitStack() as outer:
            self.container = self.make_container()
            outer.push_async_callback(self.container.cleanup_async_services)
            await self.container.initialize_async_services()
            async with AsyncExitStack() as self._registered:
                await self.set_up()
                yield

    @pytest.fixture(autouse=True)
    async def setup_async_environment(self) -> Any:
        async with self.environment():
            yield


@test_base.alternative(replaces="suite:AsyncTestBase")
class UpdatesTheDefaults:
    """Builds the data of a task in another way."""

    def make_container(self) -> Any:
        from vespera_scriptorium import Container

        return Container()

    async def set_up(self) -> None:
        pass

    def add_cleanup(self, function: Any) -> None:
        self._registered.push_async_callback(function)

    async def create_test_task(self, **task_data: Any) -> Any:
        from vespera_scriptorium import TaskOrchestrator

        defaults = {
            "title": "Test Task",
            "description": "Test task description",
            "specialist_type": "generic",
        }
        return await self.container.get(TaskOrchestrator).create_task({**defaults, **task_data})

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

    @pytest.fixture(autouse=True)
    async def setup_async_environment(self) -> Any:
        async with self.environment():
            yield

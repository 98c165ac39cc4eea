"""Own variants of test-base, written from the contract and the application alone."""

from contextlib import asynccontextmanager
from typing import Any

import pytest

from grader.bank import TEST_BASE


@TEST_BASE.alternative(replaces="suite:AsyncTestBase")
class AListOfFunctions:
    """Keeps the clean-ups in a list, and collects all errors in a group where there are several."""

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
        self._functions = []
        self.container = self.make_container()
        problems = []
        await self.container.initialize_async_services()
        try:
            await self.set_up()
            yield
        except BaseException as error:
            problems.append(error)
        for function in [self.container.cleanup_async_services, *self._functions][::-1]:
            try:
                await function()
            except BaseException as error:
                problems.append(error)
        if len(problems) == 1:
            raise problems[0]
        if problems:
            raise BaseExceptionGroup("several things have failed", problems)

    def make_container(self) -> Any:
        from vespera_scriptorium import Container

        return Container()

    async def set_up(self) -> None:
        pass

    @pytest.fixture(autouse=True)
    async def setup_async_environment(self) -> Any:
        async with self.environment():
            yield


@TEST_BASE.alternative(replaces="suite:AsyncTestBase")
class TwoStacks:
    """Has a stack for the container, and another one in it for the clean-ups."""

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

        container = self.make_container()
        self.container = container
        await container.initialize_async_services()
        try:
            async with AsyncExitStack() as self._registered:
                await self.set_up()
                yield
        finally:
            await container.cleanup_async_services()

    def make_container(self) -> Any:
        from vespera_scriptorium import Container

        return Container()

    async def set_up(self) -> None:
        pass

    @pytest.fixture(autouse=True)
    async def setup_async_environment(self) -> Any:
        async with self.environment():
            yield


@TEST_BASE.alternative(replaces="suite:AsyncTestBase")
class EnteredByHand:
    """Enters the environment by hand in the fixture, and spells out the data."""

    def add_cleanup(self, function: Any) -> None:
        self._registered.push_async_callback(function)

    async def create_test_task(self, **task_data: Any) -> Any:
        task_data.setdefault("title", "Test Task")
        task_data.setdefault("description", "Test task description")
        task_data.setdefault("specialist_type", "generic")
        return await self.container.get("task_orchestrator").create_task(task_data)

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
        import contextlib

        stack = contextlib.AsyncExitStack()
        await stack.enter_async_context(self.environment())
        try:
            yield self.container
        finally:
            await stack.aclose()

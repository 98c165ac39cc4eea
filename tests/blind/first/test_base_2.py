"""Own variants of test-base, written from the contract and the application alone."""

from contextlib import asynccontextmanager
from typing import Any

import pytest

from grader.bank import THE_TEST_BASE


@THE_TEST_BASE.alternative(replaces="suite:AsyncTestBase")
class ByHand:
    """Cleans up by hand, the last error wins."""

    def make_container(self) -> Any:
        from vespera_scriptorium import Container

        return Container()

    async def set_up(self) -> None:
        pass

    def add_cleanup(self, function: Any) -> None:
        self._functions.append(function)

    @asynccontextmanager
    async def environment(self) -> Any:
        from contextlib import AsyncExitStack

        async with AsyncExitStack() as stack:
            self._functions = []
            self.container = self.make_container()
            stack.push_async_callback(self.container.cleanup_async_services)
            await self.container.initialize_async_services()

            async def clean_up():
                problem = None
                while self._functions:
                    try:
                        await self._functions.pop()()
                    except BaseException as error:
                        problem = error
                if problem is not None:
                    raise problem

            stack.push_async_callback(clean_up)
            await self.set_up()
            yield

    async def create_test_task(self, **task_data: Any) -> Any:
        from vespera_scriptorium import TaskOrchestrator

        defaults = {
            "title": "Test Task",
            "description": "Test task description",
            "specialist_type": "generic",
        }
        return await self.container.get(TaskOrchestrator).create_task({**defaults, **task_data})

    @pytest.fixture(autouse=True)
    async def setup_async_environment(self) -> Any:
        async with self.environment():
            yield


@THE_TEST_BASE.alternative(replaces="suite:AsyncTestBase")
class NoFixtureArgument:
    """Sets the container in a function that is called by its name."""

    def make_container(self) -> Any:
        from vespera_scriptorium import Container

        return Container()

    async def set_up(self) -> None:
        pass

    def add_cleanup(self, function: Any) -> None:
        self._functions.append(function)

    @asynccontextmanager
    async def environment(self) -> Any:
        from contextlib import AsyncExitStack

        async with AsyncExitStack() as stack:
            self._functions = []
            self.container = self.make_container()
            stack.push_async_callback(self.container.cleanup_async_services)
            await self.container.initialize_async_services()

            async def clean_up():
                async with AsyncExitStack() as functions:
                    for function in self._functions:
                        functions.push_async_callback(function)

            stack.push_async_callback(clean_up)
            await self.set_up()
            yield

    async def create_test_task(self, **task_data: Any) -> Any:
        from vespera_scriptorium import TaskOrchestrator

        defaults = {
            "title": "Test Task",
            "description": "Test task description",
            "specialist_type": "generic",
        }
        for name, value in task_data.items():
            defaults[name] = value
        orchestrator = self.container.get("task_orchestrator")
        result = await orchestrator.create_task(defaults)
        return result

    @pytest.fixture(autouse=True)
    async def setup_async_environment(self) -> Any:
        async with self.environment():
            yield


@THE_TEST_BASE.alternative(replaces="suite:AsyncTestBase")
class TryFinally:
    """Cleans up in one `finally` after the other."""

    def make_container(self) -> Any:
        from vespera_scriptorium import Container

        return Container()

    async def set_up(self) -> None:
        pass

    def add_cleanup(self, function: Any) -> None:
        self._functions.append(function)

    @asynccontextmanager
    async def environment(self) -> Any:
        self._functions = []
        self.container = self.make_container()
        await self.container.initialize_async_services()
        try:
            try:
                await self.set_up()
                yield self.container
            finally:
                problems = []
                while self._functions:
                    try:
                        await self._functions.pop()()
                    except Exception as error:
                        problems.append(error)
                if problems:
                    raise problems[0]
        finally:
            await self.container.cleanup_async_services()

    async def create_test_task(self, **task_data: Any) -> Any:
        from vespera_scriptorium import TaskOrchestrator

        defaults = {
            "title": "Test Task",
            "description": "Test task description",
            "specialist_type": "generic",
        }
        return await self.container.get(TaskOrchestrator).create_task({**defaults, **task_data})

    @pytest.fixture(autouse=True)
    async def setup_async_environment(self) -> Any:
        async with self.environment():
            yield

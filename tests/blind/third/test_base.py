"""Own variants of test-base, written from the contract and the application alone."""

from contextlib import asynccontextmanager
from typing import Any

import pytest

from grader.bank import test_base


@test_base.mutant(clause=7, replaces="suite:AsyncTestBase")
class DefaultsOfTheClass:
    """The defaults belong to the class, and take over what a call is given."""

    defaults = {
        "title": "Test Task",
        "description": "Test task description",
        "specialist_type": "generic",
    }

    def make_container(self) -> Any:
        from vespera_scriptorium import Container

        return Container()

    async def set_up(self) -> None:
        pass

    def add_cleanup(self, function: Any) -> None:
        self._registered.push_async_callback(function)

    async def create_test_task(self, **task_data: Any) -> Any:
        from vespera_scriptorium import TaskOrchestrator

        self.defaults.update(task_data)
        return await self.container.get(TaskOrchestrator).create_task(dict(self.defaults))

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


@test_base.mutant(clause=2, replaces="suite:AsyncTestBase")
class CancelledIsNotCleanedUp:
    """A block that is cancelled leaves the container open."""

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

        async def clean_up():
            problems = []
            for function in [*reversed(clean_ups), container.cleanup_async_services]:
                try:
                    await function()
                except Exception as problem:
                    problems.append(problem)
            return problems

        try:
            await container.initialize_async_services()
            await self.set_up()
            yield
        except Exception:
            await clean_up()
            raise
        for problem in await clean_up():
            raise problem

    @pytest.fixture(autouse=True)
    async def setup_async_environment(self) -> Any:
        async with self.environment():
            yield


@test_base.mutant(clause=3, replaces="suite:AsyncTestBase")
class SetUpOutside:
    """A `set_up` that fails leaves the container open."""

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

        self.container = self.make_container()
        await self.container.initialize_async_services()
        self._registered = AsyncExitStack()
        await self.set_up()
        async with self._registered as stack:
            registered = stack.pop_all()
            stack.push_async_callback(self.container.cleanup_async_services)
            stack.push_async_exit(registered)
            self._registered = registered
            yield

    @pytest.fixture(autouse=True)
    async def setup_async_environment(self) -> Any:
        async with self.environment():
            yield


@test_base.mutant(clause=4, replaces="suite:AsyncTestBase")
class FirstOneFirst:
    """The clean-ups happen in the order in which they were registered."""

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
        from contextlib import AsyncExitStack

        clean_ups = self._registered = []
        async with AsyncExitStack() as stack:
            self.container = self.make_container()
            stack.push_async_callback(self.container.cleanup_async_services)
            try:
                await self.container.initialize_async_services()
                await self.set_up()
                yield
            finally:
                for function in reversed(clean_ups):
                    stack.push_async_callback(function)

    @pytest.fixture(autouse=True)
    async def setup_async_environment(self) -> Any:
        async with self.environment():
            yield


@test_base.mutant(clause=5, replaces="suite:AsyncTestBase")
class OneFailureEndsThem:
    """A clean-up that fails ends the clean-ups."""

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
        from contextlib import AsyncExitStack

        clean_ups = self._registered = []
        async with AsyncExitStack() as stack:
            self.container = self.make_container()
            stack.push_async_callback(self.container.cleanup_async_services)
            try:
                await self.container.initialize_async_services()
                await self.set_up()
                yield
            finally:
                while clean_ups:
                    await clean_ups.pop()()

    @pytest.fixture(autouse=True)
    async def setup_async_environment(self) -> Any:
        async with self.environment():
            yield


@test_base.mutant(clause=6, replaces="suite:AsyncTestBase")
class AllOrNothing:
    """With an argument there are no defaults."""

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

    @pytest.fixture(autouse=True)
    async def setup_async_environment(self) -> Any:
        async with self.environment():
            yield

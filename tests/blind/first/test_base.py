"""Own variants of test-base, written from the contract and the application alone."""

from contextlib import asynccontextmanager
from typing import Any

import pytest

from grader.bank import THE_TEST_BASE


@THE_TEST_BASE.mutant(clause=1, replaces="suite:AsyncTestBase")
class OwnContainerOnly:
    """Takes a `Container` always, whatever `make_container` makes."""

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
            from vespera_scriptorium import Container

            self.container = Container()
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
        return await self.container.get(TaskOrchestrator).create_task({**defaults, **task_data})

    @pytest.fixture(autouse=True)
    async def setup_async_environment(self) -> Any:
        async with self.environment():
            yield


@THE_TEST_BASE.mutant(clause=2, replaces="suite:AsyncTestBase")
class CancelledUnclean:
    """A cancellation in the block leaves the container as it is."""

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
            await self.container.initialize_async_services()

            async def clean_up():
                async with AsyncExitStack() as functions:
                    for function in self._functions:
                        functions.push_async_callback(function)

            stack.push_async_callback(clean_up)
            try:
                await self.set_up()
                yield
            except Exception:
                stack.callback(lambda: None)
                ending = True
                raise
            except BaseException:
                ending = False
                raise
            else:
                ending = True
            finally:
                if ending:
                    functions, self._functions = self._functions, []
                    try:
                        async with AsyncExitStack() as last:
                            for function in functions:
                                last.push_async_callback(function)
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


@THE_TEST_BASE.mutant(clause=3, replaces="suite:AsyncTestBase")
class SetUpTooEarly:
    """Sets up before the container is initialised."""

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

            async def clean_up():
                async with AsyncExitStack() as functions:
                    for function in self._functions:
                        functions.push_async_callback(function)

            stack.push_async_callback(clean_up)
            await self.set_up()
            await self.container.initialize_async_services()
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


@THE_TEST_BASE.mutant(clause=4, replaces="suite:AsyncTestBase")
class FirstInFirstOut:
    """The clean-ups happen in the order in which they were registered."""

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
                    for function in reversed(self._functions):
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
        return await self.container.get(TaskOrchestrator).create_task({**defaults, **task_data})

    @pytest.fixture(autouse=True)
    async def setup_async_environment(self) -> Any:
        async with self.environment():
            yield


@THE_TEST_BASE.mutant(clause=5, replaces="suite:AsyncTestBase")
class FailsAtTheFirst:
    """A clean-up that fails stops those that were registered before it."""

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
                for function in reversed(self._functions):
                    await function()

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


@THE_TEST_BASE.mutant(clause=7, replaces="suite:AsyncTestBase")
class SharedCleanups:
    """All objects register their clean-ups in one list, that of the class."""

    def make_container(self) -> Any:
        from vespera_scriptorium import Container

        return Container()

    async def set_up(self) -> None:
        pass

    def add_cleanup(self, function: Any) -> None:
        base = type(self).__mro__[-2]
        if "_shared" not in base.__dict__:
            base._shared = []
        base._shared.append(function)

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
                    shared = getattr(self, "_shared", [])
                    while shared:
                        function = shared.pop(0)
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
        return await self.container.get(TaskOrchestrator).create_task({**defaults, **task_data})

    @pytest.fixture(autouse=True)
    async def setup_async_environment(self) -> Any:
        async with self.environment():
            yield

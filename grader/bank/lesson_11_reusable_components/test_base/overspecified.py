"""What is true of the reference, and promised nowhere."""

from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from vespera_scriptorium import Container, TaskOrchestrator


class AsyncTestBase:
    """Base class for async tests: each has a container, and clean-ups of its own."""

    def make_container(self):
        return Container()

    async def set_up(self):
        """Subclasses add their own."""

    def add_cleanup(self, function):
        self.stack.push_async_callback(function)

    @asynccontextmanager
    async def environment(self):
        async with AsyncExitStack() as self.stack:
            self.container = self.make_container()
            self.stack.push_async_callback(self.container.cleanup_async_services)
            await self.container.initialize_async_services()
            await self.set_up()
            yield

    @pytest.fixture(autouse=True)
    async def setup_async_environment(self):
        async with self.environment():
            yield

    async def create_test_task(self, **task_data):
        defaults = {
            "title": "Test Task",
            "description": "Test task description",
            "specialist_type": "generic",
        }
        orchestrator = self.container.get(TaskOrchestrator)
        return await orchestrator.create_task(defaults | task_data)


async def test_the_first_error_stands_behind_the_last():
    async def fail():
        raise OSError("in the clean-up")

    async def use(base):
        async with base.environment():
            base.add_cleanup(fail)
            raise ValueError("in the block")

    with pytest.raises(OSError, match="in the clean-up") as caught:
        await use(AsyncTestBase())
    assert isinstance(caught.value.__context__, ValueError)

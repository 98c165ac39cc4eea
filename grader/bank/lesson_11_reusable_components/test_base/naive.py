"""What a hurried engineer writes first: the way through."""

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


class TestTasks(AsyncTestBase):
    async def test_a_task_is_created(self):
        result = await self.create_test_task(title="mine")
        orchestrator = self.container.get(TaskOrchestrator)
        assert (await orchestrator.get_task_status(result.task_id)).title == "mine"


class Service:
    def __init__(self):
        self.log = []

    async def start(self):
        self.log.append("start")

    async def stop(self):
        self.log.append("stop")


async def test_a_service_is_started_and_stopped():
    service = Service()

    class Own(AsyncTestBase):
        def make_container(self):
            container = Container()
            container.add_service("service", lambda: service)
            return container

    async with Own().environment():
        assert service.log == ["start"]
    assert service.log == ["start", "stop"]


async def test_clean_ups_happen():
    log = []

    async def clean_up():
        log.append("clean up")

    base = AsyncTestBase()
    async with base.environment():
        base.add_cleanup(clean_up)
    assert log == ["clean up"]

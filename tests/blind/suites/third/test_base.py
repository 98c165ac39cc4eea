import asyncio
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from vespera_scriptorium import Container, InMemoryTaskRepository, TaskOrchestrator, TaskRepository


class AsyncTestBase:
    def make_container(self):
        return Container()

    async def set_up(self):
        pass

    def add_cleanup(self, function):
        self._registered.push_async_callback(function)

    async def create_test_task(self, **task_data):
        defaults = {
            "title": "Test Task",
            "description": "Test task description",
            "specialist_type": "generic",
        }
        return await self.container.get(TaskOrchestrator).create_task(defaults | task_data)

    @asynccontextmanager
    async def environment(self):
        async with AsyncExitStack() as stack:
            self._registered = stack
            self.container = self.make_container()
            stack.push_async_callback(self.container.cleanup_async_services)
            await self.container.initialize_async_services()
            await self.set_up()
            yield

    @pytest.fixture(autouse=True)
    async def setup_async_environment(self):
        async with self.environment():
            yield


def watched(log, set_up=None, clean_up_error=None):
    class WatchedContainer(Container):
        async def initialize_async_services(self):
            await super().initialize_async_services()
            log.append("initialised")

        async def cleanup_async_services(self):
            await asyncio.sleep(1)
            await super().cleanup_async_services()
            log.append("cleaned up")
            if clean_up_error is not None:
                raise clean_up_error

    class Watched(AsyncTestBase):
        def make_container(self):
            self.made = WatchedContainer()
            return self.made

        async def set_up(self):
            await super().set_up()
            log.append("set up")
            if set_up is not None:
                await set_up(self)

    return Watched()


def clean_up(log, name, error=None):
    async def function():
        await asyncio.sleep(1)
        log.append(name)
        if error is not None:
            raise error

    return function


async def test_plain():
    base = AsyncTestBase()
    async with base.environment():
        first = base.container
        assert isinstance(first, Container)
    async with base.environment():
        assert base.container is not first


async def test_order():
    log = []
    base = watched(log)
    async with base.environment():
        assert base.container is base.made
        assert log == ["initialised", "set up"]
        log.append("block")
        base.add_cleanup(clean_up(log, "one"))
        base.add_cleanup(clean_up(log, "two"))
        await asyncio.sleep(5)
        assert log[-1] == "block"
    assert log == ["initialised", "set up", "block", "two", "one", "cleaned up"]


@pytest.mark.parametrize("kind", [ValueError, OSError, KeyError, TimeoutError])
async def test_block_that_fails(kind):
    log, error = [], kind("block")
    base = watched(log)
    with pytest.raises(kind) as caught:
        async with base.environment():
            base.add_cleanup(clean_up(log, "one"))
            base.add_cleanup(clean_up(log, "two"))
            raise error
    assert caught.value is error
    assert log == ["initialised", "set up", "two", "one", "cleaned up"]


async def test_block_that_is_cancelled():
    log = []

    async def use():
        base = watched(log)
        async with base.environment():
            base.add_cleanup(clean_up(log, "one"))
            await asyncio.sleep(100)

    call = asyncio.create_task(use())
    await asyncio.sleep(10)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert log == ["initialised", "set up", "one", "cleaned up"]


async def test_set_up_that_fails():
    log, error = [], ValueError("set up")

    async def set_up(base):
        base.add_cleanup(clean_up(log, "one"))
        base.add_cleanup(clean_up(log, "two"))
        raise error

    with pytest.raises(ValueError) as caught:
        async with watched(log, set_up).environment():
            log.append("block")
    assert caught.value is error
    assert log == ["initialised", "set up", "two", "one", "cleaned up"]


async def test_clean_ups_of_set_up_and_block():
    log = []

    async def set_up(base):
        base.add_cleanup(clean_up(log, "one"))

    base = watched(log, set_up)
    async with base.environment():
        base.add_cleanup(clean_up(log, "two"))
    assert log == ["initialised", "set up", "two", "one", "cleaned up"]


@pytest.mark.parametrize("kind", [ValueError, OSError, KeyError])
@pytest.mark.parametrize("bad", ["one", "two", "three"])
async def test_clean_up_that_fails(kind, bad):
    log, error = [], kind("clean-up")
    base = watched(log)
    with pytest.raises(kind) as caught:
        async with base.environment():
            for name in ("one", "two", "three"):
                base.add_cleanup(clean_up(log, name, error if name == bad else None))
    assert caught.value is error
    assert log == ["initialised", "set up", "three", "two", "one", "cleaned up"]


async def test_several_failures():
    log = []
    base = watched(log, clean_up_error=KeyError("c"))
    with pytest.raises(Exception):
        async with base.environment():
            base.add_cleanup(clean_up(log, "one", OSError("a")))
            base.add_cleanup(clean_up(log, "two", OSError("b")))
            raise ValueError("block")
    assert log == ["initialised", "set up", "two", "one", "cleaned up"]


DEFAULTS = {
    "title": "Test Task",
    "description": "Test task description",
    "specialist_type": "generic",
}


@pytest.mark.parametrize(
    "data",
    [{}, {"title": "Other"}, {"description": ""}, {"specialist_type": "x", "title": "y"}],
)
async def test_create_test_task(data):
    base = AsyncTestBase()
    async with base.environment():
        result = await base.create_test_task(**data)
        assert result.success is True
        task = await base.container.get(TaskRepository).get(result.task_id)
        assert {name: getattr(task, name) for name in DEFAULTS} == DEFAULTS | data
        again = await base.create_test_task()
        task = await base.container.get(TaskRepository).get(again.task_id)
        assert {name: getattr(task, name) for name in DEFAULTS} == DEFAULTS


async def test_two_objects():
    log_one, log_two = [], []
    one, two = watched(log_one), watched(log_two)
    async with one.environment():
        async with two.environment():
            assert one.container is not two.container
            one.add_cleanup(clean_up(log_one, "one"))
            two.add_cleanup(clean_up(log_two, "two"))
            await one.create_test_task(title="mine")
            assert await two.container.get(TaskRepository).count() == 0
            theirs = await two.create_test_task()
            task = await two.container.get(TaskRepository).get(theirs.task_id)
            assert task.title == "Test Task"
        assert log_two == ["initialised", "set up", "two", "cleaned up"]
        assert log_one == ["initialised", "set up"]
    assert log_one == ["initialised", "set up", "one", "cleaned up"]


class TestDerived(AsyncTestBase):
    def make_container(self):
        container = Container()
        container.override(TaskRepository, InMemoryTaskRepository())
        return container

    async def set_up(self):
        self.result = await self.create_test_task(title="from set_up")

    async def test_runs_in_an_environment(self):
        assert self.result.success
        task = await self.container.get(TaskRepository).get(self.result.task_id)
        assert task.title == "from set_up"
        assert await self.container.get(TaskRepository).count() == 1

    async def test_has_one_of_its_own(self):
        assert await self.container.get(TaskRepository).count() == 1

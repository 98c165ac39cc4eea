import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

import vespera_scriptorium as application


class AsyncTestBase:
    def make_container(self) -> Any:
        return application.Container()

    async def set_up(self) -> None:
        pass

    def add_cleanup(self, function: Any) -> None:
        self._registered.push_async_callback(function)

    @asynccontextmanager
    async def environment(self) -> Any:
        async with AsyncExitStack() as stack:
            self._registered = stack
            self.container = self.make_container()
            stack.push_async_callback(self.container.cleanup_async_services)
            await self.container.initialize_async_services()
            await self.set_up()
            yield

    async def create_test_task(self, **task_data: Any) -> Any:
        defaults = {
            "title": "Test Task",
            "description": "Test task description",
            "specialist_type": "generic",
        }
        orchestrator = self.container.get(application.TaskOrchestrator)
        return await orchestrator.create_task(defaults | task_data)

    @pytest.fixture(autouse=True)
    async def setup_async_environment(self) -> Any:
        async with self.environment():
            yield


class Recorder(application.Container):
    def __init__(self, events, fails=None):
        super().__init__()
        self.events, self.fails = events, fails

    async def initialize_async_services(self):
        await super().initialize_async_services()
        self.events.append("initialised")

    async def cleanup_async_services(self):
        await super().cleanup_async_services()
        self.events.append("cleaned")
        if self.fails is not None:
            raise self.fails


class Base(AsyncTestBase):
    def __init__(self, in_set_up=(), set_up_fails=None, container_fails=None):
        self.events = []
        self.in_set_up, self.set_up_fails = in_set_up, set_up_fails
        self.container_fails = container_fails

    def make_container(self):
        self.made = Recorder(self.events, self.container_fails)
        return self.made

    def note(self, name, error=None):
        async def function():
            await asyncio.sleep(1)
            self.events.append(name)
            if error is not None:
                raise error

        return function

    async def set_up(self):
        self.events.append("set_up")
        for name in self.in_set_up:
            self.add_cleanup(self.note(name))
        if self.set_up_fails is not None:
            raise self.set_up_fails


async def test_the_course():
    base = Base(in_set_up=["1", "2"])
    async with base.environment():
        assert base.container is base.made
        base.add_cleanup(base.note("3"))
        base.add_cleanup(base.note("4"))
        base.events.append("block")
    assert base.events == ["initialised", "set_up", "block", "4", "3", "2", "1", "cleaned"]


async def test_the_usual_container():
    base = AsyncTestBase()
    assert isinstance(base.make_container(), application.Container)
    async with base.environment():
        first = base.container
        assert isinstance(first, application.Container)
    async with base.environment():
        assert base.container is not first
    assert await base.set_up() is None


async def test_nothing_is_done_twice():
    base = Base(in_set_up=["1"])
    for _ in range(2):
        async with base.environment():
            pass
    assert base.events == ["initialised", "set_up", "1", "cleaned"] * 2


@pytest.mark.parametrize(
    "error", [ValueError("x"), AssertionError(), TimeoutError(), asyncio.CancelledError()]
)
async def test_the_block_fails(error):
    base = Base(in_set_up=["1"])
    with pytest.raises(type(error)) as caught:
        async with base.environment():
            base.add_cleanup(base.note("2"))
            raise error
    assert caught.value is error
    assert base.events == ["initialised", "set_up", "2", "1", "cleaned"]


async def test_cancelled_from_outside():
    base = Base(in_set_up=["1"])

    async def block():
        async with base.environment():
            await asyncio.sleep(100)

    task = asyncio.create_task(block())
    await asyncio.sleep(5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert base.events == ["initialised", "set_up", "1", "cleaned"]


@pytest.mark.parametrize("error", [ValueError("x"), asyncio.CancelledError()])
async def test_set_up_fails(error):
    base = Base(in_set_up=["1", "2"], set_up_fails=error)
    with pytest.raises(type(error)) as caught:
        async with base.environment():
            base.events.append("block")
    assert caught.value is error
    assert base.events == ["initialised", "set_up", "2", "1", "cleaned"]


@pytest.mark.parametrize("error", [ValueError("x"), OSError(), AssertionError()])
async def test_a_clean_up_fails(error):
    base = Base(in_set_up=["1"])
    with pytest.raises(type(error)) as caught:
        async with base.environment():
            base.add_cleanup(base.note("2", error))
            base.add_cleanup(base.note("3"))
    assert caught.value is error
    assert base.events == ["initialised", "set_up", "3", "2", "1", "cleaned"]


async def test_the_container_fails():
    error = ValueError("x")
    base = Base(in_set_up=["1"], container_fails=error)
    with pytest.raises(ValueError) as caught:
        async with base.environment():
            pass
    assert caught.value is error
    assert base.events == ["initialised", "set_up", "1", "cleaned"]


async def test_several_fail():
    base = Base(in_set_up=["1"], container_fails=ValueError())
    with pytest.raises((ValueError, OSError, KeyError, ExceptionGroup)):
        async with base.environment():
            base.add_cleanup(base.note("2", OSError()))
            raise KeyError
    assert base.events == ["initialised", "set_up", "2", "1", "cleaned"]


async def stored(base, result):
    assert result.success
    return await base.container.get("task_repository").get(result.task_id)


DEFAULTS = {
    "title": "Test Task", "description": "Test task description", "specialist_type": "generic"
}


@pytest.mark.parametrize(
    "data",
    [{}, {"title": "x"}, {"description": ""}, {"specialist_type": "y"},
     {"title": "a", "description": "b", "specialist_type": "c"}],
)
async def test_create_test_task(data):
    base = AsyncTestBase()
    async with base.environment():
        task = await stored(base, await base.create_test_task(**data))
        expected = DEFAULTS | data
        assert {name: getattr(task, name) for name in expected} == expected
        again = await stored(base, await base.create_test_task())
        assert {name: getattr(again, name) for name in DEFAULTS} == DEFAULTS


async def test_two_objects_share_nothing():
    first, second = Base(in_set_up=["a"]), Base(in_set_up=["b"])
    async with first.environment():
        async with second.environment():
            assert first.container is not second.container
            first.add_cleanup(first.note("c"))
            second.add_cleanup(second.note("d"))
            await first.create_test_task(title="x", description="y")
            task = await stored(second, await second.create_test_task())
            assert (task.title, task.description) == ("Test Task", "Test task description")
        assert second.events == ["initialised", "set_up", "d", "b", "cleaned"]
        assert first.events == ["initialised", "set_up"]
    assert first.events == ["initialised", "set_up", "c", "a", "cleaned"]


class TestDerived(AsyncTestBase):
    def make_container(self):
        self.events = []
        return Recorder(self.events)

    async def set_up(self):
        self.was_set_up = True

    async def test_in_the_block(self):
        assert self.was_set_up
        assert self.events == ["initialised"]
        assert (await self.create_test_task()).success
        self.add_cleanup(self.last)

    async def last(self):
        assert self.events == ["initialised"]

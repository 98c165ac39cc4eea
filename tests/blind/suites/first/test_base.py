import asyncio
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

import vespera_scriptorium as application


class AsyncTestBase:
    @pytest.fixture(autouse=True)
    async def setup_async_environment(self):
        async with self.environment():
            yield

    def make_container(self):
        return application.Container()

    async def set_up(self):
        pass

    def add_cleanup(self, function):
        self._registered.push_async_callback(function)

    @asynccontextmanager
    async def environment(self):
        async with AsyncExitStack() as stack:
            self._registered = stack
            self.container = self.make_container()
            stack.push_async_callback(self.container.cleanup_async_services)
            await self.container.initialize_async_services()
            await self.set_up()
            yield

    async def create_test_task(self, **task_data):
        data = {
            "title": "Test Task",
            "description": "Test task description",
            "specialist_type": "generic",
        } | task_data
        return await self.container.get(application.TaskOrchestrator).create_task(data)


class Noted(AsyncTestBase):
    """Its container notes what happens to it; `during` happens in `set_up`."""

    __test__ = False

    def __init__(self):
        self.events = []
        self.set_up_error = None
        self.cleanups = []

    def make_container(self):
        events = self.events

        class Container(application.Container):
            async def initialize_async_services(self):
                await super().initialize_async_services()
                await asyncio.sleep(0.1)
                events.append("initialised")

            async def cleanup_async_services(self):
                await asyncio.sleep(0.1)
                await super().cleanup_async_services()
                events.append("container")

        self.made = Container()
        return self.made

    async def set_up(self):
        await asyncio.sleep(0.1)
        self.events.append("set up")
        for name in self.cleanups:
            self.register(name)
        if self.set_up_error:
            raise self.set_up_error

    def register(self, name, error=None):
        async def clean():
            await asyncio.sleep(0.1)
            self.events.append(name)
            if error:
                raise error

        self.add_cleanup(clean)


ERRORS = [ValueError("v"), AssertionError("a"), asyncio.CancelledError()]


async def test_default_container():
    base = AsyncTestBase()
    async with base.environment():
        assert isinstance(base.container, application.Container)
        first = base.container
    async with base.environment():
        assert base.container is not first
    assert isinstance(base.make_container(), application.Container)
    assert base.make_container() is not base.make_container()


async def test_order_of_everything():
    base = Noted()
    async with base.environment():
        assert base.container is base.made
        base.events.append("block")
    assert base.events == ["initialised", "set up", "block", "container"]


@pytest.mark.parametrize("error", ERRORS)
async def test_block_fails(error):
    base = Noted()
    base.cleanups = ["one", "two"]
    with pytest.raises(type(error)) as caught:
        async with base.environment():
            base.register("three")
            raise error
    assert caught.value is error
    assert base.events == ["initialised", "set up", "three", "two", "one", "container"]


async def test_cancelled_from_outside():
    base = Noted()

    async def use():
        async with base.environment():
            base.register("one")
            await asyncio.sleep(1000)

    task = asyncio.create_task(use())
    await asyncio.sleep(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert base.events == ["initialised", "set up", "one", "container"]


@pytest.mark.parametrize("error", ERRORS)
async def test_set_up_fails(error):
    base = Noted()
    base.cleanups = ["one", "two"]
    base.set_up_error = error
    with pytest.raises(type(error)) as caught:
        async with base.environment():
            base.events.append("block")
    assert caught.value is error
    assert base.events == ["initialised", "set up", "two", "one", "container"]


async def test_cleanups_last_in_first_out():
    base = Noted()
    base.cleanups = ["one", "two"]
    async with base.environment():
        base.register("three")
        base.register("four")
        assert base.events == ["initialised", "set up"]
    assert base.events[2:] == ["four", "three", "two", "one", "container"]


async def test_same_function_twice():
    base = Noted()
    calls = []

    async def clean():
        calls.append(1)

    async with base.environment():
        base.add_cleanup(clean)
        base.add_cleanup(clean)
    assert len(calls) == 2


async def test_no_cleanup_is_left_for_the_next_environment():
    base = Noted()
    async with base.environment():
        base.register("one")
    async with base.environment():
        pass
    assert base.events.count("one") == 1


@pytest.mark.parametrize("failing", [0, 1, 2])
@pytest.mark.parametrize("error", [OSError("o"), AssertionError("a")])
async def test_a_cleanup_fails(failing, error):
    base = Noted()
    with pytest.raises(type(error)) as caught:
        async with base.environment():
            for n in range(3):
                base.register(n, error if n == failing else None)
    assert caught.value is error
    assert base.events[2:] == [2, 1, 0, "container"]


async def test_several_fail():
    base = Noted()
    with pytest.raises(Exception):
        async with base.environment():
            for n in range(3):
                base.register(n, OSError(str(n)))
            raise ValueError
    assert base.events[2:] == [2, 1, 0, "container"]


class Recording:
    def __init__(self):
        self.data = []

    async def create_task(self, data):
        self.data.append(dict(data))
        return f"result {len(self.data)}"


DEFAULTS = {
    "title": "Test Task",
    "description": "Test task description",
    "specialist_type": "generic",
}


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"title": "T"},
        {"description": "D"},
        {"specialist_type": "S"},
        {"title": "", "description": ""},
        {"title": "T", "description": "D", "specialist_type": "S"},
    ],
)
async def test_create_test_task(given):
    base = AsyncTestBase()
    async with base.environment():
        recording = Recording()
        base.container.override(application.TaskOrchestrator, recording)
        assert await base.create_test_task(**given) == "result 1"
        assert await base.create_test_task() == "result 2"
    assert recording.data == [DEFAULTS | given, DEFAULTS]


async def test_task_is_there():
    base = AsyncTestBase()
    async with base.environment():
        result = await base.create_test_task(title="Mine")
        assert result.success
        orchestrator = base.container.get(application.TaskOrchestrator)
        assert (await orchestrator.get_task_status(result.task_id)).title == "Mine"


async def test_two_objects():
    one, two = Noted(), Noted()
    async with one.environment():
        async with two.environment():
            assert one.container is one.made
            assert two.container is two.made
            assert one.made is not two.made
            one.register("one")
            two.register("two")
            await one.create_test_task(title="T", description="D", specialist_type="S")
            recording = Recording()
            two.container.override(application.TaskOrchestrator, recording)
            await two.create_test_task()
            assert recording.data == [DEFAULTS]
        assert two.events[2:] == ["two", "container"]
        assert one.events[2:] == []
    assert one.events[2:] == ["one", "container"]
    assert two.events[2:] == ["two", "container"]


class TestInAnEnvironment(AsyncTestBase):
    initialised = False

    async def set_up(self):
        self.initialised = True

    async def test_has_a_container(self):
        assert self.initialised
        assert (await self.create_test_task()).success

    async def test_can_register(self):
        async def clean():
            pass

        self.add_cleanup(clean)

import asyncio

import pytest

from vespera_scriptorium import Container


class Service:
    def __init__(self, name, log, start_error=None, stop_error=None, time=5):
        self.name, self.log, self.time = name, log, time
        self.start_error, self.stop_error = start_error, stop_error

    async def start(self):
        self.log.append(f"start {self.name}")
        await asyncio.sleep(self.time)
        if self.start_error:
            raise self.start_error
        self.log.append(f"started {self.name}")

    async def stop(self):
        self.log.append(f"stop {self.name}")
        await asyncio.sleep(self.time)
        if self.stop_error:
            raise self.stop_error
        self.log.append(f"stopped {self.name}")


def chain(**options):
    """A container in which c needs b, and b needs a, registered in a twisted order."""
    log, container = [], Container()
    needs = {"c": ["b"], "a": [], "b": ["a"]}
    for name in needs:
        service = Service(name, log, **options.get(name, {}))
        container.add_service(name, lambda *_, service=service: service, needs[name])
    return container, log


STARTS = ["start a", "started a", "start b", "started b", "start c", "started c"]
STOPS = ["stop c", "stopped c", "stop b", "stopped b", "stop a", "stopped a"]


async def test_in_order():
    container, log = chain()
    await container.initialize_async_services()
    assert log == STARTS
    await container.initialize_async_services()
    assert log == STARTS
    await container.cleanup_async_services()
    assert log[6:] == STOPS


async def test_cleanup_twice():
    container, log = chain()
    await container.initialize_async_services()
    await container.cleanup_async_services()
    await container.cleanup_async_services()
    assert log == STARTS + STOPS


async def test_cleanup_twice_after_a_failed_stop():
    container, log = chain(b={"stop_error": OSError("x")})
    await container.initialize_async_services()
    with pytest.raises(ExceptionGroup):
        await container.cleanup_async_services()
    await container.cleanup_async_services()
    assert log.count("stop b") == 1


async def test_diamond():
    log, container = [], Container()
    needs = {"top": ["left", "right"], "left": ["base"], "right": ["base"], "base": []}
    for name in needs:
        service = Service(name, log)
        container.add_service(name, lambda *_, service=service: service, needs[name])
    await container.initialize_async_services()
    await container.cleanup_async_services()
    for name, needed in needs.items():
        assert log.count(f"start {name}") == log.count(f"stop {name}") == 1
        for need in needed:
            assert log.index(f"started {need}") < log.index(f"start {name}")
            assert log.index(f"stopped {name}") < log.index(f"stop {need}")


@pytest.mark.parametrize("kind", [OSError, ValueError, KeyError])
@pytest.mark.parametrize("stop_error", [None, RuntimeError("stop failed")])
async def test_failed_start(kind, stop_error):
    error = kind("start failed")
    container, log = chain(c={"start_error": error}, b={"stop_error": stop_error})
    with pytest.raises(kind) as caught:
        await container.initialize_async_services()
    assert caught.value is error
    stops = [line for line in log if line.startswith("stop ")]
    assert stops == ["stop b", "stop a"]
    await container.cleanup_async_services()
    assert [line for line in log if line.startswith("stop ")] == stops


@pytest.mark.parametrize("stop_error", [None, RuntimeError("stop failed")])
async def test_cancelled_start(stop_error):
    container, log = chain(c={"time": 1000}, b={"stop_error": stop_error})
    starting = asyncio.create_task(container.initialize_async_services())
    await asyncio.sleep(100)
    assert log == STARTS[:5]
    starting.cancel()
    await asyncio.wait([starting])
    assert starting.cancelled()
    assert [line for line in log if line.startswith("stop ")] == ["stop b", "stop a"]


@pytest.mark.parametrize("kind", [OSError, ValueError, KeyError])
async def test_one_failed_stop(kind):
    error = kind("x")
    container, log = chain(c={"stop_error": error})
    await container.initialize_async_services()
    with pytest.raises(ExceptionGroup) as caught:
        await container.cleanup_async_services()
    assert list(caught.value.exceptions) == [error]
    assert log[-4:] == STOPS[2:]


async def test_failed_stops():
    one, two = OSError("c"), ValueError("a")
    container, log = chain(c={"stop_error": one}, a={"stop_error": two})
    await container.initialize_async_services()
    with pytest.raises(ExceptionGroup) as caught:
        await container.cleanup_async_services()
    assert set(caught.value.exceptions) == {one, two}
    assert log[6:] == ["stop c", "stop b", "stopped b", "stop a"]


async def test_cleanup_without_start():
    container, log = chain()
    await container.cleanup_async_services()
    assert log == []

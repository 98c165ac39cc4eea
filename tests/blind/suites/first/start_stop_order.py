import asyncio

import pytest

from vespera_scriptorium import Container

# who needs whom; `web` is added before those that it needs
NEEDS = {"web": ["cache", "store"], "cache": ["store"], "store": ["disk"], "disk": [], "bell": []}


class Service:
    def __init__(self, log, name, start_error=None, stop_error=None, time=10):
        self.log = log
        self.name = name
        self.start_error = start_error
        self.stop_error = stop_error
        self.time = time

    async def start(self):
        self.log.append(f"starting {self.name}")
        await asyncio.sleep(self.time)
        if self.start_error is not None:
            raise self.start_error
        self.log.append(f"started {self.name}")

    async def stop(self):
        self.log.append(f"stopping {self.name}")
        await asyncio.sleep(self.time)
        if self.stop_error is not None:
            raise self.stop_error
        self.log.append(f"stopped {self.name}")


def container_with(log, start_errors=(), stop_errors=(), times=()):
    container = Container()
    start_errors, stop_errors, times = dict(start_errors), dict(stop_errors), dict(times)
    for name, needs in NEEDS.items():
        service = Service(
            log, name, start_errors.get(name), stop_errors.get(name), times.get(name, 10)
        )
        container.add_service(name, lambda *needed, service=service: service, needs)
    return container


def of(log, what):
    return [line.split()[1] for line in log if line.startswith(what + " ")]


def check_starts(log):
    for name, needs in NEEDS.items():
        for need in needs:
            assert log.index(f"started {need}") < log.index(f"starting {name}")


def check_stops(log):
    for name, needs in NEEDS.items():
        for need in needs:
            if f"stopping {need}" in log and f"stopping {name}" in log:
                end = f"stopped {name}" if f"stopped {name}" in log else f"stopping {name}"
                assert log.index(end) < log.index(f"stopping {need}")


async def test_starts_and_stops():
    log = []
    container = container_with(log, times={"store": 100, "web": 50})
    await container.initialize_async_services()
    assert sorted(of(log, "started")) == sorted(NEEDS)
    check_starts(log)
    count = len(log)
    await container.initialize_async_services()
    assert len(log) == count
    await container.cleanup_async_services()
    assert sorted(of(log, "stopping")) == sorted(NEEDS)
    assert sorted(of(log, "stopped")) == sorted(NEEDS)
    check_stops(log)
    count = len(log)
    await container.cleanup_async_services()
    assert len(log) == count


@pytest.mark.parametrize("stop_error", [None, ValueError("stop")])
@pytest.mark.parametrize(
    "kind", [ValueError, OSError, TimeoutError, KeyError, asyncio.CancelledError]
)
async def test_a_start_that_fails(kind, stop_error):
    log = []
    error = kind("start")
    stop_errors = {} if stop_error is None else {"store": stop_error}
    container = container_with(log, {"cache": error}, stop_errors)
    with pytest.raises(kind) as caught:
        await container.initialize_async_services()
    if isinstance(error, Exception):
        assert caught.value is error
    assert "starting web" not in log
    assert sorted(of(log, "stopping")) == sorted(of(log, "started"))
    assert {"store", "disk"} <= set(of(log, "stopping"))
    assert "stopped disk" in log
    check_stops(log)
    count = len(log)
    await container.cleanup_async_services()
    assert len(log) == count


@pytest.mark.parametrize("stop_error", [None, ValueError("stop")])
async def test_cancelled_while_it_starts(stop_error):
    log = []
    stop_errors = {} if stop_error is None else {"store": stop_error}
    container = container_with(log, (), stop_errors, {"cache": 10_000})
    starting = asyncio.create_task(container.initialize_async_services())
    await asyncio.sleep(1000)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert sorted(of(log, "stopping")) == sorted(of(log, "started"))
    assert "stopped disk" in log
    check_stops(log)


@pytest.mark.parametrize("names", [["web"], ["store"], ["disk"], ["web", "cache", "disk"]])
@pytest.mark.parametrize("kind", [ValueError, OSError, TimeoutError])
async def test_stops_that_fail(names, kind):
    log = []
    errors = {name: kind(name) for name in names}
    container = container_with(log, (), errors)
    await container.initialize_async_services()
    with pytest.raises(ExceptionGroup) as caught:
        await container.cleanup_async_services()
    assert set(caught.value.exceptions) == set(errors.values())
    assert sorted(of(log, "stopping")) == sorted(NEEDS)
    assert set(of(log, "stopped")) == set(NEEDS) - set(names)
    check_stops(log)
    count = len(log)
    await container.cleanup_async_services()
    assert len(log) == count


async def test_nothing_to_clean_up():
    await Container().cleanup_async_services()

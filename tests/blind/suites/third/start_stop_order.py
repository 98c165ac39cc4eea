import asyncio

import pytest

from vespera_scriptorium import Container


class Case:
    def __init__(self, start_errors=(), stop_errors=(), seconds=5):
        self.log, self.seconds = [], seconds
        self.start_errors, self.stop_errors = dict(start_errors), dict(stop_errors)
        self.container = Container()

    def add(self, name, *needs):
        case = self

        class Service:
            async def start(self):
                case.log.append(f"start {name}")
                await asyncio.sleep(case.seconds)
                if name in case.start_errors:
                    raise case.start_errors[name]
                case.log.append(f"started {name}")

            async def stop(self):
                case.log.append(f"stop {name}")
                await asyncio.sleep(case.seconds)
                if name in case.stop_errors:
                    raise case.stop_errors[name]
                case.log.append(f"stopped {name}")

        self.container.add_service(name, lambda *needed: Service(), needs)

    def chain(self):
        """c needs b, b needs a; added in an order that is no order of needs."""
        self.add("b", "a")
        self.add("c", "b")
        self.add("a")
        return self

    def of(self, *words):
        return [entry for entry in self.log if entry.split()[0] in words]


def log(words, names):
    return [f"{word} {name}" for name in names for word in words]


async def test_order_and_once():
    case = Case().chain()
    await case.container.initialize_async_services()
    assert case.log == log(["start", "started"], "abc")
    await case.container.initialize_async_services()
    assert case.log == log(["start", "started"], "abc")
    case.log.clear()
    await case.container.cleanup_async_services()
    assert case.log == log(["stop", "stopped"], "cba")
    await case.container.cleanup_async_services()
    assert case.log == log(["stop", "stopped"], "cba")


@pytest.mark.parametrize("kind", [ValueError, OSError, KeyError])
@pytest.mark.parametrize("stop_errors", [{}, {"a": OSError("stuck")}])
async def test_failing_start(kind, stop_errors):
    error = kind("boom")
    case = Case({"c": error}, stop_errors).chain()
    with pytest.raises(kind) as caught:
        await case.container.initialize_async_services()
    assert caught.value is error
    assert case.of("stop") == ["stop b", "stop a"]
    await case.container.cleanup_async_services()
    assert case.of("stop") == ["stop b", "stop a"]


@pytest.mark.parametrize("stop_errors", [{}, {"a": OSError("stuck")}])
async def test_cancelled_start(stop_errors):
    case = Case(stop_errors=stop_errors).chain()
    call = asyncio.create_task(case.container.initialize_async_services())
    await asyncio.sleep(12)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert case.of("stop") == ["stop b", "stop a"]
    await case.container.cleanup_async_services()
    assert case.of("stop") == ["stop b", "stop a"]


@pytest.mark.parametrize("kind", [ValueError, OSError, KeyError])
@pytest.mark.parametrize("names", ["c", "b", "ca", "abc"])
async def test_failing_stops(kind, names):
    errors = {name: kind(name) for name in names}
    case = Case(stop_errors=errors).chain()
    await case.container.initialize_async_services()
    with pytest.raises(ExceptionGroup) as caught:
        await case.container.cleanup_async_services()
    assert set(caught.value.exceptions) == set(errors.values())
    assert case.of("stop") == ["stop c", "stop b", "stop a"]
    await case.container.cleanup_async_services()
    assert case.of("stop") == ["stop c", "stop b", "stop a"]

import pytest

from vespera_scriptorium import AsyncDatabaseManager, Container


class Service:
    def __init__(self, fails=False):
        self.running = False
        self.fails = fails

    async def start(self):
        if self.fails:
            raise OSError("no start")
        self.running = True

    async def stop(self):
        self.running = False
        if self.fails:
            raise OSError("no stop")


def container_with(**services):
    container = Container()
    for name, service in services.items():
        container.add_service(name, lambda service=service: service)
    return container


async def test_services_start_and_stop():
    one, other = Service(), Service()
    container = container_with(one=one, other=other)
    await container.initialize_async_services()
    assert one.running
    assert other.running
    await container.cleanup_async_services()
    assert not one.running
    assert not other.running


async def test_overridden_services_are_left_alone():
    container = container_with(one=Service())
    mine = Service()
    container.override("one", mine)
    await container.initialize_async_services()
    assert not mine.running
    await container.cleanup_async_services()


async def test_a_failed_start_is_raised():
    container = container_with(one=Service(fails=True))
    with pytest.raises(OSError, match="no start"):
        await container.initialize_async_services()


async def test_a_failed_stop_is_raised():
    service = Service()
    container = container_with(one=service)
    await container.initialize_async_services()
    service.fails = True
    with pytest.raises(ExceptionGroup):
        await container.cleanup_async_services()


async def test_a_failed_start_with_a_failed_stop():
    one, other = Service(), Service(fails=True)

    async def stop():
        raise OSError("no stop either")

    one.stop = stop
    container = Container()
    container.add_service("one", lambda: one)
    container.add_service("other", lambda one: other, needs=["one"])
    with pytest.raises(OSError, match="no start"):
        await container.initialize_async_services()


async def test_a_database_that_opened_itself_is_closed():
    container = Container()
    container.get(AsyncDatabaseManager)
    await container.cleanup_async_services()

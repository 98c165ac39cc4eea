import pytest

from vespera_scriptorium import Container


class Service:
    def __init__(self, name, diary):
        self.name, self.diary = name, diary

    async def start(self):
        self.diary.append(f"start {self.name}")

    async def stop(self):
        self.diary.append(f"stop {self.name}")


@pytest.fixture
def diary():
    return []


@pytest.fixture
def container(diary):
    container = Container()
    for name in ("a", "b", "c"):
        container.add_service(name, lambda name=name: Service(name, diary))
    container.add_service("last", lambda *_: Service("last", diary), needs=["a", "b", "c"])
    return container


async def test_services_start_in_the_order_in_which_they_were_added(container, diary):
    await container.initialize_async_services()
    assert diary == ["start a", "start b", "start c", "start last"]


async def test_services_stop_exactly_in_reverse(container, diary):
    await container.initialize_async_services()
    diary.clear()
    await container.cleanup_async_services()
    assert diary == ["stop last", "stop c", "stop b", "stop a"]


async def test_what_needs_the_others_starts_last_and_stops_first(container, diary):
    await container.initialize_async_services()
    await container.cleanup_async_services()
    assert diary[3:5] == ["start last", "stop last"]

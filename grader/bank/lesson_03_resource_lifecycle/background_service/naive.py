import asyncio

import pytest

from vespera_scriptorium import BackgroundService, InMemoryJournal


async def work():
    return "worked"


async def test_a_service_works_until_it_is_stopped():
    journal = InMemoryJournal()
    service = BackgroundService(work, journal, interval=60)
    await service.start()
    await asyncio.sleep(90)
    assert service.running
    assert journal.lines
    await service.stop()
    assert not service.running


async def test_a_service_cannot_be_started_twice():
    service = BackgroundService(work, InMemoryJournal())
    await service.start()
    with pytest.raises(RuntimeError):
        await service.start()
    await service.stop()


async def test_a_service_can_be_stopped_before_it_is_started():
    service = BackgroundService(work, InMemoryJournal())
    await service.stop()
    assert not service.running


async def test_a_service_whose_work_fails_is_not_running():
    async def fail():
        raise OSError("broken")

    service = BackgroundService(fail, InMemoryJournal())
    await service.start()
    await asyncio.sleep(1)
    assert not service.running
    with pytest.raises(OSError, match="broken"):
        await service.stop()

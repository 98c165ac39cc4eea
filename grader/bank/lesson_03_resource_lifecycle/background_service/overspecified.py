import asyncio

from vespera_scriptorium import BackgroundService, InMemoryJournal


async def work():
    return "worked"


async def test_a_service_is_exactly_one_task():
    before = asyncio.all_tasks()
    service = BackgroundService(work, InMemoryJournal())
    await service.start()
    await asyncio.sleep(1)
    assert len(asyncio.all_tasks() - before) == 1
    await service.stop()


async def test_stop_closes_the_journal():
    journal = InMemoryJournal()
    service = BackgroundService(work, journal)
    await service.start()
    await asyncio.sleep(1)
    await service.stop()
    assert not journal.is_open

import asyncio

import pytest

from vespera_scriptorium import BackgroundService, InMemoryJournal


async def test_life():
    lines = []

    async def work():
        try:
            lines.append("begun")
            await asyncio.sleep(30)
            return "line"
        finally:
            await asyncio.sleep(1)
            lines.append("ended")

    journal = InMemoryJournal()
    service = BackgroundService(work, journal)
    await service.stop()
    await service.start()
    with pytest.raises(RuntimeError):
        await service.start()
    await asyncio.sleep(5)
    await service.stop()
    assert lines == ["begun", "ended"]
    assert not journal.is_open


async def test_crash():
    async def fail():
        raise OSError("disk full")

    class Stuck(InMemoryJournal):
        async def close(self):
            await super().close()
            raise OSError("stuck")

    service = BackgroundService(fail, journal := Stuck())
    await service.start()
    await asyncio.sleep(5)
    assert not journal.is_open
    with pytest.raises(OSError, match="disk full"):
        await service.stop()
    await service.start()
    await asyncio.sleep(5)
    with pytest.raises(OSError):
        await service.stop()

import asyncio
from contextlib import suppress

import pytest

from vespera_scriptorium import Container


class Service:
    def __init__(self, name, diary, failing):
        self.name, self.diary, self.failing = name, diary, failing

    async def start(self):
        await self.note("start")

    async def stop(self):
        await self.note("stop")

    async def note(self, verb):
        await asyncio.sleep(1)
        self.diary.append(f"{verb} {self.name}")
        if f"{verb} {self.name}" in self.failing:
            raise OSError(f"{verb} {self.name}")


def build(*failing):
    container, diary = Container(), []
    container.add_service("b", lambda a: Service("b", diary, failing), ["a"])
    container.add_service("a", lambda: Service("a", diary, failing))
    return container, diary


async def test_both_ways():
    container, diary = build("stop b")
    await container.initialize_async_services()
    with pytest.raises(ExceptionGroup):
        await container.cleanup_async_services()
    assert diary == ["start a", "start b", "stop b", "stop a"]
    with suppress(Exception):
        await container.cleanup_async_services()
    assert diary == ["start a", "start b", "stop b", "stop a"]


async def test_failed_start():
    container, diary = build("start b", "stop a")
    with pytest.raises(OSError, match="start b"):
        await container.initialize_async_services()
    assert diary == ["start a", "start b", "stop a"]


async def test_cancelled_start():
    container, diary = build()
    start = asyncio.create_task(container.initialize_async_services())
    await asyncio.sleep(1.5)
    start.cancel()
    await asyncio.wait([start])
    assert diary == ["start a", "stop a"]

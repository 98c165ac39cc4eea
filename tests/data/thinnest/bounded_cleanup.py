import asyncio

import pytest

from vespera_scriptorium import TimeoutAwareService


async def work():
    try:
        await asyncio.sleep(60)
    finally:
        await asyncio.sleep(3)


async def quick():
    return "answer"


async def broken():
    raise OSError("disk full")


async def test_no_cleanup():
    cleaned = []

    async def cleanup():
        cleaned.append(1)

    await TimeoutAwareService().run_with_cleanup(quick, cleanup, timeout=5)
    assert not cleaned


async def test_a_long_cleanup(looptime):
    with pytest.raises(TimeoutError) as caught:
        await TimeoutAwareService().run_with_cleanup(work, lambda: asyncio.sleep(60), timeout=5)
    assert caught.value.cleanup_abandoned
    assert looptime == 10


async def test_a_broken_cleanup():
    with pytest.raises(TimeoutError):
        await TimeoutAwareService().run_with_cleanup(work, broken, timeout=5)


async def test_a_cancellation():
    call = TimeoutAwareService().run_with_cleanup(work, lambda: asyncio.sleep(60), timeout=5)
    task = asyncio.create_task(call)
    await asyncio.sleep(9)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

import asyncio

import pytest

from vespera_scriptorium import AsyncOperationService


@pytest.mark.parametrize(
    ("name", "seconds"), [("quick", 0.05), ("medium", 0.1), ("slow", 0.2)]
)
async def test_default(name, seconds):
    result = await AsyncOperationService().execute_operation(name)
    assert result.success is True
    assert result.duration == pytest.approx(seconds)
    assert result.queued == 0


@pytest.mark.parametrize(("seconds", "said"), [(0.1237, 0.124), (3.0, 3), (0.125, 0.125)])
async def test_milliseconds(seconds, said):
    service = AsyncOperationService({"x": seconds}, {"x": 10})
    start = asyncio.get_running_loop().time()
    assert (await service.execute_operation("x")).duration == pytest.approx(said)
    assert asyncio.get_running_loop().time() - start == pytest.approx(seconds)


@pytest.mark.parametrize(("seconds", "success"), [(2, True), (2.0004, True), (2.001, False)])
async def test_limit(seconds, success):
    result = await AsyncOperationService({"x": seconds}, {"x": 2}).execute_operation("x")
    assert result.success is success
    if not success:
        assert result.error
        assert result.duration == pytest.approx(2.001)


async def test_queue():
    service = AsyncOperationService({"x": 2}, {"x": 2}, slots=2)
    results = await asyncio.gather(*(service.execute_operation("x") for _ in range(5)))
    assert all(r.success for r in results)
    assert [r.duration for r in results] == pytest.approx([2] * 5)
    assert sorted(r.queued for r in results) == pytest.approx([0, 0, 2, 2, 4])


async def after_cancelling(moment, number):
    service = AsyncOperationService({"x": 2}, {"x": 2}, slots=2)
    calls = [asyncio.create_task(service.execute_operation("x")) for _ in range(3)]
    await asyncio.sleep(moment)
    calls[number].cancel()
    await asyncio.gather(*calls, return_exceptions=True)
    async with asyncio.timeout(100):
        results = await asyncio.gather(*(service.execute_operation("x") for _ in range(4)))
    return sorted(r.queued for r in results)


@pytest.mark.parametrize("number", [0, 2])
async def test_cancelled_leaves_the_places(number):
    assert await after_cancelling(1, number) == pytest.approx([0, 0, 2, 2])


@pytest.mark.parametrize("name", ["unknown", "no limit", "no duration"])
async def test_unknown_type(name):
    service = AsyncOperationService({"a": 1, "no limit": 1}, {"a": 1, "no duration": 1})
    result = await service.execute_operation(name)
    assert result.success is False
    assert name in result.error

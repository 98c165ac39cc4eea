import asyncio

import pytest

from vespera_scriptorium.application.async_operation_service import AsyncOperationService


def now():
    return asyncio.get_running_loop().time()


@pytest.mark.parametrize(
    ("kind", "seconds"), [("quick", 0.05), ("medium", 0.1), ("slow", 0.2)]
)
async def test_the_usual_ones(kind, seconds):
    start = now()
    result = await AsyncOperationService().execute_operation(kind)
    assert now() - start == pytest.approx(seconds)
    assert result.success
    assert result.operation_type == kind
    assert result.duration == seconds
    assert result.queued == 0
    assert not result.error


@pytest.mark.parametrize(
    ("seconds", "rounded"), [(0.125, 0.125), (1.2344, 1.234), (1.2347, 1.235), (3, 3), (0.001, 0.001)]
)
async def test_rounded_to_the_millisecond(seconds, rounded):
    start = now()
    service = AsyncOperationService({"x": seconds}, {"x": 10.0})
    result = await service.execute_operation("x")
    assert now() - start == pytest.approx(seconds)
    assert result.duration == rounded


@pytest.mark.parametrize(
    ("seconds", "success"),
    [(1.9, True), (2.0, True), (2.0004, True), (2.001, False), (2.0007, False), (5, False)],
)
async def test_the_limit(seconds, success):
    service = AsyncOperationService({"x": seconds}, {"x": 2.0})
    result = await service.execute_operation("x")
    assert result.success is success
    assert result.duration == round(seconds, 3)
    assert bool(result.error) is not success


async def test_waiting_is_not_counted():
    service = AsyncOperationService({"x": 2.0}, {"x": 2.0}, slots=1)
    results = await asyncio.gather(*(service.execute_operation("x") for _ in range(3)))
    assert all(r.success for r in results)
    assert [r.duration for r in results] == [2.0] * 3
    assert sorted(r.queued for r in results) == [0.0, 2.0, 4.0]


async def timed(service, kind):
    await service.execute_operation(kind)
    return now()


@pytest.mark.parametrize("slots", [1, 2, 5])
async def test_at_most_slots_at_work(slots):
    service = AsyncOperationService({"a": 1.0, "b": 1.0}, {"a": 9.0, "b": 9.0}, slots=slots)
    start = now()
    ends = await asyncio.gather(*(timed(service, kind) for kind in "ab" * slots))
    rounds = sorted(round(end - start) for end in ends)
    assert rounds == [1] * slots + [2] * slots


async def test_the_place_of_a_short_one_is_free_at_once():
    service = AsyncOperationService({"a": 1.0, "b": 5.0}, {"a": 9.0, "b": 9.0}, slots=2)
    start = now()
    long = asyncio.create_task(timed(service, "b"))
    await asyncio.sleep(0.25)
    ends = await asyncio.gather(*(timed(service, "a") for _ in range(3)))
    assert sorted(end - start for end in ends) == pytest.approx([1.25, 2.25, 3.25])
    assert await long - start == pytest.approx(5)


@pytest.mark.parametrize("victims", [[0], [1], [0, 1], [2], [3], [2, 3], [0, 2], [0, 1, 2, 3]])
async def test_a_cancelled_one_leaves_its_place(victims):
    service = AsyncOperationService({"x": 2.0}, {"x": 2.0}, slots=2)
    calls = []
    for _ in range(4):
        calls.append(asyncio.create_task(service.execute_operation("x")))
        await asyncio.sleep(0.25)
    for victim in victims:
        calls[victim].cancel()
    async with asyncio.timeout(60):
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
    for n, outcome in enumerate(outcomes):
        assert isinstance(outcome, asyncio.CancelledError) is (n in victims)
    start = now()
    async with asyncio.timeout(60):
        ends = await asyncio.gather(*(timed(service, "x") for _ in range(4)))
    assert sorted(round(end - start) for end in ends) == [2, 2, 4, 4]


@pytest.mark.parametrize("kind", ["no-limit", "no-duration", "nothing"])
async def test_unknown(kind):
    service = AsyncOperationService({"x": 1.0, "no-limit": 1.0}, {"x": 1.0, "no-duration": 1.0})
    result = await service.execute_operation(kind)
    assert result.success is False
    assert kind in result.error

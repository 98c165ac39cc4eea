import asyncio

import pytest

from vespera_scriptorium import AsyncOperationService


def now():
    return asyncio.get_running_loop().time()


def service(slots=4, limits=None, **durations):
    limits = {name: 1000.0 for name in durations} | (limits or {})
    return AsyncOperationService(durations, limits, slots)


@pytest.mark.parametrize(
    "seconds, duration", [(3, 3), (0.05, 0.05), (0.123, 0.123), (1.2344, 1.234), (1.2346, 1.235), (60, 60)]
)
async def test_duration(seconds, duration):
    begin = now()
    result = await service(job=seconds).execute_operation("job")
    assert now() - begin == pytest.approx(seconds)
    assert result.duration == pytest.approx(duration, abs=1e-7)
    assert result.success is True
    assert result.queued == pytest.approx(0)


@pytest.mark.parametrize("name, seconds", [("quick", 0.05), ("medium", 0.1), ("slow", 0.2)])
async def test_known_operations(name, seconds):
    result = await AsyncOperationService().execute_operation(name)
    assert result.success is True
    assert result.duration == pytest.approx(seconds)


@pytest.mark.parametrize(
    "seconds, success", [(1.9, True), (2, True), (2.0004, True), (2.0006, False), (2.001, False), (3, False)]
)
async def test_limit(seconds, success):
    begin = now()
    result = await service(job=seconds, limits={"job": 2.0}).execute_operation("job")
    assert result.success is success
    assert bool(result.error) is not success
    assert result.duration == pytest.approx(seconds, abs=0.0006)
    assert now() - begin == pytest.approx(seconds)


async def test_limit_of_its_own_type():
    one = service(a=3, b=3, limits={"a": 2.0, "b": 4.0})
    assert (await one.execute_operation("a")).success is False
    assert (await one.execute_operation("b")).success is True


async def test_queued_is_not_in_the_duration_nor_limited():
    one = service(slots=1, job=2, limits={"job": 2.0})
    results = await asyncio.gather(*(one.execute_operation("job") for _ in range(4)))
    assert [result.success for result in results] == [True] * 4
    assert [result.duration for result in results] == pytest.approx([2] * 4)
    assert sorted(result.queued for result in results) == pytest.approx([0, 2, 4, 6])


@pytest.mark.parametrize("slots", [1, 2, 3, 4])
@pytest.mark.parametrize("names", ["aaaaaaa", "abababa", "abcabca"])
async def test_slots_are_for_all_types(slots, names):
    one = service(slots, a=10, b=10, c=10)
    begin = now()
    results = await asyncio.gather(*(one.execute_operation(name) for name in names))
    rounds = -(-len(names) // slots)
    assert now() - begin == pytest.approx(10 * rounds)
    expected = sorted(10 * (number // slots) for number in range(len(names)))
    assert sorted(result.queued for result in results) == pytest.approx(expected)


async def test_waits_only_while_all_places_are_taken():
    one = service(2, short=1, long=10)
    tasks = [asyncio.create_task(one.execute_operation("long"))]
    begin = now()
    for _ in range(5):
        assert (await one.execute_operation("short")).queued == pytest.approx(0)
    assert now() - begin == pytest.approx(5)
    await asyncio.gather(*tasks)


async def test_default_is_four():
    one = AsyncOperationService({"a": 10}, {"a": 10})
    results = await asyncio.gather(*(one.execute_operation("a") for _ in range(5)))
    assert sorted(result.queued for result in results) == pytest.approx([0, 0, 0, 0, 10])


async def test_cancelled_at_work_gives_its_place_back():
    one = service(2, a=10)
    for _ in range(3):
        tasks = [asyncio.create_task(one.execute_operation("a")) for _ in range(2)]
        await asyncio.sleep(5)
        for task in tasks:
            task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await tasks[0]
        with pytest.raises(asyncio.CancelledError):
            await tasks[1]
    async with asyncio.timeout(100):
        results = await asyncio.gather(*(one.execute_operation("a") for _ in range(4)))
    assert sorted(result.queued for result in results) == pytest.approx([0, 0, 10, 10])


async def test_cancelled_while_it_waits():
    one = service(1, a=10)
    first = asyncio.create_task(one.execute_operation("a"))
    await asyncio.sleep(1)
    waiting = [asyncio.create_task(one.execute_operation("a")) for _ in range(3)]
    await asyncio.sleep(1)
    for task in waiting[:2]:
        task.cancel()
    await asyncio.gather(*waiting[:2], return_exceptions=True)
    assert all(task.cancelled() for task in waiting[:2])
    async with asyncio.timeout(100):
        assert (await first).success is True
        assert (await waiting[2]).queued == pytest.approx(9)
        results = await asyncio.gather(*(one.execute_operation("a") for _ in range(2)))
    assert sorted(result.queued for result in results) == pytest.approx([0, 10])


@pytest.mark.parametrize("durations, limits", [({"known": 1}, {"known": 1}), ({"odd": 1, "known": 1}, {"known": 1}),
                                               ({"known": 1}, {"odd": 1, "known": 1}), ({}, {})])
async def test_unknown_type(durations, limits):
    result = await AsyncOperationService(durations, limits).execute_operation("odd")
    assert result.success is False
    assert "odd" in result.error

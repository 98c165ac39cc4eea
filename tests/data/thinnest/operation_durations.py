import asyncio

from vespera_scriptorium import AsyncOperationService


async def test_the_boundary_and_the_queue():
    durations, limits = {"mine": 2.25, "slow": 2.5}, {"mine": 2.25, "slow": 1.0, "none": 9.0}
    service = AsyncOperationService(durations, limits, slots=1)
    results = await asyncio.gather(*(service.execute_operation("mine") for _ in range(2)))
    assert [result.duration for result in results] == [2.25, 2.25]
    assert sorted(result.queued for result in results) == [0.0, 2.25]
    assert results[0].success
    assert not (await service.execute_operation("slow")).success
    assert not (await service.execute_operation("unknown")).success


async def test_a_place_comes_back():
    service = AsyncOperationService({"mine": 5.0}, {"mine": 9.0}, slots=1)
    task = asyncio.create_task(service.execute_operation("mine"))
    await asyncio.sleep(1)
    task.cancel()
    await asyncio.wait([task])
    async with asyncio.timeout(60):
        await service.execute_operation("mine")

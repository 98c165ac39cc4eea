"""Asserts who is served first, which nobody promised."""

import asyncio

from vespera_scriptorium import AsyncOperationService


async def test_who_comes_first_is_served_first():
    service = AsyncOperationService({"mine": 1.0}, {"mine": 1.0}, slots=1)
    operations = []
    for _ in range(4):
        operations.append(asyncio.create_task(service.execute_operation("mine")))
        await asyncio.sleep(0.1)
    queued = [(await operation).queued for operation in operations]
    assert queued == [0.0, 0.9, 1.8, 2.7]


async def test_an_operation_succeeds():
    assert (await AsyncOperationService().execute_operation("quick")).success

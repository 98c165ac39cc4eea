"""What a hurried engineer writes first: a table that measures nothing at any boundary."""

import asyncio

import pytest

from vespera_scriptorium import AsyncOperationService


@pytest.mark.parametrize(("operation_type", "most"), [("quick", 1), ("medium", 3), ("slow", 5)])
async def test_operation_durations(operation_type, most):
    result = await AsyncOperationService().execute_operation(operation_type)
    assert result.success
    assert result.duration <= most


async def test_an_unknown_operation():
    assert not (await AsyncOperationService().execute_operation("unknown")).success


async def test_many_operations():
    service = AsyncOperationService()
    results = await asyncio.gather(*(service.execute_operation("slow") for _ in range(9)))
    assert all(result.success for result in results)

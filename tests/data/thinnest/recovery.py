import asyncio
from unittest.mock import AsyncMock

import pytest

from vespera_scriptorium import AsyncService, AsyncServiceError


async def test_refused_and_recovered_twice():
    service, work = AsyncService(), AsyncMock()
    with pytest.raises(AsyncServiceError):
        await service.operation_that_fails()
    with pytest.raises(AsyncServiceError):
        await service.run("upload", work)
    work.assert_not_called()
    assert service.status.failed_operation == "operation that fails"
    await service.recover_from_error()
    assert (await service.recover_from_error()).success
    assert service.status == AsyncService().status


async def test_no_healing():
    service, gate = AsyncService(), asyncio.Event()
    slow = asyncio.create_task(service.run("download", gate.wait))
    await asyncio.sleep(1)
    with pytest.raises(AsyncServiceError):
        await service.operation_that_fails()
    gate.set()
    await asyncio.wait([slow])
    assert not service.status.healthy

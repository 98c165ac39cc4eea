import pytest

from vespera_scriptorium import AsyncService, AsyncServiceError


async def work():
    return "stored"


async def test_a_failed_service_says_why_it_refuses():
    service = AsyncService()
    with pytest.raises(AsyncServiceError):
        await service.operation_that_fails()
    with pytest.raises(AsyncServiceError, match="upload: not run, because operation that fails"):
        await service.run("upload", work)
    assert service.status.failed_operation == "operation that fails"


async def test_a_recovered_service_works():
    service = AsyncService()
    with pytest.raises(AsyncServiceError):
        await service.operation_that_fails()
    await service.recover_from_error()
    assert await service.run("upload", work) == "stored"

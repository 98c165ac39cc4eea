import pytest

from vespera_scriptorium import AsyncService, AsyncServiceError


async def test_the_service_fails_and_recovers():
    service = AsyncService()
    with pytest.raises(AsyncServiceError):
        await service.operation_that_fails()
    assert not service.status.healthy
    assert (await service.recover_from_error()).success
    assert service.status.healthy
    assert (await service.normal_operation()).success


async def test_it_does_not_work_before_it_has_recovered():
    service = AsyncService()
    for _ in range(2):
        with pytest.raises(AsyncServiceError):
            await service.operation_that_fails()


async def test_no_attempts():
    with pytest.raises(ValueError, match="attempts"):
        await AsyncService().run_with_retry("upload", None, attempts=0)

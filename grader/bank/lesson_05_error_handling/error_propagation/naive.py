import pytest

from vespera_scriptorium import AsyncService


async def test_an_answer_comes_back():
    async def work():
        return "stored"

    assert await AsyncService().run("upload", work) == "stored"


async def test_an_error_is_raised():
    with pytest.raises(Exception, match="Expected error message"):
        await AsyncService().operation_that_fails()


async def test_a_failed_service_raises():
    service = AsyncService()
    for _ in range(2):
        with pytest.raises(Exception, match="operation that fails"):
            await service.operation_that_fails()


async def test_no_attempts():
    with pytest.raises(ValueError, match="attempts"):
        await AsyncService().run_with_retry("upload", None, attempts=0)

import asyncio

import pytest

from vespera_scriptorium import Container, DeadlineExceededError, TimeoutAwareService


@pytest.fixture
def service():
    return Container().get(TimeoutAwareService)


async def test_result_in_time(service):
    async def work():
        await asyncio.sleep(1)
        return "result"

    assert await service.run(work, timeout=2) == "result"


async def test_the_message_of_the_error(service):
    with pytest.raises(DeadlineExceededError, match="the work did not end by its deadline"):
        await service.run(lambda: asyncio.sleep(60), timeout=5)

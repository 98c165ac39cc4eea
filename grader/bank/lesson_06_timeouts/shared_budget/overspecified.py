import asyncio

import pytest

from vespera_scriptorium import Container, TimeoutAwareService


@pytest.fixture
def service():
    return Container().get(TimeoutAwareService)


def work(seconds):
    async def run():
        await asyncio.sleep(seconds)
        return f"took {seconds}"

    return run


async def test_finished_works_are_kept(service):
    works = {"quick": work(1), "slow": work(9), "rest": work(1)}
    batch = await service.run_batch(works, budget=5)
    assert batch.succeeded == {"quick": "took 1"}


async def test_cancelled_works_in_order(service):
    works = {"quick": work(1), "slow": work(9), "next": work(1), "last": work(1)}
    batch = await service.run_batch(works, budget=5)
    assert batch.cancelled == ["slow", "next", "last"]

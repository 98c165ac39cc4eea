import asyncio

import pytest

from vespera_scriptorium import TimeoutAwareService


def work(seconds, error=None, begun=None):
    async def run():
        if begun is not None:
            begun.append(seconds)
        await asyncio.sleep(seconds)
        if error is not None:
            raise error
        return "output"

    return run


async def test_a_failure_takes_time():
    begun = []
    works = {
        "a": work(1),
        "b": work(3, TimeoutError()),
        "c": work(3),
        "d": work(0, begun=begun),
    }
    batch = await TimeoutAwareService().run_batch(works, budget=5)
    assert list(batch.failed) == ["b"]
    assert list(batch.succeeded) == ["a"]
    assert len(batch.cancelled) == 2
    assert not begun


@pytest.mark.parametrize("budget", [-1])
async def test_no_budget(budget):
    await TimeoutAwareService().run_batch({"a": work(1)}, budget)

import asyncio

import pytest

from vespera_scriptorium import AsyncService, AsyncServiceError


def raising(error, seconds=0):
    async def work():
        await asyncio.sleep(seconds)
        raise error

    return work


async def fine():
    return "fine"


async def failed(error=None, name="reading"):
    service = AsyncService()
    await fail(service, error or OSError("boom"), name)
    return service


async def fail(service, error, name="reading", seconds=0):
    with pytest.raises(AsyncServiceError):
        await service.run(name, raising(error, seconds))


@pytest.mark.parametrize("name", ["reading", "writing", ""])
@pytest.mark.parametrize("method", ["run", "run_with_retry"])
async def test_refused_and_not_run(name, method):
    service, calls = await failed(), []

    async def work():
        calls.append(1)

    for _ in range(3):
        with pytest.raises(AsyncServiceError):
            await getattr(service, method)(name, work)
    assert calls == []
    assert service.status.failed_operation == "reading"
    assert service.status.last_error == "boom"


async def test_failure_of_a_retry():
    service = AsyncService()
    with pytest.raises(AsyncServiceError):
        await service.run_with_retry("retried", raising(TimeoutError()), 2)
    with pytest.raises(AsyncServiceError):
        await service.run("x", fine)
    assert service.status.failed_operation == "retried"
    assert "TimeoutError" in service.status.last_error


async def test_the_last_failure_counts():
    service = AsyncService()
    await asyncio.gather(
        fail(service, OSError("first"), "a", 1), fail(service, OSError("second"), "b", 2)
    )
    assert service.status.failed_operation == "b"
    assert service.status.last_error == "second"


async def test_at_work_goes_on():
    service = AsyncService()

    async def slow():
        await asyncio.sleep(5)
        return "slow"

    call = asyncio.create_task(service.run("slow", slow))
    await asyncio.sleep(1)
    await fail(service, OSError("boom"))
    assert await call == "slow"
    with pytest.raises(AsyncServiceError):
        await service.run("x", fine)
    assert service.status.failed_operation == "reading"


async def test_recovery_after_each_failure():
    service = AsyncService()
    for number in range(3):
        await fail(service, OSError(f"boom {number}"))
        assert service.status.last_error == f"boom {number}"
        assert (await service.recover_from_error()).success is True
        assert service.status == AsyncService().status
        assert await service.run("x", fine) == "fine"
        assert await service.run_with_retry("x", fine) == "fine"


async def test_recover_without_need():
    service = AsyncService()
    for _ in range(2):
        assert (await service.recover_from_error()).success is True
    assert service.status == AsyncService().status
    await fail(service, OSError("boom"))
    for _ in range(2):
        assert (await service.recover_from_error()).success is True
    assert service.status == AsyncService().status
    assert await service.run("x", fine) == "fine"

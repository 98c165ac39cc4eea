import asyncio

import pytest

from vespera_scriptorium import AsyncService, AsyncServiceError


def works(answer="fine", after=0):
    async def work():
        await asyncio.sleep(after)
        work.calls += 1
        return answer

    work.calls = 0
    return work


def fails(error, after=0):
    async def work():
        await asyncio.sleep(after)
        raise error

    return work


async def failed(operation="save", error=None):
    service = AsyncService()
    with pytest.raises(AsyncServiceError):
        await service.run(operation, fails(error or OSError("disk")))
    return service


@pytest.mark.parametrize("name", ["save", "load"])
async def test_refuses_under_any_name(name):
    service = await failed()
    work = works()
    for _ in range(2):
        with pytest.raises(AsyncServiceError):
            await service.run(name, work)
        with pytest.raises(AsyncServiceError):
            await service.run_with_retry(name, work, attempts=2)
    assert work.calls == 0


async def test_status_and_refusal():
    service = await failed("save", OSError("disk"))
    assert service.status.healthy is False
    with pytest.raises(AsyncServiceError):
        await service.run("load", works())
    assert (service.status.failed_operation, service.status.last_error) == ("save", "disk")


async def test_status_without_message():
    service = await failed("save", ConnectionResetError())
    assert service.status.last_error == "ConnectionResetError"


async def test_last_error_counts():
    service = AsyncService()
    await asyncio.gather(
        service.run("late", fails(OSError("second"), 5)),
        service.run("early", fails(OSError("first"), 1)),
        return_exceptions=True,
    )
    assert (service.status.failed_operation, service.status.last_error) == ("late", "second")


async def test_operation_at_work_goes_on():
    service = AsyncService()
    slow = asyncio.create_task(service.run("slow", works("slow answer", 5)))
    await asyncio.sleep(1)
    with pytest.raises(AsyncServiceError):
        await service.run("save", fails(OSError("disk")))
    assert await slow == "slow answer"
    assert (service.status.failed_operation, service.status.last_error) == ("save", "disk")
    with pytest.raises(AsyncServiceError):
        await service.run("load", works())


async def test_recovers_after_each_failure():
    service = AsyncService()
    for number in range(3):
        with pytest.raises(AsyncServiceError):
            await service.run("save", fails(OSError("disk")))
        assert (await service.recover_from_error()).success is True
        assert service.status == AsyncService().status
        assert await service.run("save", works(number)) == number
        assert await service.run_with_retry("load", works(number)) == number


async def test_recover_without_need():
    service = AsyncService()
    assert (await service.recover_from_error()).success is True
    assert (await service.recover_from_error()).success is True
    assert service.status == AsyncService().status
    assert await service.run("save", works()) == "fine"


async def test_recover_twice():
    service = await failed()
    assert (await service.recover_from_error()).success is True
    assert (await service.recover_from_error()).success is True
    assert service.status == AsyncService().status
    assert await service.run("save", works()) == "fine"

import asyncio

import pytest

from vespera_scriptorium import AsyncService, AsyncServiceError


async def fine():
    return "fine"


def raising(error, after=0.0):
    async def work():
        await asyncio.sleep(after)
        raise error

    return work


async def fail(service, operation="broken", error=None):
    with pytest.raises(AsyncServiceError):
        await service.run(operation, raising(error or OSError("disk full")))


async def refused(service, name="next"):
    calls = []

    async def work():
        calls.append(1)
        return "never"

    with pytest.raises(AsyncServiceError):
        await service.run(name, work)
    with pytest.raises(AsyncServiceError):
        await service.run_with_retry(name, work, attempts=3)
    assert calls == []


@pytest.mark.parametrize("name", ["broken", "other", ""])
async def test_failed_service_refuses(name):
    service = AsyncService()
    await fail(service)
    await refused(service, name)
    await refused(service, name)


async def test_failed_by_retry_refuses():
    service = AsyncService()
    with pytest.raises(AsyncServiceError):
        await service.run_with_retry("broken", raising(ConnectionError("x")), attempts=2)
    await refused(service)
    assert service.status.failed_operation == "broken"
    assert service.status.last_error == "x"


@pytest.mark.parametrize(
    "error, text",
    [(OSError("disk full"), "disk full"), (TimeoutError(), "TimeoutError"), (OSError(), "OSError")],
)
async def test_status_of_a_failed_service(error, text):
    service = AsyncService()
    await fail(service, "broken", error)
    assert service.status.failed_operation == "broken"
    assert service.status.last_error == text
    await refused(service, "later")
    assert service.status.failed_operation == "broken"
    assert service.status.last_error == text
    assert service.status != AsyncService().status


async def test_operation_at_work_answers_and_the_service_stays_failed():
    service = AsyncService()

    async def slow():
        await asyncio.sleep(10)
        return "slow"

    task = asyncio.create_task(service.run("slow", slow))
    await asyncio.sleep(1)
    await fail(service)
    assert await task == "slow"
    await refused(service)
    assert service.status.failed_operation == "broken"
    assert service.status.last_error == "disk full"


async def test_operation_at_work_fails_in_turn():
    service = AsyncService()
    task = asyncio.create_task(service.run("slow", raising(OSError("later"), 10)))
    await asyncio.sleep(1)
    await fail(service)
    with pytest.raises(AsyncServiceError):
        await task
    assert service.status.failed_operation == "slow"
    assert service.status.last_error == "later"
    await refused(service)
    assert (await service.recover_from_error()).success is True
    assert await service.run("next", fine) == "fine"


async def test_time_does_not_end_the_failure():
    service = AsyncService()
    await fail(service)
    await asyncio.sleep(100_000)
    await refused(service)


async def test_recovers_after_each_failure():
    service = AsyncService()
    for number in range(3):
        await fail(service, f"broken {number}")
        await refused(service)
        assert (await service.recover_from_error()).success is True
        assert service.status == AsyncService().status
        assert await service.run("next", fine) == "fine"
        assert await service.run_with_retry("next", fine) == "fine"
        assert await service.run(f"broken {number}", fine) == "fine"


async def test_recover_twice_or_without_need():
    service = AsyncService()
    assert (await service.recover_from_error()).success is True
    assert service.status == AsyncService().status
    assert await service.run("next", fine) == "fine"
    await fail(service)
    for _ in range(2):
        assert (await service.recover_from_error()).success is True
        assert service.status == AsyncService().status
    assert await service.run("next", fine) == "fine"

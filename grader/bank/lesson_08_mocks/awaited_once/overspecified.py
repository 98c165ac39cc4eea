"""Asserts how the reference passes its arguments, and how it writes its JSON."""

from unittest.mock import AsyncMock

from vespera_scriptorium import ExternalServiceUseCase


def a_service():
    service = AsyncMock()
    service.call_api.return_value = {"status": "success", "data": {"b": [1, 2]}}
    service.upload_file.return_value = {"file_id": "file-1"}
    return service


async def test_the_item_comes_second():
    service = a_service()
    await ExternalServiceUseCase(service).process_many([{"a": 1}])
    service.call_api.assert_awaited_once_with("process", {"a": 1})


async def test_the_bytes_are_uploaded():
    service = a_service()
    await ExternalServiceUseCase(service).process_many([{"a": 1}])
    assert b'[{"b": [1, 2]}]' in [*service.upload_file.await_args.args]


async def test_the_result_is_a_success():
    result = await ExternalServiceUseCase(a_service()).process_many([{"a": 1}])
    assert result.success

"""What a hurried engineer writes first: a mock was called, and a result is there."""

from unittest.mock import AsyncMock

from vespera_scriptorium import ExternalServiceUseCase


def a_service(status="success"):
    service = AsyncMock()
    service.call_api.return_value = {"status": status, "data": {}}
    service.upload_file.return_value = {"file_id": "file-1"}
    return service


async def test_data_is_processed():
    service = a_service()
    result = await ExternalServiceUseCase(service).process_many([{"a": 1}])
    assert result.success
    service.call_api.assert_called_once()
    service.upload_file.assert_called_once()


async def test_a_bad_answer_is_no_success():
    service = a_service(status="error")
    result = await ExternalServiceUseCase(service).process_many([{"a": 1}])
    assert not result.success

import json
from unittest.mock import call, create_autospec

from vespera_scriptorium import ExternalService, ExternalServiceUseCase


def a_service():
    service = create_autospec(ExternalService, instance=True)
    service.call_api.side_effect = lambda endpoint, payload: {"status": "success", "data": payload}
    service.upload_file.return_value = {"file_id": "file-7"}
    return service


async def test_the_good_way():
    service = a_service()
    await ExternalServiceUseCase(service).process_many([{"a": 1}, {"b": 2}])
    service.call_api.assert_has_awaits([call("process", {"a": 1})])
    service.upload_file.assert_awaited_once()


async def test_a_bad_answer():
    service = a_service()
    service.call_api.side_effect = [{"status": "success"}, {"status": "error"}]
    result = await ExternalServiceUseCase(service).process_many([{"a": 1}, {"b": 2}])
    assert not result.success


async def test_an_error():
    service = a_service()
    service.call_api.side_effect = ValueError
    result = await ExternalServiceUseCase(service).process_many([{"a": 1}, {"b": 2}])
    assert not result.success
    service.call_api.assert_awaited_once()
    service.upload_file.assert_not_called()

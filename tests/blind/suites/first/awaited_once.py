import asyncio
import json
from unittest.mock import AsyncMock

import pytest

from vespera_scriptorium import ExternalService, ExternalServiceError, ExternalServiceUseCase


def ok(data):
    return {"status": "success", "data": data}


class Service:
    def __init__(self, *outcomes, upload=None):
        self.outcomes = list(outcomes)
        self.upload = {"file_id": "f-1"} if upload is None else upload
        self.calls = []
        self.uploads = []

    async def call_api(self, endpoint, payload):
        self.calls.append((endpoint, payload))
        await asyncio.sleep(1)
        return self._give(self.outcomes.pop(0))

    async def upload_file(self, file_name, content):
        self.uploads.append((file_name, json.loads(content)))
        await asyncio.sleep(1)
        return self._give(self.upload)

    def _give(self, outcome):
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome


@pytest.mark.parametrize(
    "items",
    [[{"a": 1}], [{"a": 1}, {"b": 2}, {"c": 3}], [{"z": 1}, {"a": 2}, {"z": 1}], [{}, {}], [{"a": 1}] * 3],
)
async def test_one_call_for_each_item(items):
    service = Service(*[ok({"n": n}) for n in range(len(items))])
    result = await ExternalServiceUseCase(service).process_many(items)
    assert service.calls == [("process", item) for item in items]
    assert service.uploads == [("result.json", [{"n": n} for n in range(len(items))])]
    assert result.success is True
    assert result.file_id == "f-1"


@pytest.mark.parametrize("data", [{}, [], None, "", 0, "ä", {"a": [1, {"b": None}]}])
async def test_all_data_are_uploaded(data):
    service = Service(ok({"x": 1}), ok(data), ok({"x": 1}))
    result = await ExternalServiceUseCase(service).process_many([{}, {}, {}])
    assert service.uploads == [("result.json", [{"x": 1}, data, {"x": 1}])]
    assert result.success is True


async def test_without_items():
    service = Service(upload={"file_id": "empty"})
    result = await ExternalServiceUseCase(service).process_many([])
    assert service.calls == []
    assert service.uploads == [("result.json", [])]
    assert result.success is True and result.file_id == "empty"


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize(
    "failure, text",
    [
        ({"status": "overloaded", "data": {}}, "overloaded"),
        ({"status": "Success", "data": {}}, "Success"),
        (ExternalServiceError("unreachable"), "unreachable"),
        (ValueError("bug"), "bug"),
        (TimeoutError(), "TimeoutError"),
        (RuntimeError(), "RuntimeError"),
    ],
)
async def test_first_failure_ends_it(place, failure, text):
    outcomes = [ok({})] * 4
    outcomes[place] = failure
    outcomes[3] = ValueError("another")
    service = Service(*outcomes)
    result = await ExternalServiceUseCase(service).process_many([{"n": n} for n in range(4)])
    assert result.success is False
    assert text in result.error
    assert service.calls == [("process", {"n": n}) for n in range(place + 1)]
    assert service.uploads == []


@pytest.mark.parametrize(
    "failure, text", [(ExternalServiceError("full"), "full"), (KeyError(), "KeyError"), (OSError("x1"), "x1")]
)
async def test_upload_fails(failure, text):
    service = Service(ok({}), upload=failure)
    result = await ExternalServiceUseCase(service).process_many([{}])
    assert result.success is False
    assert text in result.error
    assert len(service.uploads) == 1


async def test_cancelled_call_comes_out():
    service = Service(ok({}), asyncio.CancelledError(), ok({}))
    with pytest.raises(asyncio.CancelledError):
        await ExternalServiceUseCase(service).process_many([{}, {}, {}])
    assert len(service.calls) == 2
    assert service.uploads == []


async def test_cancelled_upload_comes_out():
    service = Service(ok({}), upload=asyncio.CancelledError())
    with pytest.raises(asyncio.CancelledError):
        await ExternalServiceUseCase(service).process_many([{}])


async def test_cancelled_from_outside():
    service = Service(ok({}), ok({}), ok({}))
    task = asyncio.create_task(ExternalServiceUseCase(service).process_many([{}, {}, {}]))
    await asyncio.sleep(1.5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.sleep(10)
    assert len(service.calls) == 2
    assert service.uploads == []


async def test_awaited_with_a_mock():
    service = AsyncMock(spec=ExternalService)
    service.call_api.return_value = ok({"a": 1})
    service.upload_file.return_value = {"file_id": "mock"}
    result = await ExternalServiceUseCase(service).process_many([{"q": 1}, {"q": 1}])
    assert service.call_api.await_count == 2
    service.upload_file.assert_awaited_once()
    assert result.file_id == "mock"

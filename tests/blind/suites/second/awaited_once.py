import asyncio
import json

import pytest

from vespera_scriptorium.application.usecases.process_data import ExternalServiceUseCase


class Service:
    def __init__(self, *answers, upload=None):
        self.answers = list(answers)
        self.upload = upload
        self.calls = []
        self.uploads = []

    async def call_api(self, endpoint, payload):
        self.calls.append((endpoint, payload))
        await asyncio.sleep(1)
        answer = self.answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    async def upload_file(self, file_name, content):
        self.uploads.append((file_name, content))
        await asyncio.sleep(1)
        if self.upload is not None:
            raise self.upload
        return {"file_id": "the-id"}


def good(data):
    return {"status": "success", "data": data}


async def test_each_item_in_order_equal_ones_too():
    service = Service(good({"n": 1}), good({"n": 2}), good({}), good({"n": 4}))
    items = [{"b": 1}, {"a": 1}, {"b": 1}, {"b": 1}]
    result = await ExternalServiceUseCase(service).process_many(items)
    assert service.calls == [("process", item) for item in items]
    assert result.success
    assert result.file_id == "the-id"
    assert len(service.uploads) == 1
    name, content = service.uploads[0]
    assert name == "result.json"
    assert json.loads(content) == [{"n": 1}, {"n": 2}, {}, {"n": 4}]


async def test_all_empty_data():
    service = Service(good({}), good({}))
    assert (await ExternalServiceUseCase(service).process_many([{}, {"a": 1}])).success
    assert json.loads(service.uploads[0][1]) == [{}, {}]


async def test_without_items_an_empty_list():
    service = Service()
    result = await ExternalServiceUseCase(service).process_many([])
    assert service.calls == []
    assert [(n, json.loads(c)) for n, c in service.uploads] == [("result.json", [])]
    assert (result.success, result.file_id) == (True, "the-id")


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ({"status": "overloaded", "data": {}}, "overloaded"),
        (ConnectionError("the line is dead"), "the line is dead"),
        (ValueError("nonsense"), "nonsense"),
        (TimeoutError(), "TimeoutError"),
    ],
)
async def test_the_first_failure_ends_it(answer, text):
    service = Service(good({}), answer, good({}), good({}))
    result = await ExternalServiceUseCase(service).process_many([{}, {"a": 1}, {"a": 2}, {}])
    assert result.success is False
    assert text in result.error
    assert len(service.calls) == 2
    assert service.uploads == []


@pytest.mark.parametrize(
    ("error", "text"), [(OSError("disk full"), "disk full"), (RuntimeError(), "RuntimeError")]
)
async def test_a_failed_upload(error, text):
    service = Service(good({}), upload=error)
    result = await ExternalServiceUseCase(service).process_many([{}])
    assert result.success is False
    assert text in result.error
    assert len(service.uploads) == 1


async def test_a_cancelled_call_comes_out():
    service = Service(good({}), asyncio.CancelledError(), good({}))
    with pytest.raises(asyncio.CancelledError):
        await ExternalServiceUseCase(service).process_many([{}, {}, {}])
    assert len(service.calls) == 2
    assert service.uploads == []


async def test_a_cancelled_upload_comes_out():
    service = Service(good({}), upload=asyncio.CancelledError())
    with pytest.raises(asyncio.CancelledError):
        await ExternalServiceUseCase(service).process_many([{}])
    assert len(service.uploads) == 1


async def test_cancelled_from_outside():
    service = Service(good({}), good({}))
    task = asyncio.create_task(ExternalServiceUseCase(service).process_many([{}, {}]))
    await asyncio.sleep(0.5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(service.calls) == 1
    assert service.uploads == []

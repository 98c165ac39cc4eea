import asyncio
import json
from unittest.mock import AsyncMock

import pytest

from vespera_scriptorium import ExternalServiceUseCase


def service(*answers, upload=None):
    mock = AsyncMock()
    mock.call_api.side_effect = list(answers)
    mock.upload_file.side_effect = [upload or {"file_id": "file-7"}]
    return mock


def ok(data):
    return {"status": "success", "data": data}


def arguments(call, *names):
    return [*call.args, *(call.kwargs[name] for name in names[len(call.args):])]


async def test_one_call_for_each_item_in_order():
    mock = service(ok(1), ok(2), ok(3))
    items = [{"n": 1}, {"n": 2}, {"n": 1}]
    result = await ExternalServiceUseCase(mock).process_many(items)
    calls = [arguments(c, "endpoint", "payload") for c in mock.call_api.await_args_list]
    assert calls == [["process", item] for item in items]
    assert result.success is True and result.file_id == "file-7"


async def test_everything_is_uploaded_once():
    data = [{"a": 1}, {}, None, [], 0, "", {"a": 1}]
    mock = service(*map(ok, data))
    await ExternalServiceUseCase(mock).process_many([{}] * len(data))
    mock.upload_file.assert_awaited_once()
    name, content = arguments(mock.upload_file.await_args, "file_name", "content")
    assert name == "result.json"
    assert json.loads(content) == data


async def test_no_items():
    mock = service()
    result = await ExternalServiceUseCase(mock).process_many([])
    mock.call_api.assert_not_awaited()
    mock.upload_file.assert_awaited_once()
    _, content = arguments(mock.upload_file.await_args, "file_name", "content")
    assert json.loads(content) == []
    assert result.success is True and result.file_id == "file-7"


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        ({"status": "refused", "data": {}}, "refused"),
        (ValueError("no luck"), "no luck"),
        (ConnectionError(), "ConnectionError"),
        (KeyError(), "KeyError"),
    ],
)
async def test_first_failure_ends_it(answer, word):
    mock = service(ok(1), answer, ok(3))
    result = await ExternalServiceUseCase(mock).process_many([{}, {}, {}])
    assert result.success is False
    assert word in result.error
    assert mock.call_api.await_count == 2
    mock.upload_file.assert_not_awaited()


@pytest.mark.parametrize("error", [RuntimeError("disk full"), OSError("disk full")])
async def test_failing_upload(error):
    mock = service(ok(1), upload=error)
    result = await ExternalServiceUseCase(mock).process_many([{}])
    assert result.success is False and "disk full" in result.error
    assert mock.upload_file.await_count == 1


async def test_cancelled_call_comes_out():
    mock = service(ok(1), asyncio.CancelledError(), ok(3))
    with pytest.raises(asyncio.CancelledError):
        await ExternalServiceUseCase(mock).process_many([{}, {}, {}])
    assert mock.call_api.await_count == 2
    mock.upload_file.assert_not_awaited()


async def test_cancelled_upload_comes_out():
    mock = service(ok(1), upload=asyncio.CancelledError())
    with pytest.raises(asyncio.CancelledError):
        await ExternalServiceUseCase(mock).process_many([{}])
    assert mock.upload_file.await_count == 1

"""The external service: its use case, the fake, and the HTTP adapter against a real server."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any
from unittest.mock import AsyncMock, call

import httpx
import pytest

from vespera_scriptorium import (
    Container,
    ExternalService,
    ExternalServiceError,
    ExternalServiceUseCase,
    HttpExternalService,
    InMemoryExternalService,
)


class Server:
    """An HTTP server on this machine. It answers as told, and keeps the requests."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, bytes]] = []
        self.answers: dict[str, tuple[int, bytes]] = {}
        self.url = ""
        self.silent = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            path = head.split()[1]
            lengths = [
                line.split(":")[1]
                for line in head.splitlines()
                if line.lower().startswith("content-length")
            ]
            self.requests.append((path, await reader.readexactly(int(lengths[0]))))
            if self.silent:
                await reader.read()
            status, body = self.answers.get(path, (404, b"{}"))
            writer.write(
                b"HTTP/1.1 %d X\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
                % (status, len(body), body)
            )
            await writer.drain()
        finally:
            writer.close()
            await writer.wait_closed()

    def answer(self, path: str, body: Any, status: int = 200) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.answers[path] = (status, content)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = Server()
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    host, port = listening.sockets[0].getsockname()
    server.url = f"http://{host}:{port}"
    async with listening:
        yield server


@pytest.fixture
async def service(server: Server) -> AsyncIterator[HttpExternalService]:
    service = HttpExternalService(server.url, timeout=5.0)
    await service.start()
    yield service
    await service.stop()


@pytest.fixture
def mock() -> AsyncMock:
    mock = AsyncMock()
    mock.call_api.return_value = {"status": "success", "data": {"n": 1}}
    mock.upload_file.return_value = {"file_id": "file-1"}
    return mock


# --------------------------------------------------------------------------------------------


async def test_each_item_is_sent_once_and_the_answers_are_stored(mock: AsyncMock) -> None:
    """The calls stand in the order of the items; one file holds all answers."""
    result = await ExternalServiceUseCase(mock).process_many([{"a": 1}, {"b": 2}])
    assert (result.success, result.file_id) == (True, "file-1")
    assert mock.call_api.await_args_list == [call("process", {"a": 1}), call("process", {"b": 2})]
    mock.upload_file.assert_awaited_once_with("result.json", b'[{"n": 1}, {"n": 1}]')


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (ExternalServiceError("no connection"), "no connection"),
        (RuntimeError("broken"), "broken"),
        ({"status": "busy"}, "the service answered busy"),
    ],
    ids=["service error", "any error", "no success"],
)
async def test_failure_is_an_error_result(mock: AsyncMock, answer: Any, error: str) -> None:
    """After a failing call nothing more is called and nothing uploaded."""
    mock.call_api.side_effect = [{"status": "success"}, answer]
    result = await ExternalServiceUseCase(mock).process_many([{}, {}, {}])
    assert (result.success, result.file_id, result.error) == (False, None, error)
    assert mock.call_api.await_count == 2
    mock.upload_file.assert_not_awaited()


async def test_failing_upload_is_an_error_result(mock: AsyncMock) -> None:
    """There is no file id, and the reason is told."""
    mock.upload_file.side_effect = ExternalServiceError("full")
    result = await ExternalServiceUseCase(mock).process_data({})
    assert (result.success, result.file_id, result.error) == (False, None, "full")


# --------------------------------------------------------------------------------------------


@pytest.fixture(params=["memory", "http"])
def any_service(
    request: pytest.FixtureRequest, server: Server, service: HttpExternalService
) -> ExternalService:
    """The fake, then the HTTP adapter: both keep the port's contract."""
    server.answer("/process", {"status": "success", "data": {"a": [1, "ü"]}})
    server.answer("/files", {"file_id": "file-1"})
    return InMemoryExternalService() if request.param == "memory" else service


async def test_port_contract(any_service: ExternalService) -> None:
    """A call answers with status and data, an upload with a file id."""
    answer = await any_service.call_api("process", {"a": [1, "ü"]})
    uploaded = await any_service.upload_file("a.txt", b"content")
    assert answer == {"status": "success", "data": {"a": [1, "ü"]}}
    assert isinstance(uploaded["file_id"], str)


async def test_fake_keeps_what_it_is_given() -> None:
    """Each file has an id of its own; the answer shares nothing with the payload."""
    fake = InMemoryExternalService()
    payload: Mapping[str, Any] = {"list": [1]}
    answer = await fake.call_api("process", payload)
    payload["list"].append(2)
    ids = [(await fake.upload_file("a", content))["file_id"] for content in (b"1", b"2")]
    assert answer["data"] == {"list": [1]}
    assert [fake.files[id] for id in ids] == [b"1", b"2"]


async def test_payload_goes_out_as_json(server: Server, service: HttpExternalService) -> None:
    """`call_api` posts the payload to the endpoint."""
    server.answer("/process", {})
    await service.call_api("process", {"a": "ü"})
    ((path, body),) = server.requests
    assert (path, json.loads(body)) == ("/process", {"a": "ü"})


async def test_file_goes_out_as_a_form(server: Server, service: HttpExternalService) -> None:
    """`upload_file` posts the name and the bytes of the file, as they are."""
    server.answer("/files", {"file_id": "1"})
    await service.upload_file("a.bin", b"\x00\xff\r\n")
    ((path, body),) = server.requests
    assert path == "/files"
    assert b'filename="a.bin"' in body
    assert b"\r\n\r\n\x00\xff\r\n\r\n" in body


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [(500, {}, "500"), (404, {}, "404"), (200, b"<html>", "JSON"), (200, [1], "no JSON object")],
)
async def test_bad_answer_is_the_documented_error(
    server: Server, service: HttpExternalService, status: int, body: Any, message: str
) -> None:
    """Its message names the endpoint and the reason."""
    server.answer("/process", body, status)
    with pytest.raises(ExternalServiceError, match=f"process: .*{message}"):
        await service.call_api("process", {})


async def test_no_connection_is_the_documented_error(server: Server) -> None:
    """The cause is kept."""
    port = await _free_port()
    service = HttpExternalService(f"http://127.0.0.1:{port}")
    await service.start()
    with pytest.raises(ExternalServiceError) as raised:
        await service.call_api("process", {})
    await service.stop()
    assert isinstance(raised.value.__cause__, httpx.ConnectError)


async def test_no_answer_is_the_documented_error(server: Server) -> None:
    """The adapter waits for its timeout, and no longer."""
    server.silent = True
    service = HttpExternalService(server.url, timeout=0.1)
    await service.start()
    with pytest.raises(ExternalServiceError) as raised:
        await service.call_api("process", {})
    await service.stop()
    assert isinstance(raised.value.__cause__, httpx.TimeoutException)


async def test_service_that_is_not_started_says_so(service: HttpExternalService) -> None:
    """After `stop`, harmless twice, a call says what to do; after `start` the service works."""
    await service.stop()
    await service.stop()
    with pytest.raises(RuntimeError, match="start it first"):
        await service.call_api("process", {})
    await service.start()


async def test_container_opens_the_service_of_a_url(server: Server) -> None:
    """With a `service_url` the use case speaks to the server."""
    server.answer("/process", {"status": "success", "data": {}})
    server.answer("/files", {"file_id": "file-7"})
    container = Container(service_url=server.url)
    await container.initialize_async_services()
    result = await container.get(ExternalServiceUseCase).process_data({"a": 1})
    await container.cleanup_async_services()
    assert (result.success, result.file_id) == (True, "file-7")


async def _free_port() -> int:
    """A port of this machine that nobody listens on."""
    listening = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    port: int = listening.sockets[0].getsockname()[1]
    listening.close()
    await listening.wait_closed()
    return port

"""The external service, over HTTP."""

from collections.abc import Mapping
from typing import Any

import httpx

from vespera_scriptorium.domain.errors import ExternalServiceError


class HttpExternalService:
    """An `ExternalService` behind a URL. Start it before its first call, stop it after its last.

    Whatever goes wrong on the way is an `ExternalServiceError` with the reason as its cause: no
    connection, no answer within `timeout` seconds, a status of 400 or more, an answer that is no
    JSON object.
    """

    def __init__(self, base_url: str, timeout: float = 10.0) -> None:
        self._base_url = base_url
        self._timeout = timeout
        self._client: httpx.AsyncClient | None = None

    async def start(self) -> None:
        """Get ready for calls. To start twice is harmless."""
        if self._client is None:
            self._client = httpx.AsyncClient(
                base_url=self._base_url, timeout=self._timeout, trust_env=False
            )

    async def stop(self) -> None:
        """Close every connection. To stop twice is harmless."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def call_api(self, endpoint: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """`POST /endpoint` with the payload as JSON."""
        return await self._post(endpoint, json=dict(payload))

    async def upload_file(self, file_name: str, content: bytes) -> dict[str, Any]:
        """`POST /files` with the file as a form."""
        return await self._post("files", files={"file": (file_name, content)})

    async def _post(self, path: str, **body: Any) -> dict[str, Any]:
        if self._client is None:
            raise RuntimeError("the external service is not started: start it first")
        try:
            response = await self._client.post(f"/{path}", **body)
            answer = response.raise_for_status().json()
        except (httpx.HTTPError, ValueError) as error:
            raise ExternalServiceError(f"{path}: {error!r}") from error
        if not isinstance(answer, dict):
            raise ExternalServiceError(f"{path}: the answer is no JSON object")
        return answer

"""Correct implementations for `awaited-once`, built differently."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from vespera_scriptorium.application.usecases.process_data import (
    ENDPOINT,
    FILE_NAME,
    ExternalServiceUseCase,
)
from vespera_scriptorium.domain.errors import (
    ExternalServiceError,
    reason,
)
from vespera_scriptorium.domain.results import ProcessingResult

from .exercise import awaited_once


@awaited_once.alternative()
class NamesItsArguments(ExternalServiceUseCase):
    """Passes arguments by their names."""

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        try:
            answers = [await self._process(item) for item in items]
            content = json.dumps(answers).encode()
            uploaded = await self._external_service.upload_file(
                file_name=FILE_NAME, content=content
            )
            file_id = uploaded["file_id"]
        except Exception as error:
            return ProcessingResult(success=False, error=reason(error))
        return ProcessingResult(success=True, file_id=file_id)

    async def _process(self, item: Mapping[str, Any]) -> Any:
        answer = await self._external_service.call_api(endpoint=ENDPOINT, payload=item)
        if answer.get("status") != "success":
            raise ExternalServiceError(f"the service answered {answer.get('status')}")
        return answer.get("data")


@awaited_once.alternative()
class WritesCompactJson(ExternalServiceUseCase):
    """Writes JSON without spaces."""

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        answers = []
        try:
            for item in items:
                answer = await self._external_service.call_api(ENDPOINT, dict(item))
                if answer.get("status") != "success":
                    return ProcessingResult(success=False, error=f"not processed: {answer}")
                answers.append(answer.get("data"))
            content = json.dumps(answers, separators=(",", ":")).encode()
            uploaded = await self._external_service.upload_file(FILE_NAME, content)
            return ProcessingResult(success=True, file_id=uploaded["file_id"])
        except Exception as error:
            return ProcessingResult(success=False, error=f"not processed: {reason(error)}")

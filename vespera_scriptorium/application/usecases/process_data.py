"""Give data to the external service, and store there what it makes of them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from vespera_scriptorium.application.ports import ExternalService
from vespera_scriptorium.domain.errors import ExternalServiceError, reason
from vespera_scriptorium.domain.results import ProcessingResult

ENDPOINT = "process"
FILE_NAME = "result.json"


class ExternalServiceUseCase:
    """Processes data with the help of the external service.

    The contract:

    1. No method raises an `Exception`: what goes wrong is a result with `success` False and the
       reason in `error`.
    2. `call_api` is awaited once for each item, in their order, with `"process"` and the item. An
       answer whose `status` is not `"success"` is a failure; the calls end at the first failure.
    3. Then, after calls that all succeeded, `upload_file` is awaited once, with `"result.json"` and
       the `data` of all answers as a JSON list in their order. The result has the `file_id`.
    4. After a failure nothing is uploaded.
    """

    def __init__(self, external_service: ExternalService) -> None:
        self._external_service = external_service

    async def process_data(self, data: Mapping[str, Any]) -> ProcessingResult:
        """Process one item."""
        return await self.process_many([data])

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        """Process items, and store the answers together."""
        try:
            answers = [await self._process(item) for item in items]
            content = json.dumps(answers).encode()
            uploaded = await self._external_service.upload_file(FILE_NAME, content)
            file_id = uploaded["file_id"]
        except Exception as error:
            return ProcessingResult(success=False, error=reason(error))
        return ProcessingResult(success=True, file_id=file_id)

    async def _process(self, item: Mapping[str, Any]) -> Any:
        """The data that the service answers for one item."""
        answer = await self._external_service.call_api(ENDPOINT, item)
        if answer.get("status") != "success":
            raise ExternalServiceError(f"the service answered {answer.get('status')}")
        return answer.get("data")

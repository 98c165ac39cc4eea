"""The mutants of `awaited-once`: each has one bug, and breaks one clause."""

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


@awaited_once.mutant(clause=3)
class UploadsWithoutWaiting(ExternalServiceUseCase):
    """Calls `upload_file` and does not await it: nothing is ever uploaded."""

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        try:
            answers = [await self._process(item) for item in items]
            content = json.dumps(answers).encode()
            self._external_service.upload_file(FILE_NAME, content)  # type: ignore[unused-coroutine]  # that is the bug
        except Exception as error:
            return ProcessingResult(success=False, error=reason(error))
        return ProcessingResult(success=True, file_id=FILE_NAME)


@awaited_once.mutant(clause=1)
class SwapsArguments(ExternalServiceUseCase):
    """Passes the item where the endpoint belongs."""

    async def _process(self, item: Mapping[str, Any]) -> Any:
        answer = await self._external_service.call_api(item, ENDPOINT)  # type: ignore[arg-type]  # that is the bug
        if answer.get("status") != "success":
            raise ExternalServiceError(f"the service answered {answer.get('status')}")
        return answer.get("data")


@awaited_once.mutant(clause=2)
class TriesAgain(ExternalServiceUseCase):
    """Calls once more when a call fails, and so does twice what may be done once."""

    async def _process(self, item: Mapping[str, Any]) -> Any:
        try:
            answer = await self._external_service.call_api(ENDPOINT, item)
        except Exception:
            answer = await self._external_service.call_api(ENDPOINT, item)
        if answer.get("status") != "success":
            raise ExternalServiceError(f"the service answered {answer.get('status')}")
        return answer.get("data")


@awaited_once.mutant(clause=2)
class ExpectsOnlyItsOwnErrors(ExternalServiceUseCase):
    """Catches `ExternalServiceError` and lets everything else out."""

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        try:
            answers = [await self._process(item) for item in items]
            content = json.dumps(answers).encode()
            uploaded = await self._external_service.upload_file(FILE_NAME, content)
            file_id = uploaded["file_id"]
        except ExternalServiceError as error:
            return ProcessingResult(success=False, error=reason(error))
        return ProcessingResult(success=True, file_id=file_id)


@awaited_once.mutant(clause=2)
class TrustsEveryAnswer(ExternalServiceUseCase):
    """Takes the data of an answer without a look at its status."""

    async def _process(self, item: Mapping[str, Any]) -> Any:
        answer = await self._external_service.call_api(ENDPOINT, item)
        return answer.get("data")


@awaited_once.mutant(clause=2)
class CallsAllAtOnce(ExternalServiceUseCase):
    """Makes all calls together, also those behind the first failure."""

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        import asyncio

        try:
            answers = await asyncio.gather(*(self._process(item) for item in items))
            content = json.dumps(answers).encode()
            uploaded = await self._external_service.upload_file(FILE_NAME, content)
            file_id = uploaded["file_id"]
        except Exception as error:
            return ProcessingResult(success=False, error=reason(error))
        return ProcessingResult(success=True, file_id=file_id)


@awaited_once.mutant(clause=3)
class UploadsEachAnswer(ExternalServiceUseCase):
    """Uploads after every call, under the same name: the last answer is all that is left."""

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        file_id = None
        try:
            for item in items:
                content = json.dumps([await self._process(item)]).encode()
                uploaded = await self._external_service.upload_file(FILE_NAME, content)
                file_id = uploaded["file_id"]
        except Exception as error:
            return ProcessingResult(success=False, error=reason(error))
        return ProcessingResult(success=True, file_id=file_id)


@awaited_once.mutant(clause=4)
class SavesWhatItHas(ExternalServiceUseCase):
    """Uploads the answers that came before the failure, to save them."""

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        answers = []
        failure = None
        try:
            for item in items:
                answers.append(await self._process(item))
        except Exception as error:
            failure = reason(error)
        content = json.dumps(answers).encode()
        try:
            uploaded = await self._external_service.upload_file(FILE_NAME, content)
        except Exception as error:
            return ProcessingResult(success=False, error=reason(error))
        return ProcessingResult(failure is None, uploaded["file_id"], failure)

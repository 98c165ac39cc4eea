"""The mutants of `awaited-once`: each has one bug, and breaks one promise."""

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


@awaited_once.mutant(promise="awaited")
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


@awaited_once.mutant(promise="words")
class SwapsArguments(ExternalServiceUseCase):
    """Passes the item where the endpoint belongs."""

    async def _process(self, item: Mapping[str, Any]) -> Any:
        answer = await self._external_service.call_api(item, ENDPOINT)  # type: ignore[arg-type]  # that is the bug
        if answer.get("status") != "success":
            raise ExternalServiceError(f"the service answered {answer.get('status')}")
        return answer.get("data")


@awaited_once.mutant(promise="once")
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


@awaited_once.mutant(promise="any-exception")
class ExpectsOnlyItsOwnErrors(ExternalServiceUseCase):
    """Catches what the port raises and a lost connection, and lets everything else out."""

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        try:
            answers = [await self._process(item) for item in items]
            content = json.dumps(answers).encode()
            uploaded = await self._external_service.upload_file(FILE_NAME, content)
            file_id = uploaded["file_id"]
        except (ExternalServiceError, OSError) as error:
            return ProcessingResult(success=False, error=reason(error))
        return ProcessingResult(success=True, file_id=file_id)


@awaited_once.mutant(promise="status")
class TrustsEveryAnswer(ExternalServiceUseCase):
    """Takes the data of an answer without a look at its status."""

    async def _process(self, item: Mapping[str, Any]) -> Any:
        answer = await self._external_service.call_api(ENDPOINT, item)
        return answer.get("data")


@awaited_once.mutant(promise="status")
class KnowsOneBadStatus(ExternalServiceUseCase):
    """Takes an answer for good unless its status is `"error"`."""

    async def _process(self, item: Mapping[str, Any]) -> Any:
        answer = await self._external_service.call_api(ENDPOINT, item)
        if answer.get("status") == "error":
            raise ExternalServiceError(f"the service answered {answer.get('status')}")
        return answer.get("data")


@awaited_once.mutant(promise="stops")
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


@awaited_once.mutant(promise="together")
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


@awaited_once.mutant(promise="no-upload")
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


@awaited_once.mutant(promise="each")
class SparesEqualItems(ExternalServiceUseCase):
    """Calls once for equal items, and uses the answer again."""

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        known: dict[str, Any] = {}
        try:
            for item in items:
                key = json.dumps(item)
                if key not in known:
                    known[key] = await self._process(item)
            content = json.dumps([known[json.dumps(item)] for item in items]).encode()
            uploaded = await self._external_service.upload_file(FILE_NAME, content)
            file_id = uploaded["file_id"]
        except Exception as error:
            return ProcessingResult(success=False, error=reason(error))
        return ProcessingResult(success=True, file_id=file_id)


@awaited_once.mutant(promise="order")
class CallsTheLastFirst(ExternalServiceUseCase):
    """Calls for the last item first, and puts the answers in order afterwards."""

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        try:
            answers = [await self._process(item) for item in reversed(items)][::-1]
            content = json.dumps(answers).encode()
            uploaded = await self._external_service.upload_file(FILE_NAME, content)
            file_id = uploaded["file_id"]
        except Exception as error:
            return ProcessingResult(success=False, error=reason(error))
        return ProcessingResult(success=True, file_id=file_id)


@awaited_once.mutant(promise="upload-fails")
class UploadErrorsComeOut(ExternalServiceUseCase):
    """Lets an error of the upload out, though one of a call becomes a result."""

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        try:
            answers = [await self._process(item) for item in items]
        except Exception as error:
            return ProcessingResult(success=False, error=reason(error))
        content = json.dumps(answers).encode()
        uploaded = await self._external_service.upload_file(FILE_NAME, content)
        return ProcessingResult(success=True, file_id=uploaded["file_id"])


@awaited_once.mutant(promise="reason")
class SaysThatItFailed(ExternalServiceUseCase):
    """Says that something went wrong, and keeps to itself what."""

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        try:
            answers = [await self._process(item) for item in items]
            content = json.dumps(answers).encode()
            uploaded = await self._external_service.upload_file(FILE_NAME, content)
            file_id = uploaded["file_id"]
        except Exception as error:
            return ProcessingResult(success=False, error=f"not processed: {type(error).__name__}")
        return ProcessingResult(success=True, file_id=file_id)


@awaited_once.mutant(promise="no-text")
class SaysNothing(ExternalServiceUseCase):
    """Passes the text of an exception on, and says nothing where it has none."""

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        try:
            answers = [await self._process(item) for item in items]
            content = json.dumps(answers).encode()
            uploaded = await self._external_service.upload_file(FILE_NAME, content)
            file_id = uploaded["file_id"]
        except Exception as error:
            return ProcessingResult(success=False, error=str(error))
        return ProcessingResult(success=True, file_id=file_id)


@awaited_once.mutant(promise="data")
class LeavesOutEmptyData(ExternalServiceUseCase):
    """Leaves out the data that are empty."""

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        try:
            data = [await self._process(item) for item in items]
            answers = [one for one in data if one]
            content = json.dumps(answers).encode()
            uploaded = await self._external_service.upload_file(FILE_NAME, content)
            file_id = uploaded["file_id"]
        except Exception as error:
            return ProcessingResult(success=False, error=reason(error))
        return ProcessingResult(success=True, file_id=file_id)


@awaited_once.mutant(promise="no-items")
class UploadsNoEmptyList(ExternalServiceUseCase):
    """Uploads nothing where there are no items."""

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        if not items:
            return ProcessingResult(success=True, file_id=FILE_NAME)
        try:
            answers = [await self._process(item) for item in items]
            content = json.dumps(answers).encode()
            uploaded = await self._external_service.upload_file(FILE_NAME, content)
            file_id = uploaded["file_id"]
        except Exception as error:
            return ProcessingResult(success=False, error=reason(error))
        return ProcessingResult(success=True, file_id=file_id)


@awaited_once.mutant(promise="file-id")
class TakesTheNameForTheId(ExternalServiceUseCase):
    """Returns the name of the file in the place of its id."""

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        try:
            answers = [await self._process(item) for item in items]
            content = json.dumps(answers).encode()
            await self._external_service.upload_file(FILE_NAME, content)
        except Exception as error:
            return ProcessingResult(success=False, error=reason(error))
        return ProcessingResult(success=True, file_id=FILE_NAME)


@awaited_once.mutant(promise="cancelled")
class CancellationIsAFailure(ExternalServiceUseCase):
    """Makes a result of a cancellation, so that whoever cancelled is ignored."""

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        import asyncio

        try:
            answers = [await self._process(item) for item in items]
            content = json.dumps(answers).encode()
            uploaded = await self._external_service.upload_file(FILE_NAME, content)
            file_id = uploaded["file_id"]
        except (Exception, asyncio.CancelledError) as error:
            return ProcessingResult(success=False, error=reason(error))
        return ProcessingResult(success=True, file_id=file_id)

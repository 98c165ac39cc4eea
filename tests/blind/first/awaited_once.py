"""Own variants of awaited-once, written from the contract and the application alone."""

from grader.bank import AWAITED_ONCE
from vespera_scriptorium.application.usecases.process_data import *  # noqa: F403


@AWAITED_ONCE.mutant(clause=1)
class EqualItemsOnce(ExternalServiceUseCase):
    """Calls the service once for items that are equal, and uses the answer again."""

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        """Process items, and store the answers together."""
        try:
            known = []
            answers = []
            for item in items:
                found = [answer for other, answer in known if other == item]
                if not found:
                    found = [await self._process(item)]
                    known.append((item, found[0]))
                answers.append(found[0])
            content = json.dumps(answers).encode()
            uploaded = await self._external_service.upload_file(FILE_NAME, content)
            file_id = uploaded["file_id"]
        except Exception as error:
            return ProcessingResult(success=False, error=reason(error))
        return ProcessingResult(success=True, file_id=file_id)


@AWAITED_ONCE.mutant(clause=2)
class CallsTheRest(ExternalServiceUseCase):
    """Goes on with the calls after a failure, and reports the first failure at the end."""

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        """Process items, and store the answers together."""
        answers = []
        failures = []
        for item in items:
            try:
                answers.append(await self._process(item))
            except Exception as error:
                failures.append(error)
        if failures:
            return ProcessingResult(success=False, error=reason(failures[0]))
        try:
            content = json.dumps(answers).encode()
            uploaded = await self._external_service.upload_file(FILE_NAME, content)
            file_id = uploaded["file_id"]
        except Exception as error:
            return ProcessingResult(success=False, error=reason(error))
        return ProcessingResult(success=True, file_id=file_id)


@AWAITED_ONCE.mutant(clause=2)
class NothingToSay(ExternalServiceUseCase):
    """Says nothing in `error` when the exception has no text."""

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        """Process items, and store the answers together."""
        try:
            answers = [await self._process(item) for item in items]
            content = json.dumps(answers).encode()
            uploaded = await self._external_service.upload_file(FILE_NAME, content)
            file_id = uploaded["file_id"]
        except Exception as error:
            return ProcessingResult(success=False, error=str(error))
        return ProcessingResult(success=True, file_id=file_id)


@AWAITED_ONCE.mutant(clause=3)
class LeavesEmptyDataOut(ExternalServiceUseCase):
    """Leaves empty data out of the file."""

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        """Process items, and store the answers together."""
        try:
            answers = [await self._process(item) for item in items]
            content = json.dumps([answer for answer in answers if answer]).encode()
            uploaded = await self._external_service.upload_file(FILE_NAME, content)
            file_id = uploaded["file_id"]
        except Exception as error:
            return ProcessingResult(success=False, error=reason(error))
        return ProcessingResult(success=True, file_id=file_id)


@AWAITED_ONCE.mutant(clause=3)
class NothingToUpload(ExternalServiceUseCase):
    """Uploads nothing when there are no items."""

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        """Process items, and store the answers together."""
        if not items:
            return ProcessingResult(success=True)
        try:
            answers = [await self._process(item) for item in items]
            content = json.dumps(answers).encode()
            uploaded = await self._external_service.upload_file(FILE_NAME, content)
            file_id = uploaded["file_id"]
        except Exception as error:
            return ProcessingResult(success=False, error=reason(error))
        return ProcessingResult(success=True, file_id=file_id)


@AWAITED_ONCE.mutant(clause=4)
class CancelledIsAFailure(ExternalServiceUseCase):
    """Makes a failed result of a cancelled call."""

    async def _process(self, item: Mapping[str, Any]) -> Any:
        """The data that the service answers for one item."""
        import asyncio

        try:
            answer = await self._external_service.call_api(ENDPOINT, item)
        except asyncio.CancelledError as error:
            raise ExternalServiceError("the call was cancelled") from error
        if answer.get("status") != "success":
            raise ExternalServiceError(f"the service answered {answer.get('status')}")
        return answer.get("data")


@AWAITED_ONCE.alternative()
class ByName(ExternalServiceUseCase):
    """Passes the arguments by name, and indents the file."""

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        """Process items, and store the answers together."""
        try:
            answers = []
            for item in items:
                answers.append(await self._process(item))
            uploaded = await self._external_service.upload_file(
                file_name=FILE_NAME, content=json.dumps(answers, indent=2).encode()
            )
            file_id = uploaded["file_id"]
        except Exception as error:
            return ProcessingResult(success=False, error=f"failed: {reason(error)}")
        return ProcessingResult(success=True, file_id=file_id)

    async def _process(self, item: Mapping[str, Any]) -> Any:
        """The data that the service answers for one item."""
        answer = await self._external_service.call_api(endpoint=ENDPOINT, payload=item)
        if answer.get("status") == "success":
            return answer.get("data")
        raise ExternalServiceError(f"no success, but {answer.get('status')!s}: {answer}")


@AWAITED_ONCE.alternative()
class ReturnsEarly(ExternalServiceUseCase):
    """Answers at once at the first failure, without an exception of its own."""

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        """Process items, and store the answers together."""
        answers = []
        for item in list(items):
            try:
                answer = await self._external_service.call_api(ENDPOINT, payload=item)
            except Exception as error:
                text = f"{type(error).__name__}: {error}"
                return ProcessingResult(False, None, text)
            status = answer.get("status")
            if status != "success":
                return ProcessingResult(False, None, f"status: {status}")
            answers.append(answer.get("data"))
        try:
            uploaded = await self._external_service.upload_file(
                FILE_NAME, content=json.dumps(answers).encode("utf-8")
            )
        except Exception as error:
            return ProcessingResult(False, None, f"upload: {type(error).__name__}: {error}")
        return ProcessingResult(True, uploaded["file_id"])


@AWAITED_ONCE.alternative()
class Compact(ExternalServiceUseCase):
    """Writes the file without spaces and in UTF-8, and appends to it piece by piece."""

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        """Process items, and store the answers together."""
        try:
            pieces = []
            for item in items:
                data = await self._process(item)
                pieces.append(json.dumps(data, ensure_ascii=False, separators=(",", ":")))
            content = ("[" + ",".join(pieces) + "]").encode("utf-8")
            uploaded = await self._external_service.upload_file(FILE_NAME, content)
            return ProcessingResult(success=True, file_id=uploaded["file_id"])
        except Exception as error:
            return ProcessingResult(success=False, error=reason(error))

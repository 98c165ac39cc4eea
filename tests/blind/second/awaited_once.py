"""Own variants of awaited-once, written from the contract and the application alone."""

from grader.bank import AWAITED_ONCE
from vespera_scriptorium.application.usecases.process_data import *  # noqa: F403


@AWAITED_ONCE.mutant(clause=1)
class AsksOnceForEqualItems(ExternalServiceUseCase):
    """Calls once for equal items, and takes the same answer again."""

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        """Process items, and store the answers together."""
        try:
            known: list[Any] = []
            answers = []
            for item in items:
                found = [answer for key, answer in known if key == item]
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
class CallsOnAfterAFailure(ExternalServiceUseCase):
    """Calls for all items, and looks for failures when all are done."""

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        """Process items, and store the answers together."""
        answers, failures = [], []
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
class NothingSaidNothingTold(ExternalServiceUseCase):
    """The error of an exception without a text is empty."""

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
class LeavesOutEmptyData(ExternalServiceUseCase):
    """Empty data is not uploaded with the rest."""

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
    """Without items nothing is uploaded, though it is a success."""

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
class ACancelledUploadIsAFailure(ExternalServiceUseCase):
    """A cancellation during the upload is a result with `success` False."""

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        """Process items, and store the answers together."""
        import asyncio

        try:
            answers = [await self._process(item) for item in items]
        except Exception as error:
            return ProcessingResult(success=False, error=reason(error))
        try:
            content = json.dumps(answers).encode()
            uploaded = await self._external_service.upload_file(FILE_NAME, content)
            file_id = uploaded["file_id"]
        except (Exception, asyncio.CancelledError) as error:
            return ProcessingResult(success=False, error=reason(error))
        return ProcessingResult(success=True, file_id=file_id)


@AWAITED_ONCE.alternative()
class ByName(ExternalServiceUseCase):
    """Passes all arguments by name."""

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        """Process items, and store the answers together."""
        answers = []
        try:
            for item in items:
                answers.append(await self._process(item))
            uploaded = await self._external_service.upload_file(
                file_name=FILE_NAME, content=json.dumps(answers).encode("utf-8")
            )
            return ProcessingResult(success=True, file_id=uploaded["file_id"])
        except Exception as error:
            return ProcessingResult(success=False, error=reason(error))

    async def _process(self, item: Mapping[str, Any]) -> Any:
        """The data that the service answers for one item."""
        answer = await self._external_service.call_api(endpoint=ENDPOINT, payload=item)
        if answer.get("status") != "success":
            raise ExternalServiceError(f"the service answered {answer.get('status')}")
        return answer.get("data")


@AWAITED_ONCE.alternative()
class PrettyJson(ExternalServiceUseCase):
    """Writes JSON with indents, and tells the type of every error."""

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        """Process items, and store the answers together."""
        try:
            answers = [await self._process(item) for item in items]
            content = (json.dumps(answers, indent=2, ensure_ascii=False) + "\n").encode()
            uploaded = await self._external_service.upload_file(FILE_NAME, content)
            file_id = uploaded["file_id"]
        except Exception as error:
            message = f"processing failed ({type(error).__name__}): {error}"
            return ProcessingResult(success=False, error=message)
        return ProcessingResult(success=True, file_id=file_id)


@AWAITED_ONCE.alternative()
class LooksAtStatusItself(ExternalServiceUseCase):
    """Answers at the first bad status, without raising anything."""

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        """Process items, and store the answers together."""
        chunks: list[str] = []
        try:
            for item in items:
                answer = await self._external_service.call_api(ENDPOINT, item)
                status = answer.get("status")
                if status != "success":
                    return ProcessingResult(success=False, error=f"status: {status}")
                chunks.append(json.dumps(answer.get("data")))
            content = f"[{', '.join(chunks)}]".encode()
            uploaded = await self._external_service.upload_file(FILE_NAME, content)
            file_id = uploaded["file_id"]
        except Exception as error:
            return ProcessingResult(success=False, error=reason(error))
        return ProcessingResult(success=True, file_id=file_id)

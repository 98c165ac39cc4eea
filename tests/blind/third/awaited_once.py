"""Own variants of awaited-once, written from the contract and the application alone."""

from grader.bank import awaited_once
from vespera_scriptorium.application.usecases.process_data import *  # noqa: F403


@awaited_once.mutant(clause=1)
class EqualItemsOnce(ExternalServiceUseCase):
    """An item that was sent already is not sent again."""

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        """Process items, and store the answers together."""
        try:
            seen: list[Any] = []
            answers = []
            for item in items:
                if item not in seen:
                    seen.append(item)
                    answers.append(await self._process(item))
                else:
                    answers.append(answers[seen.index(item)])
            content = json.dumps(answers).encode()
            uploaded = await self._external_service.upload_file(FILE_NAME, content)
            file_id = uploaded["file_id"]
        except Exception as error:
            return ProcessingResult(success=False, error=reason(error))
        return ProcessingResult(success=True, file_id=file_id)


@awaited_once.mutant(clause=2)
class GoesOnAfterAFailure(ExternalServiceUseCase):
    """Sends the rest of the items, too, before it says that one failed."""

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        """Process items, and store the answers together."""
        try:
            answers, failures = [], []
            for item in items:
                try:
                    answers.append(await self._process(item))
                except Exception as error:
                    failures.append(error)
            if failures:
                raise failures[0]
            content = json.dumps(answers).encode()
            uploaded = await self._external_service.upload_file(FILE_NAME, content)
            file_id = uploaded["file_id"]
        except Exception as error:
            return ProcessingResult(success=False, error=reason(error))
        return ProcessingResult(success=True, file_id=file_id)


@awaited_once.mutant(clause=2)
class TextAlone(ExternalServiceUseCase):
    """An exception without a text leaves an empty error."""

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


@awaited_once.mutant(clause=2)
class UploadErrorsComeOut(ExternalServiceUseCase):
    """What the upload raises is raised."""

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        """Process items, and store the answers together."""
        try:
            answers = [await self._process(item) for item in items]
        except Exception as error:
            return ProcessingResult(success=False, error=reason(error))
        content = json.dumps(answers).encode()
        uploaded = await self._external_service.upload_file(FILE_NAME, content)
        return ProcessingResult(success=True, file_id=uploaded["file_id"])


@awaited_once.mutant(clause=3)
class EmptyDataIsDropped(ExternalServiceUseCase):
    """Answers with empty data are left out of the file."""

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


@awaited_once.mutant(clause=4)
class CancellationIsAFailure(ExternalServiceUseCase):
    """A cancellation becomes a failed result."""

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        """Process items, and store the answers together."""
        try:
            answers = [await self._process(item) for item in items]
            content = json.dumps(answers).encode()
            uploaded = await self._external_service.upload_file(FILE_NAME, content)
            file_id = uploaded["file_id"]
        except BaseException as error:
            return ProcessingResult(success=False, error=reason(error))
        return ProcessingResult(success=True, file_id=file_id)


@awaited_once.alternative()
class ByName(ExternalServiceUseCase):
    """Passes the arguments by their names."""

    async def _process(self, item: Mapping[str, Any]) -> Any:
        """The data that the service answers for one item."""
        answer = await self._external_service.call_api(endpoint=ENDPOINT, payload=item)
        if answer.get("status") != "success":
            raise ExternalServiceError(f"{answer.get('status')!r} is what came back")
        return answer.get("data")

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        """Process items, and store the answers together."""
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


@awaited_once.alternative()
class PrettyJson(ExternalServiceUseCase):
    """Writes the JSON over several lines."""

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        """Process items, and store the answers together."""
        try:
            answers = [await self._process(item) for item in items]
            content = json.dumps(answers, indent=2, sort_keys=True).encode()
            uploaded = await self._external_service.upload_file(FILE_NAME, content)
            file_id = uploaded["file_id"]
        except Exception as error:
            return ProcessingResult(success=False, error=reason(error))
        return ProcessingResult(success=True, file_id=file_id)


@awaited_once.alternative()
class MoreWords(ExternalServiceUseCase):
    """Says more about the exception."""

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        """Process items, and store the answers together."""
        try:
            answers = [await self._process(item) for item in items]
            content = json.dumps(answers).encode()
            uploaded = await self._external_service.upload_file(FILE_NAME, content)
            file_id = uploaded["file_id"]
        except Exception as error:
            return ProcessingResult(success=False, error=f"processing failed: {type(error).__name__} ({error})")
        return ProcessingResult(success=True, file_id=file_id)

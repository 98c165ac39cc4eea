"""The mutants of `exceptions`: each has one bug, and breaks one clause."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from vespera_scriptorium.application.async_service import TRANSIENT, AsyncService
from vespera_scriptorium.domain.errors import AsyncServiceError, reason
from vespera_scriptorium.domain.results import ServiceStatus

from .exercise import exceptions

T = TypeVar("T")


@exceptions.mutant(promise="translated")
class SwallowsTheError(AsyncService):
    """Notes the failure and answers None, so that the caller takes it for a result."""

    async def run_with_retry(
        self,
        operation: str,
        work: Callable[[], Awaitable[T]],
        attempts: int = 3,
        delay: float = 0.0,
    ) -> T:
        if attempts < 1:
            raise ValueError("attempts must be 1 or more")
        self._refuse_if_failed(operation)
        try:
            return await self._attempt(work, attempts, delay)
        except OSError as error:
            self._failed(operation, error)
            return None  # type: ignore[return-value]  # that is the bug


@exceptions.mutant(promise="translated")
class LetsTheErrorThrough(AsyncService):
    """Lets the `OSError` out as it is, and leaves the translation to each caller."""

    async def run_with_retry(
        self,
        operation: str,
        work: Callable[[], Awaitable[T]],
        attempts: int = 3,
        delay: float = 0.0,
    ) -> T:
        if attempts < 1:
            raise ValueError("attempts must be 1 or more")
        self._refuse_if_failed(operation)
        try:
            return await self._attempt(work, attempts, delay)
        except OSError as error:
            self._failed(operation, error)
            raise


@exceptions.mutant(promise="reason")
class SaysThatItFailed(AsyncService):
    """Says that the operation failed, and keeps the reason to itself."""

    def _failed(self, operation: str, error: OSError) -> AsyncServiceError:
        self._status = ServiceStatus(False, operation, reason(error))
        return AsyncServiceError(f"{operation} failed")


@exceptions.mutant(promise="cause")
class LosesTheCause(AsyncService):
    """Raises the new error `from None`, so that the traceback ends at the wrong place."""

    async def run_with_retry(
        self,
        operation: str,
        work: Callable[[], Awaitable[T]],
        attempts: int = 3,
        delay: float = 0.0,
    ) -> T:
        if attempts < 1:
            raise ValueError("attempts must be 1 or more")
        self._refuse_if_failed(operation)
        try:
            return await self._attempt(work, attempts, delay)
        except OSError as error:
            raise self._failed(operation, error) from None


@exceptions.mutant(promise="programming")
class TranslatesEverything(AsyncService):
    """Catches `Exception`, and dresses programming errors up as trouble with the outside."""

    async def run_with_retry(
        self,
        operation: str,
        work: Callable[[], Awaitable[T]],
        attempts: int = 3,
        delay: float = 0.0,
    ) -> T:
        if attempts < 1:
            raise ValueError("attempts must be 1 or more")
        self._refuse_if_failed(operation)
        try:
            return await self._attempt(work, attempts, delay)
        except Exception as error:
            raise self._failed(operation, error) from error  # type: ignore[arg-type]  # that is the bug


@exceptions.mutant(promise="kinds")
class LetsTransientErrorsThrough(AsyncService):
    """Lets errors that may pass by themselves out as they are."""

    async def run_with_retry(
        self,
        operation: str,
        work: Callable[[], Awaitable[T]],
        attempts: int = 3,
        delay: float = 0.0,
    ) -> T:
        if attempts < 1:
            raise ValueError("attempts must be 1 or more")
        self._refuse_if_failed(operation)
        try:
            return await self._attempt(work, attempts, delay)
        except TRANSIENT:
            raise
        except OSError as error:
            raise self._failed(operation, error) from error


@exceptions.mutant(promise="operation")
class NamesNoOperation(AsyncService):
    """Passes on what went wrong, and not what was tried."""

    def _failed(self, operation: str, error: OSError) -> AsyncServiceError:
        self._status = ServiceStatus(False, operation, reason(error))
        return AsyncServiceError(reason(error))


@exceptions.mutant(promise="cause")
class CopiesTheCause(AsyncService):
    """Makes a new error of the same message the cause, without the traceback of the old one."""

    async def run_with_retry(
        self,
        operation: str,
        work: Callable[[], Awaitable[T]],
        attempts: int = 3,
        delay: float = 0.0,
    ) -> T:
        if attempts < 1:
            raise ValueError("attempts must be 1 or more")
        self._refuse_if_failed(operation)
        try:
            return await self._attempt(work, attempts, delay)
        except OSError as error:
            raise self._failed(operation, error) from OSError(reason(error))


@exceptions.mutant(promise="cancellation")
class TranslatesACancellation(AsyncService):
    """Takes a cancellation for trouble with the outside."""

    async def run_with_retry(
        self,
        operation: str,
        work: Callable[[], Awaitable[T]],
        attempts: int = 3,
        delay: float = 0.0,
    ) -> T:
        if attempts < 1:
            raise ValueError("attempts must be 1 or more")
        self._refuse_if_failed(operation)
        try:
            return await self._attempt(work, attempts, delay)
        except asyncio.CancelledError as cancellation:
            raise AsyncServiceError(f"{operation}: cancelled") from cancellation
        except OSError as error:
            raise self._failed(operation, error) from error


@exceptions.mutant(promise="answer")
class AnswersThatItWentWell(AsyncService):
    """Answers True in the place of what the work has answered."""

    async def run_with_retry(
        self,
        operation: str,
        work: Callable[[], Awaitable[T]],
        attempts: int = 3,
        delay: float = 0.0,
    ) -> T:
        if attempts < 1:
            raise ValueError("attempts must be 1 or more")
        self._refuse_if_failed(operation)
        try:
            return bool(await self._attempt(work, attempts, delay))  # type: ignore[return-value]
        except OSError as error:
            raise self._failed(operation, error) from error


@exceptions.mutant(promise="reason")
class TheNumberOnly(AsyncService):
    """Tells the first argument of the error, which for many an `OSError` is a number."""

    def _failed(self, operation: str, error: OSError) -> AsyncServiceError:
        self._status = ServiceStatus(False, operation, reason(error))
        return AsyncServiceError(f"{operation}: {error.args[0] if error.args else reason(error)}")


@exceptions.mutant(promise="cause")
class TheFirstCause(AsyncService):
    """Goes back to what had caused the error, where something had."""

    async def run(self, operation: str, work: Callable[[], Awaitable[T]]) -> T:
        self._refuse_if_failed(operation)
        try:
            return await work()
        except OSError as error:
            raise self._failed(operation, error) from (error.__cause__ or error)


@exceptions.mutant(promise="programming")
class OneBugIsEnough(AsyncService):
    """Knows `TypeError` as a programming error, and no other one."""

    async def run(self, operation: str, work: Callable[[], Awaitable[T]]) -> T:
        self._refuse_if_failed(operation)
        try:
            return await work()
        except TypeError:
            raise
        except Exception as error:
            raise AsyncServiceError(f"{operation}: {error}") from error


@exceptions.mutant(promise="answer")
class NoAnswerIsSuccess(AsyncService):
    """Answers True where the work has answered None."""

    async def run(self, operation: str, work: Callable[[], Awaitable[T]]) -> T:
        self._refuse_if_failed(operation)
        try:
            answer = await work()
        except OSError as error:
            raise self._failed(operation, error) from error
        return True if answer is None else answer  # type: ignore[return-value]  # the bug


@exceptions.mutant(promise="answer")
class EmptyIsNoAnswer(AsyncService):
    """Answers with None when the answer of the work is empty or 0."""

    async def run(self, operation: str, work: Callable[[], Awaitable[T]]) -> T:
        answer = await self.run_with_retry(operation, work, attempts=1)
        return answer or None  # type: ignore[return-value]  # that is the bug

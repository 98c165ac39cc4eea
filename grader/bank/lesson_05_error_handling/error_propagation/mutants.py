"""The mutants of `error-propagation`: each has one bug, and breaks one promise."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from vespera_scriptorium.application.async_service import TRANSIENT, AsyncService
from vespera_scriptorium.domain.errors import AsyncServiceError, reason
from vespera_scriptorium.domain.results import ServiceStatus

from .exercise import error_propagation

T = TypeVar("T")


@error_propagation.mutant(promise="raises")
class AnswersNone(AsyncService):
    """Notes the failure, raises nothing, and answers None, as if that were a result."""

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


@error_propagation.mutant(promise="any-kind")
class OnlyTheTransient(AsyncService):
    """Translates lost connections and timeouts. A full disk comes out as it is."""

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
        except TRANSIENT as error:
            raise self._failed(operation, error) from error


@error_propagation.mutant(promise="name")
class NameLost(AsyncService):
    """Passes the reason on, and does not say which operation it was."""

    def _failed(self, operation: str, error: OSError) -> AsyncServiceError:
        self._status = ServiceStatus(False, operation, reason(error))
        return AsyncServiceError(reason(error))


@error_propagation.mutant(promise="message")
class ReasonLost(AsyncService):
    """Says which operation it was, and keeps the reason to itself."""

    def _failed(self, operation: str, error: OSError) -> AsyncServiceError:
        self._status = ServiceStatus(False, operation, reason(error))
        return AsyncServiceError(f"{operation} failed")


@error_propagation.mutant(promise="cause")
class CauseLost(AsyncService):
    """Raises the new error after the `except` block, where nothing ties it to the old one."""

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
            failure = self._failed(operation, error)
        raise failure


@error_propagation.mutant(promise="bugs")
class BugsTranslated(AsyncService):
    """Catches every `Exception`, and reports a misspelt argument as trouble with the network."""

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


@error_propagation.mutant(promise="cancelled")
class CancellationTranslated(AsyncService):
    """Takes a cancelled operation for a failed one, so that whoever cancelled it is ignored."""

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
        except (OSError, asyncio.CancelledError) as error:
            raise self._failed(operation, error) from error  # type: ignore[arg-type]  # that is the bug


@error_propagation.mutant(promise="any-kind")
class ExactTypeOnly(AsyncService):
    """Translates an `OSError` of exactly this type, and the transient ones, and no other."""

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
            if type(error) is not OSError and not isinstance(error, TRANSIENT):
                raise
            raise self._failed(operation, error) from error


@error_propagation.mutant(promise="no-message")
class SaysNothing(AsyncService):
    """Passes the message on, and says nothing where it is empty."""

    def _failed(self, operation: str, error: OSError) -> AsyncServiceError:
        self._status = ServiceStatus(False, operation, reason(error))
        return AsyncServiceError(f"{operation}: {error}")


@error_propagation.mutant(promise="cause")
class CauseCopied(AsyncService):
    """Makes an error of its own the cause, with the message of the other one."""

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


@error_propagation.mutant(promise="cause")
class CauseOfTheCause(AsyncService):
    """Looks for the root of the trouble, and makes that the cause."""

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
            raise self._failed(operation, error) from (error.__cause__ or error)


@error_propagation.mutant(promise="bugs")
class LooksAtTheCause(AsyncService):
    """Translates a bug, too, where an `OSError` is its cause."""

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
            if isinstance(error, OSError):
                raise self._failed(operation, error) from error
            if isinstance(error.__cause__, OSError):
                raise self._failed(operation, error.__cause__) from error
            raise


@error_propagation.mutant(promise="same")
class RaisedAnew(AsyncService):
    """Raises a new exception of the type and with the text of the bug."""

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
            raise self._failed(operation, error) from error
        except Exception as error:
            raise type(error)(*error.args) from None


@error_propagation.mutant(promise="bug-is-no-failure")
class ABugIsAFailure(AsyncService):
    """Lets a bug out as it is, and refuses to work from then on."""

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
            raise self._failed(operation, error) from error
        except Exception as error:
            self._status = ServiceStatus(False, operation, reason(error))
            raise


@error_propagation.mutant(promise="cancelled-is-no-failure")
class ACancellationIsAFailure(AsyncService):
    """Lets a cancellation out, and refuses to work from then on."""

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
            raise self._failed(operation, error) from error
        except asyncio.CancelledError:
            self._status = ServiceStatus(False, operation, "cancelled")
            raise


@error_propagation.mutant(promise="cancelled-error")
class ErrorBeforeCancellation(AsyncService):
    """Translates the `OSError` of a work that was cancelled, and forgets who cancelled it."""

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
            raise self._failed(operation, error) from error
        except asyncio.CancelledError as cancelled:
            if isinstance(cancelled.__cause__, OSError):
                raise self._failed(operation, cancelled.__cause__) from cancelled.__cause__
            raise


@error_propagation.mutant(promise="cancelled-answer")
class AnswerBeforeCancellation(AsyncService):
    """Returns the answer of a work that was cancelled, and forgets who cancelled it."""

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
        answers: list[T] = []

        async def noted() -> T:
            answers.append(await work())
            return answers[-1]

        try:
            return await self._attempt(noted, attempts, delay)
        except OSError as error:
            raise self._failed(operation, error) from error
        except asyncio.CancelledError:
            if not answers:
                raise
            return answers[-1]

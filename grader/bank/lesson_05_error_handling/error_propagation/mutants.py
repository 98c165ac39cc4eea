"""The mutants of `error-propagation`: each has one bug, and breaks one clause."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from vespera_scriptorium.application.async_service import TRANSIENT, AsyncService
from vespera_scriptorium.domain.errors import AsyncServiceError, reason
from vespera_scriptorium.domain.results import ServiceStatus

from .exercise import error_propagation

T = TypeVar("T")


@error_propagation.mutant(clause=1)
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


@error_propagation.mutant(clause=1)
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


@error_propagation.mutant(clause=2)
class NameLost(AsyncService):
    """Passes the reason on, and does not say which operation it was."""

    def _failed(self, operation: str, error: OSError) -> AsyncServiceError:
        self._status = ServiceStatus(False, operation, reason(error))
        return AsyncServiceError(reason(error))


@error_propagation.mutant(clause=2)
class ReasonLost(AsyncService):
    """Says which operation it was, and keeps the reason to itself."""

    def _failed(self, operation: str, error: OSError) -> AsyncServiceError:
        self._status = ServiceStatus(False, operation, reason(error))
        return AsyncServiceError(f"{operation} failed")


@error_propagation.mutant(clause=3)
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


@error_propagation.mutant(clause=4)
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


@error_propagation.mutant(clause=5)
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

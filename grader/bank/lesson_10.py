"""Lesson 10, best practices: tests that cannot fail, repaired."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from grader.exercise import Exercise
from vespera_scriptorium.application.async_service import AsyncService
from vespera_scriptorium.domain.errors import AsyncServiceError, reason
from vespera_scriptorium.domain.results import ServiceStatus

T = TypeVar("T")

exceptions = Exercise(
    id="exceptions",
    lesson="10-best-practices",
    title="An error that is looked at",
    points=4,
    subject=AsyncService,
    contract=(
        "When the work given to `run` raises an `OSError`, `run` raises `AsyncServiceError`.",
        "The message of the `AsyncServiceError` holds the operation's name and the message of "
        "the `OSError`.",
        "Its `__cause__` is the very `OSError` that the work raised.",
        "Every other exception of the work comes out as it is.",
    ),
    hint="[pytest.raises](https://docs.pytest.org/en/stable/how-to/assert.html"
    "#assertions-about-expected-exceptions) hands out the exception it caught, as `.value` of "
    "what stands behind `as`.",
    worked="SwallowsTheError",
)


@exceptions.alternative()
class TranslatesAtTheEnd(AsyncService):
    """Keeps the error until the attempts are over, and translates it then."""

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
        last: OSError
        try:
            return await self._attempt(work, attempts, delay)
        except OSError as error:
            last = error
        self._status = ServiceStatus(False, operation, str(last))
        translated = AsyncServiceError(" - ".join([operation, str(last)]))
        translated.__cause__ = last
        raise translated


@exceptions.mutant(clause=1)
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


@exceptions.mutant(clause=1)
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


@exceptions.mutant(clause=2)
class SaysThatItFailed(AsyncService):
    """Says that the operation failed, and keeps the reason to itself."""

    def _failed(self, operation: str, error: OSError) -> AsyncServiceError:
        self._status = ServiceStatus(False, operation, reason(error))
        return AsyncServiceError(f"{operation} failed")


@exceptions.mutant(clause=3)
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


@exceptions.mutant(clause=4)
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

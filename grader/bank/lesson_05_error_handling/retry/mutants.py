"""The mutants of `retry`: each has one bug, and breaks one clause."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from vespera_scriptorium.application.async_service import TRANSIENT, AsyncService

from .exercise import retry

T = TypeVar("T")


@retry.mutant(clause=1)
class OneMore(AsyncService):
    """Counts the retries only, and forgets that the first attempt is one, too."""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        for _ in range(attempts):
            try:
                return await work()
            except TRANSIENT:
                await asyncio.sleep(delay)
        return await work()


@retry.mutant(clause=1)
class OnlyConnections(AsyncService):
    """Tries again when a connection is lost, and gives up at the first timeout."""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        for _ in range(attempts - 1):
            try:
                return await work()
            except ConnectionError:
                await asyncio.sleep(delay)
        return await work()


@retry.mutant(clause=2)
class TriedAtAClosedDoor(AsyncService):
    """Knocks again at a door that is closed for good: every `OSError` is tried again."""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        for _ in range(attempts - 1):
            try:
                return await work()
            except OSError:
                await asyncio.sleep(delay)
        return await work()


@retry.mutant(clause=3)
class WaitsAfterTheLast(AsyncService):
    """Waits after the last attempt as well, before it says what it knows already."""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        last: OSError = ConnectionError()
        for _ in range(attempts):
            try:
                return await work()
            except TRANSIENT as error:
                last = error
                await asyncio.sleep(delay)
        raise last


@retry.mutant(clause=4)
class FirstErrorRaised(AsyncService):
    """Keeps the first error for the caller, though the last one is what ended it."""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        first: OSError | None = None
        for _ in range(attempts - 1):
            try:
                return await work()
            except TRANSIENT as error:
                first = first or error
                await asyncio.sleep(delay)
        try:
            return await work()
        except TRANSIENT as error:
            raise first or error from None


@retry.mutant(clause=4)
class FallsOffTheEnd(AsyncService):
    """Leaves the loop when all attempts have failed, and answers None like any such function."""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        for attempt in range(attempts):
            try:
                return await work()
            except TRANSIENT:
                if attempt < attempts - 1:
                    await asyncio.sleep(delay)
        return None  # type: ignore[return-value]  # that is the bug


@retry.mutant(clause=5)
class CancellationTriedAgain(AsyncService):
    """Takes the cancellation of an attempt for one more transient error, and tries again."""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        for _ in range(attempts - 1):
            try:
                return await work()
            except (*TRANSIENT, asyncio.CancelledError):
                await asyncio.sleep(delay)
        return await work()


@retry.mutant(clause=5)
class CancellationEndsTheWait(AsyncService):
    """Takes a cancellation between two attempts for a wish to hurry."""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        for _ in range(attempts - 1):
            try:
                return await work()
            except TRANSIENT:
                try:
                    await asyncio.sleep(delay)
                except asyncio.CancelledError:
                    continue
        return await work()


@retry.mutant(clause=6)
class EachErrorIsAFailure(AsyncService):
    """Notes every failed attempt as a failure of the service, also when the next one works."""

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

        async def noted() -> T:
            try:
                return await work()
            except OSError as error:
                self._failed(operation, error)
                raise

        try:
            return await self._attempt(noted, attempts, delay)
        except OSError as error:
            raise self._failed(operation, error) from error

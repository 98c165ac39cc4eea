"""Own variants of retry, written from the contract and the source alone."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from grader.bank.lesson_05_error_handling.retry.exercise import retry
from vespera_scriptorium.application.async_service import TRANSIENT, AsyncService
from vespera_scriptorium.application.cancellation import heed
from vespera_scriptorium.domain.errors import AsyncServiceError
from vespera_scriptorium.domain.results import ServiceStatus

T = TypeVar("T")


@retry.mutant(clause=1)
class ExactTypesOnly(AsyncService):
    """compares the type of an error: a ConnectionResetError is none of the two"""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        for _ in range(attempts - 1):
            try:
                return await heed(work())
            except OSError as error:
                if type(error) not in TRANSIENT:
                    raise
                await asyncio.sleep(delay)
        return await heed(work())


@retry.mutant(clause=2)
class PausesBeforeItGivesUp(AsyncService):
    """pauses after any OSError, before it sees that it will not try again"""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        for _ in range(attempts - 1):
            try:
                return await heed(work())
            except OSError as error:
                await asyncio.sleep(delay)
                if not isinstance(error, TRANSIENT):
                    raise
        return await heed(work())


@retry.mutant(clause=3)
class WaitsLongerEachTime(AsyncService):
    """waits longer after each attempt"""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        for attempt in range(attempts - 1):
            try:
                return await heed(work())
            except TRANSIENT:
                await asyncio.sleep(delay * 2**attempt)
        return await heed(work())


@retry.mutant(clause=4)
class ACauseOfItsOwn(AsyncService):
    """makes an error of its own the cause, once all attempts have failed"""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        problem = ""
        for attempt in range(attempts):
            if attempt:
                await asyncio.sleep(delay)
            try:
                return await heed(work())
            except TRANSIENT as error:
                problem = str(error)
        raise ConnectionError(f"{attempts} attempts failed: {problem}")


@retry.mutant(clause=5)
class GivesUpWhenCancelled(AsyncService):
    """takes a cancellation of the pause for giving up: the last error comes out instead"""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        for _ in range(attempts - 1):
            try:
                return await heed(work())
            except TRANSIENT as error:
                try:
                    await asyncio.sleep(delay)
                except asyncio.CancelledError:
                    raise error from None
        return await heed(work())


@retry.mutant(clause=6)
class FailedUntilItSucceeds(AsyncService):
    """has failed from the first transient error on, until an attempt succeeds"""

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
                answer = await work()
            except OSError as error:
                self._failed(operation, error)
                raise
            self._status = ServiceStatus(healthy=True)
            return answer

        try:
            return await self._attempt(noted, attempts, delay)
        except OSError as error:
            raise self._failed(operation, error) from error


@retry.alternative()
class PausesWithATimer(AsyncService):
    """pauses with a timer of the loop, and not at all where the delay is zero"""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        left = attempts
        while True:
            left -= 1
            try:
                return await heed(work())
            except (ConnectionError, TimeoutError):
                if left == 0:
                    raise
            if delay > 0:
                over = asyncio.Event()
                timer = asyncio.get_running_loop().call_later(delay, over.set)
                try:
                    await over.wait()
                finally:
                    timer.cancel()


@retry.alternative()
class CountsDownByCallingItself(AsyncService):
    """tries again by calling itself, and says how often it tried"""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        if attempts == 1:
            return await heed(work())
        try:
            return await heed(work())
        except TRANSIENT:
            pass
        await asyncio.sleep(delay)
        return await self._attempt(work, attempts - 1, delay)

    def _failed(self, operation: str, error: OSError) -> AsyncServiceError:
        self._status = ServiceStatus(False, operation, str(error))
        return AsyncServiceError(f"gave up on {operation}, because: {error}")


@retry.alternative()
class AttemptsAreTasks(AsyncService):
    """makes a task of each attempt"""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        async def attempt() -> T:
            return await work()

        errors: list[OSError] = []
        while len(errors) < attempts:
            if errors:
                await asyncio.wait([asyncio.get_running_loop().create_future()], timeout=delay)
            try:
                return await heed(asyncio.create_task(attempt()))
            except TRANSIENT as error:
                errors.append(error)
        raise errors[-1]

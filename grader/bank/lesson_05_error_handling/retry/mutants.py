"""The mutants of `retry`: each has one bug, and breaks one promise."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from vespera_scriptorium.application.async_service import TRANSIENT, AsyncService
from vespera_scriptorium.application.cancellation import heed
from vespera_scriptorium.domain.results import ServiceStatus

from .exercise import retry

T = TypeVar("T")


@retry.mutant(promise="no-more")
class OneMore(AsyncService):
    """Counts the retries only, and forgets that the first attempt is one, too."""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        for _ in range(attempts):
            try:
                return await heed(work())
            except TRANSIENT:
                await asyncio.sleep(delay)
        return await heed(work())


@retry.mutant(promise="no-fewer")
class OneFewer(AsyncService):
    """Counts the first attempt twice, and makes one too few."""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        for _ in range(attempts - 2):
            try:
                return await heed(work())
            except TRANSIENT:
                await asyncio.sleep(delay)
        return await heed(work())


@retry.mutant(promise="transient")
class OnlyConnections(AsyncService):
    """Tries again when a connection is lost, and gives up at the first timeout."""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        for _ in range(attempts - 1):
            try:
                return await heed(work())
            except ConnectionError:
                await asyncio.sleep(delay)
        return await heed(work())


@retry.mutant(promise="subclasses")
class ExactTypes(AsyncService):
    """Compares the type of an error, and gives up when a connection is reset."""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        for _ in range(attempts - 1):
            try:
                return await heed(work())
            except OSError as error:
                if type(error) not in TRANSIENT:
                    raise
                await asyncio.sleep(delay)
        return await heed(work())


@retry.mutant(promise="answer")
class NoneIsNoAnswer(AsyncService):
    """Takes None for no answer, and tries again."""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        for _ in range(attempts - 1):
            try:
                answer = await heed(work())
            except TRANSIENT:
                await asyncio.sleep(delay)
            else:
                if answer is not None:
                    return answer
        return await heed(work())


@retry.mutant(promise="permanent")
class TriedAtAClosedDoor(AsyncService):
    """Tries again after every `OSError`, also at a door that is closed for good."""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        for _ in range(attempts - 1):
            try:
                return await heed(work())
            except OSError:
                await asyncio.sleep(delay)
        return await heed(work())


@retry.mutant(promise="bugs")
class BugsTriedAgain(AsyncService):
    """Tries again after a bug, as if it could go away."""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        for _ in range(attempts - 1):
            try:
                return await heed(work())
            except Exception as error:
                if isinstance(error, OSError) and not isinstance(error, TRANSIENT):
                    raise
                await asyncio.sleep(delay)
        return await heed(work())


@retry.mutant(promise="prompt")
class PausesBeforeItGivesUp(AsyncService):
    """Waits after any `OSError`, and looks only then whether to try again."""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        for _ in range(attempts - 1):
            try:
                return await heed(work())
            except OSError as error:
                await asyncio.sleep(delay)
                if not isinstance(error, TRANSIENT):
                    raise
        return await heed(work())


@retry.mutant(promise="pause")
class WaitsLongerEachTime(AsyncService):
    """Doubles the pause after each attempt."""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        pause = delay
        for _ in range(attempts - 1):
            try:
                return await heed(work())
            except TRANSIENT:
                await asyncio.sleep(pause)
                pause *= 2
        return await heed(work())


@retry.mutant(promise="edges")
class WaitsAfterTheLast(AsyncService):
    """Waits after the last attempt as well, before it says what it knows already."""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        last: OSError = ConnectionError()
        for _ in range(attempts):
            try:
                return await heed(work())
            except TRANSIENT as error:
                last = error
                await asyncio.sleep(delay)
        raise last


@retry.mutant(promise="last")
class FirstErrorRaised(AsyncService):
    """Keeps the first error for the caller, though the last one is what ended it."""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        first: OSError | None = None
        for _ in range(attempts - 1):
            try:
                return await heed(work())
            except TRANSIENT as error:
                first = first or error
                await asyncio.sleep(delay)
        try:
            return await heed(work())
        except TRANSIENT as error:
            raise first or error from None


@retry.mutant(promise="gives-up")
class FallsOffTheEnd(AsyncService):
    """Leaves the loop when all attempts have failed, and answers None like any such function."""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        for attempt in range(attempts):
            try:
                return await heed(work())
            except TRANSIENT:
                if attempt < attempts - 1:
                    await asyncio.sleep(delay)
        return None  # type: ignore[return-value]  # that is the bug


@retry.mutant(promise="in-an-attempt")
class CancellationTriedAgain(AsyncService):
    """Takes the cancellation of an attempt for one more transient error, and tries again."""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        for _ in range(attempts - 1):
            try:
                return await heed(work())
            except (*TRANSIENT, asyncio.CancelledError):
                await asyncio.sleep(delay)
        return await heed(work())


@retry.mutant(promise="in-a-pause")
class CancellationEndsTheWait(AsyncService):
    """Takes a cancellation between two attempts for a wish to hurry."""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        for _ in range(attempts - 1):
            try:
                return await heed(work())
            except TRANSIENT:
                try:
                    await asyncio.sleep(delay)
                except asyncio.CancelledError:
                    continue
        return await heed(work())


@retry.mutant(promise="turned")
class ErrorTriedAgain(AsyncService):
    """Tries again where a cancelled attempt says that its connection is lost."""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        for _ in range(attempts - 1):
            try:
                return await heed(work())
            except TRANSIENT:
                await asyncio.sleep(delay)
            except asyncio.CancelledError as cancelled:
                if not isinstance(cancelled.__cause__, TRANSIENT):
                    raise
                await asyncio.sleep(delay)
        return await heed(work())


@retry.mutant(promise="answered")
class AnswersAllTheSame(AsyncService):
    """Returns the answer of a cancelled attempt, and forgets who cancelled it."""

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
        except asyncio.CancelledError:
            if not answers:
                raise
            return answers[-1]
        except OSError as error:
            raise self._failed(operation, error) from error


@retry.mutant(promise="between")
class FailedUntilItSucceeds(AsyncService):
    """Has failed from the first transient error on, until an attempt answers."""

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


@retry.mutant(promise="afterwards")
class EachErrorIsAFailure(AsyncService):
    """Answers, and then notes the errors that it got over as failures."""

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
        errors: list[OSError] = []

        async def noted() -> T:
            try:
                return await work()
            except OSError as error:
                errors.append(error)
                raise

        try:
            answer = await self._attempt(noted, attempts, delay)
        except OSError as error:
            raise self._failed(operation, error) from error
        for one in errors:
            self._failed(operation, one)
        return answer

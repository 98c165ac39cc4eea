"""Own variants of retry, written from the contract and the application alone."""

from grader.bank import RETRY
from vespera_scriptorium.application.async_service import *  # noqa: F403


@RETRY.mutant(clause=1)
class OnlyTheTypesThemselves(AsyncService):
    """Tries again after a ConnectionError or TimeoutError, but not after a subclass of one."""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        """Await the work, and again after a transient error; the last error comes out."""
        for _ in range(attempts - 1):
            try:
                return await heed(work())
            except TRANSIENT as error:
                if type(error) not in TRANSIENT:
                    raise
                await asyncio.sleep(delay)
        return await heed(work())


@RETRY.mutant(clause=2)
class WaitsBeforeItGivesUp(AsyncService):
    """Sleeps once after an OSError that is not transient, before it gives up."""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        """Await the work, and again after a transient error; the last error comes out."""
        for _ in range(attempts - 1):
            try:
                return await heed(work())
            except OSError as error:
                await asyncio.sleep(delay)
                if not isinstance(error, TRANSIENT):
                    raise
        return await heed(work())


@RETRY.mutant(clause=3)
class DoublesTheDelay(AsyncService):
    """Waits twice as long each time, as a backoff would."""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        """Await the work, and again after a transient error; the last error comes out."""
        for number in range(attempts - 1):
            try:
                return await heed(work())
            except TRANSIENT:
                await asyncio.sleep(delay * 2**number)
        return await heed(work())


@RETRY.mutant(clause=4)
class CauseIsTheFirst(AsyncService):
    """Raises the error of the first attempt when all fail."""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        """Await the work, and again after a transient error; the last error comes out."""
        first = None
        for number in range(attempts):
            try:
                return await heed(work())
            except TRANSIENT as error:
                first = first or error
                if number == attempts - 1:
                    raise first
                await asyncio.sleep(delay)


@RETRY.mutant(clause=5)
class TriesAgainWhenCancelled(AsyncService):
    """Takes the error that a cancelled attempt raises for one of the attempt, and tries again."""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        """Await the work, and again after a transient error; the last error comes out."""
        for _ in range(attempts - 1):
            try:
                return await work()
            except TRANSIENT:
                await asyncio.sleep(delay)
        return await work()


@RETRY.mutant(clause=6)
class FailedMeanwhile(AsyncService):
    """Marks the service as failed after each transient error, and as well again after an answer."""

    async def run_with_retry(
        self,
        operation: str,
        work: Callable[[], Awaitable[T]],
        attempts: int = 3,
        delay: float = 0.0,
    ) -> T:
        """Run an operation, and again after a transient error, up to `attempts` times in all."""
        if attempts < 1:
            raise ValueError("attempts must be 1 or more")
        self._refuse_if_failed(operation)
        for number in range(attempts):
            try:
                answer = await heed(work())
            except OSError as error:
                failure = self._failed(operation, error)
                if number == attempts - 1 or not isinstance(error, TRANSIENT):
                    raise failure from error
                await asyncio.sleep(delay)
            else:
                self._status = ServiceStatus(healthy=True)
                return answer


@RETRY.alternative()
class CountsDown(AsyncService):
    """Counts the attempts that are left, in one loop, and sleeps outside of the handler."""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        """Await the work, and again after a transient error; the last error comes out."""
        left = attempts
        while True:
            left -= 1
            try:
                return await heed(work())
            except TRANSIENT:
                if left == 0:
                    raise
            await asyncio.sleep(delay)


@RETRY.alternative()
class OtherWords(AsyncService):
    """Says in other words that all attempts failed, with their number."""

    async def run_with_retry(
        self,
        operation: str,
        work: Callable[[], Awaitable[T]],
        attempts: int = 3,
        delay: float = 0.0,
    ) -> T:
        """Run an operation, and again after a transient error, up to `attempts` times in all."""
        if attempts < 1:
            raise ValueError("attempts must be 1 or more")
        self._refuse_if_failed(operation)
        failures = 0
        while True:
            try:
                return await heed(work())
            except OSError as error:
                failures += 1
                if failures < attempts and isinstance(error, TRANSIENT):
                    pass
                else:
                    self._status = ServiceStatus(False, operation, reason(error))
                    raise AsyncServiceError(
                        f"gave up {operation} after {failures} attempts ({reason(error)})"
                    ) from error
            await asyncio.sleep(delay)


@RETRY.alternative()
class RepeatsItself(AsyncService):
    """Calls itself for the attempts that are left."""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        """Await the work, and again after a transient error; the last error comes out."""
        if attempts == 1:
            return await heed(work())
        try:
            answer = await heed(work())
        except TRANSIENT:
            again = True
        else:
            again = False
        if not again:
            return answer
        await asyncio.sleep(delay)
        return await self._attempt(work, attempts - 1, delay)

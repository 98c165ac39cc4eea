"""Own variants of retry, written from the contract and the application alone."""

from grader.bank import retry
from vespera_scriptorium.application.async_service import *  # noqa: F403


@retry.mutant(clause=1)
class NoSubclasses(AsyncService):
    """Tries again after the two types themselves, and no subclass."""

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


@retry.mutant(clause=2)
class EveryOSError(AsyncService):
    """Tries again after every `OSError`."""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        """Await the work, and again after a transient error; the last error comes out."""
        for _ in range(attempts - 1):
            try:
                return await heed(work())
            except OSError:
                await asyncio.sleep(delay)
        return await heed(work())


@retry.mutant(clause=3)
class LongerEachTime(AsyncService):
    """Waits twice as long each time."""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        """Await the work, and again after a transient error; the last error comes out."""
        for _ in range(attempts - 1):
            try:
                return await heed(work())
            except TRANSIENT:
                await asyncio.sleep(delay)
                delay *= 2
        return await heed(work())


@retry.mutant(clause=4)
class TheFirstErrorIsTheCause(AsyncService):
    """The cause is the error of the first attempt."""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        """Await the work, and again after a transient error; the last error comes out."""
        first = None
        for attempt in range(attempts):
            try:
                return await heed(work())
            except TRANSIENT as error:
                first = first or error
                if attempt == attempts - 1:
                    raise first
                await asyncio.sleep(delay)


@retry.mutant(clause=5)
class AnErrorInPlaceOfIt(AsyncService):
    """A cancelled attempt that raises a transient error is followed by another."""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        """Await the work, and again after a transient error; the last error comes out."""
        for _ in range(attempts - 1):
            try:
                return await work()
            except TRANSIENT:
                await asyncio.sleep(delay)
        return await heed(work())


@retry.mutant(clause=6)
class FailedMeanwhile(AsyncService):
    """Between two attempts the service counts as failed."""

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
        for attempt in range(attempts):
            try:
                answer = await heed(work())
            except OSError as error:
                problem = self._failed(operation, error)
                if not isinstance(error, TRANSIENT) or attempt == attempts - 1:
                    raise problem from error
                await asyncio.sleep(delay)
            else:
                if attempt:
                    self._status = ServiceStatus(healthy=True)
                return answer


@retry.alternative()
class CountsDown(AsyncService):
    """Counts the attempts that are left."""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        """Await the work, and again after a transient error; the last error comes out."""
        left = attempts
        while True:
            left -= 1
            try:
                return await heed(work())
            except (TimeoutError, ConnectionError):
                if left <= 0:
                    raise
            await asyncio.sleep(delay)


@retry.alternative()
class OtherWords(AsyncService):
    """Says other words."""

    def _failed(self, operation: str, error: OSError) -> AsyncServiceError:
        """The error for the caller. From now on the service has failed."""
        self._status = ServiceStatus(False, operation, reason(error))
        return AsyncServiceError(f"gave up on {operation}: {error!r}")


@retry.alternative()
class WaitsOnAnEvent(AsyncService):
    """Waits with a timeout instead of a sleep."""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        """Await the work, and again after a transient error; the last error comes out."""
        for _ in range(attempts - 1):
            try:
                return await heed(work())
            except TRANSIENT:
                waiting = asyncio.get_running_loop().create_future()
                asyncio.get_running_loop().call_later(delay, lambda f=waiting: f.done() or f.set_result(None))
                await waiting
        return await heed(work())

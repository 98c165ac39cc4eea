"""Own variants of retry, written from the contract and the application alone."""

from grader.bank import RETRY
from vespera_scriptorium.application.async_service import *  # noqa: F403


@RETRY.mutant(clause=1)
class NoneIsNoAnswer(AsyncService):
    """Tries again when the work answers None."""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        """Await the work, and again after a transient error; the last error comes out."""
        for _ in range(attempts - 1):
            try:
                answer = await heed(work())
            except TRANSIENT:
                await asyncio.sleep(delay)
            else:
                if answer is not None:
                    return answer
        return await heed(work())


@RETRY.mutant(clause=2)
class EveryOSErrorIsTransient(AsyncService):
    """Tries again after an `OSError` of any kind, a `FileNotFoundError` for instance."""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        """Await the work, and again after a transient error; the last error comes out."""
        for _ in range(attempts - 1):
            try:
                return await heed(work())
            except OSError:
                await asyncio.sleep(delay)
        return await heed(work())


@RETRY.mutant(clause=3)
class WaitsAfterTheLast(AsyncService):
    """Waits after the last attempt, too, before it gives up."""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        """Await the work, and again after a transient error; the last error comes out."""
        last = None
        for _ in range(attempts):
            try:
                return await heed(work())
            except TRANSIENT as error:
                last = error
                await asyncio.sleep(delay)
        raise last


@RETRY.mutant(clause=4)
class FirstErrorIsTheCause(AsyncService):
    """When it gives up, the error of the first attempt comes out."""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        """Await the work, and again after a transient error; the last error comes out."""
        errors: list[OSError] = []
        while True:
            try:
                return await heed(work())
            except TRANSIENT as error:
                errors.append(error)
            if len(errors) == attempts:
                raise errors[0]
            await asyncio.sleep(delay)


@RETRY.mutant(clause=5)
class CancelledAttemptIsTriedAgain(AsyncService):
    """A cancelled attempt that raises a transient error instead is followed by another one."""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        """Await the work, and again after a transient error; the last error comes out."""
        for _ in range(attempts - 1):
            try:
                return await work()
            except TRANSIENT:
                await asyncio.sleep(delay)
        return await heed(work())


@RETRY.mutant(clause=6)
class FailedInBetween(AsyncService):
    """The service has failed from a transient error to the success that follows."""

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
        healthy = self._status
        attempt = 0
        while True:
            attempt += 1
            try:
                answer = await heed(work())
            except OSError as error:
                failure = self._failed(operation, error)
                if attempt == attempts or not isinstance(error, TRANSIENT):
                    raise failure from error
                await asyncio.sleep(delay)
            else:
                self._status = healthy
                return answer


@RETRY.alternative()
class WaitsBeforeEachButTheFirst(AsyncService):
    """Counts the attempts in a `while` loop, and waits at the begin of each but the first."""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        """Await the work, and again after a transient error; the last error comes out."""
        made = 0
        while True:
            if made:
                await asyncio.sleep(delay)
            made += 1
            try:
                return await heed(work())
            except (ConnectionError, TimeoutError):
                if made >= attempts:
                    raise


@RETRY.alternative()
class OneAttemptAndTheRest(AsyncService):
    """Makes one attempt, and asks itself for those that are left."""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        """Await the work, and again after a transient error; the last error comes out."""
        try:
            return await heed(work())
        except TRANSIENT as error:
            if attempts == 1:
                raise error from None
        await asyncio.sleep(delay)
        return await self._attempt(work, attempts - 1, delay)


@RETRY.alternative()
class WaitsOnAnEvent(AsyncService):
    """Waits on an event that never comes, and says all the errors when it gives up."""

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
        errors: list[OSError] = []
        while True:
            try:
                return await heed(work())
            except OSError as error:
                errors.append(error)
                if len(errors) == attempts or not isinstance(error, TRANSIENT):
                    self._failed(operation, error)
                    said = ", then ".join(reason(error) for error in errors)
                    raise AsyncServiceError(f"gave {operation} up: {said}") from error
            await asyncio.wait([asyncio.get_running_loop().create_future()], timeout=delay)

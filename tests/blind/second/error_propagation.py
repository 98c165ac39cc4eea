"""Own variants of error-propagation, written from the contract and the application alone."""

from grader.bank import ERROR_PROPAGATION
from vespera_scriptorium.application.async_service import *  # noqa: F403


@ERROR_PROPAGATION.mutant(clause=1)
class OnlyTransientErrors(AsyncService):
    """Only a `ConnectionError` or a `TimeoutError` is translated; a `FileNotFoundError` is not."""

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
        try:
            return await self._attempt(work, attempts, delay)
        except TRANSIENT as error:
            raise self._failed(operation, error) from error


@ERROR_PROPAGATION.mutant(clause=2)
class NothingToSay(AsyncService):
    """An `OSError` without a message leaves nothing but the operation's name."""

    def _failed(self, operation: str, error: OSError) -> AsyncServiceError:
        """The error for the caller. From now on the service has failed."""
        self._status = ServiceStatus(False, operation, reason(error))
        return AsyncServiceError(f"{operation}: {error}")


@ERROR_PROPAGATION.mutant(clause=3)
class CauseIsACopy(AsyncService):
    """The cause is a new error with the message of the one that `work` raised."""

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
        try:
            return await self._attempt(work, attempts, delay)
        except OSError as error:
            raise self._failed(operation, error) from OSError(*error.args)


@ERROR_PROPAGATION.mutant(clause=4)
class CauseDecides(AsyncService):
    """An exception that an `OSError` has caused counts as one."""

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
        try:
            return await self._attempt(work, attempts, delay)
        except OSError as error:
            raise self._failed(operation, error) from error
        except Exception as error:
            if isinstance(error.__cause__, OSError):
                raise self._failed(operation, error.__cause__) from error.__cause__
            raise


@ERROR_PROPAGATION.mutant(clause=4)
class BugFailsTheService(AsyncService):
    """A bug comes out as it is, but the next operation is refused."""

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
        try:
            return await self._attempt(work, attempts, delay)
        except Exception as error:
            failure = self._failed(operation, error)
            if isinstance(error, OSError):
                raise failure from error
            raise


@ERROR_PROPAGATION.mutant(clause=5)
class ErrorHidesTheCancellation(AsyncService):
    """An `OSError` that a cancelled work raises comes out as `AsyncServiceError`."""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        """Await the work, and again after a transient error; the last error comes out."""
        from vespera_scriptorium.application.cancellation import cancellations

        for attempt in range(attempts):
            before = cancellations()
            try:
                answer = await work()
            except TRANSIENT:
                if attempt == attempts - 1:
                    raise
                await asyncio.sleep(delay)
            else:
                if cancellations() > before:
                    raise asyncio.CancelledError
                return answer


@ERROR_PROPAGATION.alternative()
class OtherWords(AsyncService):
    """Says it in other words, with the type of the error in any case."""

    def _failed(self, operation: str, error: OSError) -> AsyncServiceError:
        """The error for the caller. From now on the service has failed."""
        self._status = ServiceStatus(False, operation, reason(error))
        return AsyncServiceError(f"{type(error).__name__} ({error}) in <{operation}>", error.errno)


@ERROR_PROPAGATION.alternative()
class InATaskOfItsOwn(AsyncService):
    """Awaits the work in a task of its own, and hands a cancellation on to it."""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        """Await the work, and again after a transient error; the last error comes out."""

        async def working() -> T:
            return await work()

        for attempt in range(attempts):
            task = asyncio.create_task(working())
            cancellation = None
            while not task.done():
                try:
                    await asyncio.wait([task])
                except asyncio.CancelledError as error:
                    cancellation = error
                    task.cancel()
            if cancellation is not None:
                if not task.cancelled():
                    task.exception()
                raise cancellation
            try:
                return task.result()
            except TRANSIENT:
                if attempt == attempts - 1:
                    raise
                await asyncio.sleep(delay)


@ERROR_PROPAGATION.alternative()
class RunOnItsOwn(AsyncService):
    """Runs an operation without the help of `run_with_retry`."""

    async def run(self, operation: str, work: Callable[[], Awaitable[T]]) -> T:
        """Run an operation under a name; answers with what `work` answers."""
        self._refuse_if_failed(operation)
        failure = None
        try:
            return await heed(work())
        except OSError as error:
            failure = self._failed(operation, error)
            failure.__cause__ = error
        raise failure

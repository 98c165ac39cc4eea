"""Own variants of exceptions, written from the contract and the application alone."""

from grader.bank import THE_EXCEPTIONS
from vespera_scriptorium.application.async_service import *  # noqa: F403


@THE_EXCEPTIONS.mutant(clause=1)
class TimeoutsPass(AsyncService):
    """A `TimeoutError` comes out as it is."""

    async def run(self, operation: str, work: Callable[[], Awaitable[T]]) -> T:
        """Run an operation under a name; answers with what `work` answers."""
        self._refuse_if_failed(operation)
        try:
            return await work()
        except TimeoutError:
            raise
        except OSError as error:
            raise self._failed(operation, error) from error


@THE_EXCEPTIONS.mutant(clause=2)
class FirstArgumentOnly(AsyncService):
    """The message holds the first argument of the error only, which may be a number."""

    def _failed(self, operation: str, error: OSError) -> AsyncServiceError:
        """The error for the caller. From now on the service has failed."""
        self._status = ServiceStatus(False, operation, reason(error))
        said = error.args[0] if error.args else type(error).__name__
        return AsyncServiceError(f"{operation}: {said}")


@THE_EXCEPTIONS.mutant(clause=3)
class RootCause(AsyncService):
    """The cause is the cause of the error, where it has one."""

    async def run(self, operation: str, work: Callable[[], Awaitable[T]]) -> T:
        """Run an operation under a name; answers with what `work` answers."""
        self._refuse_if_failed(operation)
        try:
            return await work()
        except OSError as error:
            raise self._failed(operation, error) from (error.__cause__ or error)


@THE_EXCEPTIONS.mutant(clause=4)
class OnlyTypeErrorsPass(AsyncService):
    """Of the programming errors, only a `TypeError` comes out as it is."""

    async def run(self, operation: str, work: Callable[[], Awaitable[T]]) -> T:
        """Run an operation under a name; answers with what `work` answers."""
        self._refuse_if_failed(operation)
        try:
            return await work()
        except TypeError:
            raise
        except Exception as error:
            raise self._failed(operation, error) from error


@THE_EXCEPTIONS.mutant(clause=4)
class CancellationIsAnError(AsyncService):
    """A cancellation comes out as `AsyncServiceError`."""

    async def run(self, operation: str, work: Callable[[], Awaitable[T]]) -> T:
        """Run an operation under a name; answers with what `work` answers."""
        self._refuse_if_failed(operation)
        try:
            return await work()
        except OSError as error:
            raise self._failed(operation, error) from error
        except asyncio.CancelledError as error:
            raise AsyncServiceError(f"{operation}: cancelled") from error


@THE_EXCEPTIONS.mutant(clause=5)
class EmptyIsASuccess(AsyncService):
    """An answer that is not truthy becomes a result of success."""

    async def run(self, operation: str, work: Callable[[], Awaitable[T]]) -> T:
        """Run an operation under a name; answers with what `work` answers."""
        answer = await self.run_with_retry(operation, work, attempts=1)
        return answer or ServiceResult(success=True)


@THE_EXCEPTIONS.alternative()
class MessageFirst(AsyncService):
    """Puts the message first and other words around it."""

    def _failed(self, operation: str, error: OSError) -> AsyncServiceError:
        """The error for the caller. From now on the service has failed."""
        self._status = ServiceStatus(False, operation, reason(error))
        return AsyncServiceError(f"{error} ({type(error).__name__}) while at <{operation}>")


@THE_EXCEPTIONS.alternative()
class WithoutRetry(AsyncService):
    """Awaits the work itself, and raises after the `except`."""

    async def run(self, operation: str, work: Callable[[], Awaitable[T]]) -> T:
        """Run an operation under a name; answers with what `work` answers."""
        self._refuse_if_failed(operation)
        try:
            answer = await work()
        except OSError as error:
            failure = self._failed(operation, error)
            failure.__cause__ = error
            failure.add_note("the service has failed")
        else:
            return answer
        raise failure


@THE_EXCEPTIONS.alternative()
class LateState(AsyncService):
    """Lets the loop run before the work, and after a failure."""

    async def run(self, operation: str, work: Callable[[], Awaitable[T]]) -> T:
        """Run an operation under a name; answers with what `work` answers."""
        await asyncio.sleep(0)
        try:
            return await self.run_with_retry(operation, work, attempts=1)
        except AsyncServiceError:
            await asyncio.sleep(0)
            raise

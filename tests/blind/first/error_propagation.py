"""Own variants of error-propagation, written from the contract and the application alone."""

from grader.bank import ERROR_PROPAGATION
from vespera_scriptorium.application.async_service import *  # noqa: F403


@ERROR_PROPAGATION.mutant(clause=1)
class OnlyTransientOnes(AsyncService):
    """Lets an OSError that is not transient out as it is."""

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
            failure = self._failed(operation, error)
            if not isinstance(error, TRANSIENT):
                raise
            raise failure from error


@ERROR_PROPAGATION.mutant(clause=2)
class NoTypeInTheMessage(AsyncService):
    """Says nothing after the operation's name when the message is empty."""

    def _failed(self, operation: str, error: OSError) -> AsyncServiceError:
        """The error for the caller. From now on the service has failed."""
        self._status = ServiceStatus(False, operation, reason(error))
        return AsyncServiceError(f"{operation}: {error}")


@ERROR_PROPAGATION.mutant(clause=3)
class RootCause(AsyncService):
    """Takes the cause of the OSError for the cause, where it has one."""

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
            raise self._failed(operation, error) from (error.__cause__ or error)


@ERROR_PROPAGATION.mutant(clause=4)
class LooksAtTheCause(AsyncService):
    """Takes an exception that was caused by an OSError for a failure of the service."""

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
class ABugFailsTheService(AsyncService):
    """Lets a bug out as it is, but marks the service as failed."""

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
            self._status = ServiceStatus(False, operation, reason(error))
            raise


@ERROR_PROPAGATION.mutant(clause=5)
class AnswersWhenCancelled(AsyncService):
    """Answers with what a cancelled work answers; its errors are heeded."""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        """Await the work, and again after a transient error; the last error comes out."""
        async def attempt() -> T:
            task = asyncio.current_task()
            before = task.cancelling()
            try:
                return await work()
            except Exception as error:
                if task.cancelling() > before:
                    raise asyncio.CancelledError from error
                raise

        for _ in range(attempts - 1):
            try:
                return await attempt()
            except TRANSIENT:
                await asyncio.sleep(delay)
        return await attempt()


@ERROR_PROPAGATION.alternative()
class OtherWords(AsyncService):
    """Says it in other words, the type always among them."""

    def _failed(self, operation: str, error: OSError) -> AsyncServiceError:
        """The error for the caller. From now on the service has failed."""
        self._status = ServiceStatus(False, operation, reason(error))
        return AsyncServiceError(f"({type(error).__name__}: {error}) while at {operation}!")


@ERROR_PROPAGATION.alternative()
class RunsByItself(AsyncService):
    """Runs a single operation without the help of the one with retries."""

    async def run(self, operation: str, work: Callable[[], Awaitable[T]]) -> T:
        """Run an operation under a name; answers with what `work` answers."""
        self._refuse_if_failed(operation)
        task = asyncio.current_task()
        before = task.cancelling() if task else 0
        problem = None
        answer = None
        try:
            answer = await work()
        except Exception as error:
            problem = error
        if task and task.cancelling() > before:
            raise asyncio.CancelledError("cancelled at work")
        if problem is None:
            return answer
        if not isinstance(problem, OSError):
            raise problem
        raise self._failed(operation, problem) from problem


@ERROR_PROPAGATION.alternative()
class RaisesLater(AsyncService):
    """Raises outside of the handler, and sets the cause by hand."""

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
            caught = error
        failure = self._failed(operation, caught)
        failure.__cause__ = caught
        failure.add_note("see the cause")
        raise failure

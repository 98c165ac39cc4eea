"""Lesson 05, error handling: what comes out, life after it, and when to try again."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from grader.exercise import Exercise
from vespera_scriptorium.application.async_service import TRANSIENT, AsyncService
from vespera_scriptorium.domain.errors import AsyncServiceError, reason
from vespera_scriptorium.domain.results import ServiceResult, ServiceStatus

T = TypeVar("T")

# --------------------------------------------------------------------------------------------
error_propagation = Exercise(
    id="error-propagation",
    lesson="05-error-handling",
    title="What comes out",
    points=4,
    subject=AsyncService,
    contract=(
        "When `work` raises an `OSError` of any kind, `run(operation, work)` raises "
        "`AsyncServiceError`.",
        "Its message holds the operation's name and the message of the `OSError`.",
        "Its `__cause__` is the very `OSError` that `work` raised.",
        "Any other `Exception` is a bug, and comes out as it is.",
        "A `CancelledError` is neither, and comes out as it is, too.",
    ),
    hint="[Assertions about expected exceptions](https://docs.pytest.org/en/stable/how-to/"
    "assert.html#assertions-about-expected-exceptions) in pytest's documentation, and "
    "[the hierarchy of exceptions](https://docs.python.org/3/library/exceptions.html"
    "#exception-hierarchy) in Python's.",
    worked="AnswersNone",
)


@error_propagation.alternative()
class LooksItUp(AsyncService):
    """Looks up in a table what becomes of an error.

    `str`: words its messages in its own way.
    `match`: words its messages in its own way.
    `error`: words its messages in its own way.
    """

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
        translations = {OSError: self._failed}
        try:
            return await self._attempt(work, attempts, delay)
        except BaseException as error:
            for kind in type(error).__mro__:
                if kind in translations:
                    translated = translations[kind](operation, error)  # type: ignore[arg-type]  # kind says so
                    translated.__cause__ = error
                    raise translated
            raise

    def _failed(self, operation: str, error: OSError) -> AsyncServiceError:
        self._status = ServiceStatus(False, operation, reason(error))
        return AsyncServiceError(f"[{reason(error)}] ended the operation {operation}")


@error_propagation.mutant(clause=1)
class AnswersNone(AsyncService):
    """Notes the failure, raises nothing, and answers None, as if that were a result."""

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


@error_propagation.mutant(clause=1)
class OnlyTheTransient(AsyncService):
    """Translates lost connections and timeouts. A full disk comes out as it is."""

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
        except TRANSIENT as error:
            raise self._failed(operation, error) from error


@error_propagation.mutant(clause=2)
class NameLost(AsyncService):
    """Passes the reason on, and does not say which operation it was."""

    def _failed(self, operation: str, error: OSError) -> AsyncServiceError:
        self._status = ServiceStatus(False, operation, reason(error))
        return AsyncServiceError(reason(error))


@error_propagation.mutant(clause=2)
class ReasonLost(AsyncService):
    """Says which operation it was, and keeps the reason to itself."""

    def _failed(self, operation: str, error: OSError) -> AsyncServiceError:
        self._status = ServiceStatus(False, operation, reason(error))
        return AsyncServiceError(f"{operation} failed")


@error_propagation.mutant(clause=3)
class CauseLost(AsyncService):
    """Raises the new error after the `except` block, where nothing ties it to the old one."""

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
            failure = self._failed(operation, error)
        raise failure


@error_propagation.mutant(clause=4)
class BugsTranslated(AsyncService):
    """Catches every `Exception`, and reports a misspelt argument as trouble with the network."""

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


@error_propagation.mutant(clause=5)
class CancellationTranslated(AsyncService):
    """Takes a cancelled operation for a failed one, so that whoever cancelled it is ignored."""

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
        except (OSError, asyncio.CancelledError) as error:
            raise self._failed(operation, error) from error  # type: ignore[arg-type]  # that is the bug


# --------------------------------------------------------------------------------------------
recovery = Exercise(
    id="recovery",
    lesson="05-error-handling",
    title="Life after the error",
    points=5,
    subject=AsyncService,
    contract=(
        "Once an operation has ended in `AsyncServiceError`, the service has failed: until it "
        "recovers, every operation, under any name, raises `AsyncServiceError`.",
        "An operation that is refused is not run: its `work` is not called.",
        "While the service has failed, `status.failed_operation` is the name of the operation that "
        "failed and `status.last_error` the message of its `OSError`, if empty its type's name; "
        "refusals or not.",
        "Nothing but `recover_from_error` ends the failure. An operation that was at work when "
        "another one failed may still end well: it answers, and the service stays failed.",
        "`recover_from_error` answers with `success`, and operations run again.",
        "Recovered, the service's `status` equals that of a new service.",
        "To recover twice, or without need, succeeds as well and changes nothing.",
    ),
    hint="[asyncio.Event](https://docs.python.org/3/library/asyncio-sync.html#asyncio.Event) keeps "
    "one operation at work while another one fails. `AsyncMock` "
    "[counts its awaits](https://docs.python.org/3/library/unittest.mock.html"
    "#unittest.mock.AsyncMock.await_count), also when there are none.",
    worked="NeverRecovers",
)


@recovery.alternative()
class StartsOver(AsyncService):
    """Takes a second to recover, and starts over as a new service.

    `str`: refuses in its own words.
    `match`: refuses in its own words.
    """

    def _refuse_if_failed(self, operation: str) -> None:
        if self._status.failed_operation is not None:
            raise AsyncServiceError(f"recover the service before you run {operation}")

    async def recover_from_error(self) -> ServiceResult:
        await asyncio.sleep(1)
        self._status = AsyncService().status
        return ServiceResult(success=True, output="started over")


@recovery.mutant(clause=1)
class RefusesOneOperation(AsyncService):
    """Refuses the operation that failed, and runs all others on a broken service."""

    def _refuse_if_failed(self, operation: str) -> None:
        if self._status.failed_operation == operation:
            raise AsyncServiceError(
                f"{operation}: not run, because {self._status.failed_operation} has failed"
            )


@recovery.mutant(clause=2)
class RefusesTooLate(AsyncService):
    """Refuses when the work has been done already, and throws its answer away."""

    async def run_with_retry(
        self,
        operation: str,
        work: Callable[[], Awaitable[T]],
        attempts: int = 3,
        delay: float = 0.0,
    ) -> T:
        if attempts < 1:
            raise ValueError("attempts must be 1 or more")
        healthy = self._status.healthy
        try:
            answer = await self._attempt(work, attempts, delay)
        except OSError as error:
            raise self._failed(operation, error) from error
        if not healthy:
            self._refuse_if_failed(operation)
        return answer


@recovery.mutant(clause=3)
class RefusalIsAFailure(AsyncService):
    """Notes each refusal as the latest failure, so that nobody finds the first one any more."""

    def _refuse_if_failed(self, operation: str) -> None:
        if not self._status.healthy:
            refusal = f"not run, because {self._status.failed_operation} has failed"
            raise self._failed(operation, OSError(refusal))


@recovery.mutant(clause=4)
class SuccessHeals(AsyncService):
    """Takes an operation that ends well for a sign that the service is well."""

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
            answer = await self._attempt(work, attempts, delay)
        except OSError as error:
            raise self._failed(operation, error) from error
        self._status = ServiceStatus(healthy=True)
        return answer


@recovery.mutant(clause=5)
class NeverRecovers(AsyncService):
    """Forgets the `self` and makes a healthy status that nobody ever sees."""

    async def recover_from_error(self) -> ServiceResult:
        await asyncio.sleep(0)
        status = ServiceStatus(healthy=True)
        return ServiceResult(success=status.healthy)


@recovery.mutant(clause=6)
class KeepsTheFailure(AsyncService):
    """Is healthy again, and still tells everybody what failed before."""

    async def recover_from_error(self) -> ServiceResult:
        await asyncio.sleep(0)
        failed_operation, last_error = self._status.failed_operation, self._status.last_error
        self._status = ServiceStatus(True, failed_operation, last_error)
        return ServiceResult(success=True)


@recovery.mutant(clause=7)
class NothingToRecoverFrom(AsyncService):
    """Raises when there is nothing to recover from, so that two callers cannot both recover."""

    async def recover_from_error(self) -> ServiceResult:
        await asyncio.sleep(0)
        if self._status.healthy:
            raise AsyncServiceError("there is nothing to recover from")
        self._status = ServiceStatus(healthy=True)
        return ServiceResult(success=True)


# --------------------------------------------------------------------------------------------
retry = Exercise(
    id="retry",
    lesson="05-error-handling",
    title="When to try again",
    points=5,
    subject=AsyncService,
    contract=(
        "`run_with_retry(operation, work, attempts, delay)` awaits `work()` again after a "
        "transient error, `ConnectionError` or `TimeoutError`, until it answers; "
        "`attempts` times in all, and no more.",
        "After any other exception it never tries again: an `OSError` becomes "
        "`AsyncServiceError` at once.",
        "Between two attempts it waits `delay` seconds; before the first and after the last it "
        "does not wait.",
        "When every attempt fails, it raises `AsyncServiceError`, and the `__cause__` is the error "
        "of the last attempt.",
        "Cancelled, in an attempt or between two, it raises `CancelledError` "
        "and makes no further attempt.",
        "A transient error that it got over has not failed the service: other operations run, "
        "also between two attempts.",
    ),
    hint="An [AsyncMock](https://docs.python.org/3/library/unittest.mock.html"
    "#unittest.mock.AsyncMock) whose `side_effect` is a list raises or answers with one entry a "
    "call. The loop's own [time](https://docs.python.org/3/library/asyncio-eventloop.html"
    "#asyncio.loop.time) is the clock to read.",
    worked="OneMore",
)


@retry.alternative()
class CallsItself(AsyncService):
    """Calls itself for the attempts that are left, and waits for an event that never comes."""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        try:
            return await work()
        except TRANSIENT:
            if attempts == 1:
                raise
        try:
            async with asyncio.timeout(delay):
                await asyncio.Event().wait()
        except TimeoutError:
            pass
        return await self._attempt(work, attempts - 1, delay)


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

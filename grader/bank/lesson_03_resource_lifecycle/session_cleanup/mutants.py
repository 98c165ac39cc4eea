"""The mutants of `session-cleanup`: each has one bug, and breaks one promise."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from vespera_scriptorium.application.async_resource_manager import (
    AsyncResourceManager,
    ResourceSession,
)
from vespera_scriptorium.domain.errors import noted_on, raise_one
from vespera_scriptorium.domain.results import CleanupStatus

from .exercise import session_cleanup


@session_cleanup.mutant(promise="after-error")
class OnlyAfterSuccess(AsyncResourceManager):
    """Closes behind the `yield` without a `finally`: an exception passes it by."""

    @asynccontextmanager
    async def create_session(self) -> AsyncIterator["ResourceSession"]:
        session = ResourceSession(self._provider)
        yield session
        await session.close()


@session_cleanup.mutant(promise="error-out")
class SwallowsTheError(AsyncResourceManager):
    """Ignores the exception, as long as everything gets closed."""

    @asynccontextmanager
    async def create_session(self) -> AsyncIterator["ResourceSession"]:
        session = ResourceSession(self._provider)
        try:
            yield session
        except Exception:
            pass
        except BaseException as error:
            with noted_on(error, "closing failed"):
                await session.close()
            raise
        await session.close()


@session_cleanup.mutant(promise="after-cancellation")
class MissesCancellation(AsyncResourceManager):
    """Catches `Exception` to clean up, and a cancellation is none."""

    @asynccontextmanager
    async def create_session(self) -> AsyncIterator["ResourceSession"]:
        session = ResourceSession(self._provider)
        try:
            yield session
        except Exception as error:
            with noted_on(error, "closing failed"):
                await session.close()
            raise
        await session.close()


@session_cleanup.mutant(promise="closed")
class CloseNotAwaited(ResourceSession):
    """Calls `close` and forgets `await`: a coroutine is made, and nothing of it runs."""

    async def close(self) -> None:
        if self._ended:
            return
        self._ended = True
        errors: list[BaseException] = []
        for resource_id in reversed(self._created):
            try:
                self._provider.close(resource_id)  # type: ignore[unused-coroutine]  # that is the bug
            except BaseException as error:
                errors.append(error)
        raise_one(errors)


@session_cleanup.mutant(promise="last-first")
class OldestFirst(ResourceSession):
    """Closes in the order of creation: what is still needed goes first."""

    async def close(self) -> None:
        if self._ended:
            return
        self._ended = True
        errors: list[BaseException] = []
        for resource_id in self._created:
            try:
                await self._provider.close(resource_id)
            except BaseException as error:
                errors.append(error)
        raise_one(errors)


@session_cleanup.mutant(promise="one-by-one")
class ClosesTogether(ResourceSession):
    """Closes everything at the same time, because that is faster."""

    async def close(self) -> None:
        import asyncio

        if self._ended:
            return
        self._ended = True
        closing = [self._provider.close(resource_id) for resource_id in reversed(self._created)]
        outcomes = await asyncio.gather(*closing, return_exceptions=True)
        raise_one(outcome for outcome in outcomes if isinstance(outcome, BaseException))


@session_cleanup.mutant(promise="stops-none")
class FirstErrorEndsIt(ResourceSession):
    """Closes in a plain loop, which the first close that fails leaves."""

    async def close(self) -> None:
        if self._ended:
            return
        self._ended = True
        for resource_id in reversed(self._created):
            await self._provider.close(resource_id)


@session_cleanup.mutant(promise="open")
class AlwaysCleanedUp(AsyncResourceManager):
    """Says that every resource is cleaned up, because after a session every one is."""

    async def verify_cleanup(self, resource_id: str) -> CleanupStatus:
        return CleanupStatus(resource_id, cleaned_up=True)


@session_cleanup.mutant(promise="unknown")
class UnknownIsCleanedUp(AsyncResourceManager):
    """Takes None for closed: `not None` is True."""

    async def verify_cleanup(self, resource_id: str) -> CleanupStatus:
        is_open = await self._provider.is_open(resource_id)
        return CleanupStatus(resource_id, cleaned_up=not is_open)


@session_cleanup.mutant(promise="error-kept")
class CloseErrorHidesTheRest(AsyncResourceManager):
    """Closes in a `finally`: the error of a close takes the place of what ended the block."""

    @asynccontextmanager
    async def create_session(self) -> AsyncIterator["ResourceSession"]:
        session = ResourceSession(self._provider)
        try:
            yield session
        finally:
            await session.close()


@session_cleanup.mutant(promise="cancellation-kept")
class CloseErrorHidesCancellation(AsyncResourceManager):
    """Saves an `Exception` from the error of a close, and leaves a cancellation to it."""

    @asynccontextmanager
    async def create_session(self) -> AsyncIterator["ResourceSession"]:
        session = ResourceSession(self._provider)
        try:
            yield session
        except Exception as error:
            with noted_on(error, "closing failed"):
                await session.close()
            raise
        finally:
            await session.close()


@session_cleanup.mutant(promise="rest-closed")
class CancelledCloseEndsIt(ResourceSession):
    """Goes on after an `Exception` of a close, and a cancelled close raises none."""

    async def close(self) -> None:
        if self._ended:
            return
        self._ended = True
        errors: list[BaseException] = []
        for resource_id in reversed(self._created):
            try:
                await self._provider.close(resource_id)
            except Exception as error:
                errors.append(error)
        raise_one(errors)


@session_cleanup.mutant(promise="cancelled-after-error")
class CancellationIsOneErrorMore(AsyncResourceManager):
    """Takes a cancellation during a close for one more error, and notes it on what came first."""

    @asynccontextmanager
    async def create_session(self) -> AsyncIterator["ResourceSession"]:
        session = ResourceSession(self._provider)
        try:
            yield session
        except BaseException as error:
            try:
                await session.close()
            except BaseException as problem:
                error.add_note(f"closing failed: {problem!r}")
            raise
        await session.close()


@session_cleanup.mutant(promise="each")
class OnlyTheLast(ResourceSession):
    """Closes the resource that was created last, and forgets those before it."""

    async def close(self) -> None:
        if self._ended:
            return
        self._ended = True
        errors: list[BaseException] = []
        for resource_id in self._created[-1:]:
            try:
                await self._provider.close(resource_id)
            except BaseException as error:
                errors.append(error)
        raise_one(errors)


@session_cleanup.mutant(promise="closed-once")
class ClosesToBeSure(ResourceSession):
    """Closes each resource a second time, to be sure."""

    async def close(self) -> None:
        if self._ended:
            return
        self._ended = True
        errors: list[BaseException] = []
        for resource_id in reversed(self._created):
            try:
                await self._provider.close(resource_id)
                await self._provider.close(resource_id)
            except BaseException as error:
                errors.append(error)
        raise_one(errors)


@session_cleanup.mutant(promise="very-error")
class ErrorInOtherWords(AsyncResourceManager):
    """Raises an error of the session for the one that ended the block."""

    @asynccontextmanager
    async def create_session(self) -> AsyncIterator["ResourceSession"]:
        session = ResourceSession(self._provider)
        try:
            yield session
        except BaseException as error:
            with noted_on(error, "closing failed"):
                await session.close()
            if isinstance(error, Exception):
                raise type(error)(f"the session failed: {error}") from error
            raise
        await session.close()


@session_cleanup.mutant(promise="cancellation-out")
class CancellationIsATimeout(AsyncResourceManager):
    """Raises `TimeoutError` for a cancellation inside the block."""

    @asynccontextmanager
    async def create_session(self) -> AsyncIterator["ResourceSession"]:
        session = ResourceSession(self._provider)
        try:
            yield session
        except BaseException as error:
            with noted_on(error, "closing failed"):
                await session.close()
            if not isinstance(error, Exception):
                raise TimeoutError("the session was cut short") from error
            raise
        await session.close()


@session_cleanup.mutant(promise="last-first")
class LastByName(ResourceSession):
    """Closes the resource first whose id comes last in the alphabet."""

    async def close(self) -> None:
        if self._ended:
            return
        self._ended = True
        errors: list[BaseException] = []
        for resource_id in sorted(self._created, reverse=True):
            try:
                await self._provider.close(resource_id)
            except BaseException as error:
                errors.append(error)
        raise_one(errors)


@session_cleanup.mutant(promise="close-error")
class CloseErrorsForgotten(ResourceSession):
    """Closes to the end, and tells nobody which close has failed."""

    async def close(self) -> None:
        if self._ended:
            return
        self._ended = True
        errors: list[BaseException] = []
        for resource_id in reversed(self._created):
            try:
                await self._provider.close(resource_id)
            except BaseException as error:
                errors.append(error)
        raise_one(error for error in errors if not isinstance(error, Exception))


@session_cleanup.mutant(promise="cancelled-and-failed")
class TheFirstErrorComesOut(ResourceSession):
    """Raises the first error of a close, also when a later one was a cancellation."""

    async def close(self) -> None:
        if self._ended:
            return
        self._ended = True
        errors: list[BaseException] = []
        for resource_id in reversed(self._created):
            try:
                await self._provider.close(resource_id)
            except BaseException as error:
                errors.append(error)
        if errors:
            raise errors[0]


@session_cleanup.mutant(promise="patient")
class WaitsForAMinute(ResourceSession):
    """Gives each close a minute, and gives it up then."""

    async def close(self) -> None:
        import asyncio

        if self._ended:
            return
        self._ended = True
        errors: list[BaseException] = []
        for resource_id in reversed(self._created):
            try:
                await asyncio.wait_for(self._provider.close(resource_id), 60)
            except BaseException as error:
                errors.append(error)
        raise_one(errors)


@session_cleanup.mutant(promise="any-error")
class ExpectsSomeErrors(AsyncResourceManager):
    """Closes after errors that a block is known to raise, and not after others."""

    @asynccontextmanager
    async def create_session(self) -> AsyncIterator["ResourceSession"]:
        session = ResourceSession(self._provider)
        try:
            yield session
        except BaseException as error:
            known = (OSError, RuntimeError, ValueError)
            if isinstance(error, Exception) and not isinstance(error, known):
                raise
            with noted_on(error, "closing failed"):
                await session.close()
            raise
        await session.close()


@session_cleanup.mutant(promise="any-close")
class ExpectsOSErrors(ResourceSession):
    """Goes on after an `OSError` of a close, and after no other error."""

    async def close(self) -> None:
        if self._ended:
            return
        self._ended = True
        errors: list[BaseException] = []
        for resource_id in reversed(self._created):
            try:
                await self._provider.close(resource_id)
            except Exception as error:
                errors.append(error)
                if not isinstance(error, OSError):
                    break
            except BaseException as error:
                errors.append(error)
        raise_one(errors)

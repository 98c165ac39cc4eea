"""Own variants of session-cleanup, written from the contract and the application alone."""

from grader.bank import SESSION_CLEANUP
from vespera_scriptorium.application.async_resource_manager import *  # noqa: F403


@SESSION_CLEANUP.mutant(clause=2)
class CloseHidesTheException(AsyncResourceManager):
    """When a close fails after an exception in the block, the error of the close comes out."""

    @asynccontextmanager
    async def create_session(self) -> AsyncIterator["ResourceSession"]:
        """Open a session: `async with manager.create_session() as session`."""
        import asyncio

        session = ResourceSession(self._provider)
        try:
            yield session
        except asyncio.CancelledError as error:
            with noted_on(error, "closing failed"):
                await session.close()
            raise
        except BaseException:
            await session.close()
            raise
        await session.close()


@SESSION_CLEANUP.mutant(clause=3)
class CancelledLeavesOpen(AsyncResourceManager):
    """A cancellation inside the block closes nothing."""

    @asynccontextmanager
    async def create_session(self) -> AsyncIterator["ResourceSession"]:
        """Open a session: `async with manager.create_session() as session`."""
        session = ResourceSession(self._provider)
        try:
            yield session
        except Exception as error:
            with noted_on(error, "closing failed"):
                await session.close()
            raise
        await session.close()


@SESSION_CLEANUP.mutant(clause=4)
class ClosesTogether(ResourceSession):
    """Closes begin in the right order, but do not wait for each other."""

    async def close(self) -> None:
        """End the session; `create_session` does it at the end of the block."""
        import asyncio

        if self._ended:
            return
        self._ended = True
        closes = [
            asyncio.ensure_future(self._provider.close(resource_id))
            for resource_id in reversed(self._created)
        ]
        errors: list[BaseException] = []
        while not all(close.done() for close in closes):
            try:
                await asyncio.wait(closes)
            except asyncio.CancelledError as error:
                errors.append(error)
        for close in closes:
            if close.cancelled():
                errors.append(asyncio.CancelledError())
            elif error := close.exception():
                errors.append(error)
        raise_one(errors)


@SESSION_CLEANUP.mutant(clause=5)
class OnlyOSErrorsAreGotOver(ResourceSession):
    """A close that fails with anything but an `OSError` stops the others."""

    async def close(self) -> None:
        """End the session; `create_session` does it at the end of the block."""
        import asyncio

        if self._ended:
            return
        self._ended = True
        errors: list[BaseException] = []
        for resource_id in reversed(self._created):
            try:
                await self._provider.close(resource_id)
            except (OSError, asyncio.CancelledError) as error:
                errors.append(error)
        raise_one(errors)


@SESSION_CLEANUP.mutant(clause=6)
class CancelledCloseStopsTheRest(ResourceSession):
    """When it is cancelled during a close, the rest stay open."""

    async def close(self) -> None:
        """End the session; `create_session` does it at the end of the block."""
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


@SESSION_CLEANUP.mutant(clause=7)
class UnknownIsCleanedUp(AsyncResourceManager):
    """Says of a resource that nobody created that it is cleaned up."""

    async def verify_cleanup(self, resource_id: str) -> CleanupStatus:
        """Ask whether a resource was cleaned up."""
        is_open = await self._provider.is_open(resource_id)
        return CleanupStatus(resource_id, cleaned_up=not is_open)


@SESSION_CLEANUP.alternative()
class StackOfCloses(ResourceSession):
    """Leaves the order to an exit stack, and raises the last error of several."""

    async def close(self) -> None:
        """End the session; `create_session` does it at the end of the block."""
        from contextlib import AsyncExitStack

        if self._ended:
            return
        self._ended = True
        errors: list[BaseException] = []

        async def close(resource_id: str) -> None:
            try:
                await self._provider.close(resource_id)
            except BaseException as error:
                errors.insert(0, error)

        async with AsyncExitStack() as stack:
            for resource_id in self._created:
                stack.push_async_callback(close, resource_id)
        raise_one(errors)


@SESSION_CLEANUP.alternative()
class ForgetsWhatIsClosed(ResourceSession):
    """Takes each resource from its list before it closes it."""

    async def close(self) -> None:
        """End the session; `create_session` does it at the end of the block."""
        self._ended = True
        failure: BaseException | None = None
        while self._created:
            resource_id = self._created.pop()
            try:
                await self._provider.close(resource_id)
            except Exception as error:
                failure = failure or error
            except BaseException as error:
                failure = error
        if failure is not None:
            raise failure


@SESSION_CLEANUP.alternative()
class OneWayOut(AsyncResourceManager):
    """Notes how the block ended, and closes in one place for all ways."""

    @asynccontextmanager
    async def create_session(self) -> AsyncIterator["ResourceSession"]:
        """Open a session: `async with manager.create_session() as session`."""
        session = ResourceSession(self._provider)
        ended_by: BaseException | None = None
        try:
            yield session
        except BaseException as error:
            ended_by = error
        try:
            await session.close()
        except Exception:
            if ended_by is None:
                raise
        if ended_by is not None:
            raise ended_by

    async def verify_cleanup(self, resource_id: str) -> CleanupStatus:
        """Ask whether a resource was cleaned up."""
        answer = await self._provider.is_open(resource_id)
        return CleanupStatus(resource_id, answer is not None and not answer)

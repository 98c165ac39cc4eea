"""Own variants of session-cleanup, written from the contract and the application alone."""

from grader.bank import session_cleanup
from vespera_scriptorium.application.async_resource_manager import *  # noqa: F403


@session_cleanup.mutant(clause=2)
class TheCloseHidesTheError(AsyncResourceManager):
    """A close that fails takes the place of the block's exception."""

    @asynccontextmanager
    async def create_session(self) -> AsyncIterator["ResourceSession"]:
        """Open a session: `async with manager.create_session() as session`."""
        session = ResourceSession(self._provider)
        try:
            yield session
        except BaseException as error:
            await session.close()
            raise error
        await session.close()


@session_cleanup.mutant(clause=3)
class CancelledIsNotClosed(AsyncResourceManager):
    """A block that is cancelled closes nothing."""

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


@session_cleanup.mutant(clause=4)
class AllAtOnce(ResourceSession):
    """All closes run at the same time."""

    async def close(self) -> None:
        """End the session; `create_session` does it at the end of the block."""
        import asyncio

        if self._ended:
            return
        self._ended = True
        outcomes = await asyncio.gather(
            *(self._provider.close(resource_id) for resource_id in reversed(self._created)),
            return_exceptions=True,
        )
        raise_one([outcome for outcome in outcomes if isinstance(outcome, BaseException)])


@session_cleanup.mutant(clause=5)
class FailsInSilence(ResourceSession):
    """The error of a close is lost."""

    async def close(self) -> None:
        """End the session; `create_session` does it at the end of the block."""
        if self._ended:
            return
        self._ended = True
        errors: list[BaseException] = []
        for resource_id in reversed(self._created):
            try:
                await self._provider.close(resource_id)
            except BaseException as error:
                if not isinstance(error, Exception):
                    errors.append(error)
        raise_one(errors)


@session_cleanup.mutant(clause=6)
class CancelledStopsTheRest(ResourceSession):
    """A close that is cancelled leaves the rest open."""

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


@session_cleanup.mutant(clause=7)
class NobodyIsClosed(AsyncResourceManager):
    """Of an id that nobody created it says cleaned up."""

    async def verify_cleanup(self, resource_id: str) -> CleanupStatus:
        """Ask whether a resource was cleaned up."""
        is_open = await self._provider.is_open(resource_id)
        return CleanupStatus(resource_id, cleaned_up=not is_open)


@session_cleanup.alternative()
class PopsThem(ResourceSession):
    """Takes each resource off the list before it closes it."""

    async def close(self) -> None:
        """End the session; `create_session` does it at the end of the block."""
        self._ended = True
        errors: list[BaseException] = []
        while self._created:
            try:
                await self._provider.close(self._created.pop())
            except BaseException as error:
                errors.append(error)
        raise_one(errors)


@session_cleanup.alternative()
class TheLastErrorComesOut(ResourceSession):
    """Of several errors of closes, the last one comes out."""

    async def close(self) -> None:
        """End the session; `create_session` does it at the end of the block."""
        if self._ended:
            return
        self._ended = True
        errors: list[BaseException] = []
        for resource_id in reversed(self._created):
            try:
                await self._provider.close(resource_id)
            except BaseException as error:
                errors.append(error)
        raise_one(reversed(errors))


@session_cleanup.alternative()
class ClosesInFinally(AsyncResourceManager):
    """Opens and ends the session in another order."""

    @asynccontextmanager
    async def create_session(self) -> AsyncIterator["ResourceSession"]:
        """Open a session: `async with manager.create_session() as session`."""
        session = ResourceSession(self._provider)
        problem = None
        try:
            yield session
        except BaseException as error:
            problem = error
        if problem is None:
            await session.close()
            return
        try:
            await session.close()
        except Exception:
            pass
        raise problem

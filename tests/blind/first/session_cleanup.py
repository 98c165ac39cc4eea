"""Own variants of session-cleanup, written from the contract and the application alone."""

from grader.bank import SESSION_CLEANUP
from vespera_scriptorium.application.async_resource_manager import *  # noqa: F403


@SESSION_CLEANUP.mutant(clause=1)
class TenSecondsForAClose(ResourceSession):
    """Gives up on a close that takes longer than ten seconds, without a word."""

    async def close(self) -> None:
        """End the session; `create_session` does it at the end of the block."""
        import asyncio

        if self._ended:
            return
        self._ended = True
        errors: list[BaseException] = []
        for resource_id in reversed(self._created):
            try:
                async with asyncio.timeout(10) as limit:
                    await self._provider.close(resource_id)
            except BaseException as error:
                if not limit.expired():
                    errors.append(error)
        raise_one(errors)


@SESSION_CLEANUP.mutant(clause=2)
class CloseHidesTheError(AsyncResourceManager):
    """When a close fails after an exception in the block, the error of the close comes out."""

    @asynccontextmanager
    async def create_session(self) -> AsyncIterator["ResourceSession"]:
        """Open a session: `async with manager.create_session() as session`."""
        session = ResourceSession(self._provider)
        try:
            yield session
        except Exception:
            await session.close()
            raise
        except BaseException as error:
            with noted_on(error, "closing failed"):
                await session.close()
            raise
        await session.close()


@SESSION_CLEANUP.mutant(clause=3)
class CancelledItStaysOpen(AsyncResourceManager):
    """Closes nothing when the block is cancelled: only an `Exception` is caught."""

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
class FirstOneFirst(ResourceSession):
    """Closes in the order of creation."""

    async def close(self) -> None:
        """End the session; `create_session` does it at the end of the block."""
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


@SESSION_CLEANUP.mutant(clause=6)
class TheFirstErrorWins(ResourceSession):
    """Raises what was raised first: an error of an earlier close hides the cancellation."""

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
        if errors:
            raise errors[0]


@SESSION_CLEANUP.mutant(clause=7)
class NobodyCreatedItSoItIsClean(AsyncResourceManager):
    """Says of a resource that nobody created that it is cleaned up."""

    async def verify_cleanup(self, resource_id: str) -> CleanupStatus:
        """Ask whether a resource was cleaned up."""
        is_open = await self._provider.is_open(resource_id)
        return CleanupStatus(resource_id, cleaned_up=not is_open)


@SESSION_CLEANUP.alternative()
class TheLastErrorWins(ResourceSession):
    """Of several errors it raises the last one; takes the resources off its list."""

    async def close(self) -> None:
        """End the session; `create_session` does it at the end of the block."""
        if self._ended:
            return
        self._ended = True
        errors: list[BaseException] = []
        while self._created:
            try:
                await self._provider.close(self._created.pop())
            except BaseException as error:
                errors.insert(0, error)
        raise_one(errors)


@SESSION_CLEANUP.alternative()
class ShieldsTheClose(ResourceSession):
    """A close at work goes on to its end when the task is cancelled meanwhile."""

    async def close(self) -> None:
        """End the session; `create_session` does it at the end of the block."""
        import asyncio

        if self._ended:
            return
        self._ended = True
        errors: list[BaseException] = []
        for resource_id in reversed(self._created):
            closing = asyncio.ensure_future(self._provider.close(resource_id))
            while not closing.done():
                try:
                    await asyncio.wait([closing])
                except asyncio.CancelledError as cancellation:
                    errors.append(cancellation)
            try:
                closing.result()
            except BaseException as error:
                errors.append(error)
        raise_one(errors)


@SESSION_CLEANUP.alternative()
class WithoutNotes(AsyncResourceManager):
    """Keeps the errors of closes away from an exception of the block, without a note."""

    @asynccontextmanager
    async def create_session(self) -> AsyncIterator["ResourceSession"]:
        """Open a session: `async with manager.create_session() as session`."""
        session = ResourceSession(self._provider)
        well = False
        try:
            yield session
            well = True
        finally:
            try:
                await session.close()
            except Exception:
                if well:
                    raise

"""Correct implementations for `session-cleanup`, built differently."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from vespera_scriptorium.application.async_resource_manager import (
    AsyncResourceManager,
    ResourceSession,
)
from vespera_scriptorium.domain.errors import raise_one

from .exercise import session_cleanup


@session_cleanup.alternative()
class ClosesOnAStack(ResourceSession):
    """Puts each close on an `AsyncExitStack`, and raises the last of several errors."""

    async def close(self) -> None:
        from contextlib import AsyncExitStack

        errors: list[BaseException] = []

        async def close_one(resource_id: str) -> None:
            try:
                await self._provider.close(resource_id)
            except BaseException as error:
                errors.append(error)

        if self._ended:
            return
        self._ended = True
        async with AsyncExitStack() as cleanup:
            for resource_id in self._created:
                cleanup.push_async_callback(close_one, resource_id)
        raise_one(reversed(errors))


@session_cleanup.alternative()
class AsksBeforeItCloses(ResourceSession):
    """Asks the provider whether a resource is still open before it closes it."""

    async def close(self) -> None:
        if self._ended:
            return
        self._ended = True
        errors: list[BaseException] = []
        for resource_id in reversed(self._created):
            try:
                if await self._provider.is_open(resource_id) is not False:
                    await self._provider.close(resource_id)
            except BaseException as error:
                errors.append(error)
        raise_one(errors)


@session_cleanup.alternative()
class RaisesAtTheEnd(AsyncResourceManager):
    """Keeps what ended the block, closes, and raises it then; it notes no other error on it."""

    @asynccontextmanager
    async def create_session(self) -> AsyncIterator["ResourceSession"]:
        session = ResourceSession(self._provider)
        failure: BaseException | None = None
        try:
            yield session
        except BaseException as error:
            failure = error
        try:
            await session.close()
        except Exception:
            if failure is None:
                raise
        if failure is not None:
            raise failure


@session_cleanup.alternative()
class LetsACloseEnd(ResourceSession):
    """Lets a close that is under way end, when the task is cancelled meanwhile."""

    async def close(self) -> None:
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

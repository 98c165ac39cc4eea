"""Resources that live as long as the session that created them, and never longer."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from vespera_scriptorium.application.ports import ResourceProvider
from vespera_scriptorium.domain.errors import noted_on, raise_one, reason
from vespera_scriptorium.domain.results import CleanupStatus, Resource, ServiceResult


class AsyncResourceManager:
    """Gives out sessions, in which resources are created, used and cleaned up.

    The contract:

    1. When a session ends, each resource that it created is closed once, the last one first, and
       each close is awaited before the next.
    2. That holds however the block ends: normally, by an exception, or by a cancellation. The very
       exception or the cancellation comes out of the block, also when a close fails.
    3. A close that fails stops no other. If the block ended normally, its error comes out once the
       rest are closed; of several, any one.
    4. A close that is cancelled stops no other either. Then the cancellation comes out, whatever
       else was raised.
    5. A session uses only what it created, and only until its end: an operation on anything else is
       a result with `success` False, as is an operation that fails. After its end it creates
       nothing more: `RuntimeError`.
    6. `verify_cleanup` tells whether a resource was created once and is closed now. Of an id that
       nobody created it says no.
    """

    def __init__(self, resource_provider: ResourceProvider) -> None:
        self._provider = resource_provider

    @asynccontextmanager
    async def create_session(self) -> AsyncIterator["ResourceSession"]:
        """Open a session: `async with manager.create_session() as session`."""
        session = ResourceSession(self._provider)
        try:
            yield session
        except BaseException as error:
            with noted_on(error, "closing failed"):
                await session.close()
            raise
        await session.close()

    async def verify_cleanup(self, resource_id: str) -> CleanupStatus:
        """Ask whether a resource was cleaned up."""
        is_open = await self._provider.is_open(resource_id)
        return CleanupStatus(resource_id, cleaned_up=is_open is False)


class ResourceSession:
    """What `create_session` gives out. Its contract is that of the manager."""

    def __init__(self, provider: ResourceProvider) -> None:
        self._provider = provider
        self._created: list[str] = []
        self._ended = False

    async def create_resource(
        self, resource_type: str, configuration: Mapping[str, Any] | None = None
    ) -> Resource:
        """Acquire a resource until the end of the session."""
        self._refuse_if_ended()
        resource = await self._provider.open(resource_type, configuration or {})
        try:
            self._refuse_if_ended()
        except RuntimeError:  # it was opened too late for `close`
            await self._provider.close(resource.id)
            raise
        self._created.append(resource.id)
        return resource

    async def execute_operation(
        self, resource_id: str, operation: str, parameters: Mapping[str, Any] | None = None
    ) -> ServiceResult:
        """Use a resource of this session."""
        if self._ended or resource_id not in self._created:
            error = f"the session has no resource {resource_id}"
            return ServiceResult(success=False, error=error)
        try:
            output = await self._provider.execute(resource_id, operation, parameters or {})
        except Exception as error:
            return ServiceResult(success=False, error=reason(error))
        return ServiceResult(success=True, output=output)

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
        raise_one(errors)

    def _refuse_if_ended(self) -> None:
        """Raise `RuntimeError` once the session has ended."""
        if self._ended:
            raise RuntimeError("the session has ended: create resources inside its block")

"""The mutants of `cleanup`: each has one bug, and breaks one clause."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from vespera_scriptorium.application.async_resource_manager import (
    AsyncResourceManager,
    ResourceSession,
)
from vespera_scriptorium.domain.errors import noted_on, raise_one, reason
from vespera_scriptorium.domain.results import CleanupStatus, Resource, ServiceResult

from .exercise import cleanup


@cleanup.mutant(promise="open")
class ClosesAfterUse(ResourceSession):
    """Closes a resource after its first operation, and would have to open it again."""

    async def execute_operation(
        self, resource_id: str, operation: str, parameters: Mapping[str, Any] | None = None
    ) -> ServiceResult:
        if self._ended or resource_id not in self._created:
            error = f"the session has no resource {resource_id}"
            return ServiceResult(success=False, error=error)
        try:
            output = await self._provider.execute(resource_id, operation, parameters or {})
        except Exception as error:
            return ServiceResult(success=False, error=reason(error))
        await self._provider.close(resource_id)
        return ServiceResult(success=True, output=output)


@cleanup.mutant(promise="open")
class AlwaysClean(AsyncResourceManager):
    """Says that everything is clean that anybody has created."""

    async def verify_cleanup(self, resource_id: str) -> CleanupStatus:
        is_open = await self._provider.is_open(resource_id)
        return CleanupStatus(resource_id, cleaned_up=is_open is not None)


@cleanup.mutant(promise="closed")
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


@cleanup.mutant(promise="closed-after-error")
class NotAfterAnError(AsyncResourceManager):
    """Closes in the last line of the block's code, which an exception never reaches."""

    @asynccontextmanager
    async def create_session(self) -> AsyncIterator["ResourceSession"]:
        session = ResourceSession(self._provider)
        yield session
        await session.close()


@cleanup.mutant(promise="error")
class SwallowsTheError(AsyncResourceManager):
    """Closes everything, and takes that for the end of the matter."""

    @asynccontextmanager
    async def create_session(self) -> AsyncIterator["ResourceSession"]:
        session = ResourceSession(self._provider)
        try:
            yield session
        except Exception:
            await session.close()
            return
        except BaseException as error:
            with noted_on(error, "closing failed"):
                await session.close()
            raise
        await session.close()


@cleanup.mutant(promise="others")
class ClosesForEverybody(ResourceSession):
    """Keeps one list for all sessions of a provider, and closes all that stands in it."""

    async def create_resource(
        self, resource_type: str, configuration: Mapping[str, Any] | None = None
    ) -> Resource:
        self._refuse_if_ended()
        resource = await self._provider.open(resource_type, configuration or {})
        try:
            self._refuse_if_ended()
        except RuntimeError:  # it was opened too late for `close`
            await self._provider.close(resource.id)
            raise
        self._created.append(resource.id)
        vars(self._provider).setdefault("_in_use", []).append(resource.id)
        return resource

    async def close(self) -> None:
        if self._ended:
            return
        self._ended = True
        in_use = vars(self._provider).pop("_in_use", [])
        errors: list[BaseException] = []
        for resource_id in reversed(list(dict.fromkeys([*in_use, *self._created]))):
            try:
                await self._provider.close(resource_id)
            except BaseException as error:
                errors.append(error)
        raise_one(errors)


@cleanup.mutant(promise="output")
class KeepsTheAnswer(ResourceSession):
    """Says that the operation went well, and not what came of it."""

    async def execute_operation(
        self, resource_id: str, operation: str, parameters: Mapping[str, Any] | None = None
    ) -> ServiceResult:
        if self._ended or resource_id not in self._created:
            error = f"the session has no resource {resource_id}"
            return ServiceResult(success=False, error=error)
        try:
            await self._provider.execute(resource_id, operation, parameters or {})
        except Exception as error:
            return ServiceResult(success=False, error=reason(error))
        return ServiceResult(success=True, output="done")


@cleanup.mutant(promise="failed")
class TakesFailureForSuccess(ResourceSession):
    """Notes what the provider raised, and reports a success all the same."""

    async def execute_operation(
        self, resource_id: str, operation: str, parameters: Mapping[str, Any] | None = None
    ) -> ServiceResult:
        if self._ended or resource_id not in self._created:
            error = f"the session has no resource {resource_id}"
            return ServiceResult(success=False, error=error)
        try:
            output = await self._provider.execute(resource_id, operation, parameters or {})
        except Exception as error:
            return ServiceResult(success=True, error=reason(error))
        return ServiceResult(success=True, output=output)


@cleanup.mutant(promise="message")
class SaysThatItFailed(ResourceSession):
    """Says which operation failed, and not why."""

    async def execute_operation(
        self, resource_id: str, operation: str, parameters: Mapping[str, Any] | None = None
    ) -> ServiceResult:
        if self._ended or resource_id not in self._created:
            error = f"the session has no resource {resource_id}"
            return ServiceResult(success=False, error=error)
        try:
            output = await self._provider.execute(resource_id, operation, parameters or {})
        except Exception:
            return ServiceResult(success=False, error=f"{operation} on {resource_id} failed")
        return ServiceResult(success=True, output=output)


@cleanup.mutant(promise="foreign")
class WorksOnEverything(ResourceSession):
    """Asks only whether it has ended, and not whose the resource is."""

    async def execute_operation(
        self, resource_id: str, operation: str, parameters: Mapping[str, Any] | None = None
    ) -> ServiceResult:
        if self._ended:
            error = f"the session has no resource {resource_id}"
            return ServiceResult(success=False, error=error)
        try:
            output = await self._provider.execute(resource_id, operation, parameters or {})
        except Exception as error:
            return ServiceResult(success=False, error=reason(error))
        return ServiceResult(success=True, output=output)


@cleanup.mutant(promise="late")
class WorksOnAfterTheEnd(ResourceSession):
    """Asks only whose the resource is, and not whether it is still open."""

    async def execute_operation(
        self, resource_id: str, operation: str, parameters: Mapping[str, Any] | None = None
    ) -> ServiceResult:
        if resource_id not in self._created:
            error = f"the session has no resource {resource_id}"
            return ServiceResult(success=False, error=error)
        try:
            output = await self._provider.execute(resource_id, operation, parameters or {})
        except Exception as error:
            return ServiceResult(success=False, error=reason(error))
        return ServiceResult(success=True, output=output)


@cleanup.mutant(promise="silent")
class RaisesWhenItEnded(ResourceSession):
    """Raises for an operation after the end, as `create_resource` does."""

    async def execute_operation(
        self, resource_id: str, operation: str, parameters: Mapping[str, Any] | None = None
    ) -> ServiceResult:
        self._refuse_if_ended()
        if resource_id not in self._created:
            error = f"the session has no resource {resource_id}"
            return ServiceResult(success=False, error=error)
        try:
            output = await self._provider.execute(resource_id, operation, parameters or {})
        except Exception as error:
            return ServiceResult(success=False, error=reason(error))
        return ServiceResult(success=True, output=output)


@cleanup.mutant(promise="created-late")
class CreatesAfterTheEnd(ResourceSession):
    """Creates a resource whenever it is asked, also when nobody will close it any more."""

    async def create_resource(
        self, resource_type: str, configuration: Mapping[str, Any] | None = None
    ) -> Resource:
        resource = await self._provider.open(resource_type, configuration or {})
        self._created.append(resource.id)
        return resource


@cleanup.mutant(promise="parameters")
class ForgetsTheParameters(ResourceSession):
    """Calls the provider without the parameters of the operation."""

    async def execute_operation(
        self, resource_id: str, operation: str, parameters: Mapping[str, Any] | None = None
    ) -> ServiceResult:
        if self._ended or resource_id not in self._created:
            error = f"the session has no resource {resource_id}"
            return ServiceResult(success=False, error=error)
        try:
            output = await self._provider.execute(resource_id, operation, {})
        except Exception as error:
            return ServiceResult(success=False, error=reason(error))
        return ServiceResult(success=True, output=output)


@cleanup.mutant(promise="open")
class AFailureClosesTheResource(ResourceSession):
    """Closes a resource at once when an operation on it fails."""

    async def execute_operation(
        self, resource_id: str, operation: str, parameters: Mapping[str, Any] | None = None
    ) -> ServiceResult:
        if self._ended or resource_id not in self._created:
            error = f"the session has no resource {resource_id}"
            return ServiceResult(success=False, error=error)
        try:
            output = await self._provider.execute(resource_id, operation, parameters or {})
        except Exception as error:
            await self._provider.close(resource_id)
            return ServiceResult(success=False, error=reason(error))
        return ServiceResult(success=True, output=output)

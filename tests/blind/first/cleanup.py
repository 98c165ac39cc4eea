"""Own variants of cleanup, written from the contract and the application alone."""

from grader.bank import THE_CLEANUP
from vespera_scriptorium.application.async_resource_manager import *  # noqa: F403


@THE_CLEANUP.mutant(clause=1)
class OneAtATime(ResourceSession):
    """A new resource takes the place of the one before it, which is closed."""

    async def create_resource(
        self, resource_type: str, configuration: Mapping[str, Any] | None = None
    ) -> Resource:
        """Acquire a resource until the end of the session."""
        self._refuse_if_ended()
        if self._created:
            await self._provider.close(self._created[-1])
        resource = await self._provider.open(resource_type, configuration or {})
        self._created.append(resource.id)
        return resource


@THE_CLEANUP.mutant(clause=2)
class ClosesTheLastOnly(ResourceSession):
    """The end of the session closes only the last one of each type."""

    async def close(self) -> None:
        """End the session; `create_session` does it at the end of the block."""
        if self._ended:
            return
        self._ended = True
        by_type = {resource_id.rpartition("-")[0]: resource_id for resource_id in self._created}
        errors: list[BaseException] = []
        for resource_id in reversed(by_type.values()):
            try:
                await self._provider.close(resource_id)
            except BaseException as error:
                errors.append(error)
        raise_one(errors)


@THE_CLEANUP.mutant(clause=3)
class SwallowsTheException(AsyncResourceManager):
    """Closes after an exception, which is then lost."""

    @asynccontextmanager
    async def create_session(self) -> AsyncIterator["ResourceSession"]:
        """Open a session: `async with manager.create_session() as session`."""
        session = ResourceSession(self._provider)
        try:
            yield session
        except Exception as error:
            with noted_on(error, "closing failed"):
                await session.close()
        except BaseException as error:
            with noted_on(error, "closing failed"):
                await session.close()
            raise
        await session.close()


@THE_CLEANUP.mutant(clause=4)
class ClosesForEverybody(AsyncResourceManager):
    """The first session that ends closes the resources of all sessions."""

    @asynccontextmanager
    async def create_session(self) -> AsyncIterator["ResourceSession"]:
        """Open a session: `async with manager.create_session() as session`."""
        session = ResourceSession(self._provider)
        sessions = self.__dict__.setdefault("_sessions", [])
        sessions.append(session)
        try:
            yield session
        except BaseException as error:
            with noted_on(error, "closing failed"):
                await session.close()
            raise
        finally:
            sessions.remove(session)
            for other in sessions:
                for resource_id in other._created:
                    await self._provider.close(resource_id)
        await session.close()


@THE_CLEANUP.mutant(clause=5)
class DropsParameters(ResourceSession):
    """The provider never hears of the parameters."""

    async def execute_operation(
        self, resource_id: str, operation: str, parameters: Mapping[str, Any] | None = None
    ) -> ServiceResult:
        """Use a resource of this session."""
        if self._ended or resource_id not in self._created:
            error = f"the session has no resource {resource_id}"
            return ServiceResult(success=False, error=error)
        try:
            output = await self._provider.execute(resource_id, operation, {})
        except Exception as error:
            return ServiceResult(success=False, error=reason(error))
        return ServiceResult(success=True, output=output)


@THE_CLEANUP.mutant(clause=6)
class ExecutesFirst(ResourceSession):
    """An operation on a resource of another session is executed, and only then refused."""

    async def execute_operation(
        self, resource_id: str, operation: str, parameters: Mapping[str, Any] | None = None
    ) -> ServiceResult:
        """Use a resource of this session."""
        try:
            if self._ended:
                raise RuntimeError("the session has ended")
            output = await self._provider.execute(resource_id, operation, parameters or {})
        except Exception as error:
            return ServiceResult(success=False, error=reason(error))
        if resource_id not in self._created:
            error = f"the session has no resource {resource_id}"
            return ServiceResult(success=False, error=error)
        return ServiceResult(success=True, output=output)


@THE_CLEANUP.alternative()
class FirstOneFirst(ResourceSession):
    """Closes in the order of creation."""

    async def close(self) -> None:
        """End the session; `create_session` does it at the end of the block."""
        if self._ended:
            return
        self._ended = True
        errors: list[BaseException] = []
        for resource_id in list(self._created):
            try:
                await self._provider.close(resource_id)
            except BaseException as error:
                errors.append(error)
        raise_one(errors)


@THE_CLEANUP.alternative()
class SaysMore(ResourceSession):
    """Puts other words around an error."""

    async def execute_operation(
        self, resource_id: str, operation: str, parameters: Mapping[str, Any] | None = None
    ) -> ServiceResult:
        """Use a resource of this session."""
        if self._ended:
            return ServiceResult(success=False, error="too late")
        if resource_id not in self._created:
            return ServiceResult(success=False, error="not yours")
        try:
            output = await self._provider.execute(resource_id, operation, dict(parameters or {}))
        except Exception as error:
            message = f"{operation} failed on {resource_id}: {reason(error)}."
            return ServiceResult(success=False, error=message)
        return ServiceResult(success=True, output=output)


@THE_CLEANUP.alternative()
class Finally(AsyncResourceManager):
    """Closes in a `finally`."""

    @asynccontextmanager
    async def create_session(self) -> AsyncIterator["ResourceSession"]:
        """Open a session: `async with manager.create_session() as session`."""
        session = ResourceSession(self._provider)
        try:
            yield session
        finally:
            await session.close()

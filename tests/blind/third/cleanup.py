"""Own variants of cleanup, written from the contract and the application alone."""

from grader.bank import cleanup
from vespera_scriptorium.application.async_resource_manager import *  # noqa: F403


@cleanup.mutant(clause=1)
class ClosesWhatFails(ResourceSession):
    """A resource whose operation failed is closed at once."""

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
            await self._provider.close(resource_id)
            return ServiceResult(success=False, error=reason(error))
        return ServiceResult(success=True, output=output)


@cleanup.mutant(clause=3)
class WrapsTheError(AsyncResourceManager):
    """The exception of the block comes out inside of another one."""

    @asynccontextmanager
    async def create_session(self) -> AsyncIterator["ResourceSession"]:
        """Open a session: `async with manager.create_session() as session`."""
        session = ResourceSession(self._provider)
        try:
            yield session
        except Exception as error:
            await session.close()
            raise RuntimeError("the session failed") from error
        except BaseException:
            await session.close()
            raise
        await session.close()


@cleanup.mutant(clause=4)
class OneListForAllSessions(AsyncResourceManager):
    """Every session of a manager closes what any of them has created."""

    @asynccontextmanager
    async def create_session(self) -> AsyncIterator["ResourceSession"]:
        """Open a session: `async with manager.create_session() as session`."""
        session = ResourceSession(self._provider)
        session._created = self.__dict__.setdefault("_all_created", [])
        try:
            yield session
        except BaseException as error:
            with noted_on(error, "closing failed"):
                await session.close()
            raise
        await session.close()


@cleanup.mutant(clause=5)
class ParametersAreLost(ResourceSession):
    """The provider never sees the parameters."""

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


@cleanup.mutant(clause=6)
class GoesOnAfterTheEnd(ResourceSession):
    """A resource can be used after the end of its session."""

    async def execute_operation(
        self, resource_id: str, operation: str, parameters: Mapping[str, Any] | None = None
    ) -> ServiceResult:
        """Use a resource of this session."""
        if resource_id not in self._created:
            error = f"the session has no resource {resource_id}"
            return ServiceResult(success=False, error=error)
        try:
            output = await self._provider.execute(resource_id, operation, parameters or {})
        except Exception as error:
            return ServiceResult(success=False, error=reason(error))
        return ServiceResult(success=True, output=output)


@cleanup.mutant(clause=7)
class CreatesAfterTheEnd(ResourceSession):
    """A session creates resources after its end."""

    async def create_resource(
        self, resource_type: str, configuration: Mapping[str, Any] | None = None
    ) -> Resource:
        """Acquire a resource until the end of the session."""
        resource = await self._provider.open(resource_type, configuration or {})
        self._created.append(resource.id)
        return resource


@cleanup.alternative()
class FirstOneFirst(ResourceSession):
    """Closes the first resource first."""

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


@cleanup.alternative()
class AllTogether(ResourceSession):
    """Closes all resources at the same time."""

    async def close(self) -> None:
        """End the session; `create_session` does it at the end of the block."""
        import asyncio

        if self._ended:
            return
        self._ended = True
        outcomes = await asyncio.gather(
            *(self._provider.close(resource_id) for resource_id in self._created),
            return_exceptions=True,
        )
        raise_one([outcome for outcome in outcomes if isinstance(outcome, BaseException)])


@cleanup.alternative()
class OtherWords(ResourceSession):
    """Says other words around the message."""

    async def execute_operation(
        self, resource_id: str, operation: str, parameters: Mapping[str, Any] | None = None
    ) -> ServiceResult:
        """Use a resource of this session."""
        if self._ended or resource_id not in self._created:
            error = "this is not yours"
            return ServiceResult(success=False, error=error)
        try:
            output = await self._provider.execute(resource_id, operation, parameters or {})
        except Exception as error:
            return ServiceResult(success=False, error=f"{operation} did not work: {error!r}")
        return ServiceResult(success=True, output=output)

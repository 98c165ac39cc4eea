"""Own variants of cleanup, written from the contract and the application alone."""

from grader.bank import CLEANUP
from vespera_scriptorium.application.async_resource_manager import *  # noqa: F403


@CLEANUP.mutant(clause=1)
class AFailureClosesTheResource(ResourceSession):
    """Closes a resource at once when an operation on it fails."""

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


@CLEANUP.mutant(clause=2)
class EverySecondOne(ResourceSession):
    """Removes from the list that it goes through, and so leaves every second resource open."""

    async def close(self) -> None:
        """End the session; `create_session` does it at the end of the block."""
        if self._ended:
            return
        self._ended = True
        errors: list[BaseException] = []
        for resource_id in self._created:
            self._created.remove(resource_id)
            try:
                await self._provider.close(resource_id)
            except BaseException as error:
                errors.append(error)
        raise_one(errors)


@CLEANUP.mutant(clause=3)
class OnlyAfterAGoodEnd(AsyncResourceManager):
    """Closes nothing when an exception has ended the block."""

    @asynccontextmanager
    async def create_session(self) -> AsyncIterator["ResourceSession"]:
        """Open a session: `async with manager.create_session() as session`."""
        session = ResourceSession(self._provider)
        yield session
        await session.close()


@CLEANUP.mutant(clause=4)
class ClosesAllSessions(AsyncResourceManager):
    """The end of one session closes all sessions of the manager."""

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
                while sessions:
                    await sessions.pop().close()
            raise
        while sessions:
            await sessions.pop().close()


@CLEANUP.mutant(clause=5)
class TheParametersAreLost(ResourceSession):
    """Passes parameters on only when all of them are texts, else none."""

    async def execute_operation(
        self, resource_id: str, operation: str, parameters: Mapping[str, Any] | None = None
    ) -> ServiceResult:
        """Use a resource of this session."""
        if self._ended or resource_id not in self._created:
            error = f"the session has no resource {resource_id}"
            return ServiceResult(success=False, error=error)
        given = parameters or {}
        if not all(isinstance(value, str) for value in given.values()):
            given = {}
        try:
            output = await self._provider.execute(resource_id, operation, given)
        except Exception as error:
            return ServiceResult(success=False, error=reason(error))
        return ServiceResult(success=True, output=output)


@CLEANUP.mutant(clause=6)
class AnyOpenResource(ResourceSession):
    """Uses every resource that is open, that of another session, too."""

    async def execute_operation(
        self, resource_id: str, operation: str, parameters: Mapping[str, Any] | None = None
    ) -> ServiceResult:
        """Use a resource of this session."""
        if self._ended or not await self._provider.is_open(resource_id):
            error = f"the session has no resource {resource_id}"
            return ServiceResult(success=False, error=error)
        try:
            output = await self._provider.execute(resource_id, operation, parameters or {})
        except Exception as error:
            return ServiceResult(success=False, error=reason(error))
        return ServiceResult(success=True, output=output)


@CLEANUP.alternative()
class FirstInFirstOut(ResourceSession):
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


@CLEANUP.alternative()
class WithFinally(AsyncResourceManager):
    """Ends the session by a `finally`."""

    @asynccontextmanager
    async def create_session(self) -> AsyncIterator["ResourceSession"]:
        """Open a session: `async with manager.create_session() as session`."""
        import sys

        session = ResourceSession(self._provider)
        try:
            yield session
        finally:
            error = sys.exception()
            if error is None:
                await session.close()
            else:
                with noted_on(error, "the session did not close"):
                    await session.close()


@CLEANUP.alternative()
class OtherWords(ResourceSession):
    """Tells more in the error, and looks at the resource before the session's end."""

    async def execute_operation(
        self, resource_id: str, operation: str, parameters: Mapping[str, Any] | None = None
    ) -> ServiceResult:
        """Use a resource of this session."""
        if resource_id not in self._created:
            return ServiceResult(success=False, error="not ours")
        if self._ended:
            return ServiceResult(success=False, error="too late")
        try:
            answer = await self._provider.execute(resource_id, operation, dict(parameters or {}))
        except Exception as error:
            message = f"{operation} on {resource_id} failed: {error!r} {error}"
            return ServiceResult(success=False, error=message)
        return ServiceResult(True, answer)

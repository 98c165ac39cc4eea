"""Own variants of start-stop-order, written from the contract and the application alone."""

from grader.bank import START_STOP_ORDER
from vespera_scriptorium.infrastructure.di.container import *  # noqa: F403


@START_STOP_ORDER.mutant(clause=1)
class StartsTogether(Container):
    """The starts begin in the order of the needs, but do not wait for each other."""

    async def initialize_async_services(self) -> None:
        """Start what opens something, in the order of who needs whom."""
        import asyncio

        overridden = {override.name for override in self._overrides}
        services = []
        for name in self._in_order_of_needs():
            if name in overridden or not self._recipes[name].opens:
                continue
            service = self.get(name)
            if not any(service is started for started in self._started):
                services.append(service)
        starts = [asyncio.ensure_future(service.start()) for service in services]
        try:
            try:
                if starts:
                    await asyncio.wait(starts)
            except asyncio.CancelledError:
                for start in starts:
                    start.cancel()
                await asyncio.wait(starts)
                raise
            finally:
                for service, start in zip(services, starts, strict=True):
                    if not start.cancelled() and start.exception() is None:
                        self._started.append(service)
            for start in starts:
                start.result()
        except BaseException as error:
            with noted_on(error, "cleaning up failed"):
                await self.cleanup_async_services()
            raise


@START_STOP_ORDER.mutant(clause=2)
class FirstStartedFirstStopped(Container):
    """Stops in the order of the starts: a service goes on without those that it needs."""

    async def cleanup_async_services(self) -> None:
        """Stop what was started, the last one first."""
        database = self._built.get("async_database_manager")  # it opens itself when it is used
        if database is not None and database not in self._started:
            self._started.insert(0, database)
        errors: list[BaseException] = []
        while self._started:
            try:
                await self._started.pop(0).stop()
            except BaseException as error:
                errors.append(error)
        raise_together("services that did not stop", errors)


@START_STOP_ORDER.mutant(clause=3)
class CancelledStartLeavesOpen(Container):
    """When a start is cancelled, nothing that was started before is stopped."""

    async def initialize_async_services(self) -> None:
        """Start what opens something, in the order of who needs whom."""
        overridden = {override.name for override in self._overrides}
        try:
            for name in self._in_order_of_needs():
                if name in overridden or not self._recipes[name].opens:
                    continue
                service = self.get(name)
                if not any(service is started for started in self._started):
                    await service.start()
                    self._started.append(service)
        except Exception as error:
            with noted_on(error, "cleaning up failed"):
                await self.cleanup_async_services()
            raise


@START_STOP_ORDER.mutant(clause=3)
class StopsWhatDidNotStart(Container):
    """A service whose start failed is stopped as well."""

    async def initialize_async_services(self) -> None:
        """Start what opens something, in the order of who needs whom."""
        overridden = {override.name for override in self._overrides}
        try:
            for name in self._in_order_of_needs():
                if name in overridden or not self._recipes[name].opens:
                    continue
                service = self.get(name)
                if not any(service is started for started in self._started):
                    self._started.append(service)
                    await service.start()
        except BaseException as error:
            with noted_on(error, "cleaning up failed"):
                await self.cleanup_async_services()
            raise


@START_STOP_ORDER.mutant(clause=4)
class OneErrorAlone(Container):
    """A single error comes out bare, only several as a group."""

    async def cleanup_async_services(self) -> None:
        """Stop what was started, the last one first."""
        database = self._built.get("async_database_manager")  # it opens itself when it is used
        if database is not None and database not in self._started:
            self._started.insert(0, database)
        errors: list[BaseException] = []
        while self._started:
            try:
                await self._started.pop().stop()
            except BaseException as error:
                errors.append(error)
        if len(errors) == 1:
            raise errors[0]
        raise_together("services that did not stop", errors)


@START_STOP_ORDER.mutant(clause=5)
class StopsAgain(Container):
    """Whoever cleans up twice stops everything twice."""

    async def cleanup_async_services(self) -> None:
        """Stop what was started, the last one first."""
        database = self._built.get("async_database_manager")  # it opens itself when it is used
        if database is not None and database not in self._started:
            self._started.insert(0, database)
        errors: list[BaseException] = []
        for service in reversed(self._started):
            try:
                await service.stop()
            except BaseException as error:
                errors.append(error)
        raise_together("services that did not stop", errors)


@START_STOP_ORDER.alternative()
class OtherOrderOfTheRest(Container):
    """Starts services that do not need each other in the order of their names, from the end."""

    def _in_order_of_needs(self) -> list[str]:
        """Every name that has a recipe, after those that it needs."""
        order: list[str] = []
        left = sorted(self._recipes, reverse=True)
        while left:
            for name in left:
                needs = [need for need in self._recipes[name].needs if need in self._recipes]
                if all(need in order for need in needs):
                    order.append(name)
                    left.remove(name)
                    break
            else:
                raise ValueError("services need each other in a circle")
        return order


@START_STOP_ORDER.alternative()
class StopsFromACopy(Container):
    """Takes all started services at once, and groups the errors in the order of the starts."""

    async def cleanup_async_services(self) -> None:
        """Stop what was started, the last one first."""
        database = self._built.get("async_database_manager")
        if database is not None and database not in self._started:
            self._started.insert(0, database)
        services, self._started = self._started, []
        errors: list[BaseException] = []
        for service in reversed(services):
            try:
                await service.stop()
            except BaseException as error:
                errors.insert(0, error)
        raise_together("these errors came up", errors)


@START_STOP_ORDER.alternative()
class NotesTheStartedApart(Container):
    """Collects what has started on the way, and cleans up without notes on the error."""

    async def initialize_async_services(self) -> None:
        """Start what opens something, in the order of who needs whom."""
        overridden = {override.name for override in self._overrides}
        names = [
            name
            for name in self._in_order_of_needs()
            if self._recipes[name].opens and name not in overridden
        ]
        failure: BaseException | None = None
        for name in names:
            try:
                service = self.get(name)
                if all(service is not started for started in self._started):
                    await service.start()
                    self._started.append(service)
            except BaseException as error:
                failure = error
                break
        if failure is not None:
            try:
                await self.cleanup_async_services()
            except Exception:
                pass
            raise failure

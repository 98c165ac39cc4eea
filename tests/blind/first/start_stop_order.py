"""Own variants of start-stop-order, written from the contract and the application alone."""

from grader.bank import START_STOP_ORDER
from vespera_scriptorium.infrastructure.di.container import *  # noqa: F403


@START_STOP_ORDER.mutant(clause=1)
class AsTheyWereAdded(Container):
    """Starts the services in the order in which they were added, whoever needs whom."""

    def _in_order_of_needs(self) -> list[str]:
        """Every name that has a recipe, after those that it needs."""
        return list(self._recipes)


@START_STOP_ORDER.mutant(clause=2)
class StopsAllAtOnce(Container):
    """Begins the stops in the right order, but does not wait for one before the next."""

    async def cleanup_async_services(self) -> None:
        """Stop what was started, the last one first."""
        import asyncio

        database = self._built.get("async_database_manager")
        if database is not None and database not in self._started:
            self._started.insert(0, database)
        services = self._started[::-1]
        self._started.clear()
        outcomes = await asyncio.gather(
            *(service.stop() for service in services), return_exceptions=True
        )
        errors = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
        raise_together("services that did not stop", errors)


@START_STOP_ORDER.mutant(clause=3)
class StopsTheOneThatFailed(Container):
    """Stops the service whose start failed, too."""

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


@START_STOP_ORDER.mutant(clause=3)
class CancelledItStaysStarted(Container):
    """Stops nothing when a start is cancelled."""

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


@START_STOP_ORDER.mutant(clause=4)
class ASingleErrorComesOutBare(Container):
    """When only one stop fails, its error comes out by itself, without a group around it."""

    async def cleanup_async_services(self) -> None:
        """Stop what was started, the last one first."""
        database = self._built.get("async_database_manager")
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
class StopsTwice(Container):
    """Remembers what was started after it was stopped, and stops it again the second time."""

    async def cleanup_async_services(self) -> None:
        """Stop what was started, the last one first."""
        database = self._built.get("async_database_manager")
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
class DepthFirst(Container):
    """Goes from the last service that was added down to what it needs."""

    def _in_order_of_needs(self) -> list[str]:
        """Every name that has a recipe, after those that it needs."""
        order = []

        def visit(name):
            if name in self._recipes and name not in order:
                for need in reversed(self._recipes[name].needs):
                    visit(need)
                order.append(name)

        for name in reversed(self._recipes):
            visit(name)
        return order


@START_STOP_ORDER.alternative()
class StopsInTasks(Container):
    """Runs each stop in a task of its own, one after the other, and groups under another text."""

    async def cleanup_async_services(self) -> None:
        """Stop what was started, the last one first."""
        import asyncio

        database = self._built.get("async_database_manager")
        if database is not None and database not in self._started:
            self._started.insert(0, database)
        errors: list[BaseException] = []
        while self._started:
            service = self._started.pop()
            try:
                await asyncio.create_task(service.stop())
            except BaseException as error:
                errors.insert(0, error)
        raise_together("stopping failed", errors)


@START_STOP_ORDER.alternative()
class WithoutNotes(Container):
    """Stops in a `finally`, and says nothing of stops that fail after a start that failed."""

    async def initialize_async_services(self) -> None:
        """Start what opens something, in the order of who needs whom."""
        overridden = {override.name for override in self._overrides}
        names = [name for name in self._in_order_of_needs() if self._recipes[name].opens]
        well = False
        try:
            for name in names:
                service = self.get(name)
                if name in overridden or any(service is started for started in self._started):
                    continue
                await service.start()
                self._started.append(service)
            well = True
        finally:
            if not well:
                try:
                    await self.cleanup_async_services()
                except Exception:
                    pass

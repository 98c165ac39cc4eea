"""Own variants of start-stop-order, written from the contract and the application alone."""

from grader.bank import start_stop_order
from vespera_scriptorium.infrastructure.di.container import *  # noqa: F403


@start_stop_order.mutant(clause=1)
class AsTheyWereAdded(Container):
    """The services start in the order in which they were added."""

    def _in_order_of_needs(self) -> list[str]:
        """Every name that has a recipe, after those that it needs."""
        return list(self._recipes)


@start_stop_order.mutant(clause=2)
class FirstOneFirst(Container):
    """The services stop in the order in which they started."""

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


@start_stop_order.mutant(clause=3)
class CancelledStopsNothing(Container):
    """A start that is cancelled leaves open what was started before."""

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


@start_stop_order.mutant(clause=3)
class TheFailedOneToo(Container):
    """The service whose start failed is stopped, too."""

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


@start_stop_order.mutant(clause=4)
class TheFirstErrorComesOut(Container):
    """One error comes out, and not a group."""

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
        if errors:
            raise errors[0]


@start_stop_order.mutant(clause=5)
class StopsAgain(Container):
    """To clean up twice stops everything twice."""

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


@start_stop_order.alternative()
class DeepestFirst(Container):
    """Finds the order of needs by itself, alphabetically where it is free."""

    def _in_order_of_needs(self) -> list[str]:
        """Every name that has a recipe, after those that it needs."""
        order: list[str] = []

        def visit(name: str) -> None:
            if name in self._recipes and name not in order:
                for need in self._recipes[name].needs:
                    visit(need)
                order.append(name)

        for name in sorted(self._recipes):
            visit(name)
        return order


@start_stop_order.alternative()
class OtherGroup(Container):
    """Names the group in other words."""

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
        raise_together(f"{len(errors)} stops failed", errors)


@start_stop_order.alternative()
class CollectsFirst(Container):
    """Finds out what is to be started before it starts anything."""

    async def initialize_async_services(self) -> None:
        """Start what opens something, in the order of who needs whom."""
        overridden = {override.name for override in self._overrides}
        try:
            names = [
                name
                for name in self._in_order_of_needs()
                if self._recipes[name].opens and name not in overridden
            ]
            for service in [self.get(name) for name in names]:
                if not any(service is started for started in self._started):
                    await service.start()
                    self._started.append(service)
        except BaseException as error:
            with noted_on(error, "cleaning up failed"):
                await self.cleanup_async_services()
            raise

"""The mutants of `start-stop-order`: each has one bug, and breaks one clause."""

from vespera_scriptorium.domain.errors import noted_on, raise_together
from vespera_scriptorium.infrastructure.di.container import Container

from .exercise import start_stop_order


@start_stop_order.mutant(clause=1)
class StartsInOrderOfAdding(Container):
    """Starts services in the order in which they were added, whatever they need."""

    async def initialize_async_services(self) -> None:
        overridden = {override.name for override in self._overrides}
        try:
            for name in self._recipes:
                if name in overridden or not self._recipes[name].opens:
                    continue
                service = self.get(name)
                if not any(service is started for started in self._started):
                    await service.start()
                    self._started.append(service)
        except BaseException as error:
            with noted_on(error, "cleaning up failed"):
                await self.cleanup_async_services()
            raise


@start_stop_order.mutant(clause=2)
class ClosesInOpeningOrder(Container):
    """Stops first what was started first, while others still need it."""

    async def cleanup_async_services(self) -> None:
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
class PartialStartLeaks(Container):
    """Leaves open what was started before a start failed."""

    async def initialize_async_services(self) -> None:
        overridden = {override.name for override in self._overrides}
        for name in self._in_order_of_needs():
            if name in overridden or not self._recipes[name].opens:
                continue
            service = self.get(name)
            if not any(service is started for started in self._started):
                await service.start()
                self._started.append(service)


@start_stop_order.mutant(clause=3)
class CancelledStartLeaks(Container):
    """Catches `Exception` to go back, and a start that is cancelled raises none."""

    async def initialize_async_services(self) -> None:
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
class StopsWhatNeverStarted(Container):
    """Notes a service before its start, so that the one that failed is stopped as well."""

    async def initialize_async_services(self) -> None:
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
class FirstErrorEndsTheCleanup(Container):
    """Raises the first error at once, and the services below stay open."""

    async def cleanup_async_services(self) -> None:
        database = self._built.get("async_database_manager")  # it opens itself when it is used
        if database is not None and database not in self._started:
            self._started.insert(0, database)
        while self._started:
            try:
                await self._started.pop().stop()
            except Exception as error:
                raise ExceptionGroup("services that did not stop", [error]) from error


@start_stop_order.mutant(clause=4)
class StopErrorsSwallowed(Container):
    """Stops to the end, and tells nobody what went wrong."""

    async def cleanup_async_services(self) -> None:
        database = self._built.get("async_database_manager")  # it opens itself when it is used
        if database is not None and database not in self._started:
            self._started.insert(0, database)
        errors: list[BaseException] = []
        while self._started:
            try:
                await self._started.pop().stop()
            except Exception:
                continue
            except BaseException as error:
                errors.append(error)
        raise_together("services that did not stop", errors)


@start_stop_order.mutant(clause=5)
class StopsAgain(Container):
    """Walks through the started services and never forgets them."""

    async def cleanup_async_services(self) -> None:
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


@start_stop_order.mutant(clause=3)
class StopErrorHidesTheStart(Container):
    """Cleans up after a failed start, and lets the errors of that out in the place of its own."""

    async def initialize_async_services(self) -> None:
        overridden = {override.name for override in self._overrides}
        try:
            for name in self._in_order_of_needs():
                if name in overridden or not self._recipes[name].opens:
                    continue
                service = self.get(name)
                if not any(service is started for started in self._started):
                    await service.start()
                    self._started.append(service)
        except BaseException:
            await self.cleanup_async_services()
            raise

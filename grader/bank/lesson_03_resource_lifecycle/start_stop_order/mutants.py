"""The mutants of `start-stop-order`: each has one bug, and breaks one promise."""

from vespera_scriptorium.domain.errors import noted_on, raise_together
from vespera_scriptorium.infrastructure.di.container import Container

from .exercise import start_stop_order


@start_stop_order.mutant(promise="start-order")
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


@start_stop_order.mutant(promise="stop-order")
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


@start_stop_order.mutant(promise="goes-back")
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


@start_stop_order.mutant(promise="goes-back-cancelled")
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


@start_stop_order.mutant(promise="only-started")
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


@start_stop_order.mutant(promise="stops-none")
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


@start_stop_order.mutant(promise="errors")
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


@start_stop_order.mutant(promise="stops-once")
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


@start_stop_order.mutant(promise="error-kept")
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


@start_stop_order.mutant(promise="start-waits")
class StartsWithoutWaiting(Container):
    """Starts in the right order, and waits for all the starts in the end."""

    async def initialize_async_services(self) -> None:
        import asyncio

        starting = []
        overridden = {override.name for override in self._overrides}
        try:
            for name in self._in_order_of_needs():
                if name in overridden or not self._recipes[name].opens:
                    continue
                service = self.get(name)
                if not any(service is started for started in self._started):
                    starting.append(asyncio.ensure_future(service.start()))
                    self._started.append(service)
            await asyncio.gather(*starting)
        except BaseException as error:
            with noted_on(error, "cleaning up failed"):
                await self.cleanup_async_services()
            raise


@start_stop_order.mutant(promise="starts-once")
class StartsAgain(Container):
    """Starts what has started, when it is initialised again."""

    async def initialize_async_services(self) -> None:
        overridden = {override.name for override in self._overrides}
        try:
            for name in self._in_order_of_needs():
                if name in overridden or not self._recipes[name].opens:
                    continue
                service = self.get(name)
                await service.start()
                if not any(service is started for started in self._started):
                    self._started.append(service)
        except BaseException as error:
            with noted_on(error, "cleaning up failed"):
                await self.cleanup_async_services()
            raise


@start_stop_order.mutant(promise="stop-waits")
class StopsTogether(Container):
    """Stops all services at the same time, because that is faster."""

    async def cleanup_async_services(self) -> None:
        import asyncio

        database = self._built.get("async_database_manager")  # it opens itself when it is used
        if database is not None and database not in self._started:
            self._started.insert(0, database)
        stopping = [service.stop() for service in reversed(self._started)]
        self._started.clear()
        outcomes = await asyncio.gather(*stopping, return_exceptions=True)
        errors = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
        raise_together("services that did not stop", errors)


@start_stop_order.mutant(promise="any-error")
class ExpectsOSErrors(Container):
    """Goes back after an `OSError` or a cancellation, and leaks after any other error."""

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
        except BaseException as error:
            if isinstance(error, Exception) and not isinstance(error, OSError):
                raise
            with noted_on(error, "cleaning up failed"):
                await self.cleanup_async_services()
            raise


@start_stop_order.mutant(promise="comes-out")
class StartErrorSwallowed(Container):
    """Goes back after an error, and tells nobody why."""

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
        except BaseException as error:
            with noted_on(error, "cleaning up failed"):
                await self.cleanup_async_services()
            if not isinstance(error, Exception):
                raise


@start_stop_order.mutant(promise="very-error")
class StartErrorInAGroup(Container):
    """Raises a group for the error of a start, as a clean-up does."""

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
        except BaseException as error:
            with noted_on(error, "cleaning up failed"):
                await self.cleanup_async_services()
            raise_together("services that did not start", [error])


@start_stop_order.mutant(promise="cancellation-kept")
class StopErrorHidesCancellation(Container):
    """Keeps the error of a start apart from those of the stops, but no cancellation."""

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
        except BaseException:
            await self.cleanup_async_services()
            raise


@start_stop_order.mutant(promise="all-errors")
class OneErrorOnly(Container):
    """Lets the first error out in a group of its own, and forgets the others."""

    async def cleanup_async_services(self) -> None:
        database = self._built.get("async_database_manager")  # it opens itself when it is used
        if database is not None and database not in self._started:
            self._started.insert(0, database)
        errors: list[BaseException] = []
        while self._started:
            try:
                await self._started.pop().stop()
            except BaseException as error:
                errors.append(error)
        raise_together("services that did not stop", errors[:1])


@start_stop_order.mutant(promise="harmless")
class SecondCleanUpRaises(Container):
    """Refuses to clean up when there is nothing to clean up."""

    async def cleanup_async_services(self) -> None:
        if not self._started:
            raise RuntimeError("nothing has started")
        database = self._built.get("async_database_manager")  # it opens itself when it is used
        if database is not None and database not in self._started:
            self._started.insert(0, database)
        errors: list[BaseException] = []
        while self._started:
            try:
                await self._started.pop().stop()
            except BaseException as error:
                errors.append(error)
        raise_together("services that did not stop", errors)


@start_stop_order.mutant(promise="after-failure")
class GoesBackAndForgets(Container):
    """Stops what had started before a start failed, and does not note that it has."""

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
        except BaseException as error:
            for service in reversed(self._started):
                with noted_on(error, "cleaning up failed"):
                    await service.stop()
            raise


@start_stop_order.mutant(promise="any-stop-error")
class StopExpectsOSErrors(Container):
    """Goes on after an `OSError` of a stop, and after no other error."""

    async def cleanup_async_services(self) -> None:
        import asyncio

        database = self._built.get("async_database_manager")  # it opens itself when it is used
        if database is not None and database not in self._started:
            self._started.insert(0, database)
        errors: list[BaseException] = []
        while self._started:
            try:
                await self._started.pop().stop()
            except (OSError, asyncio.CancelledError) as error:
                errors.append(error)
        raise_together("services that did not stop", errors)

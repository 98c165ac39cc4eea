"""Correct implementations for `start-stop-order`, built differently."""

from graphlib import TopologicalSorter

from vespera_scriptorium.domain.errors import noted_on, raise_together
from vespera_scriptorium.infrastructure.di.container import Container

from .exercise import start_stop_order


@start_stop_order.alternative()
class StartsTogether(Container):
    """Starts at the same time what does not need each other, and waits for all of it."""

    async def initialize_async_services(self) -> None:
        import asyncio

        overridden = {override.name for override in self._overrides}

        async def start(name: str) -> None:
            if name in overridden or not self._recipes[name].opens:
                return
            service = self.get(name)
            if not any(service is started for started in self._started):
                await service.start()
                self._started.append(service)

        sorter = TopologicalSorter({name: r.needs for name, r in self._recipes.items()})
        sorter.prepare()
        try:
            while sorter.is_active():
                ready = sorter.get_ready()
                names = [name for name in reversed(ready) if name in self._recipes]
                outcomes = await asyncio.gather(*map(start, names), return_exceptions=True)
                for outcome in outcomes:
                    if isinstance(outcome, BaseException):
                        raise outcome
                sorter.done(*ready)
        except BaseException as error:
            with noted_on(error, "cleaning up failed"):
                await self.cleanup_async_services()
            raise


@start_stop_order.alternative()
class GoesBackByItself(Container):
    """Goes back with a loop of its own, and words the group of errors in its own way."""

    async def initialize_async_services(self) -> None:
        overridden = {override.name for override in self._overrides}
        try:
            for name in self._in_order_of_needs():
                if self._recipes[name].opens and name not in overridden:
                    service = self.get(name)
                    if all(service is not started for started in self._started):
                        await service.start()
                        self._started.append(service)
        except BaseException as error:
            while self._started:
                with noted_on(error, "going back"):
                    await self._started.pop().stop()
            raise

    async def cleanup_async_services(self) -> None:
        started, self._started = self._started, []
        database = self._built.get("async_database_manager")
        if database is not None and database not in started:
            started.insert(0, database)
        errors: list[BaseException] = []
        for service in reversed(started):
            try:
                await service.stop()
            except BaseException as error:
                errors.append(error)
        raise_together(f"{len(errors)} of {len(started)} services", errors)

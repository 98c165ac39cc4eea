"""Correct implementations for `start-stop-order`, built differently."""

from graphlib import TopologicalSorter

from vespera_scriptorium.domain.errors import noted_on
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

"""Correct implementations for `background-service`, built differently."""

import asyncio

from vespera_scriptorium.application.background_service import BackgroundService
from vespera_scriptorium.application.cancellation import heed
from vespera_scriptorium.domain.errors import noted_on

from .exercise import background_service


@background_service.alternative()
class RoundsInATaskWithin(BackgroundService):
    """Runs its rounds in a task within the task, which hands every cancellation on."""

    async def _run(self) -> None:
        async def rounds() -> None:
            while True:
                await self._journal.write(await heed(self._work()))
                await asyncio.sleep(self._interval)

        await self._journal.open()
        within = asyncio.create_task(rounds())
        try:
            await asyncio.wait([within])
        except asyncio.CancelledError:
            within.cancel()
            await asyncio.wait([within])
        try:
            await within
        except Exception as error:
            self._ending = True
            with noted_on(error, "closing the journal failed"):
                await self._journal.close()
            raise
        except asyncio.CancelledError:
            await self._journal.close()
            raise

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


@background_service.alternative()
class OpensBeforeItReturns(BackgroundService):
    """Opens the journal in `start`, passes the interval with `wait`, and closes twice."""

    async def start(self) -> None:
        if self._rounds is not None:
            raise RuntimeError("it works already")
        ready = asyncio.Event()

        async def rounds() -> None:
            try:
                await self._journal.open()
            finally:
                ready.set()
            await self._run()

        self._ending = False
        self._rounds = asyncio.create_task(rounds())
        await ready.wait()

    async def _run(self) -> None:
        never = asyncio.get_running_loop().create_future()
        try:
            while True:
                answer = await heed(self._work())
                await self._journal.write(answer)
                await asyncio.wait([never], timeout=self._interval)
        except (Exception, asyncio.CancelledError) as error:
            self._ending = True
            with noted_on(error, "closing the journal failed"):
                await self._journal.close()
                await self._journal.close()
            raise

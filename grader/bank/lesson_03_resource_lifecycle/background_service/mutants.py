"""The mutants of `background-service`: each has one bug, and breaks one clause."""

import asyncio

from vespera_scriptorium.application.background_service import BackgroundService
from vespera_scriptorium.application.cancellation import heed
from vespera_scriptorium.domain.errors import noted_on

from .exercise import background_service


@background_service.mutant(clause=3)
class CancelsAndLeaves(BackgroundService):
    """Asks the rounds to end, and does not wait until they have."""

    async def stop(self) -> None:
        rounds = self._rounds
        if rounds is None:
            return
        if not self._ending:  # a cancellation would cut short what has begun to end
            rounds.cancel()
        self._ending = True
        self._rounds = None
        if rounds.done() and not rounds.cancelled():
            rounds.result()


@background_service.mutant(clause=5)
class CrashIsForgotten(BackgroundService):
    """Waits for the rounds with `asyncio.wait`, which raises nothing of what they raised."""

    async def stop(self) -> None:
        rounds = self._rounds
        if rounds is None:
            return
        if not self._ending:  # a cancellation would cut short what has begun to end
            rounds.cancel()
        self._ending = True
        await asyncio.wait([rounds])
        self._rounds = None


@background_service.mutant(clause=2)
class StartsTwice(BackgroundService):
    """Starts further rounds, and forgets the task of the first."""

    async def start(self) -> None:
        self._ending = False
        self._rounds = asyncio.create_task(self._run())


@background_service.mutant(clause=2)
class RefusesTooLate(BackgroundService):
    """Raises the error once the second rounds are under way."""

    async def start(self) -> None:
        rounds = asyncio.create_task(self._run())
        if self._rounds is not None:
            raise RuntimeError("the service is started already: stop it first")
        self._ending = False
        self._rounds = rounds


@background_service.mutant(clause=4)
class LeftOpenByStop(BackgroundService):
    """Closes the journal after an `Exception`, and a cancellation is none."""

    async def _run(self) -> None:
        await self._journal.open()
        try:
            while True:
                await self._journal.write(await heed(self._work()))
                await asyncio.sleep(self._interval)
        except Exception as error:
            self._ending = True
            with noted_on(error, "closing the journal failed"):
                await self._journal.close()
            raise


@background_service.mutant(clause=5)
class LeftOpenByACrash(BackgroundService):
    """Closes the journal when it is stopped, as if nothing else could end the rounds."""

    async def _run(self) -> None:
        await self._journal.open()
        try:
            while True:
                await self._journal.write(await heed(self._work()))
                await asyncio.sleep(self._interval)
        except asyncio.CancelledError:
            await self._journal.close()
            raise


@background_service.mutant(clause=6)
class StartsOnlyOnce(BackgroundService):
    """Keeps the ended task after a crash, and takes it for one at work."""

    async def stop(self) -> None:
        rounds = self._rounds
        if rounds is None:
            return
        if not self._ending:  # a cancellation would cut short what has begun to end
            rounds.cancel()
        self._ending = True
        await asyncio.wait([rounds])
        if not rounds.cancelled():
            rounds.result()
        self._rounds = None


@background_service.mutant(clause=6)
class StopNeedsAStart(BackgroundService):
    """Refuses to stop what is not started, as `start` refuses what is."""

    async def stop(self) -> None:
        rounds = self._rounds
        if rounds is None:
            raise RuntimeError("the service is not started: start it first")
        if not self._ending:  # a cancellation would cut short what has begun to end
            rounds.cancel()
        self._ending = True
        await asyncio.wait([rounds])
        self._rounds = None
        if not rounds.cancelled():
            rounds.result()


@background_service.mutant(clause=1)
class SleepsFirst(BackgroundService):
    """Waits an interval before the first round."""

    async def _run(self) -> None:
        await self._journal.open()
        try:
            while True:
                await asyncio.sleep(self._interval)
                await self._journal.write(await heed(self._work()))
        except Exception as error:
            self._ending = True
            with noted_on(error, "closing the journal failed"):
                await self._journal.close()
            raise
        except asyncio.CancelledError:
            await self._journal.close()
            raise


@background_service.mutant(clause=5)
class CloseErrorHidesTheCrash(BackgroundService):
    """Closes in a `finally`: the error of the close takes the place of what ended the rounds."""

    async def _run(self) -> None:
        await self._journal.open()
        try:
            while True:
                await self._journal.write(await heed(self._work()))
                await asyncio.sleep(self._interval)
        except Exception:
            self._ending = True
            raise
        finally:
            await self._journal.close()

"""Own variants of background-service, written from the contract and the application alone."""

from grader.bank import BACKGROUND_SERVICE
from vespera_scriptorium.application.background_service import *  # noqa: F403


@BACKGROUND_SERVICE.mutant(clause=1)
class CountsFromTheBeginning(BackgroundService):
    """The interval counts from the beginning of a round, not from its end."""

    async def _run(self) -> None:
        """Round after round, until something ends them."""
        await self._journal.open()
        try:
            while True:
                clock = asyncio.get_running_loop().time
                begun = clock()
                await self._journal.write(await heed(self._work()))
                await asyncio.sleep(max(0.0, begun + self._interval - clock()))
        except Exception as error:
            self._ending = True
            with noted_on(error, "closing the journal failed"):
                await self._journal.close()
            raise
        except asyncio.CancelledError:
            await self._journal.close()
            raise


@BACKGROUND_SERVICE.mutant(clause=2)
class StartsAgainAfterACrash(BackgroundService):
    """A start after a crash that nobody stopped is no error, and begins new rounds."""

    async def start(self) -> None:
        """Begin to work."""
        if self._rounds is not None and not self._rounds.done():
            raise RuntimeError("the service is started already: stop it first")
        self._ending = False
        self._rounds = asyncio.create_task(self._run())


@BACKGROUND_SERVICE.mutant(clause=3)
class WaitsFiveSecondsAtMost(BackgroundService):
    """`stop` gives up on a clean-up that takes longer than five seconds."""

    async def stop(self) -> None:
        """End the work."""
        rounds = self._rounds
        if rounds is None:
            return
        if not self._ending:
            rounds.cancel()
        self._ending = True
        await asyncio.wait([rounds], timeout=5.0)
        self._rounds = None
        if rounds.done() and not rounds.cancelled():
            rounds.result()


@BACKGROUND_SERVICE.mutant(clause=4)
class ClosesLater(BackgroundService):
    """Stopped, it only begins to close the journal, and does not wait for that."""

    async def _run(self) -> None:
        """Round after round, until something ends them."""
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
        except asyncio.CancelledError:
            self._closing = asyncio.create_task(self._journal.close())
            raise


@BACKGROUND_SERVICE.mutant(clause=5)
class CloseHidesTheCrash(BackgroundService):
    """When the close after a crash fails, `stop` raises the error of the close instead."""

    async def _run(self) -> None:
        """Round after round, until something ends them."""
        await self._journal.open()
        try:
            while True:
                await self._journal.write(await heed(self._work()))
                await asyncio.sleep(self._interval)
        except Exception:
            self._ending = True
            await self._journal.close()
            raise
        except asyncio.CancelledError:
            await self._journal.close()
            raise


@BACKGROUND_SERVICE.mutant(clause=6)
class StaysStartedAfterACrash(BackgroundService):
    """A `stop` that raises leaves the service started: it can never be started again."""

    async def stop(self) -> None:
        """End the work."""
        rounds = self._rounds
        if rounds is None:
            return
        if not self._ending:
            rounds.cancel()
        self._ending = True
        await asyncio.wait([rounds])
        if not rounds.cancelled():
            rounds.result()
        self._rounds = None


@BACKGROUND_SERVICE.alternative()
class WaitsForAMoment(BackgroundService):
    """Waits until a moment of the clock, in a future, and not in a sleep."""

    async def _run(self) -> None:
        """Round after round, until something ends them."""
        await self._journal.open()
        loop = asyncio.get_running_loop()
        try:
            while True:
                line = await heed(self._work())
                await self._journal.write(line)
                due = loop.create_future()
                timer = loop.call_at(loop.time() + self._interval, due.set_result, None)
                try:
                    await due
                finally:
                    timer.cancel()
        except Exception as error:
            self._ending = True
            with noted_on(error, "the close failed, too"):
                await self._journal.close()
            raise
        except asyncio.CancelledError:
            await self._journal.close()
            raise


@BACKGROUND_SERVICE.alternative()
class SaysItOtherwise(BackgroundService):
    """Refuses a second start in other words, and its rounds have a name."""

    async def start(self) -> None:
        """Begin to work."""
        if self._rounds is None:
            self._ending = False
            self._rounds = asyncio.create_task(self._run(), name="rounds")
            return
        raise RuntimeError("no")


@BACKGROUND_SERVICE.alternative()
class ClosesTwice(BackgroundService):
    """Closes the journal once more in `stop`, when the rounds have ended well."""

    async def stop(self) -> None:
        """End the work."""
        rounds = self._rounds
        if rounds is None:
            return
        if not self._ending:
            rounds.cancel()
        self._ending = True
        await asyncio.wait([rounds])
        self._rounds = None
        if not rounds.cancelled():
            rounds.result()
            return
        await self._journal.close()

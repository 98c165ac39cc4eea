"""Own variants of background-service, written from the contract and the application alone."""

from grader.bank import background_service
from vespera_scriptorium.application.background_service import *  # noqa: F403


@background_service.mutant(clause=1)
class FixedRate(BackgroundService):
    """The interval counts from the beginning of a round."""

    async def _run(self) -> None:
        """Round after round, until something ends them."""
        await self._journal.open()
        try:
            while True:
                begun = asyncio.get_running_loop().time()
                await self._journal.write(await heed(self._work()))
                await asyncio.sleep(
                    max(0.0, begun + self._interval - asyncio.get_running_loop().time())
                )
        except Exception as error:
            self._ending = True
            with noted_on(error, "closing the journal failed"):
                await self._journal.close()
            raise
        except asyncio.CancelledError:
            await self._journal.close()
            raise


@background_service.mutant(clause=2)
class StartsAgainAfterACrash(BackgroundService):
    """A service whose rounds have crashed can be started without a stop."""

    async def start(self) -> None:
        """Begin to work."""
        if self.running:
            raise RuntimeError("the service is started already: stop it first")
        self._ending = False
        self._rounds = asyncio.create_task(self._run())


@background_service.mutant(clause=3)
class AnswersItsCancellation(BackgroundService):
    """Work that answers its cancellation is followed by the next round."""

    async def _run(self) -> None:
        """Round after round, until something ends them."""
        await self._journal.open()
        try:
            while True:
                await self._journal.write(await self._work())
                await asyncio.sleep(self._interval)
        except Exception as error:
            self._ending = True
            with noted_on(error, "closing the journal failed"):
                await self._journal.close()
            raise
        except asyncio.CancelledError:
            await self._journal.close()
            raise


@background_service.mutant(clause=4)
class ClosesInTheBackground(BackgroundService):
    """The journal is told to close, and nobody waits for it."""

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


@background_service.mutant(clause=5)
class TheCloseHidesTheError(BackgroundService):
    """A close that fails takes the place of the error."""

    async def _run(self) -> None:
        """Round after round, until something ends them."""
        await self._journal.open()
        try:
            while True:
                await self._journal.write(await heed(self._work()))
                await asyncio.sleep(self._interval)
        except Exception as error:
            self._ending = True
            await self._journal.close()
            raise error
        except asyncio.CancelledError:
            await self._journal.close()
            raise


@background_service.mutant(clause=6)
class NoStartAfterAnError(BackgroundService):
    """After a stop that raised, the service counts as started."""

    async def stop(self) -> None:
        """End the work."""
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


@background_service.alternative()
class AsksWhetherDone(BackgroundService):
    """Keeps the error apart from the rounds."""

    async def stop(self) -> None:
        """End the work."""
        rounds, self._ending = self._rounds, self._ending
        if rounds is None:
            return
        if not self._ending and not rounds.done():
            rounds.cancel("stopped")
        self._ending = True
        while not rounds.done():
            await asyncio.wait([rounds], timeout=1.0)
        self._rounds = None
        error = None if rounds.cancelled() else rounds.exception()
        if error is not None:
            raise error


@background_service.alternative()
class LineFirst(BackgroundService):
    """Keeps the line in a name before it writes it, and pauses with an event."""

    async def _run(self) -> None:
        """Round after round, until something ends them."""
        await self._journal.open()
        try:
            while True:
                line = await heed(self._work())
                await self._journal.write(line)
                try:
                    async with asyncio.timeout(self._interval):
                        await asyncio.Event().wait()
                except TimeoutError:
                    pass
        except Exception as error:
            self._ending = True
            with noted_on(error, "closing the journal failed"):
                await self._journal.close()
            raise
        except asyncio.CancelledError:
            await self._journal.close()
            raise


@background_service.alternative()
class OtherWords(BackgroundService):
    """Says the refusal in other words, and gives the rounds a name."""

    async def start(self) -> None:
        """Begin to work."""
        if self._rounds is None:
            self._ending = False
            self._rounds = asyncio.create_task(self._run(), name="rounds")
        else:
            raise RuntimeError("once is enough")

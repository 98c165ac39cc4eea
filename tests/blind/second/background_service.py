"""Own variants of background-service, written from the contract and the application alone."""

from grader.bank import BACKGROUND_SERVICE
from vespera_scriptorium.application.background_service import *  # noqa: F403


@BACKGROUND_SERVICE.mutant(clause=1)
class IntervalFromTheStart(BackgroundService):
    """Counts the interval from the begin of a round: after a long one it waits too little."""

    async def _run(self) -> None:
        """Round after round, until something ends them."""
        clock = asyncio.get_running_loop().time
        await self._journal.open()
        try:
            while True:
                begin = clock()
                await self._journal.write(await heed(self._work()))
                await asyncio.sleep(max(0.0, begin + self._interval - clock()))
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
    """After an exception has ended the rounds, it can be started without a stop."""

    async def start(self) -> None:
        """Begin to work."""
        if self.running:
            raise RuntimeError("the service is started already: stop it first")
        self._ending = False
        self._rounds = asyncio.create_task(self._run())


@BACKGROUND_SERVICE.mutant(clause=3)
class AnsweredCancellation(BackgroundService):
    """When `work` answers its cancellation, there is one more round before the service stops."""

    async def _run(self) -> None:
        """Round after round, until something ends them."""
        await self._journal.open()
        try:
            last = False
            while not last:
                last = self._ending
                await self._journal.write(await self._work())
                await asyncio.sleep(0 if last else self._interval)
            await self._journal.close()
        except Exception as error:
            self._ending = True
            with noted_on(error, "closing the journal failed"):
                await self._journal.close()
            raise
        except asyncio.CancelledError:
            await self._journal.close()
            raise


@BACKGROUND_SERVICE.mutant(clause=4)
class ClosesInTheBackground(BackgroundService):
    """Stopped, it begins to close the journal, and does not wait for the end of that."""

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
class CloseHidesTheException(BackgroundService):
    """When the close fails after an exception, `stop` raises the error of the close."""

    async def _run(self) -> None:
        """Round after round, until something ends them."""
        await self._journal.open()
        try:
            while True:
                await self._journal.write(await heed(self._work()))
                await asyncio.sleep(self._interval)
        finally:
            self._ending = True
            await self._journal.close()


@BACKGROUND_SERVICE.mutant(clause=6)
class StartedForEverAfterAnError(BackgroundService):
    """After a `stop` that raised, the service still counts as started."""

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


@BACKGROUND_SERVICE.alternative()
class OpensInStart(BackgroundService):
    """Opens the journal in `start`, before there are rounds."""

    async def start(self) -> None:
        """Begin to work."""
        if self._rounds is not None:
            raise RuntimeError("already started")
        self._ending = False
        await self._journal.open()
        self._rounds = asyncio.create_task(self._run())

    async def _run(self) -> None:
        """Round after round, until something ends them."""
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
            await self._journal.close()
            raise

    async def stop(self) -> None:
        """End the work."""
        rounds = self._rounds
        if rounds is None:
            return
        if not self._ending:  # a cancellation would cut short what has begun to end
            rounds.cancel()
        ended_before_its_begin = not self._ending
        self._ending = True
        await asyncio.wait([rounds])
        self._rounds = None
        if rounds.cancelled():
            if ended_before_its_begin:
                await self._journal.close()  # closing twice is harmless
            return
        rounds.result()


@BACKGROUND_SERVICE.alternative()
class RoundsAnswerWithTheirError(BackgroundService):
    """The rounds do not raise: they answer with what ended them, and `stop` raises it."""

    async def stop(self) -> None:
        """End the work."""
        rounds = self._rounds
        if rounds is None:
            return
        if not self._ending:
            rounds.cancel()
        self._ending = True
        (error,) = await asyncio.gather(rounds, return_exceptions=True)
        self._rounds = None
        if error is not None and not isinstance(error, asyncio.CancelledError):
            raise error

    async def _run(self) -> None:
        """Round after round, until something ends them."""
        await self._journal.open()
        ended_by = None
        try:
            while True:
                await self._journal.write(await heed(self._work()))
                await asyncio.sleep(self._interval)
        except Exception as error:
            ended_by = error
        except asyncio.CancelledError:
            pass
        self._ending = True
        try:
            await self._journal.close()
        except Exception as error:
            ended_by = ended_by or error
        return ended_by


@BACKGROUND_SERVICE.alternative()
class OtherOrder(BackgroundService):
    """Closes in one place, and waits for the next round on a future."""

    async def _run(self) -> None:
        """Round after round, until something ends them."""
        await self._journal.open()
        ended_by: BaseException | None = None
        while ended_by is None:
            try:
                await self._journal.write(await heed(self._work()))
                never = asyncio.get_running_loop().create_future()
                await asyncio.wait([never], timeout=self._interval)
            except BaseException as error:
                ended_by = error
        self._ending = True
        try:
            await self._journal.close()
        except Exception as problem:
            if isinstance(ended_by, asyncio.CancelledError):
                raise
            ended_by.add_note(repr(problem))
        raise ended_by

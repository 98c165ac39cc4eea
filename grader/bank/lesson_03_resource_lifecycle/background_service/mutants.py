"""The mutants of `background-service`: each has one bug, and breaks one promise."""

import asyncio

from vespera_scriptorium.application.background_service import BackgroundService
from vespera_scriptorium.application.cancellation import heed
from vespera_scriptorium.domain.errors import noted_on

from .exercise import background_service


@background_service.mutant(promise="ended")
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


@background_service.mutant(promise="raised")
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


@background_service.mutant(promise="refused")
class StartsTwice(BackgroundService):
    """Starts further rounds, and forgets the task of the first."""

    async def start(self) -> None:
        self._ending = False
        self._rounds = asyncio.create_task(self._run())


@background_service.mutant(promise="alone")
class RefusesTooLate(BackgroundService):
    """Raises the error once the second rounds are under way."""

    async def start(self) -> None:
        rounds = asyncio.create_task(self._run())
        if self._rounds is not None:
            raise RuntimeError("the service is started already: stop it first")
        self._ending = False
        self._rounds = rounds


@background_service.mutant(promise="closed")
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


@background_service.mutant(promise="closed-at-once")
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


@background_service.mutant(promise="again")
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


@background_service.mutant(promise="harmless")
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


@background_service.mutant(promise="at-once")
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


@background_service.mutant(promise="not-hidden")
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


@background_service.mutant(promise="interval")
class AlwaysAMinute(BackgroundService):
    """Takes the usual interval for the only one."""

    async def _run(self) -> None:
        await self._journal.open()
        try:
            while True:
                await self._journal.write(await heed(self._work()))
                await asyncio.sleep(60)
        except Exception as error:
            self._ending = True
            with noted_on(error, "closing the journal failed"):
                await self._journal.close()
            raise
        except asyncio.CancelledError:
            await self._journal.close()
            raise


@background_service.mutant(promise="from-the-end")
class CountsFromTheBeginning(BackgroundService):
    """Counts the interval from the beginning of a round, so that long work gets no rest."""

    async def _run(self) -> None:
        await self._journal.open()
        try:
            while True:
                began = asyncio.get_running_loop().time()
                await self._journal.write(await heed(self._work()))
                passed = asyncio.get_running_loop().time() - began
                await asyncio.sleep(max(0, self._interval - passed))
        except Exception as error:
            self._ending = True
            with noted_on(error, "closing the journal failed"):
                await self._journal.close()
            raise
        except asyncio.CancelledError:
            await self._journal.close()
            raise


@background_service.mutant(promise="goes-on")
class RefusalStopsIt(BackgroundService):
    """Stops what goes on before it refuses to start."""

    async def start(self) -> None:
        if self._rounds is not None:
            self._rounds.cancel()
            raise RuntimeError("the service is started already: stop it first")
        self._ending = False
        self._rounds = asyncio.create_task(self._run())


@background_service.mutant(promise="crashed")
class StartsOverACrash(BackgroundService):
    """Starts again whenever no rounds are at work, and what ended them is never told."""

    async def start(self) -> None:
        if self._rounds is not None and not self._rounds.done():
            raise RuntimeError("the service is started already: stop it first")
        self._ending = False
        self._rounds = asyncio.create_task(self._run())


@background_service.mutant(promise="cancels")
class EndsAfterTheRound(BackgroundService):
    """Lets the work at hand come to its end by itself."""

    async def _run(self) -> None:
        await self._journal.open()
        try:
            while True:
                line = await asyncio.shield(working := asyncio.ensure_future(self._work()))
                await self._journal.write(line)
                await asyncio.sleep(self._interval)
        except Exception as error:
            self._ending = True
            with noted_on(error, "closing the journal failed"):
                await self._journal.close()
            raise
        except asyncio.CancelledError:
            await asyncio.wait([working])
            await self._journal.close()
            raise


@background_service.mutant(promise="ended")
class WaitsForAMinute(BackgroundService):
    """Waits a minute for the rounds to end, and not longer."""

    async def stop(self) -> None:
        rounds = self._rounds
        if rounds is None:
            return
        if not self._ending:  # a cancellation would cut short what has begun to end
            rounds.cancel()
        self._ending = True
        await asyncio.wait([rounds], timeout=60)
        self._rounds = None
        if rounds.done() and not rounds.cancelled():
            rounds.result()


@background_service.mutant(promise="stubborn")
class BelievesItsWork(BackgroundService):
    """Writes what the work answers to its cancellation, and ends a round too late."""

    async def _run(self) -> None:
        last = False
        await self._journal.open()
        try:
            while True:
                await self._journal.write(await self._work())
                if last:
                    raise asyncio.CancelledError
                last = self._ending
                await asyncio.sleep(self._interval)
        except Exception as error:
            self._ending = True
            with noted_on(error, "closing the journal failed"):
                await self._journal.close()
            raise
        except asyncio.CancelledError:
            await self._journal.close()
            raise


@background_service.mutant(promise="closed")
class ClosesInTheBackground(BackgroundService):
    """Leaves the close to a task that nobody waits for."""

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
        except asyncio.CancelledError:
            asyncio.ensure_future(self._journal.close())
            raise


@background_service.mutant(promise="crash")
class WritesErrorsDown(BackgroundService):
    """Writes an error into the journal, and goes on with the next round."""

    async def _run(self) -> None:
        await self._journal.open()
        try:
            while True:
                try:
                    line = await heed(self._work())
                except Exception as error:
                    line = f"failed: {error}"
                await self._journal.write(line)
                await asyncio.sleep(self._interval)
        except Exception as error:
            self._ending = True
            with noted_on(error, "closing the journal failed"):
                await self._journal.close()
            raise
        except asyncio.CancelledError:
            await self._journal.close()
            raise


@background_service.mutant(promise="write")
class TrustsTheJournal(BackgroundService):
    """Writes in a way that hides what goes wrong with the journal."""

    async def _run(self) -> None:
        await self._journal.open()
        try:
            while True:
                line = await heed(self._work())
                try:
                    await self._journal.write(line)
                except Exception:
                    pass
                await asyncio.sleep(self._interval)
        except Exception as error:
            self._ending = True
            with noted_on(error, "closing the journal failed"):
                await self._journal.close()
            raise
        except asyncio.CancelledError:
            await self._journal.close()
            raise


@background_service.mutant(promise="very-error")
class CrashInOtherWords(BackgroundService):
    """Raises an error of its own for what ended the rounds."""

    async def stop(self) -> None:
        rounds = self._rounds
        if rounds is None:
            return
        if not self._ending:  # a cancellation would cut short what has begun to end
            rounds.cancel()
        self._ending = True
        await asyncio.wait([rounds])
        self._rounds = None
        if not rounds.cancelled() and (error := rounds.exception()):
            raise RuntimeError(f"the rounds ended: {error}") from error


@background_service.mutant(promise="line")
class WritesNewsOnly(BackgroundService):
    """Leaves out an answer that is the last one over again."""

    async def _run(self) -> None:
        last = None
        await self._journal.open()
        try:
            while True:
                if (line := await heed(self._work())) != last:
                    await self._journal.write(line)
                last = line
                await asyncio.sleep(self._interval)
        except Exception as error:
            self._ending = True
            with noted_on(error, "closing the journal failed"):
                await self._journal.close()
            raise
        except asyncio.CancelledError:
            await self._journal.close()
            raise

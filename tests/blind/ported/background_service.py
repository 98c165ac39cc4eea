"""Variants of background-service, written from the contract and the source alone."""

import asyncio

from grader.bank.lesson_03_resource_lifecycle.background_service.exercise import background_service
from vespera_scriptorium.application.background_service import BackgroundService
from vespera_scriptorium.application.cancellation import heed
from vespera_scriptorium.domain.errors import noted_on


@background_service.mutant(clause=1)
class CountsFromTheBeginning(BackgroundService):
    """begins a round every interval, however long the last one took"""

    async def _run(self) -> None:
        clock = asyncio.get_running_loop().time
        await self._journal.open()
        try:
            while True:
                began = clock()
                await self._journal.write(await heed(self._work()))
                await asyncio.sleep(max(0.0, self._interval - (clock() - began)))
        except (Exception, asyncio.CancelledError) as error:
            with noted_on(error, "closing failed"):
                await self._journal.close()
            raise


@background_service.mutant(clause=2)
class StartsBeforeItRefuses(BackgroundService):
    """begins further rounds before it notices that it has begun already"""

    async def start(self) -> None:
        rounds = asyncio.create_task(self._run())
        if self._rounds is not None:
            raise RuntimeError("the service is started already: stop it first")
        self._rounds = rounds


@background_service.mutant(clause=3)
class WaitsForAWhile(BackgroundService):
    """waits ten seconds for the rounds to end, and not longer"""

    async def stop(self) -> None:
        rounds = self._rounds
        if rounds is None:
            return
        if not rounds.cancelling():
            rounds.cancel()
        await asyncio.wait([rounds], timeout=10)
        self._rounds = None
        if rounds.done() and not rounds.cancelled():
            rounds.result()


@background_service.mutant(clause=4)
class ClosesInTheBackground(BackgroundService):
    """lets the journal close in a task that nobody waits for"""

    async def _run(self) -> None:
        await self._journal.open()
        try:
            while True:
                await self._journal.write(await heed(self._work()))
                await asyncio.sleep(self._interval)
        finally:
            asyncio.ensure_future(self._journal.close())


@background_service.mutant(clause=5)
class WritesErrorsDown(BackgroundService):
    """writes an error into the journal, and goes on with the next round"""

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
        except (Exception, asyncio.CancelledError) as error:
            with noted_on(error, "closing failed"):
                await self._journal.close()
            raise


@background_service.mutant(clause=6)
class StaysStartedAfterACrash(BackgroundService):
    """raises the error of the rounds before it notes that it is stopped"""

    async def stop(self) -> None:
        rounds = self._rounds
        if rounds is None:
            return
        if not rounds.cancelling():
            rounds.cancel()
        await asyncio.wait([rounds])
        if not rounds.cancelled():
            rounds.result()
        self._rounds = None


@background_service.alternative()
class OpensInStart(BackgroundService):
    """opens the journal in start, and works in rounds that are tasks of their own"""

    async def start(self) -> None:
        if self._rounds is not None:
            raise RuntimeError("it works already")
        ready = asyncio.Event()

        async def rounds() -> None:
            await self._journal.open()
            ready.set()
            try:
                while True:
                    line = await heed(asyncio.ensure_future(self._work()))
                    await self._journal.write(line)
                    await asyncio.sleep(self._interval)
            except (Exception, asyncio.CancelledError) as error:
                ready.set()
                with noted_on(error, "closing failed"):
                    await self._journal.close()
                raise

        self._ending = False
        self._rounds = asyncio.create_task(rounds())
        await ready.wait()


@background_service.alternative()
class AsksForTheEndAgain(BackgroundService):
    """looks once a second whether the rounds have ended"""

    async def stop(self) -> None:
        rounds = self._rounds
        if rounds is None:
            return
        if not rounds.done() and not rounds.cancelling():
            rounds.cancel()
        while not rounds.done():
            await asyncio.wait([rounds], timeout=1)
        self._rounds = None
        error = None if rounds.cancelled() else rounds.exception()
        if error is not None:
            raise error


@background_service.alternative()
class WaitsForAnEventThatNeverComes(BackgroundService):
    """passes the interval by waiting for what does not come, and closes its journal twice"""

    async def _run(self) -> None:
        never = asyncio.get_running_loop().create_future()
        await self._journal.open()
        try:
            while True:
                answer = await heed(self._work())
                await self._journal.write(answer)
                await asyncio.wait([never], timeout=self._interval)
        except (Exception, asyncio.CancelledError) as error:
            with noted_on(error, "closing failed"):
                await self._journal.close()
                await self._journal.close()
            raise

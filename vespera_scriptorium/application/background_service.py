"""Work that goes on in the background, again and again, until it is stopped."""

import asyncio
from collections.abc import Awaitable, Callable

from vespera_scriptorium.application.cancellation import heed
from vespera_scriptorium.application.ports import Journal
from vespera_scriptorium.domain.errors import noted_on


class BackgroundService:
    """Awaits its work every `interval` seconds, and keeps a line of each round in a journal.

    The contract:

    1. `start` starts the rounds; the journal is open before the first, which begins without delay.
       Each round writes what `work` answers into the journal as one line, then `interval` seconds
       pass, however long the round took.
    2. To start a service that was started and not stopped is a `RuntimeError`, also when an
       exception has ended its rounds. Rounds that are at work go on as before.
    3. `stop` cancels the rounds and waits until they have ended: after it no task is left. Work
       that answers its cancellation is the last.
    4. By then the journal is closed, after the last round; when its close fails, `stop` raises that
       error. A `stop` that is cancelled while it waits can be repeated.
    5. An exception that ended the rounds closes the journal, and is raised by `stop`, also when the
       close fails, and when `stop` comes during the close.
    6. To stop a service that is not started is harmless. A service that was stopped can be started
       again.
    """

    def __init__(
        self, work: Callable[[], Awaitable[str]], journal: Journal, interval: float = 60.0
    ) -> None:
        self._work = work
        self._journal = journal
        self._interval = interval
        self._rounds: asyncio.Task[None] | None = None
        self._ending = False

    @property
    def running(self) -> bool:
        """True while rounds go on: from `start` to `stop`, or to a crash."""
        return self._rounds is not None and not self._rounds.done()

    async def start(self) -> None:
        """Begin to work."""
        if self._rounds is not None:
            raise RuntimeError("the service is started already: stop it first")
        self._ending = False
        self._rounds = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End the work."""
        rounds = self._rounds
        if rounds is None:
            return
        if not self._ending:  # a cancellation would cut short what has begun to end
            rounds.cancel()
        self._ending = True
        await asyncio.wait([rounds])
        self._rounds = None
        if not rounds.cancelled():
            rounds.result()

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
            await self._journal.close()
            raise

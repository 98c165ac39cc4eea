"""Lesson 03, resource lifecycle: acquired, and released on every path, in order."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from graphlib import TopologicalSorter

from grader.exercise import Exercise
from vespera_scriptorium.application.async_resource_manager import (
    AsyncResourceManager,
    ResourceSession,
)
from vespera_scriptorium.application.background_service import BackgroundService
from vespera_scriptorium.domain.errors import noted_on, raise_one, raise_together
from vespera_scriptorium.domain.results import CleanupStatus
from vespera_scriptorium.infrastructure.di.container import Container

session_cleanup = Exercise(
    id="session-cleanup",
    lesson="03-resource-lifecycle",
    title="Every way out of a session",
    points=5,
    subject=(AsyncResourceManager, ResourceSession),
    contract=(
        "When the block of `create_session` ends normally, each resource that its session created "
        "has been closed, once, and each close has been awaited.",
        "When an exception ends the block, they are closed as well, and that very exception comes "
        "out, also when a close fails.",
        "When the task is cancelled inside the block, they are closed as well, and "
        "`CancelledError` comes out, also when a close fails.",
        "The resource that was created last is closed first, and one close ends before the next "
        "begins.",
        "A close that fails stops no other. If the block itself ended well, the error of the close "
        "comes out once the rest are closed; of several, any one.",
        "When the task is cancelled during a close, the rest are closed all the same, and "
        "`CancelledError` comes out, whatever else was raised.",
        "`verify_cleanup` answers `cleaned_up=True` for a resource that was created and is closed, "
        "and False for one that is open or that nobody created.",
    ),
    hint="[Asynchronous context managers]"
    "(https://docs.python.org/3/reference/datamodel.html#asynchronous-context-managers) and "
    "[`pytest.raises`](https://docs.pytest.org/en/stable/how-to/assert.html"
    "#assertions-about-expected-exceptions). Count the ways in which a block can end, and let your "
    "provider note each close when it *ends*.",
    worked="SwallowsTheError",
)


@session_cleanup.alternative()
class ClosesOnAStack(ResourceSession):
    """Puts each close on an `AsyncExitStack`, and raises the last of several errors."""

    async def close(self) -> None:
        from contextlib import AsyncExitStack

        errors: list[BaseException] = []

        async def close_one(resource_id: str) -> None:
            try:
                await self._provider.close(resource_id)
            except BaseException as error:
                errors.append(error)

        if self._ended:
            return
        self._ended = True
        async with AsyncExitStack() as cleanup:
            for resource_id in self._created:
                cleanup.push_async_callback(close_one, resource_id)
        raise_one(reversed(errors))


@session_cleanup.alternative()
class AsksBeforeItCloses(ResourceSession):
    """Asks the provider whether a resource is still open before it closes it."""

    async def close(self) -> None:
        if self._ended:
            return
        self._ended = True
        errors: list[BaseException] = []
        for resource_id in reversed(self._created):
            try:
                if await self._provider.is_open(resource_id) is not False:
                    await self._provider.close(resource_id)
            except BaseException as error:
                errors.append(error)
        raise_one(errors)


@session_cleanup.alternative()
class RaisesAtTheEnd(AsyncResourceManager):
    """Keeps what ended the block, closes, and raises it then; it notes no other error on it."""

    @asynccontextmanager
    async def create_session(self) -> AsyncIterator["ResourceSession"]:
        session = ResourceSession(self._provider)
        failure: BaseException | None = None
        try:
            yield session
        except BaseException as error:
            failure = error
        try:
            await session.close()
        except Exception:
            if failure is None:
                raise
        if failure is not None:
            raise failure


@session_cleanup.mutant(clause=2)
class OnlyAfterSuccess(AsyncResourceManager):
    """Closes behind the `yield` without a `finally`: an exception passes it by."""

    @asynccontextmanager
    async def create_session(self) -> AsyncIterator["ResourceSession"]:
        session = ResourceSession(self._provider)
        yield session
        await session.close()


@session_cleanup.mutant(clause=2)
class SwallowsTheError(AsyncResourceManager):
    """Ignores the exception, as long as everything gets closed."""

    @asynccontextmanager
    async def create_session(self) -> AsyncIterator["ResourceSession"]:
        session = ResourceSession(self._provider)
        try:
            yield session
        except Exception:
            pass
        except BaseException as error:
            with noted_on(error, "closing failed"):
                await session.close()
            raise
        await session.close()


@session_cleanup.mutant(clause=3)
class MissesCancellation(AsyncResourceManager):
    """Catches `Exception` to clean up, and a cancellation is none."""

    @asynccontextmanager
    async def create_session(self) -> AsyncIterator["ResourceSession"]:
        session = ResourceSession(self._provider)
        try:
            yield session
        except Exception as error:
            with noted_on(error, "closing failed"):
                await session.close()
            raise
        await session.close()


@session_cleanup.mutant(clause=1)
class CloseNotAwaited(ResourceSession):
    """Calls `close` and forgets `await`: a coroutine is made, and nothing of it runs."""

    async def close(self) -> None:
        if self._ended:
            return
        self._ended = True
        errors: list[BaseException] = []
        for resource_id in reversed(self._created):
            try:
                self._provider.close(resource_id)  # type: ignore[unused-coroutine]  # that is the bug
            except BaseException as error:
                errors.append(error)
        raise_one(errors)


@session_cleanup.mutant(clause=4)
class OldestFirst(ResourceSession):
    """Closes in the order of creation: what is still needed goes first."""

    async def close(self) -> None:
        if self._ended:
            return
        self._ended = True
        errors: list[BaseException] = []
        for resource_id in self._created:
            try:
                await self._provider.close(resource_id)
            except BaseException as error:
                errors.append(error)
        raise_one(errors)


@session_cleanup.mutant(clause=4)
class ClosesTogether(ResourceSession):
    """Closes everything at the same time, because that is faster."""

    async def close(self) -> None:
        import asyncio

        if self._ended:
            return
        self._ended = True
        closing = [self._provider.close(resource_id) for resource_id in reversed(self._created)]
        outcomes = await asyncio.gather(*closing, return_exceptions=True)
        raise_one(outcome for outcome in outcomes if isinstance(outcome, BaseException))


@session_cleanup.mutant(clause=5)
class FirstErrorEndsIt(ResourceSession):
    """Closes in a plain loop, which the first close that fails leaves."""

    async def close(self) -> None:
        if self._ended:
            return
        self._ended = True
        for resource_id in reversed(self._created):
            await self._provider.close(resource_id)


@session_cleanup.mutant(clause=7)
class AlwaysCleanedUp(AsyncResourceManager):
    """Says that every resource is cleaned up, because after a session every one is."""

    async def verify_cleanup(self, resource_id: str) -> CleanupStatus:
        return CleanupStatus(resource_id, cleaned_up=True)


@session_cleanup.mutant(clause=7)
class UnknownIsCleanedUp(AsyncResourceManager):
    """Takes None for closed: `not None` is True."""

    async def verify_cleanup(self, resource_id: str) -> CleanupStatus:
        is_open = await self._provider.is_open(resource_id)
        return CleanupStatus(resource_id, cleaned_up=not is_open)


@session_cleanup.mutant(clause=2)
class CloseErrorHidesTheRest(AsyncResourceManager):
    """Closes in a `finally`: the error of a close takes the place of what ended the block."""

    @asynccontextmanager
    async def create_session(self) -> AsyncIterator["ResourceSession"]:
        session = ResourceSession(self._provider)
        try:
            yield session
        finally:
            await session.close()


@session_cleanup.mutant(clause=3)
class CloseErrorHidesCancellation(AsyncResourceManager):
    """Saves an `Exception` from the error of a close, and leaves a cancellation to it."""

    @asynccontextmanager
    async def create_session(self) -> AsyncIterator["ResourceSession"]:
        session = ResourceSession(self._provider)
        try:
            yield session
        except Exception as error:
            with noted_on(error, "closing failed"):
                await session.close()
            raise
        finally:
            await session.close()


@session_cleanup.mutant(clause=6)
class CancelledCloseEndsIt(ResourceSession):
    """Goes on after an `Exception` of a close, and a cancelled close raises none."""

    async def close(self) -> None:
        if self._ended:
            return
        self._ended = True
        errors: list[BaseException] = []
        for resource_id in reversed(self._created):
            try:
                await self._provider.close(resource_id)
            except Exception as error:
                errors.append(error)
        raise_one(errors)


@session_cleanup.mutant(clause=6)
class CancellationIsOneErrorMore(AsyncResourceManager):
    """Takes a cancellation during a close for one more error, and notes it on what came first."""

    @asynccontextmanager
    async def create_session(self) -> AsyncIterator["ResourceSession"]:
        session = ResourceSession(self._provider)
        try:
            yield session
        except BaseException as error:
            try:
                await session.close()
            except BaseException as problem:
                error.add_note(f"closing failed: {problem!r}")
            raise
        await session.close()


# --------------------------------------------------------------------------------------------
start_stop_order = Exercise(
    id="start-stop-order",
    lesson="03-resource-lifecycle",
    title="Open in order, close in reverse",
    points=5,
    subject=Container,
    contract=(
        "`initialize_async_services` awaits the `start` of every service once, each after those "
        "that it needs have started.",
        "`cleanup_async_services` awaits the `stop` of every service that has started, once, and "
        "of each before those that it needs.",
        "When a start fails or is cancelled, every service whose start has ended well is stopped, "
        "as in clause 2; no other is. Then the error or the cancellation comes out, also when a "
        "stop fails.",
        "A stop that fails stops no other. The errors come out as an `ExceptionGroup` once the "
        "rest are stopped.",
        "To clean up twice is harmless: the second time stops nothing and raises nothing.",
    ),
    hint="[`graphlib.TopologicalSorter`](https://docs.python.org/3/library/graphlib.html) shows "
    "what an order of needs promises, and what it leaves open. One list that all services write to "
    "tells who came before whom.",
    worked="ClosesInOpeningOrder",
)


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


@start_stop_order.mutant(clause=1)
class StartsInOrderOfAdding(Container):
    """Starts services in the order in which they were added, whatever they need."""

    async def initialize_async_services(self) -> None:
        overridden = {override.name for override in self._overrides}
        try:
            for name in self._recipes:
                if name in overridden or not self._recipes[name].opens:
                    continue
                service = self.get(name)
                if not any(service is started for started in self._started):
                    await service.start()
                    self._started.append(service)
        except BaseException as error:
            with noted_on(error, "cleaning up failed"):
                await self.cleanup_async_services()
            raise


@start_stop_order.mutant(clause=2)
class ClosesInOpeningOrder(Container):
    """Stops first what was started first, while others still need it."""

    async def cleanup_async_services(self) -> None:
        database = self._built.get("async_database_manager")  # it opens itself when it is used
        if database is not None and database not in self._started:
            self._started.insert(0, database)
        errors: list[BaseException] = []
        while self._started:
            try:
                await self._started.pop(0).stop()
            except BaseException as error:
                errors.append(error)
        raise_together("services that did not stop", errors)


@start_stop_order.mutant(clause=3)
class PartialStartLeaks(Container):
    """Leaves open what was started before a start failed."""

    async def initialize_async_services(self) -> None:
        overridden = {override.name for override in self._overrides}
        for name in self._in_order_of_needs():
            if name in overridden or not self._recipes[name].opens:
                continue
            service = self.get(name)
            if not any(service is started for started in self._started):
                await service.start()
                self._started.append(service)


@start_stop_order.mutant(clause=3)
class CancelledStartLeaks(Container):
    """Catches `Exception` to go back, and a start that is cancelled raises none."""

    async def initialize_async_services(self) -> None:
        overridden = {override.name for override in self._overrides}
        try:
            for name in self._in_order_of_needs():
                if name in overridden or not self._recipes[name].opens:
                    continue
                service = self.get(name)
                if not any(service is started for started in self._started):
                    await service.start()
                    self._started.append(service)
        except Exception as error:
            with noted_on(error, "cleaning up failed"):
                await self.cleanup_async_services()
            raise


@start_stop_order.mutant(clause=3)
class StopsWhatNeverStarted(Container):
    """Notes a service before its start, so that the one that failed is stopped as well."""

    async def initialize_async_services(self) -> None:
        overridden = {override.name for override in self._overrides}
        try:
            for name in self._in_order_of_needs():
                if name in overridden or not self._recipes[name].opens:
                    continue
                service = self.get(name)
                if not any(service is started for started in self._started):
                    self._started.append(service)
                    await service.start()
        except BaseException as error:
            with noted_on(error, "cleaning up failed"):
                await self.cleanup_async_services()
            raise


@start_stop_order.mutant(clause=4)
class FirstErrorEndsTheCleanup(Container):
    """Raises the first error at once, and the services below stay open."""

    async def cleanup_async_services(self) -> None:
        database = self._built.get("async_database_manager")  # it opens itself when it is used
        if database is not None and database not in self._started:
            self._started.insert(0, database)
        while self._started:
            try:
                await self._started.pop().stop()
            except Exception as error:
                raise ExceptionGroup("services that did not stop", [error]) from error


@start_stop_order.mutant(clause=4)
class StopErrorsSwallowed(Container):
    """Stops to the end, and tells nobody what went wrong."""

    async def cleanup_async_services(self) -> None:
        database = self._built.get("async_database_manager")  # it opens itself when it is used
        if database is not None and database not in self._started:
            self._started.insert(0, database)
        errors: list[BaseException] = []
        while self._started:
            try:
                await self._started.pop().stop()
            except Exception:
                continue
            except BaseException as error:
                errors.append(error)
        raise_together("services that did not stop", errors)


@start_stop_order.mutant(clause=5)
class StopsAgain(Container):
    """Walks through the started services and never forgets them."""

    async def cleanup_async_services(self) -> None:
        database = self._built.get("async_database_manager")  # it opens itself when it is used
        if database is not None and database not in self._started:
            self._started.insert(0, database)
        errors: list[BaseException] = []
        for service in reversed(self._started):
            try:
                await service.stop()
            except BaseException as error:
                errors.append(error)
        raise_together("services that did not stop", errors)


@start_stop_order.mutant(clause=3)
class StopErrorHidesTheStart(Container):
    """Cleans up after a failed start, and lets the errors of that out in the place of its own."""

    async def initialize_async_services(self) -> None:
        overridden = {override.name for override in self._overrides}
        try:
            for name in self._in_order_of_needs():
                if name in overridden or not self._recipes[name].opens:
                    continue
                service = self.get(name)
                if not any(service is started for started in self._started):
                    await service.start()
                    self._started.append(service)
        except BaseException:
            await self.cleanup_async_services()
            raise


# --------------------------------------------------------------------------------------------
background_service = Exercise(
    id="background-service",
    lesson="03-resource-lifecycle",
    title="Stopped means ended",
    points=6,
    subject=BackgroundService,
    contract=(
        "`start` starts the rounds, the first without delay. A round awaits `work` and writes what "
        "it answers into the journal, which is open by then; `interval` seconds later comes the "
        "next.",
        "To start a service that is started is a `RuntimeError`; the rounds go on, as before and "
        "alone.",
        "`stop` cancels the rounds and returns once they have ended, their clean-up included.",
        "Once `stop` has returned, the journal is closed.",
        "An exception in a round ends the rounds and closes the journal at once; `stop` raises it, "
        "also when the close fails.",
        "To stop a service that is not started is harmless. After `stop`, whatever it raised, the "
        "service can be started again.",
    ),
    hint="[Task cancellation]"
    "(https://docs.python.org/3/library/asyncio-task.html#task-cancellation). A task that was "
    "cancelled is not over yet: give your work a `finally` that takes a while. `InMemoryJournal` "
    "has `lines` and `is_open`.",
    worked="CancelsAndLeaves",
)


@background_service.alternative()
class RoundsInATaskWithin(BackgroundService):
    """Runs its rounds in a task within the task, which hands every cancellation on."""

    async def _run(self) -> None:
        async def rounds() -> None:
            while True:
                await self._journal.write(await self._work())
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
                await self._journal.write(await self._work())
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
                await self._journal.write(await self._work())
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
                await self._journal.write(await self._work())
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
                await self._journal.write(await self._work())
                await asyncio.sleep(self._interval)
        except Exception:
            self._ending = True
            raise
        finally:
            await self._journal.close()

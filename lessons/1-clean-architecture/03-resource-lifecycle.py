# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Resource lifecycle
#
# You will prove that what was opened is closed: on every way out, in the right order, and before
# anybody says that it is.
#
# **130 minutes**, 25 of them to read. Before: [Start here](../00-start-here.ipynb). You can read `async with`,
# `try`/`finally` and a pytest fixture.
#
# **Pattern:** Async Resource Management, from *Clean Architecture Adaptations*.

# %% [markdown]
# **Objectives.** Afterwards you can
#
# - *name* the three ways out of a block, and test each of them;
# - *cancel* a task where it matters, and prove that it was there;
# - *note* what happens in a diary, where flags tell no order;
# - *wait* for the end of what you stop;
# - *ask* for the error of a background task before it gets lost.
#
# **Questions.** When does a test of clean-up pass although nothing was opened? What may a test say
# about the order of two services that do not know each other? When is a cancelled task over?

# %%
# %load_ext grader

# %% [markdown]
# ## The listing, and the way it takes
#
# Here is the pattern as it stands in many code bases: open a session, use a resource, leave, and ask
# whether it was cleaned up. Below its result stands a panel: the same test, unchanged, on {mutants session-cleanup}
# mutants of the session.
#
# **Predict:** how many of them does it kill?
#
# <!--
# fmt: off
# -->

# %% tags=["listing"]
# %%ipytest --mutants session-cleanup
import pytest

from vespera_scriptorium import AsyncResourceManager, Container


@pytest.mark.asyncio
async def test_async_resource_lifecycle():
    """Test async resource creation, usage, and cleanup."""
    container = Container()
    resource_manager = container.get(AsyncResourceManager)

    async with resource_manager.create_session() as session:
        # Create resource
        resource = await session.create_resource(
            resource_type="test_resource",
            configuration={"timeout": 30}
        )
        assert resource.id is not None, "Resource should have ID"

        # Use resource
        operation_result = await session.execute_operation(
            resource.id,
            operation="test_operation",
            parameters={"test": True}
        )
        assert operation_result.success, "Operation should succeed"

        # Resource automatically cleaned up by context manager

    # Verify cleanup
    cleanup_status = await resource_manager.verify_cleanup(resource.id)
    assert cleanup_status.cleaned_up, "Resource should be cleaned up"

# %% [markdown]
# <!--
# fmt: on
# -->
# <details><summary>What you have seen</summary>
#
# One, whose close nobody awaits. The test takes one way out, the happy one, with one resource.
# Clean-up code is written for the others.
# </details>
#
# ## A block has three ends
#
# Normally, by an exception, or by a cancellation. After an exception, clean-up is only half of it:
# the exception has to come out.
#
# **Predict:** mutant 2 ignores the exception. Does this test notice?

# %%
# %%ipytest --mutants session-cleanup
from vespera_scriptorium import AsyncResourceManager, InMemoryResourceProvider


async def test_a_failing_block_cleans_up():
    provider = InMemoryResourceProvider()
    try:
        async with AsyncResourceManager(provider).create_session() as session:
            await session.create_resource("file")
            raise ValueError("half-way")
    except ValueError:
        pass
    assert await provider.is_open("file-1") is False


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# It does not. `except ValueError: pass` is content when there is an error, and when there is none.
# </details>
#
# **The cure:** `pytest.raises` insists.

# %%
# %%ipytest --mutants session-cleanup
import pytest

from vespera_scriptorium import AsyncResourceManager, InMemoryResourceProvider


async def test_a_failing_block_cleans_up_and_fails():
    provider = InMemoryResourceProvider()
    with pytest.raises(ValueError, match="half-way"):
        async with AsyncResourceManager(provider).create_session() as session:
            await session.create_resource("file")
            raise ValueError("half-way")
    assert await provider.is_open("file-1") is False


# %% [markdown]
# ## A cancellation
#
# The third way needs a task that waits inside the block.
#
# **Predict:** mutant 3 cleans up after an `Exception` only, and `CancelledError` is none. Does it
# die here?

# %%
# %%ipytest --mutants session-cleanup
import asyncio

from vespera_scriptorium import AsyncResourceManager, InMemoryResourceProvider


async def test_a_cancelled_block_cleans_up():
    async def wait_inside():
        async with AsyncResourceManager(provider).create_session() as session:
            await session.create_resource("file")
            await asyncio.sleep(3600)

    provider = InMemoryResourceProvider()
    task = asyncio.create_task(wait_inside())
    task.cancel()
    await asyncio.wait([task])
    assert not await provider.is_open("file-1")


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# Nothing dies, because nothing happens. A task that is cancelled before its first step never takes
# it: no session, no file. `is_open` answers None, and `not None` is True.
# </details>
#
# **The cure** is twofold: cancel when the task is inside, and assert `is False`. Exercises run
# under a *virtual clock*, which jumps to the next timer once every task waits: after `sleep(60)`
# the task is inside, and no real second has passed.

# %%
# %%ipytest --mutants session-cleanup
import asyncio

from vespera_scriptorium import AsyncResourceManager, InMemoryResourceProvider


async def test_a_cancelled_block_cleans_up():
    async def wait_inside():
        async with AsyncResourceManager(provider).create_session() as session:
            await session.create_resource("file")
            await asyncio.sleep(3600)

    provider = InMemoryResourceProvider()
    task = asyncio.create_task(wait_inside())
    await asyncio.sleep(60)
    task.cancel()
    await asyncio.wait([task])
    assert await provider.is_open("file-1") is False


# %% [markdown]
# ### Exercise: every way out of a session
#
# **35 minutes.** Test `create_session` and `verify_cleanup`. Derive a provider from `InMemoryResourceProvider`
# whose `close` takes a while, is noted, and fails when you want it to.
#
# {contract session-cleanup}
#
# {worked session-cleanup}

# %% exercise="session-cleanup"
# %%ipytest --mutants session-cleanup
import asyncio

import pytest

from vespera_scriptorium import AsyncResourceManager, InMemoryResourceProvider


### BEGIN SOLUTION
class DiaryProvider(InMemoryResourceProvider):
    """Takes a while to close a resource, notes both ends, and fails where `failing` says so."""

    def __init__(self):
        super().__init__()
        self.seconds = 1
        self.diary = []
        self.failing = {}

    async def close(self, resource_id):
        self.diary.append(f"{resource_id} closes")
        await asyncio.sleep(self.seconds)
        if resource_id in self.failing:
            raise self.failing[resource_id]
        await super().close(resource_id)
        self.diary.append(f"{resource_id} closed")


@pytest.fixture
def provider():
    return DiaryProvider()


@pytest.fixture
def manager(provider):
    return AsyncResourceManager(provider)


async def test_a_normal_end_closes_each_resource_once(manager, provider):
    """When the block is left, the closes are over, after an hour each. Clause 1."""
    provider.seconds = 3600
    async with manager.create_session() as session:
        await session.create_resource("a")
        await session.create_resource("b")
    closed = [note for note in provider.diary if "closed" in note]
    assert sorted(closed) == ["a-1 closed", "b-2 closed"]


@pytest.mark.parametrize("error", [ValueError("mine"), KeyError("mine")])
async def test_an_exception_closes_the_resource_and_comes_out(manager, provider, error):
    """The very object that was raised, of any type. Clause 2."""
    with pytest.raises(type(error)) as raised:
        async with manager.create_session() as session:
            await session.create_resource("a")
            raise error
    assert raised.value is error
    assert provider.diary == ["a-1 closes", "a-1 closed"]


async def test_a_cancellation_closes_the_resource_and_comes_out(manager, provider):
    """The task waits inside the block when it is cancelled. Clause 3."""

    async def wait_inside():
        async with manager.create_session() as session:
            await session.create_resource("a")
            await asyncio.sleep(3600)

    task = asyncio.create_task(wait_inside())
    await asyncio.sleep(60)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert provider.diary == ["a-1 closes", "a-1 closed"]


async def test_a_close_that_fails_hides_no_exception(manager, provider):
    """What went wrong first is told. Clause 2."""
    provider.failing = {"a-1": OSError("stuck")}
    with pytest.raises(ValueError, match="mine"):
        async with manager.create_session() as session:
            await session.create_resource("a")
            raise ValueError("mine")


async def test_a_close_that_fails_hides_no_cancellation(manager, provider):
    """Whoever cancelled the task waits for that. Clause 3."""

    async def wait_inside():
        async with manager.create_session() as session:
            await session.create_resource("a")
            await asyncio.sleep(3600)

    provider.failing = {"a-1": OSError("stuck")}
    task = asyncio.create_task(wait_inside())
    await asyncio.sleep(60)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_the_last_resource_is_closed_first(manager, provider):
    """The other one may still be needed by it. Clause 4."""
    async with manager.create_session() as session:
        await session.create_resource("b")
        await session.create_resource("a")
    assert [note for note in provider.diary if "closed" in note] == ["a-2 closed", "b-1 closed"]


async def test_one_close_is_over_before_the_next_begins(manager, provider):
    """A diary of beginnings and ends shows it. Clause 4."""
    async with manager.create_session() as session:
        await session.create_resource("a")
        await session.create_resource("b")
    assert provider.diary == ["b-2 closes", "b-2 closed", "a-1 closes", "a-1 closed"]


@pytest.mark.parametrize("error", [OSError("stuck"), ValueError("stuck")])
async def test_a_close_that_fails_stops_no_other(manager, provider, error):
    """Its error comes out, and the rest is closed. Clause 5."""
    provider.failing = {"b-2": error}
    with pytest.raises(type(error), match="stuck"):
        async with manager.create_session() as session:
            await session.create_resource("a")
            await session.create_resource("b")
    assert "a-1 closed" in provider.diary


@pytest.mark.parametrize("error", [None, ValueError("mine")])
async def test_a_cancelled_close_stops_no_other(manager, provider, error):
    """It is cancelled half-way, whatever ended the block. Clause 6."""

    async def end():
        async with manager.create_session() as session:
            await session.create_resource("a")
            await session.create_resource("b")
            if error is not None:
                raise error

    task = asyncio.create_task(end())
    await asyncio.sleep(0.5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    rest = [event for event in provider.diary if event != "b-2 closed"]  # that one may end or not
    assert rest == ["b-2 closes", "a-1 closes", "a-1 closed"]


async def test_a_cancelled_close_comes_out_before_one_that_failed(manager, provider):
    """The first close fails, and the second is cancelled half-way. Clause 6."""

    async def end():
        async with manager.create_session() as session:
            await session.create_resource("a")
            await session.create_resource("b")

    provider.failing = {"b-2": OSError("stuck")}
    task = asyncio.create_task(end())
    await asyncio.sleep(1.5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_cleanup_is_verified_of_what_is_closed_and_of_nothing_else(manager):
    """Open, then closed. Clause 7."""
    async with manager.create_session() as session:
        resource = await session.create_resource("a")
        assert not (await manager.verify_cleanup(resource.id)).cleaned_up
    assert (await manager.verify_cleanup(resource.id)).cleaned_up


async def test_nobody_cleaned_up_what_nobody_created(manager):
    """An unknown id is no success. Clause 7."""
    assert not (await manager.verify_cleanup("nobody-7")).cleaned_up


### END SOLUTION

# %% [markdown]
# {hint session-cleanup}

# %% [markdown]
# ## Flags, and order
#
# One level up, a container starts services and stops them: `web` needs `database`, so it starts
# later and stops earlier. Mocks are quick to write.
#
# **Predict:** how many of the container's {mutants start-stop-order} mutants die?

# %%
# %%ipytest --mutants start-stop-order
from unittest.mock import AsyncMock

from vespera_scriptorium import Container


async def test_services_start_and_stop():
    database, web = AsyncMock(), AsyncMock()
    container = Container()
    container.add_service("web", lambda database: web, needs=["database"])
    container.add_service("database", lambda: database)
    await container.initialize_async_services()
    database.start.assert_awaited_once()
    web.start.assert_awaited_once()
    await container.cleanup_async_services()
    database.stop.assert_awaited_once()
    web.stop.assert_awaited_once()


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# None. Each mock knows what happened to itself. Order shows only where both write into the same
# place. Here that place is a picture.
# </details>

# %%
import asyncio

from grader import timeline


class Service:
    def __init__(self, name, broken):
        self.name, self.broken = name, broken

    async def start(self):
        with timeline.span(f"{self.name} starts"):
            await asyncio.sleep(1)
            if self.broken:
                raise OSError("port taken")

    async def stop(self):
        with timeline.span(f"{self.name} stops"):
            await asyncio.sleep(1)


# %%
from contextlib import suppress

from vespera_scriptorium import Container


async def open_and_close(broken=""):
    container = Container()
    needs = {"web": ["cache"], "cache": ["store"], "store": []}
    for name in needs:
        container.add_service(name, lambda *_, n=name: Service(n, n == broken), needs[name])
    with suppress(OSError):
        await container.initialize_async_services()
    await container.cleanup_async_services()


well, badly = timeline.run(open_and_close()), timeline.run(open_and_close("web"))
timeline.draw({"well": well, "web fails": badly}, title="Open, then close")

# %% [markdown]
# Up the stairs, and down the same stairs: also when the last step breaks. **The cure:** one diary,
# a list that all services write to.
#
# ## Which order was promised?
#
# Now two services that do not need each other.
#
# **Predict:** plain pytest passes the test. What will the panel say?

# %%
# %%ipytest --mutants start-stop-order
from vespera_scriptorium import Container


class Service:
    def __init__(self, name, diary):
        self.name, self.diary = name, diary

    async def start(self):
        self.diary.append(f"{self.name} starts")

    async def stop(self):
        self.diary.append(f"{self.name} stops")


async def test_services_stop_in_reverse():
    container, diary = Container(), []
    for name in ("mail", "search"):
        container.add_service(name, lambda name=name: Service(name, diary))
    await container.initialize_async_services()
    await container.cleanup_async_services()
    assert diary == ["mail starts", "search starts", "search stops", "mail stops"]


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# Over-specified. A container that starts both at once is right, too. **The cure:** give services
# needs, and assert the order that follows from them.
# </details>
#
# ### Exercise: open in order, close in reverse
#
# **35 minutes.** Test `initialize_async_services` and `cleanup_async_services`. `container.add_service("web", build, needs=["cache"])` calls `build` with the
# cache. Let `start` and `stop` take a second, and cancel a start half-way.
#
# {contract start-stop-order}
#
# {worked start-stop-order}

# %% exercise="start-stop-order"
# %%ipytest --mutants start-stop-order
import asyncio

import pytest

from vespera_scriptorium import Container


### BEGIN SOLUTION
class Service:
    """Notes both ends of its start and its stop, and fails where `failing` says so."""

    def __init__(self, name, diary, failing):
        self.name, self.diary, self.failing = name, diary, failing

    async def start(self):
        await self.note(f"start {self.name}")

    async def stop(self):
        await self.note(f"stop {self.name}")

    async def note(self, event):
        self.diary.append(event)
        await asyncio.sleep(1)
        if event in self.failing:
            raise self.failing[event]
        self.diary.append(f"{event}: done")


@pytest.fixture
def diary():
    return []


@pytest.fixture
def failing():
    return {}


@pytest.fixture
def container(diary, failing):
    """The web needs the cache, the cache needs the database; they are added the wrong way round."""
    container = Container()
    for name, needs in {"web": ["cache"], "cache": ["database"], "database": []}.items():
        container.add_service(name, lambda *_, name=name: Service(name, diary, failing), needs)
    return container


def each(verb, *names):
    """What the diary says when services start or stop one after the other."""
    return [f"{verb} {name}{end}" for name in names for end in ("", ": done")]


async def test_what_is_needed_starts_first(container, diary):
    """A chain has one order, and a second time there is nothing to start. Clause 1."""
    await container.initialize_async_services()
    await container.initialize_async_services()
    assert diary == each("start", "database", "cache", "web")


async def test_what_is_needed_stops_last(container, diary):
    """The way back, each once. Clause 2."""
    await container.initialize_async_services()
    diary.clear()
    await container.cleanup_async_services()
    assert diary == each("stop", "web", "cache", "database")


@pytest.mark.parametrize("error", [OSError("port taken"), ValueError("port taken")])
async def test_a_failed_start_stops_what_had_started(container, diary, failing, error):
    """Not the one that failed, and the very error comes out. Clause 3."""
    failing["start web"] = error
    with pytest.raises(type(error)) as raised:
        await container.initialize_async_services()
    assert raised.value is error
    assert diary[5:] == each("stop", "cache", "database")


async def test_a_stop_that_fails_does_not_hide_the_failed_start(container, failing):
    """Who reads "stuck" looks for the cause in the wrong place. Clause 3."""
    failing |= {"start web": OSError("port taken"), "stop cache": OSError("stuck")}
    with pytest.raises(OSError, match="port taken"):
        await container.initialize_async_services()


@pytest.mark.parametrize("stuck", [{}, {"stop database": OSError("stuck")}])
async def test_a_cancelled_start_stops_what_had_started(container, diary, failing, stuck):
    """Half a second before the cache is ready. Clause 3."""
    failing |= stuck
    start = asyncio.create_task(container.initialize_async_services())
    await asyncio.sleep(1.5)
    start.cancel()
    with pytest.raises(asyncio.CancelledError):
        await start
    assert [event for event in diary if "stop" in event and "done" not in event] == [
        "stop database"
    ]


@pytest.mark.parametrize(
    "errors", [{"web": OSError("web")}, {"web": OSError("web"), "cache": ValueError("cache")}]
)
async def test_a_stop_that_fails_stops_no_other(container, diary, failing, errors):
    """All errors come out, after the last stop, also a single one. Clause 4."""
    failing |= {f"stop {name}": error for name, error in errors.items()}
    await container.initialize_async_services()
    with pytest.raises(ExceptionGroup) as raised:
        await container.cleanup_async_services()
    assert {str(error) for error in raised.value.exceptions} == set(errors)
    assert "stop database: done" in diary


async def test_to_clean_up_twice_is_harmless(container, diary):
    """The second time there is nothing to do. Clause 5."""
    await container.initialize_async_services()
    await container.cleanup_async_services()
    diary.clear()
    await container.cleanup_async_services()
    assert diary == []


async def test_to_clean_up_after_a_failed_start_is_harmless(container, diary, failing):
    """All that had started has been stopped by then. Clause 5."""
    failing["start web"] = OSError("port taken")
    with pytest.raises(OSError):
        await container.initialize_async_services()
    diary.clear()
    await container.cleanup_async_services()
    assert diary == []


### END SOLUTION

# %% [markdown]
# {hint start-stop-order}

# %% [markdown]
# ## Cancelled is not over
#
# Last, a task in the background. Its work needs two seconds to put its things away. After three
# seconds, `stop` cancels it; one version waits, the other does not.
#
# **Predict:** how long does each `stop` take?

# %%
import asyncio

from grader.timeline import draw, run, span


async def work():
    with span("work"):
        try:
            await asyncio.sleep(10)
        finally:
            await asyncio.sleep(2)


async def stop(patience):
    task = asyncio.create_task(work())
    await asyncio.sleep(3)
    with span("stop"):
        task.cancel()
        await asyncio.wait([task], timeout=patience)


draw({"cancel": run(stop(0)), "and wait": run(stop(None))}, title="Stop after 3 s")

# %% [markdown]
# <details><summary>What you have seen</summary>
#
# `cancel` is a request. It answers at once, while the task has its clean-up still before it. A
# `stop` that returns then has stopped nothing: that is mutant 1 of `BackgroundService`.
# </details>
#
# **Predict:** which of these two tests kills it?

# %%
# %%ipytest --mutants background-service
import asyncio

from vespera_scriptorium import BackgroundService, InMemoryJournal


async def stopped(journal):
    service = BackgroundService(lambda: asyncio.sleep(3600, "done"), journal)
    await service.start()
    await asyncio.sleep(60)
    await service.stop()
    return service


async def test_a_stopped_service_says_so():
    assert not (await stopped(InMemoryJournal())).running


async def test_a_stopped_service_has_closed_its_journal():
    await stopped(journal := InMemoryJournal())
    assert not journal.is_open


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# The second. `running` is what the service says of itself. **The cure:** look at what it used.
# </details>
#
# ## A crash that nobody asked for
#
# The work fails in its first round, and a minute later nobody is waiting for it.
#
# **Predict:** both tests hold on correct code. Why does the panel set the first one aside?

# %%
# %%ipytest --mutants background-service
import asyncio

import pytest

from vespera_scriptorium import BackgroundService, InMemoryJournal


async def crashed():
    async def work():
        raise OSError("disk full")

    service = BackgroundService(work, InMemoryJournal())
    await service.start()
    await asyncio.sleep(60)
    return service


async def test_a_crash_ends_the_service():
    assert not (await crashed()).running


async def test_a_crash_reaches_stop():
    with pytest.raises(OSError, match="disk full"):
        await (await crashed()).stop()


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# It loses an exception. A task keeps its error until somebody asks. **The cure:** await what you
# start.
# </details>
#
# ### Exercise: stopped means ended
#
# **35 minutes.** Test `BackgroundService(work, journal, interval=60.0)`. Take `InMemoryJournal`: a `FileJournal`
# opens its file in a thread, which the virtual clock cannot see.
#
# {contract background-service}
#
# {worked background-service}

# %% exercise="background-service"
# %%ipytest --mutants background-service
import asyncio

import pytest

from vespera_scriptorium import BackgroundService, InMemoryJournal


### BEGIN SOLUTION
class Work:
    """Takes `seconds` for a round, and notes when it began; the round `failing` raises `error`."""

    def __init__(self, seconds=0, failing=None):
        self.seconds = seconds
        self.failing = failing
        self.error = OSError("disk full")
        self.begun = []

    async def __call__(self):
        self.begun.append(asyncio.get_running_loop().time())
        await asyncio.sleep(self.seconds)
        if len(self.begun) == self.failing:
            raise self.error
        return f"round {len(self.begun)}"


class SlowJournal(InMemoryJournal):
    """Takes five seconds to close."""

    async def close(self):
        await asyncio.sleep(5)
        await super().close()


@pytest.fixture
def journal():
    return SlowJournal()


async def crashed(journal, work):
    """A service whose rounds have ended an hour ago."""
    service = BackgroundService(work, journal)
    await service.start()
    await asyncio.sleep(3600)
    return service


@pytest.mark.parametrize("interval", [60, 7])
async def test_a_round_begins_at_once_and_after_each_interval(journal, interval):
    """Ten seconds of work, then an interval of rest. Clause 1."""
    work = Work(seconds=10)
    service = BackgroundService(work, journal, interval)
    await service.start()
    await asyncio.sleep(2 * (10 + interval) + 15)
    await service.stop()
    first = work.begun[0]
    assert [round(begun - first) for begun in work.begun] == [0, 10 + interval, 20 + 2 * interval]
    assert journal.lines == ["round 1", "round 2", "round 3"]


async def test_the_first_round_waits_for_nothing(journal):
    """A second after the start it is over. Clause 1."""
    service = BackgroundService(Work(), journal)
    await service.start()
    await asyncio.sleep(1)
    assert journal.lines == ["round 1"]
    await service.stop()


async def test_each_answer_is_a_line(journal):
    """Also one that is the last one over again. Clause 1."""
    service = BackgroundService(lambda: asyncio.sleep(0, "all is well"), journal)
    await service.start()
    await asyncio.sleep(90)
    await service.stop()
    assert journal.lines == ["all is well", "all is well"]


async def test_a_second_start_is_an_error(journal):
    """One round a minute, as before: not two, and not none. Clause 2."""
    service = BackgroundService(Work(), journal, interval=60)
    await service.start()
    await asyncio.sleep(1)
    with pytest.raises(RuntimeError):
        await service.start()
    await asyncio.sleep(90)
    await service.stop()
    assert journal.lines == ["round 1", "round 2"]


async def test_a_crashed_service_has_to_be_stopped_first(journal):
    """Or nobody would hear of the crash. Clause 2."""
    service = await crashed(journal, Work(failing=1))
    with pytest.raises(RuntimeError):
        await service.start()
    with pytest.raises(OSError, match="disk full"):
        await service.stop()


async def test_stop_cancels_work_and_waits_for_its_clean_up(journal):
    """A day of work is cut short; its hour of clean-up is not. Clause 3."""
    put_away = []

    async def work():
        try:
            await asyncio.sleep(24 * 3600)
        finally:
            await asyncio.sleep(3600)
            put_away.append("done")

    service = BackgroundService(work, journal)
    await service.start()
    await asyncio.sleep(60)
    async with asyncio.timeout(2 * 3600):
        await service.stop()
    assert put_away == ["done"]


async def test_work_that_answers_its_cancellation_is_the_last(journal):
    """Its answer starts no further round. Clause 3."""
    rounds = []

    async def work():
        rounds.append("begun")
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            if len(rounds) > 1:  # else nothing would ever end a second round
                raise
        return "never mind"

    service = BackgroundService(work, journal)
    await service.start()
    await asyncio.sleep(60)
    async with asyncio.timeout(60):
        await service.stop()
    assert rounds == ["begun"]


async def test_stop_closes_the_journal(journal):
    """Open while there are rounds, closed afterwards. Clause 4."""
    service = BackgroundService(Work(), journal)
    await service.start()
    await asyncio.sleep(1)
    assert journal.is_open
    await service.stop()
    assert not journal.is_open


@pytest.mark.parametrize("error", [OSError("disk full"), ValueError("no text")])
async def test_stop_raises_what_ended_the_rounds(journal, error):
    """The very exception, and the journal is closed already. Clause 5."""
    work = Work(failing=2)
    work.error = error
    service = await crashed(journal, work)
    assert not journal.is_open
    assert len(work.begun) == 2
    with pytest.raises(type(error)) as caught:
        await service.stop()
    assert caught.value is error


async def test_a_journal_that_takes_no_line_ends_the_rounds():
    """Its error is one of the round. Clause 5."""

    class FullJournal(InMemoryJournal):
        async def write(self, line):
            raise OSError("no space left")

    service = await crashed(journal := FullJournal(), Work())
    assert not journal.is_open
    with pytest.raises(OSError, match="no space left"):
        await service.stop()


async def test_a_close_that_fails_does_not_hide_the_crash():
    """What ended the rounds is told. Clause 5."""

    class StuckJournal(InMemoryJournal):
        async def close(self):
            raise OSError("stuck")

    service = await crashed(StuckJournal(), Work(failing=1))
    with pytest.raises(OSError, match="disk full"):
        await service.stop()


async def test_a_crashed_service_can_be_started_again(journal):
    """After its `stop` has told. Clause 6."""
    service = await crashed(journal, Work(failing=1))
    with pytest.raises(OSError):
        await service.stop()
    await service.start()
    await asyncio.sleep(1)
    await service.stop()
    assert journal.lines == ["round 2"]


async def test_to_stop_what_does_not_run_is_harmless(journal):
    """Before a start and after a stop, and the service is as good as new. Clause 6."""
    service = BackgroundService(Work(), journal)
    await service.stop()
    for _ in range(2):
        await service.start()
        await asyncio.sleep(1)
        await service.stop()
        await service.stop()
    assert journal.lines == ["round 1", "round 2"]


### END SOLUTION

# %% [markdown]
# {hint background-service}

# %% [markdown]
# ## What failure messages mean
#
# | The panel says | It means | Do this |
# | --- | --- | --- |
# | **wrong**: Failed: DID NOT RAISE … | Correct code raises nothing there. | Read the clause again. |
# | **over-specified**: a correct implementation that starts at the same time … fails here | Nobody promised that order. | Assert what follows from needs. |
# | **leaks**: loses an exception: OSError … | A task failed, and nobody asked. | Await it, or `stop` its service. |
# | **leaks**: leaves the task … running | The test ended before its work. | Stop what you start, also when the test fails. |
# | **Survived**, and a clause | No test takes this way out. | Take it, and look at what was used. |

# %% [markdown]
# ## In your own project
#
# The course looks after each test for tasks that were left running. In your project a fixture does it,
# in `conftest.py`, for every test.
#
# ```sh
# pip install pytest pytest-asyncio
# ```
#
# ```ini
# # pytest.ini
# [pytest]
# asyncio_mode = auto
# asyncio_default_fixture_loop_scope = function
# filterwarnings = error
# ```
#
# ```python
# # conftest.py
# import asyncio
#
# import pytest
#
#
# @pytest.fixture(autouse=True)
# async def nothing_is_left_running():
#     before = asyncio.all_tasks()
#     yield
#     assert asyncio.all_tasks() - before == {asyncio.current_task()}
# ```
#
# ```python
# # service.py
# import asyncio
#
#
# class Service:
#     async def start(self):
#         self.rounds = asyncio.create_task(asyncio.sleep(3600))
#
#     async def stop(self):
#         self.rounds.cancel()
#         await asyncio.wait([self.rounds])
# ```
#
# ```python
# # test_service.py
# from service import Service
#
#
# async def test_a_service_is_stopped():
#     service = Service()
#     await service.start()
#     await service.stop()
#     assert service.rounds.cancelled()
# ```
#
# The mutant by hand: a `stop` that asks, and does not wait.
#
# ```diff
# --- a/service.py
# +++ b/service.py
# @@ -9,4 +9,3 @@
#      async def stop(self):
#          self.rounds.cancel()
# -        await asyncio.wait([self.rounds])
# ```

# %% [markdown]
# ## Recap
#
# - **Name** three ways out: normal, exception, cancellation. For each, assert what is closed *and*
#   what comes out, also when a close fails.
# - **Cancel** a task once it is inside. Before its first step it opens nothing, and `not None` is
#   True.
# - **Note** events in one diary. It may assert only the order that needs promise; strangers have
#   none.
# - **Wait** after `cancel`: a cancelled task is over when its clean-up is.
# - **Ask** for the error: await the task, or stop its service, in `pytest.raises`.
#
# **Next:** [Concurrent operations](../2-advanced/04-concurrent-operations.ipynb), where many tasks
# work at the same time.
#
# **Further reading:**
# [`AsyncExitStack`](https://docs.python.org/3/library/contextlib.html#contextlib.AsyncExitStack) and
# [task cancellation](https://docs.python.org/3/library/asyncio-task.html#task-cancellation) in the
# Python documentation, and
# [teardown in pytest](https://docs.pytest.org/en/stable/how-to/fixtures.html#teardown-cleanup-aka-fixture-finalization).

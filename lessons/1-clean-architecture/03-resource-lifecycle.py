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

# %% [markdown] tags=["draft"]
# # Resource lifecycle
#
# What is acquired is released: on every path, in order.
#
# **40 minutes.** Before: [Concurrent operations](../2-advanced/04-concurrent-operations.ipynb).
#
# **Draft.** The lesson itself is still to be written. Its exercises already work, and count.

# %%
# %load_ext grader

# %% [markdown]
# ## Sessions
#
# ### Exercise: every way out of a session
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
    """Takes a second to close a resource, notes both ends, and fails where `failing` says so."""

    def __init__(self):
        super().__init__()
        self.diary = []
        self.failing = {}

    async def close(self, resource_id):
        self.diary.append(f"{resource_id} closes")
        await asyncio.sleep(1)
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


async def test_a_normal_end_closes_the_resource_once(manager, provider):
    """When the block is left, the close is over. Clause 1."""
    async with manager.create_session() as session:
        await session.create_resource("a")
    assert provider.diary == ["a-1 closes", "a-1 closed"]


async def test_an_exception_closes_the_resource_and_comes_out(manager, provider):
    """The very object that was raised. Clause 2."""
    error = ValueError("mine")
    with pytest.raises(ValueError, match="mine") as raised:
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


async def test_the_last_resource_is_closed_first(manager, provider):
    """And one close is over before the next begins. Clause 4."""
    async with manager.create_session() as session:
        await session.create_resource("a")
        await session.create_resource("b")
    assert provider.diary == ["b-2 closes", "b-2 closed", "a-1 closes", "a-1 closed"]


async def test_a_close_that_fails_stops_no_other(manager, provider):
    """Its error comes out, and the rest is closed. Clause 5."""
    provider.failing = {"b-2": OSError("stuck")}
    with pytest.raises(OSError, match="stuck"):
        async with manager.create_session() as session:
            await session.create_resource("a")
            await session.create_resource("b")
    assert "a-1 closed" in provider.diary


async def test_cleanup_is_verified_of_what_is_closed_and_of_nothing_else(manager):
    """Open, then closed. Clause 6."""
    async with manager.create_session() as session:
        resource = await session.create_resource("a")
        assert not (await manager.verify_cleanup(resource.id)).cleaned_up
    assert (await manager.verify_cleanup(resource.id)).cleaned_up


async def test_nobody_cleaned_up_what_nobody_created(manager):
    """An unknown id is no success. Clause 6."""
    assert not (await manager.verify_cleanup("nobody-7")).cleaned_up


### END SOLUTION

# %% [markdown]
# {hint session-cleanup}

# %% [markdown]
# ## Containers
#
# ### Exercise: open in order, close in reverse
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
    """Notes its start and its stop in a diary, and fails where `failing` says so."""

    def __init__(self, name, diary, failing):
        self.name, self.diary, self.failing = name, diary, failing

    async def start(self):
        await self.note(f"start {self.name}")

    async def stop(self):
        await self.note(f"stop {self.name}")

    async def note(self, event):
        await asyncio.sleep(1)
        self.diary.append(event)
        if event in self.failing:
            raise self.failing[event]


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


async def test_what_is_needed_starts_first(container, diary):
    """A chain has one order. Clause 1."""
    await container.initialize_async_services()
    assert diary == ["start database", "start cache", "start web"]


async def test_what_is_needed_stops_last(container, diary):
    """The way back, each once. Clause 2."""
    await container.initialize_async_services()
    diary.clear()
    await container.cleanup_async_services()
    assert diary == ["stop web", "stop cache", "stop database"]


async def test_a_failed_start_stops_what_had_started(container, diary, failing):
    """Not the one that failed, and the error comes out. Clause 3."""
    failing["start web"] = OSError("port taken")
    with pytest.raises(OSError, match="port taken"):
        await container.initialize_async_services()
    assert diary[3:] == ["stop cache", "stop database"]


async def test_a_cancelled_start_stops_what_had_started(container, diary):
    """Half a second before the cache is ready. Clause 3."""
    start = asyncio.create_task(container.initialize_async_services())
    await asyncio.sleep(1.5)
    start.cancel()
    with pytest.raises(asyncio.CancelledError):
        await start
    assert diary == ["start database", "stop database"]


async def test_a_stop_that_fails_stops_no_other(container, diary, failing):
    """Both errors come out, after the last stop. Clause 4."""
    failing |= {"stop web": OSError("web"), "stop cache": OSError("cache")}
    await container.initialize_async_services()
    with pytest.raises(ExceptionGroup) as raised:
        await container.cleanup_async_services()
    assert {str(error) for error in raised.value.exceptions} == {"web", "cache"}
    assert "stop database" in diary


async def test_to_clean_up_twice_is_harmless(container, diary):
    """The second time there is nothing to do. Clause 5."""
    await container.initialize_async_services()
    await container.cleanup_async_services()
    await container.cleanup_async_services()
    assert len(diary) == 6


### END SOLUTION

# %% [markdown]
# {hint start-stop-order}

# %% [markdown]
# ## Services
#
# ### Exercise: stopped means ended
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
    """Counts its rounds; the one that `failing` names fails."""

    def __init__(self, failing=None):
        self.rounds = 0
        self.failing = failing

    async def __call__(self):
        self.rounds += 1
        if self.rounds == self.failing:
            raise OSError("disk full")
        return f"round {self.rounds}"


@pytest.fixture
def journal():
    return InMemoryJournal()


async def test_a_round_begins_at_once_and_after_each_interval(journal):
    """Two and a half minutes hold three rounds. Clause 1."""
    service = BackgroundService(Work(), journal, interval=60)
    await service.start()
    await asyncio.sleep(30)
    assert journal.lines == ["round 1"]
    await asyncio.sleep(120)
    assert journal.lines == ["round 1", "round 2", "round 3"]
    await service.stop()


async def test_a_second_start_is_an_error(journal):
    """While the first one holds. Clause 2."""
    service = BackgroundService(Work(), journal)
    await service.start()
    with pytest.raises(RuntimeError):
        await service.start()
    await service.stop()


async def test_a_refused_start_starts_nothing(journal):
    """One round a minute, not two. Clause 2."""
    service = BackgroundService(Work(), journal, interval=60)
    await service.start()
    try:
        await service.start()
    except RuntimeError:
        pass
    await asyncio.sleep(90)
    await service.stop()
    assert journal.lines == ["round 1", "round 2"]


async def test_stop_waits_for_the_clean_up_of_the_work(journal):
    """Work that takes five seconds to put its things away. Clause 3."""
    put_away = []

    async def work():
        try:
            await asyncio.sleep(3600)
        finally:
            await asyncio.sleep(5)
            put_away.append("done")

    service = BackgroundService(work, journal)
    await service.start()
    await asyncio.sleep(60)
    await service.stop()
    assert put_away == ["done"]


async def test_stop_closes_the_journal(journal):
    """Open while there are rounds. Clause 4."""
    service = BackgroundService(Work(), journal)
    await service.start()
    await asyncio.sleep(1)
    assert journal.is_open
    await service.stop()
    assert not journal.is_open


async def test_stop_raises_what_ended_the_rounds(journal):
    """However long ago that was. Clause 5."""
    service = BackgroundService(Work(failing=2), journal, interval=60)
    await service.start()
    await asyncio.sleep(3600)
    with pytest.raises(OSError, match="disk full"):
        await service.stop()


async def test_a_crash_closes_the_journal_at_once(journal):
    """Before anybody calls `stop`. Clause 5."""
    service = BackgroundService(Work(failing=1), journal)
    await service.start()
    await asyncio.sleep(1)
    assert not journal.is_open
    with pytest.raises(OSError):
        await service.stop()


async def test_a_crashed_service_can_be_started_again(journal):
    """After its `stop` has told. Clause 6."""
    service = BackgroundService(Work(failing=1), journal)
    await service.start()
    await asyncio.sleep(1)
    with pytest.raises(OSError):
        await service.stop()
    await service.start()
    await asyncio.sleep(1)
    await service.stop()
    assert journal.lines == ["round 2"]


async def test_to_stop_what_does_not_run_is_harmless(journal):
    """Before a start and after a stop. Clause 6."""
    service = BackgroundService(Work(), journal)
    await service.stop()
    await service.start()
    await service.stop()
    await service.stop()


### END SOLUTION

# %% [markdown]
# {hint background-service}

"""Resources: closed when their session ends, however it ends."""

import asyncio

import pytest

from vespera_scriptorium import AsyncResourceManager, InMemoryResourceProvider, Resource


class Provider(InMemoryResourceProvider):
    """Notes the closing of resources, and fails to close what it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[str] = []
        self.failing: set[str] = set()

    async def close(self, resource_id: str) -> None:
        self.events.append(f"closing {resource_id}")
        await super().close(resource_id)
        if resource_id in self.failing:
            raise OSError(f"{resource_id} broke")
        self.events.append(f"closed {resource_id}")


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
def manager(provider: Provider) -> AsyncResourceManager:
    return AsyncResourceManager(provider)


async def use(
    manager: AsyncResourceManager, error: BaseException | None = None
) -> tuple[Resource, Resource]:
    """Create two resources in a session, and maybe fail."""
    async with manager.create_session() as session:
        created = await session.create_resource("a"), await session.create_resource("b")
        if error is not None:
            raise error
    return created


TRIED_IN_REVERSE = ["closing b-2", "closing a-1"]
CLOSED_IN_REVERSE = ["closing b-2", "closed b-2", "closing a-1", "closed a-1"]


async def test_resources_are_closed_in_reverse(
    manager: AsyncResourceManager, provider: Provider
) -> None:
    """Each close is awaited before the next; the manager knows of it."""
    resources = await use(manager)
    assert provider.events == CLOSED_IN_REVERSE
    assert [(await manager.verify_cleanup(each.id)).cleaned_up for each in resources] == [True] * 2


@pytest.mark.parametrize("error", [ValueError("mine"), asyncio.CancelledError(), SystemExit(1)])
async def test_exception_comes_out_of_the_block(
    manager: AsyncResourceManager, provider: Provider, error: BaseException
) -> None:
    """It is the same exception, and the resources are closed all the same."""
    with pytest.raises(type(error)) as raised:
        await use(manager, error)
    assert raised.value is error
    assert provider.events == CLOSED_IN_REVERSE


async def test_cancelled_session_closes_its_resources(
    manager: AsyncResourceManager, provider: Provider
) -> None:
    """A task that is cancelled inside the block leaves nothing open."""
    inside = asyncio.Event()

    async def wait() -> None:
        async with manager.create_session() as session:
            await session.create_resource("a")
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(wait())
    async with asyncio.timeout(5):
        await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert provider.events == ["closing a-1", "closed a-1"]


async def test_close_that_fails_stops_no_other(
    manager: AsyncResourceManager, provider: Provider
) -> None:
    """Its error comes out once the rest are closed."""
    provider.failing = {"b-2"}
    with pytest.raises(OSError, match="b-2 broke"):
        await use(manager)
    assert provider.events == ["closing b-2", "closing a-1", "closed a-1"]


async def test_of_several_errors_one_comes_out(
    manager: AsyncResourceManager, provider: Provider
) -> None:
    """The others stand on it as notes."""
    provider.failing = {"a-1", "b-2"}
    with pytest.raises(OSError, match=r"(a-1|b-2) broke") as raised:
        await use(manager)
    (note,) = raised.value.__notes__
    assert "a-1 broke" in f"{raised.value} {note}"
    assert "b-2 broke" in f"{raised.value} {note}"


@pytest.mark.parametrize("error", [ValueError("mine"), asyncio.CancelledError(), SystemExit(1)])
async def test_close_that_fails_hides_no_exception(
    manager: AsyncResourceManager, provider: Provider, error: BaseException
) -> None:
    """What ended the block comes out, the very same; the errors of the closes are noted on it."""
    provider.failing = {"a-1", "b-2"}
    with pytest.raises(type(error)) as raised:
        await use(manager, error)
    assert raised.value is error
    assert "broke" in "".join(raised.value.__notes__)
    assert provider.events == TRIED_IN_REVERSE


@pytest.mark.parametrize("error", [None, ValueError("mine")])
@pytest.mark.parametrize("failing", [set(), {"a-1"}])
async def test_cancellation_during_a_close_comes_out(
    manager: AsyncResourceManager,
    provider: Provider,
    error: BaseException | None,
    failing: set[str],
) -> None:
    """Whatever else was raised; and the resources that are left are closed."""
    provider.failing = failing
    task = asyncio.create_task(use(manager, error))
    async with asyncio.timeout(5):
        while not provider.events:
            await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert provider.events[:2] == TRIED_IN_REVERSE


async def test_resource_that_opens_too_late_is_closed(
    manager: AsyncResourceManager, provider: Provider
) -> None:
    """A task of the block that is still at work when the session ends gets no resource."""
    async with manager.create_session() as session:
        opening = asyncio.create_task(session.create_resource("a"))
        await asyncio.sleep(0)
    with pytest.raises(RuntimeError, match="the session has ended"):
        await opening
    assert await provider.is_open("a-1") is False


async def test_resource_whose_opening_is_cancelled_is_not_open(provider: Provider) -> None:
    """Nobody would know its id, to close it."""
    opening = asyncio.create_task(provider.open("a", {}))
    await asyncio.sleep(0)
    opening.cancel()
    await asyncio.wait([opening])
    assert not await provider.is_open("a-1")


async def test_cleanup_is_verified_of_what_was_created_only(manager: AsyncResourceManager) -> None:
    """An open resource is not cleaned up, and neither is one that nobody created."""
    async with manager.create_session() as session:
        resource = await session.create_resource("a")
        assert not (await manager.verify_cleanup(resource.id)).cleaned_up
    assert not (await manager.verify_cleanup("nobody")).cleaned_up


async def test_operation_is_executed(manager: AsyncResourceManager) -> None:
    """A resource of the session can be used, with its configuration kept."""
    async with manager.create_session() as session:
        resource = await session.create_resource("a", {"timeout": 30})
        result = await session.execute_operation(resource.id, "test", {"x": 1})
    assert resource.configuration == {"timeout": 30}
    assert (result.success, result.output) == (True, "test on a-1: done")


async def test_session_uses_only_its_own_until_its_end(manager: AsyncResourceManager) -> None:
    """Another session's resource, and any after the end, is an error result."""
    async with manager.create_session() as one, manager.create_session() as other:
        resource = await one.create_resource("a")
        assert not (await other.execute_operation(resource.id, "test")).success
    result = await one.execute_operation(resource.id, "test")
    assert (result.success, result.error) == (False, "the session has no resource a-1")
    with pytest.raises(RuntimeError, match="the session has ended"):
        await one.create_resource("b")


async def test_operation_that_fails_is_an_error_result(
    manager: AsyncResourceManager, provider: Provider
) -> None:
    """The reason is in the result, and the session goes on."""

    async def fail(*arguments: object) -> str:
        raise OSError("no reply")

    provider.execute = fail
    async with manager.create_session() as session:
        resource = await session.create_resource("a")
        result = await session.execute_operation(resource.id, "test")
    assert (result.success, result.error) == (False, "no reply")

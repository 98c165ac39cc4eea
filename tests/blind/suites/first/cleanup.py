import asyncio

import pytest

from vespera_scriptorium import AsyncResourceManager, InMemoryResourceProvider


class Provider(InMemoryResourceProvider):
    def __init__(self):
        super().__init__()
        self.calls = []
        self.error = None

    async def execute(self, resource_id, operation, parameters):
        self.calls.append((resource_id, operation, dict(parameters)))
        if self.error:
            raise self.error
        return f"answer {len(self.calls)}"


@pytest.fixture
def provider():
    return Provider()


@pytest.fixture
def manager(provider):
    return AsyncResourceManager(provider)


async def clean(manager, *resources):
    return [(await manager.verify_cleanup(r.id)).cleaned_up for r in resources]


async def test_open_until_the_end_then_clean(manager):
    async with manager.create_session() as session:
        made = []
        for kind in ["db", "db", "file", "db"]:
            made.append(await session.create_resource(kind))
            assert await clean(manager, *made) == [False] * len(made)
        await session.execute_operation(made[0].id, "op")
        assert await clean(manager, *made) == [False] * 4
    assert await clean(manager, *made) == [True] * 4


@pytest.mark.parametrize(
    "error", [ValueError("x"), OSError("y"), RuntimeError("z"), asyncio.CancelledError()]
)
async def test_clean_after_an_exception(manager, error):
    with pytest.raises(type(error)) as caught:
        async with manager.create_session() as session:
            made = [await session.create_resource("db"), await session.create_resource("db")]
            raise error
    assert caught.value is error
    assert await clean(manager, *made) == [True, True]


async def test_other_session_stays_open(manager):
    async with manager.create_session() as outer:
        mine = await outer.create_resource("db")
        async with manager.create_session() as inner:
            other = await inner.create_resource("db")
        assert await clean(manager, mine, other) == [False, True]
        assert (await outer.execute_operation(mine.id, "op")).success
    assert await clean(manager, mine) == [True]


async def test_other_session_stays_open_after_an_exception(manager):
    async with manager.create_session() as outer:
        mine = await outer.create_resource("db")
        with pytest.raises(ValueError):
            async with manager.create_session() as inner:
                await inner.create_resource("db")
                raise ValueError
        assert await clean(manager, mine) == [False]


async def test_operation(manager, provider):
    async with manager.create_session() as session:
        first = await session.create_resource("db")
        second = await session.create_resource("db")
        result = await session.execute_operation(first.id, "read", {"a": 1})
        assert result.success and result.output == "answer 1"
        result = await session.execute_operation(second.id, "write", {"b": 2})
        assert result.success and result.output == "answer 2"
    assert provider.calls == [(first.id, "read", {"a": 1}), (second.id, "write", {"b": 2})]


async def test_operation_that_fails(manager, provider):
    async with manager.create_session() as session:
        mine = await session.create_resource("db")
        for error in [OSError("disk full"), TypeError("no way")]:
            provider.error = error
            result = await session.execute_operation(mine.id, "read", {})
            assert not result.success
            assert str(error) in result.error


async def test_foreign_and_late(manager, provider):
    async with manager.create_session() as outer:
        mine = await outer.create_resource("db")
        async with manager.create_session() as inner:
            other = await inner.create_resource("db")
            assert not (await inner.execute_operation(mine.id, "read", {})).success
            assert not (await outer.execute_operation(other.id, "read", {})).success
        assert not (await inner.execute_operation(other.id, "read", {})).success
        assert provider.calls == []
        with pytest.raises(RuntimeError):
            await inner.create_resource("db")
    assert not (await outer.execute_operation(mine.id, "read", {})).success
    assert provider.calls == []

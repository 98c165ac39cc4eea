import asyncio
from contextlib import asynccontextmanager

import pytest

from vespera_scriptorium import (
    InMemoryFileOperationStore,
    LocalFileSystem,
    TrackFileOperationsUseCase,
)


class Files:
    def __init__(self, error=None):
        self.error = error

    async def read(self, file_path):
        if self.error is not None:
            raise self.error
        return None


class BadStore(InMemoryFileOperationStore):
    def __init__(self, where, error):
        super().__init__()
        self.where, self.error = where, error

    @asynccontextmanager
    async def unit(self):
        if self.where == "unit":
            raise self.error

        async def bad(*args):
            raise self.error

        async with super().unit() as unit:
            if self.where in ("add", "commit"):
                setattr(unit, self.where, bad)
            yield unit


async def stored(store):
    async with store.unit() as unit:
        return await unit.all()


async def test_stored():
    store = InMemoryFileOperationStore()
    use_case = TrackFileOperationsUseCase(store, LocalFileSystem())
    first = await use_case.track_file_creation("a", operation_id="mine")
    second = await use_case.track_file_creation("b")
    third = await use_case.track_file_creation("c")
    assert first.success and second.success and third.success
    assert first.operation_id == "mine"
    ids = [r.operation_id for r in (first, second, third)]
    assert len(set(ids)) == 3
    async with store.unit() as unit:
        assert [(await unit.get(i)).file_path for i in ids] == ["a", "b", "c"]
        assert [o.id for o in await unit.all()] == ids


@pytest.mark.parametrize(
    "value", [{}, {"n": 1, "f": 1.5, "none": None, "deep": {"list": [1, "x", {}]}}, {"": ""}]
)
async def test_context_and_metadata(value):
    store = InMemoryFileOperationStore()
    use_case = TrackFileOperationsUseCase(store, Files())
    await use_case.track_file_creation("a", value, {"meta": value}, "one")
    await use_case.track_file_creation("b", {"context": value}, value, "two")
    one, two = await stored(store)
    assert one.context == value and one.metadata == {"meta": value}
    assert two.context == {"context": value} and two.metadata == value


@pytest.mark.parametrize(
    ("given", "path"), [("./a", "a"), ("b/../a", "a"), ("a", "a"), ("b/a", "b/a"), ("./b/a", "b/a")]
)
async def test_paths(given, path):
    store = InMemoryFileOperationStore()
    result = await TrackFileOperationsUseCase(store, Files()).track_file_creation(given)
    assert result.success and result.file_path == path
    assert [o.file_path for o in await stored(store)] == [path]


@pytest.mark.parametrize(("path", "new_id"), [("b", "mine"), ("a", "other"), ("./a", None)])
async def test_taken(path, new_id):
    store = InMemoryFileOperationStore()
    use_case = TrackFileOperationsUseCase(store, Files())
    await use_case.track_file_creation("a", {"n": 1}, {"m": 2}, "mine")
    before = await stored(store)
    result = await use_case.track_file_creation(path, {"n": 3}, None, new_id)
    assert result.success is False
    assert result.operation_id is None
    assert result.error
    assert await stored(store) == before


@pytest.mark.parametrize("kind", [ValueError, RuntimeError, OSError, KeyError, PermissionError])
@pytest.mark.parametrize("where", ["read", "unit", "add", "commit"])
async def test_errors(kind, where):
    error = kind("boom")
    store = BadStore(where, error)
    use_case = TrackFileOperationsUseCase(store, Files(error if where == "read" else None))
    result = await use_case.track_file_creation("a", operation_id="mine")
    assert result.success is False
    assert result.operation_id is None
    assert "boom" in result.error
    store.where = None
    assert await stored(store) == []


@pytest.mark.parametrize("where", ["read", "add", "commit"])
async def test_cancellation(where):
    error = asyncio.CancelledError()
    use_case = TrackFileOperationsUseCase(
        BadStore(where, error), Files(error if where == "read" else None)
    )
    with pytest.raises(asyncio.CancelledError):
        await use_case.track_file_creation("a")

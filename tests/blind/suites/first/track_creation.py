import asyncio
from contextlib import asynccontextmanager

import pytest

from vespera_scriptorium import InMemoryFileOperationStore, TrackFileOperationsUseCase


class Files:
    def __init__(self, error=None):
        self.error = error

    async def read(self, file_path):
        await asyncio.sleep(0)
        if self.error is not None:
            raise self.error
        return None


class BrokenUnit:
    def __init__(self, unit, where, error):
        self.unit = unit
        self.where = where
        self.error = error

    def __getattr__(self, name):
        async def broken(*args):
            raise self.error

        return broken if name == self.where else getattr(self.unit, name)


class BrokenStore(InMemoryFileOperationStore):
    def __init__(self, where, error):
        super().__init__()
        self.where = where
        self.error = error

    @asynccontextmanager
    async def unit(self):
        if self.where == "unit":
            raise self.error
        async with super().unit() as unit:
            yield BrokenUnit(unit, self.where, self.error)


def broken(where, error):
    if where == "read":
        return TrackFileOperationsUseCase(InMemoryFileOperationStore(), Files(error))
    return TrackFileOperationsUseCase(BrokenStore(where, error), Files())


async def stored(store):
    async with store.unit() as unit:
        return {operation.id: operation for operation in await unit.all()}


@pytest.fixture
async def store():
    return InMemoryFileOperationStore()


@pytest.fixture
async def tracking(store):
    return TrackFileOperationsUseCase(store, Files())


@pytest.mark.parametrize("operation_id", [None, "mine"])
async def test_a_success_is_stored(store, tracking, operation_id):
    result = await tracking.track_file_creation("a", operation_id=operation_id)
    assert result.success
    assert result.operation_id
    assert operation_id in (None, result.operation_id)
    async with store.unit() as unit:
        operation = await unit.get(result.operation_id)
    assert operation.kind == "creation"
    assert operation.file_path == "a"


async def test_new_ids_are_distinct(store, tracking):
    results = [await tracking.track_file_creation(path) for path in "abc"]
    assert set(await stored(store)) == {result.operation_id for result in results}
    assert len(await stored(store)) == 3


async def test_context_and_metadata(store, tracking):
    context = {"pair": (1, 2), 3: None, "deep": {"list": [1, {"x": b"y"}]}, "": {1.5}}
    metadata = {"tags": ("a",), 1: [True], "none": None}
    result = await tracking.track_file_creation("a", context, metadata)
    operation = (await stored(store))[result.operation_id]
    assert operation.context == context
    assert operation.metadata == metadata


@pytest.mark.parametrize(
    ("given", "expected"), [("./a", "a"), ("b/../a", "a"), ("a", "a"), ("b/a", "b/a")]
)
async def test_paths(store, tracking, given, expected):
    result = await tracking.track_file_creation(given)
    assert result.file_path == expected
    assert (await stored(store))[result.operation_id].file_path == expected


@pytest.mark.parametrize(("path", "operation_id"), [("other", "one"), ("./a", "two"), ("a", None)])
async def test_duplicates(store, tracking, path, operation_id):
    await tracking.track_file_creation("a", {"first": 1}, operation_id="one")
    before = await stored(store)
    result = await tracking.track_file_creation(path, {"second": 2}, operation_id=operation_id)
    assert result.success is False
    assert result.operation_id is None
    assert result.error
    assert await stored(store) == before


@pytest.mark.parametrize("where", ["read", "unit", "add", "commit"])
@pytest.mark.parametrize("kind", [ValueError, OSError, TimeoutError, KeyError])
async def test_errors_are_results(where, kind):
    result = await broken(where, kind("splinter")).track_file_creation("a")
    assert result.success is False
    assert "splinter" in result.error


@pytest.mark.parametrize("where", ["read", "unit", "add", "commit"])
async def test_a_cancellation_comes_out(where):
    with pytest.raises(asyncio.CancelledError):
        await broken(where, asyncio.CancelledError()).track_file_creation("a")

import asyncio
from contextlib import asynccontextmanager

import pytest

from vespera_scriptorium import InMemoryFileOperationStore, TrackFileOperationsUseCase


class Files:
    """A file system in a dictionary; an error in the place of a content is raised."""

    def __init__(self, **contents):
        self.contents = contents
        self.error = None

    async def read(self, file_path):
        await asyncio.sleep(0)
        if self.error is not None:
            raise self.error
        return self.contents.get(file_path)


class BrokenStore(InMemoryFileOperationStore):
    """Raises an error in one place."""

    def __init__(self, place, error):
        super().__init__()
        self.place, self.error = place, error

    @asynccontextmanager
    async def unit(self):
        if self.place == "unit":
            raise self.error
        async with super().unit() as unit:

            async def broken(*arguments):
                raise self.error

            setattr(unit, self.place, broken)
            yield unit


async def stored(store):
    async with store.unit() as unit:
        return await unit.all()


@pytest.fixture
def store():
    return InMemoryFileOperationStore()


@pytest.fixture
def tracking(store):
    return TrackFileOperationsUseCase(store, Files())


async def test_given_id(store, tracking):
    result = await tracking.track_file_creation("a", operation_id="mine")
    assert result.success is True
    assert result.operation_id == "mine"
    async with store.unit() as unit:
        operation = await unit.get("mine")
    assert operation is not None
    assert operation.file_path == "a"
    assert operation.kind == "creation"


async def test_new_ids(store, tracking):
    one = await tracking.track_file_creation("a")
    two = await tracking.track_file_creation("b")
    assert one.success and two.success
    assert one.operation_id and two.operation_id and one.operation_id != two.operation_id
    async with store.unit() as unit:
        assert (await unit.get(one.operation_id)).file_path == "a"
        assert (await unit.get(two.operation_id)).file_path == "b"


@pytest.mark.parametrize("what", [
    {}, {"none": None, "zero": 0, "empty": "", "no": False, "list": []},
    {"deep": {"x": [1, {"y": None}]}, "number": 1.5, "umlaut": "ä"},
])
async def test_context_and_metadata(store, tracking, what):
    await tracking.track_file_creation("a", what, {"other": 1}, "one")
    await tracking.track_file_creation("b", {"other": 1}, what, "two")
    async with store.unit() as unit:
        one, two = await unit.get("one"), await unit.get("two")
    assert (one.context, one.metadata) == (what, {"other": 1})
    assert (two.context, two.metadata) == ({"other": 1}, what)


@pytest.mark.parametrize(("given", "normal"), [
    ("./a", "a"), ("b/../a", "a"), ("a", "a"), ("b/a", "b/a"), ("./b/./a", "b/a"), ("b//a", "b/a"),
])
async def test_paths(store, tracking, given, normal):
    result = await tracking.track_file_creation(given)
    assert result.file_path == normal
    assert [operation.file_path for operation in await stored(store)] == [normal]


@pytest.mark.parametrize("again", ["a", "./a", "b/../a"])
async def test_second_creation(store, tracking, again):
    await tracking.track_file_creation("a", {"c": 1}, {"m": 1}, "one")
    before = await stored(store)
    result = await tracking.track_file_creation(again, {"c": 2}, {"m": 2}, "two")
    assert result.success is False
    assert result.operation_id is None
    assert result.error
    assert await stored(store) == before


async def test_taken_id(store, tracking):
    await tracking.track_file_creation("a", {"c": 1}, {"m": 1}, "one")
    before = await stored(store)
    result = await tracking.track_file_creation("b", {"c": 2}, {"m": 2}, "one")
    assert result.success is False
    assert result.operation_id is None
    assert result.error
    assert await stored(store) == before


@pytest.mark.parametrize("kind", [OSError, ValueError, KeyError, RuntimeError])
@pytest.mark.parametrize("place", ["unit", "add", "commit"])
async def test_store_raises(kind, place):
    tracking = TrackFileOperationsUseCase(BrokenStore(place, kind("store is broken")), Files())
    result = await tracking.track_file_creation("a")
    assert result.success is False
    assert "store is broken" in result.error


@pytest.mark.parametrize("kind", [OSError, PermissionError, ValueError, KeyError])
async def test_read_raises(store, kind):
    files = Files()
    files.error = kind("cannot read")
    result = await TrackFileOperationsUseCase(store, files).track_file_creation("a")
    assert result.success is False
    assert "cannot read" in result.error
    assert await stored(store) == []


@pytest.mark.parametrize("place", ["unit", "add", "commit", "read"])
async def test_cancellation(place):
    files = Files()
    if place == "read":
        files.error = asyncio.CancelledError()
    store = BrokenStore(place, asyncio.CancelledError())
    work = asyncio.create_task(TrackFileOperationsUseCase(store, files).track_file_creation("a"))
    await asyncio.wait([work])
    assert work.cancelled()

import asyncio
from contextlib import asynccontextmanager

import pytest

from vespera_scriptorium import (
    InMemoryFileOperationStore,
    LocalFileSystem,
    TrackFileOperationsUseCase,
)


class Store(InMemoryFileOperationStore):
    """Raises when it is told to."""

    unit_error = None
    get_error = None

    @asynccontextmanager
    async def unit(self):
        if self.unit_error is not None:
            raise self.unit_error
        async with super().unit() as unit:
            yield Unit(unit, self.get_error)


class Unit:
    def __init__(self, unit, error):
        self._unit = unit
        self._error = error

    def __getattr__(self, name):
        if self._error is None:
            return getattr(self._unit, name)

        async def broken(*args):
            raise self._error

        return broken


class Files(LocalFileSystem):
    error = None

    async def read(self, file_path):
        if self.error is not None:
            raise self.error
        return await super().read(file_path)


@pytest.fixture
async def store():
    return Store()


@pytest.fixture
async def files():
    return Files()


@pytest.fixture
async def tracking(store, files):
    return TrackFileOperationsUseCase(store, files)


async def creation(tracking, path):
    return (await tracking.track_file_creation(str(path))).operation_id


async def modification(tracking, path):
    return (await tracking.track_file_modification(str(path))).operation_id


async def verified(tracking, operation_id):
    result = await tracking.verify_operation(operation_id)
    assert result.success is True
    assert result.operation_id == operation_id
    return result.verified


@pytest.mark.parametrize("content", [b"", b"text", b"\x00\xff"])
async def test_a_creation(tracking, tmp_path, content):
    path = tmp_path / "a"
    operation_id = await creation(tracking, path)
    assert await verified(tracking, operation_id) is False
    path.write_bytes(content)
    assert await verified(tracking, operation_id) is True
    path.unlink()
    assert await verified(tracking, operation_id) is False
    path.write_bytes(content)
    assert await verified(tracking, operation_id) is True


@pytest.mark.parametrize("content", [b"", b"text"])
async def test_a_creation_that_was_there_already(tracking, tmp_path, content):
    path = tmp_path / "a"
    path.write_bytes(content)
    assert await verified(tracking, await creation(tracking, path)) is True


LONG = bytes(range(256)) * 400


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"old", b"new"),
        (b"text", b""),
        (b"", b"text"),
        (b"text", b"text\n"),
        (b"text\r\n", b"text\n"),
        (b"ab", b"ba"),
        (b"A", b"a"),
        (b"\xff", b"\xfe"),
        (LONG, LONG[:-1] + b"x"),
        (LONG, b"x" + LONG[1:]),
        (LONG, LONG[:50_000] + b"xx" + LONG[50_002:]),
        (None, b""),
        (None, b"text"),
    ],
)
async def test_a_modification(tracking, tmp_path, before, after):
    path = tmp_path / "a"
    if before is not None:
        path.write_bytes(before)
    operation_id = await modification(tracking, path)
    assert await verified(tracking, operation_id) is False
    path.write_bytes(after)
    assert await verified(tracking, operation_id) is True
    path.unlink()
    assert await verified(tracking, operation_id) is False
    if before is not None:
        path.write_bytes(before)
        assert await verified(tracking, operation_id) is False


async def test_an_unknown_id(tracking):
    result = await tracking.verify_operation("nobody-17")
    assert result.success is False
    assert "nobody-17" in result.error


@pytest.mark.parametrize("kind", [OSError, ValueError, TimeoutError, RuntimeError, KeyError])
@pytest.mark.parametrize("where", ["read", "unit", "get"])
@pytest.mark.parametrize("track", [creation, modification])
async def test_errors_are_results(tracking, store, files, tmp_path, kind, where, track):
    operation_id = await track(tracking, tmp_path / "a")
    error = kind("splinter")
    if where == "read":
        files.error = error
    elif where == "unit":
        store.unit_error = error
    else:
        store.get_error = error
    result = await tracking.verify_operation(operation_id)
    assert result.success is False
    assert "splinter" in result.error


@pytest.mark.parametrize("track", [creation, modification])
async def test_a_folder(tracking, tmp_path, track):
    operation_id = await track(tracking, tmp_path / "a")
    (tmp_path / "a").mkdir()
    result = await tracking.verify_operation(operation_id)
    assert result.success is False
    assert result.error
    assert len(asyncio.all_tasks()) == 1
